"""What is noted of every request and every job: a count, its duration, and a span where traces are on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import procrastinate
from procrastinate.worker import Worker
from starlette.datastructures import Headers
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.platform import metrics, tracing

METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
NO_ROUTE = "(none)"


class Observed:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and note it by its route's template; other kinds of connections pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        status, route, started = 500, NO_ROUTE, perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        metrics.IN_FLIGHT.inc()
        root, headers = scope.get("root_path", ""), Headers(scope=scope)
        facts: dict[str, str | int] = {"http.request.method": method}
        try:
            with tracing.span(method, facts, kind="server", parent=headers) as span:
                try:
                    await self.app(scope, receive, answer)
                finally:
                    route = template(scope, root)
                    span.name(f"{method} {route}")
                    span.note("http.route", route)
                    span.note("http.response.status_code", status)
                if status >= 500:
                    span.fail()
        finally:
            metrics.IN_FLIGHT.dec()
            metrics.REQUESTS.labels(method, route, str(status)).inc()
            metrics.REQUEST_SECONDS.labels(method, route).observe(perf_counter() - started)


def template(scope: Scope, root: str = "") -> str:
    """The template of the route that served a request, with what it was mounted at; one word for no route at all, so
    that nobody can fill the memory with made-up addresses."""
    route = scope.get("route")
    if route is None:
        return NO_ROUTE
    if isinstance(route, Mount):
        return f"{route.path}/{NO_ROUTE}"
    return f"{scope.get('root_path', '').removeprefix(root)}{route.path}"


async def job(proceed: Callable[[], Awaitable[Any]], context: procrastinate.JobContext, _worker: Worker) -> Any:
    """Procrastinate's middleware around every job."""
    name, outcome = context.job.task_name, "failed"
    try:
        with (
            metrics.timed(metrics.JOB_SECONDS.labels(name)),
            tracing.span(f"job {name}", {"messaging.operation.name": name}, kind="consumer"),
        ):
            result = await proceed()
        outcome = "done"
        return result
    finally:
        metrics.JOBS.labels(name, outcome).inc()

"""The public REST API, version 1, and its description in OpenAPI."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from dragoman import __version__
from dragoman.accounts.tokens.scopes import SCOPES
from dragoman.api import (
    attachments,
    audit,
    bulk,
    calendars,
    clocks,
    customers,
    deliveries,
    departments,
    escalations,
    events,
    macros,
    mailboxes,
    markets,
    messages,
    moves,
    people,
    planned,
    policies,
    presence,
    problems,
    promises,
    rules,
    shops,
    skills,
    tasks,
    teams,
    terms,
    tickets,
    views,
    webhooks,
    workspace,
)
from dragoman.api.answers import PREFIX
from dragoman.api.door import Desk
from dragoman.api.edge import Edge
from dragoman.api.gathering import Gatherer
from dragoman.kit.errors import DeskError
from dragoman.platform.bounds import SMALL
from dragoman.platform.budget import Budget

TOGETHER = 10
"""All tokens of a workspace together get this many times what one gets."""
ROUTERS = (
    tickets.router, messages.router, deliveries.router, attachments.router, events.router, customers.router,
    people.router, shops.router, mailboxes.router, workspace.router, audit.router, webhooks.router, teams.router,
    rules.router, skills.router, presence.router, escalations.router,
    policies.router, calendars.router, clocks.router, promises.router, tasks.router,
    departments.router, views.router, macros.router, bulk.router, moves.router, planned.router,
    markets.router, terms.router,
)  # fmt: skip
ABOUT = """The desk's tickets, customers and settings, for other software.

Every request needs an access token (made under Settings › API): `Authorization: Bearer drg_…`. Lists come in pages:
follow `next`. A POST with an `Idempotency-Key` can be repeated without doing it twice. What goes wrong is said as
`application/problem+json`, in the language of `Accept-Language` (English, Chinese).

Scopes: """ + "; ".join(f"`{scope}` – {said}" for scope, said in SCOPES.items())


def create_api(desk: Desk) -> FastAPI:
    """The API around a desk, to be mounted at `PREFIX`."""
    api = FastAPI(
        title="Dragoman", version=__version__, docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )  # fmt: skip
    api.state.desk = desk
    api.state.budget = Budget(desk.db, "api", desk.settings.api_per_minute)
    api.state.workspaces = Budget(desk.db, "api-workspace", desk.settings.api_per_minute * TOGETHER)
    api.state.gatherer = Gatherer(desk.db, desk.keys)
    # Requests take turns at the pool's lasting connections: pages keep theirs, and none is opened for a single request.
    api.state.turns = asyncio.Semaphore(max(2, desk.settings.pool_size - 2))
    for router in ROUTERS:
        api.router.routes.extend(router.routes)  # not included: that would look every route up twice a request
    api.add_exception_handler(DeskError, problems.on_desk_error)
    api.add_exception_handler(HTTPException, problems.on_http_error)
    api.add_exception_handler(RequestValidationError, problems.on_invalid)
    for kind in (OperationalError, DBAPIError, PoolTimeout, ConnectionError):
        api.add_exception_handler(kind, problems.on_no_database)
    secure = (desk.settings.public_url or "").startswith("https://")
    api.add_middleware(Edge, largest=max(SMALL, desk.settings.upload_max_size), secure=secure)
    api.openapi = lambda: description(api)  # type: ignore[method-assign]
    return api


def description(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if api.openapi_schema is None:
        found = get_openapi(
            title="Dragoman", version=__version__, openapi_version="3.1.0", description=ABOUT, routes=api.routes,
            servers=[{"url": PREFIX}],
        )  # fmt: skip
        for path, methods in found["paths"].items():
            for method, operation in methods.items():
                _complete(path, method, operation)
        schemas = found["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas |= _problem_schemas()
        found["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "An access token of the desk."}
        }
        api.openapi_schema = found
    return api.openapi_schema


def _problem_schemas() -> dict[str, Any]:
    schema = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    inner: dict[str, Any] = schema.pop("$defs")
    return {problems.Problem.__name__: schema, **inner}


def _header(description: str, name: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name, "in": "header", "required": False, "description": description,
        "schema": {"type": "string", **schema},
    }  # fmt: skip


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Tell of an operation what holds for all of its kind."""
    takes: list[dict[str, Any]] = operation.setdefault("parameters", [])
    answer = next(one for status, one in operation["responses"].items() if status.startswith("2"))
    headers = answer.setdefault("headers", {})
    for name, said in (
        ("RateLimit-Limit", "Requests that the token has a minute."),
        ("RateLimit-Remaining", "About how many are left in this minute."),
        ("RateLimit-Reset", "Seconds until the next minute begins."),
    ):
        headers[name] = {"description": said, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
    if method == "post":
        takes.append(_header(
            "Any text of your own, the same when you repeat the request: it is done once.", "Idempotency-Key",
            pattern="^[!-~]{1,255}$",
        ))  # fmt: skip
        headers["Idempotent-Replayed"] = {
            "description": "`true` when this answer was given before.",
            "schema": {"type": "string", "enum": ["true"]},
        }
        headers["Location"] = {"description": "Where the new one is.", "schema": {"type": "string"}}
    if method == "patch":
        takes.append(_header("An ETag: change it only if it is still this one.", "If-Match", pattern="^[ -~]+$"))
    if method == "get" and path.endswith("}"):
        takes.append(_header("An ETag: answer 304 if it is still this one.", "If-None-Match", pattern="^[ -~]+$"))
        operation["responses"]["304"] = {"description": "It is still the one that If-None-Match names."}
        headers["ETag"] = {"description": "Names this state of it.", "schema": {"type": "string"}}

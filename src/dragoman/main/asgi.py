"""The web application, and what says that it lives."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text
from starlette.requests import Request
from starlette.routing import Mount

from dragoman import __version__
from dragoman.api.answers import PREFIX
from dragoman.api.app import create_api
from dragoman.main import migrate
from dragoman.main.figures import Figures, answer
from dragoman.main.observing import Observed
from dragoman.main.wiring import Desk
from dragoman.web.app import install


def create_app(desk: Desk, *, life: AbstractAsyncContextManager[None]) -> FastAPI:
    """The application around a desk; `life` lasts as long as it serves."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with life:
            yield

    app = FastAPI(
        title="Dragoman",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        redirect_slashes=False,  # Starlette would build that address of the Host a request claims
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        # FastAPI's own telemetry quotes addresses and errors, which may be a customer's words: platform/tracing.py
    )
    app.state.desk = desk
    _tell(app, desk)
    _mount(app, PREFIX, create_api(desk))
    install(app)
    app.add_middleware(Observed)
    return app


def _mount(app: FastAPI, prefix: str, inner: FastAPI) -> None:
    """Give all addresses below `prefix` to an application, also those with a line's end in them (%0A), which
    Starlette's own pattern lets fall through to the pages."""
    mounted = Mount(prefix, inner)
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    app.router.routes.append(mounted)


def _tell(app: FastAPI, desk: Desk) -> None:
    """The addresses for machines that look after this one."""
    figures = Figures(desk)

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        """The process lives."""
        return JSONResponse({"status": "ok", "version": __version__})

    @app.get("/readyz")
    async def readyz(request: Request) -> JSONResponse:
        """The database answers and has this release's schema."""
        here: Desk = request.app.state.desk
        try:
            async with asyncio.timeout(3), here.db.work(None) as session:
                await session.execute(text("SELECT 1"))
            behind = await asyncio.to_thread(migrate.behind, here.url)
        except Exception as error:  # whatever it is, this process can't serve now
            return JSONResponse({"status": "unavailable", "database": type(error).__name__}, 503)
        if behind:
            return JSONResponse({"status": "unavailable", "schema": behind}, 503)
        return JSONResponse({"status": "ok"})

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        """This process's figures, for Prometheus."""
        client = request.client.host if request.client else ""
        status, kind, body = await answer(figures, desk.settings.metrics_token, client, request.headers)
        more = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        return Response(body, status, {"Cache-Control": "no-store", "Content-Type": kind, **more})

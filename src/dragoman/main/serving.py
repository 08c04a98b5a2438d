"""Running the desk: pages, worker, mail door, together or apart, until told to stop; a lost embedded database is
started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import uvicorn

from dragoman.main import figures, wiring
from dragoman.main.asgi import create_app
from dragoman.main.wiring import Desk
from dragoman.platform import embedded_pg, logs, tracing
from dragoman.platform.settings import Settings

log = logs.get(__name__)
Role = Literal["web", "worker", "door"]
"""Pages; mail and jobs; where other servers bring mail."""
Roles = frozenset[Role]
ALL: Roles = frozenset(("web", "worker", "door"))
WATCH_SECONDS = 2.0
ENDING = 20  # seconds that requests under way have to end in


async def watch_database(settings: Settings) -> None:
    """Start the embedded server again when it is gone, so that a crash costs seconds."""
    if not settings.embedded:
        return
    cluster = embedded_pg.cluster(settings.data, account=settings.pg_account)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if embedded_pg.running(cluster):
            continue
        log.warning("the embedded database is down, starting it")
        try:
            await asyncio.to_thread(embedded_pg.start, cluster)
        except Exception as error:  # a full disk, say: tried again until it works
            log.error("the embedded database does not start", error=str(error)[:500])


@asynccontextmanager
async def life_of(desk: Desk, roles: Roles) -> AsyncIterator[None]:
    """All that runs beside the pages in this process."""
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(wiring.running(watch_database(desk.settings), desk.hub.run()))
        await stack.enter_async_context(desk.jobs.open_async())
        if "door" in roles:
            await stack.enter_async_context(wiring.door_life(desk))
        if "worker" in roles:
            await stack.enter_async_context(wiring.worker_life(desk))
        yield


def serve(settings: Settings, roles: Roles = ALL) -> None:
    """Serve until SIGINT or SIGTERM."""
    role = "serve" if roles == ALL else next(one for one in ("web", "worker", "door") if one in roles)
    with wiring.database(settings) as addresses:
        wiring.ready(addresses)

        async def main() -> None:
            if settings.otlp_endpoint:
                tracing.start(settings.otlp_endpoint, role)
            name = f"{role} {os.getpid()}@{socket.gethostname()}"
            desk = wiring.build(settings, addresses.app, process=name, reads="worker" in roles)
            try:
                await (_web if "web" in roles else _quiet)(desk, roles)
            finally:
                await wiring.close(desk)
                await asyncio.to_thread(tracing.stop)

        with contextlib.suppress(KeyboardInterrupt):
            uvicorn_loop(main)


def uvicorn_loop(main: object) -> None:
    """Run on uvloop where it is installed."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())  # type: ignore[operator]


async def _web(desk: Desk, roles: Roles) -> None:
    application = create_app(desk, life=life_of(desk, roles))
    config = uvicorn.Config(
        application, host=desk.settings.host, port=desk.settings.port, log_config=None, access_log=False,
        proxy_headers=True, forwarded_allow_ips=desk.settings.trusted_proxies, server_header=False, date_header=True,
        ws="websockets-sansio", timeout_graceful_shutdown=ENDING,
    )  # fmt: skip
    await uvicorn.Server(config).serve()


async def _quiet(desk: Desk, roles: Roles) -> None:
    """A process without pages."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(life_of(desk, roles))
        if desk.settings.metrics_port:
            server = await figures.listen(desk, desk.settings.host, desk.settings.metrics_port)
            stack.callback(server.close)
        await stopped.wait()

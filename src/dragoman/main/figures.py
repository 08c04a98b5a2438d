"""/metrics: the process's own figures, those of its pool and open pages, and the state of the queues.

Queues are the same for all processes. They are counted to a bound along partial indexes, a workspace after the other
(row-level security lets nobody count across them) and added up, at most every ten seconds a process.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import cast

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.pool import QueuePool
from starlette.datastructures import Headers

from dragoman.accounts import queries as accounts
from dragoman.flow import health
from dragoman.kit import clock
from dragoman.main.wiring import Desk
from dragoman.platform.db import enter
from dragoman.platform.health import queries
from dragoman.platform.metrics import REGISTRY

FRESH = 10.0  # seconds for which counted queues are told again
PASSED_ON = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
HEAD_LIMIT, HEAD_SECONDS = 8192, 5.0
REFUSED = b"Only this machine may read these figures. From elsewhere: set DRAGOMAN_METRICS_TOKEN, and send it.\n"
UNKNOWN = b"Send the token of DRAGOMAN_METRICS_TOKEN: Authorization: Bearer \xe2\x80\xa6\n"


def may_read(token: str, client: str, headers: Mapping[str, str]) -> int:
    """200, or with which status a request for the figures is refused.

    With a token it must be sent. Without one only this machine may ask, itself: what came through a proxy is refused,
    for behind one everybody looks like this machine.
    """
    if token:
        kind, _space, given = headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode(), token.encode())
        return 200 if kind.lower() == "bearer" and right else 401
    if any(name in headers for name in PASSED_ON):
        return 403
    with suppress(ValueError):
        return 200 if ipaddress.ip_address(client).is_loopback else 403
    return 403


@dataclass(slots=True)
class Queues:
    """What waits, over all workspaces; the oldest of each kind as moments."""

    jobs: queries.Jobs | None = None
    mail_received: int = 0
    mail_set_aside: int = 0
    mail_oldest: datetime | None = None
    outbox: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("open", "late", "failed", "uncertain"), 0))
    outbox_oldest: datetime | None = None
    webhooks: int = 0

    def add(self, one: health.Depths) -> None:
        """Add a workspace's."""
        self.mail_received += one.mail.received
        self.mail_set_aside += one.mail.set_aside
        self.mail_oldest = _older(self.mail_oldest, one.mail.oldest)
        for name in self.outbox:
            self.outbox[name] += getattr(one.outbox, name)
        self.outbox_oldest = _older(self.outbox_oldest, one.outbox.oldest)
        self.webhooks += one.webhooks


def _older(a: datetime | None, b: datetime | None) -> datetime | None:
    return min(a, b) if a and b else a or b


class Figures(Collector):
    """A desk's figures. Counted queues are kept for some seconds; when the database is away they are left out, and
    `dragoman_database_up` is 0."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._queues: Queues | None = None
        self._counted = float("-inf")
        self._counting = asyncio.Lock()
        self._own = CollectorRegistry()
        self._own.register(self)

    async def page(self) -> bytes:
        """All figures in Prometheus's text format."""
        async with self._counting:
            if monotonic() - self._counted >= FRESH:
                self._queues = await self._count()
                self._counted = monotonic()
        return generate_latest(REGISTRY) + generate_latest(self._own)

    async def _count(self) -> Queues | None:
        found = Queues()
        try:
            async with asyncio.timeout(5), self._desk.db.work(None) as session:
                found.jobs = await queries.load_jobs(session, health.MOST)
                for workspace in await accounts.list_workspaces(session):
                    await enter(session, workspace.id)
                    found.add(await health.depths(session))
        except Exception:  # whatever it is, the other figures are told
            return None
        return found

    def collect(self) -> Iterator[Metric]:
        """What Prometheus's library asks for."""
        yield _gauge("live_pages", "Pages open at this process.", {"": self._desk.hub.pages})
        yield _gauge(
            "live_line_up", "1 while this process hears notices.", {"": int(self._desk.hub.connected.is_set())}
        )
        pool = cast(QueuePool, self._desk.db.engine.pool)
        yield _gauge(
            "database_connections", "Connections of this process's pool: its bound, and how many are in use.",
            {"size": 2 * self._desk.settings.pool_size, "in_use": pool.checkedout()}, "state",
        )  # fmt: skip
        yield _gauge("database_up", "1 when the queues could be counted.", {"": int(self._queues is not None)})
        if self._queues is not None:
            yield from _told(self._queues)


def _told(found: Queues) -> Iterator[Metric]:
    yield _gauge("envelopes", "Mails that wait, by state.",
                 {"received": found.mail_received, "set_aside": found.mail_set_aside}, "state")  # fmt: skip
    yield _gauge("envelopes_oldest_seconds", "How long the first mail that is not filed waits.",
                 {"": _age(found.mail_oldest)})  # fmt: skip
    yield _gauge(
        "outbox", "Answers on their way (open), those overdue by five minutes (late), and of the newest 2,000 of each "
        "workspace those refused (failed) or unknown (uncertain).", found.outbox, "state",
    )  # fmt: skip
    yield _gauge("outbox_oldest_seconds", "By how much the first open answer is overdue.",
                 {"": _age(found.outbox_oldest)})  # fmt: skip
    yield _gauge("webhook_deliveries_queued", "Deliveries to webhooks that wait.", {"": found.webhooks})
    jobs = found.jobs
    if jobs is None:
        return
    states = {name: getattr(jobs, name) for name in ("waiting", "late", "running", "stalled", "failed")}
    yield _gauge("jobs_queued", "Jobs by state; late: overdue by five minutes, stalled: their worker is gone.",
                 states, "state")  # fmt: skip
    yield _gauge("jobs_oldest_seconds", "By how much the first waiting job is overdue.", {"": _age(jobs.oldest)})
    yield _gauge("workers", "Workers that have shown a sign of life within 30 seconds.", {"": jobs.workers})


def _age(since: datetime | None) -> float:
    return max(0.0, (clock.now() - since).total_seconds()) if since else 0.0


def _gauge(name: str, said: str, values: Mapping[str, float], label: str = "") -> Metric:
    family = GaugeMetricFamily(f"dragoman_{name}", said, labels=[label] if label else [])
    for key, value in values.items():
        family.add_metric([key] if label else [], value)
    return family


async def answer(figures: Figures, token: str, client: str, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
    """Status, type and body for whoever asks for the figures."""
    status = may_read(token, client, headers)
    if status != 200:
        return status, "text/plain; charset=utf-8", UNKNOWN if status == 401 else REFUSED
    return 200, CONTENT_TYPE_LATEST, await figures.page()


async def listen(desk: Desk, host: str, port: int) -> asyncio.Server:
    """Serve the figures of a process that serves no pages: `GET /metrics`, one request a connection."""
    figures = Figures(desk)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(HEAD_SECONDS):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.split("\r\n")
            pairs = (one.partition(":") for one in rest if ":" in one)
            raw = [(name.strip().lower().encode(), value.strip().encode("latin-1")) for name, _colon, value in pairs]
            method, path, *_version = [*line.split(" "), "", ""]
            if (method, path.partition("?")[0]) == ("GET", "/metrics"):
                client = (writer.get_extra_info("peername") or ("",))[0]
                said = await answer(figures, desk.settings.metrics_token, client, Headers(raw=raw))
            else:
                said = (404, "text/plain; charset=utf-8", b"Here is only GET /metrics.\n")
            writer.write(_response(*said))
            await writer.drain()
        writer.close()

    return await asyncio.start_server(serve, host, port, limit=HEAD_LIMIT)


def _response(status: int, kind: str, body: bytes) -> bytes:
    words = {200: "OK", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}[status]
    more = "WWW-Authenticate: Bearer\r\n" if status == 401 else ""
    head = (
        f"HTTP/1.1 {status} {words}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body

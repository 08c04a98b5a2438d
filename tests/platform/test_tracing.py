"""Traces: nothing of them without the setting; with it a collector hears of everything, and of nobody's words."""

from __future__ import annotations

import asyncio
import gzip
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dragoman.main import wiring
from dragoman.main.asgi import create_app
from dragoman.main.wiring import Desk, worker_life
from dragoman.platform import http, tracing
from tests.cast import Company
from tests.desk_work import answer, receive, tickets_of, try_to_send, use_smtp_port
from tests.main.test_figures import Life
from tests.post import letter, sink

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@dataclass
class Collector:
    """An OTLP collector that keeps what it is sent, and the headers that other addresses of it saw."""

    port: int = 0
    spans: list[Any] = field(default_factory=list)
    resources: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, a request after the other."""
        while head := await self._head(reader):
            line, *rest = head.split("\r\n")
            headers = {name.lower(): value.strip() for name, _colon, value in (one.partition(":") for one in rest)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            path = line.split()[1]
            self.paths.append(path)
            if path == "/v1/traces":
                self._keep(gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body)
            else:
                self.headers = headers
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        writer.close()

    @staticmethod
    async def _head(reader: asyncio.StreamReader) -> str:
        try:
            return (await reader.readuntil(b"\r\n\r\n")).decode().rstrip()
        except (asyncio.IncompleteReadError, OSError):
            return ""

    def _keep(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resources.append(facts(resource.resource))
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]

    def called(self, name: str) -> list[Any]:
        """The spans of a name."""
        return [span for span in self.spans if span.name == name]


def facts(thing: Any) -> dict[str, Any]:
    """Attributes as a dictionary."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in thing.attributes}


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    """A collector that listens."""
    made = Collector()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


@contextmanager
def tracing_to(collector: Collector) -> Iterator[None]:
    tracing.start(f"http://127.0.0.1:{collector.port}", "test")
    try:
        yield
    finally:
        tracing.stop()


@pytest.fixture
async def traced(collector: Collector, desk: Desk, company: Company) -> AsyncIterator[Desk]:
    """A desk whose traces go to the collector until the test calls `tracing.stop`."""
    with tracing_to(collector):
        made = wiring.build(desk.settings, desk.url)
        async with made.jobs.open_async():
            yield made
        await wiring.close(made)


async def sent() -> None:
    """Until the collector has everything."""
    await asyncio.to_thread(tracing.stop)


@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:9"])
def test_without_the_setting_nothing_is_loaded(endpoint: str) -> None:
    """Of OpenTelemetry only the empty interfaces are there, which FastAPI itself imports: no SDK, no exporter."""
    code = (
        "import sys\n"
        "from dragoman.main import asgi, serving\n"
        "from dragoman.platform import tracing\n"
        "from dragoman.platform.settings import Settings\n"
        "with tracing.span('a'): tracing.hand_on({})\n"
        "if Settings().otlp_endpoint: tracing.start(Settings().otlp_endpoint, 'web')\n"
        "print('opentelemetry.sdk' in sys.modules or 'google.protobuf' in sys.modules)\n"
    )
    env = os.environ | {"DRAGOMAN_OTLP_ENDPOINT": endpoint}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == str(bool(endpoint))


async def test_a_request_and_all_it_does_is_one_trace(collector: Collector, traced: Desk, company: Company) -> None:
    app = create_app(traced, life=Life())
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as browser:
        assert (await browser.get("/invitation/s3cret?name=Geheimnis")).status_code == 410
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
        got = await browser.get("/sign-in?next=/Geheimnis", headers=headers)
    await sent()
    assert collector.called("GET /invitation/{link}")
    (request,) = collector.called("GET /sign-in")
    assert request.trace_id.hex() == TRACE
    assert request.parent_span_id.hex() == PARENT
    assert request.kind == 2, "a server's"
    assert facts(request)["http.route"] == "/sign-in"
    assert facts(request)["http.response.status_code"] == got.status_code
    transactions = [span for span in collector.called("transaction") if span.trace_id.hex() == TRACE]
    assert transactions
    statements = [span for span in collector.called("SELECT") if span.trace_id.hex() == TRACE]
    assert statements
    assert all(facts(span)["db.system.name"] == "postgresql" for span in statements)
    assert {span.parent_span_id for span in statements} <= {span.span_id for span in transactions}
    assert "s3cret" not in str(collector.spans)
    assert "Geheimnis" not in str(collector.spans)
    assert collector.resources[0]["service.name"] == "dragoman"
    assert collector.resources[0]["dragoman.role"] == "test"
    assert set(collector.paths) == {"/v1/traces"}


async def test_statements_carry_no_values_and_failures_no_words(collector: Collector, traced: Desk) -> None:
    async def fail() -> None:
        async with traced.db.work(None) as session:
            await session.execute(text("SELECT :word"), {"word": "Geheimnis"})
            await session.execute(text("SELECT CAST(:word AS int)"), {"word": "Geheimnis"})

    with pytest.raises(DBAPIError):
        await fail()
    await sent()
    said = {facts(span)["db.query.text"]: span for span in collector.called("SELECT")}
    assert "SELECT %(word)s" in said
    broken = said["SELECT CAST(%(word)s AS int)"]
    assert broken.status.code == 2
    (transaction,) = [span for span in collector.called("transaction") if span.status.code == 2]
    assert facts(transaction)["error.type"]
    assert "Geheimnis" not in str(collector.spans)


async def test_the_way_of_a_mail_and_jobs(collector: Collector, traced: Desk, company: Company) -> None:
    company.desk = traced
    await receive(company, letter(to=company.address, subject="Geheimnis"))
    async with sink() as world:
        await use_smtp_port(company, world.port)
        await try_to_send(company, await answer(company, (await tickets_of(company))[0].number))
    await traced.jobs.configure_task("limits.prune").defer_async(timestamp=0)
    async with worker_life(traced), asyncio.timeout(15):
        while await traced.jobs.job_manager.list_jobs_async(task="limits.prune"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await sent()
    assert [facts(span)["dragoman.mails"] for span in collector.called("mail.file")][:2] == [1, 0]
    (mail,) = collector.called("mail.send")
    assert facts(mail)["dragoman.outcome"] == "sent"
    assert collector.called("job limits.prune")
    assert "Geheimnis" not in str(collector.spans)
    assert company.address not in str(collector.spans)


async def test_outgoing_requests_hand_the_trace_on(collector: Collector, traced: Desk) -> None:
    with tracing.span("before"):
        await http.request("POST", f"http://127.0.0.1:{collector.port}/hook/s3cret", body=b"x", allow_private=True)
    await sent()
    (before,), (request,) = collector.called("before"), collector.called("POST")
    assert request.parent_span_id == before.span_id
    assert collector.headers["traceparent"].startswith(f"00-{request.trace_id.hex()}-{request.span_id.hex()}-0")
    assert facts(request)["server.address"] == "127.0.0.1"
    assert facts(request)["http.response.status_code"] == 200
    assert "s3cret" not in str(collector.spans)


async def test_a_collector_that_is_away_holds_nothing_up(desk: Desk) -> None:
    tracing.start("http://127.0.0.1:9", "test")
    with tracing.span("lost"):
        async with asyncio.timeout(2), desk.db.work(None) as session:
            await session.execute(text("SELECT 1"))
    async with asyncio.timeout(9):
        await sent()

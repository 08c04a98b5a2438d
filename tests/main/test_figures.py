"""/metrics: who may read it, and that it tells what happens, in words of ours only."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from dragoman.intake.service import Arrival
from dragoman.intake.service import receive as take_in
from dragoman.kit import clock
from dragoman.main import figures
from dragoman.main.asgi import create_app
from dragoman.main.wiring import Desk, worker_life
from dragoman.platform.metrics import REGISTRY
from tests.cast import Company, found_company
from tests.desk_work import answer, receive, tickets_of, try_to_send, use_smtp_port
from tests.post import free_port, letter, sink
from tests.web.conftest import signed_in


class Life:
    """A life around an application that does nothing."""

    async def __aenter__(self) -> None: ...
    async def __aexit__(self, *_error: object) -> None: ...


def visitor(desk: Desk, client: str = "127.0.0.1") -> httpx2.AsyncClient:
    """Somebody at this address, in front of a desk's pages."""
    app = create_app(desk, life=Life())
    transport = httpx2.ASGITransport(app=app, client=(client, 4711), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://desk.test")


def samples(page: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every figure by name and labels."""
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(page)
        for one in family.samples
    }


def counted(name: str, **labels: str) -> float:
    """A figure of this process as it is now."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize(
    ("token", "client", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "192.0.2.9", {}, 403),
        ("", "", {}, 403),
        ("", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("", "127.0.0.1", {"Forwarded": "for=192.0.2.9"}, 403),
        ("", "127.0.0.1", {"Authorization": "Bearer "}, 200),
        ("s3cret", "127.0.0.1", {}, 401),
        ("s3cret", "192.0.2.9", {"Authorization": "Bearer s3cret"}, 200),
        ("s3cret", "192.0.2.9", {"Authorization": "bearer s3cret", "X-Forwarded-For": "1.2.3.4"}, 200),
        ("s3cret", "192.0.2.9", {"Authorization": "Bearer s3cre"}, 401),
        ("s3cret", "192.0.2.9", {"Authorization": "Basic s3cret"}, 401),
        ("s3cret", "192.0.2.9", {"Authorization": "Bearer ünïcode"}, 401),
    ],
)
async def test_who_may_read_them(desk: Desk, token: str, client: str, headers: dict[str, str], status: int) -> None:
    desk.settings.metrics_token = token
    raw = {name: value.encode() for name, value in headers.items()}
    async with visitor(desk, client) as http:
        got = await http.get("/metrics", headers=raw)
    assert got.status_code == status
    assert ("dragoman_build_info" in got.text) is (status == 200)
    assert got.headers["Cache-Control"] == "no-store"
    if status == 401:
        assert got.headers["WWW-Authenticate"] == "Bearer"
    if status == 403:
        assert "DRAGOMAN_METRICS_TOKEN" in got.text, "it says what to do"


async def test_requests_are_told_by_their_template(desk: Desk, company: Company) -> None:
    await receive(company, letter(to=company.address))
    agent = await signed_in(create_app(desk, life=Life()), desk, company.agent)
    before = {
        route: counted("dragoman_requests_total", method=method, route=route, status=status)
        for method, route, status in (
            ("GET", "/tickets/{number}", "200"), ("GET", "(none)", "404"), ("POST", "/desk", "405"),
            ("GET", "/api/v1/tickets/{number}", "401"), ("GET", "/api/v1/(none)", "404"),
        )
    }  # fmt: skip
    assert (await agent.get("/tickets/1")).status_code == 200
    assert (await agent.get("/tickets-made-up-4711")).status_code == 404
    assert (await agent.http.post("/desk")).status_code == 405
    assert (await agent.get("/api/v1/tickets/1")).status_code == 401
    assert (await agent.http.request("BREW", "/desk")).status_code == 405
    page = (await visitor(desk).get("/metrics")).text
    got = samples(page)
    for method, route, status in (
        ("GET", "/tickets/{number}", "200"), ("GET", "(none)", "404"), ("POST", "/desk", "405"),
        ("GET", "/api/v1/tickets/{number}", "401"),
    ):  # fmt: skip
        labels = (("method", method), ("route", route), ("status", status))
        assert got["dragoman_requests_total", labels] == before[route] + 1, route
    assert got["dragoman_request_seconds_count", (("method", "GET"), ("route", "/tickets/{number}"))] >= 1
    assert ("dragoman_requests_total", (("method", "OTHER"), ("route", "/desk"), ("status", "405"))) in got
    assert "up-4711" not in page, "nobody can fill the memory with addresses"
    assert "BREW" not in page
    await agent.http.aclose()


async def test_a_fault_is_counted_as_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_self: figures.Figures) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(figures.Figures, "page", broken)
    before = counted("dragoman_requests_total", method="GET", route="/metrics", status="500")
    async with visitor(desk) as http:
        assert (await http.get("/metrics")).status_code == 500
    assert counted("dragoman_requests_total", method="GET", route="/metrics", status="500") == before + 1
    assert counted("dragoman_requests_in_flight") == 0


async def told(desk: Desk) -> dict[str, float]:
    """The queues as they are told now, as `name{state}`."""
    page = (await figures.Figures(desk).page()).decode()
    return {
        name + "".join(f"[{value}]" for _label, value in labels): got for (name, labels), got in samples(page).items()
    }


async def test_queues_of_all_workspaces_are_added_up(desk: Desk, company: Company) -> None:
    first = await told(desk)
    assert first["dragoman_database_up"] == 1
    for one, many in ((company, 2), (await found_company(desk), 3)):
        async with desk.db.work(one.workspace_id) as session:
            await take_in(session, [Arrival("email", f"x{n}", b"x") for n in range(many)])
            await session.execute(
                text("UPDATE envelopes SET received_at = :at"), {"at": clock.now().replace(year=clock.now().year - 1)}
            )
            await take_in(session, [Arrival("email", "aside", b"x")])
            await session.execute(text("UPDATE envelopes SET state = 'set_aside' WHERE external_id = 'aside'"))
    second = await told(desk)
    assert second["dragoman_envelopes[received]"] - first["dragoman_envelopes[received]"] == 5
    assert second["dragoman_envelopes[set_aside]"] - first["dragoman_envelopes[set_aside]"] == 2
    assert second["dragoman_envelopes_oldest_seconds"] > 300 * 86400
    await desk.jobs.configure_task("delivery.sweep", lock="a").defer_async(timestamp=0)
    assert (await told(desk))["dragoman_jobs_queued[waiting]"] == second["dragoman_jobs_queued[waiting]"] + 1


async def test_queues_are_counted_at_most_every_ten_seconds(desk: Desk, company: Company) -> None:
    kept = figures.Figures(desk)
    before = await kept.page()
    async with desk.db.work(company.workspace_id) as session:
        await take_in(session, [Arrival("email", "x", b"x")])
    received = ("dragoman_envelopes", (("state", "received"),))
    at_once = await kept.page()
    kept._counted -= 11
    later = await kept.page()
    counts = [samples(page.decode())[received] for page in (before, at_once, later)]
    assert counts == [counts[0], counts[0], counts[0] + 1]


async def test_without_a_database_the_rest_is_told(desk: Desk) -> None:
    class Gone:
        engine = desk.db.engine

        def work(self, _workspace: Any) -> Any:
            raise ConnectionError

    page = figures.Figures(desk)
    page._desk = type("Desk", (), {"db": Gone(), "hub": desk.hub, "settings": desk.settings})()
    got = samples((await page.page()).decode())
    assert got["dragoman_database_up", ()] == 0
    assert ("dragoman_live_pages", ()) in got
    assert not any(name == "dragoman_envelopes" for name, _labels in got)


async def test_the_way_of_a_mail_is_counted(desk: Desk, company: Company) -> None:
    names = (
        ("dragoman_mail_filed_total", {"state": "filed"}), ("dragoman_mail_sent_total", {"outcome": "sent"}),
        ("dragoman_mail_send_seconds_count", {}), ("dragoman_mail_file_seconds_count", {}),
    )  # fmt: skip
    before = [counted(name, **labels) for name, labels in names]
    await receive(company, letter(to=company.address))
    async with sink() as world:
        await use_smtp_port(company, world.port)
        await try_to_send(company, await answer(company, (await tickets_of(company))[0].number))
    assert [counted(name, **labels) - first for (name, labels), first in zip(names, before, strict=True)] == [1] * 4


async def test_jobs_are_counted_by_how_they_ended(desk: Desk) -> None:
    before = {how: counted("dragoman_jobs_total", job=f"test.{how}", outcome=how) for how in ("done", "failed")}

    async def done() -> None: ...

    async def failed() -> None:
        raise ZeroDivisionError

    for how, job in (("done", done), ("failed", failed)):
        desk.jobs.task(name=f"test.{how}")(job)
        await desk.jobs.configure_task(f"test.{how}").defer_async()
    async with worker_life(desk), asyncio.timeout(15):
        for how, n in before.items():
            while counted("dragoman_jobs_total", job=f"test.{how}", outcome=how) == n:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    assert counted("dragoman_job_seconds_count", job="test.done") == 1


def fetch(port: int, path: str = "/metrics", **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as got:
            return got.status, got.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


async def test_a_worker_tells_its_own_on_a_port_of_its_own(desk: Desk) -> None:
    desk.settings.metrics_token = "s3cret"
    port = free_port()
    async with await figures.listen(desk, "127.0.0.1", port):
        status, page = await asyncio.to_thread(fetch, port, Authorization="Bearer s3cret")
        assert status == 200
        assert ("dragoman_workers", ()) in samples(page)
        assert (await asyncio.to_thread(fetch, port))[0] == 401
        assert (await asyncio.to_thread(fetch, port, "/settings"))[0] == 404
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"x" * 20_000 + b"\r\n\r\n")
        assert await reader.read() == b"", "what is no request is not answered"
        writer.close()


async def test_no_word_of_a_customers_stands_in_it(desk: Desk, company: Company) -> None:
    await receive(company, letter(to=company.address, subject="Geheimnis", sender="anna@buyer.example"))
    page = (await figures.Figures(desk).page()).decode()
    for word in ("Geheimnis", "anna", "buyer", company.address, str(company.workspace_id), "Lantern"):
        assert word not in page

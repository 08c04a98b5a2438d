"""What holds for every request: pages, ETags, repeated requests, limits, and errors in words."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from dragoman.api import gathering, idempotency
from dragoman.api.models import ApiAnswer
from dragoman.flow import arrivals
from dragoman.kit import clock
from dragoman.kit.errors import TooMany
from dragoman.main.asgi import create_app
from dragoman.main.wiring import Desk
from dragoman.platform.budget import LEASE, Budget
from dragoman.tickets import lists
from dragoman.tickets.models import Ticket
from tests.api.conftest import NEW, Program, program, token_of
from tests.cast import Company


async def tickets(company: Company) -> int:
    async with company.desk.db.work(company.workspace_id) as session:
        return await session.scalar(select(func.count()).select_from(Ticket)) or 0


@pytest.mark.req("R115")
async def test_pages_lead_through_all_rows_once(api: Program) -> None:
    for n in range(5):
        await api.post("/tickets", NEW | {"subject": f"Lampe {n}"})
        await api.post("/tickets/1/messages", {"kind": "note", "text": f"{n}"})
    for path in (
        "/tickets?sort=newest", "/tickets?sort=oldest", "/tickets?sort=urgent", "/tickets?q=Lampe",
        "/tickets/1/messages?x=1", "/tickets/1/events?x=1", "/audit?area=ticket",
    ):  # fmt: skip
        whole = [one["id"] for one in (await api.get(path)).json()["data"]]
        seen, there = [], f"/api/v1{path}&limit=2"
        for _ in range(9):
            answer = await api.http.get(there)
            seen += [one["id"] for one in answer.json()["data"]]
            if not answer.json()["next"]:
                assert "link" not in answer.headers
                break
            (there,) = re.findall(r'<([^>]+)>; rel="next"', answer.headers["link"])
        assert seen == whole, path
        assert len(seen) >= 5


@pytest.mark.parametrize("cursor", ["x", "WyJzYSIsInNiIl0", "WyJzYSJd", "WyJpMSIsInNiIiwic2MiXQ", "é", "a" * 501])
@pytest.mark.parametrize(
    "path", ["/tickets", "/tickets?sort=urgent", "/tickets?q=x", "/customers", "/audit", "/tickets/1/messages"]
)
async def test_a_damaged_cursor_is_said(api: Program, path: str, cursor: str) -> None:
    await api.post("/tickets", NEW)
    answer = await api.get(path + ("&" if "?" in path else "?") + f"cursor={cursor}")
    assert answer.status_code == 422


async def test_etags_spare_answers_and_keep_changes_apart(api: Program, company: Company) -> None:
    await api.post("/tickets", NEW)
    shop = f"/shops/{company.shop_id}"
    customer = f"/customers/{(await api.get('/tickets/1')).json()['customer_id']}"
    for path, first, second in (
        ("/tickets/1", {"priority": "high"}, {"priority": "low"}), (shop, {"name": "A"}, {"name": "B"}),
        (customer, {"name": "A"}, {"name": "B"}),
    ):  # fmt: skip
        read = await api.get(path)
        tag = read.headers["etag"]
        same = await api.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        assert (await api.patch(path, first, headers={"If-Match": tag})).status_code == 200
        assert (await api.get(path, headers={"If-None-Match": tag})).status_code == 200
        late = await api.patch(path, second, headers={"If-Match": tag})
        assert (late.status_code, late.json()["type"]) == (412, "urn:dragoman:problem:changed")
        field = next(iter(first))
        assert (await api.get(path)).json()[field] == first[field], "nothing was changed"
        assert (await api.patch(path, second, headers={"If-Match": "*"})).status_code == 200


async def test_two_changes_with_one_etag_do_not_both_go_through(api: Program) -> None:
    await api.post("/tickets", NEW)
    tag = (await api.get("/tickets/1")).headers["etag"]
    changes = [api.patch("/tickets/1", {"tags": [f"t{n}"]}, headers={"If-Match": tag}) for n in range(4)]
    assert sorted(one.status_code for one in await asyncio.gather(*changes)) == [200, 412, 412, 412]


@pytest.mark.req("R115")
async def test_a_repeated_request_is_done_once(api: Program, company: Company) -> None:
    key = {"Idempotency-Key": "order-7"}
    first = await api.post("/tickets", NEW, headers=key)
    again = await api.post("/tickets", NEW, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (again.headers["location"], again.headers["etag"]) == (first.headers["location"], first.headers["etag"])
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    async with company.desk.db.work(company.workspace_id) as session:
        (kept,) = await session.scalars(select(ApiAnswer))
    assert b"Paket" not in kept.body, "what is kept is sealed: some answers hold a secret"
    other = await api.post("/tickets", NEW | {"text": "Anders"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "urn:dragoman:problem:invalid")
    assert (await api.post("/shops", {"name": "X"}, headers=key)).status_code == 422
    assert await tickets(company) == 1
    for path, new in (
        ("/customers", {"email": "b@b.example", "name": "B"}), ("/shops", {"name": "S"}),
        ("/tickets/1/messages", {"kind": "note", "text": "n"}),
    ):  # fmt: skip
        made = await api.post(path, new, headers={"Idempotency-Key": path})
        assert made.status_code == 201
        assert (await api.post(path, new, headers={"Idempotency-Key": path})).content == made.content


async def test_a_refused_request_leaves_its_key_free(api: Program, company: Company) -> None:
    key = {"Idempotency-Key": "k"}
    assert (await api.post("/tickets", NEW | {"tags": ["x" * 50]}, headers=key)).status_code == 422
    wrong = NEW | {"shop_id": "0192f3a4-5b6c-7d8e-9f01-23456789abcd"}
    assert (await api.post("/tickets", wrong, headers=key)).status_code == 422
    assert (await api.post("/tickets", NEW, headers=key)).status_code == 201
    for wrong_key in ("ä".encode(), b"x" * 256, b""):
        answer = await api.post("/shops", {"name": "X"}, headers={b"Idempotency-Key": wrong_key})
        assert answer.status_code == 400


async def test_keys_are_a_tokens_own_and_end_after_a_day(app: FastAPI, api: Program, company: Company) -> None:
    key = {"Idempotency-Key": "k"}
    other = program(app, await token_of(company))
    shops = [await one.post("/shops", {"name": name}, headers=key) for one, name in ((api, "A"), (other, "B"))]
    assert [one.status_code for one in shops] == [201, 201]
    with clock.travel(clock.now() + timedelta(hours=24, seconds=1)):
        taken_over = await other.post("/shops", {"name": "C"}, headers=key)
        assert taken_over.status_code == 201
        await idempotency.prune(company.desk.db)
    async with company.desk.db.work(company.workspace_id) as session:
        assert len(list(await session.scalars(select(ApiAnswer)))) == 1
    await other.http.aclose()


async def test_the_same_request_at_the_same_moment_is_done_once(api: Program, company: Company) -> None:
    """Filed together, it is answered to all; on other routes the second hears that the first still runs."""
    key = {"Idempotency-Key": "k"}
    all_at_once = await asyncio.gather(*(api.post("/tickets", NEW, headers=key) for _ in range(5)))
    assert {one.status_code for one in all_at_once} == {201}
    assert len({one.content for one in all_at_once}) == 1
    notes = [
        api.post("/tickets/1/messages", {"kind": "note", "text": "n"}, headers={"Idempotency-Key": "n"})
        for _ in range(4)
    ]
    assert {one.status_code for one in await asyncio.gather(*notes)} <= {201, 409}
    assert await tickets(company) == 1
    assert (await api.get("/tickets/1")).json()["message_count"] == 2


@pytest.mark.req("R107")
async def test_a_flood_of_tickets_is_filed_together_and_each_gets_its_own_answer(
    api: Program, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them can't be filed: the others are, and only whoever sent it hears of it."""
    sizes = []
    real = arrivals.open_tickets

    async def counting(session: object, asked: list[arrivals.Asked]) -> list[Ticket]:
        sizes.append(len(asked))
        return await real(session, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(gathering.arrivals, "open_tickets", counting)
    wanted = [NEW | {"subject": f"Lampe {n}", "customer": {"email": f"b{n % 7}@buyer.example"}} for n in range(30)]
    wanted[11] |= {"shop_id": "0192f3a4-5b6c-7d8e-9f01-23456789abcd"}
    answers = await asyncio.gather(*(api.post("/tickets", new) for new in wanted))
    assert [one.status_code for one in answers] == [201] * 11 + [422] + [201] * 18
    assert [one.json()["subject"] for one in answers if one.status_code == 201] == [
        one["subject"] for n, one in enumerate(wanted) if n != 11
    ]
    assert sorted(one.json()["number"] for one in answers if one.status_code == 201) == list(range(1, 30))
    assert max(sizes) > 1, "they were filed together"
    assert len((await api.get("/customers")).json()["data"]) == 7


async def test_limits_hold_over_processes(app: FastAPI, company: Company) -> None:
    """Two processes' budgets of one token: never more than the limit and one request each, at most a lease less."""
    db = company.desk.db
    limit = 200
    with clock.travel(clock.now().replace(second=5)):
        processes = [Budget(db, "api", limit), Budget(db, "api", limit)]
        passed = 0
        for n in range(3 * limit):
            budget = processes[n % 2]
            known = budget.knows(b"token")
            try:
                await budget.spend(b"token")
            except TooMany:
                continue
            if not known:
                budget.saw(b"token")
            passed += 1
        assert limit - LEASE <= passed <= limit + 2


async def test_a_token_past_its_limit_is_told_to_wait(desk: Desk, company: Company) -> None:
    from contextlib import nullcontext

    few = replace(desk, settings=desk.settings.model_copy(update={"api_per_minute": 5}))
    made = program(create_app(few, life=nullcontext()), await token_of(company))  # type: ignore[arg-type]
    async with made.http:
        with clock.travel(clock.now().replace(second=5)):
            answers = [await made.get("/me") for _ in range(9)]
            codes = [one.status_code for one in answers]
            assert codes == sorted(codes)
            assert codes.count(200) in (5, 6)
            assert [one.headers["ratelimit-limit"] for one in answers[:2]] == ["5", "5"]
            assert int(answers[0].headers["ratelimit-remaining"]) > int(answers[3].headers["ratelimit-remaining"])
            assert (answers[-1].status_code, answers[-1].json()["type"]) == (429, "urn:dragoman:problem:too-many")
            assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        with clock.travel(clock.now() + timedelta(minutes=1)):
            assert (await made.get("/me")).status_code == 200


@pytest.mark.parametrize(("language", "title"), [("en", "Invalid values"), ("zh-CN,zh;q=0.9", "值无效")])
async def test_errors_are_said_in_the_callers_language(api: Program, language: str, title: str) -> None:
    body = {"subject": 7, "text": "x" * 200_001, "priority": "soon", "colour": "red", "tags": "a", "shop_id": "x"}
    answer = await api.post("/tickets", body, headers={"Accept-Language": language})
    said = answer.json()
    assert (answer.status_code, said["status"], said["title"]) == (422, 422, title)
    assert answer.headers["content-type"] == "application/problem+json"
    fields = {one["field"]: one["detail"] for one in said["errors"]}
    assert set(fields) == set(body)
    if language == "en":
        assert fields["subject"] == "This must be a text."
        assert fields["text"] == "At most 200000 characters."
        assert fields["colour"] == "This is not known here."
    else:
        assert all(re.search(r"[\u4e00-\u9fff]", detail) for detail in fields.values())


async def test_what_can_not_be_read_is_said(api: Program) -> None:
    http = api.http
    json_type = {"Content-Type": "application/json"}
    for status, answer in (
        (404, await http.get("/api/v1/nothing")), (404, await http.get("/api/v1/tickets/x")),
        (404, await http.get("/api/v1/tickets/99")), (404, await http.get("/api/v1/messages/x")),
        (405, await http.delete("/api/v1/tickets")),
        (400, await http.post("/api/v1/tickets", content=b"{", headers=json_type)),
        (400, await http.post("/api/v1/tickets", content=b'"\xff"', headers=json_type)),
        (400, await http.post("/api/v1/tickets", content=b"[" * 100_000, headers=json_type)),
        (422, await http.post("/api/v1/tickets", content=b"[]", headers=json_type)),
        (422, await http.post("/api/v1/tickets", content=b"", headers=json_type)),
        (415, await http.post("/api/v1/tickets", content=b"a=1", headers={"Content-Type": "text/plain"})),
        (415, await http.post("/api/v1/tickets", content=b"a=1")),
        (413, await http.post("/api/v1/tickets", content=b"x" * 1_000_001, headers=json_type)),
        (414, await http.get("/api/v1/tickets?q=" + "x" * 9_000)),
        (422, await http.get("/api/v1/tickets?limit=0")),
        (422, await http.get("/api/v1/audit?since=2026-01-01T00:00:00")),
    ):  # fmt: skip
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "GET" in (await http.delete("/api/v1/tickets")).headers["allow"]


async def test_texts_that_a_database_can_not_hold_are_mended(api: Program) -> None:
    made = await api.post("/tickets", NEW | {"subject": "a\x00b", "text": "c\x00d"})
    assert (made.status_code, made.json()["subject"]) == (201, "a\ufffdb")
    assert (await api.get("/tickets?q=a%00b")).status_code == 200
    assert (await api.get("/customers?email=a%00b")).status_code == 200


async def test_faults_and_a_lost_database_are_said_without_details(
    api: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object, **_more: object) -> None:
        raise ValueError("secret words")

    async def lost(*_args: object, **_more: object) -> None:
        raise OperationalError("SELECT", {}, Exception("secret words"))

    monkeypatch.setattr(lists, "list_records", broken)
    answer = await api.get("/tickets")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:dragoman:problem:fault")
    assert re.fullmatch(r"urn:dragoman:problem:fault:[0-9a-f]{8}", answer.json()["instance"])
    assert "secret words" not in answer.text
    monkeypatch.setattr(lists, "list_records", lost)
    answer = await api.get("/tickets")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "secret words" not in answer.text

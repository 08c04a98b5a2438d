"""Moving in from Zendesk: its API with pages, limits and faults, and its JSON export."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import func, select

from dragoman.customers.models import Customer, Identity
from dragoman.delivery.models import Outbox
from dragoman.imports.sources import Wish
from dragoman.tickets import finding, queries
from dragoman.tickets.models import Attachment, Ticket
from dragoman.webhooks.models import Delivery, Webhook
from tests.cast import Company
from tests.desk_work import answer, outbox_row, thread, ticket, tickets_of
from tests.imports.moving import bring_in, items, load, run, start, trial
from tests.imports.other_desks import OtherDesk, ZendeskData, as_json, serving, zendesk_comments, zendesk_ticket
from tests.security.test_doors import state_of


def wish(desk: OtherDesk, **more: Any) -> Wish:
    return Wish("zendesk", **({"address": desk.url, "login": "boss@old.example", "token": "t0ken"} | more))


def account(company: Company, tickets: int = 5) -> ZendeskData:
    data = ZendeskData(company.agent.email.partition("@")[2])
    data.tickets = [zendesk_ticket(n) for n in range(1, tickets + 1)]
    return data


async def count(company: Company, table: Any) -> int:
    async with company.desk.db.work(company.workspace_id) as session:
        return int(await session.scalar(select(func.count()).select_from(table)) or 0)


async def test_a_trial_writes_nothing_but_its_report(company: Company) -> None:
    data = account(company)
    data.tickets[0] |= {"status": "vanished", "assignee_id": 8}
    async with serving(data.desk()) as other:
        before = await state_of(company.desk, company.workspace_id)
        row = await trial(company, wish(other))
        after = await state_of(company.desk, company.workspace_id)
    assert {name for name in after if after[name] != before[name]} <= {"imports", "audit_log"}
    assert row.counters["tickets.new"] == 5
    assert row.counters["messages.new"] == 15
    assert row.counters["customers.new"] == 2
    assert (row.counters["macros.kept"], row.counters["articles.kept"]) == (3, 1)
    assert row.report["words"] == {"status:vanished": 1}
    assert row.report["agents"]["gone@old.example"] == {"name": "Gone Agent", "here": "", "tickets": 1}
    assert row.report["agents"][company.agent.email]["here"] == "Li Wei"


@pytest.mark.req("R243")
async def test_everything_arrives_as_it_was(company: Company) -> None:
    data = account(company, 2)
    data.tickets[1] |= {"status": "open", "requester_id": 2, "assignee_id": 8, "priority": None}
    data.comments[2] = [zendesk_comments(2)[2] | {"author_id": 8}, zendesk_comments(2)[0] | {
        "author_id": 2, "created_at": "2024-03-05T08:00:00Z"}]  # fmt: skip
    hook = Webhook(name="Stock", url="https://stock.example/h", kinds=["ticket.created", "message.received"], secret="")
    async with company.desk.db.work(company.workspace_id) as session:
        session.add(hook)
    async with serving(data.desk()) as other:
        row = await bring_in(company, wish(other))
    assert (row.state, row.secret) == ("done", "")
    first, second = [await ticket(company, n) for n in (1, 2)]
    assert (first.status, first.priority, first.subject) == ("solved", 2, "Ticket 1")
    assert first.tags == ["zendesk-1", "vip", "lamp"]
    assert first.assignee_id == company.agent.person_id
    assert (first.unread_since, first.waiting_since, first.message_count) == (None, None, 3)
    assert first.created_at.isoformat() == "2024-03-01T08:00:00+00:00"
    assert first.last_activity_at.isoformat() == "2024-03-01T10:00:00+00:00"
    said = await thread(company, 1)
    assert [(one.kind, one.text) for one in said] == [
        ("inbound", "Wo ist die Lampe?"), ("note", "Lager fragen"), ("outbound", "Sie kommt morgen.")]  # fmt: skip
    assert said[0].html is not None
    assert "<b>Lampe</b>" in said[0].html
    assert "script" not in said[0].html
    assert (said[0].from_address, said[1].person_id) == ("anna@buyer.example", company.agent.person_id)
    assert said[1].customer_id is None
    assert (second.status, second.priority, second.assignee_id) == ("open", 3, None)
    assert second.unread_since is None
    assert second.waiting_since is not None
    assert second.waiting_since.isoformat() == "2024-03-05T08:00:00+00:00"
    assert [await count(company, table) for table in (Outbox, Delivery)] == [0, 0]


async def test_an_imported_ticket_is_answered_like_any_other(company: Company) -> None:
    data = account(company, 1)
    data.tickets[0]["status"] = "open"
    async with serving(data.desk()) as other:
        await bring_in(company, wish(other))
    row = await outbox_row(company, await answer(company, 1))
    assert row.state == "queued"
    assert (await thread(company, 1))[-1].recipients["to"] == [["Anna Schmidt", "anna@buyer.example"]]
    assert (await ticket(company, 1)).waiting_since is None


async def test_customers_are_known_by_their_addresses(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        session.add(Customer(name="Anna S."))
        await session.flush()
        here = await session.scalar(select(Customer.id))
        session.add(Identity(customer_id=here, kind="email", value="anna@buyer.example"))
    async with serving(account(company).desk()) as other:
        await bring_in(company, wish(other))
    async with company.desk.db.work(company.workspace_id) as session:
        known = await session.execute(select(Identity.kind, Identity.value, Identity.customer_id))
        assert set(known.all()) == {("email", "anna@buyer.example", here), ("phone", "+49301234567", here)}
        names = await session.scalars(select(Customer.name).order_by(Customer.name))
        assert list(names) == ["Anna S.", "Bob"]
        owners = await session.scalars(select(Ticket.customer_id).distinct())
        assert list(owners) == [here]


async def test_importing_again_changes_nothing(company: Company) -> None:
    async with serving(account(company).desk()) as other:
        await bring_in(company, wish(other))
        before = await state_of(company.desk, company.workspace_id)
        again = await bring_in(company, wish(other))
    after = await state_of(company.desk, company.workspace_id)
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"imports", "import_items", "audit_log"}
    assert again.counters["tickets.same"] == 5
    assert "messages.new" not in again.counters
    assert len(await items(company, "message")) == 15


async def test_what_has_gone_on_there_is_added_here(company: Company) -> None:
    data = account(company, 3)
    async with serving(data.desk()) as other:
        await bring_in(company, wish(other))
        for n in (1, 2):
            data.comments[n] = [*zendesk_comments(n), zendesk_comments(n)[0] | {
                "id": n * 100, "body": "Danke!", "plain_body": "Danke!", "html_body": "<p>Danke!</p>",
                "created_at": "2024-04-01T00:00:00Z"}]  # fmt: skip
            data.tickets[n - 1] |= {"status": "pending", "updated_at": "2024-04-01T00:00:00Z"}
        async with company.desk.db.work(company.workspace_id) as session:
            worked_on = await queries.find_by_number(session, 2, lock=True)
            assert worked_on is not None
            from dragoman.tickets.service import add_note

            await add_note(session, company.agent, ticket=worked_on, html="<p>x</p>", text="x")
            worked_on.last_activity_at = worked_on.created_at
        row = await bring_in(company, wish(other))
    assert (row.counters["tickets.changed"], row.counters["tickets.same"]) == (2, 1)
    assert row.counters["messages.new"] == 2
    assert [one.text for one in await thread(company, 1)][-1] == "Danke!"
    followed, kept = await ticket(company, 1), await ticket(company, 2)
    assert (followed.status, followed.unread_since, followed.solved_at) == ("pending", None, None)
    assert (kept.status, kept.unread_since is not None) == ("open", True), "news for a ticket that is worked on here"


async def test_limits_are_waited_out_and_faults_tried_again(company: Company) -> None:
    def trouble(path: str, times: int) -> Any:
        if path.startswith("/api/v2/incremental/tickets") and times == 1:
            return as_json({}, 429, **{"Retry-After": "1"})
        return (503, {}, b"busy") if "/tickets/3/" in path and times == 1 else None

    data = account(company)
    async with serving(data.desk()) as other:
        other.trouble = trouble
        row = await bring_in(company, wish(other))
    assert row.counters["tickets.new"] == 5
    assert any("429" not in one and "tickets/3/" in one for one in other.asked)


@pytest.mark.parametrize(("reply", "words"), [
    (as_json({"error": "no"}, 401), "does not accept the sign-in"), (as_json({"error": "no"}, 403), "sign-in"),
    ((200, {"Content-Type": "text/html"}, b"<html>Welcome"), "something other than data"),
    ((302, {"Location": "https://elsewhere.example/"}, b""), "sends us elsewhere"),
    (as_json({}, 404), "Check the address"), (as_json("hello"), "not known"), (as_json({}, 418), "error 418"),
])  # fmt: skip
async def test_a_wrong_answer_is_said_and_changes_nothing(company: Company, reply: Any, words: str) -> None:
    async with serving(account(company).desk()) as other:
        other.trouble = lambda _path, _times: reply
        row = await trial(company, wish(other))
    assert row.state == "failed"
    assert words in row.problem.format(**row.problem_values)
    assert await tickets_of(company) == []


async def test_it_goes_on_where_it_failed(company: Company) -> None:
    """The token is taken back in the middle; with another one the rest comes, and nothing twice."""
    data = account(company, 9)
    async with serving(data.desk()) as other:
        row = await trial(company, wish(other))
        await start(company, row.id)
        other.trouble = lambda path, _times: as_json({}, 401) if "/tickets/7/" in path else None
        row = await run(company, row.id)
        assert (row.state, len(await tickets_of(company))) == ("failed", 6)
        other.trouble, asked = None, len(other.asked)
        from dragoman.imports import service

        async with company.desk.db.work(company.workspace_id) as session:
            await service.go_on(session, company.admin, company.desk.keys, company.desk.jobs, row.id, token="t0ken")
        row = await run(company, row.id)
    assert row.state == "done"
    assert not any("/tickets/1/" in one for one in other.asked[asked:]), "what was filed is not asked for again"
    assert row.counters["tickets.new"] == 9
    assert len(await tickets_of(company)) == 9
    assert len(await items(company, "message")) == 27


async def test_attachments_come_along_and_the_token_stays_home(company: Company) -> None:
    data = account(company, 2)
    elsewhere = OtherDesk(lambda _path, _query: (200, {}, b"%PDF signed"), "")
    async with serving(data.desk()) as other, serving(elsewhere) as cdn:
        for n, comment in enumerate((zendesk_comments(1)[0], zendesk_comments(2)[0]), 1):
            name = f"/attachments/{n}.pdf"
            url = f"{other.url}{name}" if n == 1 else f"{other.url}/moved"
            data.files[name] = b"%PDF one"
            file = {"file_name": f"rechnung{n}.pdf", "content_type": "application/pdf", "content_url": url, "size": 8}
            data.comments[n] = [comment | {"attachments": [file]}]
        gone = True

        def trouble(path: str, _times: int) -> Any:
            if path == "/moved":
                return (404, {}, b"") if gone else (302, {"Location": f"{cdn.url}/signed?sig=1"}, b"")
            return None

        other.trouble = trouble
        row = await bring_in(company, wish(other))
        assert (row.counters["files.fetched"], row.counters["files.missing"]) == (1, 1)
        gone = False
        again = await bring_in(company, wish(other))
        assert again.counters["files.fetched"] == 1, "the next import fetches what was missing"
        third = await bring_in(company, wish(other))
        assert "files.fetched" not in third.counters
    assert "authorization" not in cdn.heads[0]
    async with company.desk.db.work(company.workspace_id) as session:
        names = await session.scalars(select(Attachment.name).order_by(Attachment.name))
        assert list(names) == ["rechnung1.pdf", "rechnung2.pdf"]


async def test_search_finds_words_and_the_old_number(company: Company) -> None:
    data = account(company, 3)
    data.tickets[2]["id"] = 784512
    async with serving(data.desk()) as other:
        await bring_in(company, wish(other))
    async with company.desk.db.work(company.workspace_id) as session:
        for words in ("784512", "zendesk-784512", "Lager"):
            found = await finding.search(session, company.agent, words)
            assert 3 in {hit.ticket.number for hit in found.rows}, words


def lines(company: Company) -> list[dict[str, Any]]:
    data = account(company, 3)
    tickets = [one | {"comments": zendesk_comments(one["id"])} for one in data.tickets]
    return [*data.people(), *tickets, {"id": 5, "name": "Shop", "domain_names": []}]


async def test_the_json_export_brings_the_same(company: Company) -> None:
    content = "\n".join(map(json.dumps, lines(company))).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/tickets.json", content)
    row = await bring_in(company, Wish("zendesk", "acme", by_file=True), packed.getvalue(), "export.zip")
    assert (row.identity, row.counters["tickets.new"]) == ("zendesk:acme.zendesk.com", 3)
    assert [(one.kind, one.person_id) for one in await thread(company, 2)] == [
        ("inbound", None), ("note", company.agent.person_id), ("outbound", company.agent.person_id)]  # fmt: skip
    assert (await ticket(company, 3)).assignee_id == company.agent.person_id
    plain = await bring_in(company, Wish("zendesk", "acme.zendesk.com", by_file=True), content, "tickets.json")
    assert plain.counters["tickets.same"] == 3


async def test_a_broken_line_is_told_and_left_out(company: Company) -> None:
    found = [json.dumps(one) for one in lines(company)]
    content = "\n".join([*found[:5], "{broken", *found[5:]]).encode()
    row = await bring_in(company, Wish("zendesk", "acme", by_file=True), content, "t.json")
    assert row.counters["tickets.new"] == 3
    assert [one["where"] for one in (await load(company, row.id)).report["problems"]] == ["t.json:6"]

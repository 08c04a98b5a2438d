"""The log takes what is done, gives it a place in a chain, and gives nothing back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dragoman.audit import chain, queries, service
from dragoman.audit.models import AuditEntry
from dragoman.audit.service import Subject
from dragoman.commerce.service import save_shop
from dragoman.customers.service import change_customer
from dragoman.kit import clock
from dragoman.main import auditing
from dragoman.platform import embedded_pg, origin
from dragoman.platform.origin import Origin
from dragoman.tickets import service as tickets
from dragoman.tickets.access import get_ticket
from tests.cast import Company, found_company
from tests.desk_work import receive, ticket
from tests.post import letter


async def entries(company: Company, **chosen: Any) -> list[AuditEntry]:
    async with company.desk.db.work(company.workspace_id) as session:
        page = await queries.list_entries(session, queries.Filter(**chosen), size=100)
    return list(page.rows)


async def note(company: Company, *verbs: str) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        for verb in verbs:
            service.record(session, company.agent, verb, Subject("thing", 1, "Thing"), value=verb)


@pytest.mark.req("R243")
async def test_a_change_of_a_ticket_is_noted_with_who_and_where_from(company: Company) -> None:
    await receive(company, letter(to=company.address, subject="Geheimes Wort"))
    with origin.use(Origin("web", "192.0.2.7")):
        async with company.desk.db.work(company.workspace_id) as session:
            found = await get_ticket(session, company.agent, 1, lock=True)
            await tickets.set_status(session, company.agent, ticket=found, status="pending")
            await tickets.set_subject(session, company.agent, ticket=found, subject="Neues Wort")
    noted = {entry.verb: entry for entry in await entries(company, area="ticket")}
    status = noted["ticket.status"]
    assert (status.person_name, status.via, status.address) == ("Li Wei", "web", "192.0.2.7")
    assert (status.subject_kind, status.subject_id) == ("ticket", "1")
    assert status.data == {"before": "new", "after": "pending"}
    assert "ticket.subject" in noted
    assert "Wort" not in str([entry.data for entry in noted.values()]), "customers' words stay out of the log"


@pytest.mark.req("R243")
async def test_what_is_refused_or_rolled_back_is_not_noted(company: Company) -> None:
    before = len(await entries(company))

    async def fall_over() -> None:
        async with company.desk.db.work(company.workspace_id) as session:
            await save_shop(session, company.admin, None, name="Lantern FR", platform="own", market="FR", active=True)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fall_over()
    assert len(await entries(company)) == before


async def test_a_customers_record_is_noted_by_fields_alone(company: Company) -> None:
    await receive(company, letter(to=company.address))
    customer = (await ticket(company, 1)).customer_id
    async with company.desk.db.work(company.workspace_id) as session:
        await change_customer(
            session, company.lead, customer, name="Anna Secret", language="de", market="DE", timezone="", notes="VIP"
        )
    (entry,) = await entries(company, area="customer")
    assert entry.data == {"fields": ["name", "language", "market", "notes"]}
    assert "Secret" not in f"{entry.subject_name}{entry.data}"


@pytest.mark.req("R243")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET person_name = 'nobody'",
        "UPDATE audit_log SET n = 99",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
    ],
)
async def test_the_applications_role_can_only_add(company: Company, statement: str) -> None:
    await note(company, "a.b")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with company.desk.db.work(company.workspace_id) as session:
            await session.execute(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET data = '{}'", "DELETE FROM audit_log"])
async def test_even_the_owner_is_stopped_by_the_trigger(
    company: Company, cluster: embedded_pg.Cluster, database: str, statement: str
) -> None:
    """For installations whose one role owns the tables."""
    await note(company, "a.b")
    with psycopg.connect(cluster.url(embedded_pg.OWNER, database)) as connection:
        connection.execute("SELECT set_config('app.workspace_id', %s, true)", [str(company.workspace_id)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only be added to"):
            connection.execute(statement)


async def test_a_forged_place_is_not_taken(company: Company) -> None:
    texts = dict.fromkeys(("person_name", "via", "address", "subject_kind", "subject_id", "subject_name"), "")
    async with company.desk.db.work(company.workspace_id) as session:
        session.add(
            AuditEntry(
                verb="a.b", area="a", at=clock.now(), data={}, digest=b"x", n=10**6, prev=b"", hash=b"x", **texts
            )
        )
    async with company.desk.db.work(company.workspace_id) as session:
        assert await session.scalar(text("SELECT count(*) FROM audit_log WHERE n = 1000000")) == 0


@pytest.mark.req("R243")
async def test_the_chain_holds_and_grows(company: Company) -> None:
    verdict = await service.verify(company.desk.db, company.workspace_id)
    start = verdict.head
    assert verdict.broken is None
    await note(company, "a.one", "a.two")
    assert await service.seal(company.desk.db, company.workspace_id) == 2
    assert await service.seal(company.desk.db, company.workspace_id) == 0
    await note(company, "a.three")
    verdict = await service.verify(company.desk.db, company.workspace_id)
    assert (verdict.head, verdict.broken) == (start + 3, None)
    newest = (await entries(company))[0]
    assert newest.hash is not None
    assert verdict.hash == newest.hash.hex()


@pytest.mark.req("R243")
@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("UPDATE audit_log SET person_name = 'Somebody else' WHERE n = :n", "changed"),
        ("UPDATE audit_log SET at = at + interval '1 hour' WHERE n = :n", "changed"),
        ("DELETE FROM audit_log WHERE n = :n", "missing"),
    ],
)
async def test_tampering_behind_the_triggers_back_is_found(
    company: Company, cluster: embedded_pg.Cluster, database: str, deed: str, reason: str
) -> None:
    await note(company, "a.one", "a.two", "a.three")
    head = (await service.verify(company.desk.db, company.workspace_id)).head
    with psycopg.connect(cluster.url("postgres", database)) as connection:
        connection.execute("SET session_replication_role = replica")  # what a superuser can do
        statement = deed.replace(":n", "%s") + " AND workspace_id = %s"
        assert connection.execute(statement, [head - 1, company.workspace_id]).rowcount == 1
    verdict = await service.verify(company.desk.db, company.workspace_id)
    assert verdict.broken == chain.Break(head - 1, reason)


async def test_old_entries_leave_and_the_rest_still_holds(
    company: Company, cluster: embedded_pg.Cluster, database: str
) -> None:
    with clock.travel(clock.now() - timedelta(days=200)):
        await note(company, "old.one", "old.two")
    await service.seal(company.desk.db, company.workspace_id)
    await note(company, "new.one")
    async with company.desk.db.work(company.workspace_id) as session:
        assert await queries.prune(session, clock.now()) >= 0
    left = {entry.verb for entry in await entries(company)}
    assert "new.one" in left, "nothing younger than 90 days leaves, whatever is asked for"
    assert (await service.verify(company.desk.db, company.workspace_id)).broken is None


async def test_retention_lets_go_of_the_oldest_alone(company: Company) -> None:
    stranger = await found_company(company.desk)
    with clock.travel(clock.now() - timedelta(days=800)):
        fresh = await _bare_workspace(company)
        async with company.desk.db.work(fresh) as session:
            service.record(session, None, "old.one")
    await service.tend(company.desk.db)
    async with company.desk.db.work(fresh) as session:
        service.record(session, None, "new.one")
    await service.tend(company.desk.db)
    async with company.desk.db.work(fresh) as session:
        page = await queries.list_entries(session, queries.Filter())
    assert [entry.verb for entry in page.rows] == ["new.one"]
    assert (await service.verify(company.desk.db, fresh)).broken is None
    assert (await service.verify(company.desk.db, stranger.workspace_id)).broken is None


async def _bare_workspace(company: Company) -> Any:
    from uuid import uuid4

    from dragoman.kit import ids
    from dragoman.platform.models import Workspace

    async with company.desk.db.work(None) as session:
        made = Workspace(id=ids.new(), slug=uuid4().hex, name="Bare")
        session.add(made)
    return made.id


async def test_pages_go_by_key_and_filters_find(company: Company) -> None:
    await note(company, *(f"page.n{n}" for n in range(7)))
    async with company.desk.db.work(company.workspace_id) as session:
        seen, cursor = [], None
        while True:
            page = await queries.list_entries(session, queries.Filter(area="page"), cursor=cursor, size=3)
            seen += [entry.verb for entry in page.rows]
            cursor = page.next
            if cursor is None:
                break
    assert sorted(seen) == [f"page.n{n}" for n in range(7)]
    assert [one.verb for one in await entries(company, words="PAGE.N3")] == ["page.n3"]
    assert await entries(company, words="100%") == []
    assert {one.person_name for one in await entries(company, person_id=company.agent.person_id)} == {"Li Wei"}


async def test_the_command_checks_every_workspace(
    company: Company, cluster: embedded_pg.Cluster, database: str
) -> None:
    stranger = await found_company(company.desk)
    await note(company, "a.one", "a.two")
    verdicts = dict(await auditing.verify(company.desk))
    slugs = [one.address.partition("@")[2].partition(".")[0] for one in (company, stranger)]
    assert [verdicts[slug].broken for slug in slugs] == [None, None]
    with psycopg.connect(cluster.url("postgres", database)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM audit_log WHERE n = 2 AND workspace_id = %s", [company.workspace_id])
    again = dict(await auditing.verify(company.desk))
    assert [again[slug].broken for slug in slugs] == [chain.Break(2, "missing"), None]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.dictionaries(st.text(max_size=8), plain, max_size=4))
def test_a_digest_does_not_depend_on_the_way_json_is_kept(data: dict[str, Any]) -> None:
    once = chain.plain(data)
    shuffled = dict(sorted(once.items(), reverse=True))
    assert chain.plain(once) == once
    assert chain.digest({"data": once}) == chain.digest({"data": shuffled})

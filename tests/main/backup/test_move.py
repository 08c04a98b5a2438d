"""One workspace from one installation to another, whose desk goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from dragoman.audit import service as audit
from dragoman.kit.errors import Conflict, Invalid
from dragoman.main.backup import load
from dragoman.main.backup.archive import reading
from dragoman.platform import secrets
from tests.cast import Company
from tests.desk_work import answer, receive, thread, tickets_of
from tests.main.backup.conftest import Place
from tests.main.backup.test_backup import filled, same_key
from tests.main.backup.test_keys import PHRASE, opened, with_secrets
from tests.main.backup.test_refusals import OLD
from tests.post import letter

Make = Callable[..., Place]
LOG = frozenset({"audit_log"})


def slug_of(place: Place, company: Company) -> str:
    """A workspace's short name."""
    return str(
        place.rows(company.workspace_id, f"SELECT slug FROM workspaces WHERE id = '{company.workspace_id}'")[0][0]
    )


def moved(here: Place, company: Company, path: Path, **options: str) -> Path:
    """The workspace's file."""
    here.take(path, slug=slug_of(here, company), verb="export.workspace", **options)
    return path


async def test_a_workspace_comes_whole_and_the_others_stay_as_they_were(place: Make, tmp_path: Path) -> None:
    here, there = place(), place()
    company, _stays = await filled(here), await filled(here)
    neighbour = await filled(there)
    before = there.state()
    path = moved(here, company, tmp_path / "one.dragoman")
    same_key_plan = secrets.load(here.settings.data)
    loaded = there.add(path, without_key=True)
    assert {loss.kind for _slug, loss in loaded.losses} >= {"second_factor"}
    after = there.state()
    slug = slug_of(here, company)
    assert {key: after[key] for key in before} == before
    changed = {
        "audit_log",
        "recovery_codes",
        "people",
        "mailboxes",
        "webhooks",
        "sign_in_providers",
        "sign_in_alerts",
        "api_answers",
    }
    came = {key: value for key, value in here.state().items() if key.startswith(slug) and key.split()[1] not in changed}
    assert {key: after[key] for key in came} == came
    assert secrets.load(there.settings.data).secret != same_key_plan.secret
    async with there.desk() as desk:
        company.desk = neighbour.desk = desk
        for one in (company, neighbour):
            assert (await audit.verify(desk.db, one.workspace_id)).broken is None
            many = len(await tickets_of(one))
            await receive(one, letter(to=one.address, sender="neu@buyer.example", subject="Neu"))
            fresh = [row.number for row in await tickets_of(one) if row.subject == "Neu"]
            assert len(await tickets_of(one)) == many + 1
            await answer(one, fresh[0])
            assert len(await thread(one, fresh[0])) == 2
    verbs = "SELECT verb FROM audit_log WHERE verb LIKE '%.workspace' ORDER BY id"
    assert there.rows(company.workspace_id, verbs) == [("export.workspace",), ("import.workspace",)]


async def test_its_secrets_are_sealed_anew(place: Make, tmp_path: Path) -> None:
    here, there = place(), place()
    company = await with_secrets(here)
    await filled(there)
    path = moved(here, company, tmp_path / "one.dragoman", passphrase=PHRASE)
    with pytest.raises(Invalid, match="not the passphrase"):
        there.add(path, passphrase="another one entirely")
    there.add(path, passphrase=PHRASE)
    words = ("mail secret", "mail secret", "JBSWY3DPEHPK3PXP")
    assert opened(there, company, secrets.load(there.settings.data)) == words


async def test_what_is_taken_there_is_said_and_changes_nothing(place: Make, tmp_path: Path) -> None:
    here, there = place(), place()
    company = await filled(here)
    same_key(here, there)
    neighbour = await filled(there)
    path = moved(here, company, tmp_path / "one.dragoman")
    taken = slug_of(there, neighbour)
    with pytest.raises(Conflict, match=f"another workspace {taken} here.*--slug"):
        there.add(path, slug=taken)
    with pytest.raises(Invalid, match="a to z"):
        there.add(path, slug="No Good!")
    async with there.desk() as desk, desk.db.work(neighbour.workspace_id) as session:
        statement = text("UPDATE mail_addresses SET address = :theirs WHERE workspace_id = :ours")
        await session.execute(statement, {"theirs": company.address, "ours": neighbour.workspace_id})
    before = there.state()
    with pytest.raises(Conflict, match=f"Another workspace here answers for {company.address}"):
        there.add(path)
    assert there.state() == before
    async with there.desk() as desk, desk.db.work(neighbour.workspace_id) as session:
        statement = text("UPDATE mail_addresses SET address = 'x@y.example' WHERE workspace_id = :ours")
        await session.execute(statement, {"ours": neighbour.workspace_id})
    there.add(path, slug="lantern-2")
    assert slug_of(there, company) == "lantern-2"
    before = there.state()
    with pytest.raises(Conflict, match="is here already, as lantern-2"):
        there.add(path)
    assert there.state() == before


async def test_only_one_workspace_of_this_release_can_be_added(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(), tmp_path / "all.dragoman"
    await filled(here)
    await filled(here)
    here.take(path)
    with pytest.raises(Conflict, match=r"holds 2 workspaces.*dragoman workspace export"):
        there.add(path, without_key=True)
    with pytest.raises(Conflict, match=r"older release .*restore the file into an empty data folder"):
        there.add(OLD, without_key=True)
    assert there.state() == {}


async def test_the_desk_files_mails_while_a_workspace_comes_in(place: Make, tmp_path: Path) -> None:
    """No lock of the import's holds up the neighbour before its last moment, when the audit log is written."""
    here, there = place(), place()
    company = await filled(here)
    same_key(here, there)
    neighbour = await filled(there)
    path = moved(here, company, tmp_path / "one.dragoman")
    held: set[str] = set()

    def look(table: str, _done: int, _of: int) -> None:
        with psycopg.connect(there.owner) as connection:
            rows = connection.execute(
                "SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n "
                "ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' AND l.granted "
                "AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock') "
                "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            held.update(f"{table}: {name}" for (name,) in rows)

    with reading(path) as backup:
        plan = load.plan_keys(there.settings, backup.manifest, lambda: None, without_key=False)
        load.import_workspace(there.owner, there.settings, backup, plan, step=look)
    assert held == set()
    known = {row[0] for row in there.rows(neighbour.workspace_id, "SELECT id FROM workspaces")}
    assert known == {neighbour.workspace_id, company.workspace_id}

"""Everything out into one file, and back: the same rows, the same chain, the same desk."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from dragoman.audit import service as audit
from dragoman.kit import clock
from dragoman.kit.errors import Conflict, NotFound, Unavailable
from dragoman.main import migrate
from dragoman.main.backup import queries
from dragoman.main.backup.archive import reading
from dragoman.main.tables import metadata
from dragoman.platform import secrets
from tests.cast import Company, found_company
from tests.desk_work import answer, receive
from tests.fill import fill_every_table
from tests.main.backup.conftest import Place
from tests.post import letter

Make = Callable[..., Place]


async def filled(place: Place) -> Company:
    """A company with a row in every table, two letters and an answer, and a sealed audit log."""
    async with place.desk() as desk:
        company = await found_company(desk)
        await receive(company, letter(to=company.address, sender="bea@buyer.example"))
        await receive(company, letter(to=company.address, sender="王 <wang@buyer.example>", text="灯\\坏\t了\n\\.\n"))
        await answer(company, 1)
        async with desk.db.work(company.workspace_id) as session:
            await fill_every_table(session, company)
        await audit.seal(desk.db, company.workspace_id)
    return company


def same_key(a: Place, b: Place) -> None:
    """Give one installation the other's key, as whoever kept it would."""
    secrets.keep(b.settings.data, secrets.load(a.settings.data))


def left(folder: Path) -> list[str]:
    """Backups, whole or half, that are in a folder."""
    return [path.name for path in folder.glob("*.dragoman*")]


def test_every_table_is_in_a_backup_or_left_out_on_purpose(place: Make) -> None:
    with psycopg.connect(place().owner) as connection:
        taken = {table.name for table in queries.tables(connection)}
        sequences = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'S' AND relname NOT LIKE 'procrastinate%'"
        ).fetchall()
    assert taken == set(metadata.tables) - queries.SKIPPED
    assert not sequences, "ids are made by the desk; a sequence would have to be set after a restore"


async def test_everything_comes_back_as_it_was(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(schema=None), tmp_path / "all.dragoman"
    company, other = await filled(here), await filled(here)
    manifest = here.take(path)
    assert {held.id for held in manifest.workspaces} == {company.workspace_id, other.workspace_id}
    for held in manifest.workspaces:
        assert [part.table for part in held.parts if not part.rows] == []
    same_key(here, there)
    there.restore(path)
    logs = frozenset({"audit_log"})
    assert there.state(leave_out=logs) == here.state(leave_out=logs)
    assert migrate.drift(there.owner) == []
    for one in (company, other):
        entries = "SELECT t::text FROM audit_log t WHERE verb <> 'import.backup' ORDER BY id"
        assert there.rows(one.workspace_id, entries) == here.rows(one.workspace_id, entries)
        noted = "SELECT verb, via, person_id FROM audit_log WHERE verb LIKE '%.backup' ORDER BY id"
        assert [row[0] for row in there.rows(one.workspace_id, noted)] == ["export.backup", "import.backup"]


async def test_the_audit_log_still_holds_together_and_can_still_only_be_added_to(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(), tmp_path / "all.dragoman"
    company = await filled(here)
    async with here.desk() as desk:
        before = await audit.verify(desk.db, company.workspace_id)
    here.take(path)
    same_key(here, there)
    there.restore(path)
    sealed = f"SELECT encode(hash, 'hex') FROM audit_log WHERE n = {before.head}"
    assert there.rows(company.workspace_id, sealed) == [(before.hash,)]
    async with there.desk() as desk:
        after = await audit.verify(desk.db, company.workspace_id)
    assert after.broken is None
    assert after.head == before.head + 2, "the backup and the restore are in it"
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only be added to"):
        there.rows(company.workspace_id, "UPDATE audit_log SET verb = 'x' RETURNING id")


async def test_one_moment_is_taken_while_mails_come_in(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(), tmp_path / "all.dragoman"
    company = await filled(here)
    before = here.state(leave_out=frozenset({"audit_log"}))
    loop = asyncio.get_running_loop()
    async with here.desk() as desk:
        company.desk = desk

        def mail_comes(table: str, done: int, _of: int) -> None:
            raw = letter(to=company.address, sender=f"b{done}@buyer.example", subject=table)
            asyncio.run_coroutine_threadsafe(receive(company, raw), loop).result(20)

        await asyncio.to_thread(here.take, path, step=mail_comes)
    same_key(here, there)
    there.restore(path)
    assert there.state(leave_out=frozenset({"audit_log"})) == before
    many = "SELECT count(*) FROM tickets"
    now, then = here.rows(company.workspace_id, many)[0][0], there.rows(company.workspace_id, many)[0][0]
    assert now == then + len(metadata.tables) - len(queries.SKIPPED), "a mail came before each table, none waited"


async def test_what_was_about_to_leave_leaves_from_the_restored_desk(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(schema=None), tmp_path / "all.dragoman"
    company = await filled(here)
    here.take(path)
    same_key(here, there)
    there.restore(path)
    waiting = there.rows(company.workspace_id, "SELECT id::text FROM outbox WHERE state = 'queued'")
    jobs = "SELECT args->>'outbox' FROM procrastinate_jobs WHERE task_name = 'delivery.send'"
    assert len(waiting) == 2
    assert there.rows(company.workspace_id, jobs) == []
    async with there.desk() as desk:
        with clock.travel(clock.now() + timedelta(minutes=3)):
            await desk.outbound.sweep()
    assert sorted(there.rows(company.workspace_id, jobs)) == sorted(waiting)


async def test_one_workspace_alone(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(), tmp_path / "one.dragoman"
    company, other = await filled(here), await filled(here)
    slug = here.rows(company.workspace_id, f"SELECT slug FROM workspaces WHERE id = '{company.workspace_id}'")[0][0]
    here.take(path, slug=slug)
    same_key(here, there)
    there.restore(path)
    mine = {key: value for key, value in here.state().items() if key.startswith(slug) and "audit_log" not in key}
    assert there.state(leave_out=frozenset({"audit_log"})) == mine
    assert here.rows(other.workspace_id, "SELECT id FROM audit_log WHERE verb = 'export.backup'") == []


async def test_the_file_is_the_operators_alone_and_nothing_half_stays(place: Make, tmp_path: Path) -> None:
    here, path = place(), tmp_path / "all.dragoman"
    with pytest.raises(NotFound, match="no workspace yet"):
        here.take(path)
    await filled(here)
    with pytest.raises(NotFound, match="There is no workspace nobody"):
        here.take(path, slug="nobody")

    def cut(_table: str, done: int, _of: int) -> None:
        if done == 5:
            raise OSError(28, "No space left on device")

    with pytest.raises(Unavailable, match="No space left"):
        here.take(path, step=cut)
    with pytest.raises(Unavailable, match="can't be written"):
        here.take(tmp_path / "no" / "such" / "folder")
    assert left(tmp_path) == []
    here.take(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert left(tmp_path) == [path.name]
    content = path.read_bytes()
    with pytest.raises(Conflict, match="already a file"):
        here.take(path)
    assert path.read_bytes() == content


def test_where_there_is_no_desk_there_is_nothing_to_take(place: Make, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no desk in this database"):
        place(schema=None).take(tmp_path / "none")


async def test_any_unzip_program_reads_it(place: Make, tmp_path: Path) -> None:
    """The format's promise in docs/backup.md: a zip of COPY streams and a manifest."""
    here, path = place(), tmp_path / "all.dragoman"
    company = await filled(here)
    here.take(path)
    with reading(path) as backup:
        (held,) = backup.manifest.workspaces
        part = next(part for part in held.parts if part.table == "shops")
        text = b"".join(backup.chunks(held.id, part)).decode()
    assert dict(zip(part.columns, text.rstrip("\n").split("\t"), strict=True))["id"] == str(company.shop_id)

"""Every release's data comes up to this one: restored at its own schema, migrated, whole, and worked on.

The fixtures in `data/` were filled by each release's own code; docs/backup.md tells how the next one is made.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from dragoman.accounts import queries as people
from dragoman.audit import service as audit
from dragoman.channels.email import queries as mailboxes
from dragoman.main import migrate
from dragoman.main.backup import load, queries
from dragoman.main.backup.archive import Held, reading
from dragoman.main.wiring import Desk
from tests.cast import Company, actor_of
from tests.desk_work import answer, receive, thread, tickets_of
from tests.main.backup.conftest import Place
from tests.main.backup.make_release import MAIL_PASSWORD, TOTP, fill
from tests.post import letter

Make = Callable[..., Place]
DATA = Path(__file__).parent / "data"
RELEASES = sorted(DATA.glob("release-*.dragoman"))
PHRASE = "a fixture has no secrets"
GROWN = {"roles": {"permissions"}}
"""Columns that a migration has added to: what they held must still be in them."""
RECKONED = {"tickets": {"rank_at"}}
"""Columns that a migration has reckoned anew from the others."""


async def company_of(desk: Desk, held: Held) -> Company:
    """The people and the mailbox of a restored workspace."""
    async with desk.db.work(held.id) as session:
        actors = {person.role: actor_of(held.id, person) for person in await people.list_people(session)}
        (box,) = await mailboxes.list_mailboxes(session)
    return Company(desk, held.id, box.address, box.id, cast(Any, box.shop_id), actors)


def cells(line: str, columns: tuple[str, ...]) -> SimpleNamespace:
    """A line of COPY's text: the columns that stay as they are, and those that grow."""
    return SimpleNamespace(**dict(zip(columns, line.split("\t"), strict=True)))


def test_the_first_release_is_among_them() -> None:
    assert RELEASES[0].name == "release-0001.dragoman"


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
async def test_a_releases_data_comes_up_to_this_one(place: Make, path: Path) -> None:
    there = place(schema=None)
    there.restore(path, passphrase=PHRASE)
    assert migrate.drift(there.owner) == []
    with reading(path) as backup:
        (held,) = backup.manifest.workspaces
        assert [part.table for part in held.parts if not part.rows] == []
        then = {part.table: b"".join(backup.chunks(held.id, part)).decode().splitlines() for part in held.parts}
    with psycopg.connect(there.owner) as connection:
        queries.enter(connection, held.id)
        for part in held.parts:
            key = "id" if part.table == "workspaces" else "workspace_id"
            known = queries.Table(part.table, part.columns, key, False)
            now = b"".join(map(bytes, queries.copy_out(connection, known, held.id))).decode().splitlines()
            check_kept(part.table, part.columns, then[part.table], now)
    await work_on(there, held)


def check_kept(table: str, columns: tuple[str, ...], then: list[str], now: list[str]) -> None:
    """Every row is there as it was, but for what a migration has added to it."""
    grown, reckoned = GROWN.get(table, set()), RECKONED.get(table, set())
    differs = grown | reckoned
    after = {vars(cells(line, columns))[columns[1]]: cells(line, columns) for line in now} if differs else {}
    for line in then if differs else ():
        before = vars(cells(line, columns))
        row = vars(after[before[columns[1]]])
        for column in columns:
            if column in grown:
                assert set(before[column].strip("{}").split(",")) <= set(row[column].strip("{}").split(","))
            elif column not in reckoned:
                assert before[column] == row[column], (table, column)
    if not differs:
        assert sorted(then) == sorted(now), table


async def work_on(there: Place, held: Held) -> None:
    """The desk lists, files, threads and answers on what was restored, and its secrets open."""
    async with there.desk() as desk:
        company = await company_of(desk, held)
        before = await tickets_of(company)
        assert {row.subject for row in before} >= {"Wo ist mein Paket?", "灯坏了", "Lampe"}
        ours = next(one for one in await thread(company, 1) if one.kind == "outbound")
        reply = letter(to=company.address, sender="Bea <bea@buyer.example>", in_reply_to="<ours>")
        reply = reply.replace(b"<ours>", f"<{ours.rfc_message_id}>".encode())
        await receive(company, reply, letter(to=company.address, sender="new@buyer.example", subject="Neu"))
        after = await tickets_of(company)
        assert len(after) == len(before) + 1, "the answer went to its ticket, the new mail made one"
        await answer(company, next(row.number for row in after if row.subject == "Neu"))
        async with desk.db.work(held.id) as session:
            box = await mailboxes.load(session, company.mailbox_id)
            person = await people.load_person(session, company.agent.person_id)
        assert box is not None
        assert person is not None
        assert desk.keys.open(box.smtp_password, context=f"mailbox:{box.id}") == MAIL_PASSWORD
        assert desk.keys.open(person.totp_secret or "", context=str(person.id)) == TOTP
        assert (await audit.verify(desk.db, held.id)).broken is None


async def test_the_next_releases_fixture_can_be_made(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(schema=None), tmp_path / "next.dragoman"
    async with here.desk() as desk:
        await fill(desk)
    here.take(path, passphrase=PHRASE)
    there.restore(path, passphrase=PHRASE)
    with reading(path) as backup:
        (held,) = backup.manifest.workspaces
    assert [part.table for part in held.parts if not part.rows] == []
    await work_on(there, held)


def test_a_release_in_one_step_is_a_release_in_two(place: Make) -> None:
    """A database of the first release that is migrated where it lies ends as a restored one does."""
    stepwise, direct = place(schema=None), place(schema=None)
    direct.restore(RELEASES[0], passphrase=PHRASE)
    first = migrate.order()[0]
    with reading(RELEASES[0]) as backup, migrate.alone(stepwise.owner) as connection:
        migrate.command.upgrade(migrate.config(connection), first)
        raw = load.driver(connection)
        (held,) = backup.manifest.workspaces
        load._load(raw, backup, held, queries.tables(raw), lambda _table, _n: None)
    migrate.upgrade(stepwise.owner, stepwise.app)
    # rows that a migration adds have ids of their own
    added = frozenset({"audit_log", "roles", "calendars", "sla_policies", "teams", "rules", "departments"})
    assert stepwise.state(leave_out=added) == direct.state(leave_out=added)

"""What was to happen at a time still happens after a restore, or at the desk that a workspace has moved to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dragoman.flow.planned import Plan, plan
from dragoman.kit import clock
from dragoman.main.wiring import Desk
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from tests.cast import Company, found_company
from tests.desk_work import receive, thread, ticket
from tests.main.backup.conftest import Place
from tests.main.backup.test_backup import same_key
from tests.main.backup.test_move import moved
from tests.post import letter

Make = Callable[..., Place]
ALARMS = "SELECT kind, key, at, failures FROM alarms WHERE workspace_id = '{}' ORDER BY kind, key"


async def with_alarms(place: Place) -> Company:
    """A company with a snoozed ticket and one that waits for a planned answer, and the clocks of both."""
    async with place.desk() as desk:
        company = await found_company(desk)
        await receive(company, letter(to=company.address, sender="bea@buyer.example"))
        await receive(company, letter(to=company.address, sender="cem@buyer.example"))
        async with desk.db.work(company.workspace_id) as session:
            first = await get_ticket(session, company.admin, 1, lock=True)
            await service.snooze(session, company.admin, ticket=first, until=clock.now() + timedelta(hours=2))
            second = await get_ticket(session, company.admin, 2, lock=True)
            wanted = Plan("<p>Guten Morgen</p>", clock.now() + timedelta(hours=2))
            await plan(session, company.admin, ticket=second, wanted=wanted)
    return company


async def ring(desk: Desk, at: datetime) -> None:
    """Let all that is due by then happen."""
    with clock.travel(at):
        while await desk.alarms.ring():
            pass


@pytest.mark.parametrize("way", ["restored", "moved"])
async def test_alarms_come_along_and_ring(place: Make, tmp_path: Path, way: str) -> None:
    here, there, path = place(), place(), tmp_path / "one.dragoman"
    company, stays = await with_alarms(here), await with_alarms(here)
    same_key(here, there)
    if way == "restored":
        here.take(path)
        there.restore(path)
    else:
        there.add(moved(here, company, path))
    kept = here.rows(company.workspace_id, ALARMS.format(company.workspace_id))
    assert {"snooze", "planned"} <= {row[0] for row in kept}
    assert len(kept) > 2, "clocks, too"
    assert there.rows(company.workspace_id, ALARMS.format(company.workspace_id)) == kept
    others = there.rows(company.workspace_id, ALARMS.format(stays.workspace_id))
    assert bool(others) == (way == "restored"), "only those of workspaces that came"
    async with there.desk() as desk:
        company.desk = desk
        await ring(desk, clock.now() + timedelta(hours=1))
        assert (await ticket(company, 1)).snoozed_until is not None
        assert len(await thread(company, 2)) == 1
        await ring(desk, clock.now() + timedelta(hours=3))
        assert (await ticket(company, 1)).snoozed_until is None
        assert [one.kind for one in await thread(company, 2)] == ["inbound", "outbound"]
        await ring(desk, clock.now() + timedelta(hours=4))
        assert len(await thread(company, 2)) == 2, "once"

"""`python -m bench.routing`: what rules and assignment cost where tickets are filed.

Batches of 40 new tickets as the drain of inbound mail makes them, in four desks in turns so that the machine's moods
meet all of them: without rules and teams, as a new desk is shipped (one rule that reads subject and text for some fifty
words), with twenty rules more, and with a team of fifty to which every ticket is given by score. Clocks are switched
off: bench/clocks.py looks at them.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
from pathlib import Path
from uuid import UUID

from rich.console import Console
from sqlalchemy import delete, func, select

from bench.clocks import BATCH, _batch, _customers, set_up
from bench.run import RESULTS
from dragoman.accounts import queries as accounts
from dragoman.accounts.models import Person
from dragoman.accounts.presence.models import Presence
from dragoman.accounts.skills.models import Skill
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.models import TeamMember
from dragoman.kit import clock, ids
from dragoman.main import wiring
from dragoman.main.wiring import Desk
from dragoman.platform.settings import Settings
from dragoman.routing.rules.models import Rule
from dragoman.sla import queries as sla
from dragoman.tickets.models import Ticket

BATCHES = 60
PEOPLE = 50
BAR_MS = 1.0
LANGUAGES = ("de", "fr", "es", "ja", "zh", "en")
out = Console()


async def _bare(desk: Desk, slug: str) -> UUID:
    """A desk without clocks, rules or teams."""
    workspace = await set_up(desk, slug)
    async with desk.db.work(workspace) as session:
        for policy in await sla.list_policies(session):
            await session.delete(policy)
        if slug == "bare":
            await session.execute(delete(Rule))
    return workspace


async def _more_rules(desk: Desk, workspace: UUID) -> None:
    async with desk.db.work(workspace) as session:
        session.add_all(
            Rule(
                name=f"Rule {n}", event="created", position=n + 2,
                conditions={"all": [{"field": "tag", "op": "has", "value": [f"t{n}"]},
                                    {"field": "text", "op": "contains", "value": [f"word {n}", "never said"]}]},
                changes=[{"kind": "priority", "value": "high"}],
            )
            for n in range(20)
        )  # fmt: skip


async def _a_team(desk: Desk, workspace: UUID) -> None:
    """Fifty people of one team, all there, each with two languages."""
    async with desk.db.work(workspace) as session:
        team = await teams.find_by_key(session, "aftersales")
        found = await accounts.find_workspace(session, workspace)
        assert team is not None
        assert found is not None
        team.strategy, team.settings = "score", {"capacity": 500}
        found.settings = found.settings | {"default_team": str(team.id)}
        role = await accounts.role_id(session, "agent2")
        assert role is not None
        people = [Person(id=ids.new(), email=f"a{n}@b.example", name=f"A{n}", role_id=role) for n in range(PEOPLE)]
        session.add_all(people)
        await session.flush()
        for n, one in enumerate(people):
            session.add_all([
                TeamMember(team_id=team.id, person_id=one.id), Presence(person_id=one.id, seen_at=clock.now()),
                *(Skill(person_id=one.id, kind="language", value=LANGUAGES[(n + k) % 6], level="fluent")
                  for k in range(2)),
            ])  # fmt: skip


async def measure(desk: Desk) -> dict[str, float]:
    """Milliseconds a ticket, medians of batches."""
    desks = {name: await _bare(desk, name) for name in ("bare", "shipped", "rules", "score")}
    await _more_rules(desk, desks["rules"])
    await _a_team(desk, desks["score"])
    customers = {name: await _customers(desk, workspace) for name, workspace in desks.items()}
    spent: dict[str, list[float]] = {name: [] for name in desks}
    for round_ in range(BATCHES + 3):
        for name, workspace in desks.items():
            took = await _batch(desk, workspace, customers[name])
            if round_ >= 3:
                spent[name].append(took)
    async with desk.db.work(desks["score"]) as session:
        given = await session.scalar(select(func.count()).where(Ticket.assignee_id.is_not(None)))
    if given != (BATCHES + 3) * BATCH:
        raise SystemExit(f"only {given} tickets were given to somebody")
    medians = {name: statistics.median(some) for name, some in spent.items()}
    figures = {f"{name}_ms": round(value, 3) for name, value in medians.items()}
    return figures | {f"{name}_adds_ms": round(medians[name] - medians["bare"], 3) for name in desks if name != "bare"}


async def run(settings: Settings, url: str) -> dict[str, float]:
    """Measure on a desk of its own."""
    desk = wiring.build(settings, url)
    try:
        async with desk.jobs.open_async():
            return await measure(desk)
    finally:
        await wiring.close(desk)


def main() -> None:
    """Measure, keep the figures, and fail above the bar."""
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        Path(home).chmod(0o755)
        settings = Settings(data=Path(home) / "data", pool_size=6)
        with wiring.database(settings) as addresses:
            wiring.ready(addresses)
            figures = asyncio.run(run(settings, addresses.app))
    figures |= {"batch": BATCH, "batches": BATCHES, "people": PEOPLE, "bar_ms": BAR_MS}
    out.print(figures)
    (RESULTS / "routing.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    if figures["score_adds_ms"] > BAR_MS:
        sys.exit(f"assignment adds {figures['score_adds_ms']} ms a ticket, more than {BAR_MS}")


if __name__ == "__main__":
    main()

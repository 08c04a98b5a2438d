"""New work finds its queue and, where the queue's team wants that, its person; in batches, in the transaction that
brings it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dragoman.accounts import queries as accounts
from dragoman.accounts.presence import queries as presence
from dragoman.accounts.presence import service as presence_service
from dragoman.accounts.presence.states import Standing, present
from dragoman.accounts.skills import queries as skills
from dragoman.accounts.skills.service import Skills, gathered
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.models import Team
from dragoman.customers import queries as customers
from dragoman.kit import clock
from dragoman.platform import alarms
from dragoman.platform.db import Session
from dragoman.routing import escalation, queries
from dragoman.routing.queries import Seat
from dragoman.routing.score import STRATEGIES, Candidate, Matter, Ranked
from dragoman.tickets.batches import Gift, assign_all, queue_all
from dragoman.tickets.models import Ticket
from dragoman.tickets.touched import Touched

CAPACITY = 20
"""How many open tickets somebody takes at once, where neither they nor their team say otherwise."""
AT_ONCE = 50
"""So many waiting tickets of a queue are looked at when somebody comes back."""
FALLBACK = {"order": "aftersale", "delivery": "aftersale", "quality": "complaint"}
"""Whose queue a kind of ticket goes to that no team is for by name."""


async def place(session: Session, touched: Sequence[Touched]) -> None:
    """Give what is new to a queue its place, and have queues looked through where somebody has room again."""
    await escalation.follow(session, touched)
    fresh = {one.ticket.id: one.ticket for one in touched if _is_news(one)}
    freed = {one.ticket.assignee_id: one.ticket.team_id for one in touched if _frees(one)}
    if not fresh and not freed:
        return
    with session.no_autoflush:  # tickets are written once, as all rooms have left them
        await _place(session, touched, fresh, freed)


async def _place(
    session: Session, touched: Sequence[Touched], fresh: Mapping[UUID, Ticket],
    freed: Mapping[UUID | None, UUID | None],
) -> None:  # fmt: skip
    known = {team.id: team for team in await teams.list_teams(session, active_only=True)}
    created = {one.ticket.id for one in touched if one.verb in ("created", "kind")}
    await _queue(session, [ticket for ticket in fresh.values() if ticket.id in created], known.values())
    await give(session, list(fresh.values()), known)
    back = {
        person: clock.now()
        for person, team in freed.items()
        if person is not None and team in known and known[team].strategy in STRATEGIES
    }
    await alarms.put(session, presence_service.BACK, back)


def _is_news(one: Touched) -> bool:
    """Whether a ticket that nobody has stands somewhere new."""
    ticket = one.ticket
    if ticket.assignee_id is not None or not ticket.active_now or one.data.get("past"):
        return False
    if one.verb == "status":
        return ticket.status in ("new", "open")
    return one.verb in ("created", "team", "tier", "kind", "reopened", "woken")


def _frees(one: Touched) -> bool:
    """Whether its owner has room for something else now."""
    gone = one.verb == "snoozed" or (one.verb == "status" and not one.ticket.active_now)
    return gone and one.ticket.team_id is not None and one.ticket.assignee_id is not None


async def _queue(session: Session, tickets: Iterable[Ticket], known: Collection[Team]) -> None:
    """Put tickets without a queue into that of the team their kind is for, else into the workspace's usual one."""
    bare = [ticket for ticket in tickets if ticket.team_id is None]
    if not bare:
        return
    by_purpose: dict[str, Team] = {}
    for team in known:
        by_purpose.setdefault(team.purpose, team)
    by_purpose.pop("", None)
    workspace = await accounts.find_workspace(session, session.workspace_id)
    chosen = str((workspace.settings if workspace else {}).get("default_team") or "")
    usual = next((team for team in known if str(team.id) == chosen), None)
    pairs: list[tuple[Ticket, Team, dict[str, Any]]] = []
    for ticket in bare:
        fitting = by_purpose.get(ticket.kind) or by_purpose.get(FALLBACK.get(ticket.kind, ""))
        if fitting is not None:
            pairs.append((ticket, fitting, {"why": "kind"}))
        elif usual is not None:
            pairs.append((ticket, usual, {"why": "usual"}))
    await queue_all(session, pairs)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a batch of assignments is decided by, read in a fixed number of statements: the people of each team
    as candidates, who had the customers' last tickets, and the customers' tiers."""

    now: datetime
    candidates: dict[UUID, dict[UUID, Candidate]]
    owners: Mapping[UUID, UUID]
    tiers: Mapping[UUID, str]

    def give(self, team_id: UUID, person_id: UUID) -> None:
        """Somebody has one ticket more, in all of their teams, and had their turn in this one."""
        for team, people in self.candidates.items():
            one = people.get(person_id)
            if one is not None:
                turn = self.now if team == team_id else one.given_at
                people[person_id] = replace(one, load=one.load + 1, given_at=turn)


async def give(session: Session, tickets: Sequence[Ticket], known: Mapping[UUID, Team], **why: Any) -> dict[UUID, UUID]:
    """Give tickets that nobody has to people of their teams, by each team's strategy; `manual` ones are left.

    Returns who got which ticket. The tickets are locked by the caller.
    """
    asked = [one for one in tickets if one.assignee_id is None and _strategy(one, known)]
    if not asked:
        return {}
    scene = await _look(session, asked, known)
    gifts, turns = [], set()
    for ticket in sorted(asked, key=lambda one: (one.priority, one.rank_at, one.id)):
        team = known[ticket.team_id]  # type: ignore[index]
        ranked = STRATEGIES[team.strategy](_matter(ticket, scene), _candidates(ticket, team, scene))
        if not ranked:
            continue
        person = UUID(ranked[0].candidate.person)
        scene.give(team.id, person)
        turns.add((team.id, person))
        gifts.append(Gift(ticket, person, ranked[0].candidate.name, _why(team, ranked) | why))
    await assign_all(session, gifts)
    await queries.note_turns(session, turns, scene.now)
    return {one.ticket.id: one.to for one in gifts if one.to is not None}


def _strategy(ticket: Ticket, known: Mapping[UUID, Team]) -> bool:
    team = known.get(ticket.team_id) if ticket.team_id else None
    return team is not None and team.strategy in STRATEGIES


async def _look(session: Session, tickets: Sequence[Ticket], known: Mapping[UUID, Team]) -> Scene:
    team_ids = {ticket.team_id for ticket in tickets if ticket.team_id}
    await queries.lock_teams(session, team_ids)
    seats: dict[UUID, list[Seat]] = {}
    for seat in await queries.list_seats(session, team_ids):
        seats.setdefault(seat.team_id, []).append(seat)
    people = sorted({seat.person_id for group in seats.values() for seat in group})
    now = clock.now()
    scored = [ticket for ticket in tickets if known[ticket.team_id].strategy == "score"]  # type: ignore[index]
    buyers = {ticket.customer_id for ticket in scored}
    known_buyers = await customers.load_some(session, buyers) if buyers else {}
    standings = await presence.list_standings(session, now, people) if people else {}
    loads = await queries.loads(session, people) if people else {}
    good_for = gathered(await skills.list_skills(session, people)) if scored and people else {}
    candidates = {
        team_id: {
            seat.person_id: _candidate(
                seat, standings[seat.person_id], good_for.get(seat.person_id, Skills()),
                load=loads.get(seat.person_id, 0), usual=capacity_of(known[team_id]), now=now,
            )
            for seat in group
        }
        for team_id, group in seats.items()
    }  # fmt: skip
    return Scene(
        now=now, candidates=candidates,
        owners=await queries.last_owners(session, buyers, [ticket.id for ticket in tickets]) if buyers else {},
        tiers={one.id: one.tier for one in known_buyers.values()},
    )  # fmt: skip


def _candidate(seat: Seat, standing: Standing, good_for: Skills, *, load: int, usual: int, now: datetime) -> Candidate:
    return Candidate(
        person=str(seat.person_id), name=standing.name,
        languages={tag.lower(): level for tag, level in good_for.languages.items()}, shops=frozenset(good_for.shops),
        lines=frozenset(good_for.lines), tiers=frozenset(good_for.tiers), load=load,
        capacity=usual if standing.capacity is None else standing.capacity,
        here=present(standing, now) == "available", given_at=seat.given_at,
    )  # fmt: skip


def _matter(ticket: Ticket, scene: Scene) -> Matter:
    return Matter(
        language=ticket.language,
        shop=str(ticket.shop_id or ""),
        lines=frozenset(ticket.tags),
        tier=scene.tiers.get(ticket.customer_id, ""),
        slack=ticket.due_at - scene.now if ticket.due_at else None,
    )


def _candidates(ticket: Ticket, team: Team, scene: Scene) -> list[Candidate]:
    people = scene.candidates.get(team.id, {})
    last = scene.owners.get(ticket.customer_id)
    return [replace(one, knows_customer=True) if person == last else one for person, one in people.items()]


def capacity_of(team: Team) -> int:
    """How many open tickets somebody of a team takes at once who has not said otherwise."""
    return int(team.settings.get("capacity") or CAPACITY)


def _why(team: Team, ranked: Sequence[Ranked]) -> dict[str, Any]:
    """What the event keeps, so that "why me?" can be answered."""
    first = ranked[0]
    return {
        "strategy": team.strategy,
        "team": [team.key, team.name],
        "points": first.points,
        "among": len(ranked),
        "reasons": [[reason.kind, reason.points, dict(reason.about)] for reason in first.reasons],
    }


async def back(session: Session, people: Sequence[UUID]) -> None:
    """The alarm: some people have room (again); their queues' most urgent tickets are given out."""
    theirs = await teams.teams_of_all(session, people)
    if not theirs:
        return
    known = {
        team.id: team
        for team in await teams.list_teams(session, active_only=True)
        if team.id in theirs and team.strategy in STRATEGIES
    }
    if known:
        await give(session, await queries.take_waiting(session, known.keys(), limit=AT_ONCE), known)

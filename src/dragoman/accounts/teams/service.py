"""Adding and changing teams and who works in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.teams import queries
from dragoman.accounts.teams.models import Team, TeamMember
from dragoman.accounts.teams.names import TEAM_NAMES, team_label
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import ids
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.db import Session

STRATEGIES = ("manual", "round_robin", "least_load", "score")
PURPOSES = ("", "presale", "order", "delivery", "aftersale", "complaint", "quality", "wholesale", "social", "care")
"""The kinds of ticket a team can be for (tickets.models.KINDS)."""
CAPACITIES = range(1, 501)
MANY = 100


@dataclass(frozen=True, slots=True)
class TeamForm:
    """What a team is. `capacity` is how many open tickets its people take at once, None: as usual; `give_back`:
    tickets leave an owner who is not there also where the strategy is `manual`; `usual`: new tickets that fit no
    other queue come into this one."""

    name: str = ""
    purpose: str = ""
    tier: int = 1
    timezone: str = ""
    strategy: str = "manual"
    active: bool = True
    capacity: int | None = None
    give_back: bool = False
    usual: bool = False
    calendar_id: UUID | None = None
    """Checked by the caller: calendars are another room's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in a team."""

    person_id: UUID
    lead: bool = False


async def get(session: Session, actor: Actor, team_id: UUID) -> Team:
    """A team, for whoever manages them. Raises NotFound, Forbidden."""
    actor.require("team.manage")
    team = await queries.load(session, team_id)
    if team is None:
        raise NotFound(N_("There is no such team."))
    return team


async def form_of(session: Session, team: Team) -> TeamForm:
    """A team as its form shows it."""
    workspace = await people.find_workspace(session, session.workspace_id)
    settings = workspace.settings if workspace else {}
    return TeamForm(
        name=team.name, purpose=team.purpose, tier=team.tier, timezone=team.timezone, strategy=team.strategy,
        active=team.active, capacity=team.settings.get("capacity"), give_back=bool(team.settings.get("give_back")),
        usual=settings.get("default_team") == str(team.id), calendar_id=team.calendar_id,
    )  # fmt: skip


async def save(session: Session, actor: Actor, team_id: UUID | None, form: TeamForm) -> Team:
    """Add a team, or change one. Raises Invalid beside the fields at fault, NotFound, Forbidden."""
    actor.require("team.manage")
    team = await get(session, actor, team_id) if team_id else None
    name = " ".join(form.name.split())
    await _check(session, team, name, form)
    before: dict[str, Any] = {}
    if team is None:
        new = ids.new()
        team = Team(id=new, key=new.hex, settings={})
        session.add(team)
    else:
        before = _facts(await form_of(session, team))
    team.name = "" if name == team_label(team.key) and team.key in TEAM_NAMES else name
    team.purpose, team.tier, team.timezone = form.purpose, form.tier, form.timezone
    team.strategy, team.active, team.calendar_id = form.strategy, form.active, form.calendar_id
    kept = {key: value for key, value in team.settings.items() if key not in ("capacity", "give_back")}
    team.settings = kept | ({"capacity": form.capacity} if form.capacity else {})
    team.settings |= {"give_back": True} if form.give_back else {}
    await session.flush()
    await _set_usual(session, team, usual=form.usual and form.active)
    after = _facts(await form_of(session, team))
    subject = Subject("team", team.id, team_label(team.key, team.name))
    if not before:
        audit.record(session, actor, "team.added", subject, after=after)
    elif changed := audit.changes(before, after):
        audit.record(session, actor, "team.changed", subject, changed=changed)
    return team


def _facts(form: TeamForm) -> dict[str, Any]:
    facts = {name: getattr(form, name) for name in TeamForm.__dataclass_fields__}
    return facts | {"calendar_id": str(form.calendar_id) if form.calendar_id else None}


async def _check(session: Session, team: Team | None, name: str, form: TeamForm) -> None:
    faults = {}
    if len(name) > 60 or (not name and (team is None or team.key not in TEAM_NAMES)):
        faults["name"] = N_("A name is needed, of at most 60 characters.")
    others = [one for one in await queries.list_teams(session) if team is None or one.id != team.id]
    if name and name.casefold() in {team_label(one.key, one.name).casefold() for one in others}:
        faults["name"] = N_("Another team has this name.")
    if team is None and len(others) >= MANY:
        faults["name"] = N_("A workspace can have at most 100 teams. Switch on one that is not in use.")
    if form.purpose not in PURPOSES:
        faults["purpose"] = N_("This kind does not exist.")
    if form.tier not in (1, 2, 3):
        faults["tier"] = N_("This line does not exist.")
    if form.strategy not in STRATEGIES:
        faults["strategy"] = N_("Choose how tickets find somebody.")
    if form.timezone and form.timezone not in available_timezones():
        faults["timezone"] = N_("Choose a time zone.")
    if form.capacity is not None and form.capacity not in CAPACITIES:
        faults["capacity"] = N_("A number from 1 to 500.")
    if faults:
        raise Invalid(fields=faults)


async def _set_usual(session: Session, team: Team, *, usual: bool) -> None:
    workspace = await people.find_workspace(session, session.workspace_id)
    assert workspace is not None
    present = workspace.settings.get("default_team") == str(team.id)
    if usual != present:
        workspace.settings = workspace.settings | {"default_team": str(team.id) if usual else None}


async def set_members(session: Session, actor: Actor, team_id: UUID, places: Sequence[Place]) -> None:
    """Say who works in a team, and who leads it. Raises Invalid for people who are not at the desk, NotFound,
    Forbidden."""
    team = await get(session, actor, team_id)
    wanted = {one.person_id: one.lead for one in places}
    at_desk = {one.id: one.name for one in await people.list_people(session, active_only=True)}
    if set(wanted) - set(at_desk):
        raise Invalid(fields={"members": N_("Choose people who work at this desk.")})
    present = {one.person_id: one for one in await queries.list_places(session, team.id)}
    before = {person: one.lead for person, one in present.items() if person in at_desk}
    for person, one in present.items():
        if person in wanted:
            one.lead = wanted[person]
        else:
            await session.delete(one)
    session.add_all(
        TeamMember(team_id=team.id, person_id=person, lead=lead, given_at=None)
        for person, lead in wanted.items()
        if person not in present
    )
    await session.flush()
    if before != wanted:
        audit.record(
            session, actor, "team.members", Subject("team", team.id, team_label(team.key, team.name)),
            before=_named(before, at_desk), after=_named(wanted, at_desk),
        )  # fmt: skip


def _named(members: dict[UUID, bool], names: dict[UUID, str]) -> list[str]:
    return sorted(names[person] for person in members)


async def set_teams_of(session: Session, actor: Actor, person_id: UUID, team_ids: Collection[UUID]) -> None:
    """Say which teams somebody works in; where they lead one already, they go on leading it. Raises Invalid, NotFound,
    Forbidden."""
    actor.require("team.manage")
    known = {team.id for team in await queries.list_teams(session)}
    if set(team_ids) - known:
        raise Invalid(fields={"teams": N_("There is no such team.")})
    now = set(await queries.teams_of(session, person_id))
    for team_id in sorted(now ^ set(team_ids)):
        places = {
            one.person_id: Place(one.person_id, one.lead) for one in await queries.list_members(session, [team_id])
        }
        places.pop(person_id, None)
        if team_id in team_ids:
            places[person_id] = Place(person_id)
        await set_members(session, actor, team_id, list(places.values()))

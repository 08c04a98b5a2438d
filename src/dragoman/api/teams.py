"""Teams: queues, the lines of service, and who works in them."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, StrictBool

from dragoman.accounts.teams import queries, service
from dragoman.accounts.teams.models import Team
from dragoman.accounts.teams.names import team_label
from dragoman.accounts.teams.service import Place, TeamForm
from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words
from dragoman.api.door import Caller, Door, needs
from dragoman.api.tickets import Me
from dragoman.kit.errors import N_, Invalid
from dragoman.sla import queries as calendars

router = APIRouter(route_class=Door, tags=["Teams"])
READ, WRITE = "routing:read", "routing:write"
Strategy = Literal["manual", "round_robin", "least_load", "score"]
Purpose = Literal[
    "", "presale", "order", "delivery", "aftersale", "complaint", "quality", "wholesale", "social", "care"
]
Name = Annotated[Words, Field(min_length=1, max_length=60, examples=["Night shift"])]
Capacity = Annotated[int, Field(ge=1, le=500)]


class MemberOut(Out):
    """Somebody who works in a team."""

    person_id: UUID
    name: str
    lead: bool


class TeamOut(Out):
    """A queue and the people who work on it."""

    id: UUID
    key: str = Field(description="Names a shipped team.", examples=["aftersales"])
    name: str = Field(description="In the language of Accept-Language, where the workspace gave no name of its own.")
    purpose: str = Field(description="The kind of ticket it is for; empty: any.")
    tier: int = Field(description="The line of service, 1 to 3.")
    timezone: str = Field(description="Empty: the workspace's.")
    calendar_id: UUID | None = Field(description="Its working hours; null: the workspace's.")
    strategy: str = Field(description="How its tickets find somebody.")
    active: bool
    capacity: int | None = Field(description="Open tickets a person takes at once; null: as usual.")
    give_back: bool = Field(description="Whether tickets leave an owner who is not there.")
    usual: bool = Field(description="Whether new tickets that fit no other queue come here.")
    members: list[MemberOut]


class TeamNew(In):
    """A team to add."""

    name: Name
    purpose: Purpose = ""
    tier: Literal[1, 2, 3] = 1
    timezone: Words = Field("", max_length=60, examples=["Europe/Berlin"])
    strategy: Strategy = "manual"
    calendar_id: UUID | None = None
    capacity: Capacity | None = None
    give_back: StrictBool = False
    usual: StrictBool = False
    active: StrictBool = True


class TeamChange(In):
    """What to change; what is not named stays."""

    name: Words = Field("", max_length=60, description="Empty: a shipped team's own name.")
    purpose: Purpose = ""
    tier: Literal[1, 2, 3] = 1
    timezone: Words = Field("", max_length=60)
    strategy: Strategy = "manual"
    calendar_id: UUID | None = None
    capacity: Capacity | None = None
    give_back: StrictBool = False
    usual: StrictBool = False
    active: StrictBool = True


class MemberIn(In):
    """Somebody who is to work in the team."""

    person_id: UUID
    lead: StrictBool = False


class MembersIn(In):
    """Who is to work in the team: all of them."""

    members: list[MemberIn] = Field(max_length=500)


async def shown(me: Caller, team: Team) -> TeamOut:
    """A team as the API gives it."""
    members = await queries.list_members(me.session, [team.id])
    return _shown(await service.form_of(me.session, team), team, members)


def _shown(form: TeamForm, team: Team, members: list[queries.Member]) -> TeamOut:
    return TeamOut(
        id=team.id, key=team.key, name=team_label(team.key, team.name), purpose=form.purpose, tier=form.tier,
        timezone=form.timezone, calendar_id=form.calendar_id, strategy=form.strategy, active=form.active,
        capacity=form.capacity, give_back=form.give_back, usual=form.usual,
        members=[MemberOut(person_id=one.person_id, name=one.name, lead=one.lead) for one in members],
    )  # fmt: skip


async def _check_calendar(me: Caller, calendar_id: UUID | None) -> None:
    if calendar_id and await calendars.load_calendar(me.session, calendar_id) is None:
        raise Invalid(fields={"calendar_id": N_("Choose a calendar.")})


@router.get("/teams", summary="List teams", response_model=Listed[TeamOut], **needs(READ))
async def list_teams(me: Me) -> Response:
    """All teams, those in use first, by line. The list comes whole: a desk has 100 at most."""
    me.actor.require("team.manage")
    members: dict[UUID, list[queries.Member]] = {}
    for one in await queries.list_members(me.session):
        members.setdefault(one.team_id, []).append(one)
    rows = [
        _shown(await service.form_of(me.session, team), team, members.get(team.id, []))
        for team in await queries.list_teams(me.session)
    ]
    return answers.page(me, rows)


@router.post("/teams", summary="Add a team", response_model=TeamOut, status_code=201, **needs(WRITE))
async def add_team(me: Me, new: TeamNew) -> Response:
    """Adds a team, without members at first."""
    await _check_calendar(me, new.calendar_id)
    team = await service.save(me.session, me.actor, None, TeamForm(**new.model_dump()))
    return answers.one(me, await shown(me, team), status=201, at=f"/teams/{team.id}")


@router.get("/teams/{team_id}", summary="Read a team", response_model=TeamOut, **needs(READ))
async def read_team(me: Me, team_id: UUID) -> Response:
    """One team."""
    return answers.one(me, await shown(me, await service.get(me.session, me.actor, team_id)))


@router.patch("/teams/{team_id}", summary="Change a team", response_model=TeamOut, **needs(WRITE, 412))
async def change_team(me: Me, team_id: UUID, change: TeamChange) -> Response:
    """Changes the named fields. With If-Match only if nobody changed it meanwhile."""
    team = await service.get(me.session, me.actor, team_id)
    await me.session.refresh(team, with_for_update=True)
    answers.check_unchanged(me, await shown(me, team))
    form = await service.form_of(me.session, team)
    values: dict[str, Any] = {name: getattr(form, name) for name in TeamForm.__dataclass_fields__}
    wanted = TeamForm(**values | change.model_dump(exclude_unset=True))
    await _check_calendar(me, wanted.calendar_id)
    return answers.one(me, await shown(me, await service.save(me.session, me.actor, team_id, wanted)))


@router.post(
    "/teams/{team_id}/members", summary="Say who works in a team", response_model=TeamOut, status_code=200,
    **needs(WRITE),
)  # fmt: skip
async def set_members(me: Me, team_id: UUID, wanted: MembersIn) -> Response:
    """Replaces the members of a team."""
    places = [Place(one.person_id, one.lead) for one in wanted.members]
    await service.set_members(me.session, me.actor, team_id, places)
    return answers.one(me, await shown(me, await service.get(me.session, me.actor, team_id)))

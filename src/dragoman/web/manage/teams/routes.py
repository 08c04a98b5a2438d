"""Teams: queues by role, the lines of service, and who works in them."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts.presence import queries as presence
from dragoman.accounts.presence.states import STATES, present
from dragoman.accounts.teams import queries, service
from dragoman.accounts.teams.models import Team
from dragoman.accounts.teams.names import TEAM_NAMES, team_label
from dragoman.accounts.teams.service import Place, TeamForm
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.routing.escalation import LINES
from dragoman.routing.explain import STRATEGIES
from dragoman.sla import queries as calendars
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.entry.routes import zones
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.teams.view import Choices, Line, MemberRow, TeamPage, TeamRow, TeamsPage
from dragoman.web.words import KIND

router = APIRouter(prefix="/settings/teams")
BASE = "/settings/teams"
HERE = "manage.teams"
FIELDS = ("name", "purpose", "tier", "timezone", "strategy", "capacity", "calendar")


async def _choices(session: Session) -> Choices:
    return Choices(
        purposes=tuple(Choice(key, _(word.label)) for key, word in KIND.items()),
        tiers=tuple(Choice(str(tier), _(label)) for tier, label in LINES.items()),
        strategies=tuple(Choice(key, _(label)) for key, label in STRATEGIES.items()),
        zones=(Choice("", _("As the desk")), *zones()),
        calendars=(
            Choice("", _("As the desk")),
            *(Choice(str(one.id), one.name) for one in await calendars.list_calendars(session)),
        ),
    )


async def _show(reader: Reader, form: Form | None = None, *, status: int = 200) -> Response:
    reader.actor.require("team.manage")
    async with reader.work() as session:
        teams = await queries.list_teams(session)
        members: dict[UUID, list[str]] = {}
        for one in await queries.list_members(session):
            members.setdefault(one.team_id, []).append(one.name)
        choices = await _choices(session)
        around = await respond.shell(reader, session, HERE)
        usual = await _usual(session, teams)
    rows = {
        tier: tuple(_row(team, tuple(members.get(team.id, ())), usual) for team in teams if team.tier == tier)
        for tier in LINES
    }
    view = TeamsPage(
        tuple(Line(_(LINES[tier]), some) for tier, some in rows.items() if some), choices,
        form or Form({"tier": "1", "strategy": "manual"}),
    )  # fmt: skip
    return respond.page(reader.request, "manage/teams/teams.html", view, around, status=status)


async def _usual(session: Session, teams: list[Team]) -> UUID | None:
    for team in teams:
        if (await service.form_of(session, team)).usual:
            return team.id
    return None


def _row(team: Team, people: tuple[str, ...], usual: UUID | None) -> TeamRow:
    purpose = _(KIND[team.purpose].label) if team.purpose in KIND and team.purpose else ""
    return TeamRow(
        team_label(team.key, team.name), f"{BASE}/{team.id}", purpose, _(STRATEGIES[team.strategy]), people,
        team.active, team.id == usual,
    )  # fmt: skip


async def _show_one(
    reader: Reader, team_id: UUID, form: Form | None = None, *, chosen: dict[str, bool] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    async with reader.work() as session:
        team = await service.get(session, reader.actor, team_id)
        present_form = _present(team, await service.form_of(session, team))
        people = await _people(session, team, chosen)
        choices = await _choices(session)
        around = await respond.shell(reader, session, HERE)
    view = TeamPage(
        team_label(team.key, team.name), f"{BASE}/{team.id}", choices, form or present_form, people,
        team_label(team.key) if team.key in TEAM_NAMES else "",
    )  # fmt: skip
    return respond.page(reader.request, "manage/teams/team.html", view, around, status=status)


def _present(team: Team, form: TeamForm) -> Form:
    flags = {"active": form.active, "give_back": form.give_back, "usual": form.usual}
    values = {
        "name": team_label(team.key, form.name), "purpose": form.purpose, "tier": str(form.tier),
        "timezone": form.timezone, "strategy": form.strategy, "capacity": str(form.capacity or ""),
        "calendar": str(form.calendar_id or ""),
    }  # fmt: skip
    return Form(values | {name: "yes" if on else "no" for name, on in flags.items()})


async def _people(session: Session, team: Team, chosen: dict[str, bool] | None) -> tuple[MemberRow, ...]:
    members = {str(one.person_id): one.lead for one in await queries.list_members(session, [team.id])}
    members = members if chosen is None else chosen
    now = clock.now()
    rows = []
    for person, standing in (await presence.list_standings(session, now)).items():
        state, key = present(standing, now), str(person)
        rows.append(
            MemberRow(
                key, standing.name, f"/settings/staff/{person}", key in members, members.get(key, False),
                _(STATES[state]), state == "available",
            )
        )  # fmt: skip
    return tuple(sorted(rows, key=lambda one: not one.member))


def _tier(data: Posted) -> int:
    tier = field(data, "tier", 2)
    return int(tier) if tier in ("1", "2", "3") else 0


async def _read(session: Session, data: Posted) -> TeamForm:
    """The posted form. Raises Invalid for numbers and calendars that are none."""
    capacity, calendar = field(data, "capacity", 10).strip(), field(data, "calendar", 40)
    known = {str(one.id): one.id for one in await calendars.list_calendars(session)}
    faults = {}
    if capacity and not (capacity.isascii() and capacity.isdecimal()):
        faults["capacity"] = N_("A number from 1 to 500.")
    if calendar and calendar not in known:
        faults["calendar"] = N_("Choose a calendar.")
    if faults:
        raise Invalid(fields=faults)
    return TeamForm(
        name=field(data, "name", 200), purpose=field(data, "purpose", 40), tier=_tier(data),
        timezone=field(data, "timezone", 80), strategy=field(data, "strategy", 40),
        active=field(data, "active") == "yes", capacity=int(capacity) if capacity else None,
        give_back=field(data, "give_back") == "yes", usual=field(data, "usual") == "yes",
        calendar_id=known.get(calendar),
    )  # fmt: skip


def _typed(data: Posted, error: Invalid) -> Form:
    values = {name: field(data, name, 200) for name in FIELDS}
    values |= {name: field(data, name, 3) or "no" for name in ("active", "give_back", "usual")}
    faults = said_fields(error)
    return Form(values, faults, "" if faults else said(error))


@router.get("")
async def teams_page(reader: SignedIn) -> Response:
    """All teams, by line."""
    return await _show(reader)


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add a team."""
    reader.actor.require("team.manage")
    try:
        async with reader.work() as session:
            form = TeamForm(
                name=field(data, "name", 200), purpose=field(data, "purpose", 40),
                tier=_tier(data),
            )  # fmt: skip
            team = await service.save(session, reader.actor, None, form)
    except Invalid as error:
        return await _show(reader, _typed(data, error), status=422)
    return respond.redirect(reader.request, f"{BASE}/{team.id}", Flash(_("Added. Now choose who works in it.")))


@router.get("/{team_id}")
async def team_page(reader: SignedIn, team_id: str) -> Response:
    """One team."""
    return await _show_one(reader, known_id(team_id))


@router.post("/{team_id}")
async def change(reader: SignedIn, team_id: str, data: Posted) -> Response:
    """Change a team."""
    reader.actor.require("team.manage")
    found = known_id(team_id)
    try:
        async with reader.work() as session:
            await service.save(session, reader.actor, found, await _read(session, data))
    except Invalid as error:
        return await _show_one(reader, found, _typed(data, error), status=422)
    return respond.redirect(reader.request, f"{BASE}/{found}", Flash(_("Saved")))


@router.post("/{team_id}/members")
async def set_members(reader: SignedIn, team_id: str, data: Posted) -> Response:
    """Say who works in a team, and who leads it."""
    found = known_id(team_id)
    leads = set(fields(data, "lead"))
    chosen = {person: person in leads for person in (*fields(data, "member"), *leads)}
    try:
        async with reader.work() as session:
            places = [Place(known_id(person), lead) for person, lead in chosen.items()]
            await service.set_members(session, reader.actor, found, places)
    except Invalid as error:
        return await _show_one(reader, found, None, chosen=chosen, status=error.status)
    return respond.redirect(reader.request, f"{BASE}/{found}", Flash(_("Saved")))

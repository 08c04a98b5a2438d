"""What people are good for, how much they take, and when they are out of office: one's own, and for whoever manages
teams everybody's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.dates import get_day_names
from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import queries as accounts
from dragoman.accounts.presence import queries as absences
from dragoman.accounts.presence import service as presence
from dragoman.accounts.presence.states import DAYS, STATES, present, spans_of
from dragoman.accounts.skills import service as skills
from dragoman.accounts.skills.service import LEVELS, Skills
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams import service as team_service
from dragoman.accounts.teams.names import team_label
from dragoman.commerce import queries as shops
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.platform import i18n
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.changes.kinds import split_tags
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, fields, known_id, said, said_fields
from dragoman.web.deps import field as text_of
from dragoman.web.formats import language
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.staff.view import AbsenceRow, LanguageRow, StaffPage

router = APIRouter()
OWN = "/settings/availability"
SPOKEN = (
    "ar", "bn", "bg", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it",
    "ja", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "sw", "th", "tr", "uk", "ur",
    "vi", "zh-Hans", "zh-Hant",
)  # fmt: skip
SPARE = 2


@dataclass(frozen=True, slots=True)
class Typed:
    """Forms as they were sent, where something is wrong with them; `languages` as typed, too."""

    room: Form | None = None
    absence: Form | None = None
    skills: Form | None = None
    teams: Form | None = None
    languages: dict[str, str] = field(default_factory=dict)


async def _show(
    reader: Reader, person_id: UUID, typed: Typed | None = None, *, own: bool, status: int = 200
) -> Response:
    if not own:
        reader.actor.require("team.manage")
    typed, now = typed or Typed(), clock.now()
    base = OWN if own else f"/settings/staff/{person_id}"
    async with reader.work() as session:
        standing = await presence.get(session, person_id)
        people = await accounts.list_people(session, active_only=True)
        names = {one.id: one.name for one in people}
        rows = tuple(
            AbsenceRow(
                one.starts_at, one.ends_at, names.get(one.stand_in_id, "") if one.stand_in_id else "", one.note,
                f"{base}/absences/{one.id}/end",
            )
            for one in await absences.list_absences(session, person_id, now)
        )  # fmt: skip
        more: dict[str, Any] = {} if own else await _more(session, reader, person_id, typed)
        around = await respond.shell(reader, session, "manage.availability" if own else "manage.teams")
    hours = {f"day-{day}": ", ".join("–".join(span) for span in standing.hours.get(day, ())) for day in DAYS}
    capacity = "" if standing.capacity is None else str(standing.capacity)
    view = StaffPage(
        name=standing.name, base=base, state=_(STATES[present(standing, now)]), own=own,
        days=tuple(Choice(day, name) for day, name in _day_names()),
        room=typed.room or Form(hours | {"capacity": capacity}), absences=rows,
        stand_ins=(Choice("", _("Nobody: back to the queue")),
                   *(Choice(str(one.id), one.name) for one in people if one.id != person_id)),
        absence=typed.absence or Form(), **more,
    )  # fmt: skip
    return respond.page(reader.request, "manage/staff/staff.html", view, around, status=status)


def _day_names() -> list[tuple[str, str]]:
    names = get_day_names("wide", locale=i18n.current())
    return [(day, str(names[place])) for place, day in enumerate(DAYS)]


async def _more(session: Session, reader: Reader, person_id: UUID, typed: Typed) -> dict[str, Any]:
    """What only whoever manages teams sees and changes."""
    have = await skills.get(session, reader.actor, person_id)
    member_of = set(await teams.teams_of(session, person_id))
    languages = typed.languages or have.languages
    rows = [LanguageRow(n, tag, level) for n, (tag, level) in enumerate(languages.items())]
    rows += [LanguageRow(n) for n in range(len(rows), len(rows) + SPARE)]
    tags = sorted({*SPOKEN, *languages}, key=lambda tag: language(tag).casefold())
    return {
        "languages": tuple(rows),
        "tags": tuple(Choice(tag, language(tag)) for tag in tags),
        "levels": tuple(Choice(level, _(label)) for level, label in reversed(LEVELS.items())),
        "shops": tuple(
            Choice(str(one.id), one.name, str(one.id) in have.shops) for one in await shops.list_shops(session)
        ),
        "skills": typed.skills or Form({"lines": ", ".join(have.lines), "tiers": ", ".join(have.tiers)}),
        "teams": tuple(
            Choice(str(one.id), team_label(one.key, one.name), one.id in member_of)
            for one in await teams.list_teams(session)
        ),
        "teams_form": typed.teams or Form(),
        "person": f"/settings/people/{person_id}" if reader.actor.may("people.manage") else "",
    }


def _done(reader: Reader, person_id: UUID, *, own: bool, text: str = "") -> Response:
    return respond.redirect(reader.request, OWN if own else f"/settings/staff/{person_id}", Flash(text or _("Saved")))


async def _set_room(reader: Reader, person_id: UUID, data: Posted, *, own: bool) -> Response:
    names = ("capacity", *(f"day-{day}" for day in DAYS))
    values = {name: text_of(data, name, 200) for name in names}
    try:
        capacity = values["capacity"].strip()
        if capacity and not (capacity.isascii() and capacity.isdecimal()):
            raise Invalid(fields={"capacity": N_("A number from 0 to 500.")})
        hours = {day: spans_of(values[f"day-{day}"]) for day in DAYS}
        async with reader.work() as session:
            await presence.set_room(
                session, reader.actor, person_id, capacity=int(capacity) if capacity else None, hours=hours
            )
    except Invalid as error:
        return await _show(reader, person_id, Typed(room=Form(values, said_fields(error))), own=own, status=422)
    return _done(reader, person_id, own=own)


def _moment(reader: Reader, text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=reader.zone)
    except ValueError:
        return None


async def _add_absence(reader: Reader, person_id: UUID, data: Posted, *, own: bool) -> Response:
    values = {name: text_of(data, name, 300) for name in ("starts_at", "ends_at", "stand_in", "note")}
    try:
        moments = {name: _moment(reader, values[name]) for name in ("starts_at", "ends_at")}
        if wrong := {name: N_("Give a day and a time.") for name, at in moments.items() if at is None}:
            raise Invalid(fields=wrong)
        async with reader.work() as session:
            await presence.add_absence(
                session, reader.actor, person_id, **moments, note=values["note"],  # type: ignore[arg-type]
                stand_in=known_id(values["stand_in"]) if values["stand_in"] else None,
            )  # fmt: skip
    except Invalid as error:
        return await _show(reader, person_id, Typed(absence=Form(values, said_fields(error))), own=own, status=422)
    return _done(reader, person_id, own=own, text=_("Noted"))


async def _end_absence(reader: Reader, absence_id: UUID, person_id: UUID, *, own: bool) -> Response:
    async with reader.work() as session:
        await presence.end_absence(session, reader.actor, absence_id)
    return _done(reader, person_id, own=own, text=_("Taken back"))


@router.get(OWN)
async def own_page(reader: SignedIn) -> Response:
    """One's own hours, room and absences."""
    return await _show(reader, reader.actor.person_id, own=True)


@router.post(f"{OWN}/room")
async def set_own_room(reader: SignedIn, data: Posted) -> Response:
    """Set one's own hours and room."""
    return await _set_room(reader, reader.actor.person_id, data, own=True)


@router.post(f"{OWN}/absences")
async def add_own_absence(reader: SignedIn, data: Posted) -> Response:
    """Note one's own absence."""
    return await _add_absence(reader, reader.actor.person_id, data, own=True)


@router.post(f"{OWN}/absences/{{absence_id}}/end")
async def end_own_absence(reader: SignedIn, absence_id: str, data: Posted) -> Response:
    """Take one's own absence back."""
    del data
    return await _end_absence(reader, known_id(absence_id), reader.actor.person_id, own=True)


@router.get("/settings/staff/{person_id}")
async def staff_page(reader: SignedIn, person_id: str) -> Response:
    """Somebody's teams, skills, hours, room and absences."""
    reader.actor.require("team.manage")
    return await _show(reader, known_id(person_id), own=False)


@router.post("/settings/staff/{person_id}/teams")
async def set_teams(reader: SignedIn, person_id: str, data: Posted) -> Response:
    """Say which teams somebody works in."""
    reader.actor.require("team.manage")
    found = known_id(person_id)
    async with reader.work() as session:
        await presence.get(session, found)
        chosen = [known_id(team) for team in fields(data, "team")]
        await team_service.set_teams_of(session, reader.actor, found, chosen)
    return _done(reader, found, own=False)


@router.post("/settings/staff/{person_id}/skills")
async def set_skills(reader: SignedIn, person_id: str, data: Posted) -> Response:
    """Note what somebody is good for."""
    reader.actor.require("team.manage")
    found = known_id(person_id)
    spoken = {text_of(data, f"language-{n}", 40): text_of(data, f"level-{n}", 20) for n in range(40)}
    spoken.pop("", None)
    values = {name: text_of(data, name, 2_000) for name in ("lines", "tiers")}
    wanted = Skills(
        spoken, tuple(fields(data, "shop")), tuple(split_tags(values["lines"])), tuple(split_tags(values["tiers"]))
    )
    try:
        async with reader.work() as session:
            known = [str(one.id) for one in await shops.list_shops(session)]
            await skills.set_skills(session, reader.actor, found, wanted, shops=known)
    except Invalid as error:
        faults = said_fields(error)
        typed = Typed(skills=Form(values, faults, "" if faults else said(error)), languages=spoken)
        return await _show(reader, found, typed, own=False, status=422)
    return _done(reader, found, own=False)


@router.post("/settings/staff/{person_id}/room")
async def set_room(reader: SignedIn, person_id: str, data: Posted) -> Response:
    """Set somebody's hours and room."""
    reader.actor.require("team.manage")
    return await _set_room(reader, known_id(person_id), data, own=False)


@router.post("/settings/staff/{person_id}/absences")
async def add_absence(reader: SignedIn, person_id: str, data: Posted) -> Response:
    """Note somebody's absence."""
    reader.actor.require("team.manage")
    return await _add_absence(reader, known_id(person_id), data, own=False)


@router.post("/settings/staff/{person_id}/absences/{absence_id}/end")
async def end_absence(reader: SignedIn, person_id: str, absence_id: str, data: Posted) -> Response:
    """Take somebody's absence back."""
    del data
    reader.actor.require("team.manage")
    return await _end_absence(reader, known_id(absence_id), known_id(person_id), own=False)

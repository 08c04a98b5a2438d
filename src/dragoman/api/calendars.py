"""Calendars: when somebody works."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words
from dragoman.api.door import Door, needs
from dragoman.api.policies import RemovedOut
from dragoman.api.tickets import Me
from dragoman.sla import queries, service
from dragoman.sla.models import WorkCalendar
from dragoman.sla.policies import calendar_label

router = APIRouter(route_class=Door, tags=["Clocks"])
Minute = Annotated[int, Field(ge=0, le=1440, strict=True)]
Week = Annotated[
    list[Annotated[list[Annotated[list[Minute], Field(min_length=2, max_length=2)]], Field(max_length=6)]],
    Field(
        min_length=7, max_length=7, description="Seven days from Monday, each with spans in minutes since midnight.",
        examples=[[[[540, 1080]], [[540, 1080]], [[540, 1080]], [[540, 1080]], [[540, 1080]], [], []]],
    ),
]  # fmt: skip
Zone = Annotated[Words, Field(max_length=60, examples=["Europe/Berlin"])]
Market = Annotated[
    str, Field(pattern=r"^([A-Z]{2})?$", description="ISO 3166: whose holidays are free.", examples=["DE"])
]


class OwnDay(In):
    """A day of the workspace's own."""

    day: date
    kind: Literal["closed", "open"]
    name: Annotated[Words, Field(max_length=80)] = ""


class CalendarNew(In):
    """A calendar to add."""

    name: Annotated[Words, Field(min_length=1, max_length=80, examples=["Berlin"])]
    zone: Zone
    week: Week
    market: Market = ""
    days: list[OwnDay] = Field(default=[], max_length=400)


class CalendarChange(In):
    """What to change; what is not named stays."""

    name: Annotated[Words, Field(max_length=80)] = ""
    zone: Zone = "UTC"
    week: Week = [[[0, 1440]]] * 7
    market: Market = ""
    days: list[OwnDay] = Field(default=[], max_length=400)


class CalendarOut(Out):
    """A calendar; `key` is `business` for the desk's own working hours."""

    id: UUID
    key: str
    name: str
    zone: str
    week: list[list[list[int]]]
    market: str
    days: list[dict[str, str]]
    created_at: datetime


def shown(row: WorkCalendar) -> CalendarOut:
    """A calendar as the API gives it."""
    values = {name: getattr(row, name) for name in CalendarOut.model_fields}
    return CalendarOut(**values | {"name": calendar_label(row.key, row.name)})


@router.get("/calendars", summary="List calendars", response_model=Listed[CalendarOut], **needs("settings:read"))
async def list_calendars(me: Me) -> Response:
    """All calendars. The list comes whole."""
    me.actor.require(service.MANAGE)
    return answers.page(me, [shown(one) for one in await queries.list_calendars(me.session)])


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    if "days" in values:
        values["days"] = [one | {"day": one["day"].isoformat()} for one in values["days"]]
    return values


@router.post(
    "/calendars", summary="Add a calendar", response_model=CalendarOut, status_code=201, **needs("settings:write")
)
async def add_calendar(me: Me, new: CalendarNew) -> Response:
    """Adds a calendar, for teams and policies to count by."""
    row = await service.save_calendar(me.session, me.actor, None, **_plain(new.model_dump()))
    return answers.one(me, shown(row), status=201, at=f"/calendars/{row.id}")


@router.get("/calendars/{calendar_id}", summary="Read a calendar", response_model=CalendarOut, **needs("settings:read"))
async def read_calendar(me: Me, calendar_id: UUID) -> Response:
    """One calendar."""
    return answers.one(me, shown(await service.get_calendar(me.session, me.actor, calendar_id)))


@router.patch(
    "/calendars/{calendar_id}", summary="Change a calendar", response_model=CalendarOut, **needs("settings:write", 412)
)
async def change_calendar(me: Me, calendar_id: UUID, change: CalendarChange) -> Response:
    """Changes the named fields; clocks that run follow within moments. With If-Match only if nobody changed it."""
    row = await service.get_calendar(me.session, me.actor, calendar_id, lock=True)
    answers.check_unchanged(me, shown(row))
    values = {name: getattr(row, name) for name in ("name", "zone", "week", "market", "days")}
    values |= _plain(change.model_dump(exclude_unset=True))
    await service.save_calendar(me.session, me.actor, calendar_id, **values)
    return answers.one(me, shown(row))


@router.post(
    "/calendars/{calendar_id}/remove", summary="Remove a calendar", response_model=RemovedOut,
    **needs("settings:write"),
)  # fmt: skip
async def remove_calendar(me: Me, calendar_id: UUID) -> Response:
    """Removes a calendar that no team and no policy counts by."""
    await service.remove_calendar(me.session, me.actor, calendar_id)
    return answers.one(me, RemovedOut(id=calendar_id))

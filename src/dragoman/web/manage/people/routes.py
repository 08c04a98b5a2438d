"""People of the desk."""

from __future__ import annotations

import json
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import access, queries, service
from dragoman.accounts.permissions import ROLE_NAMES
from dragoman.accounts.queries import PersonRow as Person
from dragoman.kit import clock
from dragoman.kit.errors import Invalid, Unavailable
from dragoman.platform.i18n import gettext as _
from dragoman.platform.secrets import fingerprint
from dragoman.web import respond
from dragoman.web.deps import (
    FLASH_LASTS,
    Flash,
    Posted,
    Reader,
    SignedIn,
    cookie_name,
    field,
    known_id,
    said,
    said_fields,
)
from dragoman.web.entry.routes import locales
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.people.view import PeoplePage, PersonPage, PersonRow

router = APIRouter(prefix="/settings/people")


def roles() -> tuple[Choice, ...]:
    """All roles in the reader's words."""
    return tuple(Choice(key, _(label)) for key, label in ROLE_NAMES.items())


def row(person: Person, reader: Reader) -> PersonRow:
    """A person as the list shows them."""
    return PersonRow(
        str(person.id), person.name, person.email, person.role, f"/settings/people/{person.id}", person.active,
        person.totp, me=person.id == reader.actor.person_id, waits=person.must_change_password,
    )  # fmt: skip


def carry(reader: Reader, to: str, password: str, name: str = "") -> Response:
    """Go on to the page that shows a first password, so that loading it again makes no second one.

    The password travels encrypted in a cookie of a minute, which only this sign-in and that page can open.
    """
    facts = json.dumps([clock.now().timestamp(), password, name])
    sealed = reader.desk.keys.seal(facts, context=_context(reader, to))
    response = respond.redirect(reader.request, to)
    respond.set_cookie(response, reader.desk, "first", sealed, seconds=int(FLASH_LASTS.total_seconds()))
    return response


def carried(reader: Reader, at: str) -> tuple[str, str]:
    """The first password to show at a page, and whose it is; empty when there is none, or it is no longer fresh."""
    sealed = reader.request.cookies.get(cookie_name(reader.desk, "first"), "")
    try:
        made, password, name = json.loads(reader.desk.keys.open(sealed, context=_context(reader, at)))
    except Unavailable:
        return "", ""
    fresh = clock.now().timestamp() - made < FLASH_LASTS.total_seconds()
    return (password, name) if fresh else ("", "")


def _context(reader: Reader, at: str) -> str:
    return f"first {at} {fingerprint(reader.secret).hex()}"


def shown(reader: Reader, response: Response) -> Response:
    """Forget a first password once a page had the chance to show it."""
    if cookie_name(reader.desk, "first") in reader.request.cookies:
        respond.drop_cookie(response, reader.desk, "first")
    return response


async def _show(reader: Reader, form: Form | None = None, *, status: int = 200) -> Response:
    reader.actor.require("people.manage")
    password, added = carried(reader, "/settings/people")
    async with reader.work() as session:
        people = await queries.list_people(session)
        around = await respond.shell(reader, session, "manage.people")
    usual = Form({"role": "agent1", "locale": reader.actor.locale})
    view = PeoplePage(
        tuple(row(person, reader) for person in people), roles(), locales(), form or usual, password, added
    )
    return shown(reader, respond.page(reader.request, "manage/people/people.html", view, around, status=status))


@router.get("")
async def people_page(reader: SignedIn) -> Response:
    """Everybody."""
    return await _show(reader)


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add somebody; their first password stands once on the page that follows."""
    values = {name: field(data, name, 300) for name in ("name", "email", "role", "locale")}
    try:
        async with reader.work() as session:
            _id, password = await service.add_person(
                session, reader.actor, name=values["name"], email=values["email"], role=values["role"],
                locale=values["locale"], timezone=reader.actor.timezone,
            )  # fmt: skip
    except Invalid as error:
        faults = said_fields(error)
        return await _show(reader, Form(values, faults, "" if faults else said(error)), status=422)
    return carry(reader, "/settings/people", password, values["name"].strip())


async def _show_one(reader: Reader, person_id: UUID, form: Form | None = None, *, status: int = 200) -> Response:
    reader.actor.require("people.manage")
    async with reader.work() as session:
        person = await access.get_person(session, reader.actor, person_id)
        around = await respond.shell(reader, session, "manage.people")
    present = Form({"role": person.role, "active": "yes" if person.active else "no"})
    base = f"/settings/people/{person.id}"
    password, _name = carried(reader, base)
    view = PersonPage(row(person, reader), roles(), form or present, f"{base}/reset", password)
    return shown(reader, respond.page(reader.request, "manage/people/person.html", view, around, status=status))


@router.get("/{person_id}")
async def person_page(reader: SignedIn, person_id: str) -> Response:
    """One person."""
    return await _show_one(reader, known_id(person_id))


@router.post("/{person_id}")
async def change(reader: SignedIn, person_id: str, data: Posted) -> Response:
    """Change a role, or switch somebody off and on."""
    found = known_id(person_id)
    values = {"role": field(data, "role", 40), "active": "yes" if field(data, "active") == "yes" else "no"}
    try:
        async with reader.work() as session:
            await service.change_person(
                session, reader.actor, found, role=values["role"], active=values["active"] == "yes"
            )
    except Invalid as error:
        return await _show_one(reader, found, Form(values, said_fields(error)), status=422)
    return respond.redirect(reader.request, "/settings/people", Flash(_("Saved")))


@router.post("/{person_id}/reset")
async def reset(reader: SignedIn, person_id: str, data: Posted) -> Response:
    """A new first password, for somebody who lost theirs or their phone."""
    del data
    found = known_id(person_id)
    async with reader.work() as session:
        password = await service.reset_password(session, reader.actor, found)
    return carry(reader, f"/settings/people/{found}", password)

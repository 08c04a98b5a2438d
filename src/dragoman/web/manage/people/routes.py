"""People of the desk."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import access, queries, service
from dragoman.accounts.permissions import ROLE_NAMES
from dragoman.accounts.queries import PersonRow as Person
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
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


async def _show(
    reader: Reader, form: Form | None = None, *, password: str = "", added: str = "", status: int = 200
) -> Response:
    reader.actor.require("people.manage")
    async with reader.work() as session:
        people = await queries.list_people(session)
        around = await respond.shell(reader, session, "manage.people")
    usual = Form({"role": "agent1", "locale": reader.actor.locale})
    view = PeoplePage(
        tuple(row(person, reader) for person in people), roles(), locales(), form or usual, password, added
    )
    return respond.page(reader.request, "manage/people/people.html", view, around, status=status)


@router.get("")
async def people_page(reader: SignedIn) -> Response:
    """Everybody."""
    return await _show(reader)


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add somebody; their first password stands on the answer and nowhere else."""
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
    return await _show(reader, password=password, added=values["name"].strip())


async def _show_one(
    reader: Reader, person_id: UUID, form: Form | None = None, *, password: str = "", status: int = 200
) -> Response:
    reader.actor.require("people.manage")
    async with reader.work() as session:
        person = await access.get_person(session, reader.actor, person_id)
        around = await respond.shell(reader, session, "manage.people")
    present = Form({"role": person.role, "active": "yes" if person.active else "no"})
    base = f"/settings/people/{person.id}"
    view = PersonPage(row(person, reader), roles(), form or present, f"{base}/reset", password)
    return respond.page(reader.request, "manage/people/person.html", view, around, status=status)


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
    return await _show_one(reader, found, password=password)

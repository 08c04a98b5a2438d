"""People of the desk."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import access, invitations, lists, places, queries, roles, service, sessions
from dragoman.accounts.invitations import Invited
from dragoman.accounts.permissions import role_label
from dragoman.accounts.queries import PersonRow as Person
from dragoman.kit import clock
from dragoman.kit.errors import Invalid
from dragoman.platform import i18n
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.web import once, respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.entry.routes import locales, outside_address
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.people.view import InvitationRow, NewLink, PeoplePage, PersonPage, PersonRow, SignInRow

router = APIRouter(prefix="/settings/people")
BASE = "/settings/people"


async def role_choices(reader: Reader, session: Session) -> tuple[Choice, ...]:
    """All roles in the reader's words."""
    return tuple(
        Choice(role.key, role_label(role.key, role.name)) for role in await roles.list_roles(session, reader.actor)
    )


def row(person: Person, reader: Reader) -> PersonRow:
    """A person as the list shows them."""
    return PersonRow(
        str(person.id), person.name, person.email, role_label(person.role, person.role_name), f"{BASE}/{person.id}",
        person.active, person.totp, me=person.id == reader.actor.person_id, waits=person.must_change_password,
    )  # fmt: skip


def _invitation(one: lists.InvitationRow) -> InvitationRow:
    base = f"{BASE}/invitations/{one.id}"
    return InvitationRow(
        str(one.id), one.email, role_label(one.role, one.role_name), one.invited_by, one.state, one.expires_at,
        f"{base}/renew", f"{base}/revoke",
    )  # fmt: skip


def sign_in_row(one: lists.SignInRow, reader: Reader, base: str) -> SignInRow:
    """A browser as the lists of sign-ins show it."""
    return SignInRow(
        places.browser_name(one.browser) or _("Unknown browser"), one.address, one.created_at, one.seen_at,
        f"{base}/{one.id}/end", here=one.id == reader.actor.sign_in_id, outside=one.method == "outside",
    )  # fmt: skip


async def _show(reader: Reader, form: Form | None = None, *, status: int = 200) -> Response:
    reader.actor.require("people.manage")
    async with reader.work() as session:
        people = await queries.list_people(session)
        invited = await lists.list_invitations(session, clock.now())
        choices = await role_choices(reader, session)
        around = await respond.shell(reader, session, "manage.people")
    carried = once.carried(reader, BASE)
    link = NewLink(carried[0], carried[1], carried[2] == "mailed") if carried else None
    usual = Form({"role": "agent1", "locale": reader.actor.locale})
    view = PeoplePage(
        tuple(row(person, reader) for person in people), choices, locales(), form or usual,
        tuple(_invitation(one) for one in invited), link,
    )  # fmt: skip
    return once.shown(reader, respond.page(reader.request, "manage/people/people.html", view, around, status=status))


@router.get("")
async def people_page(reader: SignedIn) -> Response:
    """Everybody, and who is invited."""
    return await _show(reader)


@router.post("")
async def invite(reader: SignedIn, data: Posted) -> Response:
    """Invite somebody; the link stands once on the page that follows, and is mailed where that is possible."""
    values = {name: field(data, name, 300) for name in ("email", "role", "locale")}
    try:
        async with reader.work() as session:
            invited = await invitations.invite(session, reader.actor, **values)
            link, mailed = await _mail(reader, session, invited)
    except Invalid as error:
        faults = said_fields(error)
        return await _show(reader, Form(values, faults, "" if faults else said(error)), status=422)
    return once.carry(reader, BASE, link, invited.email, mailed)


async def _mail(reader: Reader, session: Session, invited: Invited) -> tuple[str, str]:
    link = f"{outside_address(reader.request)}/invitation/{invited.secret}"
    mailed = await reader.desk.letters.invite(session, invited, by=reader.actor.name, link=link)
    return link, "mailed" if mailed else ""


@router.post("/invitations/{invitation_id}/renew")
async def renew(reader: SignedIn, invitation_id: str, data: Posted) -> Response:
    """A new link for an invitation, for three more days."""
    del data
    async with reader.work() as session:
        invited = await invitations.renew(session, reader.actor, known_id(invitation_id))
        link, mailed = await _mail(reader, session, invited)
    return once.carry(reader, BASE, link, invited.email, mailed)


@router.post("/invitations/{invitation_id}/revoke")
async def revoke(reader: SignedIn, invitation_id: str, data: Posted) -> Response:
    """Take an invitation back."""
    del data
    async with reader.work() as session:
        await invitations.revoke(session, reader.actor, known_id(invitation_id))
    return respond.redirect(reader.request, BASE, Flash(_("The invitation is taken back. Its link opens nothing now.")))


async def _show_one(reader: Reader, person_id: UUID, form: Form | None = None, *, status: int = 200) -> Response:
    reader.actor.require("people.manage")
    async with reader.work() as session:
        person = await access.get_person(session, reader.actor, person_id)
        signed_in = await sessions.list_sign_ins(session, reader.actor, person_id)
        choices = await role_choices(reader, session)
        around = await respond.shell(reader, session, "manage.people")
    present = Form({"role": person.role, "active": "yes" if person.active else "no"})
    base = f"{BASE}/{person.id}"
    view = PersonPage(
        row(person, reader), choices, form or present, f"{base}/reset", "".join(once.carried(reader, base)),
        tuple(sign_in_row(one, reader, f"{base}/sign-ins") for one in signed_in), f"{base}/sign-ins/end",
    )  # fmt: skip
    return once.shown(reader, respond.page(reader.request, "manage/people/person.html", view, around, status=status))


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
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("/{person_id}/reset")
async def reset(reader: SignedIn, person_id: str, data: Posted) -> Response:
    """A new first password, for somebody who lost theirs or their phone."""
    del data
    found = known_id(person_id)
    async with reader.work() as session:
        password, alert = await service.reset_password(session, reader.actor, found)
        await reader.desk.letters.alert(session, alert)
    return once.carry(reader, f"{BASE}/{found}", password)


@router.post("/{person_id}/sign-ins/end")
async def end_all(reader: SignedIn, person_id: str, data: Posted) -> Response:
    """End all of a colleague's sign-ins."""
    del data
    found = known_id(person_id)
    async with reader.work() as session:
        ended = await sessions.end_all(session, reader.actor, found)
    words = i18n.ngettext("{n} sign-in has ended.", "{n} sign-ins have ended.", ended)
    return respond.redirect(reader.request, f"{BASE}/{found}", Flash(words))


@router.post("/{person_id}/sign-ins/{sign_in_id}/end")
async def end(reader: SignedIn, person_id: str, sign_in_id: str, data: Posted) -> Response:
    """End one of a colleague's sign-ins."""
    del data
    reader.actor.require("people.manage")
    async with reader.work() as session:
        await sessions.end(session, reader.actor, known_id(sign_in_id))
    return respond.redirect(reader.request, f"{BASE}/{known_id(person_id)}", Flash(_("The sign-in has ended.")))

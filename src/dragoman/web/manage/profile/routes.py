"""One's own profile."""

from __future__ import annotations

from uuid import UUID

import segno
from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import alerts, factors, lists, passwords, queries, service, sessions, signin
from dragoman.accounts.alerts import KINDS
from dragoman.accounts.models import SignInAlert
from dragoman.accounts.queries import PersonRow
from dragoman.kit.errors import Invalid, NotFound
from dragoman.platform import i18n, limits
from dragoman.platform.i18n import gettext as _
from dragoman.web import once, respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.entry.routes import WINDOW, browser_of, check_breaches, let_in, locales, zones
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.people.routes import sign_in_row
from dragoman.web.manage.profile.view import Alert, Enrolment, ProfilePage

router = APIRouter(prefix="/settings/profile")
BASE = "/settings/profile"


def _values(me: PersonRow) -> dict[str, str]:
    letters = "yes" if me.settings.get("letters", True) else "no"
    return {
        "name": me.name, "locale": me.locale, "timezone": me.timezone, "theme": me.theme, "signature": me.signature,
        "letters": letters,
    }  # fmt: skip


async def _show(
    reader: Reader, *, form: Form | None = None, password: Form | None = None, code: Form | None = None,
    off: Form | None = None, renew: Form | None = None, enrol: bool = False,
) -> Response:  # fmt: skip
    """The page with whichever of its forms was not in order."""
    async with reader.work() as session:
        me = await queries.find_person(session, reader.actor.person_id)
        if me is None:
            raise NotFound
        secret = await factors.pending_totp(session, reader.desk.keys, reader.actor) if enrol else None
        left = await factors.left(session, reader.actor)
        signed_in = await sessions.list_sign_ins(session, reader.actor, me.id)
        told = await lists.list_alerts(session, me.id)
        around = await respond.shell(reader, session, "manage.profile")
    enrolment = None
    if secret:
        address = passwords.totp_uri(secret, account=me.email, issuer="Dragoman")
        picture = segno.make(address).svg_data_uri(scale=4, border=0)
        spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        enrolment = Enrolment(picture, spaced, code or Form())
    view = ProfilePage(
        form=form or Form(_values(me)),
        password=password or Form(),
        off=off or Form(),
        locales=locales(),
        themes=(Choice("light", _("Light")), Choice("dark", _("Dark")), Choice("system", _("As the system"))),
        zones=zones() if me.timezone != "UTC" else (Choice("UTC", "UTC"), *zones()),
        second_factor=me.totp,
        enrolling=reader.actor.stage == "enrol",
        enrolment=enrolment,
        renew=renew or Form(),
        codes=once.carried(reader, BASE),
        codes_left=left,
        has_password=me.has_password,
        sign_ins=tuple(sign_in_row(one, reader, f"{BASE}/sign-ins") for one in signed_in),
        alerts=tuple(_alert(one, {row.id for row in signed_in} - {reader.actor.sign_in_id}) for one in told),
    )
    status = 422 if any((form, password, code, off, renew)) else 200
    response = respond.page(reader.request, "manage/profile/profile.html", view, around, status=status)
    return once.shown(reader, response)


def _alert(one: SignInAlert, open_ones: set[UUID]) -> Alert:
    end = f"{BASE}/sign-ins/{one.sign_in_id}/end" if one.sign_in_id in open_ones else ""
    return Alert(_(KINDS[one.kind]), one.browser, one.address, one.at, f"{BASE}/alerts/{one.id}/close", end)


@router.get("")
async def profile_page(reader: SignedIn) -> Response:
    """What is one's own."""
    return await _show(reader)


def _form(values: dict[str, str], error: Invalid) -> Form:
    faults = said_fields(error)
    return Form(values, faults, "" if faults else said(error))


@router.post("")
async def change(reader: SignedIn, data: Posted) -> Response:
    """Change name, language, zone, looks, signature, keys."""
    values = {name: field(data, name, 5000) for name in ("name", "locale", "timezone", "theme", "signature")}
    letters = field(data, "letters") == "yes"
    try:
        async with reader.work() as session:
            await service.change_profile(session, reader.actor, **values, settings={"letters": letters})
    except Invalid as error:
        return await _show(reader, form=_form(values | {"letters": "yes" if letters else "no"}, error))
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("/password")
async def change_password(reader: SignedIn, data: Posted) -> Response:
    """A new password: every other sign-in ends, this one gets a new cookie."""
    await limits.hit(reader.desk.db, f"password:{reader.actor.person_id}", limit=5, window=WINDOW)
    address, browser = browser_of(reader.request)
    try:
        await check_breaches(reader.desk, field(data, "new", 1000), field="new")
        async with reader.work() as session:
            cookie = await signin.change_password(
                session, reader.actor, old=field(data, "old", 1000), new=field(data, "new", 1000), address=address,
                browser=browser,
            )  # fmt: skip
            await reader.desk.letters.alert(session, cookie.alert)
    except Invalid as error:
        return await _show(reader, password=_form({}, error))
    await limits.forget(reader.desk.db, f"password:{reader.actor.person_id}")
    response = let_in(reader.request, cookie, BASE)
    flash = Flash(_("The password is changed. You are signed out everywhere else."))
    return respond.leave(response, reader.desk, flash)


@router.post("/second-factor")
async def begin(reader: SignedIn, data: Posted) -> Response:
    """Start to set up codes."""
    del data
    async with reader.work() as session:
        await factors.begin_totp(session, reader.desk.keys, reader.actor)
    return respond.redirect(reader.request, f"{BASE}/second-factor")


@router.get("/second-factor")
async def enrol_page(reader: SignedIn) -> Response:
    """The picture to scan."""
    return await _show(reader, enrol=True)


@router.post("/second-factor/confirm")
async def confirm(reader: SignedIn, data: Posted) -> Response:
    """Put codes in force with the first right one."""
    await limits.hit(reader.desk.db, f"totp:{reader.actor.person_id}", limit=5, window=WINDOW)
    try:
        async with reader.work() as session:
            codes = await factors.confirm_totp(session, reader.desk.keys, reader.actor, code=field(data, "code", 20))
    except Invalid as error:
        return await _show(reader, code=_form({}, error), enrol=True)
    return once.carry(reader, BASE, *codes)


@router.post("/second-factor/off")
async def switch_off(reader: SignedIn, data: Posted) -> Response:
    """Switch codes off; the password is asked again."""
    await limits.hit(reader.desk.db, f"password:{reader.actor.person_id}", limit=5, window=WINDOW)
    try:
        async with reader.work() as session:
            alert = await factors.end_totp(session, reader.actor, password=field(data, "password", 1000))
            await reader.desk.letters.alert(session, alert)
    except Invalid as error:
        return await _show(reader, off=_form({}, error))
    return respond.redirect(reader.request, BASE, Flash(_("The second factor is off.")))


@router.post("/recovery-codes")
async def renew_codes(reader: SignedIn, data: Posted) -> Response:
    """Ten new recovery codes instead of the earlier ones; the password is asked again."""
    await limits.hit(reader.desk.db, f"password:{reader.actor.person_id}", limit=5, window=WINDOW)
    try:
        async with reader.work() as session:
            codes = await factors.renew_recovery_codes(
                session, reader.desk.keys, reader.actor, password=field(data, "renew_password", 1000)
            )
    except Invalid as error:
        return await _show(reader, renew=_form({}, error))
    return once.carry(reader, BASE, *codes)


@router.post("/sign-ins/end")
async def end_others(reader: SignedIn, data: Posted) -> Response:
    """End all of one's sign-ins but this one."""
    del data
    async with reader.work() as session:
        ended = await sessions.end_all(session, reader.actor, reader.actor.person_id)
    words = i18n.ngettext("{n} sign-in has ended.", "{n} sign-ins have ended.", ended)
    return respond.redirect(reader.request, BASE, Flash(words))


@router.post("/sign-ins/{sign_in_id}/end")
async def end_one(reader: SignedIn, sign_in_id: str, data: Posted) -> Response:
    """End one of one's sign-ins."""
    del data
    async with reader.work() as session:
        await sessions.end(session, reader.actor, known_id(sign_in_id))
    return respond.redirect(reader.request, BASE, Flash(_("The sign-in has ended.")))


@router.post("/alerts/{alert_id}/close")
async def close_alert(reader: SignedIn, alert_id: str, data: Posted) -> Response:
    """It was me: the alert goes."""
    del data
    async with reader.work() as session:
        await alerts.close(session, reader.actor, known_id(alert_id))
    return respond.redirect(reader.request, BASE)

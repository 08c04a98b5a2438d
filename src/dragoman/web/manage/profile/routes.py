"""One's own profile."""

from __future__ import annotations

import segno
from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import passwords, queries, service
from dragoman.accounts.queries import PersonRow
from dragoman.kit.errors import Invalid, NotFound
from dragoman.platform import limits
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, said, said_fields
from dragoman.web.entry.routes import WINDOW, browser_of, let_in, locales, zones
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.profile.view import Enrolment, ProfilePage

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
    off: Form | None = None, enrol: bool = False,
) -> Response:  # fmt: skip
    """The page with whichever of its forms was not in order."""
    async with reader.work() as session:
        me = await queries.find_person(session, reader.actor.person_id)
        if me is None:
            raise NotFound
        secret = await service.pending_totp(session, reader.desk.keys, reader.actor) if enrol else None
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
        enrolment=enrolment,
    )
    status = 422 if any((form, password, code, off)) else 200
    return respond.page(reader.request, "manage/profile/profile.html", view, around, status=status)


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
        async with reader.work() as session:
            cookie = await service.change_password(
                session, reader.actor, old=field(data, "old", 1000), new=field(data, "new", 1000), address=address,
                browser=browser,
            )  # fmt: skip
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
        await service.begin_totp(session, reader.desk.keys, reader.actor)
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
            await service.confirm_totp(session, reader.desk.keys, reader.actor, code=field(data, "code", 20))
    except Invalid as error:
        return await _show(reader, code=_form({}, error), enrol=True)
    return respond.redirect(reader.request, BASE, Flash(_("The second factor is on.")))


@router.post("/second-factor/off")
async def switch_off(reader: SignedIn, data: Posted) -> Response:
    """Switch codes off; the password is asked again."""
    await limits.hit(reader.desk.db, f"password:{reader.actor.person_id}", limit=5, window=WINDOW)
    try:
        async with reader.work() as session:
            await service.end_totp(session, reader.actor, password=field(data, "password", 1000))
    except Invalid as error:
        return await _show(reader, off=_form({}, error))
    return respond.redirect(reader.request, BASE, Flash(_("The second factor is off.")))

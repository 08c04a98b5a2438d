"""Ways in: first set-up, sign-in in its stages, sign-out."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta
from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from dragoman.accounts import access, breaches, queries, signin
from dragoman.accounts.access import Actor
from dragoman.accounts.signin import SIGN_IN_LASTS, Cookie
from dragoman.flow import founding
from dragoman.kit.errors import N_, DeskError, Invalid, SignInNeeded
from dragoman.platform import i18n, limits
from dragoman.platform.models import Workspace
from dragoman.platform.secrets import token
from dragoman.web import respond
from dragoman.web.deps import (
    Desk,
    Posted,
    SignedIn,
    csrf_secret,
    desk_of,
    field,
    said,
    said_fields,
    session_token,
)
from dragoman.web.entry.view import CodePage, NewPasswordPage, SetUpPage, SignInPage
from dragoman.web.forms import Choice, Form

router = APIRouter()
WINDOW = timedelta(minutes=5)
SLUG = "desk"
DIFFERENT = N_("These two passwords are not the same.")


async def workspaces(desk: Desk) -> list[Workspace]:
    """The directory; empty until the desk is set up."""
    async with desk.db.work(None) as session:
        return await queries.list_workspaces(session)


@cache
def zones() -> tuple[Choice, ...]:
    """Every time zone by name."""
    return tuple(Choice(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if "/" in name)


def locales() -> tuple[Choice, ...]:
    """The desk's languages, each in its own words."""
    return tuple(Choice(key, name) for key, name in i18n.LOCALES.items())


def show(request: Request, name: str, view: object, *, status: int = 200, workspace: str = "Dragoman") -> Response:
    """A page before signing in, with the cookie that its form's proof is bound to."""
    secret = csrf_secret(request) or token()
    around = respond.bare_shell(request, secret=secret, workspace=workspace)
    response = respond.page(request, name, view, around, status=status)
    if not csrf_secret(request):
        respond.set_cookie(response, desk_of(request), "csrf", secret, seconds=None)
    return response


def outside_address(request: Request) -> str:
    """How the desk is reached from outside: what the operator has set, else the way this request came."""
    return (desk_of(request).settings.public_url or str(request.base_url)).rstrip("/")


def browser_of(request: Request) -> tuple[str, str]:
    """Address and browser of whoever asks, as sign-ins record them."""
    return (request.client.host if request.client else "", request.headers.get("user-agent", ""))


async def check_breaches(desk: Desk, password: str, *, field: str = "password") -> None:
    """Raise Invalid for a password known from a break-in elsewhere; asked before any transaction is open."""
    settings = desk.settings
    await breaches.check(settings.password_check_url, password, allow_private=settings.allow_private_hosts, field=field)


def let_in(request: Request, cookie: Cookie, to: str) -> Response:
    """Give the new sign-in's cookie and go where its stage leads."""
    where = {"totp": "/sign-in/code", "password": "/sign-in/password"}.get(cookie.stage)
    response = RedirectResponse(respond.query(where, {"next": to}) if where else to, 303)
    seconds = int(SIGN_IN_LASTS.total_seconds()) if cookie.stage == "full" else None
    respond.set_cookie(response, desk_of(request), "dragoman", cookie.token, seconds=seconds)
    respond.drop_cookie(response, desk_of(request), "csrf")
    return response


@router.get("/")
async def root(request: Request) -> Response:
    """The way in: set-up on a fresh desk, else the inbox (which asks for a sign-in); a department's member, who reads
    no tickets, comes to their questions."""
    desk, secret = desk_of(request), session_token(request)
    if not secret and not await workspaces(desk):
        return RedirectResponse("/set-up", 303)
    try:
        actor = await access.get_actor(desk.db, secret) if secret else None
    except DeskError:
        actor = None
    asked_only = actor is not None and actor.may("task.work") and not actor.may("ticket.read")
    return RedirectResponse("/tasks" if asked_only else "/desk", 303)


@router.get("/set-up")
async def set_up_page(request: Request) -> Response:
    """The first form; gone once the desk exists."""
    if await workspaces(desk_of(request)):
        return RedirectResponse("/sign-in", 303)
    usual = Form({"locale": i18n.current(), "zone": "Asia/Shanghai"})
    return show(request, "entry/set_up.html", _set_up(usual, guess=True))


def _set_up(form: Form, *, guess: bool = False) -> SetUpPage:
    return SetUpPage(form, locales(), zones(), guess)


@router.post("/set-up")
async def set_up(request: Request, data: Posted) -> Response:
    """Make the workspace and its first admin, and sign them in."""
    desk = desk_of(request)
    values = {name: field(data, name, 300) for name in ("workspace", "locale", "zone", "name", "email")}
    password = field(data, "password", 1000)
    await limits.hit(desk.db, f"set-up:{browser_of(request)[0]}", limit=10, window=WINDOW)
    if await workspaces(desk):
        return RedirectResponse("/sign-in", 303)
    address, browser = browser_of(request)
    try:
        await check_breaches(desk, password)
        async with desk.db.work(None) as session:
            await founding.found(
                session, workspace=values["workspace"], slug=SLUG, name=values["name"], email=values["email"],
                password=password, locale=values["locale"], timezone=values["zone"],
            )  # fmt: skip
            cookie = await signin.sign_in(
                session, email=values["email"], password=password, address=address, browser=browser
            )
    except Invalid as error:
        faults = {"zone" if name == "timezone" else name: text for name, text in said_fields(error).items()}
        form = Form(values, faults, "" if faults else said(error))
        return show(request, "entry/set_up.html", _set_up(form), status=422)
    return let_in(request, cookie, "/settings/shops")


@router.get("/sign-in")
async def sign_in_page(request: Request, next: str = "/") -> Response:  # noqa: A002 - the address' own word
    """E-mail and password."""
    sites = await workspaces(desk_of(request))
    if not sites:
        return RedirectResponse("/set-up", 303)
    return await _show_sign_in(request, sites, Form({"site": field_of(request, "site")}), next)


def field_of(request: Request, name: str) -> str:
    """A query value of the address."""
    return request.query_params.get(name, "")[:200]


async def _show_sign_in(
    request: Request, sites: list[Workspace], form: Form, to: str, *, status: int = 200
) -> Response:
    """The form, and the company's own sign-in as a button once the desk is known."""
    one = sites[0] if len(sites) == 1 else None
    known = _site(sites, form.value("site"))
    label = outside = ""
    if known is not None:
        async with desk_of(request).db.work(known.id) as session:
            provider = await queries.find_provider(session)
        if provider is not None and provider.active:
            label = provider.label
            outside = respond.query("/sign-in/outside", {"site": known.slug, "next": respond.own_path(to)})
    view = SignInPage(form, respond.own_path(to), asks_site=one is None, outside=outside, label=label)
    return show(request, "entry/sign_in.html", view, status=status, workspace=one.name if one else "Dragoman")


@router.post("/sign-in")
async def sign_in(request: Request, data: Posted) -> Response:
    """Check e-mail and password; both tries of an address and tries at an account are bounded."""
    desk = desk_of(request)
    email, to = field(data, "email", 300).strip().lower(), respond.own_path(field(data, "next", 500))
    address, browser = browser_of(request)
    sites = await workspaces(desk)
    site = _site(sites, field(data, "site", 100))
    await limits.hit(desk.db, f"sign-in:address:{address}", limit=10, window=WINDOW)
    await limits.hit(desk.db, f"sign-in:email:{email}", limit=5, window=WINDOW)
    typed = {"email": email, "site": field(data, "site", 100)}
    if site is None:
        return await _show_sign_in(request, sites, Form(typed, problem=i18n.gettext(signin.WRONG)), to, status=422)
    try:
        async with desk.db.work(site.id) as session:
            cookie = await signin.sign_in(
                session, email=email, password=field(data, "password", 1000), address=address, browser=browser
            )
            await desk.letters.alert(session, cookie.alert)
    except Invalid as error:
        await signin.note_failure(desk.db, site.id, tried=email, step="password")
        return await _show_sign_in(request, sites, Form(typed, problem=said(error)), to, status=422)
    await limits.forget(desk.db, f"sign-in:email:{email}")
    await limits.forget(desk.db, f"sign-in:address:{address}")
    return let_in(request, cookie, to)


def _site(sites: list[Workspace], slug: str) -> Workspace | None:
    if len(sites) == 1:
        return sites[0]
    return next((site for site in sites if site.slug == slug.strip().lower()), None)


async def half_way(request: Request, stage: str) -> Actor:
    """Who is at this stage of signing in. Raises SignInNeeded for anybody at another one."""
    actor = await access.find_actor(desk_of(request).db, session_token(request))
    if actor.stage != stage:
        raise SignInNeeded
    return actor


@router.get("/sign-in/code")
async def code_page(request: Request, next: str = "/") -> Response:  # noqa: A002 - the address' own word
    """The second factor."""
    await half_way(request, "totp")
    return show(request, "entry/code.html", CodePage(next=respond.own_path(next)))


@router.post("/sign-in/code")
async def code(request: Request, data: Posted) -> Response:
    """Check the second factor."""
    desk = desk_of(request)
    actor, to = await half_way(request, "totp"), respond.own_path(field(data, "next", 500))
    address, browser = browser_of(request)
    await limits.hit(desk.db, f"totp:{actor.person_id}", limit=5, window=WINDOW)
    try:
        async with desk.db.work(actor.workspace_id) as session:
            cookie = await signin.confirm_code(
                session, desk.keys, actor, code=field(data, "code", 40), address=address, browser=browser
            )
            await desk.letters.alert(session, cookie.alert)
    except Invalid as error:
        await signin.note_failure(desk.db, actor.workspace_id, tried=actor.email, step="code")
        return show(request, "entry/code.html", CodePage(Form({}, said_fields(error)), to), status=422)
    await limits.forget(desk.db, f"totp:{actor.person_id}")
    return let_in(request, cookie, to)


@router.get("/sign-in/password")
async def new_password_page(request: Request, next: str = "/") -> Response:  # noqa: A002 - the address' own word
    """A password of one's own, after a first one that somebody else knows."""
    actor = await half_way(request, "password")
    view = NewPasswordPage(name=actor.name, next=respond.own_path(next))
    return show(request, "entry/new_password.html", view)


@router.post("/sign-in/password")
async def new_password(request: Request, data: Posted) -> Response:
    """Set the password of one's own."""
    desk = desk_of(request)
    actor, to = await half_way(request, "password"), respond.own_path(field(data, "next", 500))
    try:
        cookie = await _change(desk, actor, data, browser_of(request))
    except Invalid as error:
        view = NewPasswordPage(Form({}, said_fields(error)), actor.name, to)
        return show(request, "entry/new_password.html", view, status=422)
    return let_in(request, cookie, to)


async def _change(desk: Desk, actor: Actor, data: FormData, browser: tuple[str, str]) -> Cookie:
    new = field(data, "new", 1000)
    if new != field(data, "again", 1000):
        raise Invalid(fields={"again": DIFFERENT})
    await check_breaches(desk, new, field="new")
    async with desk.db.work(actor.workspace_id) as session:
        cookie = await signin.change_password(session, actor, old=None, new=new, address=browser[0], browser=browser[1])
        await desk.letters.alert(session, cookie.alert)
    return cookie


@router.post("/sign-out")
async def sign_out(reader: SignedIn, data: Posted) -> Response:
    """End this sign-in."""
    del data
    async with reader.work() as session:
        await signin.sign_out(session, reader.actor)
    response = RedirectResponse("/sign-in", 303)
    respond.drop_cookie(response, reader.desk, "dragoman")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'  # files and pictures of mails, which may be kept a day
    return response


@router.post("/language")
async def choose_language(request: Request, data: Posted) -> Response:
    """Speak another language before signing in."""
    response = RedirectResponse(respond.own_path(field(data, "next", 500), "/sign-in"), 303)
    chosen = field(data, "lang", 20)
    if chosen in i18n.LOCALES:
        respond.set_cookie(response, desk_of(request), "lang", chosen, seconds=31_536_000)
    return response

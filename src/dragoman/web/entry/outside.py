"""The way in by the company's own sign-in: out to the provider, and back with a code.

What the desk must remember meanwhile (state, nonce, PKCE verifier) is in a sealed cookie of ten minutes: another
browser can't finish what this one began, and nothing is stored for people who never come back.
"""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dragoman.accounts import oidc, outside, queries, signin
from dragoman.accounts.oidc import Attempt, Refused
from dragoman.accounts.signin import Cookie, Place
from dragoman.kit import clock
from dragoman.kit.errors import N_, NotFound, TooMany, Unavailable
from dragoman.platform import limits
from dragoman.platform.models import Workspace
from dragoman.web import respond
from dragoman.web.deps import cookie_name, desk_of, said
from dragoman.web.entry.routes import WINDOW, browser_of, let_in, outside_address, show, workspaces
from dragoman.web.entry.view import OutsidePage

router = APIRouter()
LASTS = timedelta(minutes=10)
COOKIE, CONTEXT = "outside", "outside sign-in"
BACK = "/sign-in/outside/return"
STALE = N_("This sign-in was begun in another browser, too long ago, or is already over. Start again from the sign-in.")


@router.get("/sign-in/outside")
async def begin(request: Request, site: str = "", next: str = "/") -> Response:  # noqa: A002 - the address' own word
    """Send the browser to the company's own sign-in."""
    desk = desk_of(request)
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        # Another site's page must not sign anybody in unasked (the provider may ask nothing): they press the button.
        return RedirectResponse(respond.query("/sign-in", {"site": site, "next": respond.own_path(next)}), 303)
    await limits.hit(desk.db, f"outside:{browser_of(request)[0]}", limit=30, window=WINDOW)
    workspace = site_of(await workspaces(desk), site)
    async with desk.db.work(workspace) as session:
        provider = await queries.find_provider(session)
        if provider is None or not provider.active:
            raise NotFound
        client = outside.client_of(session, provider, desk.keys, allow_private=desk.settings.allow_private_hosts)
    attempt, back = oidc.fresh(), outside_address(request) + BACK
    try:
        endpoints = await oidc.discover(client)
    except Refused as error:
        return _refused(request, error)
    facts = [workspace.hex, attempt.state, attempt.nonce, attempt.verifier, back, respond.own_path(next)]
    sealed = desk.keys.seal(json.dumps([clock.now().timestamp(), *facts]), context=CONTEXT)
    response = RedirectResponse(oidc.authorization_url(endpoints, client, attempt, back=back), 303)
    response.headers["Cache-Control"] = "no-store"
    respond.set_cookie(response, desk, COOKIE, sealed, seconds=int(LASTS.total_seconds()))
    return response


def site_of(sites: list[Workspace], slug: str) -> UUID:
    """The desk a sign-in is for: the one named, or the only one. Raises NotFound."""
    found = [one.id for one in sites if len(sites) == 1 or one.slug == slug]
    if not found:
        raise NotFound
    return found[0]


@router.get(BACK)
async def come_back(request: Request) -> Response:
    """The provider sent the browser back, with a code or with an error."""
    desk = desk_of(request)
    try:
        workspace, attempt, back, to = await _begun(request)
        cookie = await _enter(request, workspace, attempt, back)
    except Refused as error:
        response = _refused(request, error)
    else:
        response = let_in(request, cookie, to)
    respond.drop_cookie(response, desk, COOKIE)
    return response


async def _begun(request: Request) -> tuple[UUID, Attempt, str, str]:
    """What this browser began, once: a state that comes back twice is refused. Raises Refused."""
    desk = desk_of(request)
    try:
        sealed = request.cookies.get(cookie_name(desk, COOKIE), "")
        made, workspace, state, nonce, verifier, back, to = json.loads(desk.keys.open(sealed, context=CONTEXT))
    except Unavailable as error:
        raise Refused(STALE) from error
    given = request.query_params.get("state", "")
    if made < clock.now().timestamp() - LASTS.total_seconds() or not hmac.compare_digest(
        state.encode(), given.encode()
    ):
        raise Refused(STALE)
    try:
        await limits.hit(desk.db, f"outside:state:{state}", limit=1, window=timedelta(days=1))
    except TooMany as error:
        raise Refused(STALE) from error
    return UUID(hex=workspace), Attempt(state, nonce, verifier), back, to


async def _enter(request: Request, workspace: UUID, attempt: Attempt, back: str) -> Cookie:
    """Redeem the code and sign its bearer in; a refusal is recorded. Raises Refused."""
    desk, (address, browser) = desk_of(request), browser_of(request)
    tried = ""
    try:
        async with desk.db.work(workspace) as session:
            provider = await queries.find_provider(session)
            if provider is None or not provider.active:
                raise Refused(STALE)
            client = outside.client_of(session, provider, desk.keys, allow_private=desk.settings.allow_private_hosts)
        claims = await oidc.redeem(client, attempt, code=_code(request, client), back=back)
        tried = str(claims.get("email") or claims["sub"])
        async with desk.db.work(workspace) as session:
            provider = await queries.find_provider(session)
            if provider is None or provider.issuer != client.issuer:
                raise Refused(STALE)
            cookie = await outside.enter(session, provider, claims, place=Place(address, browser))
            await desk.letters.alert(session, cookie.alert)
    except Refused:
        await signin.note_failure(desk.db, workspace, tried=tried, step="outside")
        raise
    return cookie


def _code(request: Request, client: oidc.Client) -> str:
    """The code that came back. Raises Refused for the provider's own error, or for another provider's answer."""
    values = request.query_params
    if values.get("error"):
        raise Refused(oidc.AWAY, detail=values["error"][:60])
    if values.get("iss", client.issuer) != client.issuer or not values.get("code"):
        raise Refused(oidc.UNPROVED, detail="iss" if values.get("code") else "code")
    return values["code"][:2000]


def _refused(request: Request, error: Refused) -> Response:
    return show(request, "entry/outside.html", OutsidePage(said(error)), status=error.status)

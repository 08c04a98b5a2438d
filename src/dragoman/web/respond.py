"""Answers: whole pages with their shell, fragments, redirects with a passing word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from dragoman.accounts import queries as accounts
from dragoman.accounts.access import Actor
from dragoman.accounts.notices import queries as notices
from dragoman.accounts.permissions import role_label
from dragoman.channels.email import queries as mailboxes
from dragoman.intake import queries as envelopes
from dragoman.kit.errors import N_
from dragoman.platform import alarms, i18n
from dragoman.platform.db import Session
from dragoman.web import render
from dragoman.web.deps import (
    FLASH_LASTS,
    Desk,
    Flash,
    Reader,
    cookie_name,
    csrf_secret,
    csrf_token,
    desk_of,
    is_secure,
    open_flash,
    seal_flash,
)
from dragoman.web.desk.start import service as starting
from dragoman.web.render import Me, Shell, Toast

STILL = N_("No worker is running: clocks, snoozes and automatic answers stand still. See Settings › System.")


async def shell(reader: Reader, session: Session, here: str, *, unread: int = 0) -> Shell:
    """The surroundings of a signed-in page; two small look-ups more for whoever looks after mailboxes."""
    actor, desk = reader.actor, reader.desk
    workspace = await accounts.find_workspace(session, actor.workspace_id)
    failing = waiting = 0
    if actor.may("mailbox.manage"):
        failing = sum(1 for box in await mailboxes.list_mailboxes(session) if box.active and box.error)
    if actor.may("intake.manage"):
        waiting = len((await envelopes.list_set_aside(session, size=9)).rows)
    return Shell(
        csrf=csrf_token(desk, reader.secret),
        me=Me(actor.person_id, actor.name, role_label(actor.role, actor.role_name)),
        workspace=workspace.name if workspace else "Dragoman",
        locale=actor.locale,
        zone=reader.zone,
        theme=actor.theme,
        here=here,
        can=actor.permissions,
        unread=unread,
        set_aside=waiting,
        failing=failing,
        notices=await notices.unseen(session, actor.person_id),
        letters=bool(actor.settings.get("letters", True)),
        live=True,
        start=here.startswith("manage.")
        and await starting.offered(session, actor, workspace.settings if workspace else {}),
        toasts=(*toasts(reader.request), *await _standing_still(reader, session)),
    )


async def _standing_still(reader: Reader, session: Session) -> tuple[Toast, ...]:
    """A word to whoever looks after the installation when no worker rings."""
    if not reader.actor.may("system.read") or await alarms.overdue(session) <= alarms.STOPPED:
        return ()
    return (Toast(i18n.gettext(STILL), tone="red"),)


def toasts(request: Request) -> tuple[Toast, ...]:
    """What the last redirect left to say; it is said once."""
    desk = desk_of(request)
    value = request.cookies.get(cookie_name(desk, "flash"), "")
    flash = open_flash(desk, value) if value else None
    return (Toast(flash.text, flash.undo, flash.fields, flash.tone),) if flash else ()


def bare_shell(request: Request, *, secret: str | None = None, workspace: str = "Dragoman") -> Shell:
    """The surroundings of a page before signing in, or of an error."""
    desk = desk_of(request)
    actor: Actor | None = getattr(request.state, "actor", None)
    bound = csrf_secret(request) if secret is None else secret
    return Shell(
        csrf=csrf_token(desk, bound),
        workspace=workspace,
        locale=actor.locale if actor else i18n.current(),
        zone=ZoneInfo(actor.timezone if actor else "UTC"),
        theme=actor.theme if actor else "system",
    )


def page(request: Request, name: str, view: object, around: Shell, *, status: int = 200) -> Response:
    """A whole page; a flash that it has shown is forgotten."""
    response = HTMLResponse(render.page(name, view, around), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    if around.toasts:
        response.delete_cookie(cookie_name(desk_of(request), "flash"), path="/", secure=is_secure(desk_of(request)))
    return response


def fragment(name: str, blocks: str | tuple[str, ...], view: object, around: Shell, *, status: int = 200) -> Response:
    """Some blocks of a page alone."""
    response = HTMLResponse(render.fragment(name, blocks, view, around), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    return response


def trigger(response: Response, **events: object) -> Response:
    """Tell the page's scripts what happened (plain ASCII, as headers must be)."""
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def redirect(request: Request, to: str, flash: Flash | None = None) -> Response:
    """Go on with another page after a form was posted."""
    response = RedirectResponse(to, 303)
    return leave(response, desk_of(request), flash) if flash else response


def leave(response: Response, desk: Desk, flash: Flash) -> Response:
    """Let the next page say a passing word."""
    set_cookie(response, desk, "flash", seal_flash(desk, flash), seconds=int(FLASH_LASTS.total_seconds()))
    return response


def set_cookie(response: Response, desk: Desk, name: str, value: str, *, seconds: int | None) -> None:
    """A cookie of ours: unreadable for scripts, never sent by other sites' requests, over https bound to this host."""
    response.set_cookie(
        cookie_name(desk, name), value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=is_secure(desk)
    )


def drop_cookie(response: Response, desk: Desk, name: str) -> None:
    """Forget a cookie of ours."""
    response.delete_cookie(cookie_name(desk, name), path="/", httponly=True, samesite="lax", secure=is_secure(desk))


def own_path(value: str, fallback: str = "/") -> str:
    """A path on this site out of what a request names; anything that could lead elsewhere gives `fallback`."""
    plain = value.startswith("/") and not value.startswith(("//", "/\\")) and value.isprintable()
    return value if plain and "\\" not in value and len(value) < 500 else fallback


def query(path: str, values: Mapping[str, str]) -> str:
    """A path with those query values that are not empty."""
    pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items() if value)
    return f"{path}?{pairs}" if pairs else path

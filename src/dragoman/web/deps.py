"""What routes are given: the desk, the reader who asks, and checked form data."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Protocol
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import procrastinate
from fastapi import Depends, Path, Request
from starlette.datastructures import FormData, UploadFile

from dragoman.accounts import access
from dragoman.accounts.access import Actor
from dragoman.flow.letters import Letters
from dragoman.flow.outbound import Outbound
from dragoman.kit.errors import N_, DeskError, Forbidden, NotFound
from dragoman.platform import i18n
from dragoman.platform.budget import Budget
from dragoman.platform.db import Database, Session
from dragoman.platform.live import Hub
from dragoman.platform.secrets import Keys
from dragoman.platform.settings import Settings
from dragoman.translation.service import Translator

ENROLLING = ("/settings/profile", "/sign-out")
"""Where somebody may go who has yet to set up the second factor that the desk asks for."""
MAX_FIELDS = 200
MAX_FILES = 50
WRONG_FORM = N_("This form is too old, or did not come from the desk. Load the page again and repeat.")


class Desk(Protocol):
    """The parts of `main.wiring.Desk` that pages work with."""

    @property
    def settings(self) -> Settings: ...
    @property
    def db(self) -> Database: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def hub(self) -> Hub: ...
    @property
    def budget(self) -> Budget: ...
    @property
    def outbound(self) -> Outbound: ...
    @property
    def letters(self) -> Letters: ...
    @property
    def jobs(self) -> procrastinate.App: ...
    @property
    def translator(self) -> Translator: ...


class ForeignForm(Forbidden):
    """A request that changes something, without our proof that the page it comes from is ours."""

    def __init__(self) -> None:
        super().__init__(WRONG_FORM)


def desk_of(request: Request) -> Desk:
    """The desk that serves this request."""
    found: Desk = request.app.state.desk
    return found


def is_secure(desk: Desk) -> bool:
    """Whether people reach the desk over https, so that cookies must be bound to it."""
    return (desk.settings.public_url or "").startswith("https://")


def cookie_name(desk: Desk, name: str) -> str:
    """A cookie's name; over https with the prefix by which browsers tie it to this host alone (RFC 6265bis §4.1.3)."""
    return f"__Host-{name}" if is_secure(desk) else name


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody fully signed in, with the desk that serves them."""

    desk: Desk
    actor: Actor
    secret: str
    request: Request

    @property
    def zone(self) -> ZoneInfo:
        """The reader's own time zone."""
        return ZoneInfo(self.actor.timezone)

    @property
    def fragment(self) -> bool:
        """Whether only a part of the page is asked for (never when the browser restores history)."""
        headers = self.request.headers
        return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"

    def work(self) -> AbstractAsyncContextManager[Session]:
        """One transaction in the reader's workspace; it has committed when the block has ended."""
        return self.desk.db.work(self.actor.workspace_id)


def session_token(request: Request) -> str:
    """The cookie of a sign-in, empty without one."""
    return request.cookies.get(cookie_name(desk_of(request), "dragoman"), "")


async def reader(request: Request) -> AsyncIterator[Reader]:
    """Who asks, at the full stage of signing in; pages then speak their language. Raises SignInNeeded."""
    desk = desk_of(request)
    token = session_token(request)
    actor = await access.get_actor(desk.db, token, enrolling=request.url.path.startswith(ENROLLING))
    await desk.budget.count(actor.person_id.bytes)
    request.state.actor = actor
    with i18n.use(actor.locale):
        yield Reader(desk, actor, token, request)


SignedIn = Annotated[Reader, Depends(reader)]
Number = Annotated[int, Path(ge=1, lt=2**31)]


def csrf_token(desk: Desk, secret: str) -> str:
    """A proof for forms, another one each time, so that compressed pages do not give it away (BREACH)."""
    nonce = secrets.token_urlsafe(9)
    return f"{nonce}.{desk.keys.sign('csrf', f'{nonce}.{secret}')}"


def csrf_secret(request: Request) -> str:
    """What the proof is bound to: the sign-in, or before it a cookie of its own."""
    return session_token(request) or request.cookies.get(cookie_name(desk_of(request), "csrf"), "")


def check_origin(request: Request) -> None:
    """Refuse what another site's page sends. Raises ForeignForm; old browsers send neither header."""
    site = request.headers.get("sec-fetch-site")
    if site and site not in ("same-origin", "none"):
        raise ForeignForm
    origin = request.headers.get("origin")
    if origin and origin != "null" and urlsplit(origin).netloc != own_host(request):
        raise ForeignForm
    if origin == "null" and site != "same-origin":
        raise ForeignForm


def own_host(request: Request) -> str:
    """Host and port by which this request reached us, or the public address an operator has set."""
    public = desk_of(request).settings.public_url
    return urlsplit(public).netloc if public else request.headers.get("host", "")


async def form(request: Request) -> AsyncIterator[FormData]:
    """The posted form, once it has proved that it comes from a page of ours. Raises ForeignForm.

    Every route that changes something takes it, also those that need no field.
    """
    check_origin(request)
    desk = desk_of(request)
    data = await request.form(max_fields=MAX_FIELDS, max_files=MAX_FILES, max_part_size=desk.settings.upload_max_size)
    given = request.headers.get("x-csrf-token") or data.get("csrf") or ""
    nonce, _dot, signature = str(given).partition(".")
    secret = csrf_secret(request)
    if not secret or not desk.keys.verify("csrf", f"{nonce}.{secret}", signature):
        raise ForeignForm
    try:
        yield data
    finally:
        await data.close()


Posted = Annotated[FormData, Depends(form)]


def field(data: FormData, name: str, limit: int = 10_000) -> str:
    """A text field, empty when it is missing; cut at `limit` characters, so that nothing endless is handled, and
    without NUL, which no person types and PostgreSQL does not keep."""
    value = data.get(name)
    return value[:limit].replace("\0", "") if isinstance(value, str) else ""


def fields(data: FormData, name: str) -> list[str]:
    """All values of a repeated text field."""
    return [value for value in data.getlist(name) if isinstance(value, str)]


def uploads(data: FormData, name: str) -> list[UploadFile]:
    """The files of a field that were really chosen."""
    return [value for value in data.getlist(name) if isinstance(value, UploadFile) and value.filename]


def known_id(value: str) -> UUID:
    """An id out of an address or a field. Raises NotFound for anything else."""
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound from error


def said(error: DeskError) -> str:
    """An error's sentence in the reader's language."""
    return i18n.gettext(error.message, **error.values) if error.values else i18n.gettext(error.message)


def said_fields(error: DeskError) -> dict[str, str]:
    """The sentences beside fields in the reader's language."""
    return {name: i18n.gettext(message, **error.values) for name, message in error.fields.items()}


@dataclass(frozen=True, slots=True)
class Flash:
    """A passing word, kept over a redirect; `undo` is the address that takes the deed back, with its `fields`."""

    text: str
    undo: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    tone: str = "plain"

    def facts(self) -> dict[str, object]:
        """The form in which it travels."""
        return {"text": self.text, "undo": self.undo, "fields": [list(pair) for pair in self.fields], "tone": self.tone}


FLASH_LASTS = timedelta(minutes=1)


def seal_flash(desk: Desk, flash: Flash) -> str:
    """A cookie's value for a flash, signed, so that nobody else can put words on the page."""
    body = base64.urlsafe_b64encode(json.dumps(flash.facts()).encode()).decode().rstrip("=")
    return f"{body}.{desk.keys.sign('flash', body)}"


def open_flash(desk: Desk, value: str) -> Flash | None:
    """The flash in a cookie's value; None for anything we did not seal."""
    body, _dot, signature = value.rpartition(".")
    if not body or not desk.keys.verify("flash", body, signature):
        return None
    facts = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    pairs = tuple((str(name), str(text)) for name, text in facts["fields"])
    return Flash(facts["text"], facts["undo"], pairs, facts["tone"])

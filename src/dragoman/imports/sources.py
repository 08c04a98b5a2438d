"""The desks one can move in from: what each asks for, and the reader that serves it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from dragoman.imports import chatwoot, freshdesk, table, zendesk, zendesk_file
from dragoman.imports.client import Client, Pause
from dragoman.imports.files import Blob
from dragoman.imports.records import Portion
from dragoman.kit.errors import N_, Invalid
from dragoman.tickets.models import STATUSES


@dataclass(frozen=True, slots=True)
class Source:
    """A desk: its name, whether it is read by API or from a file, and what its API asks for."""

    name: str
    api: bool = False
    file: bool = False
    domain: str = ""
    """What follows an account's short name in its address."""
    login: bool = False
    """Signs in with an agent's e-mail address beside the token."""
    numbered: bool = False
    """Has accounts by number under one address."""
    table: bool = False


SOURCES: dict[str, Source] = {
    "zendesk": Source("Zendesk", api=True, file=True, domain="zendesk.com", login=True),
    "freshdesk": Source("Freshdesk", api=True, domain="freshdesk.com"),
    "chatwoot": Source("Chatwoot", api=True, numbered=True),
    "gorgias": Source("Gorgias", file=True, table=True),
    "csv": Source("CSV", file=True, table=True),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody has typed to begin an import."""

    source: str
    address: str = ""
    """The account's address or short name; for a table a name by which it is known again."""
    login: str = ""
    number: str = ""
    token: str = ""
    by_file: bool = False
    files: bool = True
    """Whether attachments are fetched."""


def check(wish: Wish, *, allow_private: bool) -> tuple[str, dict[str, Any]]:
    """The identity and the settings of a wish. Raises Invalid beside the fields at fault."""
    source = SOURCES.get(wish.source)
    if source is None or not (source.file if wish.by_file else source.api):
        raise Invalid(fields={"source": N_("Choose the desk you come from.")})
    if source.table:
        name = " ".join(wish.address.casefold().split())
        if not name or len(name) > 80:
            raise Invalid(fields={"address": N_("Give it a name of at most 80 characters, the same each time.")})
        return f"{wish.source}:{name}", {"files": wish.files}
    base, faults = _base(wish.address, source.domain, allow_private=allow_private), {}
    if not base:
        faults["address"] = N_("Give the address of your desk, for example https://acme.example.com.")
    if not wish.by_file:
        faults |= _missing(wish, source)
    if faults:
        raise Invalid(fields=faults)
    host = urlsplit(base).netloc
    settings = {"base": base, "login": wish.login.strip(), "number": wish.number.strip(), "files": wish.files}
    return f"{wish.source}:{host}" + (f"/{wish.number.strip()}" if source.numbered else ""), settings


def _missing(wish: Wish, source: Source) -> dict[str, str]:
    faults = {}
    if not wish.token.strip() or not wish.token.isprintable() or len(wish.token) > 500:
        faults["token"] = N_("Give the API token of your desk.")
    if source.login and "@" not in wish.login:
        faults["login"] = N_("Give the e-mail address of the agent whose token it is.")
    if source.numbered and not (wish.number.strip().isdecimal() and len(wish.number) < 12):
        faults["number"] = N_("Give the account’s number: it stands in the address after /accounts/.")
    return faults


def _base(address: str, domain: str, *, allow_private: bool) -> str:
    """The address of an account, without a path; empty for what is none. Plain http only where private hosts may be
    reached (a desk in the office)."""
    said = address.strip().rstrip("/").casefold()
    if said and domain and "." not in said and ":" not in said:
        said = f"{said}.{domain}"
    parts = urlsplit(said if "://" in said else f"https://{said}")
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    allowed = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in allowed or not parts.hostname or parts.username or len(said) > 200:
        return ""
    if not all(sign.isalnum() or sign in "-._[]:" for sign in parts.hostname):
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def check_form(form: Mapping[str, Any]) -> None:
    """Raise Invalid for a time zone or state that does not exist."""
    faults = {}
    if form.get("zone", "UTC") not in available_timezones():
        faults["zone"] = N_("This time zone is not known.")
    if set(form.get("statuses", {}).values()) - set(STATUSES):
        faults["statuses"] = N_("This state does not exist.")
    if faults:
        raise Invalid(fields=faults)


def client_of(source: str, settings: Mapping[str, Any], token: str, *, allow_private: bool, pause: Pause) -> Client:
    """The client of an account; without a token one that only fetches files."""
    base, headers = str(settings.get("base", "")), {}
    if token and source == "zendesk":
        pair = f"{settings['login']}/token:{token}".encode()
        headers = {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    elif token and source == "freshdesk":
        headers = freshdesk.sign_in(token)
    elif token and source == "chatwoot":
        headers = {"api_access_token": token}
        base = f"{base}/api/v1/accounts/{settings['number']}"
    return Client(base, headers, allow_private, pause)


def reader(
    source: str, settings: Mapping[str, Any], client: Client, blob: Blob | None, cursor: dict[str, Any]
) -> AsyncGenerator[Portion]:
    """The portions of a source from `cursor` on."""
    own = dict(settings.get("statuses", {}))
    if blob is None:
        readers: dict[str, Any] = {"zendesk": zendesk.Api, "freshdesk": freshdesk.Api, "chatwoot": chatwoot.Api}
        portions: AsyncGenerator[Portion] = readers[source](client, own).read(cursor)
        return portions
    total = int(settings.get("total", 0))
    if source == "zendesk":
        return _beside(zendesk_file.Export(blob, own, total).read(cursor))
    return _beside(table.Table(blob, form_of(source, settings), total).read(cursor))


def form_of(source: str, settings: Mapping[str, Any]) -> table.Form:
    """How a table is written, out of an import's settings."""
    return table.Form(
        encoding=settings["encoding"], separator=settings["separator"], columns=settings["columns"],
        zone=settings.get("zone", "UTC"), day_first=settings.get("day_first"),
        statuses=settings.get("statuses", {}), source=source,
    )  # fmt: skip


async def _beside(portions: Iterator[Portion]) -> AsyncGenerator[Portion]:
    """A reader of files works in a thread, so that pages do not wait for it."""
    while (portion := await asyncio.to_thread(next, portions, None)) is not None:
        yield portion

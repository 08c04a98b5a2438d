"""Macros: who has which, saving them, and what one makes of a ticket."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from dragoman.accounts import audiences
from dragoman.accounts.access import Actor
from dragoman.accounts.teams import queries as teams
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.channels.email.compose import html_to_text, sanitise_outgoing
from dragoman.commerce import queries as shops
from dragoman.commerce.models import Shop
from dragoman.customers.models import Customer
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Forbidden, Invalid, NotFound
from dragoman.kit.text import storable
from dragoman.platform.db import Session
from dragoman.replies.macros import queries
from dragoman.replies.macros.models import Macro
from dragoman.replies.macros.variables import fill, unknown_in
from dragoman.tickets.changes.kinds import Change, parse, read
from dragoman.tickets.models import Ticket

LONGEST_NAME, LONGEST_TEXT = 80, 20_000
AT_MOST = 500
_SHORTCUT = re.compile(r"[\w-]{1,30}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A macro as somebody wants it. `audience` is `me`, `all`, or a team's id."""

    name: str
    html: str = ""
    shortcut: str = ""
    note: bool = False
    language: str = ""
    changes: Any = field(default_factory=list)
    audience: str = audiences.ME
    shop_id: UUID | None = None
    active: bool = True


async def list_macros(session: Session, actor: Actor, *, ticket: Ticket | None = None) -> list[Macro]:
    """What the actor can use, in a ticket those that fit it: of its shop or of none, in its language first."""
    actor.require("ticket.read")
    known = await queries.list_for(session, actor.person_id, await teams.teams_of(session, actor.person_id))
    if ticket is None:
        return known
    fitting = [one for one in known if one.shop_id in (None, ticket.shop_id)]
    spoken = ticket.language.partition("-")[0].lower()
    return sorted(fitting, key=lambda one: bool(one.language) and one.language.partition("-")[0].lower() != spoken)


async def get_macro(session: Session, actor: Actor, macro_id: UUID, *, lock: bool = False) -> Macro:
    """A macro the actor may see. Raises NotFound."""
    actor.require("ticket.read")
    macro = await queries.load(session, macro_id, lock=lock)
    if macro is None or macro.owner_id not in (None, actor.person_id):
        raise NotFound(N_("There is no such macro."))
    return macro


async def save(session: Session, actor: Actor, wanted: Wanted, *, macro: Macro | None = None) -> Macro:
    """Save a new macro, or change one. Raises Invalid beside the fields, Forbidden."""
    actor.require("ticket.note")
    if macro is not None and not audiences.may_change(actor, macro.owner_id):
        raise Forbidden(N_("This macro is not yours to change."))
    name, html, shortcut = await _checked(session, actor, wanted, macro)
    changes = parse(wanted.changes)
    if not html and not changes:
        raise Invalid(fields={"html": N_("A macro writes something, changes something, or both.")})
    owner, team = await audiences.owner_and_team(session, actor, wanted.audience)
    if wanted.shop_id and await shops.load(session, wanted.shop_id) is None:
        raise Invalid(fields={"shop": N_("There is no such shop.")})
    fresh = macro is None
    if macro is None:
        macro = Macro(id=ids.new(), used=0)
        session.add(macro)
    macro.name, macro.html, macro.shortcut, macro.note = name, html, shortcut, wanted.note
    macro.language, macro.changes = wanted.language.strip()[:20], [one.data() for one in changes]
    macro.owner_id, macro.team_id, macro.shop_id = owner, team, wanted.shop_id
    macro.active, macro.updated_at = wanted.active, clock.now()
    await session.flush()
    audit.record(session, actor, "macro.added" if fresh else "macro.changed", _subject(macro))
    return macro


async def _checked(session: Session, actor: Actor, wanted: Wanted, macro: Macro | None) -> tuple[str, str, str]:
    name = " ".join(wanted.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(fields={"name": N_("A name is needed, of at most 80 characters.")})
    if len(wanted.html) > LONGEST_TEXT:
        raise Invalid(fields={"html": N_("This text is too long.")})
    html = sanitise_outgoing(storable(wanted.html))
    if not html_to_text(html).strip():
        html = ""
    unknown = unknown_in(html)
    if unknown:
        raise Invalid(fields={"html": N_("A variable in this text is not known. Choose one of the list.")})
    shortcut = wanted.shortcut.strip().lstrip("/").casefold()
    if shortcut and not _SHORTCUT.fullmatch(shortcut):
        raise Invalid(fields={"shortcut": N_("Letters, digits and hyphens only, at most 30.")})
    if shortcut or macro is None:
        known = await queries.list_shared(session, actor.person_id)
        if len(known) >= AT_MOST and macro is None:
            raise Invalid(N_("There are 500 macros already. Remove some that nobody uses."))
        mine = macro.id if macro else None
        if shortcut and any(one.shortcut == shortcut and one.id != mine for one in known):
            raise Invalid(fields={"shortcut": N_("Another macro has this shortcut.")})
    return name, html, shortcut


async def remove(session: Session, actor: Actor, *, macro: Macro) -> None:
    """Remove a macro; what was written and changed with it stays."""
    if not audiences.may_change(actor, macro.owner_id):
        raise Forbidden(N_("This macro is not yours to change."))
    audit.record(session, actor, "macro.removed", _subject(macro))
    await session.delete(macro)


def _subject(macro: Macro) -> Subject:
    return Subject("macro", macro.id, macro.name)


def changes_of(macro: Macro) -> tuple[Change, ...]:
    """What a macro changes; changes that no longer make sense are left out."""
    return read(macro.changes)[0]


def values_for(actor: Actor, ticket: Ticket, customer: Customer, shop: Shop | None) -> dict[str, str]:
    """The values of all variables in a ticket; empty where something is not known."""
    return {
        "customer.name": customer.name,
        "customer.first_name": first_name(customer.name),
        "ticket.number": f"#{ticket.number}",
        "ticket.subject": ticket.subject,
        "order": ticket.order_refs[0] if ticket.order_refs else "",
        "shop.name": shop.name if shop else "",
        "agent.name": actor.name,
        "agent.first_name": first_name(actor.name),
        "today": _date(clock.now(), customer),
        "tomorrow": _date(clock.now() + timedelta(days=1), customer),
    }


def first_name(name: str) -> str:
    """The given name, where it stands first and is one: not of names in Han, Kana or Hangul, whose family name does."""
    first = name.split(",")[-1].split()[:1]
    plain = bool(first) and ord(first[0][0]) < 0x2E80
    return first[0] if first and plain else name


def _date(at: datetime, customer: Customer) -> str:
    """A day as the customer writes it, on the customer's own calendar where their zone is known."""
    try:
        zone = ZoneInfo(customer.timezone or "UTC")
    except (ValueError, OSError):
        zone = ZoneInfo("UTC")
    try:
        locale = Locale.parse((customer.language or "en").replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    return format_date(at.astimezone(zone), "long", locale=locale)


def text_for(macro: Macro, values: dict[str, str]) -> str:
    """A macro's text with its variables filled, as HTML."""
    return fill(macro.html, values)


async def used(session: Session, macros: Sequence[Macro]) -> None:
    """Count a use of each."""
    if macros:
        await queries.count_use(session, [one.id for one in macros])

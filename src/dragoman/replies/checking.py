"""Checks at work: what is known around an answer, what stands against sending it, and what was sent all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dragoman.accounts.access import Actor
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.channels.email import queries as mailboxes
from dragoman.commerce import queries as shops
from dragoman.customers import queries as customers
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.markets import days, rights
from dragoman.markets import service as markets
from dragoman.markets.packs import NoPack, Rule
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace
from dragoman.replies import queries
from dragoman.replies.checks import BLOCK, Context, Finding, Source, check
from dragoman.replies.models import ReplyFinding
from dragoman.sla import autoreply
from dragoman.tickets import queries as tickets
from dragoman.tickets.models import Message, Ticket

EARLIER = 5
MUTED = "muted_checks"
REASON = (4, 300)
"""Fewest and most characters of a reason."""
COUNTED = timedelta(days=30)
RELAYS = {"marketplace.amazon": "amazon", "members.ebay": "ebay", "aliexpress.com": "aliexpress"}
"""Parts of the addresses behind which a marketplace's own inbox stands."""


async def around(session: Session, ticket: Ticket, signature: str | None = "") -> Context:
    """What is known around an answer in a ticket; `signature` is what will be put under it."""
    said = await tickets.last_inbound(session, ticket.id)
    customer = await customers.load(session, ticket.customer_id)
    identities = await customers.list_identities(session, ticket.customer_id)
    workspace = await queries.load_workspace(session)
    boxes = await mailboxes.list_mailboxes(session)
    name = customer.name if customer else ""
    language = (said.language if said else "") or ticket.language or (customer.language if customer else "")
    market = (ticket.market or (customer.market if customer else "")).upper()
    channel = await _channel(session, ticket, said)
    zone = autoreply.zone_of(customer.timezone if customer else "", market, clock.now())
    term, law, quiet = await _rules(session, market, channel, zone)
    return Context(
        language=language, market=market, channel=channel, customer=name,
        earlier=tuple(await queries.list_answers(session, ticket.id, limit=EARLIER)), orders=tuple(ticket.order_refs),
        known=(name, *(one.value for one in identities)), ours=tuple(box.address for box in boxes),
        today=clock.now().date(), muted=frozenset(muted(workspace.settings)), withdrawal_days=term, law=law,
        signature=signature, quiet=quiet,
    )  # fmt: skip


async def _rules(
    session: Session, market: str, channel: str, zone: str
) -> tuple[int | None, Source | None, Source | None]:
    """The days that a market's law gives to send something back and who says so; by which rule advertising rests just
    now where the customer is."""
    try:
        pack = await markets.load_pack(session, market)
    except NoPack:
        return None, None, None
    verdict = days.marketing_now(pack, clock.now().astimezone(ZoneInfo(zone)), channel) if zone else None
    quiet = _source(verdict.rule) if verdict and verdict.rule and not verdict.allowed else None
    found = rights.withdrawal_term(pack, clock.now().date())
    return (found[0], _source(found[1]), quiet) if found else (None, None, quiet)


def _source(rule: Rule) -> Source:
    sure = rule.confidence if rule.standing(clock.now().date()) == "fact" else "low"
    return Source(rule.where or N_("General knowledge, no source"), str(rule.as_of or ""), sure)


async def _channel(session: Session, ticket: Ticket, said: Message | None) -> str:
    """The marketplace whose inbox an answer goes to, else the ticket's own channel."""
    address = (said.reply_to or said.from_address).lower() if said else ""
    relay = next((platform for part, platform in RELAYS.items() if part in address), "")
    if relay or ticket.shop_id is None:
        return relay or ticket.channel
    shop = await shops.load(session, ticket.shop_id)
    return shop.platform if shop and shop.platform in RELAYS.values() and not address else ticket.channel


async def review(session: Session, ticket: Ticket, text: str, signature: str | None = "") -> tuple[Finding, ...]:
    """What should be looked at before a text is sent, worst first; `signature` is what will be put under it."""
    return check(text, await around(session, ticket, signature)) if text.strip() else ()


class Blocked(Invalid):
    """An answer may not leave as it stands, unless somebody says why it should."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = next(one for one in findings if one.severity == BLOCK)
        super().__init__(fields={"body": first.why}, **first.values)
        self.findings = tuple(findings)


def let_pass(findings: Sequence[Finding], reason: str) -> str:
    """The reason for which an answer leaves in spite of what blocks it. Raises Blocked without one."""
    if not any(one.severity == BLOCK for one in findings):
        return ""
    said = " ".join(reason.split())[: REASON[1]]
    if len(said) < REASON[0]:
        raise Blocked(tuple(findings))
    return said


def keep(session: Session, message: Message, text: str, findings: Sequence[Finding], reason: str) -> None:
    """Note what an answer was sent in spite of."""
    session.add_all(
        ReplyFinding(
            message_id=message.id, check=one.check, severity=one.severity, words=text[one.start : one.end][:200],
            passed=reason if one.severity == BLOCK else "", at=message.at,
        )
        for one in findings
    )  # fmt: skip


def muted(settings: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """The checks that a workspace has switched off: who, when, why, by check."""
    found: Mapping[str, Mapping[str, str]] = settings.get(MUTED, {})
    return found


async def mute(session: Session, actor: Actor, *, name: str, reason: str) -> None:
    """Switch a check off, with a reason. Raises Invalid, Forbidden."""
    said = " ".join(reason.split())
    if not REASON[0] <= len(said) <= REASON[1]:
        raise Invalid(fields={"reason": N_("Say why, in a few words.")})
    facts = {"reason": said, "by": actor.name, "at": clock.now().isoformat()}
    await _set(session, actor, {name: facts}, (), "check.muted", check=name, reason=said)


async def unmute(session: Session, actor: Actor, *, name: str) -> None:
    """Switch a check on again."""
    await _set(session, actor, {}, (name,), "check.unmuted", check=name)


async def _set(
    session: Session, actor: Actor, add: Mapping[str, Any], drop: Sequence[str], verb: str, **facts: str
) -> None:
    actor.require("sla.manage")
    workspace: Workspace = await queries.load_workspace(session)
    kept = {key: value for key, value in muted(workspace.settings).items() if key not in drop}
    workspace.settings = {**workspace.settings, MUTED: {**kept, **add}}
    audit.record(session, actor, verb, Subject("workspace", workspace.id, workspace.name), **facts)

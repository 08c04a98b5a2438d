"""What a workspace says of a market's rules: that they hold, or what holds instead; and the packs as it knows them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import ValidationError

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.kit.text import storable
from dragoman.markets import faults, packs, queries, values
from dragoman.markets.merging import lay_over
from dragoman.markets.models import MarketRule
from dragoman.markets.packs import NoPack, Pack, Rule
from dragoman.markets.topics import TOPICS
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted

MANAGE = "market.manage"
NOTE, URL = 600, 500
"""Characters of a note and of an address, at most."""


async def load_pack(session: Session, iso: str) -> Pack:
    """A market's pack with the workspace's words laid over it. Raises NoPack."""
    shipped = packs.load(iso)
    return lay_over(shipped, await queries.list_words(session, iso))


async def load_packs(session: Session) -> list[Pack]:
    """All markets' packs with the workspace's words, by ISO 3166 code."""
    words = await queries.list_words(session)
    return [lay_over(packs.load(iso), [word for word in words if word.market == iso]) for iso in packs.markets()]


async def get_pack(session: Session, iso: str) -> Pack:
    """As `load_pack`, for whoever names a market in an address. Raises NotFound."""
    try:
        return await load_pack(session, iso)
    except NoPack as error:
        raise NotFound(N_("There is no such market.")) from error


def shipped_rule(iso: str, topic: str) -> Rule | None:
    """The rule as it is shipped. Raises NotFound for an unknown market or topic."""
    if topic not in TOPICS or iso not in packs.markets():
        raise NotFound(N_("There is no such rule."))
    return packs.load(iso).rules.get(topic)


async def confirm(session: Session, actor: Permitted, market: str, topic: str) -> MarketRule:
    """Say that a rule holds today as it stands. Raises Forbidden, NotFound, Conflict for one that has ended."""
    actor.require(MANAGE)
    shipped_rule(market, topic)
    await queries.one_at_a_time(session, market)
    rule = (await get_pack(session, market)).rules.get(topic)
    if rule is None:
        raise NotFound(N_("There is no such rule."))
    if rule.valid_to is not None and rule.valid_to < clock.now().date():
        raise Conflict(N_("This rule has ended. Correct it: say what holds now."))
    word = _word(actor, rule, market)
    return await _speak(session, actor, word, "market.confirmed")


def _word(actor: Permitted, rule: Rule, market: str) -> MarketRule:
    return MarketRule(
        id=ids.new(), market=market, topic=rule.topic, corrected=rule.corrected,
        value=values.write(rule.topic, rule.value), note=rule.note if rule.corrected else "", source_url=rule.url,
        confidence=rule.confidence, confirmed_by_id=actor.person_id, confirmed_at=clock.now(),
    )  # fmt: skip


async def correct(
    session: Session, actor: Permitted, market: str, topic: str, *, value: Any, note: str, source_url: str
) -> MarketRule:
    """Say what holds instead of the shipped rule, or where none is shipped. Without an address to look it up at, its
    confidence is medium. Raises Forbidden, NotFound, Invalid beside `value…`, `note` or `source_url`."""
    actor.require(MANAGE)
    shipped_rule(market, topic)
    kept, page = " ".join(storable(note).split()), source_url.strip()
    wrong = _faults(kept, page)
    try:
        own = values.own(topic, value)
    except ValidationError as error:
        raise Invalid(fields=faults.beside(topic, error) | wrong) from error
    if wrong:
        raise Invalid(fields=wrong)
    await queries.one_at_a_time(session, market)
    word = MarketRule(
        id=ids.new(), market=market, topic=topic, corrected=True, value=values.write(topic, own), note=kept,
        source_url=page, confidence="high" if page else "medium", confirmed_by_id=actor.person_id,
        confirmed_at=clock.now(),
    )  # fmt: skip
    return await _speak(session, actor, word, "market.corrected")


def _faults(note: str, page: str) -> dict[str, str]:
    found = {}
    if len(note) > NOTE:
        found["note"] = N_("This is too long.")
    if page and not is_address(page):
        found["source_url"] = N_("Give the whole address, for example https://example.com/law.")
    return found


def is_address(text: str) -> bool:
    """Whether it is the address of a page."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    clean = text.isprintable() and " " not in text and len(text) <= URL and storable(text) == text
    return parts.scheme in {"http", "https"} and bool(host) and clean


async def restore(
    session: Session, actor: Permitted, market: str, topic: str, *, to: UUID | None = None
) -> MarketRule | None:
    """Let the shipped rule hold again, or the workspace's earlier word `to`, which takes a later deed back.

    Raises Forbidden, NotFound.
    """
    actor.require(MANAGE)
    shipped_rule(market, topic)
    await queries.one_at_a_time(session, market)
    before = await queries.find_word(session, market, topic)
    earlier = await queries.load_word(session, to) if to else None
    if to and (earlier is None or (earlier.market, earlier.topic) != (market, topic)):
        raise NotFound(N_("There is no such rule."))
    if earlier is before:
        return earlier
    await queries.replace(session, market, topic)
    if earlier is not None:
        earlier.replaced_at = None
    _note(session, actor, "market.restored", market, topic, before, earlier)
    await session.flush()
    return earlier


async def _speak(session: Session, actor: Permitted, word: MarketRule, verb: str) -> MarketRule:
    before = await queries.find_word(session, word.market, word.topic)
    await queries.replace(session, word.market, word.topic)
    session.add(word)
    _note(session, actor, verb, word.market, word.topic, before, word)
    await session.flush()
    return word


def _note(
    session: Session, actor: Permitted, verb: str, market: str, topic: str,
    before: MarketRule | None, after: MarketRule | None,
) -> None:  # fmt: skip
    changed = audit.changes({"value": _plain(before)}, {"value": _plain(after)})
    audit.record(session, actor, verb, Subject("market", market, market), topic=topic, **changed)


def _plain(word: MarketRule | None) -> str | None:
    """A value as the log shows it: one line, whatever its shape."""
    if word is None or isinstance(word.value, str):
        return word.value if word else None
    return json.dumps(word.value, ensure_ascii=False)

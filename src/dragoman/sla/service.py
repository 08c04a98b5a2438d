"""Changing calendars, policies and automatic answers, for whoever manages them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted
from dragoman.sla import autoreply, calendars, queries
from dragoman.sla.checks import Given, check
from dragoman.sla.clocks import RENEW
from dragoman.sla.models import BUSINESS, SlaPolicy, WorkCalendar
from dragoman.sla.policies import calendar_label, policy_label

MANAGE = "sla.manage"
MANY_POLICIES, MANY_CALENDARS = 100, 50
LANGUAGES = 40


async def get_policy(session: Session, actor: Permitted, policy_id: UUID, *, lock: bool = False) -> SlaPolicy:
    """A policy, for whoever manages them. Raises NotFound, Forbidden."""
    actor.require(MANAGE)
    policy = await queries.load_policy(session, policy_id, lock=lock)
    if policy is None:
        raise NotFound(N_("There is no such policy."))
    return policy


def _policy(policy: SlaPolicy) -> Subject:
    return Subject("policy", policy.id, policy.name or policy.key)


def _facts(policy: SlaPolicy) -> dict[str, Any]:
    names = ("name", "conditions", "languages", "targets", "hours", "warn", "on_warning", "on_breach", "active")
    return {name: getattr(policy, name) for name in names} | {
        "calendar": str(policy.calendar_id) if policy.calendar_id else None
    }


async def save_policy(session: Session, actor: Permitted, policy_id: UUID | None, given: Given) -> SlaPolicy:
    """Add a policy (at the end) or change one. Clocks that run follow within moments.

    Raises Invalid, NotFound, Forbidden.
    """
    actor.require(MANAGE)
    policy = await get_policy(session, actor, policy_id, lock=True) if policy_id else None
    others = await queries.list_policies(session)
    if policy is None and len(others) >= MANY_POLICIES:
        raise Invalid(N_("A workspace can have at most 100 policies. Remove one that is no longer needed."))
    known = [one.id for one in await queries.list_calendars(session)]
    check(given, key=policy.key if policy else "", own_id=policy_id, others=others, calendars=known)
    added = policy is None
    if policy is None:
        policy = SlaPolicy(id=ids.new(), position=max((one.position for one in others), default=0) + 1, key="")
        session.add(policy)
    before = {} if added else _facts(policy)
    _set(policy, given)
    await session.flush()
    if added:
        audit.record(session, actor, "policy.added", _policy(policy), **_facts(policy))
    elif changed := audit.changes(before, _facts(policy)):
        audit.record(session, actor, "policy.changed", _policy(policy), **changed)
    await _renew(session)
    return policy


async def _renew(session: Session) -> None:
    await queries.renew_all(session, RENEW, clock.now())


def _set(policy: SlaPolicy, given: Given) -> None:
    policy.name, policy.languages, policy.hours = given.name.strip(), given.languages, given.hours
    policy.conditions = {name: list(given.conditions.get(name) or []) for name in ("all", "any")}
    policy.targets, policy.warn = dict(given.targets), dict(given.warn)
    policy.on_warning, policy.on_breach = dict(given.on_warning), dict(given.on_breach)
    policy.calendar_id = given.calendar_id if given.hours == "calendar" else None
    policy.source, policy.as_of, policy.confidence = given.source.strip(), given.as_of, given.confidence
    policy.active = given.active


async def move_policy(session: Session, actor: Permitted, policy_id: UUID, *, up: bool) -> None:
    """Change places with the policy before or after it."""
    await get_policy(session, actor, policy_id, lock=True)
    ordered = await queries.list_policies(session)
    place = next(n for n, one in enumerate(ordered) if one.id == policy_id)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(ordered):
        return
    ordered[place], ordered[other] = ordered[other], ordered[place]
    for n, one in enumerate(ordered, 1):
        one.position = n
    audit.record(session, actor, "policy.moved", _policy(ordered[other]))


async def remove_policy(session: Session, actor: Permitted, policy_id: UUID) -> None:
    """Remove a policy. Clocks that it set keep its name; those that run follow the others within moments."""
    policy = await get_policy(session, actor, policy_id, lock=True)
    audit.record(session, actor, "policy.removed", _policy(policy), **_facts(policy))
    await session.delete(policy)
    await _renew(session)


async def get_calendar(session: Session, actor: Permitted, calendar_id: UUID, *, lock: bool = False) -> WorkCalendar:
    """A calendar, for whoever manages them. Raises NotFound, Forbidden."""
    actor.require(MANAGE)
    found = await queries.load_calendar(session, calendar_id, lock=lock)
    if found is None:
        raise NotFound(N_("There is no such calendar."))
    return found


def _calendar(row: WorkCalendar) -> Subject:
    return Subject("calendar", row.id, row.name or row.key)


async def save_calendar(
    session: Session, actor: Permitted, calendar_id: UUID | None, *, name: str, zone: str,
    week: Sequence[Sequence[Sequence[int]]], market: str, days: Sequence[Mapping[str, Any]],
) -> WorkCalendar:  # fmt: skip
    """Add or change a calendar. Raises Invalid beside what contradicts itself, NotFound, Forbidden."""
    actor.require(MANAGE)
    row = await get_calendar(session, actor, calendar_id, lock=True) if calendar_id else None
    name = name.strip()
    if len(name) > 80 or (not name and (row is None or row.key != BUSINESS)):
        raise Invalid(fields={"name": N_("A name is needed, of at most 80 characters.")})
    kept = _check_days(days)
    calendars.build({"zone": zone, "week": week, "market": market, "days": kept})
    if row is None:
        if len(await queries.list_calendars(session)) >= MANY_CALENDARS:
            raise Invalid(N_("A workspace can have at most 50 calendars. Remove one that is no longer needed."))
        made = ids.new()
        row = WorkCalendar(id=made, key=made.hex)
        session.add(row)
        verb = "calendar.added"
    else:
        verb = "calendar.changed"
    row.name, row.zone, row.market, row.days = name, zone, market, kept
    row.week = [[list(span) for span in day] for day in calendars.check_week(week)]
    await session.flush()
    audit.record(session, actor, verb, _calendar(row), **row.data())
    await _renew(session)
    return row


def _check_days(days: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    for one in days:
        try:
            day = date.fromisoformat(str(one.get("day")))
        except ValueError as error:
            raise Invalid(fields={"days": N_("A day is written like 2026-12-24.")}) from error
        if one.get("kind") not in ("closed", "open") or len(str(one.get("name", ""))) > 80:
            raise Invalid(fields={"days": N_("A day is closed or open, with a name of at most 80 characters.")})
        if day.isoformat() in out:
            raise Invalid(fields={"days": N_("A day stands there twice.")})
        out[day.isoformat()] = {"day": day.isoformat(), "kind": str(one["kind"]), "name": str(one.get("name", ""))}
    if len(out) > calendars.OWN_DAYS:
        raise Invalid(fields={"days": N_("At most 400 days of your own.")})
    return [out[day] for day in sorted(out)]


async def remove_calendar(session: Session, actor: Permitted, calendar_id: UUID) -> None:
    """Remove a calendar that nothing counts by. Raises Invalid, NotFound, Forbidden."""
    row = await get_calendar(session, actor, calendar_id, lock=True)
    if row.key == BUSINESS or await queries.uses_calendar(session, calendar_id):
        raise Invalid(N_("Time is counted by this calendar. Choose another for its teams and policies first."))
    audit.record(session, actor, "calendar.removed", _calendar(row), **row.data())
    await session.delete(row)


def clean_languages(given: Sequence[str]) -> list[str]:
    """Primary language tags, each once. Raises Invalid beside `common`."""
    found = list(dict.fromkeys(one.strip().replace("_", "-").partition("-")[0].lower() for one in given if one.strip()))
    if (
        not found
        or len(found) > LANGUAGES
        or not all(one.isalpha() and one.isascii() and 2 <= len(one) <= 3 for one in found)
    ):
        raise Invalid(fields={"common": N_("Languages are named by their codes, for example en, zh, de.")})
    return found


async def change_auto_replies(
    session: Session, actor: Permitted, *, on: Sequence[str], holiday_days: int, common: Sequence[str]
) -> None:
    """Which automatic answers are sent, from how long a holiday, and which languages need no translator."""
    actor.require(MANAGE)
    languages = clean_languages(common)
    if not 0 <= holiday_days <= 60:
        raise Invalid(fields={"holiday_days": N_("A number of days from 0 to 60.")})
    workspace = await queries.load_workspace(session)
    stored = dict(workspace.settings.get("auto_replies", {}))
    before = stored | {"common": workspace.settings.get("common_languages")}
    stored |= {kind: kind in on for kind in autoreply.KINDS} | {"holiday_days": holiday_days}
    workspace.settings = workspace.settings | {"auto_replies": stored, "common_languages": languages}
    if changed := audit.changes(before, stored | {"common": languages}):
        audit.record(session, actor, "autoreply.changed", Subject("workspace", workspace.id, workspace.name), **changed)
        await _renew(session)


async def change_text(session: Session, actor: Permitted, language: str, kind: str, text: str) -> None:
    """Give a language's text words of the workspace's own; none brings the shipped ones back."""
    actor.require(MANAGE)
    if kind not in autoreply.KINDS or clean_languages([language]) != [language]:
        raise NotFound(N_("There is no such text."))
    text = autoreply.check_text(text)
    workspace = await queries.load_workspace(session)
    stored = dict(workspace.settings.get("auto_replies", {}))
    texts = {one: dict(kinds) for one, kinds in stored.get("texts", {}).items()}
    own = texts.setdefault(language, {})
    if text and text != autoreply.shipped().get(language, {}).get(kind):
        own[kind] = text
    else:
        own.pop(kind, None)
    stored["texts"] = {one: kinds for one, kinds in texts.items() if kinds}
    workspace.settings = workspace.settings | {"auto_replies": stored}
    audit.record(
        session, actor, "autoreply.text", Subject("workspace", workspace.id, workspace.name), locale=language, kind=kind
    )


def title(row: SlaPolicy | WorkCalendar) -> str:
    """What a policy or calendar is called, in the reader's language."""
    return policy_label(row.key, row.name) if isinstance(row, SlaPolicy) else calendar_label(row.key, row.name)

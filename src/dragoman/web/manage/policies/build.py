"""Policies between their rows, their forms and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from babel.dates import format_date
from starlette.datastructures import FormData

from dragoman.platform import i18n
from dragoman.platform.i18n import gettext as _
from dragoman.sla import checks
from dragoman.sla.checks import Given
from dragoman.sla.explain import Explained, Match, Today
from dragoman.sla.metrics import METRICS
from dragoman.sla.models import SlaPolicy, WorkCalendar
from dragoman.sla.policies import calendar_label, policy_label
from dragoman.tickets.conditions.parse import read as read_conditions
from dragoman.web import builders, formats, spans
from dragoman.web.builders import Names
from dragoman.web.deps import field, fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.policies.view import Owed, PolicyPage, PolicyRow, TargetField

BASE = "/settings/policies"
WHOM = ("owner", "leads")


def row_of(policy: SlaPolicy, known: Names, calendars: Sequence[WorkCalendar], place: int, count: int) -> PolicyRow:
    """A policy in the list."""
    read, _problems = read_conditions(policy.conditions)
    means = list(builders.all_said(read, known))
    if policy.languages:
        means.append(_("Common languages") if policy.languages == "common" else _("Less common languages"))
    owes = (
        _("{metric} within {time}", metric=_(METRICS[metric].label), time=spans.said(seconds))
        for metric, seconds in _ordered(policy.targets)
    )
    problems = checks.problems(policy, [one.id for one in calendars])
    return PolicyRow(
        name=policy_label(policy.key, policy.name), href=f"{BASE}/{policy.id}",
        means=tuple(means) or (_("Every ticket"),), owes=tuple(owes), hours=_hours_said(policy, calendars),
        active=policy.active, problems=tuple(_(one) for one in problems), source=_source(policy),
        first=place == 0, last=place == count - 1,
    )  # fmt: skip


def _ordered(targets: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(metric, targets[metric]) for metric in METRICS if metric in targets]


def _source(policy: SlaPolicy) -> str:
    if not policy.source:
        return ""
    read = format_date(policy.as_of, "medium", locale=i18n.current()) if policy.as_of else ""
    return " · ".join(part for part in (policy.source, _("read {day}", day=read) if read else "") if part)


def _hours_said(policy: SlaPolicy, calendars: Sequence[WorkCalendar]) -> str:
    if policy.hours == "always":
        return calendar_label("always")
    if policy.hours == "team":
        return _("The hours of its team")
    return next((calendar_label(one.key, one.name) for one in calendars if one.id == policy.calendar_id), "?")


def today_said(today: Today) -> str:
    """How first replies stand, in a sentence; empty where there was none."""
    if today.median is None:
        return ""
    return _(
        "First replies of the last 24 hours: {kept} of {count} in time, the middle one after {time} of working time.",
        kept=today.kept, count=today.count, time=spans.said(max(60, today.median // 60 * 60)),
    )  # fmt: skip


def matched_said(one: Match) -> str:
    """A policy that means the tried ticket."""
    times = (f"{_(METRICS[metric].label)} {spans.said(seconds)}" for metric, seconds in _ordered(one.targets))
    return f"{one.policy}: {', '.join(times)}"


def owed_of(one: Explained) -> Owed:
    """A clock of the tried ticket."""
    left = ""
    if one.remaining is not None:
        minutes = int(one.remaining.total_seconds() // 60)
        said = spans.said(max(60, abs(minutes) * 60))
        left = _("{time} of working time left", time=said) if minutes >= 0 else _("late by {time}", time=said)
    reasons = tuple(
        _("“{policy}” asks for {time} ({calendar}): {due}", policy=reason.policy, calendar=reason.calendar,
          time=spans.said(int(reason.target.total_seconds())), due=formats.stamp(reason.due))
        for reason in one.reasons
    )  # fmt: skip
    return Owed(one.label, one.state_label, one.due, left, one.calendar, one.paused, reasons)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was posted: the policy it makes, what the form shows again, and what could not be read."""

    given: Given
    values: Mapping[str, str]
    targets: Mapping[str, tuple[str, str]]
    errors: Mapping[str, str]


def typed(data: FormData, stored: SlaPolicy | None) -> Typed:
    """The posted form. `stored` lends what the form does not show."""
    errors: dict[str, str] = {}
    shown = {
        metric: (field(data, f"target-{metric}", 20), field(data, f"unit-{metric}", 1) or "h") for metric in METRICS
    }
    targets: dict[str, int] = {}
    for metric, (number, unit) in shown.items():
        try:
            seconds = spans.read(number, unit)
        except ValueError:
            errors[f"targets.{metric}"] = _("A whole number is needed.")
            continue
        if seconds is not None:
            targets[metric] = seconds
    warn, values = _warn(data, errors), _values(data)
    hours, _colon, chosen = values["hours"].partition(":")
    calendar_id = None
    with suppress(ValueError):
        calendar_id = UUID(chosen) if chosen else None
    as_of = None
    if values["as_of"]:
        try:
            as_of = date.fromisoformat(values["as_of"])
        except ValueError:
            errors["as_of"] = _("A day is written like 2026-12-24.")
    warned = {"notify": [one for one in fields(data, "warn_notify") if one in WHOM]}
    if stored is not None and stored.on_warning.get("changes"):
        warned["changes"] = stored.on_warning["changes"]
    given = Given(
        name=values["name"], conditions=builders.conditions_from(data), targets=targets,
        languages=values["languages"], hours=hours, calendar_id=calendar_id, warn=warn, on_warning=warned,
        on_breach={
            "notify": [one for one in fields(data, "breach_notify") if one in WHOM],
            "raise": values["raise"] == "yes", "escalate": values["escalate"] == "yes",
            "changes": builders.changes_from(data),
        },
        source=values["source"], as_of=as_of, confidence=stored.confidence if stored else "",
        active=stored is None or values["active"] == "yes",
    )  # fmt: skip
    return Typed(given, values, shown, errors)


def _values(data: FormData) -> dict[str, str]:
    names = (
        "name", "languages", "hours", "warn", "warn_number", "raise", "escalate", "active", "source", "as_of",
    )  # fmt: skip
    found = {name: field(data, name, 600) for name in names}
    for name in ("warn_notify", "breach_notify"):
        found |= {f"{name}-{one}": "yes" for one in fields(data, name)}
    return found


def _warn(data: FormData, errors: dict[str, str]) -> dict[str, int]:
    kind, number = field(data, "warn", 10), field(data, "warn_number", 10)
    if kind not in ("percent", "minutes"):
        return {}
    if not number.isdecimal():
        errors["warn"] = _("A whole number is needed.")
        return {}
    return {kind: int(number)}


def values_of(policy: SlaPolicy) -> dict[str, str]:
    """A stored policy as its form shows it."""
    warn = next(iter(policy.warn), "")
    values = {
        "name": policy.name, "languages": policy.languages, "warn": warn,
        "warn_number": str(policy.warn[warn]) if warn else "",
        "hours": f"calendar:{policy.calendar_id}" if policy.hours == "calendar" else policy.hours,
        "raise": "yes" if policy.on_breach.get("raise") else "no",
        "escalate": "yes" if policy.on_breach.get("escalate") else "no",
        "active": "yes" if policy.active else "no", "source": policy.source,
        "as_of": policy.as_of.isoformat() if policy.as_of else "",
    }  # fmt: skip
    for name, actions in (("warn_notify", policy.on_warning), ("breach_notify", policy.on_breach)):
        values |= {f"{name}-{one}": "yes" for one in actions.get("notify", ())}
    return values


FRESH = {
    "hours": "team", "warn": "percent", "warn_number": "25", "warn_notify-owner": "yes", "breach_notify-owner": "yes",
    "breach_notify-leads": "yes", "active": "yes",
}  # fmt: skip
"""What a new policy's form suggests."""


def page_of(
    policy: SlaPolicy | None, known: Names, calendars: Sequence[WorkCalendar], common: Sequence[str],
    given: Typed | None, errors: Mapping[str, str], problem: str, *, spare: int,
) -> PolicyPage:  # fmt: skip
    """The form of a policy, as stored or as typed."""
    values = given.values if given else values_of(policy) if policy else FRESH
    conditions: Any = given.given.conditions if given else policy.conditions if policy else {}
    stored = policy.on_breach.get("changes", ()) if policy else ()
    changes = given.given.on_breach["changes"] if given else stored
    numbers = given.targets if given else _numbers(policy)
    beside = {key.removeprefix("on_breach."): text for key, text in errors.items() if key.startswith("on_breach.")}
    return PolicyPage(
        title=policy_label(policy.key, policy.name) if policy else "",
        href=f"{BASE}/{policy.id}" if policy else "",
        action=f"{BASE}/{policy.id}" if policy else f"{BASE}/new",
        form=Form(values, errors, problem),
        conditions=builders.conditions_builder(known, conditions, errors, spare=spare),
        changes=builders.changes_builder(known, changes, beside, spare=spare),
        targets=tuple(
            TargetField(metric, _(one.label), _(one.meaning), *numbers.get(metric, ("", "h")),
                        errors.get(f"targets.{metric}", ""))
            for metric, one in METRICS.items()
        ),
        units=tuple(Choice(unit, _(label)) for unit, (_seconds, label) in spans.UNITS.items()),
        hours=(
            Choice("team", _("The hours of its team")), Choice("always", calendar_label("always")),
            *(Choice(f"calendar:{one.id}", calendar_label(one.key, one.name)) for one in calendars),
        ),
        languages=(
            Choice("", _("Any language")), Choice("common", _("Common languages")),
            Choice("minor", _("Less common languages")),
        ),
        common=", ".join(formats.language(one) for one in common),
        shipped=bool(policy and policy.key),
        problems=tuple(_(one) for one in checks.problems(policy, [one.id for one in calendars])) if policy else (),
    )  # fmt: skip


def _numbers(policy: SlaPolicy | None) -> dict[str, tuple[str, str]]:
    found = {}
    for metric, seconds in (policy.targets if policy else {}).items():
        number, unit = spans.split(int(seconds))
        found[metric] = (str(number), unit)
    return found

"""What somebody gives for a policy, checked: contradictions are told at once, beside the field they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from dragoman.kit.errors import N_, Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.sla.metrics import METRICS
from dragoman.sla.models import SlaPolicy
from dragoman.sla.policies import policy_label
from dragoman.tickets.changes import kinds as changes
from dragoman.tickets.conditions import parse as conditions

LONGEST = 366 * 24 * 3600
SHORTEST = 10
HOURS = ("team", "always", "calendar")
LANGUAGES = ("", "common", "minor")
NOTIFY = ("owner", "leads")
PASSING = frozenset({"text", "waiting", "idle", "age", "due", "late", "unread", "snoozed", "messages"})
"""What changes by itself or with every word: what is owed can't hang on it."""


@dataclass(frozen=True, slots=True)
class Given:
    """A policy as somebody gives it. `targets` are seconds by metric; see sla.models.SlaPolicy for the rest."""

    name: str
    conditions: Any
    targets: Mapping[str, int]
    languages: str = ""
    hours: str = "team"
    calendar_id: UUID | None = None
    warn: Mapping[str, int] = field(default_factory=dict)
    on_warning: Mapping[str, Any] = field(default_factory=dict)
    on_breach: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    as_of: date | None = None
    confidence: str = ""
    active: bool = True


def check(
    given: Given, *, key: str, own_id: UUID | None, others: Sequence[SlaPolicy], calendars: Sequence[UUID]
) -> None:
    """Raise Invalid beside everything that contradicts itself, the desk, or another policy."""
    faults: dict[str, str] = {}
    if (not key and not given.name.strip()) or len(given.name) > 80:
        faults["name"] = N_("A name is needed, of at most 80 characters.")
    faults |= _targets(given)
    faults |= _warning(given)
    if given.hours not in HOURS or (given.hours == "calendar" and given.calendar_id not in calendars):
        faults["hours"] = N_("Choose by which hours time is counted.")
    if given.languages not in LANGUAGES:
        faults["languages"] = N_("Choose one of the languages’ groups.")
    if given.confidence not in ("", "H", "M", "L") or len(given.source) > 500:
        faults["source"] = N_("At most 500 characters.")
    for name in ("on_warning", "on_breach"):
        faults |= _actions(name, getattr(given, name))
    faults |= _conditions(given, own_id, others)
    if faults:
        raise Invalid(fields=faults)


def _targets(given: Given) -> dict[str, str]:
    faults = {}
    for metric, seconds in given.targets.items():
        if metric not in METRICS:
            faults["targets"] = N_("This is no time that a clock can measure.")
        elif not SHORTEST <= seconds <= LONGEST:
            faults[f"targets.{metric}"] = N_("A time from 10 seconds to a year is needed; leave it empty for none.")
    if not given.targets:
        faults["targets"] = N_("Give at least one time: a policy that owes nothing does nothing.")
    return faults


def _warning(given: Given) -> dict[str, str]:
    if not given.warn:
        return {}
    if set(given.warn) == {"percent"} and 1 <= given.warn["percent"] <= 99:
        return {}
    if set(given.warn) != {"minutes"} or given.warn["minutes"] < 1:
        return {"warn": N_("Warn when 1 to 99 percent of the time are left, or some minutes before.")}
    if any(given.warn["minutes"] * 60 >= seconds for seconds in given.targets.values()):
        return {"warn": N_("The warning would come before the clock starts: it must be shorter than every time above.")}
    return {}


def _actions(name: str, given: Mapping[str, Any]) -> dict[str, str]:
    if not set(given.get("notify", ())) <= set(NOTIFY):
        return {name: N_("Choose whom to tell.")}
    try:
        changes.parse(given.get("changes", ()))
    except Invalid as error:
        return {f"{name}.{place}": message for place, message in error.fields.items()}
    return {}


def _conditions(given: Given, own_id: UUID | None, others: Sequence[SlaPolicy]) -> dict[str, str]:
    try:
        read = conditions.parse(given.conditions)
    except Invalid as error:
        return dict(error.fields)
    for name, group in (("all", read.all), ("any", read.any)):
        for place, one in enumerate(group):
            if one.field in PASSING:
                return {f"conditions.{name}.{place}": N_("This changes by itself: what is owed can’t hang on it.")}
    if not given.active:
        return {}
    for other in others:
        same = other.active and other.id != own_id and other.languages == given.languages
        if same and set(other.targets) & set(given.targets) and _same(other.conditions, read):
            told = _("“{name}” already speaks of the same tickets and times. Change it, or switch it off.",
                     name=policy_label(other.key, other.name))  # fmt: skip
            return {"conditions": told}
    return {}


def _same(stored: Any, read: conditions.Conditions) -> bool:
    other, problems = conditions.read(stored)
    return not problems and set(other.all) == set(read.all) and set(other.any) == set(read.any)


def problems(policy: SlaPolicy, calendars: Sequence[UUID]) -> list[str]:
    """What is wrong with a stored policy, for its page: it is not followed while this is so."""
    found = [one.message for one in conditions.read(policy.conditions)[1]]
    if policy.hours == "calendar" and policy.calendar_id not in calendars:
        found.append(N_("Its calendar is gone or broken; the working hours stand in."))
    for actions in (policy.on_warning, policy.on_breach):
        found += changes.read(actions.get("changes", ()))[1].values()
    return found

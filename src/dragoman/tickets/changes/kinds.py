"""Kinds of changes, and reading them from stored or posted data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dragoman.kit.errors import N_, Invalid
from dragoman.kit.ids import is_id
from dragoman.tickets.models import KINDS as TICKET_KINDS
from dragoman.tickets.models import PRIORITIES, SEVERITIES, STATUSES
from dragoman.tickets.service import clean_tags
from dragoman.understanding.taxonomy import leaves

ME, NONE = "me", "none"
AT_MOST = 12
LONGEST_NOTE = 4_000
YEAR = 525_600


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change: its label, how its value is chosen, and the choices where these are few."""

    label: str
    value: str
    choices: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "status": Kind(N_("Set the status"), "choice", STATUSES),
    "priority": Kind(N_("Set the priority"), "choice", tuple(PRIORITIES.values())),
    "severity": Kind(N_("Set the severity"), "choice", tuple(one or NONE for one in SEVERITIES)),
    "kind": Kind(N_("Set the kind"), "choice", tuple(one or NONE for one in TICKET_KINDS)),
    "intent": Kind(N_("Set what is wanted"), "choice", tuple(leaves())),
    "assignee": Kind(N_("Assign to"), "person"),
    "team": Kind(N_("Put into the queue of"), "team"),
    "tags_add": Kind(N_("Add tags"), "tags"),
    "tags_remove": Kind(N_("Remove tags"), "tags"),
    "snooze": Kind(N_("Snooze for (minutes)"), "minutes"),
    "note": Kind(N_("Write a note"), "text"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `value` is a text (an id, a choice, minutes, a note) or, for tags, several with commas."""

    kind: str
    value: str

    def data(self) -> dict[str, str]:
        """The form in which it is stored."""
        return {"kind": self.kind, "value": self.value}


def read(data: Any) -> tuple[tuple[Change, ...], dict[int, str]]:
    """Changes out of stored data, and what is wrong with those that are left out, by their place. Never raises."""
    found: list[Change] = []
    problems: dict[int, str] = {}
    items = data if isinstance(data, Sequence) and not isinstance(data, str) else []
    for place, one in enumerate(items[:AT_MOST]):
        kind, value = (
            (str(one.get(name, "")).strip() for name in ("kind", "value")) if isinstance(one, dict) else ("", "")
        )
        wrong = _wrong(kind, value)
        if wrong:
            problems[place] = wrong
        else:
            found.append(Change(kind, value))
    return tuple(found), problems


def parse(data: Any) -> tuple[Change, ...]:
    """Changes out of what somebody gives. Raises Invalid, each fault beside its place (`changes.0`)."""
    found, problems = read(data)
    if problems:
        raise Invalid(fields={f"changes.{place}": message for place, message in problems.items()})
    single = [one.kind for one in found if one.kind not in ("tags_add", "tags_remove", "note")]
    twice = next((kind for kind in single if single.count(kind) > 1), None)
    if twice:
        place = max(place for place, one in enumerate(found) if one.kind == twice)
        raise Invalid(fields={f"changes.{place}": N_("This is set twice; only one of them can hold.")})
    return found


def _wrong(kind: str, value: str) -> str:
    known = KINDS.get(kind)
    if known is None:
        return N_("This change no longer exists. Choose another, or remove it.")
    if not value:
        return N_("Say to what.")
    if known.choices and value not in known.choices:
        return N_("This value no longer exists. Choose another.")
    if known.value in ("person", "team") and not (value in (ME, NONE) or is_id(value)):
        return N_("This value no longer exists. Choose another.")
    if known.value == "minutes" and not (value.isascii() and value.isdecimal() and 0 < int(value) <= YEAR):
        return N_("A whole number of minutes is needed, from 1 to 525,600.")
    if known.value == "text" and len(value) > LONGEST_NOTE:
        return N_("This text is too long.")
    if known.value == "tags":
        try:
            clean_tags(split_tags(value))
        except Invalid as error:
            return error.fields["tags"]
    return ""


def split_tags(value: str) -> list[str]:
    """Tags parted by commas of several scripts."""
    return value.replace("，", ",").replace("、", ",").replace(";", ",").split(",")

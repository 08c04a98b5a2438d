"""What the desk's people did beside answering, as moments: promises, questions, hand-overs, snoozes, merges. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dragoman.main.demo.model import Demo, DemoError
from dragoman.main.demo.script import Step

_SPAN = re.compile(r"([+-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?\Z")
PARTS = (
    "presence", "absences", "promises", "questions", "escalations", "assignments", "notes", "severities", "snoozes",
    "planned", "merges", "handovers",
)  # fmt: skip
TIMES = ("due", "until", "leaves", "again")
_PEOPLE = ("by", "who", "to", "taken", "stand_in")


@dataclass(frozen=True, slots=True)
class Happening(Step):
    """Something that somebody does at a moment. `place` names it; `facts` are the content's, their times aware."""

    kind: str
    place: str
    facts: Mapping[str, Any]


def span(text: str) -> timedelta:
    """ "-2d4h" or "+40m" as a span of time. Raises ValueError."""
    found = _SPAN.match(text)
    if not found or len(text) < 3:
        raise ValueError(f"{text!r} is no time like -2d4h or +40m")
    days, hours, minutes = (int(one or 0) for one in found.groups()[1:])
    whole = timedelta(days=days, hours=hours, minutes=minutes)
    return whole if found[1] == "+" else -whole


def happenings(demo: Demo, now: datetime) -> list[Happening]:
    """Everything of the content that happens up to `now`, in order of time; what speaks of tickets that this demo does
    not have is left out. Raises DemoError naming the entry at fault."""
    found: list[Happening] = []
    for part in PARTS:
        for number, facts in enumerate(demo.desk.get(part, ())):
            place = f"{part}/{number}"
            if {facts.get("ticket"), facts.get("into")} - {None} <= set(demo.tickets):
                try:
                    _check(demo, facts)
                    found += _moments(part, place, facts, now.astimezone(UTC))
                except (KeyError, ValueError) as error:
                    raise DemoError(f"desk.yaml: {place}: {error}") from error
    switched = demo.desk["auto_replies"]
    found.append(Happening(now.astimezone(UTC) + span(switched["at"]), "", "auto_replies", "auto_replies", switched))
    found.append(Happening(now.astimezone(UTC) - timedelta(hours=10), "", "seen", "seen", {}))
    return sorted((one for one in found if one.at <= now), key=lambda one: one.at)


def _check(demo: Demo, facts: Mapping[str, Any]) -> None:
    if None in facts.values():  # a comma within an unquoted text: YAML makes a key of what follows
        raise ValueError("a text with a comma needs quotes")
    for name in _PEOPLE:
        key = str(facts.get(name, ""))
        if key and ":" not in key and key not in demo.people and name != "to":
            raise ValueError(f"unknown person {key!r}")


_LATER = {
    "kept": "keep",
    "broken": "give_up",
    "renewed": "renew",
    "answer": "answer",
    "mail": "mail",
    "taken_at": "take",
}


def _moments(part: str, place: str, facts: Mapping[str, Any], now: datetime) -> Iterator[Happening]:
    """The entry itself, and what becomes of it later: a promise is kept, a question answered, a shift taken over."""
    key = str(facts.get("ticket", ""))
    timed = {name: now + span(facts[name]) for name in TIMES if name in facts}
    whole = {**facts, **timed}
    yield Happening(now + span(facts["at"]), key, part, place, whole)
    for name, verb in _LATER.items():
        if name in facts:
            at = facts[name]["at"] if isinstance(facts[name], Mapping) else facts[name]
            yield Happening(now + span(at), key, verb, place, whole)

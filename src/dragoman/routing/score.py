"""Who should get a ticket. Pure: facts in, a ranked list with reasons out; neither clock nor chance decides anything.

The points are the house's own: a language that is spoken well weighs more than anything else, then who knows the
customer, then who has room. A person's load never helps them, and nobody is chosen who is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

LEVELS = ("basic", "fluent", "native")
LANGUAGE = {"basic": 10, "fluent": 24, "native": 30}
NO_LANGUAGE = -30
"""For somebody who speaks other languages than the ticket's; whose languages nobody has noted is not judged."""
KNOWS = {"shop": 10, "line": 10, "tier": 10}
CONTINUITY = 20
ROOM = 20
"""What an empty table is worth; it goes down with each ticket in hand."""
HURRY = timedelta(minutes=30)
"""A clock with less than this left doubles what room is worth."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a ticket says who suits it. `slack` is the time until its next clock is over; None: none runs."""

    language: str = ""
    shop: str = ""
    lines: frozenset[str] = frozenset()
    tier: str = ""
    slack: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the ticket's team: `languages` by tag in lower case; `load` counts open tickets, of which they take
    `capacity` at once."""

    person: str
    name: str = ""
    languages: Mapping[str, str] = field(default_factory=dict)
    shops: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    load: int = 0
    capacity: int = 20
    here: bool = True
    """Available: neither busy, away, out of office nor outside their hours."""
    member: bool = True
    knows_customer: bool = False
    """Whether they looked after this customer last time."""
    given_at: datetime | None = None
    """When something was given to them last, for taking turns."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground for or against somebody: its kind, its points, and what it speaks of (routing/explain.py words it)."""

    kind: str
    points: int
    about: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate and why they stand where they stand; the reasons are found when somebody asks for them."""

    candidate: Candidate
    points: int
    why: Callable[[], tuple[Reason, ...]] = field(compare=False)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What the points are made of."""
        return self.why()


def fits(candidate: Candidate) -> bool:
    """Whether somebody may be given anything at all now."""
    return candidate.member and candidate.here and candidate.load < candidate.capacity


def _spoken(languages: Mapping[str, str], wanted: str) -> tuple[str, str] | None:
    """The language of somebody's that serves for a wanted one, and how well they speak it: the same tag first, then
    the same language of another place (de for de-AT)."""
    wanted = wanted.lower()
    base = wanted.partition("-")[0]
    for tag in (wanted, base):
        if tag in languages:
            return tag, languages[tag]
    near = [(-LANGUAGE.get(level, 0), tag) for tag, level in languages.items() if tag.partition("-")[0] == base]
    return (min(near)[1], languages[min(near)[1]]) if near else None


def _language(matter: Matter, candidate: Candidate) -> Iterable[Reason]:
    if not matter.language or not candidate.languages:
        return
    found = _spoken(candidate.languages, matter.language)
    if found is None:
        yield Reason("no_language", NO_LANGUAGE, {"language": matter.language})
    elif found[1] in LANGUAGE:
        yield Reason("language", LANGUAGE[found[1]], {"language": found[0], "level": found[1]})


def _knowledge(matter: Matter, candidate: Candidate) -> Iterable[Reason]:
    if matter.shop and matter.shop in candidate.shops:
        yield Reason("shop", KNOWS["shop"])
    shared = sorted(matter.lines & candidate.lines)
    if shared:
        yield Reason("line", KNOWS["line"], {"line": shared[0]})
    if matter.tier and matter.tier in candidate.tiers:
        yield Reason("tier", KNOWS["tier"], {"tier": matter.tier})
    if candidate.knows_customer:
        yield Reason("customer", CONTINUITY)


def _room(matter: Matter, candidate: Candidate) -> int:
    worth = ROOM * 2 if _hurry(matter) else ROOM
    return worth * max(0, candidate.capacity - candidate.load) // max(1, candidate.capacity)


def _hurry(matter: Matter) -> bool:
    return matter.slack is not None and matter.slack < HURRY


def _reasons(matter: Matter, candidate: Candidate) -> tuple[Reason, ...]:
    about = {"load": candidate.load, "capacity": candidate.capacity}
    room = Reason("hurry" if _hurry(matter) else "room", _room(matter, candidate), about)
    return (*_language(matter, candidate), *_knowledge(matter, candidate), room)


def _points(matter: Matter, candidate: Candidate) -> int:
    """The sum of the reasons' points, found without making them: this is asked of everybody for every ticket."""
    points = _room(matter, candidate) + (CONTINUITY if candidate.knows_customer else 0)
    if matter.language and candidate.languages:
        found = _spoken(candidate.languages, matter.language)
        points += NO_LANGUAGE if found is None else LANGUAGE.get(found[1], 0)
    if matter.shop and matter.shop in candidate.shops:
        points += KNOWS["shop"]
    if candidate.lines and matter.lines & candidate.lines:
        points += KNOWS["line"]
    if matter.tier and matter.tier in candidate.tiers:
        points += KNOWS["tier"]
    return points


def weigh(matter: Matter, candidate: Candidate) -> Ranked:
    """A candidate's points for a ticket, and what they are made of."""
    return Ranked(candidate, _points(matter, candidate), partial(_reasons, matter, candidate))


def _turn(candidate: Candidate) -> tuple[float, str]:
    """Whose turn it is, the longest without anything first; ties fall to the smaller id, so always the same way."""
    return (candidate.given_at.timestamp() if candidate.given_at else float("-inf"), candidate.person)


def by_score(matter: Matter, candidates: Iterable[Candidate]) -> list[Ranked]:
    """Who may be given the ticket, best first."""
    weighed = [weigh(matter, one) for one in candidates if fits(one)]
    return sorted(weighed, key=lambda one: (-one.points, one.candidate.load, *_turn(one.candidate)))


def by_load(_matter: Matter, candidates: Iterable[Candidate]) -> list[Ranked]:
    """Who may be given the ticket, those with the least in hand first."""
    able = sorted((one for one in candidates if fits(one)), key=lambda one: (one.load, *_turn(one)))
    return [Ranked(one, 0, partial(_least, one)) for one in able]


def _least(one: Candidate) -> tuple[Reason, ...]:
    return (Reason("least", 0, {"load": one.load, "capacity": one.capacity}),)


def by_turn(_matter: Matter, candidates: Iterable[Candidate]) -> list[Ranked]:
    """Who may be given the ticket, each in turn."""
    return [Ranked(one, 0, lambda: (Reason("turn", 0),)) for one in sorted(filter(fits, candidates), key=_turn)]


STRATEGIES = {"score": by_score, "least_load": by_load, "round_robin": by_turn}
"""How a team's tickets find somebody; `manual`, the usual one, leaves it to people."""

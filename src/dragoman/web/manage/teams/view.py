"""What the pages of teams show."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team in the list."""

    name: str
    href: str
    purpose: str
    strategy: str
    people: tuple[str, ...]
    active: bool = True
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The teams of one line of service."""

    title: str
    teams: tuple[TeamRow, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a team's form chooses from."""

    purposes: tuple[Choice, ...]
    tiers: tuple[Choice, ...]
    strategies: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    calendars: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TeamsPage:
    """All teams, and the form that adds one."""

    lines: tuple[Line, ...]
    choices: Choices
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who works, or could work, in a team; `state` says in words whether they are there now."""

    id: str
    name: str
    href: str
    member: bool = False
    lead: bool = False
    state: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class TeamPage:
    """One team; `shipped` is the name it gets back when it is left without one."""

    name: str
    href: str
    choices: Choices
    form: Form
    people: tuple[MemberRow, ...]
    shipped: str = ""

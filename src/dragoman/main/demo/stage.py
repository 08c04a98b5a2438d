"""What is at hand while the demo is played: the desk, its people, and what was made so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import aiosmtplib

from dragoman.accounts.access import Actor
from dragoman.accounts.departments import queries as departments
from dragoman.accounts.teams import queries as teams
from dragoman.commerce import queries as shops
from dragoman.main.demo.mime import ReplyContext
from dragoman.main.demo.model import Demo
from dragoman.main.wiring import Desk
from dragoman.platform.db import Session


@dataclass(frozen=True, slots=True)
class Names:
    """The ids behind the content's keys."""

    people: dict[str, UUID]
    teams: dict[str, UUID]
    shops: dict[str, UUID]
    departments: dict[str, UUID]

    def value(self, text: str) -> str:
        """A value of the content: "team:wholesale" becomes that team's id, everything else stays."""
        kind, colon, key = text.partition(":")
        known = {"team": self.teams, "person": self.people, "shop": self.shops}.get(kind) if colon else None
        return str(known[key]) if known is not None else text


async def names(session: Session, demo: Demo, people: dict[str, Actor]) -> Names:
    """The ids of everybody and everything the content names by a key."""
    by_name = {one.name: one.id for one in await shops.list_shops(session)}
    return Names(
        people={key: one.person_id for key, one in people.items()},
        teams={one.key: one.id for one in await teams.list_teams(session)},
        shops={key: by_name[shop.name] for key, shop in demo.shops.items()},
        departments={one.key: one.id for one in await departments.list_departments(session)},
    )


@dataclass(slots=True)
class Stage:
    """What is at hand while the steps are played. `made` are promises and questions by their place in the content."""

    desk: Desk
    demo: Demo
    workspace_id: UUID
    people: dict[str, Actor]
    lead: Actor
    client: aiosmtplib.SMTP
    names: Names
    numbers: dict[str, int] = field(default_factory=dict)
    contexts: dict[str, ReplyContext] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    strays: list[str] = field(default_factory=list)
    made: dict[str, UUID] = field(default_factory=dict)
    replies: int = 0
    automatic: int = 0
    mails: int = 0
    answering: bool = False
    """Whether automatic answers are on."""

    @property
    def admin(self) -> Actor:
        """Who manages the desk."""
        return next(self.people[one.key] for one in self.demo.people.values() if one.role == "admin")

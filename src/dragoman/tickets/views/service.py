"""Saved views: who sees them, what they show, and saving them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dragoman.accounts import audiences
from dragoman.accounts.access import Actor
from dragoman.accounts.teams import queries as teams
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import ids
from dragoman.kit.errors import N_, Forbidden, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.tickets.conditions.parse import Problem, parse, read
from dragoman.tickets.lists import SORTS, Filter
from dragoman.tickets.views import queries
from dragoman.tickets.views.columns import COLUMNS, USUAL
from dragoman.tickets.views.models import View

LONGEST_NAME = 60
AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """A view as somebody wants it. `audience` is `me`, `all`, or a team's id."""

    name: str
    conditions: Any = field(default_factory=dict)
    sort: str = "urgent"
    columns: Sequence[str] = ()
    audience: str = audiences.ME


def filter_of(view: View) -> tuple[Filter, list[Problem]]:
    """What a view lists, and which of its conditions no longer make sense (they are left out, and told)."""
    conditions, problems = read(view.conditions, listing=True)
    sort = view.sort if view.sort in SORTS else "urgent"
    return Filter("all", sort=sort, conditions=conditions), problems


def columns_of(view: View | None) -> tuple[str, ...]:
    """What a view's table shows; columns that no longer exist are left out."""
    chosen = tuple(one for one in (view.columns if view else ()) if one in COLUMNS)
    return chosen or USUAL


async def list_views(session: Session, actor: Actor) -> list[View]:
    """The views the actor sees."""
    actor.require("ticket.read")
    return await queries.list_for(session, actor.person_id, await teams.teams_of(session, actor.person_id))


async def get_view(session: Session, actor: Actor, view_id: UUID, *, lock: bool = False) -> View:
    """A view the actor sees. Raises NotFound, Forbidden."""
    actor.require("ticket.read")
    view = await queries.load(session, view_id, lock=lock)
    if view is None or not await _sees(session, actor, view):
        raise NotFound(N_("There is no such view. Its owner may have removed it."))
    return view


async def _sees(session: Session, actor: Actor, view: View) -> bool:
    if view.owner_id is not None:
        return view.owner_id == actor.person_id
    if view.team_id is None or actor.may("view.share"):
        return True
    return view.team_id in await teams.teams_of(session, actor.person_id)


async def save(session: Session, actor: Actor, wanted: Wanted, *, view: View | None = None) -> View:
    """Save a new view, or change one. Raises Invalid beside the fields, Forbidden."""
    actor.require("ticket.read")
    if view is not None and not audiences.may_change(actor, view.owner_id):
        raise Forbidden(N_("This view is not yours to change."))
    name = " ".join(wanted.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(fields={"name": N_("A name is needed, of at most 60 characters.")})
    if wanted.sort not in SORTS:
        raise Invalid(fields={"sort": N_("This order does not exist.")})
    if not set(wanted.columns) <= set(COLUMNS):
        raise Invalid(fields={"columns": N_("This column no longer exists.")})
    conditions = parse(wanted.conditions, listing=True)
    owner, team = await audiences.owner_and_team(session, actor, wanted.audience)
    fresh = view is None
    if view is None:
        known = await list_views(session, actor)
        if len(known) >= AT_MOST:
            raise Invalid(N_("There are 60 views already. Remove one that nobody uses."))
        view = View(id=ids.new(), position=len(known))
        session.add(view)
    view.name, view.sort, view.columns = name, wanted.sort, list(dict.fromkeys(wanted.columns))
    view.conditions, view.owner_id, view.team_id = conditions.data(), owner, team
    await session.flush()
    audit.record(session, actor, "view.added" if fresh else "view.changed", _subject(view))
    return view


async def remove(session: Session, actor: Actor, *, view: View) -> None:
    """Remove a view; the tickets it showed stay as they are."""
    if not audiences.may_change(actor, view.owner_id):
        raise Forbidden(N_("This view is not yours to change."))
    audit.record(session, actor, "view.removed", _subject(view))
    await session.delete(view)


def _subject(view: View) -> Subject:
    return Subject("view", view.id, view.name)

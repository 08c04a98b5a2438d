"""Saved views, and the tickets that they list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.accounts.audiences import ME, audience_of
from dragoman.api import answers
from dragoman.api.answers import Cursor, In, Limit, Listed, Out, Words
from dragoman.api.conditions import ConditionsIn, told
from dragoman.api.door import Door, needs
from dragoman.api.problems import FieldProblem
from dragoman.api.tickets import Me, TicketOut
from dragoman.api.tickets import shown as ticket_shown
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import lists
from dragoman.tickets.lists import Narrowed
from dragoman.tickets.views import queries, service
from dragoman.tickets.views.models import View
from dragoman.tickets.views.service import Wanted

router = APIRouter(route_class=Door, tags=["Views"])
READ, WRITE = "tickets:read", "views:write"
Column = Literal[
    "number", "subject", "customer", "clock", "status", "priority", "severity", "kind", "intent",
    "emotion", "assignee", "team", "tier",
    "shop", "channel", "language", "market", "tags", "orders", "waiting", "activity", "created", "messages",
]  # fmt: skip
Columns = Annotated[list[Column], Field(max_length=30, description="What its table shows; empty: the usual ones.")]
AUDIENCE = "Who has it: `me` (whose token it is), `all`, or a team's id."
Audience = Annotated[str, Field(pattern=r"^(me|all|[0-9a-fA-F-]{36})$", description=AUDIENCE, examples=["all"])]
Sort = Literal["urgent", "newest", "oldest"]
Name = Annotated[Words, Field(min_length=1, max_length=60, examples=["Red matters of the week"])]


class ViewOut(Out):
    """A list of tickets with a name."""

    id: UUID
    name: str
    conditions: dict[str, Any] = Field(description="All of `all` hold, and one of `any` where there are some.")
    sort: str
    columns: list[str] = Field(description="What its table shows; empty: the usual ones.")
    audience: str = Field(description=AUDIENCE)
    problems: list[FieldProblem] = Field(description="Conditions that no longer make sense; they are left out.")
    created_at: datetime


class ViewNew(In):
    """A view to save."""

    name: Name
    conditions: ConditionsIn = Field(default_factory=ConditionsIn)
    sort: Sort = "urgent"
    columns: Columns = Field([])
    audience: Audience = ME


class ViewChange(In):
    """What to change; what is not named stays."""

    name: Name = "-"
    conditions: ConditionsIn = Field(default_factory=ConditionsIn)
    sort: Sort = "urgent"
    columns: Columns = Field([])
    audience: Audience = ME


def shown(view: View) -> ViewOut:
    """A view as the API gives it."""
    _filter, problems = service.filter_of(view)
    return ViewOut(
        id=view.id, name=view.name, conditions=told(view.conditions), sort=view.sort, columns=view.columns,
        audience=audience_of(view.owner_id, view.team_id), created_at=view.created_at,
        problems=[FieldProblem(field=f"conditions.{one.place}", detail=_(one.message)) for one in problems],
    )  # fmt: skip


@router.get("/views", summary="List saved views", response_model=Listed[ViewOut], **needs(READ))
async def list_views(me: Me) -> Response:
    """The views of whose token it is: shared ones, their teams', their own; whoever may share views sees those of all
    teams. The list comes whole: a desk has dozens at most."""
    seen = await service.list_views(me.session, me.actor)
    if me.actor.may("view.share"):
        seen += [one for one in await queries.list_shared(me.session) if one not in seen]
    return answers.page(me, [shown(one) for one in seen])


@router.post("/views", summary="Save a view", response_model=ViewOut, status_code=201, **needs(WRITE))
async def add_view(me: Me, new: ViewNew) -> Response:
    """Saves a view. Conditions are those of the desk's own form; a fault in one is told with its place."""
    view = await service.save(me.session, me.actor, Wanted(**new.model_dump()))
    return answers.one(me, shown(view), status=201, at=f"/views/{view.id}")


@router.get("/views/{view_id}", summary="Read a view", response_model=ViewOut, **needs(READ))
async def read_view(me: Me, view_id: UUID) -> Response:
    """One view."""
    return answers.one(me, shown(await service.get_view(me.session, me.actor, view_id)))


@router.get(
    "/views/{view_id}/tickets", summary="List a view's tickets", response_model=Listed[TicketOut], **needs(READ)
)
async def list_tickets(me: Me, view_id: UUID, limit: Limit = 50, cursor: Cursor = "") -> Response:
    """The tickets of a view in its order. Where a view reaches into history, a page may hold few and lead on."""
    chosen, _problems = service.filter_of(await service.get_view(me.session, me.actor, view_id))
    page = await lists.list_records(me.session, me.actor, Narrowed(chosen), cursor=cursor or None, size=limit)
    return answers.page(me, [ticket_shown(one) for one in page.rows], page.next)


@router.patch("/views/{view_id}", summary="Change a view", response_model=ViewOut, **needs(WRITE, 412))
async def change_view(me: Me, view_id: UUID, change: ViewChange) -> Response:
    """Changes the named fields: of one's own views, and of shared ones with the right to share."""
    view = await service.get_view(me.session, me.actor, view_id, lock=True)
    answers.check_unchanged(me, shown(view))
    kept = {name: getattr(view, name) for name in ("name", "conditions", "sort", "columns")}
    kept["audience"] = audience_of(view.owner_id, view.team_id)
    wanted = Wanted(**kept | change.model_dump(exclude_unset=True))
    return answers.one(me, shown(await service.save(me.session, me.actor, wanted, view=view)))


@router.post(
    "/views/{view_id}/remove", summary="Remove a view", response_model=ViewOut, status_code=200, **needs(WRITE)
)
async def remove_view(me: Me, view_id: UUID) -> Response:
    """Removes a view, and answers what it was; its tickets stay as they are."""
    view = await service.get_view(me.session, me.actor, view_id, lock=True)
    was = shown(view)
    await service.remove(me.session, me.actor, view=view)
    return answers.one(me, was)

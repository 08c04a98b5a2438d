"""Promises to customers: list them, note one, and say what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import AwareDatetime, Field

from dragoman.api import answers
from dragoman.api.answers import Cursor, In, Limit, Listed, Out, Words
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me, Number
from dragoman.kit.errors import Invalid
from dragoman.tickets.access import get_ticket
from dragoman.tickets.promises import queries, service
from dragoman.tickets.promises.models import Promise

router = APIRouter(route_class=Door, tags=["Promises"])
State = Literal["open", "kept", "renewed", "broken"]
Text = Annotated[Words, Field(max_length=500)]


class PromiseOut(Out):
    """What a customer was told would happen, and by when."""

    id: UUID
    ticket_id: UUID
    message_id: UUID | None = Field(description="The answer that made it.")
    person_id: UUID = Field(description="Who keeps it.")
    team_id: UUID | None = Field(description="The queue of its ticket when it was made.")
    text: str
    due_at: datetime
    state: State
    made_at: datetime
    overdue_at: datetime | None = Field(description="When it was found to be past its time.")
    settled_at: datetime | None
    settled_by_id: UUID | None
    word: str = Field(description="What the customer was told at its renewal, or why it was broken.")
    goodwill: str = Field(description="What is proposed to make up for it.")
    renewed_from_id: UUID | None


class PromiseNew(In):
    """A promise to note."""

    text: Annotated[Text, Field(min_length=1, examples=["I will write to you by tomorrow noon."])]
    due_at: AwareDatetime = Field(description="By when; up to a year ahead.")
    person_id: UUID | None = Field(None, description="Who keeps it; null: whose token it is.")


class PromiseRenewed(In):
    """Another time for a promise."""

    due_at: AwareDatetime
    word: Annotated[Words, Field(max_length=4000)] = Field(
        "", description="What the customer is told. It is kept, not sent."
    )


class PromiseBroken(In):
    """Why a promise was not kept, and what is proposed to make up for it."""

    word: Text = ""
    goodwill: Text = ""


def shown(promise: Promise) -> PromiseOut:
    """A promise as the API gives it."""
    return PromiseOut.model_validate({name: getattr(promise, name) for name in PromiseOut.model_fields})


def as_named(error: Invalid) -> Invalid:
    """The desk's fields by the names that they have here."""
    names = {"due": "due_at", "owner": "person_id"}
    return Invalid(fields={names.get(name, name): message for name, message in error.fields.items()})


@router.get("/promises", summary="List promises", response_model=Listed[PromiseOut], **needs("tickets:read"))
async def list_promises(
    me: Me, state: State | None = None, ticket_id: UUID | None = None, person_id: UUID | None = None,
    limit: Limit = 50, cursor: Cursor = "",
) -> Response:  # fmt: skip
    """Promises by the time they are due."""
    me.actor.require("ticket.read")
    page = await queries.list_all(
        me.session, state=state, ticket_id=ticket_id, person_id=person_id, cursor=cursor or None, size=limit
    )
    return answers.page(me, [shown(row.promise) for row in page.rows], page.next)


@router.get("/promises/{promise_id}", summary="Read a promise", response_model=PromiseOut, **needs("tickets:read"))
async def read_promise(me: Me, promise_id: UUID) -> Response:
    """One promise."""
    return answers.one(me, shown(await service.get_promise(me.session, me.actor, promise_id)))


@router.post(
    "/tickets/{number}/promises", summary="Note a promise", response_model=PromiseOut, status_code=201,
    **needs("tickets:write"),
)  # fmt: skip
async def note_promise(me: Me, number: Number, new: PromiseNew) -> Response:
    """Notes what the customer was promised. Its owner is reminded before its time."""
    ticket = await get_ticket(me.session, me.actor, number, lock=True)
    try:
        made = await service.make(
            me.session, me.actor, ticket=ticket, text=new.text, due_at=new.due_at, owner=new.person_id
        )
    except Invalid as error:
        raise as_named(error) from error
    return answers.one(me, shown(made), status=201, at=f"/promises/{made.id}")


@router.post(
    "/promises/{promise_id}/keep", summary="Keep a promise", response_model=PromiseOut, status_code=200,
    **needs("tickets:write"),
)  # fmt: skip
async def keep_promise(me: Me, promise_id: UUID) -> Response:
    """Notes that a promise was kept; 409 for one that is settled."""
    return answers.one(me, shown(await service.keep(me.session, me.actor, promise_id)))


@router.post(
    "/promises/{promise_id}/renew", summary="Renew a promise", response_model=PromiseOut, status_code=201,
    **needs("tickets:write"),
)  # fmt: skip
async def renew_promise(me: Me, promise_id: UUID, new: PromiseRenewed) -> Response:
    """Gives a promise another time, and answers the new promise; tell the customer with an answer of its own."""
    try:
        made = await service.renew(me.session, me.actor, promise_id, due_at=new.due_at, word=new.word)
    except Invalid as error:
        raise as_named(error) from error
    return answers.one(me, shown(made), status=201, at=f"/promises/{made.id}")


@router.post(
    "/promises/{promise_id}/break", summary="Break a promise", response_model=PromiseOut, status_code=200,
    **needs("tickets:write"),
)  # fmt: skip
async def break_promise(me: Me, promise_id: UUID, new: PromiseBroken) -> Response:
    """Notes that a promise could not be kept; 409 for one that is settled."""
    broken = await service.give_up(me.session, me.actor, promise_id, word=new.word, goodwill=new.goodwill)
    return answers.one(me, shown(broken))

"""Merging tickets, splitting them, and taking either back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, StrictBool

from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words
from dragoman.api.door import Caller, Door, needs
from dragoman.api.tickets import Me, Number
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.tickets import filing, lists
from dragoman.tickets.access import get_ticket
from dragoman.tickets.moves import queries, service
from dragoman.tickets.moves.models import Move

router = APIRouter(route_class=Door, tags=["Merging and splitting"])


class MoveOut(Out):
    """Messages that were moved from one ticket to another."""

    id: UUID
    kind: Literal["merge", "split"]
    from_number: int
    to_number: int = Field(description="After a split: the new ticket.")
    message_ids: list[UUID]
    person_id: UUID | None
    at: datetime
    undone_at: datetime | None


class Merging(In):
    """Where a ticket's messages go."""

    into: Annotated[int, Field(ge=1, lt=2**31, description="The number of the ticket that stays.")]
    strangers: StrictBool = Field(False, description="Say true where the tickets are two customers'.")


class Splitting(In):
    """What makes a new ticket."""

    messages: list[UUID] = Field(min_length=1, max_length=200, description="Messages of this ticket, not all of them.")
    subject: Annotated[Words, Field(min_length=1, max_length=300, examples=["Second parcel"])]


async def _shown(me: Caller, moves: Sequence[Move]) -> list[MoveOut]:
    """Moves with the numbers of their tickets, in one look-up for all."""
    keys = {key for one in moves for key in (one.from_ticket_id, one.to_ticket_id)}
    numbers = {one.id: one.number for one in await lists.list_by_ids(me.session, sorted(keys))}
    return [
        MoveOut(
            id=one.id, kind=one.kind, from_number=numbers[one.from_ticket_id], to_number=numbers[one.to_ticket_id],
            message_ids=one.message_ids, person_id=one.person_id, at=one.at, undone_at=one.undone_at,
        )
        for one in moves
    ]  # fmt: skip


@router.get(
    "/tickets/{number}/moves", summary="List a ticket's moves", response_model=Listed[MoveOut], **needs("tickets:read")
)
async def list_moves(me: Me, number: Number) -> Response:
    """The latest 20 merges and splits from or to a ticket that still hold, newest first."""
    ticket = await get_ticket(me.session, me.actor, number)
    return answers.page(me, await _shown(me, await queries.list_by_ticket(me.session, ticket.id)))


@router.post(
    "/tickets/{number}/merge", summary="Merge a ticket into another", response_model=MoveOut, status_code=201,
    **needs("tickets:write"),
)  # fmt: skip
async def merge(me: Me, number: Number, wanted: Merging) -> Response:
    """Puts all messages of this ticket into another and closes it; what is written to it goes there from now on."""
    ticket = await get_ticket(me.session, me.actor, number)
    try:
        into = await get_ticket(me.session, me.actor, wanted.into)
    except NotFound as error:
        raise Invalid(fields={"into": N_("There is no ticket with this number.")}) from error
    locked = await filing.lock(me.session, {ticket.id, into.id})
    made = await service.merge(
        me.session, me.actor, ticket=locked[ticket.id], into=locked[into.id], strangers=wanted.strangers
    )
    (told,) = await _shown(me, [made])
    return answers.one(me, told, status=201, at=f"/tickets/{wanted.into}")


@router.post(
    "/tickets/{number}/split", summary="Split a ticket", response_model=MoveOut, status_code=201,
    **needs("tickets:write"),
)  # fmt: skip
async def split(me: Me, number: Number, wanted: Splitting) -> Response:
    """Makes a new ticket of some messages; `Location` says where it is."""
    ticket = await get_ticket(me.session, me.actor, number, lock=True)
    fresh, made = await service.split(
        me.session, me.actor, ticket=ticket, messages=wanted.messages, subject=wanted.subject
    )
    (told,) = await _shown(me, [made])
    return answers.one(me, told, status=201, at=f"/tickets/{fresh.number}")


@router.post(
    "/moves/{move_id}/undo", summary="Take a move back", response_model=MoveOut, status_code=200,
    **needs("tickets:write"),
)  # fmt: skip
async def undo(me: Me, move_id: UUID) -> Response:
    """What was moved goes back; what has come since stays where it came. 409 for one that was taken back before."""
    (told,) = await _shown(me, [await service.undo(me.session, me.actor, move_id=move_id)])
    return answers.one(me, told)

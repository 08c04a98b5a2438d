"""The same changes for many tickets at once, and taking them back at once."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.api import answers
from dragoman.api.answers import In, Out
from dragoman.api.conditions import ChangeIn
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me
from dragoman.kit.errors import N_
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.bulk import service
from dragoman.tickets.bulk.service import AT_ONCE, Outcome
from dragoman.tickets.changes.kinds import parse

router = APIRouter(route_class=Door, tags=["Bulk changes"])
NumberIn = Annotated[int, Field(ge=1, lt=2**31)]


class BulkNew(In):
    """Changes to make, and the tickets to make them to."""

    numbers: list[NumberIn] = Field(min_length=1, max_length=AT_ONCE, examples=[[1]])
    changes: list[ChangeIn] = Field(
        min_length=1, max_length=12, examples=[[{"kind": "tags_add", "value": "recall, lamp"}]]
    )


class LeftOut(Out):
    """A ticket that was left as it is."""

    number: int
    detail: str = Field(description="Why, in the language of Accept-Language.")


class BulkOut(Out):
    """What became of it."""

    id: UUID = Field(description="For `POST /bulk/{run_id}/undo`.")
    changed: list[int]
    same: list[int] = Field(description="They were so already.")
    left: list[LeftOut]


def _shown(outcome: Outcome, asked: list[int] | None = None) -> BulkOut:
    left = [LeftOut(number=number, detail=_(said)) for number, said in outcome.left.items()]
    gone = set(asked or ()) - {*outcome.changed, *outcome.same, *outcome.left}
    left += [LeftOut(number=number, detail=_(N_("There is no ticket with this number."))) for number in sorted(gone)]
    return BulkOut(id=outcome.run.id, changed=outcome.changed, same=outcome.same, left=left)


@router.post("/bulk", summary="Change many tickets", response_model=BulkOut, status_code=201, **needs("tickets:write"))
async def change_many(me: Me, new: BulkNew) -> Response:
    """Makes the same changes to up to 500 tickets, together. A ticket that refuses one of them is left as it is, with
    the reason; the others change. Send an Idempotency-Key to be able to repeat this safely."""
    changes = parse([one.model_dump() for one in new.changes])
    outcome = await service.run(me.session, me.actor, numbers=set(new.numbers), changes=changes)
    return answers.one(me, _shown(outcome, new.numbers), status=201)


@router.post(
    "/bulk/{run_id}/undo", summary="Take a bulk change back", response_model=BulkOut, status_code=200,
    **needs("tickets:write"),
)  # fmt: skip
async def undo(me: Me, run_id: UUID) -> Response:
    """Brings the tickets back to what they were; those that were touched since are left as they are. 409 for one that
    was taken back before, 404 for another person's."""
    return answers.one(me, _shown(await service.undo(me.session, me.actor, run_id=run_id)))

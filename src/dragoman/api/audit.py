"""The audit log: who did what, when and from where."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, Field

from dragoman.api import answers
from dragoman.api.answers import Cursor, Limit, Listed, Out, Words
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me
from dragoman.audit import queries
from dragoman.audit.models import AuditEntry
from dragoman.audit.queries import Filter
from dragoman.kit.paging import decode_as

router = APIRouter(route_class=Door, tags=["Audit"])
Short = Annotated[Words, Query(max_length=300)]


class EntryOut(Out):
    """One deed."""

    id: UUID
    at: datetime
    verb: str = Field(description="What was done, as `area.deed`.", examples=["ticket.status"])
    person_id: UUID | None = Field(description="Who; null for the desk itself or somebody unknown.")
    person_name: str
    via: str = Field(description="`web`, `api`, `cli` or `desk`.")
    address: str
    subject_kind: str
    subject_id: str
    subject_name: str
    data: dict[str, Any]
    n: int | None = Field(description="Its place in the chain; null until it is sealed, within a minute.")
    hash: str | None = Field(description="The chain's hash at that place, in hexadecimal.")


def shown(one: AuditEntry) -> EntryOut:
    """An entry as the API gives it."""
    return EntryOut(
        id=one.id, at=one.at, verb=one.verb, person_id=one.person_id, person_name=one.person_name, via=one.via,
        address=one.address, subject_kind=one.subject_kind, subject_id=one.subject_id, subject_name=one.subject_name,
        data=one.data, n=one.n, hash=one.hash.hex() if one.hash else None,
    )  # fmt: skip


@router.get("/audit", summary="List audit entries", response_model=Listed[EntryOut], **needs("audit:read"))
async def list_entries(
    me: Me, area: Short = "", person_id: UUID | None = None, subject_kind: Short = "", subject_id: Short = "",
    since: AwareDatetime | None = None, until: AwareDatetime | None = None, limit: Limit = 50, cursor: Cursor = "",
) -> Response:  # fmt: skip
    """The log, newest first. `since` is included, `until` is not; both need a time zone."""
    me.actor.require("audit.read")
    if cursor:
        decode_as(cursor, datetime, UUID)
    chosen = Filter(
        area=area, person_id=person_id, subject_kind=subject_kind, subject_id=subject_id, since=since, until=until
    )
    page = await queries.list_entries(me.session, chosen, cursor=cursor or None, size=limit)
    return answers.page(me, [shown(one) for one in page.rows], page.next)

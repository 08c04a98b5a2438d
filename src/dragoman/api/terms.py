"""The term base: how the house says its words in each language, proposed by one person and approved by another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field, StrictBool

from dragoman.api import answers
from dragoman.api.answers import Cursor, In, Limit, Listed, Out, Words
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me
from dragoman.translation import languages, queries, termbase
from dragoman.translation.models import TermEntry
from dragoman.translation.termbase import LONGEST, LONGEST_NOTE, MOST_FORBIDDEN, TermForm

router = APIRouter(route_class=Door, tags=["Terms"])
READ, WRITE = "terms:read", "terms:write"
TAG = r"^[A-Za-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Za-z]{2}|[0-9]{3}))?$"
Language = Annotated[str, Field(pattern=TAG, max_length=20, description="BCP 47.", examples=["zh-Hans"])]
Target = Annotated[str, Field(
    pattern=f"^$|{TAG}", max_length=20, description="BCP 47; empty: in every language the same.", examples=["en"]
)]  # fmt: skip
Text = Annotated[Words, Field(max_length=LONGEST)]
Asked = Annotated[str, Query(max_length=20, description="BCP 47, as it stands in the term base; empty: all.")]
Find = Annotated[Words, Query(max_length=LONGEST, description="Part of a term or of its rendering.")]


class TermOut(Out):
    """A term."""

    id: UUID
    source: str = Field(description="Its language, BCP 47.", examples=["zh-Hans"])
    term: str = Field(examples=["物美价廉"])
    target: str = Field(description="The language it is rendered in; empty: every language.", examples=["en"])
    rendering: str = Field(description="How it is said there; empty: only `forbidden` counts.")
    forbidden: list[str] = Field(description="How it is never said there.", examples=[["cheap"]])
    domain: str
    note: str
    exact: bool = Field(description="Whether capital and small letters are told apart.")
    status: Literal["proposed", "approved"] = Field(description="Only approved terms are used.")
    proposed_by_id: UUID | None
    proposed_at: datetime
    approved_by_id: UUID | None
    approved_at: datetime | None


class TermNew(In):
    """A term to propose: with a rendering, with forbidden ones, or both."""

    source: Language
    term: Annotated[Words, Field(min_length=1, max_length=LONGEST, examples=["物美价廉"])]
    target: Target = ""
    rendering: Annotated[Words, Field(max_length=LONGEST, examples=["cost-effective"])] = ""
    forbidden: Annotated[list[Text], Field(max_length=MOST_FORBIDDEN, examples=[["cheap"]])] = []  # noqa: RUF012
    domain: Text = ""
    note: Annotated[Words, Field(max_length=LONGEST_NOTE)] = ""
    exact: StrictBool = False


def shown(entry: TermEntry) -> TermOut:
    """A term as the API gives it."""
    return TermOut(**{name: getattr(entry, name) for name in TermOut.model_fields})


@router.get("/terms", summary="List terms", response_model=Listed[TermOut], **needs(READ))
async def list_terms(
    me: Me, status: Literal["", "proposed", "approved"] = "", source: Asked = "", target: Asked = "", q: Find = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Response:  # fmt: skip
    """Terms in alphabetical order."""
    me.actor.require("ticket.read")
    page = await queries.list_terms(
        me.session, status=status, text=q, source=languages.tidy(source) or source,
        target=languages.tidy(target) or target, after=cursor, size=limit,
    )  # fmt: skip
    return answers.page(me, [shown(one) for one in page.rows], page.next)


@router.post("/terms", summary="Propose a term", response_model=TermOut, status_code=201, **needs(WRITE))
async def propose_term(me: Me, new: TermNew) -> Response:
    """Proposes a term, or another rendering of one in use. It is used once somebody else has approved it."""
    form = TermForm(**new.model_dump() | {"forbidden": tuple(new.forbidden)})
    entry = await termbase.propose(me.session, me.actor, form)
    return answers.one(me, shown(entry), status=201, at=f"/terms/{entry.id}")


@router.get("/terms/{term_id}", summary="Read a term", response_model=TermOut, **needs(READ))
async def read_term(me: Me, term_id: UUID) -> Response:
    """One term."""
    return answers.one(me, shown(await termbase.get_term(me.session, me.actor, term_id)))


@router.post(
    "/terms/{term_id}/approve", summary="Approve a term", response_model=TermOut, status_code=200, **needs(WRITE)
)
async def approve_term(me: Me, term_id: UUID) -> Response:
    """Puts a proposed term into use. Whoever proposed it can't approve it."""
    return answers.one(me, shown(await termbase.approve(me.session, me.actor, term_id)))


@router.post(
    "/terms/{term_id}/reject", summary="Turn a term down", response_model=TermOut, status_code=200, **needs(WRITE)
)
async def reject_term(me: Me, term_id: UUID) -> Response:
    """Turns a proposed term down, and answers what it was; whoever proposed it may take it back."""
    return answers.one(me, shown(await termbase.reject(me.session, me.actor, term_id)))


@router.post(
    "/terms/{term_id}/remove", summary="Remove a term", response_model=TermOut, status_code=200, **needs(WRITE)
)
async def remove_term(me: Me, term_id: UUID) -> Response:
    """Takes a term out of the term base, and answers what it was."""
    return answers.one(me, shown(await termbase.remove(me.session, me.actor, term_id)))

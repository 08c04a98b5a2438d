"""The workspace that a token belongs to, and the token itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.accounts import service
from dragoman.api import answers
from dragoman.api.answers import Out
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me

router = APIRouter(route_class=Door, tags=["Workspace"])


class WorkspaceOut(Out):
    """A company's desk."""

    id: UUID
    slug: str
    name: str
    locale: str
    timezone: str
    reopen_days: int = Field(description="How long after it is done an answer reopens a ticket.")
    created_at: datetime


class MeOut(Out):
    """The token that asks, and as whom it acts."""

    person_id: UUID
    name: str
    role: str = Field(description="The person's role, by its key.")
    workspace_id: UUID
    scopes: list[str]
    permissions: list[str] = Field(description="What its scopes and its person's role both allow.")


@router.get("/me", summary="Read the token", response_model=MeOut, **needs(""))
async def read_me(me: Me) -> Response:
    """As whom this token acts, and what it may do. Every token may ask this."""
    actor = me.actor
    return answers.one(me, MeOut(
        person_id=actor.person_id, name=actor.name, role=actor.role, workspace_id=actor.workspace_id,
        scopes=sorted(me.bearer.scopes), permissions=sorted(actor.permissions),
    ))  # fmt: skip


@router.get("/workspace", summary="Read the workspace", response_model=WorkspaceOut, **needs("settings:read"))
async def read_workspace(me: Me) -> Response:
    """What holds for the whole desk."""
    me.actor.require("workspace.manage")
    found = await service.get_workspace(me.session, me.actor)
    return answers.one(me, WorkspaceOut(
        id=found.id, slug=found.slug, name=found.name, locale=found.locale, timezone=found.timezone,
        reopen_days=service.reopen_days(found.settings), created_at=found.created_at,
    ))  # fmt: skip

"""The people of the desk and their roles; they are changed in the desk only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.accounts import access, queries, roles
from dragoman.accounts.permissions import PERMISSIONS, role_label
from dragoman.accounts.queries import PersonRow
from dragoman.api import answers
from dragoman.api.answers import Listed, Out
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me

router = APIRouter(route_class=Door, tags=["People"])


class PersonOut(Out):
    """Somebody who works at the desk."""

    id: UUID
    name: str
    email: str
    role: str = Field(description="A role's key.", examples=["agent2"])
    active: bool
    locale: str
    timezone: str
    created_at: datetime


class RoleOut(Out):
    """What a kind of person may do."""

    key: str = Field(examples=["agent2"])
    name: str = Field(description="In the language of Accept-Language.", examples=["Agent, tier 2"])
    permissions: list[str] = Field(description="Their keys.", examples=[["ticket.read"]])


def shown(person: PersonRow) -> PersonOut:
    """A person as the API gives them."""
    return PersonOut(
        id=person.id, name=person.name, email=person.email, role=person.role, active=person.active,
        locale=person.locale, timezone=person.timezone, created_at=person.created_at,
    )  # fmt: skip


@router.get("/people", summary="List people", response_model=Listed[PersonOut], **needs("people:read"))
async def list_people(me: Me) -> Response:
    """Everybody of the desk, active ones first, by name. The list comes whole: hundreds at most."""
    me.actor.require("people.manage")
    return answers.page(me, [shown(one) for one in await queries.list_people(me.session)])


@router.get("/people/{person_id}", summary="Read a person", response_model=PersonOut, **needs("people:read"))
async def read_person(me: Me, person_id: UUID) -> Response:
    """One person."""
    me.actor.require("people.manage")
    return answers.one(me, shown(await access.get_person(me.session, me.actor, person_id)))


@router.get("/roles", summary="List roles", response_model=Listed[RoleOut], **needs("people:read"))
async def list_roles(me: Me) -> Response:
    """The roles of the desk and what each allows. The list comes whole."""
    rows = [
        RoleOut(
            key=role.key, name=role_label(role.key, role.name),
            permissions=[one for one in PERMISSIONS if one in role.permissions],
        )
        for role in await roles.list_roles(me.session, me.actor)
    ]  # fmt: skip
    return answers.page(me, rows)

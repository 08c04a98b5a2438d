"""What people are good for."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.accounts import queries as people
from dragoman.accounts.skills import service
from dragoman.accounts.skills.service import Skills
from dragoman.api import answers
from dragoman.api.answers import In, Out, Words
from dragoman.api.door import Caller, Door, needs
from dragoman.api.teams import READ, WRITE
from dragoman.api.tickets import Me
from dragoman.commerce import queries as shops
from dragoman.kit.errors import N_, NotFound

router = APIRouter(route_class=Door, tags=["People"])
Level = Literal["basic", "fluent", "native"]
Tag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=35)]
Word = Annotated[Words, Field(min_length=1, max_length=60)]


class LanguageIn(In):
    """A language, and how well it is spoken."""

    tag: Tag = Field(description="BCP 47.", examples=["de"])
    level: Level = Field(examples=["native"])


class LanguageOut(Out):
    """A language, and how well it is spoken."""

    tag: str
    level: str


class SkillsOut(Out):
    """What somebody is good for."""

    languages: list[LanguageOut]
    shops: list[UUID]
    lines: list[str] = Field(description="Product lines: tags of tickets.")
    tiers: list[str] = Field(description="Customer tiers.")


class SkillsIn(In):
    """What somebody is good for: all of it."""

    languages: list[LanguageIn] = Field([], max_length=40)
    shops: list[UUID] = Field([], max_length=40)
    lines: list[Word] = Field([], max_length=40, examples=[["lamps"]])
    tiers: list[Word] = Field([], max_length=40, examples=[["vip"]])


def shown(skills: Skills) -> SkillsOut:
    """Skills as the API gives them."""
    return SkillsOut(
        languages=[LanguageOut(tag=tag, level=level) for tag, level in skills.languages.items()],
        shops=[UUID(shop) for shop in skills.shops], lines=list(skills.lines), tiers=list(skills.tiers),
    )  # fmt: skip


async def _known(me: Caller, person_id: UUID) -> None:
    me.actor.require("team.manage")
    if await people.find_person(me.session, person_id) is None:
        raise NotFound(N_("There is no such person."))


@router.get("/people/{person_id}/skills", summary="Read skills", response_model=SkillsOut, **needs(READ))
async def read_skills(me: Me, person_id: UUID) -> Response:
    """What somebody is good for."""
    await _known(me, person_id)
    return answers.one(me, shown(await service.get(me.session, me.actor, person_id)))


@router.post(
    "/people/{person_id}/skills", summary="Set skills", response_model=SkillsOut, status_code=200, **needs(WRITE)
)
async def set_skills(me: Me, person_id: UUID, wanted: SkillsIn) -> Response:
    """Replaces what is noted of somebody."""
    await _known(me, person_id)
    skills = Skills(
        {one.tag: one.level for one in wanted.languages}, tuple(str(one) for one in wanted.shops),
        tuple(wanted.lines), tuple(wanted.tiers),
    )  # fmt: skip
    shops_ = [str(one.id) for one in await shops.list_shops(me.session)]
    return answers.one(me, shown(await service.set_skills(me.session, me.actor, person_id, skills, shops=shops_)))

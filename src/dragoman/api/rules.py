"""Rules: when – if – then."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, StrictBool

from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words
from dragoman.api.conditions import Changes, ConditionsIn, told
from dragoman.api.door import Door, needs
from dragoman.api.teams import READ, WRITE
from dragoman.api.tickets import Me
from dragoman.platform.i18n import gettext as _
from dragoman.routing.rules import service
from dragoman.routing.rules.models import Rule
from dragoman.routing.rules.service import Draft
from dragoman.routing.rules.trial import try_out

router = APIRouter(route_class=Door, tags=["Rules"])
Event = Literal[
    "created", "wrote", "replied", "noted", "status", "priority", "severity", "kind", "team", "assigned", "tagged",
    "escalated", "warned", "breached", "waited",
]  # fmt: skip
Since = Literal["", "created", "wrote", "replied", "status", "assigned", "breached"]
Name = Annotated[Words, Field(min_length=1, max_length=100, examples=["Customs first"])]
Minutes = Annotated[int, Field(ge=0, le=129_600)]


class RuleOut(Out):
    """A rule."""

    id: UUID
    name: str
    event: str = Field(description="What it waits for.", examples=["created"])
    since: str = Field(description="For `waited`: which event the time counts from.")
    minutes: int = Field(description="For `waited`: how long after it.")
    conditions: dict[str, Any]
    changes: list[Any]
    active: bool
    stop: bool = Field(description="Whether no later rule is tried on a ticket that it fired on, for the same event.")
    position: int
    problems: list[str] = Field(description="Why it is broken and left out, in the language of Accept-Language.")
    looped_with: str = Field(description="The rule that set it off again after it had fired; empty: never.")
    created_at: datetime


class RuleNew(In):
    """A rule to add behind the others."""

    name: Name
    event: Event = "created"
    since: Since = ""
    minutes: Minutes = 0
    conditions: ConditionsIn = Field(default_factory=ConditionsIn)
    changes: Changes = Field(examples=[[{"kind": "priority", "value": "high"}]])
    active: StrictBool = True
    stop: StrictBool = False


class RuleChange(In):
    """What to change; what is not named stays."""

    name: Name = "-"
    event: Event = "created"
    since: Since = ""
    minutes: Minutes = 0
    conditions: ConditionsIn = Field(default_factory=ConditionsIn)
    changes: Changes = Field([])
    active: StrictBool = True
    stop: StrictBool = False


class RuleMove(In):
    """Where a rule goes among the others."""

    by: int = Field(ge=-200, le=200, description="Places down; negative: up.", examples=[-1])


class WouldOut(Out):
    """A ticket on which the rule would have fired."""

    number: int
    changes: list[dict[str, str]] = Field(description="What of its changes would still alter the ticket.")


class TriedOut(Out):
    """What a dry run over the last seven days found; 200 tickets at most."""

    tickets: list[WouldOut]
    more: bool


def shown(rule: Rule) -> RuleOut:
    """A rule as the API gives it."""
    values = {name: getattr(rule, name) for name in RuleOut.model_fields if name not in ("conditions", "problems")}
    return RuleOut(**values, conditions=told(rule.conditions), problems=[_(text) for text in rule.problems])


def _draft(new: RuleNew) -> Draft:
    return Draft(**new.model_dump())


def _changed(rule: Rule, change: RuleChange) -> Draft:
    values = {name: getattr(rule, name) for name in Draft.__dataclass_fields__}
    return Draft(**values | change.model_dump(exclude_unset=True))


@router.get("/rules", summary="List rules", response_model=Listed[RuleOut], **needs(READ))
async def list_rules(me: Me) -> Response:
    """All rules in their order. The list comes whole: a desk has 200 at most."""
    return answers.page(me, [shown(one.rule) for one in await service.list_rules(me.session, me.actor)])


@router.post("/rules", summary="Add a rule", response_model=RuleOut, status_code=201, **needs(WRITE))
async def add_rule(me: Me, new: RuleNew) -> Response:
    """Adds a rule behind the others. Conditions and changes are those of the desk's own form."""
    rule = await service.save(me.session, me.actor, None, _draft(new))
    return answers.one(me, shown(rule), status=201, at=f"/rules/{rule.id}")


@router.post("/rules/try", summary="Try a rule", response_model=TriedOut, status_code=200, **needs(WRITE))
async def try_rule(me: Me, new: RuleNew) -> Response:
    """Tells what a rule would have done to last week's tickets. Changes nothing, keeps nothing."""
    me.actor.require("rule.manage")
    tried = await try_out(me.session, me.actor, await service.check(me.session, _draft(new)))
    rows = [
        WouldOut(number=one.ticket.number, changes=[change.data() for change in one.changes]) for one in tried.would
    ]
    return answers.one(me, TriedOut(tickets=rows, more=tried.more))


@router.get("/rules/{rule_id}", summary="Read a rule", response_model=RuleOut, **needs(READ))
async def read_rule(me: Me, rule_id: UUID) -> Response:
    """One rule."""
    return answers.one(me, shown(await service.get(me.session, me.actor, rule_id)))


@router.patch("/rules/{rule_id}", summary="Change a rule", response_model=RuleOut, **needs(WRITE, 412))
async def change_rule(me: Me, rule_id: UUID, change: RuleChange) -> Response:
    """Changes the named fields."""
    rule = await service.get(me.session, me.actor, rule_id, lock=True)
    answers.check_unchanged(me, shown(rule))
    return answers.one(me, shown(await service.save(me.session, me.actor, rule_id, _changed(rule, change))))


@router.post("/rules/{rule_id}/move", summary="Move a rule", response_model=RuleOut, status_code=200, **needs(WRITE))
async def move_rule(me: Me, rule_id: UUID, wanted: RuleMove) -> Response:
    """Moves a rule up or down among the others."""
    await service.move(me.session, me.actor, rule_id, by=wanted.by)
    return answers.one(me, shown(await service.get(me.session, me.actor, rule_id)))


@router.post(
    "/rules/{rule_id}/remove", summary="Remove a rule", response_model=RuleOut, status_code=200, **needs(WRITE)
)
async def remove_rule(me: Me, rule_id: UUID) -> Response:
    """Removes a rule, and answers what it was. What it has done stays."""
    was = shown(await service.get(me.session, me.actor, rule_id))
    await service.remove(me.session, me.actor, rule_id)
    return answers.one(me, was)

"""Policies: what is owed to which tickets, by when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field, StrictBool

from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words
from dragoman.api.conditions import Changes, ConditionsIn, told
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me
from dragoman.sla import queries, service
from dragoman.sla.checks import Given
from dragoman.sla.models import SlaPolicy
from dragoman.sla.policies import policy_label

router = APIRouter(route_class=Door, tags=["Clocks"])
MetricName = Literal["first_response", "next_response", "periodic_update", "resolution", "handover", "callback"]
Name = Annotated[Words, Field(max_length=80, examples=["Lamps"])]
Seconds = Annotated[int, Field(ge=10, le=366 * 24 * 3600, strict=True)]
Targets = Annotated[
    dict[MetricName, Seconds], Field(description="Seconds by metric.", examples=[{"first_response": 3600}])
]


class ActionsIn(In):
    """What is done: whom to tell, one priority up, to the next line, and changes."""

    notify: list[Literal["owner", "leads"]] = Field(default=[], max_length=2)
    raise_priority: StrictBool = False
    escalate: StrictBool = False
    changes: Changes = Field(default=[])


class WarnIn(In):
    """When to warn: so many percent of the time, or minutes of working time, before it is over; give one."""

    percent: Annotated[int, Field(ge=1, le=99, strict=True)] | None = None
    minutes: Annotated[int, Field(ge=1, le=525_600, strict=True)] | None = None


class PolicyNew(In):
    """A policy to add."""

    name: Annotated[Words, Field(min_length=1, max_length=80, examples=["Lamps"])]
    conditions: ConditionsIn = ConditionsIn()
    targets: Targets
    languages: Literal["", "common", "minor"] = ""
    hours: Literal["team", "always", "calendar"] = "team"
    calendar_id: UUID | None = None
    warn: WarnIn = WarnIn()
    on_warning: ActionsIn = ActionsIn()
    on_breach: ActionsIn = ActionsIn()
    source: Annotated[Words, Field(max_length=500)] = ""
    as_of: date | None = None
    active: StrictBool = True


class PolicyChange(In):
    """What to change; what is not named stays."""

    name: Name = ""
    conditions: ConditionsIn = ConditionsIn()
    targets: Targets = Field({})
    languages: Literal["", "common", "minor"] = ""
    hours: Literal["team", "always", "calendar"] = "team"
    calendar_id: UUID | None = None
    warn: WarnIn = WarnIn()
    on_warning: ActionsIn = ActionsIn()
    on_breach: ActionsIn = ActionsIn()
    source: Annotated[Words, Field(max_length=500)] = ""
    as_of: date | None = None
    active: StrictBool = True


class ActionsOut(Out):
    """What is done."""

    notify: list[str]
    raise_priority: bool
    escalate: bool
    changes: list[dict[str, str]]


class PolicyOut(Out):
    """A policy; `key` names one that came with the desk."""

    id: UUID
    key: str
    name: str
    position: int
    conditions: dict[str, Any]
    targets: dict[str, int]
    languages: str
    hours: str
    calendar_id: UUID | None
    warn: dict[str, int]
    on_warning: ActionsOut
    on_breach: ActionsOut
    source: str
    as_of: date | None
    confidence: str
    active: bool
    created_at: datetime


class RemovedOut(Out):
    """What was removed."""

    id: UUID


def _actions_out(stored: dict[str, Any]) -> ActionsOut:
    return ActionsOut(
        notify=list(stored.get("notify", [])), raise_priority=bool(stored.get("raise")),
        escalate=bool(stored.get("escalate")), changes=list(stored.get("changes", [])),
    )  # fmt: skip


def _actions_in(given: dict[str, Any]) -> dict[str, Any]:
    return {name.removesuffix("_priority"): value for name, value in given.items()}


def shown(policy: SlaPolicy) -> PolicyOut:
    """A policy as the API gives it."""
    plain = {
        name: getattr(policy, name) for name in PolicyOut.model_fields if name not in ("on_warning", "on_breach")
    }  # fmt: skip
    return PolicyOut(**plain | {
        "name": policy_label(policy.key, policy.name), "conditions": told(policy.conditions),
        "targets": dict(sorted(policy.targets.items())), "warn": dict(sorted(policy.warn.items())),
        "on_warning": _actions_out(policy.on_warning),
        "on_breach": _actions_out(policy.on_breach),
    })  # fmt: skip


def _given(change: BaseModel, stored: SlaPolicy | None = None) -> Given:
    values = change.model_dump(exclude_unset=stored is not None)
    for name in ("on_warning", "on_breach"):
        if name in values:
            base = dict(getattr(stored, name)) if stored else {}
            values[name] = base | _actions_in(values[name])
    if "warn" in values:
        values["warn"] = {name: value for name, value in values["warn"].items() if value is not None}
    if stored is not None:
        names = Given.__dataclass_fields__
        values = {name: getattr(stored, name) for name in names} | values
    return Given(**values)


@router.get("/policies", summary="List policies", response_model=Listed[PolicyOut], **needs("settings:read"))
async def list_policies(me: Me) -> Response:
    """All policies in their order. The list comes whole: a desk has dozens at most."""
    me.actor.require(service.MANAGE)
    return answers.page(me, [shown(one) for one in await queries.list_policies(me.session)])


@router.post("/policies", summary="Add a policy", response_model=PolicyOut, status_code=201, **needs("settings:write"))
async def add_policy(me: Me, new: PolicyNew) -> Response:
    """Adds a policy at the end. Of several that mean a ticket, the tightest holds for each metric."""
    policy = await service.save_policy(me.session, me.actor, None, _given(new))
    return answers.one(me, shown(policy), status=201, at=f"/policies/{policy.id}")


@router.get("/policies/{policy_id}", summary="Read a policy", response_model=PolicyOut, **needs("settings:read"))
async def read_policy(me: Me, policy_id: UUID) -> Response:
    """One policy."""
    return answers.one(me, shown(await service.get_policy(me.session, me.actor, policy_id)))


@router.patch(
    "/policies/{policy_id}", summary="Change a policy", response_model=PolicyOut, **needs("settings:write", 412)
)
async def change_policy(me: Me, policy_id: UUID, change: PolicyChange) -> Response:
    """Changes the named fields; clocks that run follow within moments. With If-Match only if nobody changed it."""
    policy = await service.get_policy(me.session, me.actor, policy_id, lock=True)
    answers.check_unchanged(me, shown(policy))
    await service.save_policy(me.session, me.actor, policy_id, _given(change, policy))
    return answers.one(me, shown(policy))


@router.post(
    "/policies/{policy_id}/remove", summary="Remove a policy", response_model=RemovedOut, **needs("settings:write")
)
async def remove_policy(me: Me, policy_id: UUID) -> Response:
    """Removes a policy; clocks that it set keep its name."""
    await service.remove_policy(me.session, me.actor, policy_id)
    return answers.one(me, RemovedOut(id=policy_id))

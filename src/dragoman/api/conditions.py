"""Conditions and changes as the API takes them, the same for lists, views, macros, rules and policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from dragoman.api.answers import In, Words
from dragoman.kit.errors import N_, Invalid
from dragoman.tickets.conditions.parse import Conditions, parse

Short = Annotated[Words, Field(max_length=80)]


class ConditionIn(In):
    """One thing asked of a ticket."""

    field: Short = Field(examples=["status"])
    op: Short = Field(examples=["is"])
    value: list[Short] = Field([], max_length=50, examples=[["new"]])


class ConditionsIn(In):
    """All of `all` must hold, and one of `any` where there are some; without any, every ticket is meant."""

    all: list[ConditionIn] = Field([], max_length=20)
    any: list[ConditionIn] = Field([], max_length=20)


class ChangeIn(In):
    """One thing done to a ticket."""

    kind: Short = Field(examples=["priority"])
    value: Words = Field(max_length=4_000, examples=["high"])


Changes = Annotated[list[ChangeIn], Field(max_length=12)]


def told(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Stored conditions in an order of their own: the database keeps none, and an ETag must not change by it."""
    return {
        group: [{name: one[name] for name in ("field", "op", "value") if name in one} for one in stored.get(group, [])]
        for group in ("all", "any")
    }


def filter_from(given: str) -> Conditions:
    """The conditions of a query's `filter`. Raises Invalid (or what FastAPI raises for values of a wrong kind), each
    fault beside its place: `filter.all.0.op`."""
    if not given.strip():
        return Conditions()
    try:
        read = ConditionsIn.model_validate_json(given)
    except ValidationError as error:
        faults = error.errors()
        if any(one["type"] == "json_invalid" for one in faults):
            raise Invalid(fields={"filter": N_("This is not valid JSON.")}) from error
        raise RequestValidationError([one | {"loc": ("query", "filter", *one["loc"])} for one in faults]) from error
    try:
        return parse(read.model_dump(), listing=True)
    except Invalid as error:
        places = {name.replace("conditions", "filter", 1): said for name, said in error.fields.items()}
        raise Invalid(fields=places) from error

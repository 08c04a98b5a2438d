"""From stored or posted data to conditions, and what is wrong with them, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dragoman.kit.errors import N_, Invalid
from dragoman.kit.ids import is_id
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.conditions.fields import BY_KIND, FIELDS, ME, NO, NONE, YES

AT_MOST = 20
VALUES, LENGTH = 50, 80
LONGEST_MINUTES = 525_600


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing asked of a ticket. `values` are texts: ids, codes, words, or one whole number; none for a flag."""

    field: str
    op: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conditions:
    """All of `all` must hold, and one of `any` where there are some. Without any at all, every ticket is meant."""

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()

    def data(self) -> dict[str, Any]:
        """The form in which they are stored."""
        return {
            name: [{"field": one.field, "op": one.op, "value": list(one.values)} for one in group]
            for name, group in (("all", self.all), ("any", self.any))
        }

    def __bool__(self) -> bool:
        return bool(self.all or self.any)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a condition, and where: `all.0`, `any.2`."""

    place: str
    message: str


def read(data: Any, *, listing: bool = False) -> tuple[Conditions, list[Problem]]:
    """Conditions out of stored data, and what is wrong with those that are left out. Never raises.

    `listing` is for a list's conditions, which may speak of whoever looks and not of words just said; a policy's or
    a rule's may not and may.
    """
    problems: list[Problem] = []
    groups: dict[str, tuple[Condition, ...]] = {}
    data = data if isinstance(data, dict) else {}
    for name in ("all", "any"):
        group = data.get(name) or []
        if not isinstance(group, list) or len(group) > AT_MOST:
            problems.append(Problem(name, N_("At most 20 conditions, each with its field, operator and value.")))
            group = []
        read_ones = []
        for place, one in enumerate(group):
            found, wrong = _read_one(one, listing=listing)
            if wrong:
                problems.append(Problem(f"{name}.{place}", wrong))
            elif found:
                read_ones.append(found)
        groups[name] = tuple(read_ones)
    return Conditions(**groups), problems


def parse(data: Any, *, listing: bool = False) -> Conditions:
    """Conditions out of what somebody gives. Raises Invalid, each fault beside its place (`conditions.all.0`)."""
    found, problems = read(data, listing=listing)
    if problems:
        raise Invalid(fields={f"conditions.{one.place}": one.message for one in problems})
    contradiction = contradicts(found)
    if contradiction:
        raise Invalid(fields={"conditions": contradiction})
    return found


def _read_one(one: Any, *, listing: bool) -> tuple[Condition | None, str]:
    if not isinstance(one, dict):
        return None, N_("This is no condition.")
    known = FIELDS.get(str(one.get("field")))
    if known is None:
        return None, N_("This field no longer exists. Choose another, or remove the condition.")
    if known.fleeting and listing:
        return None, N_("This can be asked only when something happens, not of a list.")
    op = str(one.get("op"))
    if op not in BY_KIND[known.kind]:
        return None, N_("This comparison does not fit the field.")
    values = one.get("value", [])
    values = values if isinstance(values, list | tuple) else [values]
    texts = tuple(dict.fromkeys(str(value).strip() for value in values if str(value).strip()))
    wrong = _wrong_values(known.kind, known.choices, op, texts)
    if ME in texts and not listing:
        wrong = N_("Only a view can speak of whoever looks at it. Choose a person.")
    if known.kind in ("code", "tag", "words"):
        texts = tuple(text.casefold() for text in texts)
    return (None, wrong) if wrong else (Condition(str(one["field"]), op, texts if op not in (YES, NO) else ()), "")


def _wrong_values(kind: str, choices: tuple[str, ...], op: str, values: tuple[str, ...]) -> str:
    if op in (YES, NO):
        return ""
    if not values:
        return N_("Say which.")
    if len(values) > VALUES or any(len(value) > LENGTH for value in values):
        return N_("At most 50 values of 80 characters each.")
    if kind == "choice" and not set(values) <= set(choices):
        return N_("This value no longer exists. Choose another.")
    if kind in ("person", "team", "shop") and not all(is_id(value) or value in (ME, NONE) for value in values):
        return N_("This value no longer exists. Choose another.")
    if kind in ("number", "minutes") and not (len(values) == 1 and _is_number(values[0])):
        return N_("A whole number is needed, at most 525,600.")
    return ""


def _is_number(value: str) -> bool:
    return value.removeprefix("-").isdecimal() and value.isascii() and abs(int(value)) <= LONGEST_MINUTES


ALONE = {"choice", "person", "team", "shop", "code"}


def contradicts(conditions: Conditions) -> str:
    """Why no ticket can ever meet all of these, empty where one might."""
    wanted: dict[str, set[str]] = {}
    for one in conditions.all:
        if one.op == "is" and FIELDS[one.field].kind in ALONE:
            wanted[one.field] = wanted.get(one.field, set(one.values)) & set(one.values)
    for one in conditions.all:
        if one.op == "is_not" and one.field in wanted:
            wanted[one.field] -= set(one.values)
    flags = {(one.field, one.op) for one in conditions.all}
    torn = [field for field, op in flags if op == YES and (field, NO) in flags]
    torn += [field for field, left in wanted.items() if not left]
    torn += [field for field in {one.field for one in conditions.all} if _empty_range(conditions, field)]
    if torn:
        return _(
            "No ticket can ever meet these: they contradict each other at “{field}”.", field=_(FIELDS[torn[0]].label)
        )
    return ""


def _empty_range(conditions: Conditions, field: str) -> bool:
    more = [int(one.values[0]) for one in conditions.all if one.field == field and one.op == "more"]
    less = [int(one.values[0]) for one in conditions.all if one.field == field and one.op == "less"]
    return bool(more and less and max(more) >= min(less))

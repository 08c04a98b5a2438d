"""Form parts by which people edit conditions and changes, and the same in words.

A row's names are `all-0-field`, `all-0-op`, `all-0-value` (several values of one name), and `change-0-kind`,
`change-0-value`. Without a script a row's value control is the one of its stored field, and "Add a row" posts the form
to be shown anew; with one (js/builders.js) the control changes with the field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from dragoman.accounts import queries as people
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.names import team_label
from dragoman.commerce import queries as shops
from dragoman.commerce.service import PLATFORMS
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.changes import kinds as changes
from dragoman.tickets.conditions.fields import BY_KIND, FIELDS, ME, NONE, OPERATORS
from dragoman.tickets.conditions.parse import Condition, Conditions
from dragoman.web.deps import field as text_of
from dragoman.web.deps import fields as texts_of
from dragoman.web.forms import Choice
from dragoman.web.wants import INTENT, MOOD
from dragoman.web.words import KIND, PRIORITY, SEVERITY, STATUS

ROWS = 20
PICKED = ("choice", "person", "team", "shop")
"""Kinds whose values are picked from a list; the others are typed."""


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called: of people, teams and shops."""

    people: Mapping[str, str]
    teams: Mapping[str, str]
    shops: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Control:
    """How the values of a field are given: `pick` from choices, `type` words, a `number`, or `none`."""

    name: str
    label: str
    form: str
    ops: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A condition or change as a row of the form. `typed` is what stands in a typed value."""

    prefix: str
    field: str = ""
    op: str = ""
    picked: tuple[str, ...] = ()
    typed: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Builder:
    """Everything that the form part needs."""

    controls: tuple[Control, ...]
    operators: tuple[Choice, ...] = ()
    all: tuple[Row, ...] = ()
    any: tuple[Row, ...] = ()
    changes: tuple[Row, ...] = ()
    error: str = ""

    def control(self, name: str) -> Control:
        """The control of a field; a field that is gone gets a bare one, so that its row can be removed."""
        return next((one for one in self.controls if one.name == name), Control(name, name, "type"))


async def names(session: Session) -> Names:
    """All names that conditions and changes can speak of."""
    return Names(
        people={str(one.id): one.name for one in await people.list_people(session)},
        teams={str(one.id): team_label(one.key, one.name) for one in await teams.list_teams(session)},
        shops={str(one.id): one.name for one in await shops.list_shops(session)},
    )


def conditions_from(data: FormData) -> dict[str, Any]:
    """The posted rows as they are stored; rows without a field are left out."""
    out: dict[str, Any] = {"all": [], "any": []}
    for group, found in out.items():
        for place in range(ROWS):
            prefix = f"{group}-{place}"
            name = text_of(data, f"{prefix}-field", 40)
            if not name:
                continue
            values = [one for one in texts_of(data, f"{prefix}-value") if one.strip()]
            known = FIELDS.get(name)
            if known and known.kind in ("code", "tag", "words"):
                values = [part.strip() for one in values for part in changes.split_tags(one) if part.strip()]
            found.append({"field": name, "op": text_of(data, f"{prefix}-op", 20), "value": values})
    return out


def changes_from(data: FormData) -> list[dict[str, str]]:
    """The posted changes as they are stored; rows without a kind are left out."""
    out = []
    for place in range(changes.AT_MOST):
        kind = text_of(data, f"change-{place}-kind", 20)
        if kind:
            values = [one for one in texts_of(data, f"change-{place}-value") if one.strip()]
            out.append({"kind": kind, "value": ", ".join(values)})
    return out


def conditions_builder(
    known: Names, data: Any, errors: Mapping[str, str] | None = None, *, listing: bool = False, spare: int = 1
) -> Builder:
    """The form part for conditions; `errors` as Invalid gives them, `spare` empty rows at the end of each group."""
    data = data if isinstance(data, dict) else {}
    errors = errors or {}
    groups = {name: _rows(name, data.get(name) or [], errors, spare) for name in ("all", "any")}
    controls = tuple(
        Control(name, _(one.label), _form_of(one.kind), BY_KIND[one.kind], choices_of(name, one, known, listing))
        for name, one in FIELDS.items()
        if not (one.fleeting and listing)
    )
    operators = tuple(Choice(key, _(label)) for key, label in OPERATORS.items())
    return Builder(controls, operators, groups["all"], groups["any"], error=errors.get("conditions", ""))


def _form_of(kind: str) -> str:
    if kind in PICKED:
        return "pick"
    return {"flag": "none", "number": "number", "minutes": "number"}.get(kind, "type")


def _rows(group: str, stored: Sequence[Any], errors: Mapping[str, str], spare: int) -> tuple[Row, ...]:
    rows = []
    for place, one in enumerate(stored[:ROWS]):
        values = one.get("value", []) if isinstance(one, dict) else []
        texts = tuple(str(value) for value in (values if isinstance(values, list | tuple) else [values]))
        name = str(one.get("field", "")) if isinstance(one, dict) else ""
        error = errors.get(f"conditions.{group}.{place}", "")
        op = str(one.get("op", "")) if isinstance(one, dict) else ""
        rows.append(Row(f"{group}-{place}", name, op, texts, ", ".join(texts), error))
    start = len(rows)
    return (*rows, *(Row(f"{group}-{place}") for place in range(start, min(start + spare, ROWS))))


def changes_builder(known: Names, data: Any, errors: Mapping[str, str] | None = None, *, spare: int = 1) -> Builder:
    """The form part for changes."""
    errors = errors or {}
    stored = data if isinstance(data, list | tuple) else []
    rows = [
        Row(f"change-{place}", str(one.get("kind", "")), "", (str(one.get("value", "")),), str(one.get("value", "")),
            errors.get(f"changes.{place}", ""))
        for place, one in enumerate(stored[: changes.AT_MOST]) if isinstance(one, dict)
    ]  # fmt: skip
    start = len(rows)
    rows += [Row(f"change-{place}") for place in range(start, min(start + spare, changes.AT_MOST))]
    controls = tuple(
        Control(name, _(one.label), _change_form(one), (), _change_choices(name, one, known))
        for name, one in changes.KINDS.items()
    )
    return Builder(controls, changes=tuple(rows), error=errors.get("changes", ""))


def _change_form(kind: changes.Kind) -> str:
    return {"choice": "one", "person": "one", "team": "one", "minutes": "number", "text": "long"}.get(
        kind.value, "type"
    )


def _change_choices(name: str, kind: changes.Kind, known: Names) -> tuple[Choice, ...]:
    if kind.value == "person":
        first = (Choice(ME, _("Whoever does it")), Choice(NONE, _("Nobody")))
        return (*first, *(Choice(key, label) for key, label in known.people.items()))
    if kind.value == "team":
        return (Choice(NONE, _("No queue")), *(Choice(key, label) for key, label in known.teams.items()))
    return tuple(Choice(key, label_of(name, key)) for key in kind.choices)


def choices_of(name: str, known_field: Any, known: Names, listing: bool) -> tuple[Choice, ...]:
    """What can be picked for a field."""
    if known_field.kind == "person":
        me = (Choice(ME, _("Me")),) if listing else ()
        return (*me, Choice(NONE, _("Nobody")), *(Choice(key, label) for key, label in known.people.items()))
    if known_field.kind == "team":
        return (Choice(NONE, _("No queue")), *(Choice(key, label) for key, label in known.teams.items()))
    if known_field.kind == "shop":
        return (Choice(NONE, _("No shop")), *(Choice(key, label) for key, label in known.shops.items()))
    return tuple(Choice(key, label_of(name, key)) for key in known_field.choices)


def label_of(name: str, value: str) -> str:
    """A choice's value in the reader's words."""
    words = {"status": STATUS, "priority": PRIORITY, "severity": SEVERITY, "kind": KIND}.get(name)
    if words is not None:
        word = words.get("" if value == NONE else value)
        return _(word.label) if word else value
    if name == "intent":
        return _("Not read") if value == NONE else _(INTENT.get(value, value))
    if name == "emotion":
        return _(MOOD[value].label) if value in MOOD else _("Not read")
    if name == "tier":
        return _("Line {n}", n=value)
    if name == "platform":
        return _("No shop") if value == NONE else _(PLATFORMS.get(value, value))
    return value


def said(one: Condition, known: Names) -> str:
    """A condition in the reader's words."""
    shown = FIELDS[one.field]
    called = {"person": known.people, "team": known.teams, "shop": known.shops}.get(shown.kind)
    if called is not None:
        first = {ME: _("Me"), NONE: _("None")}
        values = [first.get(value) or called.get(value, "?") for value in one.values]
    elif shown.kind == "choice":
        values = [label_of(one.field, value) for value in one.values]
    else:
        values = [_("None") if value == NONE else value for value in one.values]
    text = f"{_(shown.label)} {_(OPERATORS[one.op])}"
    return f"{text} {', '.join(values)}" if values else text


def all_said(conditions: Conditions, known: Names) -> tuple[str, ...]:
    """Conditions in the reader's words, a line each; of the alternatives one line together."""
    lines = [said(one, known) for one in conditions.all]
    if conditions.any:
        lines.append(_(" or ").join(said(one, known) for one in conditions.any))
    return tuple(lines)


def change_said(one: changes.Change, known: Names) -> str:
    """A change in the reader's words."""
    kind = changes.KINDS[one.kind]
    called = {"person": known.people, "team": known.teams}.get(kind.value)
    value = one.value
    if called is not None:
        value = {ME: _("Whoever does it"), NONE: _("None")}.get(value) or called.get(value, "?")
    elif kind.value == "choice":
        value = label_of(one.kind, value)
    return f"{_(kind.label)}: {value}"

"""The form by which a rule is corrected, made from the shape of its topic's value; and the value out of a posted form.

A field is named by the way to it (`value.days`, `value.0.what`), as the faults of `markets.faults` name them. What was
typed is shown again as it was, so everything here is text, lists of text and ticks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from itertools import chain
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from starlette.datastructures import FormData

from dragoman.markets.faults import WHOLE
from dragoman.markets.values import MANY, TYPED
from dragoman.platform.i18n import gettext as _
from dragoman.web.deps import field, fields
from dragoman.web.forms import Choice
from dragoman.web.manage.markets.telling import weekday
from dragoman.web.manage.markets.words import CHOICES, LABELS

SPARE = 2
"""So many empty rows are offered below those that are filled in."""
NONE = "value-none"
"""The tick that says that there is no such rule."""
WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class Part:
    """One field. `kind`: text, long, lines (one entry a line), number, time, select, switch or ticks."""

    name: str
    label: str
    kind: str
    value: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Several of the same kind, each a row of fields; the last ones are empty."""

    label: str
    rows: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field takes: the kind of its parts, and whether it may be left out."""

    kind: str
    options: tuple[str, ...] = ()
    model: type[BaseModel] | None = None
    optional: bool = False


def shape_of(kind: Any) -> Shape:
    """The shape behind a type of `markets.values`."""
    bare, optional = _bare(kind)
    origin, inner = get_origin(bare), get_args(bare)
    if origin is Literal:
        return Shape("select", tuple(map(str, inner)), optional=optional)
    if origin is tuple:
        element = _bare(inner[0])[0]
        if isinstance(element, type) and issubclass(element, BaseModel):
            return Shape("rows", model=element)
        if get_origin(element) is Literal:
            return Shape("ticks", tuple(map(str, get_args(element))))
        return Shape("lines")
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return Shape("model", model=bare, optional=optional)
    kinds = {bool: "switch", int: "number", Decimal: "number", time: "time"}
    return Shape(kinds.get(bare, "text"), optional=optional)


def _bare(kind: Any) -> tuple[Any, bool]:
    """A type without its conditions, and whether None may stand for it."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        some = [one for one in get_args(kind) if one is not NoneType]
        return _bare(some[0])[0], True
    return kind, False


def of_topic(topic: str) -> Shape:
    """The shape of a topic's value; of one that is only shown, lines of text."""
    return shape_of(TYPED[topic]) if topic in TYPED else Shape("lines", optional=True)


def may_be_none(topic: str) -> bool:
    """Whether the law of a market may have no such rule."""
    return of_topic(topic).optional


def parts(topic: str, value: Any) -> tuple[Part | Rows, ...]:
    """The fields for a value as JSON has it, or for a draft that was posted; None: empty fields."""
    shape = of_topic(topic)
    if shape.model and shape.kind == "model":
        return tuple(_of_model(shape.model, WHOLE, value or {}))
    if topic == WEEKEND:
        return (Part(WHOLE, _("Weekend"), "ticks", _joined(value), _weekdays(shape.options)),)
    if topic not in TYPED and isinstance(value, dict):
        value = [f"{key}: {one}" for key, one in value.items()]
    return (_part(WHOLE, _("What holds"), shape, value, required=not shape.optional),)


def _weekdays(keys: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(key, weekday(key)) for key in keys)


def _of_model(model: type[BaseModel], way: str, value: Mapping[str, Any]) -> Iterator[Part | Rows]:
    for name, info in model.model_fields.items():
        shape = shape_of(info.annotation)
        given = value.get(name, None if info.is_required() else info.default)
        required = not shape.optional and (info.is_required() or shape.kind == "select")
        if name == "words":
            shape = Shape("long")
        yield _part(f"{way}.{name}", _(LABELS[name]), shape, given, required=required)


def _part(name: str, label: str, shape: Shape, value: Any, *, required: bool) -> Part | Rows:
    if shape.kind == "rows" and shape.model:
        given = list(value or ())
        count = min(MANY, len(given) + SPARE)
        rows = (_of_model(shape.model, f"{name}.{n}", given[n] if n < len(given) else {}) for n in range(count))
        return Rows(label, tuple(tuple(one for one in row if isinstance(one, Part)) for row in rows))
    choices = tuple(Choice(key, _(CHOICES.get(key, key))) for key in shape.options)
    if shape.kind == "select" and not required:
        choices = (Choice("", "–"), *choices)
    return Part(name, label, shape.kind, _text(shape, value), choices, required)


def _text(shape: Shape, value: Any) -> str:
    if shape.kind == "switch":
        return "yes" if value in (True, "yes") else "no"
    if shape.kind in {"lines", "ticks"}:
        return _joined(value)
    return "" if value is None else str(value)[:5] if shape.kind == "time" else str(value)


def _joined(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def posted(topic: str, data: FormData) -> Any:
    """The draft of a value in a posted form, for `values.own` to judge."""
    shape = of_topic(topic)
    if shape.optional and field(data, NONE, 3) == "yes":
        return None
    if shape.kind == "model" and shape.model:
        return _posted_model(shape.model, WHOLE, data)
    found = _posted(shape, WHOLE, data)
    if topic not in TYPED and isinstance(found, list) and len(found) < 2:
        return "".join(found)  # a single line is a text, several are a list
    return found


def _posted_model(model: type[BaseModel], way: str, data: FormData) -> dict[str, Any]:
    found = {}
    for name, info in model.model_fields.items():
        shape = shape_of(info.annotation)
        value = _posted(shape, f"{way}.{name}", data)
        if value == "" and shape.kind != "text":
            value = None
        if value is None and not shape.optional:
            continue  # what must be given is then missing, what has a default takes it
        found[name] = value
    return found


def _posted(shape: Shape, name: str, data: FormData) -> Any:
    if shape.kind == "switch":
        return field(data, name, 3) == "yes"
    if shape.kind == "ticks":
        return fields(data, name)[:MANY]
    if shape.kind == "lines":
        return [line.strip() for line in field(data, name).splitlines() if line.strip()]
    if shape.kind == "rows" and shape.model:
        rows = (_posted_model(shape.model, f"{name}.{n}", data) for n in range(MANY))
        return [row for row in rows if any(value for key, value in row.items() if key != "kind")]
    return field(data, name, 1000).strip()


def taken(made: tuple[Part | Rows, ...]) -> dict[str, str]:
    """The values of the fields by their names, as `forms.Form` wants them."""
    rows = (((part,),) if isinstance(part, Part) else part.rows for part in made)
    return {one.name: one.value for row in chain.from_iterable(rows) for one in row}


def gathered(errors: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Faults by the fields that show them: one of an entry of a list stands beside the list."""
    found: dict[str, str] = {}
    for name, said in errors.items():
        at = name
        while at not in names and "." in at:
            at = at.rpartition(".")[0]
        found.setdefault(at, said)
    return found

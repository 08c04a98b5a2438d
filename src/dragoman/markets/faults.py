"""What is wrong with a value, in words beside the field. Pure."""

from __future__ import annotations

from pydantic import ValidationError

from dragoman.kit.errors import N_
from dragoman.kit.text import storable
from dragoman.markets.values import ADAPTERS

FAULTS: dict[str, str] = {
    "missing": N_("This is required."),
    "extra_forbidden": N_("This is not known here."),
    "string_type": N_("This must be a text."),
    "string_too_long": N_("This is too long."),
    "string_too_short": N_("This is required."),
    "too_long": N_("These are too many."),
    "int_type": N_("A whole number is needed."),
    "int_parsing": N_("A whole number is needed."),
    "int_from_float": N_("A whole number is needed."),
    "decimal_type": N_("A number is needed."),
    "decimal_parsing": N_("A number is needed."),
    "greater_than_equal": N_("This number is too small."),
    "less_than_equal": N_("This number is too large."),
    "literal_error": N_("Choose one of what is offered."),
    "bool_type": N_("This must be true or false."),
    "bool_parsing": N_("This must be true or false."),
    "time_type": N_("An hour is written like 21:30."),
    "time_parsing": N_("An hour is written like 21:30."),
    "string_pattern_mismatch": N_("This does not have the right form."),
}
UNUSABLE = N_("This value can't be used.")
WHOLE = "value"
"""The field that stands for the value as a whole."""


def beside(topic: str, error: ValidationError) -> dict[str, str]:
    """The first fault of each field: `value`, or `value.` and the way into it, such as `value.quiet_hours.0.start`."""
    found: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False):
        way = one["loc"] if topic in ADAPTERS else ()
        inner = one.get("ctx", {}).get("error")
        said = str(inner) if isinstance(inner, ValueError) else FAULTS.get(one["type"], UNUSABLE)
        found.setdefault(storable(".".join((WHOLE, *map(str, way))))[:200], said)
    return found

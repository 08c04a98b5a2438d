"""Measures between the systems that markets read (R64), rounded as people say them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from dragoman.markets.packs import Pack

Unit = Literal["in", "ft", "mm", "cm", "m", "oz", "lb", "g", "kg", "F", "C"]
LENGTHS: dict[Unit, Decimal] = {
    "mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4"), "ft": Decimal("304.8"),
}  # fmt: skip
"""In millimetres (international yard and pound agreement of 1959, exact)."""
WEIGHTS: dict[Unit, Decimal] = {
    "g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"), "lb": Decimal("453.59237"),
}  # fmt: skip
"""In grams (the same agreement, exact)."""
IN_MILLIMETRES = frozenset({"DE", "JP"})
"""Markets that want sizes in millimetres (R64, R99)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A value in a unit; `step` is what it was rounded to."""

    value: Decimal
    unit: Unit
    step: Decimal = Decimal(0)


def _exact(value: Decimal, unit: Unit, to: Unit) -> Decimal:
    for table in (LENGTHS, WEIGHTS):
        if unit in table and to in table:
            return value * table[unit] / table[to]
    if (unit, to) == ("F", "C"):
        return (value - 32) * 5 / 9
    if (unit, to) == ("C", "F"):
        return value * 9 / 5 + 32
    if unit == to:
        return value
    raise ValueError(f"{unit} and {to} measure different things")


def _step(value: Decimal, unit: Unit) -> Decimal:
    if unit in {"F", "C", "mm"} or abs(value) >= 1000 or (unit == "g" and abs(value) >= 100):
        return Decimal(1)
    return Decimal("0.01") if abs(value) < 1 else Decimal("0.1")


def convert(value: Decimal, unit: Unit, to: Unit) -> Measure:
    """The value in another unit, rounded half up: degrees and millimetres whole, small values finer.

    Raises ValueError where the units measure different things.
    """
    if unit == to:
        return Measure(value, unit)
    exact = _exact(value, unit, to)
    step = _step(exact, to)
    return Measure(exact.quantize(step, ROUND_HALF_UP), to, step)


def reads(pack: Pack, unit: Unit) -> Unit:
    """The unit in which that market reads what is given in `unit`."""
    imperial = pack.measurement == "imperial"
    if unit in {"F", "C"}:
        return "F" if imperial else "C"
    if unit in WEIGHTS:
        small = unit in {"g", "oz"}
        return ("oz" if small else "lb") if imperial else ("g" if small else "kg")
    if imperial:
        return "ft" if unit in {"m", "ft"} else "in"
    if unit in {"m", "ft"}:
        return "m"
    return "mm" if pack.iso in IN_MILLIMETRES or unit == "mm" else "cm"


def told_in(pack: Pack, value: Decimal, unit: Unit) -> Measure:
    """The measure as that market reads it; one that it reads already stays untouched."""
    return convert(value, unit, unit if _at_home(pack, unit) else reads(pack, unit))


def _at_home(pack: Pack, unit: Unit) -> bool:
    if pack.measurement == "imperial":
        return unit in {"in", "ft", "oz", "lb", "F"}
    return unit in {"mm", "m", "g", "kg", "C"} or (unit == "cm" and pack.iso not in IN_MILLIMETRES)

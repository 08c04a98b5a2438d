"""The shape of the value of each topic. Days are whole days; a rate is a percentage; times are local to the market."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, model_validator

DayKind = Literal["calendar", "business"]
Days = int | None


class Shape(BaseModel):
    """What all values share: no unknown fields, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Withdrawal(Shape):
    """The right to send an order back without a reason. A market without that right has no value at all."""

    days: int = Field(ge=1, le=365)
    day_kind: DayKind = "calendar"
    counts_from: Literal["delivery", "contract"] = "delivery"
    reason_needed: bool = False
    conditional: bool = False
    """Whether the right depends on a fact that the desk cannot see, told in `conditions`."""
    conditions: tuple[str, ...] = ()
    send_back_days: Days = None
    extension_if_not_informed_months: Days = None
    mismatch_months: Days = None
    mismatch_days_from_knowing: Days = None


class PaidBy(Shape):
    """Who pays for sending the goods back."""

    paid_by: Literal["consumer", "trader", "depends"]
    words: str = ""


class Refund(Shape):
    """By when the money must be back."""

    days: int = Field(ge=1, le=365)
    day_kind: DayKind = "calendar"
    counts_from: Literal["notice", "goods_back"] = "notice"
    may_withhold_until: str = ""
    delay_interest_percent: Decimal | None = None


class Guarantee(Shape):
    """How long the seller answers for faults. Only `words` where the law names no term."""

    years: Days = None
    days: Days = None
    days_non_durable: Days = None
    reject_days: Days = None
    presumption_months: Days = None
    remedies: tuple[str, ...] = ()
    words: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Guarantee:
        if not (self.years or self.days or self.words):
            raise ValueError("a guarantee needs years, days or words")
        return self


class Tax(Shape):
    """Value added tax: the usual rate and the reduced ones, in percent."""

    rate: Decimal | None = Field(default=None, ge=0, le=100)
    reduced: tuple[Decimal, ...] = ()
    words: str = ""


class LowValue(Shape):
    """The value up to which a parcel comes in without duty. 0: none; no limit: the sources do not agree."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    limit: Decimal | None = Field(ge=0)
    words: str = ""


class Deadline(Shape):
    """By when an answer is owed; exactly one of hours, days and months is given."""

    hours: Days = None
    days: Days = None
    months: Days = None
    day_kind: DayKind = "calendar"
    extension_days: Days = None
    extension_months: Days = None
    acknowledge_days: Days = None
    acknowledge_hours: Days = None
    silence: Literal["accepted"] | None = None
    words: str = ""

    @model_validator(mode="after")
    def _one_term(self) -> Deadline:
        if sum(term is not None for term in (self.hours, self.days, self.months)) != 1:
            raise ValueError("a deadline needs exactly one of hours, days and months")
        return self


class Quiet(Shape):
    """Hours in which nothing may be sent; no channels: on none of them. May run over midnight."""

    start: time
    end: time
    channels: tuple[str, ...] = ()


class Marketing(Shape):
    """Whether somebody may be written to for advertising."""

    model: Literal["opt_in", "opt_out", "soft_opt_in"]
    quiet_hours: tuple[Quiet, ...] = ()
    unsubscribe_days: Days = None
    day_kind: DayKind = "calendar"
    label: str = ""
    reconfirm_years: Days = None
    ramadan_daytime: bool = False
    """Whether no advertising goes out in the daytime of Ramadan (R96)."""
    words: str = ""


class Taboo(Shape):
    """What to avoid there."""

    what: str = Field(min_length=1)
    kind: Literal["gesture", "colour", "number", "symbol", "religion", "politics", "tone", "food", "image"]
    why: str = ""


class Peak(Shape):
    """A busy or quiet time: on a day, in a month (no day), or by a rule of `days.RULES`."""

    name: str = Field(min_length=1)
    kind: Literal["holiday", "sale", "religious"]
    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)
    rule: str = ""

    @model_validator(mode="after")
    def _has_a_time(self) -> Peak:
        if bool(self.month) == bool(self.rule):
            raise ValueError("a peak needs either a month or a rule")
        return self


class Honorific(Shape):
    """How people are usually addressed, told in words, and whether formally."""

    words: str = Field(min_length=1)
    formal: bool


Exclusion = Literal[
    "made_to_measure", "perishable", "unsealed_hygiene", "unsealed_media", "digital_begun",
]  # fmt: skip
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

TYPED: dict[str, Any] = {
    "withdrawal": Withdrawal | None,
    "withdrawal_return_cost": PaidBy,
    "withdrawal_exclusions": tuple[Exclusion, ...],
    "refund_deadline": Refund,
    "legal_guarantee": Guarantee | None,
    "vat": Tax,
    "deminimis_duty": LowValue,
    "dsar_deadline": Deadline | None,
    "complaint_deadline": Deadline,
    "marketing": Marketing,
    "taboos": tuple[Taboo, ...],
    "peaks": tuple[Peak, ...],
    "channels": tuple[str, ...],
    "restricted": tuple[str, ...],
    "weekend": tuple[Weekday, ...],
    "honorific": Honorific,
    "tone": str,
}
"""The topics that readers compute with."""
ADAPTERS: dict[str, TypeAdapter[Any]] = {topic: TypeAdapter(shape) for topic, shape in TYPED.items()}
PLAIN: TypeAdapter[Any] = TypeAdapter(JsonValue)


def read(topic: str, value: object) -> Any:
    """The value in its topic's shape; a topic that is only shown may hold any words. Raises pydantic's error."""
    return ADAPTERS.get(topic, PLAIN).validate_python(value)

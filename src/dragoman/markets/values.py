"""The shape of the value of each topic. Days are whole days; a rate is a percentage; times are local to the market."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, model_validator

from dragoman.kit.errors import N_
from dragoman.kit.text import storable

LONGEST, MANY = 600, 60
"""Characters of a text, and entries of a list, at most."""


def _local(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError(N_("Give the hour as clocks show it there, without a zone."))
    return at


DayKind = Literal["calendar", "business"]
Days = Annotated[int, Field(ge=0, le=3650)] | None
Years = Annotated[int, Field(ge=1, le=50)] | None
Words = Annotated[str, Field(max_length=LONGEST), AfterValidator(storable)]
Named = Annotated[Words, Field(min_length=1)]
Several = Annotated[tuple[Named, ...], Field(max_length=MANY)]
Hour = Annotated[time, AfterValidator(_local)]
PEAK_RULES = (
    "thanksgiving_us", "black_friday", "cyber_monday", "second_sunday_may", "carnival", "ramadan", "eid_al_fitr",
    "eid_al_adha",
)  # fmt: skip
"""The rules by which days.py finds a busy time; besides them `public_holiday:` and a holiday's English name."""


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
    conditions: Several = ()
    send_back_days: Days = None
    extension_if_not_informed_months: Days = None
    mismatch_months: Days = None
    mismatch_days_from_knowing: Days = None


class PaidBy(Shape):
    """Who pays for sending the goods back."""

    paid_by: Literal["consumer", "trader", "depends"]
    words: Words = ""


class Refund(Shape):
    """By when the money must be back."""

    days: int = Field(ge=1, le=365)
    day_kind: DayKind = "calendar"
    counts_from: Literal["notice", "goods_back"] = "notice"
    may_withhold_until: Words = ""
    delay_interest_percent: Decimal | None = Field(default=None, ge=0, le=100)


class Guarantee(Shape):
    """How long the seller answers for faults. Only `words` where the law names no term."""

    years: Years = None
    days: Days = None
    days_non_durable: Days = None
    reject_days: Days = None
    presumption_months: Days = None
    remedies: Several = ()
    words: Words = ""

    @model_validator(mode="after")
    def _says_something(self) -> Guarantee:
        if not (self.years or self.days or self.words):
            raise ValueError(N_("Give years, days or words."))
        return self


class Tax(Shape):
    """Value added tax: the usual rate and the reduced ones, in percent."""

    rate: Decimal | None = Field(default=None, ge=0, le=100)
    reduced: tuple[Annotated[Decimal, Field(ge=0, le=100)], ...] = Field(default=(), max_length=10)
    words: Words = ""


class LowValue(Shape):
    """The value up to which a parcel comes in without duty. 0: none; no limit: the sources do not agree."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    limit: Decimal | None = Field(ge=0, le=10**9)
    words: Words = ""


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
    words: Words = ""

    @model_validator(mode="after")
    def _one_term(self) -> Deadline:
        if sum(term is not None for term in (self.hours, self.days, self.months)) != 1:
            raise ValueError(N_("Give exactly one of hours, days and months."))
        return self


class Quiet(Shape):
    """Hours in which nothing may be sent; no channels: on none of them. May run over midnight."""

    start: Hour
    end: Hour
    channels: Several = ()


class Marketing(Shape):
    """Whether somebody may be written to for advertising."""

    model: Literal["opt_in", "opt_out", "soft_opt_in"]
    quiet_hours: tuple[Quiet, ...] = Field(default=(), max_length=MANY)
    unsubscribe_days: Days = None
    day_kind: DayKind = "calendar"
    label: Words = ""
    reconfirm_years: Years = None
    ramadan_daytime: bool = False
    """Whether no advertising goes out in the daytime of Ramadan (R96)."""
    words: Words = ""


class Taboo(Shape):
    """What to avoid there."""

    what: Named
    kind: Literal["gesture", "colour", "number", "symbol", "religion", "politics", "tone", "food", "image"]
    why: Words = ""


class Peak(Shape):
    """A busy or quiet time: on a day, in a month (no day), or by one of `PEAK_RULES`."""

    name: Named
    kind: Literal["holiday", "sale", "religious"]
    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)
    rule: Words = ""

    @model_validator(mode="after")
    def _has_a_time(self) -> Peak:
        if bool(self.month) == bool(self.rule):
            raise ValueError(N_("Give either a month or a rule."))
        if self.rule and self.rule not in PEAK_RULES and not self.rule.startswith("public_holiday:"):
            raise ValueError(N_("There is no such rule."))
        if self.month and self.day:
            try:
                date(2001, self.month, self.day)
            except ValueError as error:
                raise ValueError(N_("There is no such day in every year.")) from error
        return self


class Honorific(Shape):
    """How people are usually addressed, told in words, and whether formally."""

    words: Named
    formal: bool


Exclusion = Literal[
    "made_to_measure", "perishable", "unsealed_hygiene", "unsealed_media", "digital_begun",
]  # fmt: skip
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

TYPED: dict[str, Any] = {
    "withdrawal": Withdrawal | None,
    "withdrawal_return_cost": PaidBy,
    "withdrawal_exclusions": Annotated[tuple[Exclusion, ...], Field(max_length=MANY)],
    "refund_deadline": Refund,
    "legal_guarantee": Guarantee | None,
    "vat": Tax,
    "deminimis_duty": LowValue,
    "dsar_deadline": Deadline | None,
    "complaint_deadline": Deadline,
    "marketing": Marketing,
    "taboos": Annotated[tuple[Taboo, ...], Field(max_length=MANY)],
    "peaks": Annotated[tuple[Peak, ...], Field(max_length=MANY)],
    "channels": Several,
    "restricted": Several,
    "weekend": Annotated[tuple[Weekday, ...], Field(max_length=6)],
    "honorific": Honorific,
    "tone": Named,
}
"""The topics that readers compute with."""
ADAPTERS: dict[str, TypeAdapter[Any]] = {topic: TypeAdapter(shape) for topic, shape in TYPED.items()}
PLAIN: TypeAdapter[Any] = TypeAdapter(JsonValue)
OWN_PLAIN: TypeAdapter[Any] = TypeAdapter(Named | Annotated[list[Named], Field(max_length=MANY)] | None)


def read(topic: str, value: object) -> Any:
    """The value in its topic's shape; a topic that is only shown may hold any words. Raises pydantic's error."""
    return ADAPTERS.get(topic, PLAIN).validate_python(value)


def own(topic: str, value: object) -> Any:
    """A workspace's value in its topic's shape; for a topic that is only shown, a text or a list of texts, or None.

    Raises pydantic's ValidationError.
    """
    return ADAPTERS.get(topic, OWN_PLAIN).validate_python(value)


def write(topic: str, value: object) -> Any:
    """The value as JSON has it; `read` takes it back."""
    return ADAPTERS.get(topic, PLAIN).dump_python(value, mode="json")

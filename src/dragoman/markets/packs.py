"""The shipped packs: one file for each market, what the European Union shares, and the sources they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dragoman.kit.errors import N_
from dragoman.markets import values
from dragoman.markets.topics import TOPICS, Topic

UNSOURCED = "unsourced"
OWN = "workspace"
"""The source of what a workspace has corrected."""
FOLDER = Path(__file__).with_name("packs")
Standing = Literal["fact", "to_confirm", "stale"]
STANDINGS: dict[Standing, str] = {
    "fact": N_("Known"),
    "to_confirm": N_("To be confirmed"),
    "stale": N_("To be confirmed: may have changed"),
}
"""A rule's standing in words."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Frozen):
    """Where facts come from: an address, or the name of a data set; `as_of` where the page tells its date."""

    url: str = Field(min_length=1)
    as_of: date | None = None

    @property
    def link(self) -> str | None:
        """The address, if the source is a page; what stands behind it says which part is meant."""
        return self.url.partition(" ")[0] if self.url.startswith(("https://", "http://")) else None


class Rule(_Frozen):
    """What holds in a market on a topic. `as_of` is the earliest day that its source may speak of."""

    topic: str
    value: Any
    note: str = ""
    source: str
    as_of: date | None
    valid_from: date | None = None
    valid_to: date | None = None
    confidence: Literal["high", "medium", "low"]
    confirmed: bool = False
    """Whether the workspace has confirmed it; `as_of` is then the day on which it did."""
    corrected: bool = False
    """Whether the value is the workspace's own."""
    url: str = ""
    """Where the workspace found its own value."""

    @field_validator("topic")
    @classmethod
    def _known_topic(cls, topic: str) -> str:
        if topic not in TOPICS:
            raise ValueError(f"unknown topic {topic}")
        return topic

    @field_validator("source")
    @classmethod
    def _known_source(cls, source: str) -> str:
        if source not in {UNSOURCED, OWN} and source not in sources():
            raise ValueError(f"unknown source {source}")
        return source

    @model_validator(mode="before")
    @classmethod
    def _shaped(cls, fields: Any) -> Any:
        if not isinstance(fields, dict) or "value" not in fields:
            return fields
        return fields | {"value": values.read(str(fields.get("topic")), fields["value"])}

    @model_validator(mode="after")
    def _ordered(self) -> Rule:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    @property
    def about(self) -> Topic:
        """The topic's name and group."""
        return TOPICS[self.topic]

    @property
    def link(self) -> str:
        """The page that says so; empty where there is none."""
        return self.url or (sources()[self.source].link if self.source in sources() else None) or ""

    @property
    def where(self) -> str:
        """What the source is called; empty for general knowledge and for the workspace's own word."""
        if self.link:
            return urlsplit(self.link).hostname or self.link
        return sources()[self.source].url if self.source in sources() else ""

    def in_force(self, day: date) -> bool:
        """Whether it holds on that day, as far as its dates are known."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def standing(self, today: date) -> Standing:
        """How far it can be relied on today.

        Past its end it is stale whatever its source says; so is one older than its topic allows. Without a source or
        a date, or with low confidence, it is to be confirmed, unless the workspace has done so.
        """
        if self.valid_to is not None and self.valid_to < today:
            return "stale"
        if not self.confirmed and (self.confidence == "low" or self.source == UNSOURCED):
            return "to_confirm"
        if self.as_of is None:
            return "fact" if self.confirmed else "to_confirm"
        return "stale" if today - self.as_of > timedelta(days=self.about.fresh_days) else "fact"

    def to_be_confirmed(self, today: date) -> bool:
        """Whether it must be shown as to be confirmed: law, tax and platform rules that are not facts."""
        return self.about.binding and self.standing(today) != "fact"


class Address(_Frozen):
    """How an address is written (`_` is a new line), and what a postcode looks like."""

    show: str
    edit: str
    postcode_regex: str | None = None
    postcode_example: str | None = None
    source: str

    @field_validator("postcode_regex")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        re.compile(pattern or "")
        return pattern


class Pack(_Frozen):
    """A market: its plain facts and its rules, what its region shares included."""

    iso: str = Field(pattern=r"^[A-Z]{2}$")
    inherit: str | None = None
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    dial_code: str
    measurement: Literal["metric", "imperial"]
    name_order: Literal["given_first", "family_first"]
    locales: tuple[str, ...] = Field(min_length=1)
    weekend: tuple[values.Weekday, ...]
    time_zones: tuple[str, ...] = Field(min_length=1)
    address: Address
    rules: Mapping[str, Rule]

    def value(self, topic: str) -> Any:
        """A rule's value, or None where the market has no such rule."""
        rule = self.rules.get(topic)
        return rule.value if rule else None


class NoPack(LookupError):
    """There is no pack for that country: nothing may be told about its rules."""


class _Strict(yaml.SafeLoader):
    """Refuses a key that is given twice, which YAML would silently let win."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"given twice: {', '.join(map(str, twice))}")
    return {key: loader.construct_object(one, deep=True) for key, (_, one) in zip(keys, node.value, strict=True)}


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse(text: str) -> Any:
    """YAML text as data. Raises ValueError where a key is given twice."""
    return yaml.load(text, Loader=_Strict)  # noqa: S506 (a safe loader that is stricter)


def _file(name: str) -> Any:
    return parse((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def sources() -> dict[str, Source]:
    """All sources by their keys."""
    return {key: Source(**fields) for key, fields in _file("sources").items()}


def _rules(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Rule]:
    return {topic: Rule(topic=topic, **row) for topic, row in rows.items()}


@cache
def region(iso: str) -> dict[str, Rule]:
    """The rules that the markets of a region share."""
    return _rules(_file(iso.lower())["rules"])


@cache
def markets() -> tuple[str, ...]:
    """The countries that have a pack, by ISO 3166 code."""
    return tuple(sorted(path.stem.upper() for path in FOLDER.glob("??.yaml") if path.stem != "eu"))


@cache
def load(iso: str) -> Pack:
    """The pack of a country. Raises NoPack; a pack never stands in for another country's (R147)."""
    if iso not in markets():
        raise NoPack(iso)
    fields = _file(iso.lower())
    shared = region(fields["inherit"]) if fields["inherit"] else {}
    return Pack(**fields | {"rules": shared | _rules(fields["rules"])})

"""Markets: what differs by country, as shipped and as the workspace has confirmed or corrected it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import Field, JsonValue

from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me
from dragoman.kit import clock
from dragoman.kit.errors import N_, NotFound
from dragoman.markets import packs, service, values
from dragoman.markets.packs import Pack, Rule
from dragoman.markets.topics import TOPICS
from dragoman.platform.i18n import gettext as _

router = APIRouter(route_class=Door, tags=["Markets"])
READ = "ticket.read"
Iso = Annotated[str, Path(description="ISO 3166.", examples=["DE"], json_schema_extra={"enum": [*packs.markets()]})]
Topic = Annotated[
    str, Path(description="A rule's topic.", examples=["withdrawal"], json_schema_extra={"enum": [*TOPICS]})
]
Standing = Literal["fact", "to_confirm", "stale"]


class MarketRuleOut(Out):
    """One rule of a market."""

    topic: str = Field(examples=["withdrawal"])
    label: str = Field(description="The topic in words, in the language of Accept-Language.", examples=["Withdrawal"])
    group: str = Field(examples=["rights"])
    value: JsonValue = Field(
        description="Its shape is that of its topic; null: there is no such rule by law.",
        examples=[{"days": 14, "counts_from": "delivery"}],
    )
    note: str
    source: str = Field(description="Where it is from; empty: general knowledge or the workspace's own word.")
    source_url: str = Field(description="The page that says so, where there is one.")
    as_of: date | None = Field(description="The day that its source speaks of, or on which the workspace spoke.")
    valid_from: date | None
    valid_to: date | None
    confidence: Literal["high", "medium", "low"]
    standing: Standing = Field(description="Whether it can be relied on today. Only a `fact` may be told as one.")
    confirmed: bool = Field(description="Whether the workspace has confirmed or corrected it.")
    corrected: bool = Field(description="Whether the value is the workspace's own.")


class MarketCounts(Out):
    """How many rules a market has, and how they stand."""

    all: int
    to_confirm: int
    stale: int
    corrected: int


class MarketOut(Out):
    """A market in the list."""

    iso: str = Field(description="ISO 3166.", examples=["DE"])
    currency: str = Field(examples=["EUR"])
    locales: list[str] = Field(examples=[["de-DE"]])
    counts: MarketCounts


class MarketWhole(MarketOut):
    """A market with all its rules."""

    dial_code: str = Field(examples=["+49"])
    measurement: Literal["metric", "imperial"]
    name_order: Literal["given_first", "family_first"]
    weekend: list[str] = Field(examples=[["sat", "sun"]])
    time_zones: list[str] = Field(examples=[["Europe/Berlin"]])
    rules: list[MarketRuleOut]


class MarketRuleIn(In):
    """What the workspace says of a rule."""

    value: JsonValue = Field(
        None, description="What holds, in the shape of its topic. Left out, the rule is confirmed as it stands; null "
        "says that there is no such rule by law.", examples=[{"days": 14, "counts_from": "delivery"}],
    )  # fmt: skip
    note: Annotated[Words, Field(max_length=service.NOTE, examples=["Sec. 355 of the civil code"])] = ""
    source_url: Annotated[Words, Field(
        max_length=service.URL, description="The page that says so.",
        examples=["https://www.gesetze-im-internet.de/bgb/__355.html"],
    )] = ""  # fmt: skip


def rule_shown(rule: Rule, today: date) -> MarketRuleOut:
    """A rule as the API gives it."""
    return MarketRuleOut(
        topic=rule.topic, label=_(rule.about.label), group=rule.about.group,
        value=values.write(rule.topic, rule.value), note=rule.note, source=rule.where, source_url=rule.link,
        as_of=rule.as_of, valid_from=rule.valid_from, valid_to=rule.valid_to, confidence=rule.confidence,
        standing=rule.standing(today), confirmed=rule.confirmed, corrected=rule.corrected,
    )  # fmt: skip


def _facts(pack: Pack, today: date) -> dict[str, Any]:
    standings = [rule.standing(today) for rule in pack.rules.values()]
    return {
        "iso": pack.iso, "currency": pack.currency, "locales": list(pack.locales),
        "counts": MarketCounts(
            all=len(standings), to_confirm=standings.count("to_confirm"), stale=standings.count("stale"),
            corrected=sum(rule.corrected for rule in pack.rules.values()),
        ),
    }  # fmt: skip


@router.get("/markets", summary="List markets", response_model=Listed[MarketOut], **needs("markets:read"))
async def list_markets(me: Me) -> Response:
    """All markets that have a pack. The list comes whole."""
    me.actor.require(READ)
    today = clock.now().date()
    return answers.page(me, [MarketOut(**_facts(one, today)) for one in await service.load_packs(me.session)])


@router.get("/markets/{iso}", summary="Read a market", response_model=MarketWhole, **needs("markets:read"))
async def read_market(me: Me, iso: Iso) -> Response:
    """One market: its plain facts, and its rules with the workspace's words laid over the shipped ones."""
    me.actor.require(READ)
    pack, today = await service.get_pack(me.session, iso), clock.now().date()
    return answers.one(me, MarketWhole(
        **_facts(pack, today), dial_code=pack.dial_code, measurement=pack.measurement, name_order=pack.name_order,
        weekend=list(pack.weekend), time_zones=list(pack.time_zones),
        rules=[rule_shown(rule, today) for rule in pack.rules.values()],
    ))  # fmt: skip


async def _rule(me: Me, iso: str, topic: str) -> MarketRuleOut:
    rule = (await service.get_pack(me.session, iso)).rules.get(topic)
    if rule is None:
        raise NotFound(N_("There is no such rule."))
    return rule_shown(rule, clock.now().date())


@router.put(
    "/markets/{iso}/rules/{topic}", summary="Confirm or correct a rule", response_model=MarketRuleOut,
    **needs("markets:write"),
)  # fmt: skip
async def put_rule(me: Me, iso: Iso, topic: Topic, said: MarketRuleIn) -> Response:
    """With a value the rule is corrected, without one it is confirmed as it stands; 409 for one that has ended."""
    if "value" in said.model_fields_set:
        await service.correct(
            me.session, me.actor, iso, topic, value=said.value, note=said.note, source_url=said.source_url
        )
    else:
        await service.confirm(me.session, me.actor, iso, topic)
    return answers.one(me, await _rule(me, iso, topic))


@router.delete(
    "/markets/{iso}/rules/{topic}", summary="Restore a rule", response_model=MarketWhole, **needs("markets:write")
)
async def restore_rule(me: Me, iso: Iso, topic: Topic) -> Response:
    """Takes the workspace's word back, so that the shipped rule holds again. Answers the market."""
    await service.restore(me.session, me.actor, iso, topic)
    return await read_market(me, iso)

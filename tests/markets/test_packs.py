"""The shipped packs are whole, and a rule knows how far it can be relied on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from babel import Locale
from pydantic import ValidationError

from dragoman.markets import packs
from dragoman.markets.packs import NoPack, Rule

TODAY = date(2026, 11, 22)


def rule(**fields: Any) -> Rule:
    return Rule(
        **{"topic": "vat", "value": {"rate": 19}, "source": "nst", "as_of": TODAY, "confidence": "high"} | fields
    )


@pytest.mark.req("R138")
def test_all_packs_load() -> None:
    assert len(packs.markets()) == 24
    for iso in packs.markets():
        pack = packs.load(iso)
        assert pack.iso == iso
        assert {"marketing", "taboos", "peaks", "channels", "honorific", "tone"} <= set(pack.rules)
        for locale in pack.locales:
            Locale.parse(locale, sep="-")
    assert packs.load("DE").rules["withdrawal"] == packs.region("EU")["withdrawal"]
    assert packs.load("ES").value("legal_guarantee").years == 3, "a country's own word wins over the region's"


@pytest.mark.req("R147")
@pytest.mark.parametrize("iso", ["CN", "EU", "UK", "de", "../de"])
def test_no_pack_stands_in_for_another(iso: str) -> None:
    with pytest.raises(NoPack):
        packs.load(iso)


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "colour_of_money"},
        {"source": "hearsay"},
        {"source": ""},
        {"value": {"rate": 101}},
        {"value": {"rates": 19}},
        {"confidence": "sure"},
        {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
        {"topic": "dsar_deadline", "value": {"days": 3, "months": 1}},
        {"topic": "withdrawal", "value": {"days": 0}},
        {"topic": "peaks", "value": [{"name": "never", "kind": "sale"}]},
    ],
)
def test_wrong_rules_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**wrong)


def test_a_key_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="given twice: vat"):
        packs.parse("rules:\n  vat: 1\n  vat: 2\n")


@pytest.mark.req("R240")
@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ({}, "fact"),
        ({"as_of": TODAY - timedelta(days=90)}, "fact"),
        ({"as_of": TODAY - timedelta(days=91)}, "stale"),
        ({"topic": "tone", "value": "calm", "as_of": TODAY - timedelta(days=365)}, "fact"),
        ({"topic": "tone", "value": "calm", "as_of": TODAY - timedelta(days=366)}, "stale"),
        ({"as_of": None}, "to_confirm"),
        ({"as_of": None, "confirmed": True}, "fact"),
        ({"confidence": "low"}, "to_confirm"),
        ({"source": "unsourced"}, "to_confirm"),
        ({"source": "unsourced", "confirmed": True}, "fact"),
        ({"valid_to": TODAY}, "fact"),
        ({"valid_to": TODAY - timedelta(days=1)}, "stale"),
        ({"valid_to": TODAY - timedelta(days=1), "confirmed": True}, "stale"),
    ],
)
def test_the_standing_of_a_rule(fields: dict[str, Any], standing: str) -> None:
    one = rule(**fields)
    assert one.standing(TODAY) == standing
    assert one.to_be_confirmed(TODAY) is (standing != "fact" and one.about.binding)


def test_values_have_their_types() -> None:
    assert packs.load("FR").value("vat").reduced == (Decimal(10), Decimal("5.5"), Decimal("2.1"))
    assert packs.load("US").rules["withdrawal"].value is None
    assert packs.load("KR").value("marketing").quiet_hours[0].start.hour == 21


def test_a_link_is_the_address_alone() -> None:
    assert packs.sources()["vr"].url.endswith(" vat-rates.json")
    assert packs.load("DE").rules["vat"].link == "https://github.com/ibericode/vat-rates"
    assert packs.load("DE").rules["vat"].where == "github.com"
    for key, source in packs.sources().items():
        assert source.link is None or " " not in source.link, key
    assert rule(source="unsourced").link == rule(source="unsourced").where == ""

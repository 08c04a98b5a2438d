"""Terms and costs of sending back, against the law of the market."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dragoman.replies.checks import Context
from dragoman.replies.checks.law import find

FOURTEEN = Context(language="en", market="DE", withdrawal_days=14)


def laws(text: str, context: Context) -> dict[str, str]:
    """What is found, with the words it speaks of."""
    return {one.check: text[one.start : one.end] for one in find(text, context)}


@pytest.mark.req("R147")
@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("You can return the lamp within 7 days.", True),
        ("You can return the lamp within seven days of delivery for a full refund.", True),
        ("Returns are possible for 3-10 days.", True),
        ("You can return the lamp within 14 days.", False),
        ("You can return the lamp within 30 days.", False),
        ("Returns are possible for 7-14 days.", False),
        ("The refund reaches you 5 days after your return.", False),
        ("Your return is refunded within 5 business days.", False),
        ("You still have 5 days left to return it.", False),
        ("Your parcel arrives in 3 days.", False),
        ("Please send it back with label 7.", False),
    ],
)
def test_only_a_shorter_term_than_the_laws_is_wrong(text: str, wrong: bool) -> None:
    assert ("law.return_period" in laws(text, FOURTEEN)) == wrong


def test_the_term_is_the_markets() -> None:
    text = "You can return the lamp within 7 days."
    assert laws(text, replace(FOURTEEN, withdrawal_days=7)) == {}
    assert laws(text, replace(FOURTEEN, withdrawal_days=None)) == {}, "not known, so not said"
    (finding,) = find(text, FOURTEEN)
    assert finding.why.format(**finding.values) == "The law grants 14 days here; this names fewer."
    assert text[finding.start : finding.end] == "7 day"


@pytest.mark.req("R146")
@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Please send back the broken lamp at your own expense.", True),
        ("You pay for the repair of the faulty plug.", True),
        ("You can send the lamp back at your own expense if you change your mind.", False),
        ("We collect the faulty lamp free of charge.", False),
        ("The return of the faulty lamp is not at your expense.", False),
    ],
)
def test_a_defect_is_at_the_sellers_cost(text: str, wrong: bool) -> None:
    assert ("law.return_cost" in laws(text, FOURTEEN)) == wrong
    assert "law.return_cost" not in laws(text, replace(FOURTEEN, market="US"))

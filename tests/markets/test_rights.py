"""What a customer may ask for after a sale, by market and day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.markets import packs
from dragoman.markets.rights import Right, after_sales, years_later

NONE: frozenset[str] = frozenset()
ARRIVED = date(2026, 11, 2)


def withdrawal(
    iso: str, ordered: date | None, delivered: date | None, today: date, goods: frozenset[str] = NONE
) -> Right | None:
    found = after_sales(packs.load(iso), ordered, delivered, today, "shop", goods)
    return next((right for right in found if right.name == "withdrawal"), None)


@pytest.mark.req("R146")
@pytest.mark.req("R244")
@pytest.mark.parametrize(
    ("iso", "until"),
    [
        ("DE", date(2026, 11, 16)), ("SE", date(2026, 11, 16)), ("GB", date(2026, 11, 16)), ("TR", date(2026, 11, 16)),
        ("BR", date(2026, 11, 9)), ("KR", date(2026, 11, 9)), ("SA", date(2026, 11, 9)), ("RU", date(2026, 11, 9)),
        ("JP", date(2026, 11, 10)), ("MX", date(2026, 11, 9)),
    ],
)  # fmt: skip
def test_the_last_day_to_send_back(iso: str, until: date) -> None:
    right = withdrawal(iso, date(2026, 10, 20), ARRIVED, ARRIVED)
    assert right is not None
    assert right.until == until
    on_time, late = (withdrawal(iso, date(2026, 10, 20), ARRIVED, day) for day in (until, until + timedelta(days=1)))
    assert on_time is not None
    assert late is not None
    assert on_time.open is (None if iso == "JP" else True), "Japan: only if the offer said nothing"
    assert late.open is False


@pytest.mark.req("R147")
@pytest.mark.parametrize("iso", ["US", "CA", "AU", "IN", "SG", "ID", "VN", "AE"])
def test_seven_days_are_never_lent_to_a_market_without_the_right(iso: str) -> None:
    assert withdrawal(iso, ARRIVED, ARRIVED, ARRIVED) is None


def test_an_unknown_day_leaves_the_end_open() -> None:
    right = withdrawal("FR", None, None, ARRIVED)
    assert right is not None
    assert (right.days, right.counts_from, right.until, right.open) == (14, "delivery", None, None)
    on_its_way = withdrawal("FR", ARRIVED, None, ARRIVED)
    assert on_its_way is not None
    assert on_its_way.open is True


def test_excluded_goods_and_shops_give_no_withdrawal() -> None:
    right = withdrawal("DE", ARRIVED, ARRIVED, ARRIVED, frozenset({"perishable"}))
    assert right is not None
    assert right.open is False
    in_store = after_sales(packs.load("DE"), ARRIVED, ARRIVED, ARRIVED, "in_store", NONE)
    assert [one.name for one in in_store] == ["guarantee"]


def test_the_day_of_the_order_decides_which_rule_holds() -> None:
    assert withdrawal("DE", date(2014, 6, 12), None, ARRIVED) is None
    assert withdrawal("DE", date(2014, 6, 13), None, ARRIVED) is not None


def test_guarantees() -> None:
    def until(iso: str, goods: frozenset[str] = NONE) -> date | None:
        found = after_sales(packs.load(iso), ARRIVED, ARRIVED, ARRIVED, "shop", goods)
        return next(one.until for one in found if one.name == "guarantee")

    assert until("DE") == date(2028, 11, 2)
    assert until("ES") == date(2029, 11, 2)
    assert until("BR") == ARRIVED + timedelta(days=90)
    assert until("BR", frozenset({"perishable"})) == ARRIVED + timedelta(days=30)
    assert until("AU") is None
    assert years_later(date(2028, 2, 29), 1) == date(2029, 2, 28)


@given(
    iso=st.sampled_from(packs.markets()),
    first=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    later=st.integers(0, 60),
)
def test_later_delivery_never_ends_a_right_sooner(iso: str, first: date, later: int) -> None:
    second = first + timedelta(days=later)
    pack, ordered = packs.load(iso), date(2024, 12, 1)
    for one, two in zip(
        after_sales(pack, ordered, first, first, "shop", NONE),
        after_sales(pack, ordered, second, first, "shop", NONE),
        strict=True,
    ):
        assert one.rule is pack.rules[one.rule.topic]
        if one.until is not None and two.until is not None:
            assert first < one.until <= two.until

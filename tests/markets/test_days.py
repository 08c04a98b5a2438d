"""Days off, busy times and the hours in which advertising rests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.markets import days, packs


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_holidays_and_business_days() -> None:
    assert days.next_holiday("DE", date(2026, 12, 24)) == days.Holiday(date(2026, 12, 25), "Christmas Day")
    assert days.next_holiday("US", date(2026, 12, 27)) == days.Holiday(date(2027, 1, 1), "New Year's Day")
    assert any(one.estimated for one in days.public_holidays("AE", 2027))
    assert days.business_day(packs.load("KR"), date(2026, 12, 23), 3) == date(2026, 12, 29)
    assert days.off(packs.load("SA"), date(2026, 11, 20)), "Friday"


def test_all_busy_times_have_days() -> None:
    for iso in packs.markets():
        pack = packs.load(iso)
        for year in (2026, 2027):
            found = days.seasons(pack, year)
            assert {one.peak.name for one in found} == {peak.name for peak in pack.value("peaks")}, iso
            assert all(one.first <= one.last for one in found)
    known = {one.peak.name: one for one in days.seasons(packs.load("US"), 2026)}
    assert known["Black Friday"].first == date(2026, 11, 27)
    assert {one.first for one in days.seasons(packs.load("KR"), 2027) if one.peak.name == "Seollal"} == {
        date(2027, 2, 7)
    }


def test_feasts_by_the_moon_stay_in_their_year() -> None:
    for year in (2026, 2027, 2030):
        assert {one.first.year for one in days.seasons(packs.load("SA"), year)} == {year}


def test_a_year_ahead_begins_with_what_is_on() -> None:
    ahead = days.year_ahead(packs.load("SA"), date(2027, 2, 20))
    assert (ahead[0].peak.name, ahead[0].first, ahead[0].last) == ("Ramadan", date(2027, 2, 8), date(2027, 3, 8))
    assert all(one.last >= date(2027, 2, 20) and one.first < date(2028, 2, 20) for one in ahead)
    assert len(ahead) == len(set(ahead))


@pytest.mark.req("R96")
@pytest.mark.parametrize(
    ("iso", "local", "channel", "why"),
    [
        ("SA", at(2027, 2, 10, 12), "email", "ramadan"),
        ("SA", at(2027, 2, 10, 21), "email", ""),
        ("SA", at(2027, 3, 20, 12), "email", ""),
        ("ID", at(2027, 2, 10, 12), "email", "ramadan"),
        ("DE", at(2027, 2, 10, 12), "email", ""),
        ("KR", at(2026, 11, 22, 21), "email", "quiet_hours"),
        ("KR", at(2026, 11, 22, 7, 59), "sms", "quiet_hours"),
        ("KR", at(2026, 11, 22, 8), "sms", ""),
        ("US", at(2026, 11, 22, 22), "sms", "quiet_hours"),
        ("US", at(2026, 11, 22, 22), "email", ""),
        ("AE", at(2026, 11, 22, 19), "phone", "quiet_hours"),
    ],
)
def test_when_advertising_rests(iso: str, local: datetime, channel: str, why: str) -> None:
    verdict = days.marketing_now(packs.load(iso), local, channel)
    assert (verdict.allowed, verdict.why) == (not why, why)


@pytest.mark.req("R95")
def test_christmas_promotion_starts_a_month_ahead() -> None:
    assert not days.christmas_promotion(date(2026, 11, 24))
    assert days.christmas_promotion(date(2026, 11, 25))
    assert not days.christmas_promotion(date(2026, 12, 26))


@given(year=st.integers(2020, 2035))
def test_a_ramadan_lasts_29_or_30_days(year: int) -> None:
    found = days.ramadans(year)
    assert 1 <= len(found) <= 2
    assert all(timedelta(days=28) <= last - first <= timedelta(days=29) for first, last in found)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown rule"):
        list(days._by_rule("DE", "blue_moon", 2026))

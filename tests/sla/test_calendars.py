"""Working time: hours, holidays, nights on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.kit.errors import Invalid
from dragoman.sla import calendars
from dragoman.sla.calendars import ROUND_THE_CLOCK, Calendar, NeverOpen, add, build, closure, working

pytestmark = pytest.mark.req("R45")

OFFICE = ((540, 1080),)
WEEK = (OFFICE,) * 5 + ((), ())
ALL_DAY = (((0, 1440),),) * 7
ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Chisinau", "America/New_York", "America/Los_Angeles",
    "America/St_Johns", "America/Santiago", "America/Havana", "America/Asuncion", "America/Nuuk", "Africa/Cairo",
    "Africa/Casablanca", "Asia/Beirut", "Asia/Gaza", "Asia/Jerusalem", "Australia/Sydney", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Chatham", "Asia/Shanghai", "Asia/Kolkata",
)  # fmt: skip
"""Twenty zones that change their clocks, by an hour or by half of one, at midnight and later; and two that don't."""


def at(zone: str, *when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ((2026, 11, 16, 10, 0), 4, (2026, 11, 16, 14, 0)),
        ((2026, 11, 16, 17, 0), 4, (2026, 11, 17, 12, 0)),
        ((2026, 11, 16, 18, 0), 4, (2026, 11, 17, 13, 0)),
        ((2026, 11, 16, 6, 0), 4, (2026, 11, 16, 13, 0)),
        ((2026, 11, 20, 17, 0), 4, (2026, 11, 23, 12, 0)),  # over a weekend
        ((2026, 11, 21, 12, 0), 9, (2026, 11, 23, 18, 0)),  # ends with the day, not at the next morning
        ((2026, 12, 24, 17, 0), 2, (2026, 12, 28, 10, 0)),  # Christmas Day is a Friday
        ((2026, 11, 16, 10, 0), 24, (2026, 11, 18, 16, 0)),
    ],
)
def test_what_is_due_in_working_hours(start: tuple[int, ...], hours: int, due: tuple[int, ...]) -> None:
    """Four hours from Friday at five are Monday at noon."""
    calendar = Calendar("Europe/Berlin", WEEK, "DE")
    assert add(calendar, at("Europe/Berlin", *start), timedelta(hours=hours)) == at("Europe/Berlin", *due)


def test_the_working_weekends_of_china_and_days_of_ones_own() -> None:
    """National Day closes a week, the Saturday worked in exchange is open, and own days go before the market's."""
    usual = Calendar("Asia/Shanghai", WEEK, "CN")
    assert not calendars.spans(usual, date(2026, 10, 2))
    assert calendars.spans(usual, date(2026, 10, 10)) == OFFICE  # a Saturday
    own = build(
        {
            "zone": "Asia/Shanghai", "week": [[[540, 1080]]] * 5 + [[], []], "market": "CN",
            "days": [
                {"day": "2026-10-02", "kind": "open", "name": ""},
                {"day": "2026-10-12", "kind": "closed", "name": "Stocktaking"},
            ],
        }
    )  # fmt: skip
    assert calendars.spans(own, date(2026, 10, 2)) == OFFICE
    assert calendars.holiday(own, date(2026, 10, 12)) == "Stocktaking"


@pytest.mark.req("R49")
def test_how_long_a_desk_is_closed() -> None:
    """A run of closed days counts the weekends beside its holidays; a plain weekend is no closure."""
    china = Calendar("Asia/Shanghai", WEEK, "CN")
    spring = closure(china, date(2026, 2, 18))
    assert spring is not None
    assert (spring.first, spring.last, spring.days) == (date(2026, 2, 15), date(2026, 2, 23), 9)
    assert any("Spring Festival" in name for name in spring.names)
    assert closure(china, date(2026, 11, 21)) is None
    assert closure(china, date(2026, 11, 20)) is None
    germany = calendars.closures(Calendar("Europe/Berlin", WEEK, "DE"), date(2026, 11, 1), 70)
    assert [(one.first.isoformat(), one.days) for one in germany] == [("2026-12-25", 3), ("2027-01-01", 3)]


@pytest.mark.parametrize("zone", ZONES)
def test_the_nights_on_which_clocks_change(zone: str) -> None:
    """Open round the clock by hours is plain time through every change of three years; a night shift has the hours
    that really passed."""
    full = Calendar(zone, ALL_DAY)
    night = Calendar(zone, (((0, 360), (1320, 1440)),) * 7)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    for day in range(3 * 365):
        here = start + timedelta(days=day, minutes=17)
        assert working(full, here, here + timedelta(days=1, hours=2)) == timedelta(days=1, hours=2)
        assert add(full, here, timedelta(hours=5)) == here + timedelta(hours=5)
        evening = at(zone, here.year, here.month, here.day, 22)
        noon = at(zone, here.year, here.month, here.day, 12) + timedelta(days=1)
        morning = evening.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
        end = at(zone, morning.year, morning.month, morning.day, 6)
        assert working(night, evening, max(end, noon - timedelta(hours=1))) == end - evening


def test_a_time_that_the_change_skips_stands_for_the_change() -> None:
    """Berlin has no 02:30 on 29 March 2026, and two of them on 25 October."""
    spring = date(2026, 3, 29)
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert calendars.moment("Europe/Berlin", spring, 150) == change
    assert calendars.openings(Calendar("Europe/Berlin", (((120, 180),),) * 7), spring) == ()
    autumn = calendars.openings(Calendar("Europe/Berlin", (((120, 180),),) * 7), date(2026, 10, 25))
    assert [end - start for start, end in autumn] == [timedelta(hours=2)]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"week": [[]] * 7}, "hours"),
        ({"week": []}, "hours"),
        ({"week": [[[540, 540]]] + [[]] * 6}, "hours.0"),
        ({"week": [[], [[540, 700], [600, 900]]] + [[]] * 5}, "hours.1"),
        ({"week": [[[1320, 360]]] + [[]] * 6}, "hours.0"),
        ({"week": [[[0, 1441]]] + [[]] * 6}, "hours.0"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"market": "XX"}, "market"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(data: dict[str, object], field: str) -> None:
    """Beside the field at fault."""
    with pytest.raises(Invalid) as caught:
        build({"zone": "Europe/Berlin", "week": [[[540, 1080]]] * 7} | data)
    assert field in caught.value.fields


def test_nothing_is_due_by_a_calendar_that_never_opens() -> None:
    """One built by hand, past the check."""
    with pytest.raises(NeverOpen):
        add(Calendar("UTC"), datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1))


moments = st.integers(0, 4 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
spans = st.integers(0, 30 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
weeks = (
    st.lists(
        st.lists(st.integers(0, 288), min_size=0, max_size=6, unique=True).map(
            lambda cuts: tuple((a * 5, b * 5) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
        ),
        min_size=7,
        max_size=7,
    )
    .map(tuple)
    .filter(any)
)
any_calendar = st.builds(Calendar, st.sampled_from(ZONES), weeks, st.sampled_from(("", "CN", "DE", "US", "JP")))


@given(any_calendar, moments, spans)
@settings(deadline=None, max_examples=150)
def test_what_is_added_has_passed(calendar: Calendar, start: datetime, span: timedelta) -> None:
    """`working` undoes `add`, and the due moment is the first that does."""
    try:
        due = add(calendar, start, span)
    except NeverOpen:
        return
    assert working(calendar, start, due) == span
    if span:
        assert working(calendar, start, due - timedelta(microseconds=1)) < span


@given(any_calendar, moments, spans, spans)
@settings(deadline=None, max_examples=150)
def test_working_time_adds_up(calendar: Calendar, start: datetime, first: timedelta, second: timedelta) -> None:
    """Two stretches after one another have the working time of both, never more than the time that passed."""
    middle, end = start + first, start + first + second
    assert working(calendar, start, middle) + working(calendar, middle, end) == working(calendar, start, end)
    assert working(calendar, start, end) <= end - start
    assert calendars.is_open(calendar, start) == (calendars.next_opening(calendar, start) == start)


def test_round_the_clock_is_plain_time() -> None:
    """Without looking at a single day."""
    start = datetime(1990, 1, 1, tzinfo=UTC)
    assert working(ROUND_THE_CLOCK, start, start + timedelta(days=20_000)) == timedelta(days=20_000)
    assert calendars.next_opening(ROUND_THE_CLOCK, start) == start

"""An open page says that somebody is there; without one they count as away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.accounts.presence import queries, service
from dragoman.accounts.presence.states import AWAY_AFTER, DAYS, Standing, check_hours, present, spans_of, within
from dragoman.kit import clock, ids
from dragoman.kit.errors import Invalid
from tests.cast import Company


async def state(company: Company) -> str:
    async with company.desk.db.work(company.workspace_id) as session:
        return present(await service.get(session, company.agent.person_id), clock.now())


async def test_a_page_a_minute_and_no_more_writes(company: Company) -> None:
    who = company.agent.person_id
    assert await state(company) == "offline"
    now = clock.now()
    seen = []
    for seconds in (0, 20, 50, 60, 61):
        async with company.desk.db.work(company.workspace_id) as session:
            await queries.see(session, who, now + timedelta(seconds=seconds), away_after=AWAY_AFTER)
        async with company.desk.db.work(company.workspace_id) as session:
            one = await queries.find(session, who)
            assert one is not None
            seen.append(one.seen_at)
    assert seen == [now, now, now, now + timedelta(seconds=60), now + timedelta(seconds=60)]
    assert await state(company) == "available"
    with clock.travel(now + timedelta(minutes=12)):
        assert await state(company) == "away"


async def test_coming_back_is_noticed_once(company: Company) -> None:
    who, now = company.agent.person_id, clock.now()
    came = []
    for minutes in (0, 1, 2, 20, 21):
        async with company.desk.db.work(company.workspace_id) as session:
            came.append(await queries.see(session, who, now + timedelta(minutes=minutes), away_after=AWAY_AFTER))
    assert came == [True, False, False, True, False]


MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "at", "there"),
    [
        ({"mon": [["09:00", "18:00"]]}, timedelta(hours=9), True),
        ({"mon": [["09:00", "18:00"]]}, timedelta(hours=18), False),
        ({"mon": [["09:00", "18:00"]]}, timedelta(hours=33), False),
        ({"mon": [["22:00", "06:00"]]}, timedelta(hours=23), True),
        ({"mon": [["22:00", "06:00"]]}, timedelta(hours=29), True),
        ({"mon": [["22:00", "06:00"]]}, timedelta(hours=5), False),
        ({"mon": [["00:00", "24:00"]]}, timedelta(hours=23, minutes=59), True),
    ],
)
def test_hours_hold_also_past_midnight(hours: dict[str, list[list[str]]], at: timedelta, there: bool) -> None:
    assert within(check_hours(hours), MONDAY + at) is there


@pytest.mark.parametrize("text", ["9", "9-25", "a-b", "9:70-10", "9-12-15"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        check_hours({"mon": spans_of(text)})


@given(st.sampled_from(DAYS), st.integers(0, 23), st.integers(1, 23))
def test_what_is_typed_is_what_is_kept(day: str, start: int, length: int) -> None:
    end = (start + length) % 24
    (span,) = check_hours({day: spans_of(f"{start}–{end}:30")})[day]
    assert span == [f"{start:02}:00", f"{end:02}:30"]


@given(
    st.sampled_from(["available", "busy", "away", "offline"]), st.booleans(), st.booleans(),
    st.integers(0, 30), st.booleans(),
)  # fmt: skip
def test_only_who_is_there_counts_as_available(
    chosen: str, active: bool, absent: bool, minutes: int, opened: bool
) -> None:
    now = clock.now()
    one = Standing(
        ids.new(), "A", active=active, state=chosen, seen_at=now - timedelta(minutes=minutes) if opened else None,
        absent_until=now if absent else None,
    )  # fmt: skip
    there = chosen == "available" and active and not absent and opened and timedelta(minutes=minutes) <= AWAY_AFTER
    assert (present(one, now) == "available") == there

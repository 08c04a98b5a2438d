"""Dates, waits, sizes and names as readers of different tongues see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dragoman.kit import clock
from dragoman.platform import i18n
from dragoman.web import formats

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.travel(NOW), formats.use(SHANGHAI):
        yield


def test_today_is_an_hour_and_other_days_are_days() -> None:
    assert formats.when(NOW - timedelta(hours=1)) == "09:30"
    assert formats.when(NOW - timedelta(hours=12)) == "Yesterday"
    assert formats.when(NOW - timedelta(days=20)) == "Nov 1"
    assert formats.when(NOW - timedelta(days=400)) == "Oct 17, 2025"


def test_midnight_is_the_readers_own() -> None:
    late = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert formats.when(late) == "01:00"
    with formats.use(ZoneInfo("America/New_York")):
        assert formats.when(late) == "12:00"
        assert formats.when(datetime(2026, 11, 20, 4, 0, tzinfo=UTC)) == "Yesterday"


def test_the_same_in_chinese() -> None:
    with i18n.use("zh_Hans"):
        assert formats.when(NOW - timedelta(hours=12)) == "昨天"
        assert formats.when(NOW - timedelta(days=20)) == "11月1日"
        assert formats.wait(NOW - timedelta(minutes=92)) == "1 时 32 分"
        assert formats.language("de") == "德语"
        assert formats.territory("jp") == "日本"


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=59, seconds=40), "59 min"),
        (timedelta(minutes=60), "1 h 0 m"),
        (timedelta(hours=23, minutes=59), "23 h 59 m"),
        (timedelta(hours=50), "2 d"),
    ],
)
def test_waits_grow_coarser(age: timedelta, said: str) -> None:
    assert formats.wait(NOW - age - timedelta(milliseconds=500)) == said


def test_the_customers_clock() -> None:
    assert formats.theirs(ZoneInfo("Europe/Berlin")) == "Sat 03:30"


@pytest.mark.parametrize(
    ("octets", "said"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_500, "1.5 kB"), (48_200, "48 kB"), (2_000_000, "2 MB")],
)
def test_sizes(octets: int, said: str) -> None:
    assert formats.size(octets) == said


def test_counts_are_bounded() -> None:
    assert [formats.bounded(n) for n in (0, 99, 100)] == ["0", "99", "99+"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ruth Köhler", "RK"), ("Giulia Maria Ferrante", "GF"), ("anna@example.org", "AE"), ("陈国强", "国强"),
        ("佐久間 由紀", "佐"), ("هدى العلي", "ها"), ("", "·"), ("!!", "·"), ("Ädi", "ÄD"),
    ],
)  # fmt: skip
def test_initials(name: str, said: str) -> None:
    assert formats.initials(name) == said


def test_prose_links_addresses_isolates_numbers_and_escapes_all_else() -> None:
    said = formats.prose("<b> see https://example.com/a?b=1&c=2. رقم 302-5518214-0091733")
    assert "&lt;b&gt;" in said
    assert 'href="https://example.com/a?b=1&amp;c=2"' in said
    assert '<bdi dir="ltr">302-5518214-0091733</bdi>' in said
    assert "javascript" not in formats.prose("javascript:alert(1)") or "<a" not in formats.prose("javascript:alert(1)")


def test_prose_is_linear() -> None:
    def seconds(count: int) -> float:
        import time

        text = "1-" * count + "http://" * count
        start = time.perf_counter()
        formats.prose(text)
        return time.perf_counter() - start

    seconds(1_000)
    small, large = min(seconds(20_000) for _ in range(3)), min(seconds(160_000) for _ in range(3))
    assert large < small * 24


def test_rich_sentences_escape_what_is_filled_in() -> None:
    assert formats.rich("Hello <b>{name}</b>", name="<i>") == "Hello <b>&lt;i&gt;</b>"


def test_unknown_languages_and_countries_stand_for_themselves() -> None:
    assert formats.language("xx-nowhere-at-all") == "xx-nowhere-at-all"
    assert formats.territory("qx") == "qx"

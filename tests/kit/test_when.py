"""What people type for a time, and the moment they mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.kit.when import LONGEST, parse
from dragoman.kit.when_words import LANGUAGES

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 19, 10, 30, tzinfo=SHANGHAI)
"""A Thursday."""

EN = [
    ("tomorrow 9", "11-20 09:00"),
    ("tomorrow at 9am", "11-20 09:00"),
    ("Tomorrow", "11-20 09:00~"),
    ("tomorrow noon", "11-20 12:00"),
    ("tomorrow at noon", "11-20 12:00"),
    ("tomorrow morning", "11-20 09:00~"),
    ("tomorrow afternoon", "11-20 15:00~"),
    ("tomorrow evening at 8", "11-20 20:00"),
    ("tomorrow 3", "11-20 15:00"),
    ("tomorrow 3:00", "11-20 03:00"),
    ("tomorrow at 3 in the afternoon", "11-20 15:00"),
    ("tomorrow midnight", "11-21 00:00"),
    ("9 tomorrow", "11-20 09:00"),
    ("9am tomorrow", "11-20 09:00"),
    ("day after tomorrow", "11-21 09:00~"),
    ("the day after tomorrow at 14:00", "11-21 14:00"),
    ("today 17:00", "11-19 17:00"),
    ("today at 5pm", "11-19 17:00"),
    ("5pm", "11-19 17:00"),
    ("5 p.m.", "11-19 17:00"),
    ("9am", "11-20 09:00"),
    ("9.45am", "11-20 09:45"),
    ("at 5", "11-19 17:00"),
    ("12am", "11-20 00:00"),
    ("12 pm", "11-19 12:00"),
    ("noon", "11-19 12:00"),
    ("midnight", "11-20 00:00"),
    ("17:30", "11-19 17:30"),
    ("10:30", "11-20 10:30"),
    ("10:31", "11-19 10:31"),
    ("tonight", "11-19 19:00~"),
    ("tonight at 8", "11-19 20:00"),
    ("tonight 9pm", "11-19 21:00"),
    ("this evening", "11-19 19:00~"),
    ("this afternoon", "11-19 15:00~"),
    ("afternoon", "11-19 15:00~"),
    ("morning", "11-20 09:00~"),
    ("in 2 days", "11-21 10:30~"),
    ("in two days", "11-21 10:30~"),
    ("in 2 days at 9", "11-21 09:00"),
    ("in a couple of days", "11-21 10:30~"),
    ("2 days from now", "11-21 10:30~"),
    ("in 3h", "11-19 13:30"),
    ("3h", "11-19 13:30"),
    ("2h30", "11-19 13:00"),
    ("1h 15m", "11-19 11:45"),
    ("in an hour", "11-19 11:30"),
    ("half an hour", "11-19 11:00"),
    ("in half an hour", "11-19 11:00"),
    ("in 1.5 hours", "11-19 12:00"),
    ("an hour and a half", "11-19 12:00"),
    ("30 min", "11-19 11:00"),
    ("in 30 minutes", "11-19 11:00"),
    ("45m", "11-19 11:15"),
    ("within 24 hours", "11-20 10:30"),
    ("in one week", "11-26 10:30~"),
    ("in 2 weeks", "12-03 10:30~"),
    ("2w", "12-03 10:30~"),
    ("in a month", "12-19 10:30~"),
    ("in 3 working days", "11-24 10:30~"),
    ("in 1 business day", "11-20 10:30~"),
    ("monday", "11-23 09:00~"),
    ("on monday", "11-23 09:00~"),
    ("mon 14:00", "11-23 14:00"),
    ("thursday", "11-26 09:00~"),
    ("thursday 15:00", "11-19 15:00"),
    ("friday 3pm", "11-20 15:00"),
    ("Friday at 3 pm", "11-20 15:00"),
    ("friday morning", "11-20 09:00~"),
    ("next monday 14:00", "11-23 14:00"),
    ("next friday", "11-27 09:00~"),
    ("this friday", "11-20 09:00~"),
    ("next week", "11-23 09:00~"),
    ("next month", "12-01 09:00~"),
    ("weekend", "11-21 09:00~"),
    ("next weekend", "11-28 09:00~"),
    ("end of day", "11-19 18:00~"),
    ("by end of day tomorrow", "11-20 18:00~"),
    ("eod", "11-19 18:00~"),
    ("end of the week", "11-20 18:00~"),
    ("end of next week", "11-27 18:00~"),
    ("end of month", "11-30 18:00~"),
    ("end of november", "11-30 18:00~"),
    ("28 Nov 10:00", "11-28 10:00"),
    ("Nov 28 10:00", "11-28 10:00"),
    ("28 November at 10", "11-28 10:00"),
    ("November 28th, 10am", "11-28 10:00"),
    ("28th of November", "11-28 09:00~"),
    ("the 28th", "11-28 09:00~"),
    ("the 3rd at 9am", "12-03 09:00"),
    ("1 March", "2027-03-01 09:00~"),
    ("Friday 20 November 11:00", "11-20 11:00"),
    ("28 Nov 2026 10:00", "11-28 10:00"),
    ("2026-12-01 09:00", "12-01 09:00"),
    ("2026-12-01T09:00", "12-01 09:00"),
    ("2026-12-01", "12-01 09:00~"),
    ("2026/12/01 9:05", "12-01 09:05"),
    ("2027-02-03", "2027-02-03 09:00~"),
    ("24/12", "12-24 09:00~"),
    ("24/12/2026 18:00", "12-24 18:00"),
    ("12/24", "12-24 09:00~"),
    ("29 February", "2028-02-29 09:00~"),
    ("before friday noon", "11-20 12:00"),
]
ZH = [
    ("明天", "11-20 09:00~"),
    ("明天9点", "11-20 09:00"),
    ("明天上午9点", "11-20 09:00"),
    ("明天早上九点半", "11-20 09:30"),
    ("明早", "11-20 09:00~"),
    ("明早8点", "11-20 08:00"),
    ("明晚8点", "11-20 20:00"),
    ("明天中午", "11-20 12:00"),
    ("明天中午1点", "11-20 13:00"),
    ("明天3点", "11-20 15:00"),
    ("明天凌晨3点", "11-20 03:00"),
    ("明天下午三点一刻", "11-20 15:15"),
    ("明天15点20分", "11-20 15:20"),
    ("明天 15:20", "11-20 15:20"),
    ("明天下午3:30", "11-20 15:30"),
    ("后天", "11-21 09:00~"),
    ("后天早上", "11-21 09:00~"),
    ("大后天下午", "11-22 15:00~"),
    ("今晚", "11-19 19:00~"),
    ("今晚8点", "11-19 20:00"),
    ("今晚12点", "11-20 00:00"),
    ("今天下午", "11-19 15:00~"),
    ("今天下班前", "11-19 18:00~"),
    ("下班前", "11-19 18:00~"),
    ("下午", "11-19 15:00~"),
    ("下午三点", "11-19 15:00"),
    ("上午10点", "11-20 10:00"),
    ("中午", "11-19 12:00"),
    ("傍晚", "11-19 18:00~"),
    ("周五下午3点", "11-20 15:00"),
    ("周五", "11-20 09:00~"),
    ("星期五下午", "11-20 15:00~"),
    ("礼拜一", "11-23 09:00~"),
    ("周日", "11-22 09:00~"),
    ("星期天", "11-22 09:00~"),
    ("周三三点", "11-25 15:00"),
    ("本周五", "11-20 09:00~"),
    ("下周一上午10点", "11-23 10:00"),
    ("下周五", "11-27 09:00~"),
    ("下个星期三", "11-25 09:00~"),
    ("下下周一", "11-30 09:00~"),
    ("下周", "11-23 09:00~"),
    ("周末", "11-21 09:00~"),
    ("下个月", "12-01 09:00~"),
    ("下个月5号", "12-05 09:00~"),
    ("两天后", "11-21 10:30~"),
    ("2天后", "11-21 10:30~"),
    ("三天后上午9点", "11-22 09:00"),
    ("三小时后", "11-19 13:30"),
    ("3个小时后", "11-19 13:30"),
    ("一个半小时后", "11-19 12:00"),
    ("半小时后", "11-19 11:00"),
    ("半个小时", "11-19 11:00"),
    ("一刻钟后", "11-19 10:45"),
    ("十五分钟后", "11-19 10:45"),
    ("30分钟", "11-19 11:00"),
    ("24小时内", "11-20 10:30"),
    ("48小时之内", "11-21 10:30"),
    ("一周后", "11-26 10:30~"),
    ("两周后", "12-03 10:30~"),
    ("一个月后", "12-19 10:30~"),
    ("3个工作日内", "11-24 10:30~"),
    ("月底", "11-30 18:00~"),
    ("下月底", "12-31 18:00~"),
    ("年底", "12-31 18:00~"),
    ("本周内", "11-20 18:00~"),
    ("11月28日", "11-28 09:00~"),
    ("11月28日上午10点", "11-28 10:00"),
    ("十一月二十八日", "11-28 09:00~"),
    ("28号", "11-28 09:00~"),
    ("二十八号下午两点", "11-28 14:00"),
    ("2026年12月1日 9:00", "12-01 09:00"),
    ("12/24", "12-24 09:00~"),
    ("3月1日", "2027-03-01 09:00~"),
    ("明天下午3点前", "11-20 15:00"),
    ("９点", "11-20 09:00"),
    ("明天９：３０", "11-20 09:30"),
]
NONE = [
    "", "   ", "soon", "later", "now", "asap", "yesterday", "today 9am", "this monday", "2025-01-01",
    "2026-11-19 10:30",     "tomorrow banana", "tomorrow next week friday", "25:00", "tomorrow 25",
    "12:75", "31 February", "30 Feb 2027",
    "in 0 minutes", "in days", "2 days ago", "9", "42", "3/4", "13pm", "0am", "tomorrow 14pm", "monday tuesday",
    "tomorrow friday 3pm 4pm", "in 2 hours at 9", "in 1.5 days", "next", "this", "end of", "at", "in", "of the",
    "morning 15:00", "in 99999 years", "5 minutes before", "x" * (LONGEST + 1), "明天昨天", "两天前", "昨天", "上周五",
    "稍后", "有空", "下午0点", "13月1日", "2月30日", "明天25点", "半", "周", "今早", "0分钟后",
    "😀", "\x00", "tomorrow\x00",
]  # fmt: skip


def read(text: str, locale: str = "en", now: datetime = NOW, *, deadline: bool = False) -> str | None:
    found = parse(text, now=now, zone=now.tzinfo, locale=locale, deadline=deadline)  # type: ignore[arg-type]
    if found is None:
        return None
    here = found.at.astimezone(now.tzinfo)
    day = f"{here:%m-%d %H:%M}" if here.year == now.year else f"{here:%Y-%m-%d %H:%M}"
    return day + ("" if found.exact else "~")


@pytest.mark.parametrize(("text", "means"), EN)
def test_english(text: str, means: str) -> None:
    assert read(text) == means


@pytest.mark.parametrize(("text", "means"), ZH)
def test_chinese(text: str, means: str) -> None:
    assert read(text, "zh_Hans") == means


@pytest.mark.parametrize("text", NONE)
def test_what_can_not_be_read_is_told(text: str) -> None:
    assert read(text) is None
    assert read(text, "zh_Hans") is None or text == "3/4"


@pytest.mark.parametrize(
    ("locale", "text", "means"),
    [
        ("de", "bis morgen mittag", "11-20 12:00"),
        ("de", "morgen früh", "11-20 12:00~"),
        ("de", "innerhalb von 24 Stunden", "11-20 10:30"),
        ("de", "bis Freitag um 15 Uhr", "11-20 15:00"),
        ("de", "bis Ende der Woche", "11-20 18:00~"),
        ("de", "nächste Woche", "11-27 18:00~"),
        ("de", "am 28.11.", "11-28 18:00~"),
        ("de", "übermorgen", "11-21 18:00~"),
        ("de", "28. November", "11-28 18:00~"),
        ("fr", "d'ici demain midi", "11-20 12:00"),
        ("fr", "sous 24h", "11-20 10:30"),
        ("fr", "sous 48 heures", "11-21 10:30"),
        ("fr", "demain à 14h30", "11-20 14:30"),
        ("fr", "avant vendredi", "11-20 18:00~"),
        ("fr", "lundi prochain", "11-23 18:00~"),
        ("fr", "d’ici la fin de la semaine", "11-20 18:00~"),
        ("es", "antes de mañana por la tarde", "11-20 18:00~"),
        ("es", "en 24 horas", "11-20 10:30"),
        ("es", "el lunes a las 10", "11-23 10:00"),
        ("es", "mañana", "11-20 18:00~"),
        ("it", "entro domani", "11-20 18:00~"),
        ("it", "entro 48 ore", "11-21 10:30"),
        ("it", "entro la fine della settimana", "11-20 18:00~"),
        ("pt", "até amanhã", "11-20 18:00~"),
        ("pt", "em 24 horas", "11-20 10:30"),
        ("pt", "até segunda-feira", "11-23 18:00~"),
        ("nl", "binnen 24 uur", "11-20 10:30"),
        ("nl", "morgenmiddag", "11-20 18:00~"),
        ("nl", "uiterlijk vrijdag", "11-20 18:00~"),
        ("ja", "明日の正午までに", "11-20 12:00"),
        ("ja", "24時間以内に", "11-20 10:30"),
        ("ja", "明日中に", "11-20 18:00~"),
        ("ja", "来週の月曜日", "11-23 18:00~"),
        ("ja", "3営業日以内に", "11-24 10:30~"),
        ("ja", "11月28日の午後3時", "11-28 15:00"),
        ("en", "by tomorrow", "11-20 18:00~"),
        ("en", "next week", "11-27 18:00~"),
        ("zh", "明天前", "11-20 18:00~"),
        ("zh", "周末前", "11-22 18:00~"),
    ],
)
def test_deadlines_in_the_languages_of_promises(locale: str, text: str, means: str) -> None:
    assert read(text, locale, deadline=True) == means


@pytest.mark.parametrize(
    ("locale", "means"), [("en-US", "2027-03-04"), ("en-GB", "2027-04-03"), ("zh_Hans", "2027-03-04")]
)
def test_slashed_dates_follow_the_locale(locale: str, means: str) -> None:
    assert read("3/4 9:00", locale) == f"{means} 09:00"


@pytest.mark.parametrize(
    ("zone", "now", "text", "at"),
    [
        # clocks go on in the night to 29 March 2026: 2:30 is skipped and read as 3:30
        (BERLIN, "2026-03-28T12:00", "tomorrow 02:30", "2026-03-29T01:30"),
        (BERLIN, "2026-03-28T12:00", "in 1 day", "2026-03-29T10:00"),
        (BERLIN, "2026-03-28T12:00", "in 24 hours", "2026-03-29T11:00"),
        # and back in the night to 25 October: 2:30 happens twice, the first is meant
        (BERLIN, "2026-10-24T12:00", "tomorrow 02:30", "2026-10-25T00:30"),
        (BERLIN, "2026-10-24T12:00", "in 1 day", "2026-10-25T11:00"),
        (NEW_YORK, "2026-03-07T12:00", "tomorrow 9", "2026-03-08T13:00"),
        (NEW_YORK, "2026-10-31T20:00", "tomorrow 01:30", "2026-11-01T05:30"),
    ],
)
def test_nights_the_clocks_change(zone: ZoneInfo, now: str, text: str, at: str) -> None:
    found = parse(text, now=datetime.fromisoformat(now).replace(tzinfo=zone), zone=zone)
    assert found is not None
    assert found.at == datetime.fromisoformat(at).replace(tzinfo=UTC)


def test_the_second_of_two_equal_hours_is_meant_when_the_first_is_past() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 2:45, the first time
    found = parse("today 02:30", now=between, zone=BERLIN)
    assert found is not None
    assert found.at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


epoch = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.integers(0, 3_000 * 86_400).map(lambda seconds: epoch + timedelta(seconds=seconds))
zones = st.sampled_from(
    ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu"]
).map(ZoneInfo)
locales = st.sampled_from([*LANGUAGES, "zh_Hans", "en-US", "xx", ""])
pieces = st.lists(
    st.one_of(
        st.sampled_from(sorted({word for words in LANGUAGES.values() for word in words.entries})),
        st.integers(0, 99999).map(str),
        st.sampled_from([":", "/", ".", "点", "半", "月", "号", "pm", "周五", "下周三", "十二", "-", "年"]),
    ),
    max_size=7,
)


@given(
    moments, zones, locales, st.one_of(st.text(max_size=40), pieces.map(" ".join), pieces.map("".join)), st.booleans()
)
def test_never_raises_and_never_answers_with_the_past(
    now: datetime, zone: ZoneInfo, locale: str, text: str, deadline: bool
) -> None:
    found = parse(text, now=now, zone=zone, locale=locale, deadline=deadline)
    assert found is None or (found.at > now and found.at.utcoffset() == timedelta(0))


@given(moments, zones, st.integers(1, 400_000))
def test_minutes_pass_as_they_pass(now: datetime, zone: ZoneInfo, minutes: int) -> None:
    text = f"in {minutes} minutes" if minutes < 10_000 else f"in {minutes // 60} hours"
    found = parse(text, now=now, zone=zone)
    assert found is not None
    assert found.at - now == (timedelta(minutes=minutes) if minutes < 10_000 else timedelta(hours=minutes // 60))


@given(moments, zones, st.integers(0, 23), st.integers(0, 59))
def test_a_time_of_tomorrow_stands_on_that_clock(now: datetime, zone: ZoneInfo, hour: int, minute: int) -> None:
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    for text in (
        f"tomorrow {hour}:{minute:02}",
        f"明天{hour}:{minute:02}",
        f"{tomorrow:%Y-%m-%d} {hour:02}:{minute:02}",
    ):
        found = parse(text, now=now, zone=zone)
        assert found is not None
        assert found.exact
        wall = datetime(tomorrow.year, tomorrow.month, tomorrow.day, hour, minute, tzinfo=zone)
        assert found.at == wall.astimezone(UTC)


@given(moments, zones, st.sampled_from(["monday", "周一", "9am", "1 march", "the 31st", "noon", "end of month"]))
def test_what_recurs_always_has_a_next_time(now: datetime, zone: ZoneInfo, text: str) -> None:
    assert parse(text, now=now, zone=zone) is not None

"""How dates, waits, sizes and names are written for the reader, in the reader's language and time zone."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal
from babel.units import format_unit
from markupsafe import Markup, escape

from dragoman.kit import clock
from dragoman.platform import i18n
from dragoman.platform.i18n import gettext as _

_zone: ContextVar[tzinfo] = ContextVar("zone", default=UTC)
_FIRST_CJK = "\u2e80"
_SPECIAL = re.compile(r"https?://[^\s<>\"']{3,1000}[^\s<>\"'.,;:!?)\]，。；：！？）]|\d[\d./-]{3,60}\d")
_LINK = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow"><bdi>{0}</bdi></a>')
_ISOLATED = Markup('<bdi dir="ltr">{}</bdi>')
_HOUR = 60
_NEAR = 4 * 60
_DAY = 24 * _HOUR


@contextmanager
def use(zone: tzinfo) -> Iterator[None]:
    """Write times in `zone` within the block."""
    token = _zone.set(zone)
    try:
        yield
    finally:
        _zone.reset(token)


def _here(at: datetime) -> datetime:
    return at.astimezone(_zone.get())


def hour(at: datetime, zone: tzinfo | None = None) -> str:
    """Hours and minutes, 24 hours a day, in the reader's zone or in `zone`."""
    return at.astimezone(zone or _zone.get()).strftime("%H:%M")


def day(at: datetime) -> str:
    """The day of `at` in words: today, yesterday, or its date (with the year when it is another one)."""
    here, today = _here(at), _here(clock.now())
    age = (today.date() - here.date()).days
    if age == 0:
        return _("Today")
    if age == 1:
        return _("Yesterday")
    return _date(here.date(), here.year == today.year, i18n.current())


@lru_cache(maxsize=4096)
def _date(on: date, this_year: bool, locale: str) -> str:
    return format_skeleton("MMMd", on, locale=locale) if this_year else format_date(on, "medium", locale=locale)


def when(at: datetime) -> str:
    """The shortest clear form for lists: an hour today, else a day."""
    return hour(at) if _here(at).date() == _here(clock.now()).date() else day(at)


def stamp(at: datetime) -> str:
    """Day and hour, as it stands over a message."""
    return f"{day(at)} {hour(at)}"


def full(at: datetime) -> str:
    """The whole date with seconds and its zone, for a tooltip."""
    return _full(at, _zone.get(), i18n.current())


# A list says this of every row, and says it again each time it is renewed: CLDR's patterns are dear to fill.
@lru_cache(maxsize=8192)
def _full(at: datetime, zone: tzinfo, locale: str) -> str:
    return format_datetime(at.astimezone(zone), "full", locale=locale)


def theirs(zone: tzinfo, at: datetime | None = None) -> str:
    """Weekday and hour in another zone, now or `at` a moment: what the customer's clock shows."""
    there = (at or clock.now()).astimezone(zone)
    return f"{format_skeleton('E', there, locale=i18n.current())} {there:%H:%M}"


def minutes(since: datetime) -> int:
    """Whole minutes from `since` until now; nothing is negative, clocks differ a little."""
    return max(0, int((clock.now() - since) / timedelta(minutes=1)))


def wait(since: datetime) -> str:
    """How long someone has been waiting: minutes, then hours and minutes, then days."""
    return _span(minutes(since))


def left(due: datetime) -> str:
    """How long until a clock runs out: minutes, then hours and minutes, then its hour or day; behind it, how late."""
    seconds = (due - clock.now()).total_seconds()
    total = abs(int(seconds // 60 if seconds >= 0 else -(-seconds // 60)))
    if seconds < 0:
        return _("{time} late", time=_span(total))
    if total < _NEAR:
        return _("{time} left", time=_span(total))
    here, today = _here(due), _here(clock.now())
    days = (here.date() - today.date()).days
    if days == 0:
        return _("today {time}", time=hour(due))
    if days == 1:
        return _("tomorrow {time}", time=hour(due))
    return f"{_date(here.date(), here.year == today.year, i18n.current())} {hour(due)}"


def _span(total: int) -> str:
    if total < _HOUR:
        return _("{n} min", n=total)
    if total < _DAY:
        return _("{h} h {m} m", h=total // _HOUR, m=total % _HOUR)
    return _("{n} d", n=total // _DAY)


def span(length: timedelta) -> str:
    """A length of time in words."""
    return _span(abs(int(length / timedelta(minutes=1))))


def band(due: datetime) -> str:
    """The trade's colour of a clock: red from 15 minutes before it runs out, amber from 2 hours, blue within a day."""
    span = due - clock.now()
    if span <= timedelta(minutes=15):
        return "red"
    return "amber" if span <= timedelta(hours=2) else "blue" if span <= timedelta(hours=24) else "plain"


def size(octets: int) -> str:
    """A file's size in the largest unit that keeps it readable (decimal units, as mail programs show them)."""
    for limit, unit in (
        (10**9, "digital-gigabyte"),
        (10**6, "digital-megabyte"),
        (10**3, "digital-kilobyte"),
    ):
        if octets >= limit:
            value = octets / limit
            shown = round(value, 1) if value < 10 else round(value)
            return format_unit(shown, unit, length="short", locale=i18n.current())
    return format_unit(octets, "digital-byte", length="long", locale=i18n.current())


def number(value: int) -> str:
    """A whole number with the reader's grouping."""
    return format_decimal(value, locale=i18n.current())


def bounded(count: int, limit: int = 99) -> str:
    """A count that need not be exact past `limit`: "99+"."""
    return f"{limit}+" if count > limit else str(count)


def initials(name: str) -> str:
    """One or two signs that stand for a name in an avatar."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "·"
    if words[0][0] >= _FIRST_CJK:
        return words[0][-2:] if len(words) == 1 else words[0][0]
    return (words[0][0] + words[-1][0]).upper() if len(words) > 1 else words[0][:2].upper()


def language(tag: str) -> str:
    """A language's name in the reader's language, or the tag itself when CLDR does not know it."""
    return _language(tag, i18n.current())


@lru_cache(maxsize=1024)
def _language(tag: str, locale: str) -> str:
    try:
        return Locale.parse(tag.replace("-", "_")).get_display_name(locale) or tag
    except ValueError:
        return tag


def territory(code: str) -> str:
    """A market's name in the reader's language, or the code itself when CLDR does not know it."""
    return _territory(code, i18n.current())


@lru_cache(maxsize=1024)
def _territory(code: str, locale: str) -> str:
    return str(Locale.parse(locale).territories.get(code.upper(), code))


def prose(text: str) -> Markup:
    """A customer's plain text for a page: web addresses become links, and numbers with signs inside are isolated.

    Without isolation an order number in Arabic or Hebrew text is shown back to front (UAX #9).
    """
    pieces: list[Markup] = []
    last = 0
    for found in _SPECIAL.finditer(text):
        pieces.append(escape(text[last : found.start()]))
        word = found[0]
        form = _LINK if word.startswith("http") else _ISOLATED
        pieces.append(form.format(word))
        last = found.end()
    pieces.append(escape(text[last:]))
    return Markup("").join(pieces)


def rich(text: str, **values: object) -> Markup:
    """A translated sentence that carries its own markup; the values filled in are escaped."""
    return Markup(text).format(**values)  # noqa: S704 - the sentence stands in our templates and catalogues


def mark(view: object) -> str:
    """A short fingerprint of a view, by which the page sees whether a part has changed."""
    return f"{zlib.crc32(repr(view).encode()):08x}"

"""The desk's own languages: gettext catalogues, chosen for each request or job.

Catalogues are kept as `.po` text and compiled in memory at first use, so that no stale binary can be shipped.
"""

from __future__ import annotations

import gettext as _gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from dragoman.kit.errors import N_

__all__ = ["LOCALES", "N_", "current", "gettext", "negotiate", "ngettext", "pgettext", "use"]

SOURCE = "en"
LOCALES = {"en": "English", "zh_Hans": "简体中文"}
FOLDER = Path(__file__).parents[1] / "locale"

_locale: ContextVar[str] = ContextVar("locale", default=SOURCE)


@cache
def catalogue(locale: str) -> _gettext.NullTranslations:
    """The compiled catalogue of a locale; the source language has none and needs none."""
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if locale == SOURCE or not path.exists():
        return _gettext.NullTranslations()
    buffer = io.BytesIO()
    with path.open("rb") as file:
        write_mo(buffer, read_po(file, locale=locale))
    buffer.seek(0)
    return _gettext.GNUTranslations(buffer)


def current() -> str:
    """The locale of the reader whom this request or job serves."""
    return _locale.get()


@contextmanager
def use(locale: str) -> Iterator[None]:
    """Speak `locale` within the block; unknown ones fall back to the source language."""
    token = _locale.set(locale if locale in LOCALES else SOURCE)
    try:
        yield
    finally:
        _locale.reset(token)


def negotiate(accept_language: str) -> str:
    """The best of our locales for an Accept-Language header (RFC 9110 §12.5.4)."""
    wishes: list[tuple[float, int, str]] = []
    for place, item in enumerate(accept_language.split(",")):
        tag, _, params = item.strip().partition(";")
        try:
            weight = float(params.strip().removeprefix("q=")) if params else 1.0
        except ValueError:
            weight = 0.0
        wishes.append((-weight, place, tag.strip().lower()))
    for _weight, _place, tag in sorted(wishes):
        if tag.startswith("zh"):
            return "zh_Hans"
        if tag.startswith("en"):
            return "en"
    return SOURCE


def gettext(message: str, **values: object) -> str:
    """`message` in the reader's language, its `{names}` filled."""
    text = catalogue(current()).gettext(message)
    return text.format(**values) if values else text


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """The plural form for `n`, which fills `{n}`."""
    return catalogue(current()).ngettext(one, many, n).format(n=n, **values)


def pgettext(context: str, message: str) -> str:
    """`message` in the sense that `context` names."""
    return catalogue(current()).pgettext(context, message)

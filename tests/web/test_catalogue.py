"""Everything a person reads is translated: no string of the package may be missing, empty or fuzzy in a catalogue."""

from __future__ import annotations

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from dragoman.platform import i18n

KEYWORDS = parse_keywords(["_", "gettext", "N_", "ngettext:1,2", "pgettext:1c,2"])
NAMES = re.compile(r"\{(\w+)\}")
OTHERS = [locale for locale in i18n.LOCALES if locale != i18n.SOURCE]


@cache
def extracted() -> dict[tuple[str | None, str], tuple[str, ...]]:
    """All marked strings by context and first form."""
    with (i18n.FOLDER / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)
    found = {}
    for _file, _line, message, _comments, context in extract_from_dir(
        str(i18n.FOLDER.parent), methods, options, keywords=KEYWORDS
    ):
        forms = message if isinstance(message, tuple) else (message,)
        if forms[0]:
            found[context, forms[0]] = tuple(form for form in forms if form)
    return found


@cache
def catalogue(locale: str) -> Catalog:
    with (i18n.FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=locale)


def test_strings_are_found_in_code_and_in_templates() -> None:
    keys = {key for _context, key in extracted()}
    assert {"Pick a ticket", "This view does not exist.", "{n} quoted line"} <= keys


@pytest.mark.parametrize("locale", OTHERS)
def test_every_string_is_translated(locale: str) -> None:
    missing = []
    for context, key in extracted():
        message = catalogue(locale).get(key, context)
        texts = (
            message.string if message and isinstance(message.string, tuple) else (message.string,) if message else ()
        )
        if not texts or not all(texts) or (message and message.fuzzy):
            missing.append(key)
    assert missing == []


@pytest.mark.parametrize("locale", OTHERS)
def test_nothing_is_translated_that_is_no_longer_said(locale: str) -> None:
    present = {key for _context, key in extracted()}
    kept = {
        message.id[0] if isinstance(message.id, tuple) else message.id for message in catalogue(locale) if message.id
    }
    assert kept - present == set()


@pytest.mark.parametrize("locale", OTHERS)
def test_translations_fill_the_same_names(locale: str) -> None:
    wrong = []
    for (context, key), forms in extracted().items():
        message = catalogue(locale).get(key, context)
        if message is None:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = {name for form in forms for name in NAMES.findall(form)}
        if any(set(NAMES.findall(text)) != allowed for text in texts):
            wrong.append(key)
    assert wrong == []

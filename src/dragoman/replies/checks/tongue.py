"""Is the answer in the customer's language, all of it, with nothing left to fill in, and by the right name?"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from dragoman.kit.errors import N_
from dragoman.kit.text import fold
from dragoman.replies.checks.model import BLOCK, WARN, Context, Finding, Source
from dragoman.understanding.language import UNSURE, detect

HOUSE = Source("House rule: an answer is in the customer’s language", "2026-11", "high")
_LEFT = regex.compile(
    r"\{\{[^{}\n]{0,60}\}\}|\{[a-z_]{2,30}\}|\[(?:name|order|date|days?|link|tracking|amount)[^\]\n]{0,30}\]"
    r"|(?-i:<[A-Z_]{3,30}>|XXX+)|_{4,}",
    regex.I,
)
_SENTENCE = regex.compile(r"[^.!?。！？\n]{25,}[.!?。！？]?")
TITLES = frozenset(
    """
    mr mrs ms miss dr prof herr frau monsieur madame mademoiselle m mme mlle señor señora señorita sr sra srita srta
    sig sigra signor signora dott dottssa senhor senhora pan pani panie de heer mevrouw bay bayan sir madam customer
    buyer kunde kundin client cliente damen herren team all
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_GREETED = regex.compile(
    r"^\s*(?:dear|hi|hello|hey|hallo|guten tag|liebe[r]?|sehr geehrte[r]?|bonjour|cher|chère|hola|estimad[oa]|ciao|"
    r"gentile|olá|prezad[oa]|beste|dag|hej|witaj|dzień dobry|merhaba|sayın|здравствуйте|уважаем\w+)\s+"
    r"(?-i:(?P<name>\p{Lu}[\p{L}'’-]*\.?(?:\s\p{Lu}[\p{L}'’-]*\.?){0,4}))\s*[,!:\n]",
    regex.I,
)
NAMES_APART = 2
ALIKE = (frozenset(("id", "ms")), frozenset(("bs", "hr")))
"""Languages that one sentence does not tell apart surely enough to speak up."""


def find(text: str, context: Context) -> Iterator[Finding]:
    """What is wrong with the language of an answer."""
    for match in _LEFT.finditer(text):
        yield Finding("language.placeholder", BLOCK, N_("Something is left to fill in here."), HOUSE, *match.span())
    if context.language:
        yield from _spoken(text, context)
    if context.customer:
        yield from _named(text, context)


def _spoken(text: str, context: Context) -> Iterator[Finding]:
    """Another language as a whole, or in some of the sentences."""
    whole = detect(text, (context.language,))
    if whole.code != UNSURE and whole.confidence >= 0.9 and not _same(whole.code, context.language):
        values = {"found": whole.code, "wanted": context.language}
        why = N_("The customer writes in another language ({wanted}) than this answer ({found}).")
        yield Finding("language.other", WARN, why, HOUSE, values=values)
        return
    for match in _SENTENCE.finditer(text):
        part = detect(match.group())
        if part.code != UNSURE and part.confidence >= 0.97 and not _same(part.code, context.language):
            values = {"found": part.code}
            why = N_("This sentence is in another language ({found}).")
            yield Finding("language.rest", WARN, why, HOUSE, *match.span(), None, values)
    variant = detect(text).code
    wanted = context.language
    if "-" in variant and "-" in wanted and variant != wanted and _same(variant, wanted):
        values = {"found": variant, "wanted": wanted}
        why = N_("Words of another variant ({found}) than the customer’s ({wanted}).")
        yield Finding("language.variant", WARN, why, HOUSE, values=values)


def _same(one: str, other: str) -> bool:
    """Whether two tags name one language, or two alike; the scripts of Chinese are told apart, variants of others are
    not."""
    if one.startswith("zh") and other.startswith("zh"):
        scripts = {tag.partition("-")[2] for tag in (one, other)} & {"Hans", "Hant"}
        return len(scripts) < 2
    pair = {tag.partition("-")[0].lower() for tag in (one, other)}
    return len(pair) == 1 or pair in ALIKE


def _named(text: str, context: Context) -> Iterator[Finding]:
    """The customer is greeted by somebody else's name."""
    match = _GREETED.search(text)
    if match is None:
        return
    words = {one.casefold().rstrip(".") for one in match["name"].split()}
    greeted = {_plain(one) for one in words - TITLES}
    known = {_plain(one) for one in regex.findall(r"[\p{L}'’-]+", context.customer)}
    if greeted and known and not greeted & known and all(len(one) > NAMES_APART for one in greeted):
        values = {"name": context.customer}
        why = N_("The customer is called {name}.")
        yield Finding("language.name", WARN, why, HOUSE, *match.span("name"), context.customer, values)


def _plain(name: str) -> str:
    """A name without accents: many write Yilmaz for Yılmaz."""
    return fold(name).replace("ı", "i")

"""What a translation must not change: taken out before as marks, put back after, and told where it is missing. Pure.

A customer's text and a provider's answer are both data from strangers. Marks keep order numbers, links, sums and
names out of a provider's hands (they do not leave the machine at all), and an answer in which one is lost, doubled or
made up is refused, as is one that says far more, far less, or in another script than the original.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape, unescape

import regex

from dragoman.translation import figures, languages
from dragoman.translation.sentences import weight

Span = tuple[int, int, str]
"""Where a text names something: start, end, and the kind as the room `understanding` calls it."""
BRACKETS, WORDS = ("⟦", "⟧"), ("QZ", "QZ")
"""How a mark looks: in brackets for language models and where tags protect it, as a word for engines that know
neither."""
PLACEHOLDER = regex.compile(
    r"\{\{[^{}\n]{1,80}\}\}|\{[A-Za-z_][A-Za-z0-9_.]{0,60}\}|%\([a-z_]+\)[sd]|\$\{[A-Za-z_.]{1,60}\}"
)
LINK = regex.compile(r"(?:https?://|www\.)[^\s<>\"'）】」，。]+", regex.I)
MAIL = regex.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
CODE = regex.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9#/_.-]{0,60}\d)#?[A-Za-z0-9]+(?:[-_/.][A-Za-z0-9]+|[,:]\d+)*(?![A-Za-z0-9])"
)
_AS_IT_IS = frozenset(
    ("order", "tracking", "url", "email", "phone", "card", "iban", "national_id", "sku", "product", "voucher", "code",
     "placeholder", "term", "known", "address")
)  # fmt: skip
_SPAN = '<span translate="no">'
_TAGS = regex.compile(r"<\s*/?\s*span\b[^<>]*>")
LEAST, MOST, FROM = 0.25, 4.0, 40.0
"""How much shorter and longer than the original an answer may be (by `sentences.weight`), for texts from FROM on."""


class Broken(Exception):
    """An answer that lost, doubled or made something up; `words` name it."""

    def __init__(self, reason: str, words: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason, self.words = reason, tuple(words)


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of the term base as a translation needs it; `rendering` empty: only `forbidden` is known."""

    term: str
    rendering: str
    forbidden: tuple[str, ...] = ()
    note: str = ""
    exact: bool = False
    """Whether capital and small letters are told apart."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that must survive: where it stands in the original, its kind, and what stands for it in the
    translation."""

    start: int
    end: int
    kind: str
    shown: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text whose facts are marks. `marks` is BRACKETS or WORDS; facts are numbered from 0 in their order."""

    text: str
    facts: tuple[Fact, ...]
    marks: tuple[str, str]


def find_facts(text: str, spans: Iterable[Span], terms: Iterable[Term], source: str, target: str) -> tuple[Fact, ...]:
    """All that must survive, in order and without overlap: what was named to us first, then what shapes tell."""
    here = figures.facts_of(source) or figures.facts_of(target)
    there = figures.facts_of(target)
    taken: list[Fact] = []
    held = bytearray(len(text))

    def take(start: int, end: int, kind: str, shown: str) -> None:
        if 0 <= start < end <= len(text) and "\n" not in text[start:end] and not any(held[start:end]):
            held[start:end] = b"\1" * (end - start)
            taken.append(Fact(start, end, kind, shown))

    for found in _shapes(text, (("placeholder", PLACEHOLDER), ("url", LINK), ("email", MAIL), *_OWN)):
        take(*found, text[found[0] : found[1]])
    for start, end, kind in spans:
        if kind in _AS_IT_IS:
            take(start, end, kind, text[start:end])
        elif kind == "money" and here and there:
            take(start, end, kind, figures.numbers_in(text[start:end], here, there))
    for start, end, term in find_terms(text, terms):
        if term.rendering:
            take(start, end, "term", term.rendering)
    for start, end, kind in _shapes(text, _FIGURES):
        shown = _re_written(kind, text[start:end], here, there)
        if shown is not None:
            take(start, end, kind, shown)
    return tuple(sorted(taken, key=lambda one: one.start))


_OWN = (("code", regex.compile(r"⟦\s*\d+\s*⟧|QZ\d+QZ", regex.I)),)
"""What looks like a mark of ours in somebody's text is kept as it is, so that every other one is ours."""
_FIGURES = (
    ("measure", figures.MEASURE), ("day", figures.DAY), ("time", figures.TIME), ("number", figures.NUMBER),
    ("code", CODE),
)  # fmt: skip


def _shapes(text: str, kinds: Iterable[tuple[str, regex.Pattern[str]]]) -> Iterable[Span]:
    for kind, pattern in kinds:
        for found in pattern.finditer(text):
            end = found.end()
            if kind == "url":
                end -= len(found.group()) - len(found.group().rstrip(".,;:!?)]}»”。，）"))
            yield found.start(), end, kind


def _re_written(kind: str, text: str, here: figures.Locales | None, there: figures.Locales | None) -> str | None:
    """What stands for a figure in the translation; None where it is left to the translator."""
    if kind == "code":
        return text if len(text) > 1 else None
    if here is None or there is None:
        return text if kind in ("day", "number") and len(text) > 1 else None
    if kind == "measure":
        return figures.measure(text, here, there)
    if kind == "day":
        return figures.day(text, here, there) or text
    if kind == "time":
        return figures.moment(text, there) or text
    return figures.number(text, here, there) if len(text) > 1 else None


def find_terms(text: str, terms: Iterable[Term]) -> list[tuple[int, int, Term]]:
    """Where a text uses words of the term base: the longest first, whole words where the script has them."""
    found: list[tuple[int, int, Term]] = []
    held, small = bytearray(len(text)), text.casefold()
    for term in sorted(terms, key=lambda one: -len(one.term)):
        if term.term.casefold() not in small:
            continue
        for match in _word(term.term, exact=term.exact).finditer(text):
            if not any(held[match.start() : match.end()]):
                held[match.start() : match.end()] = b"\1" * len(match.group())
                found.append((match.start(), match.end(), term))
    return found


def _word(word: str, *, exact: bool = False) -> regex.Pattern[str]:
    apart = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}"
    left = "" if regex.match(rf"[{apart}]", word) else rf"(?<![\p{{L}}\p{{N}}--[{apart}]])"
    right = "" if regex.search(rf"[{apart}]$", word) else rf"(?![\p{{L}}\p{{N}}--[{apart}]])"
    return regex.compile(left + regex.escape(word) + right, (0 if exact else regex.I) | regex.V1)


def mask(text: str, facts: Sequence[Fact], marks: tuple[str, str] = BRACKETS) -> Masked:
    """The text with a numbered mark in each fact's place."""
    out, at = [], 0
    for number, fact in enumerate(facts):
        out += [text[at : fact.start], f"{marks[0]}{number}{marks[1]}"]
        at = fact.end
    return Masked("".join([*out, text[at:]]), tuple(facts), marks)


def to_html(masked: str) -> str:
    """A masked text for providers that understand tags: its marks are not to be translated."""
    return regex.sub(r"⟦\d+⟧", lambda found: f"{_SPAN}{found.group()}</span>", escape(masked, quote=False))


def from_html(answer: str) -> str:
    """A masked text out of such a provider's answer."""
    return unescape(_TAGS.sub("", answer))


def marks_in(text: str, marks: tuple[str, str]) -> list[tuple[int, int, int]]:
    """Every mark in a text as (start, end, number); engines may have put spaces into it, or small letters."""
    pattern = rf"{regex.escape(marks[0])}\s*(\d{{1,4}})\s*{regex.escape(marks[1])}"
    return [(found.start(), found.end(), int(found[1])) for found in regex.finditer(pattern, text, regex.I)]


def restore(masked: Masked, answer: str) -> str:
    """The answer with the facts in their marks' places. Raises Broken unless each is there exactly once."""
    found = marks_in(answer, masked.marks)
    counted = Counter(number for _start, _end, number in found)
    lost = [fact.shown for number, fact in enumerate(masked.facts) if counted[number] == 0]
    if lost:
        raise Broken("lost", lost)
    doubled = [fact.shown for number, fact in enumerate(masked.facts) if counted[number] > 1]
    if doubled or any(number >= len(masked.facts) for number in counted):
        raise Broken("doubled", doubled)
    out, at = [], 0
    for start, end, number in found:
        out += [answer[at:start], _in_place(masked.facts[number], answer[:start])]
        at = end
    return "".join([*out, answer[at:]])


def _in_place(fact: Fact, before: str) -> str:
    """A fact as it is written where it now stands: a term takes a capital at a sentence's beginning."""
    first = not before.strip() or regex.search(r"[.!?]\s+$|\n\s*$", before)
    if fact.kind == "term" and first and fact.shown[:1].islower():
        return fact.shown[:1].upper() + fact.shown[1:]
    return fact.shown


def check(source: str, answer: str, secret: str = "") -> None:
    """Raise Broken for a line that can't be a translation: made-up links or addresses, a length that does not fit, or
    the `secret` of the question in it. All facts are back in `answer` already."""
    if secret and secret in answer:
        raise Broken("told")
    if not answer.strip() and source.strip():
        raise Broken("empty")
    known = source.casefold()
    for pattern in (LINK, MAIL):
        new = [one.rstrip(".,;:!?)") for one in pattern.findall(answer)]
        if made_up := [one for one in new if one.casefold() not in known]:
            raise Broken("made up", made_up)
    here, there = weight(source), weight(answer)
    if here >= FROM and not LEAST * here <= there <= MOST * here:
        raise Broken("length")


def check_numbers(masked: str, answer: str) -> None:
    """Raise Broken where a still masked answer brings a long number of its own: facts are marks, so none may."""
    known = "".join(regex.findall(r"\d", masked))
    runs = (regex.sub(r"\D", "", one) for one in regex.findall(r"\d[\d.,\u00a0\u202f -]{3,}\d", answer))
    if made_up := [one for one in runs if len(one) >= 5 and not one.endswith("000") and one not in known]:
        raise Broken("made up", made_up)


_SCRIPTS = {"zh": r"\p{Han}", "ja": r"[\p{Hiragana}\p{Katakana}\p{Han}]", "ko": r"\p{Hangul}", "th": r"\p{Thai}",
            "ru": r"\p{Cyrillic}", "uk": r"\p{Cyrillic}", "bg": r"\p{Cyrillic}", "el": r"\p{Greek}",
            "ar": r"\p{Arabic}", "fa": r"\p{Arabic}", "he": r"\p{Hebrew}", "hi": r"\p{Devanagari}"}  # fmt: skip


def check_script(answer: str, target: str) -> None:
    """Raise Broken for a whole text of some length that is hardly written in the target's script. (A single line may
    be a name and a street.)"""
    base = languages.base(target)
    wanted = _SCRIPTS.get(base) or (r"\p{Latin}" if base in _LATIN else "")
    letters = len(regex.findall(r"\p{L}", regex.sub(f"{LINK.pattern}|{MAIL.pattern}", " ", answer)))
    if wanted and letters >= 20 and len(regex.findall(wanted, answer)) < 0.2 * letters:
        raise Broken("script")


_LATIN = frozenset(
    ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "tr", "id", "vi",
     "ca", "et", "lt", "lv", "sl", "hr", "ms")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """A rendering that the term base forbids, and the one it prefers (empty: none is known)."""

    word: str
    preferred: str
    note: str = ""


def forbidden_in(source: str, answer: str, terms: Iterable[Term]) -> tuple[Finding, ...]:
    """Forbidden renderings that a translation uses (R92). Only terms that the original uses count: a word forbidden
    for one may be right for another."""
    used = [term for _start, _end, term in find_terms(source, terms)]
    found = [(term, word) for term in used for word in term.forbidden if _word(word).search(answer)]
    return tuple(dict.fromkeys(Finding(word, term.rendering, term.note) for term, word in found))


def mend(source: str, answer: str, terms: Iterable[Term]) -> tuple[str, tuple[Finding, ...]]:
    """A translation with forbidden renderings replaced where a preferred one is known; the others are told."""
    findings = forbidden_in(source, answer, terms)
    for one in findings:
        if one.preferred:
            answer = _word(one.word).sub(partial(_like, one.preferred), answer)
    return answer, tuple(one for one in findings if not one.preferred)


def _like(word: str, found: regex.Match[str]) -> str:
    """A word with a capital where the found one has it."""
    return word[:1].upper() + word[1:] if found.group()[:1].isupper() else word

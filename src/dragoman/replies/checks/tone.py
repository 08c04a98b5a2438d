"""What words alone do not tell of an answer's tone: whether it greets, how it addresses the customer, whether an
apology leads on, whether Japanese and Korean keep the polite form, and whether a long answer has its three parts.

The words that this reads stand in `tone.yaml`, by language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex

from dragoman.replies.checks.model import HINT, WARN, Context, Finding, Source
from dragoman.replies.checks.phrases import beginnings, load
from dragoman.replies.checks.words import WHY

LETTERS = Source("General knowledge of the trade: letters of this market", "2026-11", "medium")
ADDRESS = Source("General knowledge of the trade: forms of address", "2026-11", "medium")
EMPATHY = Source("House rule: empathy, not a bare apology; suggestions, not orders", "2026-11", "high")
JAPAN = Source("Trade handbook: apology, then improvement", "2025", "medium")
PARTS = Source("House rule: problem, solution, next steps", "2026-11", "high")
LETTER_CHANNELS = frozenset(("email", "amazon", "ebay", "aliexpress"))
"""Where an answer is a letter; in chats people greet once."""
SHORT, LONG, BARE = 80, 600, 40
"""Characters: below the first nothing need greet, above the second an answer wants parts, and an apology shorter than
the third is bare."""
DENSER = 2.5
"""How much more a character says in scripts without spaces and in Hangul."""
BLOCKS, MOST = 3, 3
"""Parts of a long answer; most findings of one kind."""
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Hangul}]")
_QUOTED = regex.compile(
    r'"[^"\n]{1,300}"|„[^“”\n]{1,300}[“”]|“[^”\n]{1,300}”|«[^»\n]{1,300}»|「[^」\n]{1,300}」|(?m:^>.*$)'
)
_START = r"(?:^|(?<=\D[.!?…]\s)|(?<=\n))[ \t]*"
_SENTENCE = regex.compile(r"[^.!?。！？\n]+[.!?。！？]")
_PLAIN = {
    "ja": regex.compile(
        r"(?<!で|ま)(?:だ|である|だった|する|した|している|していた|ない|なかった|された|される|れた|った|なる|ある|いる|"
        r"できる|できた|くれ|しろ|だよ|だね|だろう|思う|てね|てよ|るよ|たよ|いよ|ろ|るね|たね)$"
    ),
    "ko": regex.compile(
        r"(?:[했한있없됐된간온였았었겠렸졌냈됨]다|이다|[했됐갔왔냈샀봤줬났썼졌였았었겠있없](?:어|지)|"
        r"거야|이야|해줘|해 줘|줘|보내|몰라|할게|"
        r"줄게|갈게|그래|맞아|돼|볼게)$"
    ),
}
_KEPT = {
    "ja": regex.compile(r"(?:です|ます|ません|でした|ました|ください|下さい|ましょう)"),
    "ko": regex.compile(r"(?:니다|니까|세요|시오|어요|아요|해요|예요|에요|네요|지요|죠)$"),
}
_PARTICLE = regex.compile(r"ครับ|ค่ะ|คะ|คับ")
THAI = 40
"""Thai letters from which on an answer wants its particle."""
SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Manners:
    """One language's words as patterns (None: none are known); `markets` where familiar address is out of place,
    `first` where it is so in a first answer."""

    greetings: regex.Pattern[str] | None
    closings: regex.Pattern[str] | None
    sorry: regex.Pattern[str] | None
    steps: regex.Pattern[str] | None
    reasons: regex.Pattern[str] | None
    orders: regex.Pattern[str] | None
    polite: regex.Pattern[str] | None
    formal: regex.Pattern[str] | None
    informal: regex.Pattern[str] | None
    named: str
    markets: frozenset[str]
    first: frozenset[str]
    severity: str


def find(text: str, context: Context) -> Iterator[Finding]:
    """What of the tone a whole text tells."""
    key = context.language if context.language in _data() else context.primary
    if key not in _data():
        return
    manners, own = _manners(key), _QUOTED.sub(lambda match: " " * len(match.group()), text)
    for look in (_letter, _address, _apology, _orders):
        yield from look(own, context, manners)
    yield from _polite(own, context.primary)
    yield from _parts(own)


def _size(text: str) -> float:
    """Characters, those that say more counted for more."""
    return len(text) + len(_DENSE.findall(text)) * (DENSER - 1)


def _letter(text: str, context: Context, manners: Manners) -> Iterator[Finding]:
    """A first answer without a greeting at its beginning or a closing at its end."""
    if context.earlier or context.channel not in LETTER_CHANNELS or _size(text.strip()) < SHORT:
        return
    if manners.greetings and not manners.greetings.search(text.lstrip()[:80]):
        yield Finding("tone.greeting", HINT, WHY["tone.greeting"], LETTERS)
    if context.signature is None:
        return
    if manners.closings and not manners.closings.search(f"{text.rstrip()}\n{context.signature}"[-200:]):
        yield Finding("tone.closing", HINT, WHY["tone.closing"], LETTERS)


def _address(text: str, context: Context, manners: Manners) -> Iterator[Finding]:
    """Familiar address where it is out of place, or beside the formal one."""
    if manners.formal is None or manners.informal is None:
        return
    familiar = list(manners.informal.finditer(text))[:MOST]
    formal = manners.formal.search(text) if familiar else None
    for match in familiar:
        values = {"formal": manners.named, "word": match.group()}
        if formal:
            yield Finding("tone.mixed", WARN, WHY["tone.mixed"], ADDRESS, *match.span(), None, values)
        elif context.market in manners.markets or (context.market in manners.first and not context.earlier):
            yield Finding("tone.informal", manners.severity, WHY["tone.informal"], ADDRESS, *match.span(), None, values)


def _apology(text: str, context: Context, manners: Manners) -> Iterator[Finding]:
    """Apologies that lead nowhere, and in Japan one that comes late."""
    said = list(manners.sorry.finditer(text)) if manners.sorry else []
    if not said:
        return
    leads = manners.steps is not None and manners.steps.search(text)
    if not leads and (len(said) > 1 or _size(text.strip()) < BARE):
        yield Finding("tone.sorry", HINT, WHY["tone.sorry"], EMPATHY, *said[-1].span())
    reason = manners.reasons.search(text) if manners.reasons and context.market == "JP" else None
    if reason and reason.start() < said[0].start() and text.find("。", reason.end(), said[0].start()) >= 0:
        yield Finding("tone.apology", HINT, WHY["tone.apology"], JAPAN, *said[0].span())


def _orders(text: str, _context: Context, manners: Manners) -> Iterator[Finding]:
    """Sentences that begin with an order and say no please. Steps of a list are none."""
    if manners.orders is None or manners.polite is None:
        return
    for match in manners.orders.finditer(text):
        end = min((at for at in (text.find(mark, match.end()) for mark in ".!?\n") if at >= 0), default=len(text))
        if not manners.polite.search(text[match.start() : end]):
            yield Finding("tone.command", HINT, WHY["tone.command"], EMPATHY, *match.span("order"))


def _polite(text: str, language: str) -> Iterator[Finding]:
    """Japanese and Korean sentences in the plain form, Thai without its particle."""
    if language == "th" and not _PARTICLE.search(text) and len(regex.findall(r"\p{Thai}", text)) >= THAI:
        yield Finding("tone.polite", HINT, WHY["tone.polite"], ADDRESS)
    if language not in _PLAIN:
        return
    plain = 0
    for match in _SENTENCE.finditer(text):
        part = match.group().rstrip(".!?。！？")
        if len(part.strip()) < SHORTEST or not _PLAIN[language].search(part) or _KEPT[language].search(part[-8:]):
            continue
        plain += 1
        if plain <= MOST:
            start = match.start() + len(part) - len(part.lstrip())
            yield Finding("tone.polite", WARN, WHY["tone.polite"], ADDRESS, start, match.end())


def _parts(text: str) -> Iterator[Finding]:
    """A long answer in one lump, a very long one in two."""
    if _size(text) > LONG:
        blocks = [one for one in regex.split(r"\n\s*\n|\n(?=\s*[-•\d])", text) if _size(one.strip()) >= SHORT / 2]
        if len(blocks) < min(BLOCKS, 1 + int(_size(text) // LONG)):
            yield Finding("tone.parts", HINT, WHY["tone.parts"], PARTS)


@cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = load("tone.yaml")
    return found


@cache
def _manners(language: str) -> Manners:
    """A language's words, made into patterns once."""
    data = _data()[language]

    def starts(key: str) -> regex.Pattern[str] | None:
        return beginnings(data.get(key, ()))

    orders = "|".join(rf"{regex.escape(one.strip())}\b(?!-)" for one in data.get("orders", ()))
    return Manners(
        greetings=starts("greetings"), closings=starts("closings"), sorry=starts("sorry"), steps=starts("steps"),
        reasons=starts("reasons"), polite=starts("polite"),
        orders=regex.compile(f"{_START}(?P<order>{orders})", regex.I) if orders else None,
        formal=_forms(language, data.get("formal", ()), capital=True),
        informal=_forms(language, data.get("informal", ())), named=(data.get("formal") or [""])[0],
        markets=frozenset(data.get("markets", ())), first=frozenset(data.get("first", ())),
        severity=data.get("severity", HINT),
    )  # fmt: skip


CAPITAL = frozenset(("de", "it", "pl"))
"""Languages whose formal address is told by its capital: at the beginning of a sentence it may be another word."""


def _forms(language: str, words: Sequence[str], *, capital: bool = False) -> regex.Pattern[str] | None:
    """Forms of address as a pattern; the Chinese 你 is not that of 你们 or 你好."""
    if not words:
        return None
    joined = "|".join(regex.escape(one).replace("'", "['’]") for one in words)
    if language.startswith("zh"):
        return regex.compile(rf"(?:{joined})(?![们們好])")
    if language in ("ja", "ko", "th"):
        return regex.compile(rf"(?:{joined})")
    if capital and language in CAPITAL:
        return regex.compile(rf"(?<=[\p{{L}},;:]\s)(?:{joined})(?![\w-])")
    return regex.compile(rf"(?<![\w'’-])(?:{joined})(?![\w-])", regex.I)

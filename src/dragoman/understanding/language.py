"""In which language a message is written. The script decides where it can; then letters, words and statistics.

Short messages are hard, so what is known of the customer may break a tie, but never overrules what a text shows. Where
nothing decides, the answer is `und`, with a guess where there is one: Hindi or Arabic in Latin letters is such a case.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import eldc
import regex
import yaml

from dragoman.understanding.script import chinese_script, is_japanese, scripts

UNSURE = "und"
BY_SCRIPT = {
    "Hang": "ko", "Kana": "ja", "Kata": "ja", "Thai": "th", "Hebr": "he", "Grek": "el", "Beng": "bn", "Taml": "ta",
    "Telu": "te", "Gujr": "gu", "Guru": "pa", "Knda": "kn", "Mlym": "ml", "Khmr": "km", "Laoo": "lo", "Mymr": "my",
    "Geor": "ka", "Armn": "hy", "Ethi": "am", "Sinh": "si",
}  # fmt: skip
LATIN = (
    "en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "da", "no", "fi", "cs", "sk", "ro", "hu", "tr", "ms", "vi",
    "hr", "sl", "ca", "et", "lt", "lv", "tl", "sq", "is", "eu", "az",
)  # fmt: skip
COMMON = frozenset(LATIN[:20])
CYRILLIC = ("ru", "uk", "bg", "sr", "be")
ARABIC = ("ar", "fa", "ur", "ku")
LETTERS = {
    "uk": "ґєії", "be": "ў", "sr": "ћђџљњј", "mk": "ѓќѕ", "kk": "қғңөұүһәі", "fa": "پچژگی",
    "ur": "ٹڈڑےںہھ", "ku": "ێۆڵڕ",
}  # fmt: skip
"""Letters that only one language of a script has; a letter that stands in several is decided by the others."""
SURE = 0.8
"""From this confidence on the desk takes a language for known; below it what is known of the customer decides."""

_NOISE = regex.compile(
    r"(?V1)https?://\S+|www\.\S+|\S+@\S+\.\S+|[\p{Latin}\d]*\d[\p{Latin}\d./-]*"
    r"|[#@]\w+|\b[A-Z]{2,}[-_]\w+|&\w+;|\p{Emoji_Presentation}|\uFE0F"
)
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*")
_PARTS = regex.compile(r"(?<=[.!?。！？؟।\n])\s*")


@dataclass(frozen=True, slots=True)
class Language:
    """What a text is written in.

    `code` is a BCP 47 tag, with script or region where the text itself shows it (zh-Hant, pt-BR), or `und`.
    `confidence` is the share of such answers that are right, 0 to 1. `guess` is what it may be where `code` is `und`.
    `also` are languages of other parts of a mixed message.
    """

    code: str
    script: str
    confidence: float
    guess: str = ""
    also: tuple[str, ...] = ()

    @property
    def primary(self) -> str:
        """The language alone: pt for pt-BR."""
        return self.code.partition("-")[0]


NOTHING = Language(UNSURE, "Zyyy", 0.0)


def known(text: str) -> str:
    """The language of a text (BCP 47), '' where it can't be told for sure."""
    found = detect(text)
    return found.code if found.code != UNSURE and found.confidence >= SURE else ""


def detect(text: str, known: Sequence[str] = ()) -> Language:
    """The language of a message. `known` are the languages its writer is known by, the likeliest first."""
    return _told(_NOISE.sub(" ", text[:4_000]), tuple(known))


@lru_cache(maxsize=256)  # a message is asked about when it is encoded and again when it is read
def _told(plain: str, known: tuple[str, ...]) -> Language:
    found = _detect(plain, known)
    if found.code == UNSURE and not found.guess and _WORD.search(plain) is None:
        return Language(UNSURE, found.script, 0.0)
    also = _others(plain, found) if len(plain) > 60 else ()
    return Language(found.code, found.script, found.confidence, found.guess, also)


def _detect(plain: str, known: Sequence[str]) -> Language:
    counted = scripts(plain)
    if not counted:
        return NOTHING
    total = sum(counted.values())
    latin = counted.get("Latn", 0)
    script = max(counted, key=lambda one: counted[one])
    if script == "Latn" and total > latin and (total - latin) * 4 >= latin:
        # A brand or a product name in Latin letters does not make a sentence English.
        script = max((one for one in counted if one != "Latn"), key=lambda one: counted[one])
    if script in ("Hani", "Kana", "Kata"):
        return _han(plain, counted, known)
    if script == "Latn":
        return _latin(plain, known)
    if script == "Cyrl":
        return _lettered(plain, script, CYRILLIC, "ru", known)
    if script == "Arab":
        return _lettered(plain, script, ARABIC, "ar", known)
    if script == "Deva":
        found = _ask(plain, ("hi", "mr"))
        code = found[0][0] if found and found[0][1] - dict(found).get("hi", 0.0) > 0.1 else "hi"
        return Language(code, script, 0.97 if code == "hi" else 0.75)
    return Language(BY_SCRIPT[script], script, 0.99) if script in BY_SCRIPT else Language(UNSURE, script, 0.0)


def _han(plain: str, counted: Any, known: Sequence[str]) -> Language:
    """Chinese of either script, or Japanese: by kana, by characters that only one of them writes, by who writes."""
    if is_japanese(counted):
        return Language("ja", "Jpan", 0.99)
    script = chinese_script(plain)
    only_japanese = sum(_only_japanese(char) for char in plain)
    theirs = next((one for one in known if one.partition("-")[0] in ("zh", "ja")), "")
    if only_japanese or (theirs == "ja" and not script and len(plain.strip()) <= 12):
        return Language("ja", "Jpan", 0.9 if only_japanese else 0.7)
    if script:
        return Language(f"zh-{script}", script, 0.97)
    if theirs.startswith("zh-"):
        return Language(theirs, theirs.partition("-")[2], SURE)
    return Language("zh", "Hani", 0.9)


def _only_japanese(char: str) -> bool:
    if not "\u4e00" <= char <= "\u9fff":
        return False
    wrote = []
    for charset in ("shift_jis", "gb2312", "big5"):
        try:
            char.encode(charset)
        except UnicodeEncodeError:
            continue
        wrote.append(charset)
    return wrote == ["shift_jis"]


def _lettered(plain: str, script: str, among: Sequence[str], usual: str, known: Sequence[str]) -> Language:
    """Cyrillic and Arabic: by letters that only one language has, else by statistics, else the usual one."""
    folded = plain.casefold()
    shown = {code: sum(folded.count(letter) for letter in letters) for code, letters in LETTERS.items()}
    shown = {code: count for code, count in shown.items() if count and (script == "Cyrl") == (code not in ARABIC)}
    if script == "Cyrl" and any(letter in folded for letter in "ыэё") and "ў" not in folded and not shown.get("kk"):
        return Language("ru", script, 0.98)
    if script == "Arab" and set(folded) & set("ةىأإؤئ") and not set(folded) & set("پچژگٹڈڑے"):
        return Language("ar", script, 0.97)
    if shown:
        return Language(max(shown, key=lambda code: shown[code]), script, 0.93)
    found = dict(_ask(plain, among))
    theirs = next((one for one in known if one.partition("-")[0] in among), "")
    if not found:
        return Language(theirs or usual, script, 0.7)
    best = max(
        found, key=lambda code: found[code] + (0.03 if code == usual else 0.0) + (0.2 if code == theirs else 0.0)
    )
    others = [score for code, score in found.items() if code != best]
    sure = _sure(found[best] - max(others, default=0.0), _count(plain))
    code, sure = _pair(best, f" {' '.join(_WORD.findall(folded))} ", [theirs], sure)
    return Language(code, script, sure)


def _latin(plain: str, known: Sequence[str]) -> Language:
    words = [word.casefold() for word in _WORD.findall(plain)]
    if not words:
        return NOTHING
    found = dict(_ask(plain, LATIN))
    if guess := _romanised(words, found):
        return Language(UNSURE, "Latn", 0.3, guess)
    if not found:
        return Language(UNSURE, "Latn", 0.0, next(iter(known), ""))
    folded = f" {' '.join(words)} "
    theirs = [one.partition("-")[0] for one in known]
    scores = {
        code: score + (0.12 / (1 + theirs.index(code)) * _doubt(len(words)) if code in theirs else 0.0)
        for code, score in found.items()
    }
    if len(words) < 4:  # two words of slang look like many a rare language
        scores = {code: score - (0.0 if code in COMMON else 0.1) for code, score in scores.items()}
    if "ə" not in folded:
        scores.pop("az", None)
    best = max(scores, key=lambda code: scores[code], default=UNSURE)
    if best == UNSURE:
        return Language(UNSURE, "Latn", 0.0)
    rest = max((score for code, score in scores.items() if code != best), default=0.0)
    sure = _sure(scores[best] - rest, len(words))
    code, sure = _pair(best, folded, theirs, sure)
    return Language(_variant(code, folded, known), "Latn", sure)


def _doubt(words: int) -> float:
    """How far what is known of the writer counts: much for two words, nothing for a dozen."""
    return max(0.0, 1.6 - 0.13 * words)


def _sure(lead: float, words: int) -> float:
    """The confidence of a lead over the next language, in a text of so many words (fitted; docs/benchmarks.md)."""
    return round(1 / (1 + math.exp(-(-0.6 + 9.0 * lead + 0.35 * min(words, 12)))), 3)


def _ask(plain: str, among: Sequence[str]) -> list[tuple[str, float]]:
    """The detector's scores of some languages, the best first."""
    found = _detector(tuple(among)).detect_details(plain)
    return sorted(found.scores.items(), key=lambda one: -one[1]) if found.language != "und" else []


@cache
def _detector(among: tuple[str, ...]) -> Any:
    _start()
    made = eldc.instance()
    made.set_scores(5)
    made.set_languages(list(among))
    return made


@cache
def _start() -> None:
    eldc.init()


@cache
def _data() -> dict[str, Any]:
    text = files("dragoman.understanding").joinpath("data/languages.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def _romanised_words() -> dict[str, frozenset[str]]:
    return {code: frozenset(map(str, lists[0])) for code, lists in _data()["romanised"].items()}


def _romanised(words: Sequence[str], found: dict[str, float]) -> str:
    """Hindi, Arabic and others in Latin letters, by their small words, where no language of Latin letters fits well."""
    best = max(found.values(), default=0.0)
    for code, known in _romanised_words().items():
        hits = {word for word in words if word in known}
        long = {word for word in hits if len(word) > 2}
        share = len(hits) / len(set(words))
        if (len(long) >= 2 and share >= 0.4) or (len(long) >= 3 and share >= 0.25 and best < 0.6):
            return code
        if len(hits) >= 3 and long and share >= 0.35 and best < 0.75:
            return code
    return ""


@cache
def _marks(kind: str, name: str) -> dict[str, tuple[str, ...]]:
    return {code: tuple(f" {str(one).casefold()} " for one in words) for code, words in _data()[kind][name].items()}


_PAIRS = {
    "ru": "ru-uk", "uk": "ru-uk", "ms": "id-ms", "da": "da-no", "no": "da-no", "cs": "cs-sk", "sk": "cs-sk",
    "hr": "hr-sr-sl", "sl": "hr-sr-sl",
}  # fmt: skip


def _pair(best: str, folded: str, theirs: Sequence[str], sure: float) -> tuple[str, float]:
    """Decide between languages that statistics hardly tell apart, by words that only one of them uses."""
    if best not in _PAIRS:
        return best, sure
    counts = {
        code: sum(mark in folded for mark in marks) + 3 * sum(one in folded for one in _data()["letters"].get(code, ""))
        for code, marks in _marks("pairs", _PAIRS[best]).items()
    }
    top = max(counts.values())
    leaders = [code for code, count in counts.items() if count == top]
    if len(leaders) == 1:
        return leaders[0], max(sure, 0.85) if top > 1 or sum(counts.values()) == top else min(sure, 0.75)
    for code in theirs:
        if code in counts:
            return code, min(max(sure, SURE), 0.85)
    return ("id" if best == "ms" else best), min(sure, 0.85)


_VARIANTS = {"en": ("en-US", "en-GB"), "pt": ("pt-BR", "pt-PT"), "es": ("es-ES", "es-419")}


@cache
def _variant_marks(code: str) -> tuple[str, ...]:
    return tuple(f" {str(one).casefold()} " for one in _data()["variants"][code])


def _variant(code: str, folded: str, known: Sequence[str]) -> str:
    """The variant that the text itself shows; else the one its writer is known by; else the language alone."""
    if code not in _VARIANTS:
        return code
    counts = {one: sum(mark in folded for mark in _variant_marks(one)) for one in _VARIANTS[code]}
    best = max(counts, key=lambda one: counts[one])
    if counts[best] and list(counts.values()).count(counts[best]) == 1:
        return best
    return next((one for one in known if one in counts), code)


def _count(plain: str) -> int:
    return sum(1 for _word in _WORD.finditer(plain))


def _others(plain: str, found: Language) -> tuple[str, ...]:
    """Languages of sentences that are not the message's own, where they are sure of it."""
    seen: dict[str, int] = {}
    for part in _PARTS.split(plain)[:12]:
        if len(part) < 18:
            continue
        one = _detect(part, ())
        if one.primary not in (found.primary, UNSURE) and one.confidence >= 0.95:
            seen[one.code] = seen.get(one.code, 0) + len(part)
    return tuple(sorted(seen, key=lambda code: -seen[code]))[:2]

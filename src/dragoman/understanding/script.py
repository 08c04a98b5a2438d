"""In which script a text is written: what decides the language where a script has one, before any statistics."""

from __future__ import annotations

from collections import Counter

import regex

SCRIPTS = {
    "Latn": "Latin", "Cyrl": "Cyrillic", "Grek": "Greek", "Hebr": "Hebrew", "Arab": "Arabic", "Thai": "Thai",
    "Deva": "Devanagari", "Hang": "Hangul", "Kana": "Hiragana", "Kata": "Katakana", "Hani": "Han", "Beng": "Bengali",
    "Taml": "Tamil", "Telu": "Telugu", "Gujr": "Gujarati", "Guru": "Gurmukhi", "Knda": "Kannada", "Mlym": "Malayalam",
    "Khmr": "Khmer", "Laoo": "Lao", "Mymr": "Myanmar", "Geor": "Georgian", "Armn": "Armenian", "Ethi": "Ethiopic",
    "Sinh": "Sinhala",
}  # fmt: skip
"""ISO 15924 codes and what the Unicode database calls them."""
_WEIGHT = {"Hani": 3.0, "Kana": 2.0, "Kata": 2.0, "Hang": 2.0, "Thai": 1.0}
"""One character says as much as so many letters of an alphabet."""
_RUNS = {code: regex.compile(rf"\p{{Script={name}}}") for code, name in SCRIPTS.items()}


def scripts(text: str) -> Counter[str]:
    """How much of each script a text holds, by ISO 15924 code, in letters' worth."""
    found: Counter[str] = Counter()
    rest = text
    for code, run in _RUNS.items():
        if not rest:
            break
        rest, count = run.subn("", rest)
        if count:
            found[code] = round(count * _WEIGHT.get(code, 1.0))
    return found


def is_japanese(found: Counter[str]) -> bool:
    """Whether kana stand among Chinese characters, or alone."""
    kana = found["Kana"] + found["Kata"]
    return kana > 0 and kana * 12 >= found["Hani"]


def chinese_script(text: str) -> str:
    """`Hans`, `Hant`, or '' where all characters are common to both or the two are mixed alike.

    Told by the character sets that each side wrote with: what GB 2312 holds and Big5 does not, and the reverse.
    """
    simplified = traditional = 0
    for char in text:
        if "\u3400" <= char <= "\u9fff":
            mainland, taiwan = _encodes(char, "gb2312"), _encodes(char, "big5")
            simplified += mainland and not taiwan
            traditional += taiwan and not mainland
    if simplified == traditional:
        return ""
    return "Hans" if simplified > traditional else "Hant"


def _encodes(char: str, charset: str) -> bool:
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return False
    return True

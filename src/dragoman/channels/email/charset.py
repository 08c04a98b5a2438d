"""Bytes to text: by the label if it tells the truth, else by evidence.

A label is checked, not believed: it must decode the bytes and the result must read like some language. Without a
usable label the encodings are compared by how many of their characters are common ones (`charset_data`), with the
sender's language as a hint; charset-normalizer is asked last, where that comparison is undecided.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from dragoman.channels.email.charset_data import ALIASES, MULTIBYTE, REGIONS, SINGLEBYTE

SAMPLE = 2400
VALIDATED = 400
# Codecs of Python's that turn bytes into bytes, or text into something that is no mail's text.
_NO_CHARSETS = frozenset(
    {
        "rot_13",
        "rot13",
        "base64",
        "bz2",
        "hex",
        "quopri",
        "uu",
        "zlib",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "idna",
        "punycode",
    }
)
_MULTIBYTE_NAMES = frozenset(name for name, _ in MULTIBYTE) | {"iso2022_jp", "hz"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN_NAMES = frozenset({"cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2"})
_LATIN_PAIR = re.compile("[\u00a1-\u024f](?=[\u00a1-\u024f])")
_MIXED = re.compile("[A-Za-z][\u0370-\u0e7f]|[\u0370-\u0e7f][A-Za-z]")
_JIS_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([ABCDOPQ]|\$\)[A-G]|\$[AC]|\([ABHIJT]|\.[AF]|&@)")
_HIGH = re.compile(rb"[\x80-\xff]")
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\ufeff]")
_CASE_SLIP = re.compile("[а-яёіїєґα-ωà-ÿ][А-ЯЁІЇЄҐΑ-ΩÀ-Þ]")
_WORD_HIGH = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")


def printable(text: str) -> str:
    """`text` without NUL, control characters and lone surrogates, which no database and no page can hold."""
    return _BAD.sub("", text) if _BAD.search(text) else text


@lru_cache(512)
def canonical(label: str) -> str:
    """Python's name for a charset label as programs write it, or "" if nobody knows it."""
    name = label.strip().strip("\"'=;,. ").lower()
    name = re.sub(r"^(?:charset=|x-user-defined$|unknown-8bit$|default(?:_charset)?$|_autodetect\w*$)", "", name)
    name = ALIASES.get(name) or ALIASES.get(name.replace("_", "-")) or name
    name = re.sub(r"^(?:windows|cp|x-cp|win)-?(125[0-8])$", r"cp\1", name)
    try:
        found = codecs.lookup(name).name if name and name.isascii() else ""
    except (LookupError, ValueError):
        return ""
    if found.replace("-", "_") in _NO_CHARSETS:
        return ""
    return ALIASES.get(found) or ALIASES.get(found.replace("_", "-")) or found


def decode(data: bytes, label: str | None, hint: str = "") -> tuple[str, str | None]:
    """`data` as text, and the problem met on the way (None if the label was right).

    `hint` is a charset, a language tag or a country code to prefer when guessing. Never raises, loses no byte
    silently: what cannot be read becomes U+FFFD and is told.
    """
    name = canonical(label[:80]) if label else ""
    if data.isascii() and name not in {"utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "hz"}:
        if b"\x1b" in data and _JIS_ESCAPE.search(data):
            return _iso2022(data, name)
        text = data.decode("ascii")
        unknown = label and not name
        return text, f"charset-unknown:{_short(label)}" if unknown and label else None
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(codec, "replace"), None
    if name and name != "ascii":
        text, good = _by_label(data, name)
        if good:
            return text, None
    return _guess(data, label, name, hint)


def _short(label: str | None) -> str:
    return printable(label or "")[:40]


def _by_label(data: bytes, name: str) -> tuple[str, bool]:
    if name == "iso2022_jp":
        text = _jis(data)
        return text, data.isascii() and "\ufffd" not in text
    try:
        text = data.decode(name)
    except (UnicodeError, ValueError):
        return "", False
    if name in _MULTIBYTE_NAMES:
        reads = score(text[:VALIDATED], name)
        return text, reads > 0.1 and (not _is_utf8(data) or reads >= score(data.decode("utf-8")[:VALIDATED], name))
    if name.startswith("utf"):
        return text, True
    high = len(_HIGH.findall(data[:SAMPLE]))
    if _is_utf8(data):
        return text, False
    latin = name in {"cp1252", "iso8859_15", "mac_roman", "cp850"}
    # Latin text has single accented letters inside words; other scripts have them in runs.
    runs = latin and high >= 4 and len(_WORD_HIGH.findall(data[:SAMPLE])) * 2 < high
    return text, not runs


@lru_cache(64)
def _is_utf8_cached(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(data: bytes) -> bool:
    if len(data) < 4096:
        return _is_utf8_cached(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes, label: str | None, name: str, hint: str) -> tuple[str, str | None]:
    if _is_utf8(data):
        text = data.decode("utf-8")
        quiet = not label or name in {"", "utf-8"}
        if quiet and name == "utf-8":
            return text, None
        return text, "charset-guessed:utf-8" if not label else f"charset-wrong:{_short(label)}>utf-8"
    found = detect(data, REGIONS.get(hint.lower(), canonical(hint)) if hint else "", name)
    # A damaged byte or two in text that is otherwise what the label says.
    if name and name not in {"ascii"} and name != found:
        text = _jis(data) if name == "iso2022_jp" else _replaced(data, name)
        lost = text.count("\ufffd")
        if 0 < lost * 50 < len(text) + 50 and (name.startswith("utf") or name in _MULTIBYTE_NAMES):
            return text, f"charset-errors:{name}"
    text = _jis(data) if found == "iso2022_jp" else _replaced(data, found)
    if found == name:
        return text, f"charset-errors:{name}" if "\ufffd" in text else None
    return text, f"charset-wrong:{_short(label)}>{found}" if label else f"charset-guessed:{found}"


def _replaced(data: bytes, name: str) -> str:
    try:
        return data.decode(name, "replace")
    except (UnicodeError, ValueError, LookupError):
        return data.decode("cp1252", "replace")


def _iso2022(data: bytes, name: str) -> tuple[str, str | None]:
    for escape, codec in ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$A", "iso2022_jp_2")):
        if escape in data:
            return data.decode(codec, "replace"), None
    text = _jis(data)
    return text, None if name == "iso2022_jp" else "charset-guessed:iso-2022-jp"


def _jis(data: bytes) -> str:
    """ISO-2022-JP with Microsoft's extensions (circled digits, half-width kana), which Python's codec refuses.

    Each escaped run is moved to its place in CP932 and decoded there.
    """
    out: list[str] = []
    mode = b"(B"
    position = 0
    for match in _JIS_ESCAPE.finditer(data):
        out.append(_jis_run(data[position : match.start()], mode))
        mode = match.group(1)
        position = match.end()
    out.append(_jis_run(data[position:], mode))
    return "".join(out)


def _jis_run(run: bytes, mode: bytes) -> str:
    if not run:
        return ""
    if mode == b"(I":
        return bytes(byte | 0x80 for byte in run).decode("cp932", "replace")
    if mode not in {b"$B", b"$@"}:
        return run.decode("ascii", "replace") if run.isascii() else run.decode("cp932", "replace")
    out = bytearray()
    i = 0
    while i < len(run):
        first = run[i]
        if first < 0x21 or first > 0x7E or i + 1 >= len(run):
            # A line end inside a double-byte run: the sender forgot to shift back.
            out.append(first if first < 0x80 else 0x3F)
            i += 1
            continue
        second = run[i + 1]
        lead = ((first + 1) >> 1) + (0x70 if first < 0x5F else 0xB0)
        trail = second + (0x1F + (second > 0x5F) if first & 1 else 0x7E)
        out += bytes((lead, trail & 0xFF))
        i += 2
    return out.decode("cp932", "replace")


def score(text: str, name: str) -> float:
    """How natural `text` reads for encoding `name`: about 1 for its own languages, at most 0 for noise."""
    common = _COMMON.get(name, {})
    sample = [ch for ch in text if ch > "\x7f"]
    if not sample:
        return 0.0
    points = sum(common[ch] if ch in common else _weight(ch, name) for ch in sample)
    if name not in _MULTIBYTE_NAMES:
        points -= 1.5 * len(_CASE_SLIP.findall(text))
        # Accents seldom stand side by side in Latin words; other scripts do not stand within them.
        points -= len(_LATIN_PAIR.findall(text)) if name in _LATIN_NAMES else 1.5 * len(_MIXED.findall(text))
    return points / len(sample)


def _weight(ch: str, name: str) -> float:
    if ch == "\ufffd" or "\x80" <= ch <= "\x9f" or "\ue000" <= ch <= "\uf8ff":
        return -3.0
    if name in {"cp932", "euc_jp"} and "\u3040" <= ch <= "\u30ff":
        return 1.0
    if name == "cp932" and "\uff61" <= ch <= "\uff9f":
        return -0.8
    if name == "cp949" and "\uac00" <= ch <= "\ud7a3":
        return 0.7
    if "\u4e00" <= ch <= "\u9fff":
        return 0.25 if name != "cp949" else -0.5
    if "\uff01" <= ch <= "\uff5e":
        return 0.6
    if ch.isalpha():
        common = _COMMON.get(name, {})
        return 0.45 if ch.lower() in common else -0.3
    return -0.5


def _weights(letters: str) -> dict[str, float]:
    """Letters in order of frequency, the first third counting more than the rest."""
    return {ch: 1.1 if place * 3 < len(letters) else 0.75 for place, ch in enumerate(letters)}


_COMMON: dict[str, dict[str, float]] = {
    **{name: dict.fromkeys(letters, 1.0) for name, letters in MULTIBYTE},
    **{
        name: dict.fromkeys(letters, 1.0) if name in _LATIN_NAMES else _weights(letters) for name, letters in SINGLEBYTE
    },
}


def detect(data: bytes, hint: str = "", label: str = "") -> str:
    """The encoding that `data`, which is neither ASCII nor UTF-8, is most likely written in."""
    if _JIS_ESCAPE.search(data):
        return "iso2022_jp"
    sample = _sample(data)
    best, best_score = "", -9.0
    for name, _common in (*MULTIBYTE, *SINGLEBYTE):
        try:
            if name in _MULTIBYTE_NAMES:
                # Incremental: the sample may end within a character.
                text = codecs.getincrementaldecoder(name)().decode(sample)
            else:
                text = sample.decode(name, "replace")
        except UnicodeDecodeError:
            continue
        value = score(text, name) + (0.15 if name == hint else 0.0) + (0.1 if name == label else 0.0)
        if value > best_score + 1e-9:
            best, best_score = name, value
    if best_score < 0.3:
        return _ask_normalizer(sample) or best or "cp1252"
    return best


def _sample(data: bytes) -> bytes:
    """Some kilobytes that hold the high bytes, cut where a character surely ends."""
    first = _HIGH.search(data)
    start = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    if len(data) - start <= SAMPLE:
        return data[start:]
    cut = data.rfind(b"\n", start, start + SAMPLE)
    if cut <= start:
        cut = data.rfind(b" ", start, start + SAMPLE)
    return data[start : cut if cut > start else start + SAMPLE]


def _ask_normalizer(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(sample[:2000], steps=3, chunk_size=400).best()
    return canonical(found.encoding) if found else ""

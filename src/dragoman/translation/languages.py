"""Language tags (BCP 47, RFC 5646): which mean the same, which covers which, and what providers call them. Pure."""

from __future__ import annotations

import regex

_TAG = regex.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?")
_HANT = frozenset(("TW", "HK", "MO"))
_RIGHT = {"iw": "he", "in": "id", "no": "nb", "tl": "fil", "cmn": "zh"}
"""Older names of languages, and those that name a family while its usual written form is meant."""
WORDS_APART = frozenset(("zh", "ja", "th", "lo", "km", "my"))
"""Languages that write without spaces between words."""


def tidy(tag: str) -> str:
    """A tag in its usual letters (`zh-Hans`, `pt-BR`), with Chinese always carrying its script; empty for no tag."""
    tag = tag.strip().replace("_", "-")
    if not _TAG.fullmatch(tag):
        return ""
    base, *rest = tag.split("-")
    base = _RIGHT.get(base.lower(), base.lower())
    script = next((one.title() for one in rest if len(one) == 4), "")
    region = next((one.upper() for one in rest if len(one) != 4), "")
    if base == "zh" and not script:
        script = "Hant" if region in _HANT else "Hans"
    return "-".join(one for one in (base, script, region) if one)


def base(tag: str) -> str:
    """The language alone: `pt` of `pt-BR`."""
    return tidy(tag).partition("-")[0]


def script(tag: str) -> str:
    """The script a tag names, empty where it names none: `Hant` of `zh-TW`."""
    return next((one for one in tidy(tag).split("-")[1:] if len(one) == 4), "")


def region(tag: str) -> str:
    """The country or area a tag names: `419` of `es-419`."""
    return next((one for one in tidy(tag).split("-")[1:] if len(one) != 4), "")


def same(one: str, other: str) -> bool:
    """Whether whoever reads one reads the other: variants of a country are, other scripts are not."""
    return bool(base(one)) and (base(one), script(one)) == (base(other), script(other))


def covers(general: str, tag: str) -> bool:
    """Whether what holds for `general` holds for `tag`: `es` covers `es-419`, empty covers all."""
    whole, part = tidy(general), tidy(tag)
    return not whole or whole == part or part.startswith(f"{whole}-")


def widening(tag: str) -> tuple[str, ...]:
    """A tag and what is more general, nearest first: `zh-Hant-TW`, `zh-Hant`, `zh`, and empty for any."""
    parts = tidy(tag).split("-")
    return (*("-".join(parts[:many]) for many in range(len(parts), 0, -1) if parts[0]), "")


DEEPL_TARGETS = {"en": "EN-US", "en-US": "EN-US", "en-GB": "EN-GB", "pt": "PT-PT", "pt-PT": "PT-PT", "pt-BR": "PT-BR",
                 "zh-Hans": "ZH-HANS", "zh-Hant": "ZH-HANT", "es": "ES", "es-ES": "ES", "es-419": "ES-419"}  # fmt: skip
_DEEPL = frozenset(
    ("ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hu", "id", "it", "ja", "ko", "lt", "lv",
     "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "uk", "vi", "zh")
)  # fmt: skip


def deepl_source(tag: str) -> str | None:
    """DeepL's `source_lang`, which knows no variants; empty lets it find out, None: it does not read the language."""
    if not tag:
        return ""
    return base(tag).upper() if base(tag) in _DEEPL else None


def deepl_target(tag: str) -> str | None:
    """DeepL's `target_lang` (its list of variants: EN-GB, EN-US, PT-BR, PT-PT, ES-419, ZH-HANS, ZH-HANT)."""
    if base(tag) not in _DEEPL:
        return None
    known = next((DEEPL_TARGETS[one] for one in widening(tag) if one in DEEPL_TARGETS), None)
    if base(tag) == "en" and region(tag) in ("AU", "NZ", "IE", "IN", "ZA", "SG", "HK"):
        return "EN-GB"
    if base(tag) == "es" and region(tag) not in ("", "ES"):
        return "ES-419"
    return known or base(tag).upper()


def google_code(tag: str) -> str:
    """Cloud Translation's code: `zh-CN` and `zh-TW` by script, `pt-PT` beside `pt` (Brazil), else the language."""
    if base(tag) == "zh":
        return "zh-TW" if script(tag) == "Hant" else "zh-CN"
    if tidy(tag) == "pt-PT":
        return "pt-PT"
    return {"nb": "no"}.get(base(tag), base(tag))


def libre_code(tag: str) -> str:
    """LibreTranslate's code: `zh-Hans` and `zh-Hant` since its release 1.7, `pt-BR` beside `pt`, else the language."""
    if base(tag) == "zh":
        return f"zh-{script(tag)}"
    return tidy(tag) if tidy(tag) == "pt-BR" else base(tag)


ALPHA3 = {
    "en": "eng", "es": "spa", "ca": "cat", "fr": "fra", "it": "ita", "pt": "por", "gl": "glg", "ro": "ron",
    "de": "deu", "nl": "nld", "sv": "swe", "da": "dan", "nb": "nob", "nn": "nno", "is": "isl", "ru": "rus",
    "uk": "ukr", "be": "bel", "mk": "mkd", "bg": "bul", "sl": "slv", "hi": "hin", "ur": "urd", "id": "ind",
    "ms": "zlm", "oc": "oci", "eu": "eus", "af": "afr", "pl": "pol", "br": "bre", "eo": "epo",
}  # fmt: skip
"""Three-letter codes (ISO 639-3) by which newer Apertium pairs are named; older ones carry two letters."""

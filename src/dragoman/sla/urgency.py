"""Words by which customers say that something can't wait (R266). Pure."""

from __future__ import annotations

import regex

from dragoman.kit.text import fold

_SPACED = (
    "urgent", "urgently", "asap", "emergency", "immediately", "dringend", "eilt", "sofort", "notfall", "urgente",
    "urgentemente", "emergencia", "emergenza", "subito", "urgence", "immediatement", "urgencia", "imediatamente",
    "срочно", "срочный", "немедленно", "mendesak", "segera", "darurat", "khan cap", "acil", "hemen", "spoed",
    "dringende", "pilne", "natychmiast", "عاجل", "طارئ",
)  # fmt: skip
_UNSPACED = (
    "紧急",
    "加急",
    "急件",
    "十万火急",
    "緊急",
    "至急",
    "大至急",
    "긴급",
    "급합니다",
    "ด่วน",
    "เร่งด่วน",
    "khẩn cấp",
)
_spaced = regex.compile(r"(?<!\w)(?:" + "|".join(regex.escape(fold(word)) for word in _SPACED) + r")(?!\w)")
_unspaced = regex.compile("|".join(regex.escape(fold(word)) for word in _UNSPACED))


def is_urgent(text: str) -> bool:
    """Whether a text says that it can't wait."""
    folded = fold(text)
    return bool(_spaced.search(folded) or _unspaced.search(folded))

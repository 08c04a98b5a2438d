"""A long ticket in three lines, in its own words: what the customer wants, what was answered last, where it stands.

Extractive: sentences are chosen, never made up, so nothing can stand in a summary that was not said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from dragoman.understanding.taxonomy import leaves

LONG_ENOUGH = 4
"""From so many messages on a ticket has a summary."""
LONGEST = 220
_SENTENCE = regex.compile(r"(?<=[.!?。！？؟।])\s*|\n+")
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_GREETING = regex.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|sehr geehrte|liebe|"
    r"bonjour|bonsoir|hola|buen[oa]s|estimad|ciao|buongiorno|salve|gentile|ol[áa]|bom dia|boa (?:tarde|noite)|prezad|"
    r"dag|beste|geachte|dzień dobry|cześć|hej|god (?:dag|morgon)|dobrý den|jó napot|bună|γεια|καλησπέρα|здравствуйте|"
    r"добрый|добрий|доброго|вітаю|merhaba|مرحبا|السلام|नमस्ते|สวัสดี|xin chào|halo|selamat|"
    r"你好|您好|お世話|こんにちは|안녕)"
    r"[^.!?。！？]{0,40}[,.!。！，、:]?$",
    regex.I,
)


@dataclass(frozen=True, slots=True)
class Said:
    """One message: who spoke (customer or not), its words, and the intent read in it with its confidence."""

    ours: bool
    text: str
    intent: str = ""
    confidence: float = 0.0
    names: tuple[tuple[int, int], ...] = ()
    """Where it names orders, parcels, sums and days."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences of the ticket; empty where nothing of the kind was said."""

    wants: str
    answered: str
    now: str


def summarise(said: Sequence[Said]) -> Summary | None:
    """The three lines of a ticket, oldest message first; None for a short one."""
    if len(said) < LONG_ENOUGH:
        return None
    theirs = [one for one in said if not one.ours]
    ours = [one for one in said if one.ours]
    if not theirs:
        return None
    first = max(theirs[:3], key=lambda one: (_matters(one), one.confidence))
    wants = telling(first)
    last = telling(theirs[-1]) if theirs[-1] is not first else ""
    return Summary(wants, telling(ours[-1]) if ours else "", last if last != wants else "")


def _matters(one: Said) -> bool:
    leaf = leaves().get(one.intent)
    return leaf is not None and leaf.group != "other"


def telling(one: Said) -> str:
    """The sentence of a message that says most: it names things, asks, and is neither a greeting nor a sign-off."""
    best, height = "", -1.0
    at = 0
    parts = [part for part in _SENTENCE.split(one.text.strip()) if part and part.strip()]
    for place, part in enumerate(parts):
        start = one.text.find(part, at)
        at = max(at, start)
        plain = " ".join(part.split())
        if _GREETING.match(plain):
            continue
        words = (
            len(plain) if regex.search(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]", plain) else 4 * len(plain.split())
        )
        score = min(words, 60) / 60
        score += 0.5 * sum(start <= a < start + len(part) for a, _b in one.names)
        score += 0.4 * plain.endswith(("?", "？", "؟"))
        score -= 0.08 * place
        if score > height:
            best, height = plain, score
    return best if len(best) <= LONGEST else best[: LONGEST - 1].rstrip() + "…"

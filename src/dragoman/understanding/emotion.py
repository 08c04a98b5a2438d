"""How a customer feels, from what they write: a learned reading, and cues that anybody can point at.

Fine shades of feeling do not carry over from language to language by themselves, so what words, capitals, marks,
emoji, repetition and silence say is added openly, and `why` names what made the desk think so. Customers only: nobody
reads the feelings of those who work here (Regulation (EU) 2024/1689 Art. 5(1)(f) forbids it at work).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import regex
import yaml

from dragoman.kit.text import fold
from dragoman.understanding.head import Floats, softmax

MOODS = ("calm", "pleased", "confused", "worried", "disappointed", "angry", "threatening")
LEXICON, EMOJIS, SHOUT, MARKS, SILENCE = 2.0, 2.6, 2.4, 0.5, 0.5
"""What a cue adds to the evidence; the first for each of at most two words of the lexicon."""
USUAL = {"calm": 1.4, "pleased": -0.3, "confused": -0.9, "worried": -0.5, "disappointed": -0.5, "angry": -0.8,
         "threatening": -1.9}  # fmt: skip
"""What is known before a word is read: how much more or less often than the others a mood is met in a shop's inbox
(logarithm; a guess from the trade's share of complaints, to be mended by counting)."""
EMOJI = {
    "angry": "😠😡🤬👿💢🖕🤮", "disappointed": "😞😔😒🙁☹😢👎💔😤😩😫🙄", "worried": "😰😟😨😱😭🙏😥",
    "pleased": "😊😀😃😄😁🥰😍❤💕👍🎉🥳😘🌹💐✨⭐💯🤩", "confused": "🤔😕🤷😵🧐",
}  # fmt: skip
_SHOUTED = regex.compile(r"\b\p{Lu}{2,}\b")
_WORD = regex.compile(r"\b\p{L}{2,}\b")
_STRETCHED = regex.compile(r"(\p{L})\1{3,}")
_MARKS = regex.compile(r"[!！]{2,}|[?？]{3,}|[!?！？]{3,}")
_dense = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]")


@dataclass(frozen=True, slots=True)
class Mood:
    """A feeling (one of MOODS), how strong it is and how sure the reading, 0 to 1, and the words that show it."""

    label: str
    intensity: float
    confidence: float
    why: tuple[str, ...] = ()


NEUTRAL = Mood("calm", 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Cues:
    """What a text shows openly: evidence for each mood, how loud it is (0 to 1), and the words themselves."""

    evidence: Mapping[str, float]
    loud: float
    why: tuple[str, ...]


def read(text: str, language: str, learned: Floats | None, unanswered: int = 0) -> Mood:
    """The mood of a text. `learned` is the evidence of the learned reading for each of MOODS; `unanswered` counts the
    customer's earlier messages that nobody has answered."""
    seen = cues(text, language, unanswered)
    start = learned if learned is not None else np.zeros(len(MOODS), np.float32)
    shown = [start[n] + USUAL[mood] + seen.evidence.get(mood, 0.0) for n, mood in enumerate(MOODS)]
    return _mood(np.array(shown, np.float32), seen)


def _mood(evidence: Floats, seen: Cues) -> Mood:
    shares = softmax(evidence[None, :])[0]
    best = int(shares.argmax())
    label, share = MOODS[best], float(shares[best])
    if label == "calm":
        return Mood(label, 0.0, round(share, 3))
    strength = 0.25 + 0.45 * share + 0.3 * seen.loud
    return Mood(label, round(min(1.0, strength), 2), round(share, 3), seen.why[:5])


def cues(text: str, language: str, unanswered: int = 0) -> Cues:
    """What a text shows openly."""
    evidence: dict[str, float] = {}
    why: list[str] = []
    for mood, words in _spoken(text, language):
        evidence[mood] = evidence.get(mood, 0.0) + LEXICON * min(len(words), 2)
        why += words
    for mood, emoji in EMOJI.items():
        shown = [one for one in emoji if one in text]
        if shown:
            evidence[mood] = evidence.get(mood, 0.0) + EMOJIS
            why += shown
    loud = 0.0
    words = _WORD.findall(text)
    shouted = _SHOUTED.findall(text)
    if len(shouted) >= 3 and 2 * len(shouted) >= len(words) and max(map(len, shouted)) > 3:
        loud += 0.6
        evidence["angry"] = evidence.get("angry", 0.0) + SHOUT
        why.append(" ".join(shouted[:4]))
    if marks := _MARKS.findall(text):
        loud += 0.3
        why.append(marks[0])
        moved = max(evidence, key=lambda one: evidence[one], default="angry")
        evidence[moved] = evidence.get(moved, 0.0) + MARKS
    if stretched := _STRETCHED.search(text):
        loud += 0.2
        why.append(stretched.group())
    if unanswered >= 2:
        loud += 0.2
        evidence["disappointed"] = evidence.get("disappointed", 0.0) + SILENCE
        evidence["angry"] = evidence.get("angry", 0.0) + SILENCE * (unanswered - 1) / 2
    return Cues(evidence, min(1.0, loud), tuple(dict.fromkeys(why)))


def _spoken(text: str, language: str) -> Iterator[tuple[str, list[str]]]:
    """Words of the lexicon that a text holds, by mood."""
    folded = fold(text)
    for mood, (spaced, dense) in _lexicon(language.partition("-")[0], language).items():
        found = [match.group() for match in spaced.finditer(folded)] if spaced else []
        found += [one for one in dense if one in folded]
        if found:
            yield mood, list(dict.fromkeys(found))


Words = tuple[regex.Pattern[str] | None, tuple[str, ...]]


@cache
def _lexicon(primary: str, tag: str) -> Mapping[str, Words]:
    """The words of a language by mood: a pattern for those between spaces, a list for those of scripts without."""
    out: dict[str, Words] = {}
    for mood, languages in _data().items():
        words = languages.get(tag) or languages.get(primary) or []
        folded = sorted({fold(str(one)) for one in words}, key=len, reverse=True)
        dense = tuple(one for one in folded if _dense.search(one))
        spaced = [regex.escape(one) for one in folded if not _dense.search(one)]
        out[mood] = (regex.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)") if spaced else None, dense)
    return out


@cache
def _data() -> Mapping[str, Mapping[str, Sequence[str]]]:
    path = files("dragoman.understanding").joinpath("data/moods.yaml")
    found: Mapping[str, Mapping[str, Sequence[str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found

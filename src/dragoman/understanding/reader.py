"""Reading messages: language, what is wanted, how the writer feels, how much hurry, what is named. In batches.

Two settings. `full` reads with two encoders, in about a hundred languages; `light` with one, in sixteen, and says
"unsure" elsewhere. In the taught languages letters and words have their say beside them. Encoders are loaded at the
first message, once, in the process that reads.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from dragoman.platform.encoders import USE_LANGUAGES
from dragoman.understanding import emotion, entities, language, letters, severity
from dragoman.understanding.emotion import MOODS, NEUTRAL, Mood
from dragoman.understanding.entities import Context, Entity
from dragoman.understanding.head import Floats, Head, softmax
from dragoman.understanding.language import UNSURE, Language
from dragoman.understanding.severity import Severity, Stakes
from dragoman.understanding.taxonomy import OTHER, leaves

FULL, LIGHT, OFF = "full", "light", "off"
SETTINGS = (FULL, LIGHT, OFF)
Own = Mapping[str, Head]
IDLE = frozenset((OTHER, "other.praise"))
"""What most mails also say, before and after what they are for."""
LONG, PART, PARTS = 280, 120, 8
"""A message longer than LONG characters is read in parts of whole sentences of about PART, at most PARTS of them."""
TELLING, TELLS = 2, 0.6
"""So many parts of a long message are read by the slow encoder; one, where the quick ones are so sure what it wants."""
SHOUTED = 10
"""So many capitals, and hardly a small letter, are shouting."""
ENCODERS = ("use", "e5", "letters")
QUICK = ("use", "letters")
Vectors = dict[tuple[str, str], Floats]
"""What encoders said of texts, by encoder and text."""
SHELF = 2_000
"""So many vectors wait at most to be read, some 4 MB."""
_NO_WORD = regex.compile(r"[A-Za-z0-9+/=_-]{100,}")
"""What no word of a language is as long as: files in letters, keys."""
_SENTENCE = regex.compile(r"(?<=[.!?。！？؟।\n])\s*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A message to be read, and what is known around it. `known` are the languages its writer is known by; that of
    `context` is filled in by the reading."""

    text: str
    subject: str = ""
    known: tuple[str, ...] = ()
    stakes: Stakes = field(default_factory=Stakes)
    context: Context = field(default_factory=Context)


@dataclass(frozen=True, slots=True)
class Intent:
    """What is wanted: a key of the taxonomy or '' where nothing is likely, how sure, and what else it may be."""

    key: str
    confidence: float
    others: tuple[tuple[str, float], ...] = ()
    answerable: bool = False
    """Whether it is sure enough that an answer could go out by itself (see the gate)."""


UNREAD = Intent("", 0.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says."""

    language: Language
    intent: Intent
    mood: Mood
    severity: Severity
    entities: tuple[Entity, ...]

    def facts(self) -> dict[str, Any]:
        """As plain data, to be stored and printed."""
        return {
            "language": self.language.code, "script": self.language.script,
            "language_confidence": self.language.confidence, "language_guess": self.language.guess,
            "also": list(self.language.also), "intent": self.intent.key, "intent_confidence": self.intent.confidence,
            "others": [list(one) for one in self.intent.others], "answerable": self.intent.answerable,
            "emotion": self.mood.label, "emotion_intensity": self.mood.intensity,
            "emotion_confidence": self.mood.confidence, "emotion_why": list(self.mood.why),
            "severity": self.severity.colour, "severity_why": list(self.severity.why),
            "entities": [
                {
                    "kind": one.kind, "text": one.text, "value": one.value, "start": one.start, "end": one.end,
                    "confidence": one.confidence, "personal": one.personal, "facts": dict(one.facts),
                }
                for one in self.entities
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taught:
    """The heads of one setting, with what was measured on other data than they are reported on: the temperature that
    makes probabilities honest, and the gate."""

    intents: Mapping[str, Head]
    moods: Head | None
    centres: Mapping[str, Mapping[str, Floats]]
    spread: Mapping[str, float]
    mix: Mapping[str, float]
    """How much each encoder's word counts where both know the language."""
    temperature: float
    gate: float

    def knows(self, encoder: str, code: str, loaded: Container[str]) -> bool:
        """Whether an encoder has a say in a language: the slow one in all, letters in the taught ones beside another
        of those that are loaded."""
        if encoder == "letters" and code not in self.centres[encoder]:
            return False
        return code in USE_LANGUAGES or (encoder != "use" and "e5" in loaded)

    def vectors(self, encoder: str, raw: Floats, languages: Sequence[str]) -> Floats:
        """Embeddings as heads take them: without what only tells their language, in the same scale."""
        known = self.centres[encoder]
        shift = np.stack([known.get(code, known[""]) for code in languages])
        found: Floats = (raw - shift) / self.spread[encoder]
        return found


class Reader:
    """Reads messages. Safe to be used by several threads."""

    def __init__(self, setting: str = FULL) -> None:
        if setting not in (FULL, LIGHT):
            raise ValueError(f"no such setting: {setting}")
        self.setting = setting
        self._loading = threading.Lock()
        self._encoders: dict[str, Any] = {}
        self._shelf: Vectors = {}
        self._at_shelf = threading.Lock()

    def load(self) -> None:
        """Load the encoders, where they are not loaded yet."""
        with self._loading:
            self._load()

    def _load(self) -> None:
        if self._encoders:
            return
        from threadpoolctl import threadpool_limits

        from dragoman.platform.encoders.e5 import E5, weights_path  # heavy: only where something is read
        from dragoman.platform.encoders.use import Use

        threadpool_limits(1, user_api="blas")  # rows are few: a second thread would only spin beside the first
        made: dict[str, Any] = {"use": Use(), "letters": letters.shipped()}
        path = weights_path() if self.setting == FULL else None
        if path is not None:
            with as_file(files("dragoman.understanding").joinpath("data/e5-adapter.npz")) as adapter:
                made["e5"] = E5(path, adapter)
        self._encoders = made

    def read(self, asked: Sequence[Asked], *, feelings: bool = True, own: Own | None = None) -> list[Reading]:
        """Read some messages. `feelings` off leaves out how they feel; `own` are a workspace's own heads for intents,
        by encoder, in place of the shipped ones."""
        if not asked:
            return []
        self.load()
        tongues = [language.detect(_words(one), one.known) for one in asked]
        said = [(at, part) for at, one in enumerate(asked) for part in split(_words(one))]
        known = self._taken([part for _at, part in said])
        parts = self._telling(said, tongues, known)
        codes = [tongue(tongues[at]) for at, _part in parts]
        wanted, felt = self._learned([part for _at, part in parts], codes, own or {}, known)
        out = []
        for at, one in enumerate(asked):
            mine = [n for n, (owner, _part) in enumerate(parts) if owner == at]
            intent = self._intent(wanted[mine]) if mine and wanted is not None and _says(one) else UNREAD
            mood = NEUTRAL
            if feelings and mine:
                learned = felt[mine].mean(axis=0) if felt is not None else None
                mood = emotion.read(one.text, codes[mine[0]], learned, one.stakes.unanswered)
            colour = severity.judge(leaves().get(intent.key), mood, one.stakes)
            out.append(Reading(tongues[at], intent, mood, colour, self._entities(one, tongues[at])))
        return out

    def ahead(self, texts: Sequence[str]) -> None:
        """Encode messages that are about to be read: what that costs is then not paid while a ticket is locked."""
        self.load()
        plain = [_words(Asked(text)) for text in texts]
        tongues = [language.detect(text) for text in plain]
        said = [(at, part) for at, text in enumerate(plain) for part in split(text)]
        known: Vectors = {}
        parts = self._telling(said, tongues, known)
        self._embed([part for _at, part in parts], [tongue(tongues[at]) for at, _part in parts], known)
        with self._at_shelf:
            self._shelf = dict([*self._shelf.items(), *known.items()][-SHELF:])

    def _taken(self, parts: Sequence[str]) -> Vectors:
        """What was encoded ahead of some parts; each is taken once."""
        with self._at_shelf:
            shelf = self._shelf
            return {key: shelf.pop(key) for part in parts for name in ENCODERS if (key := (name, part)) in shelf}

    def _telling(
        self, parts: list[tuple[int, str]], tongues: Sequence[Language], known: Vectors
    ) -> list[tuple[int, str]]:
        """Of long messages the parts that say most: the quick ones look them over, where they know the language, so
        that the slow encoder reads one or two of them; elsewhere the first two."""
        counts = Counter(at for at, _part in parts)
        long = [n for n, (at, _part) in enumerate(parts) if counts[at] > TELLING]
        if "e5" not in self._encoders or not long:
            return parts
        codes = [tongue(tongues[parts[n][0]]) for n in long]
        quick = self._embed([parts[n][1] for n in long], codes, known, QUICK)
        shares, knows = self._mixed(quick, {})
        wants = shares[:, [at for at, key in enumerate(leaves()) if key not in IDLE]].max(axis=1)
        height = {n: float(wants[at]) if knows[at] else -float(n) for at, n in enumerate(long)}
        kept = set(range(len(parts))) - set(long)
        for owner in {parts[n][0] for n in long}:
            theirs = [n for n in long if parts[n][0] == owner]
            theirs.sort(key=lambda n: -height[n])
            kept |= set(theirs[: 1 if height[theirs[0]] >= TELLS else TELLING])
        return [part for n, part in enumerate(parts) if n in kept]

    def _entities(self, one: Asked, tongue_: Language) -> tuple[Entity, ...]:
        return entities.find(one.text, replace(one.context, language=tongue_.code))

    def embed(self, texts: Sequence[str], codes: Sequence[str]) -> dict[str, Floats]:
        """The vectors of texts by encoder, as heads take them; rows of zeros where one does not know a language."""
        self.load()
        return self._embed(texts, codes, {})

    def _embed(
        self, texts: Sequence[str], codes: Sequence[str], known: Vectors, only: Sequence[str] = ENCODERS
    ) -> dict[str, Floats]:
        out = {}
        taught = heads(self.setting)
        for name in only:
            if name not in self._encoders:
                continue
            rows = [at for at, code in enumerate(codes) if taught.knows(name, code, self._encoders)]
            found = np.zeros((len(texts), self._encoders[name].width), np.float32)
            if rows:
                raw = self._raw(name, [texts[at] for at in rows], known)
                found[rows] = taught.vectors(name, raw, [codes[at] for at in rows])
            out[name] = found
        return out

    def _raw(self, name: str, texts: Sequence[str], known: Vectors) -> Floats:
        """What an encoder says of texts; `known` is asked first, and learns the others."""
        new = [text for text in dict.fromkeys(texts) if (name, text) not in known]
        if new:
            found = self._encoders[name].encode(new)
            known.update(((name, text), row) for text, row in zip(new, found, strict=True))
        return np.stack([known[name, text] for text in texts])

    def _learned(
        self, texts: Sequence[str], codes: Sequence[str], own: Own, known: Vectors
    ) -> tuple[Floats | None, Floats | None]:
        """The probabilities of intents and the evidence for moods."""
        taught = heads(self.setting)
        vectors = self._embed(texts, codes, known)
        shares, _knows = self._mixed(vectors, own)
        basis = vectors.get("e5", vectors["use"])
        moods = taught.moods.logits(basis) if taught.moods is not None else None
        if moods is not None:
            moods = np.where(np.abs(basis).sum(axis=1, keepdims=True) > 0, moods, 0.0)
        return shares, moods

    def _mixed(self, vectors: Mapping[str, Floats], own: Own) -> tuple[Floats, NDArray[np.bool_]]:
        """The probabilities of intents, and of which texts anything is known."""
        taught = heads(self.setting)
        mixed = np.zeros((len(vectors["use"]), len(leaves())), np.float32)
        counted = np.zeros((len(mixed), 1), np.float32)
        for name, found in vectors.items():
            there = np.abs(found).sum(axis=1, keepdims=True) > 0
            said = np.log(softmax(own.get(name, taught.intents[name]).logits(found)) + 1e-9)
            weight = taught.mix[name] * there
            mixed += weight * said
            counted += weight
        mixed /= np.maximum(counted, 1e-6)
        shares = softmax(mixed / taught.temperature)
        knows: NDArray[np.bool_] = counted[:, 0] > 0
        shares[~knows] = 0.0
        return shares, knows

    def _intent(self, parts: Floats) -> Intent:
        """One answer from the parts of a message: of those that want something, where any does."""
        labels = tuple(leaves())
        if not parts.any():
            return UNREAD
        wants = [at for at in range(len(parts)) if labels[int(parts[at].argmax())] not in IDLE]
        shares = parts[wants].mean(axis=0) if wants else parts.mean(axis=0)
        order = shares.argsort()[::-1]
        best = int(order[0])
        others = tuple((labels[at], round(float(shares[at]), 3)) for at in order[1:3] if shares[at] >= 0.08)
        gate = heads(self.setting).gate
        sure = bool(shares[best] >= gate) and labels[best] not in IDLE
        return Intent(labels[best], round(float(shares[best]), 3), others, sure)


def tongue(found: Language) -> str:
    """The name under which encoders and lexicons know a language: zh-Hant apart, else the language alone."""
    if found.code == UNSURE:
        return found.guess.partition("-")[0] if found.guess.endswith("-Latn") else ""
    return known_as(found.code)


def known_as(tag: str) -> str:
    """The same for a BCP 47 tag: pt for pt-BR, zh for zh-Hans."""
    return "zh-Hant" if tag == "zh-Hant" else tag.partition("-")[0]


def _words(one: Asked) -> str:
    """What is read: the message; with its subject where the message says next to nothing."""
    text = _NO_WORD.sub(" ", one.text).strip()
    return f"{one.subject}\n{text}".strip() if len(text) < 12 and one.subject else text


def _says(one: Asked) -> bool:
    return any(char.isalpha() for char in _words(one))


def split(text: str) -> list[str]:
    """A message in parts of whole sentences, so that a long one is not averaged to nothing. Shouting is set in small
    letters: encoders have seldom seen it."""
    text = text.strip()
    if len(text) <= LONG:
        return [_calm(text)] if text else []
    parts: list[str] = []
    for sentence in _SENTENCE.split(text[: LONG * PARTS]):
        piece = sentence.strip()[:LONG]
        if parts and len(parts[-1]) + len(piece) < PART:
            parts[-1] = f"{parts[-1]} {piece}"
        elif piece:
            parts.append(piece)
    return [_calm(part) for part in parts[:PARTS]]


def _calm(text: str) -> str:
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return text.capitalize() if capitals >= SHOUTED and capitals > 2 * small else text


@cache
def heads(setting: str) -> Taught:
    """What was taught for a setting (lab/heads.py makes it)."""
    with as_file(files("dragoman.understanding").joinpath(f"data/heads-{setting}.npz")) as path:
        return load_heads(path)


def load_heads(path: Path) -> Taught:
    """Heads as they are stored."""
    with np.load(path) as stored:
        data = {name: stored[name] for name in stored.files}
    labels = tuple(str(one) for one in data["labels"])
    names = [str(one) for one in data["encoders"]]
    tags = [str(one) for one in data["languages"]]
    moods = None
    if "moods.weights" in data:
        moods = Head(MOODS, data["moods.weights"].astype(np.float32), data["moods.bias"].astype(np.float32))
    return Taught(
        {n: Head(labels, data[f"{n}.weights"].astype(np.float32), data[f"{n}.bias"].astype(np.float32)) for n in names},
        moods,
        {n: dict(zip(tags, data[f"{n}.centres"].astype(np.float32), strict=True)) for n in names},
        {n: float(data[f"{n}.spread"]) for n in names},
        {n: float(share) for n, share in zip(names, data["mix"], strict=True)}, float(data["temperature"]),
        float(data["gate"]),
    )  # fmt: skip

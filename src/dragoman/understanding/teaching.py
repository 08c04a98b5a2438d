"""A workspace's own corrections teach its own heads; nobody else's become worse by it.

The shipped heads are the start and the anchor; shipped messages are repeated beside the corrections, so that what is
known is not forgotten. New heads are used only where they read held-back corrections better and shipped messages no
worse; both figures are told.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

import numpy as np

from dragoman.understanding.examples import Example, load
from dragoman.understanding.head import Floats, Head, Lesson, softmax, train
from dragoman.understanding.reader import Own, heads
from dragoman.understanding.taxonomy import leaves

FEWEST = 20
"""Corrections that a round of teaching needs."""
FOLDS = 5
REPEATED = 10
"""Shipped messages of each intent that are repeated beside the corrections."""
SLACK = 0.01
"""How much less of the shipped messages may be read rightly afterwards."""
DECAY, STEPS, RATE = 0.2, 120, 0.02

Embed = Callable[[Sequence[str], Sequence[str]], Mapping[str, Floats]]


@dataclass(frozen=True, slots=True)
class Taught:
    """What came of a round: heads, or None where they were not better; shares of right answers, 0 to 1."""

    heads: Own | None
    figures: Mapping[str, float]
    lessons: int


def teach(corrections: Sequence[Example], setting: str, embed: Embed, seed: int = 1) -> Taught:
    """Teach from corrections (text, the language's tag, the intent that somebody said). Raises ValueError for fewer
    than FEWEST."""
    if len(corrections) < FEWEST:
        raise ValueError("too few corrections")
    repeated = _repeated(corrections, seed)
    rows = [*corrections, *repeated]
    vectors = embed([one.text for one in rows], [one.language for one in rows])
    labels = tuple(leaves())
    truth = np.array([labels.index(one.label) for one in rows])
    own = len(corrections)
    shipped = heads(setting).intents
    folds = np.random.default_rng(seed).permutation(own) % FOLDS
    right = {"before": 0, "after": 0}
    for fold in range(FOLDS):
        held = np.nonzero(folds == fold)[0]
        made = _fit(shipped, vectors, truth, np.setdiff1d(np.arange(len(rows)), held), own)
        right["before"] += _right(shipped, vectors, truth, held)
        right["after"] += _right(made, vectors, truth, held)
    kept = np.arange(own, len(rows))
    half, rest = kept[::2], kept[1::2]
    made = _fit(shipped, vectors, truth, np.concatenate([np.arange(own), half]), own)
    figures = {name: round(count / own, 4) for name, count in right.items()}
    figures["kept_before"] = round(_right(shipped, vectors, truth, rest) / max(len(rest), 1), 4)
    figures["kept_after"] = round(_right(made, vectors, truth, rest) / max(len(rest), 1), 4)
    better = figures["after"] > figures["before"] and figures["kept_after"] >= figures["kept_before"] - SLACK
    return Taught(made if better else None, figures, own)


def _repeated(corrections: Sequence[Example], seed: int) -> list[Example]:
    """Shipped messages in the workspace's languages, alike for every intent."""
    with as_file(files("dragoman.understanding").joinpath("data/examples")) as folder:
        shipped = load(folder)
    spoken = {one.language for one in corrections} | {"en"}
    by_label: dict[str, list[Example]] = {}
    for one in shipped:
        if one.language in spoken:
            by_label.setdefault(one.label, []).append(one)
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    return [one for rows in by_label.values() for one in chance.sample(rows, min(REPEATED, len(rows)))]


def _fit(shipped: Own, vectors: Mapping[str, Floats], truth: np.ndarray, rows: np.ndarray, own: int) -> Own:
    made = {}
    for name, head in shipped.items():
        there = rows[np.abs(vectors[name][rows]).sum(axis=1) > 0]
        weights = np.where(there < own, 1.0, 0.5).astype(np.float32)
        lesson = Lesson(vectors[name][there], truth[there], weights)
        made[name] = train(lesson, head.labels, decay=DECAY, steps=STEPS, rate=RATE, start=head) if len(there) else head
    return made


def _right(used: Own, vectors: Mapping[str, Floats], truth: np.ndarray, rows: np.ndarray) -> int:
    """How many rows are read rightly."""
    if not len(rows):
        return 0
    mixed = np.zeros((len(rows), len(leaves())), np.float32)
    for name, head in used.items():
        some = vectors[name][rows]
        there = np.abs(some).sum(axis=1, keepdims=True) > 0
        mixed += np.where(there, np.log(softmax(head.logits(some)) + 1e-9), 0.0)
    return int((mixed.argmax(axis=1) == truth[rows]).sum())


def packed(own: Own) -> bytes:
    """Heads as bytes, in half floats."""
    out = io.BytesIO()
    arrays: dict[str, np.ndarray] = {}
    for name, head in own.items():
        arrays |= {f"{name}.w": head.weights.astype(np.float16), f"{name}.b": head.bias.astype(np.float16)}
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def unpacked(stored: bytes) -> Own:
    """Heads out of bytes."""
    labels = tuple(leaves())
    with np.load(io.BytesIO(stored)) as data:
        names = sorted({name.partition(".")[0] for name in data.files})
        return {
            name: Head(labels, data[f"{name}.w"].astype(np.float32), data[f"{name}.b"].astype(np.float32))
            for name in names
        }

"""How a message is spelt: its letters and words, hashed and weighed (a linear model over n-grams).

Beside the encoders it knows what they have seldom seen: the trade's own words in every taught language, with its slips
and endings. It costs some hundredths of a millisecond and needs no model but its own table of weights.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import regex
from numpy.typing import NDArray

from dragoman.understanding.head import Floats

SHORTEST, LONGEST = 2, 5
"""Letters of an n-gram; it holds no space but at its ends, which mark where words begin and end."""
MOST = 2_000
"""Characters of a text that are read."""
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_SPACE = np.uint32(32)
_NO_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_NUMBER = regex.compile(r"\p{N}+")


class Letters:
    """The weights of the n-grams' buckets. `encode` gives the evidence for each intent."""

    def __init__(self, weights: NDArray[np.int8], scale: Floats, rarity: Floats) -> None:
        self._weights, self._scale, self._rarity = weights, scale, rarity
        self._bits = int(weights.shape[0]).bit_length() - 1
        self.width = int(weights.shape[1])

    def encode(self, texts: Sequence[str]) -> Floats:
        """The evidence for each intent, [texts, intents]; zeros for a text without a letter."""
        rows, buckets, values = weighed(texts, self._bits, self._rarity)
        out = np.zeros((len(texts), self.width), np.float32)
        if len(rows):
            starts = np.flatnonzero(np.diff(rows, prepend=-1))
            out[rows[starts]] = np.add.reduceat(self._weights[buckets] * values[:, None], starts) * self._scale
        return out


@cache
def shipped() -> Letters:
    """What lab/letters.py has taught."""
    with as_file(files("dragoman.understanding").joinpath("data/letters.npz")) as path:
        return load(path)


def load(path: Path) -> Letters:
    """Weights as they are stored."""
    with np.load(path) as data:
        return Letters(data["weights"], data["scale"], data["rarity"].astype(np.float32))


def weighed(texts: Sequence[str], bits: int, rarity: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Text, bucket and weight of all that is in some texts, text by text; the weights of a text have length 1."""
    rows, buckets = grams(texts, bits)
    keys, counts = np.unique(rows << bits | buckets, return_counts=True)
    rows, buckets = keys >> bits, keys & ((1 << bits) - 1)
    values = (np.log1p(counts) * rarity[buckets]).astype(np.float32)
    length = np.sqrt(np.bincount(rows, values * values, minlength=len(texts)))[rows]
    return rows, buckets, (values / np.maximum(length, 1e-9)).astype(np.float32)


def grams(texts: Sequence[str], bits: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The text and the bucket of each n-gram of letters, each word and each pair of words."""
    plain = [normal(text) for text in texts]
    chars = np.frombuffer("".join(plain).encode("utf-32-le", "replace"), "<u4")
    owners = np.repeat(np.arange(len(plain)), [len(one) for one in plain])
    space = chars == _SPACE
    found = [_words(plain, bits)]
    rolling = np.full(len(chars), LONGEST, np.uint64)
    for size in range(1, min(LONGEST, len(chars)) + 1):
        rolling = (rolling[: len(chars) - size + 1] ^ chars[size - 1 :]) * _FIRST
        rolling ^= rolling >> np.uint64(31)
        if size >= SHORTEST:
            kept = np.flatnonzero(~_apart(space, size))
            found.append((owners[kept], (rolling[kept] * _SECOND >> np.uint64(64 - bits)).astype(np.int64)))
    return np.concatenate([rows for rows, _ids in found]), np.concatenate([ids for _rows, ids in found])


def _apart(space: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Where n-grams begin that a space parts in two, or that reach from one text into the next."""
    some = len(space) - size + 1
    if size == SHORTEST:
        return space[:some] & space[1:]
    inside = np.zeros(some, bool)
    for at in range(1, size - 1):
        inside |= space[at : at + some]
    return inside


def _words(plain: Sequence[str], bits: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows, hashes = [], []
    for row, text in enumerate(plain):
        words = text.split()
        said = [*words, *(f"{one} {two}" for one, two in pairwise(words))]
        rows += [row] * len(said)
        hashes += [crc32(one.encode("utf-8", "replace")) for one in said]
    mixed = np.array(hashes, np.uint64) * _FIRST
    return np.array(rows, np.int64), (mixed >> np.uint64(64 - bits)).astype(np.int64)


def normal(text: str) -> str:
    """Small letters, numbers as 0, one space between words and at both ends."""
    small = unicodedata.normalize("NFKC", text[:MOST]).lower()
    return f" {_NO_WORD.sub(' ', _NUMBER.sub('0', small)).strip()} "

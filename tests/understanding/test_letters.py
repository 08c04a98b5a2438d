"""How messages are spelt: the same n-grams whatever stands beside them, and nothing that breaks on odd text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dragoman.understanding.letters import Letters, grams, normal, shipped, weighed
from dragoman.understanding.reader import heads
from dragoman.understanding.taxonomy import leaves


def buckets(text: str, bits: int = 16) -> set[int]:
    """The buckets of one text."""
    return set(grams([text], bits)[1].tolist())


def test_words_are_told_apart_from_their_spelling() -> None:
    assert normal("  Wo ist\nmeine Nr. 4711-22?! ") == " wo ist meine nr 0 0 "
    assert buckets("Paket") == buckets("PAKET!") == buckets("\uff30\uff41\uff4b\uff45\uff54")
    assert len(buckets("ja")) == 7, "ja, its letters with a space before, behind and around, and the word"
    (_pair,) = buckets("rote Lampe") - buckets("rote") - buckets("Lampe")  # no n-gram reaches over a space


def test_the_stored_weights_fit_the_buckets() -> None:
    """Another hash would make noise of what was taught."""
    assert sorted(buckets("ab", 8)) == [39, 97, 100, 120, 146, 149, 190]
    assert shipped().width == len(leaves())
    said = shipped().encode(["Wo ist mein Paket?", "我想退货", "Kde je moje zásilka?"])
    labels = list(leaves())
    assert [labels[at].partition(".")[0] for at in said.argmax(axis=1)] == ["delivery", "aftersale", "delivery"]


def test_they_speak_where_they_were_taught_and_never_alone() -> None:
    both, quick = ("use", "e5", "letters"), ("use", "letters")
    assert heads("full").knows("letters", "cs", both)
    assert not heads("full").knows("letters", "cs", quick), "where the slow encoder is not installed"
    assert not heads("full").knows("letters", "sw", both)
    assert heads("light").knows("letters", "de", quick)
    assert not heads("light").knows("letters", "cs", quick), "the light setting says that it can't read Czech"


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_neighbours_change_nothing(texts: list[str]) -> None:
    rarity = np.ones(1 << 10, np.float32)
    rows, found, values = weighed(texts, 10, rarity)
    for at, text in enumerate(texts):
        _alone, theirs, mine = weighed([text], 10, rarity)
        assert found[rows == at].tolist() == theirs.tolist()
        assert np.allclose(values[rows == at], mine)
        assert not len(mine) or abs(float((mine * mine).sum()) - 1.0) < 1e-5


def test_a_text_without_a_letter_says_nothing() -> None:
    letters = Letters(np.ones((1 << 10, 3), np.int8), np.ones(3, np.float32), np.ones(1 << 10, np.float32))
    said = letters.encode(["", "😀 !!!", "ja", "\ud800"])
    assert said[0].tolist() == said[1].tolist() == said[3].tolist() == [0.0, 0.0, 0.0]
    assert said[2].min() > 0
    assert letters.encode([]).shape == (0, 3)

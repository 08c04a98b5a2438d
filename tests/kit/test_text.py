"""Search words in every script."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.kit.text import fold, query, storable, tokens
from dragoman.platform import embedded_pg


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Größe ÄNDERN, ﬁn", {"grosse", "andern", "fin"}),
        ("İstanbul'a kargo", {"istanbul", "kargo"}),
        ("退款", {"退", "款", "退款"}),
        ("サイズ交換", {"サ", "交換", "サイ", "換"}),
        ("환불해 주세요", {"환불", "주세", "환"}),
        ("ขอคืนเงิน", {"ขอ", "คื"}),
        ("كُتُب", {"كتب"}),
        ("Order 302-5518394-1029384!", {"30255183941029384", "5518394", "order"}),
        ("write to Anna.S@buyer.example", {"anna.s@buyer.example", "buyer"}),
    ],
)
def test_tokens(text: str, words: set[str]) -> None:
    assert words <= tokens(text)


def finds(text: str, asked: str, *, beginnings: bool = False) -> bool:
    """What PostgreSQL will answer, in Python: every term is among the tokens."""
    have, wanted = tokens(text), query(asked, beginnings=beginnings)
    assert wanted is not None
    for term in wanted.split(" & "):
        word = term.removesuffix(":*")[1:-1]
        if not (word in have or (term.endswith(":*") and any(one.startswith(word) for one in have))):
            return False
    return True


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("我的包裹还没有收到", "包裹"),
        ("我的包裹还没有收到", "包"),
        ("サイズ交換のお願い", "交換"),
        ("サイズ交換のお願い", "お願い"),
        ("Order 302-5518394-1029384", "302-5518394-1029384"),
        ("Order 302-5518394-1029384", "30255183941029384"),
        ("Order 302-5518394-1029384", "302-5518394"),
        ("Bestellung für Größe 42", "grosse"),
        ("mail anna@buyer.example", "Anna@Buyer.example"),
    ],
)
def test_what_is_written_is_found(text: str, asked: str) -> None:
    assert finds(text, asked)


def test_beginnings() -> None:
    assert finds("it was refunded", "refund", beginnings=True)
    assert not finds("it was refunded", "refund")


@given(st.text(max_size=200))
def test_every_text_is_found_by_itself(text: str) -> None:
    if query(text) is not None:
        assert finds(text, text)


def test_queries_and_tokens_are_what_postgresql_reads(cluster: embedded_pg.Cluster, database: str) -> None:
    """Whatever somebody types is a tsquery, whatever a mail holds a tsvector."""
    with psycopg.connect(cluster.url(embedded_pg.APP, database)) as connection:

        @given(st.text(max_size=80))
        def check(text: str) -> None:
            text = storable(text)
            asked = query(text)
            words = [one for one in tokens(text) if one]
            if asked is not None:
                row = connection.execute(
                    "SELECT array_to_tsvector(%s) @@ cast(%s AS tsquery)", (words, asked)
                ).fetchone()
                assert row == (True,)

        check()


def test_folding_keeps_marks_that_are_letters() -> None:
    assert fold("ที่") == "ที่"
    assert fold("हिन्दी") == "हिन्दी"


@given(st.text())
def test_storable_text_can_be_stored(text: str) -> None:
    assert "\x00" not in storable(text)
    storable(text).encode()

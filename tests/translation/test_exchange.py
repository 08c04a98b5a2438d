"""Files in and out: TMX, TBX, tables; what strangers' files may not do."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.kit.errors import Invalid
from dragoman.translation import tbx, tmx
from dragoman.translation.termbase import TermForm
from dragoman.translation.tmx import Unit

PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(
    lambda text: " ".join(text.split())
)
WORDS = PLAIN.filter(lambda text: bool(text) and "⟦" not in text and "|" not in text)
MARKED = st.tuples(WORDS, st.integers(0, 9)).map(lambda one: f"{one[0]} ⟦{one[1]}⟧")
FORMS = st.builds(
    TermForm, st.sampled_from(["zh-Hans", "de"]), WORDS, st.sampled_from(["", "en-GB", "pt-BR"]), WORDS,
    st.lists(WORDS, max_size=3, unique=True).map(tuple), WORDS, WORDS, st.booleans(),
)  # fmt: skip


@pytest.mark.req("R85")
@given(st.lists(st.builds(Unit, st.just("de"), st.just("pt-BR"), WORDS | MARKED, WORDS | MARKED), max_size=5))
def test_tmx_there_and_back(units: list[Unit]) -> None:
    text = tmx.head() + tmx.written(units) + tmx.tail()
    readable = [one for one in units if not any(mark in one.original + one.text for mark in "\ufffe\uffff")]
    if len(readable) == len(units):
        assert tmx.read(text.encode()) == units
        assert tmx.read(text.replace("UTF-8", "UTF-16").encode("utf-16")) == units


def test_tmx_of_other_tools() -> None:
    content = b"""<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd">
    <tmx version="1.4"><header srclang="de-DE" segtype="sentence" creationtool="x"/><body>
    <tu><tuv xml:lang="EN-us"><seg>Click <bpt i="1">&lt;b></bpt>here<ept i="1">&lt;/b></ept>
        <ph x="1">{0}</ph></seg></tuv><tuv xml:lang="de_DE"><seg>Hier <hi>klicken</hi> <ph x="1">{0}</ph></seg></tuv>
        <tuv lang="fr"><seg>Cliquez</seg></tuv><tuv xml:lang="??"><seg>x</seg></tuv><tuv xml:lang="it"/></tu>
    <tu><tuv xml:lang="de"><seg>allein</seg></tuv></tu></body></tmx>"""
    assert [(one.source, one.target, one.original, one.text) for one in tmx.read(content)] == [
        ("de-DE", "en-US", "Hier klicken ⟦0⟧", "Click here\n        ⟦0⟧"),
        ("de-DE", "fr", "Hier klicken ⟦0⟧", "Cliquez"),
    ]  # fmt: skip


@given(st.lists(FORMS, max_size=4))
def test_tables_there_and_back(forms: list[TermForm]) -> None:
    content = tbx.table([(one, "approved") for one in forms]).encode()
    for row in list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row), "no formula"
    assert tbx.read_table(content) == forms
    assert tbx.read_table(b"\xef\xbb\xbf" + content) == forms


@given(st.lists(FORMS, max_size=4))
def test_tbx_there_and_back(forms: list[TermForm]) -> None:
    if any(mark in str(forms) for mark in ("\\ufffe", "\\uffff")):
        return
    text = tbx.head() + tbx.written((str(at), one) for at, one in enumerate(forms)) + tbx.tail()
    back = tbx.read(text.encode())
    assert [(one.source, one.term, one.target, one.rendering, one.forbidden, one.domain, one.note) for one in back] == [
        (one.source, one.term, one.target, one.rendering, one.forbidden, one.domain, one.note) for one in forms
    ]


def test_tbx_of_other_tools() -> None:
    content = b"""<?xml version='1.0'?><martif type="TBX-Basic" xml:lang="en"><text><body><termEntry id="c1">
      <descrip type="subjectField">lamps</descrip>
      <langSet xml:lang="de"><tig><term>Leuchte</term></tig></langSet>
      <langSet xml:lang="en"><tig><term>luminaire</term></tig><tig><term>lamp</term>
        <termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig></langSet>
      <langSet xml:lang="fr"><ntig><termGrp><term>luminaire</term></termGrp></ntig></langSet></termEntry>
      <termEntry id="c2"><langSet xml:lang="de"></langSet></termEntry></body></text></martif>"""
    assert tbx.read(content) == [
        TermForm("de", "Leuchte", "en", "luminaire", ("lamp",), "lamps"),
        TermForm("de", "Leuchte", "fr", "luminaire", (), "lamps"),
    ]


@pytest.mark.parametrize("read", [tmx.read, tbx.read])
@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY l2 "&lol;&lol;">]><tmx>&l2;</tmx>',
        b'<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]><tmx><body><tu>&x;</tu></body></tmx>',
        '<!DOCTYPE tmx [<!ENTITY x "y">]><tmx/>'.encode("utf-16"), b"<tmx>&x;</tmx>", b"", b"\x00", b"<a>" * 100_000,
        b"<?xml", b"<html/>", b"\xff\xfe\x00",
    ],
)  # fmt: skip
def test_hostile_files_are_refused(read: object, content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        read(content)  # type: ignore[operator]
    assert set(caught.value.fields) == {"file"}

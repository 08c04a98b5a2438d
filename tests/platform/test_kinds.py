"""The list of kinds that may be sent: deny by default, whatever disguise a name wears."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.kit.errors import Invalid
from dragoman.platform import files, kinds

PDF = b"%PDF-1.7 and so on"


def archive(*names: str) -> bytes:
    """A ZIP with empty files of these names."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        for name in names:
            made.writestr(name, "")
    return kept.getvalue()


GOOD = {
    "Rechnung 12.pdf": PDF, "ﬁnal.PDF": b"\r\n" + PDF, "发票.pdf": PDF, "report v1.2.pdf": PDF,
    "lantern.com.pdf": PDF, "a.txt": "您好".encode("gb18030"), "b.csv": b"a,b\n1,2\n", "c.txt": "x".encode("utf-16"),
    "d.png": b"\x89PNG\r\n\x1a\n....", "e.jpeg": b"\xff\xd8\xff\xe0", "f.webp": b"RIFF....WEBPVP8 ",
    "g.mp4": b"\0\0\0\x20ftypisom", "h.heic": b"\0\0\0\x18ftypheic", "i.docx": archive("word/document.xml"),
    "j.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "k.zip": archive("photos/a.jpg", "readme.txt"),
    "l.eml": b"From: a@b.c", "m.wav": b"RIFF....WAVEfmt ", "n.mov": b"\0\0\0\x14moov", "o.ics": b"BEGIN:VCALENDAR",
    "p.key": archive("Index/x.iwa"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_desks_send_may_be_sent(name: str) -> None:
    kinds.check(name, GOOD[name])


WORDS = {
    "README": "no ending", "": "no ending", ".": "no ending", "a.": "no ending", ".bashrc": "no ending",
    "a.exe": "Mail servers refuse", "a.php.jpg": "Mail servers refuse", "a.p\u200bhp": "Mail servers refuse",
    "a.SVG": "Mail servers refuse", "a.ｅｘｅ": "Mail servers refuse", "x.html ": "Mail servers refuse",
    "gpj.\u202eexe": "Mail servers refuse", "a.h\u00adtml": "Mail servers refuse", "a.js\0.png": "Mail servers refuse",
    "a.docm": "{suffix}", "a.7z": "{suffix}", "a.bin": "{suffix}", "a.p\u200bdfx": "{suffix}", "a.xyz": "{suffix}",
    "a.png": "not what its ending", "a.docx": "not what its ending", "a.mp4": "not what its ending",
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS, ids=ascii)
def test_everything_else_is_refused_in_words_that_say_why(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        kinds.check(name, PDF)
    assert WORDS[name] in caught.value.fields["attachment"]
    caught.value.fields["attachment"].format(**caught.value.values)


def test_a_text_is_no_program() -> None:
    for content in (b"MZ\x90\x00\x03", b"\x7fELF\x02\0\0"):
        with pytest.raises(Invalid):
            kinds.check("a.txt", content)


def test_an_archive_is_looked_into() -> None:
    for bad in (archive("a.jpg", "deep/run.EXE"), archive("page.html"), archive("invoice.pdf.js"), b"PK\x03\x04broken"):
        with pytest.raises(Invalid):
            kinds.check("a.zip", bad)
    with pytest.raises(Invalid, match="marked") as caught:
        kinds.check("a.zip", archive(*(f"{n}.txt" for n in range(2001))))
    assert "too many" in caught.value.fields["attachment"]


def test_nothing_is_both_allowed_and_forbidden() -> None:
    assert not kinds.ALLOWED & files.FORBIDDEN_SUFFIXES
    assert len(kinds.ALLOWED) == len(kinds.BEGINNINGS) + len(kinds.RIFF) + len(kinds.BOXED) + len(kinds.TEXTS)


hidden = st.text("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u061c", max_size=3)


@given(st.sampled_from(sorted(files.FORBIDDEN_SUFFIXES)), st.data())
def test_no_invisible_sign_no_case_and_no_width_lets_a_program_pass(suffix: str, data: st.DataObject) -> None:
    disguised = "".join(
        data.draw(hidden) + data.draw(st.sampled_from([sign, sign.upper(), chr(ord(sign) + 0xFEE0)])) for sign in suffix
    )
    name = f"a.{disguised}" + data.draw(st.sampled_from(["", " ", ".", " .", "\u200b", "\0"]))
    with pytest.raises(Invalid):
        kinds.check(name, PDF)


@given(st.text(max_size=60), st.binary(max_size=40))
def test_whatever_passes_ends_in_an_allowed_suffix(name: str, content: bytes) -> None:
    try:
        kinds.check(name, content)
    except Invalid:
        return
    assert files.safe_name(name).rpartition(".")[2].casefold().replace(" ", "") in kinds.ALLOWED

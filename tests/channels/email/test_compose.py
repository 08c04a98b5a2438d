"""Writing mails: read back by the standard library, by ourselves, and looked at as bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from dragoman.channels.email.compose import (
    OutgoingFile,
    OutgoingMail,
    bounded_references,
    compose,
    encoded_words,
    html_to_text,
)
from dragoman.channels.email.mail import Address
from dragoman.channels.email.parse import parse
from dragoman.channels.email.subjects import reply_subject
from dragoman.kit.errors import Invalid
from tests.channels.email.mails import PNG

pytestmark = pytest.mark.req("R14")

BASE = OutgoingMail(
    from_=Address("Lampen & Mehr, Köln", "help@shop.example"),
    to=(Address("", "ann@example.org"),),
    subject="Re: Lamp",
    message_id="m1@shop.example",
    date=datetime(2026, 11, 16, 10, 0, tzinfo=UTC),
    text="Hello Ann\n",
)


def standard(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def assert_clean(raw: bytes) -> None:
    raw.decode("ascii")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(line[:1] in b" " or b":" in line for line in head.split(b"\r\n"))


def test_plain_mail_with_threading() -> None:
    raw = compose(
        replace(
            BASE,
            in_reply_to="q1@example.org",
            references=("q0@example.org", "q1@example.org"),
            reply_to=Address("", "help+tag@shop.example"),
            cc=(Address("田中 太郎", "taro@example.org"),),
            bcc=(Address("", "secret@example.org"),),
            auto_submitted="auto-replied",
            loop="desk-1",
        )
    )
    assert_clean(raw)
    assert b"secret" not in raw
    message = standard(raw)
    assert message["From"] == '"Lampen & Mehr, Köln" <help@shop.example>'
    assert message["Cc"] == "田中 太郎 <taro@example.org>"
    assert message["In-Reply-To"] == "<q1@example.org>"
    assert message["References"].split() == ["<q0@example.org>", "<q1@example.org>"]
    assert message["Message-ID"] == "<m1@shop.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Reply-To"] == "help+tag@shop.example"
    assert message["Date"].datetime == BASE.date
    assert message.get_content().splitlines() == ["Hello Ann"]
    again = parse(raw)
    assert (again.loop, again.auto_reply, again.problems) == ("desk-1", True, ())


def test_all_parts_in_their_places() -> None:
    raw = compose(
        replace(
            BASE,
            text=None,
            html='<p>Hallo <b>Ann</b>, größer: <img src="cid:pic@1"></p><script>x</script>',
            attachments=(
                OutgoingFile("Rechnung Nr. 5 – Größe.pdf", "application/pdf", b"%PDF" * 1000),
                OutgoingFile("bild.png", "image/png", PNG, cid="pic@1"),
                OutgoingFile("unused.png", "image/png", PNG, cid="unused@1"),
            ),
        )
    )
    assert_clean(raw)
    message = standard(raw)
    assert message.get_content_type() == "multipart/mixed"
    shapes = [part.get_content_type() for part in message.walk()]
    assert shapes == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
        "image/png",
    ]
    mail = parse(raw)
    assert mail.text == "Hallo Ann, größer:"
    assert mail.html is not None
    assert "script" not in mail.html
    assert 'data-cid="pic@1"' in mail.html
    names = {item.name: item for item in mail.attachments}
    assert names["Rechnung Nr. 5 – Größe.pdf"].content == b"%PDF" * 1000
    assert names["bild.png"].inline
    assert not names["unused.png"].inline
    assert mail.problems == ()


@pytest.mark.parametrize(
    "name",
    [
        "发票.pdf",
        "請求書（ランプ）2026年11月.pdf",
        "Größe.jpg",
        'we"ird\\name;x.txt',
        "a" * 300 + ".pdf",
        "имя " * 30 + ".doc",
        "plain.txt",
    ],
)
def test_file_names_for_old_and_new_readers(name: str) -> None:
    raw = compose(replace(BASE, attachments=(OutgoingFile(name, "application/pdf", b"x"),)))
    assert_clean(raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 260
    shown = parse(raw).attachments[0].name
    by_library = next(standard(raw).iter_attachments()).get_filename()
    assert shown == by_library or '"' in name
    if len(name) < 100 and '"' not in name:
        assert shown == name.strip()
    if not name.isascii():
        head = raw.partition(b"Content-Disposition")[0]
        assert b'name="=?UTF-8?B?' in head
        assert b"filename*" in raw
        # A reader that knows only RFC 2047 sees the same name.
        old = b"\r\n".join(line for line in raw.split(b"\r\n") if b"filename*" not in line).replace(
            b'";\r\n\r\n', b'"\r\n\r\n'
        )
        assert parse(old).attachments[0].name == shown


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain ascii", "7bit"),
        ("a somewhat größer lamp " * 40, "quoted-printable"),
        ("你好，" * 200, "base64"),
        ("x" * 5000, "quoted-printable"),
        ("a\nFrom here\n.\nb", "quoted-printable"),
        ("trailing space \nend", "7bit"),
        ("", "7bit"),
        ("emoji 😀 " * 20, None),
    ],
)
def test_bodies_come_back_as_they_went(text: str, encoding: str | None) -> None:
    raw = compose(replace(BASE, text=text))
    assert_clean(raw)
    message = standard(raw)
    assert encoding is None or message["Content-Transfer-Encoding"] == encoding
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert b"\r\nFrom " not in raw
    assert b"\r\n.\r\n" not in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 78 or encoding == "7bit"


@pytest.mark.parametrize(
    "subject", ["Größe der Lampe " * 12, "你好" * 80, "=?utf-8?q?fake?=", "word " * 60, "x" * 500, "", "emoji 😀"]
)
def test_subjects(subject: str) -> None:
    raw = compose(replace(BASE, subject=subject))
    assert_clean(raw)
    assert all(len(line) <= 78 for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))
    assert parse(raw).subject == " ".join(subject.split())
    assert " ".join(str(standard(raw)["Subject"]).split()) == " ".join(subject.split())


def test_words_never_split_a_character() -> None:
    for word in encoded_words("你好😀é" * 30):
        assert len(word) <= 75
        assert parse(b"Subject: " + word.encode() + b"\r\n\r\n").subject.isprintable()
        assert "\ufffd" not in parse(b"Subject: " + word.encode() + b"\r\n\r\n").subject


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "a\r\nBcc: eve@example.org"},
        {"subject": "a\nb"},
        {"subject": "a\0b"},
        {"subject": "a\u2028b"},
        {"from_": Address("x\r\ny", "a@example.org")},
        {"from_": Address("x", "a@example.org>\r\nBcc: e@x.y")},
        {"to": (Address("", "two@example.org, three@example.org"),)},
        {"to": (Address("", "no address"),)},
        {"to": (Address("", "a..b@example.org"),)},
        {"to": ()},
        {"message_id": "no-at-sign"},
        {"message_id": "a@b>\r\nX: y"},
        {"loop": "a\r\nb"},
        {"language": "de\r\nX: y"},
        {"attachments": (OutgoingFile("a\r\nb.pdf", "application/pdf", b""),)},
        {"text": None},
        {"date": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"html": "<div>" * 30_000},
        {"html": '<img src="cid:a b">', "attachments": (OutgoingFile("a", "image/png", b"", cid="a b"),)},
    ],
)
def test_injection_and_nonsense_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        compose(replace(BASE, **change))  # type: ignore[arg-type]


def test_odd_ids_of_strangers_are_left_out() -> None:
    raw = compose(replace(BASE, in_reply_to="a b\r\nX: y", references=("ok@x", "bad id@x", "a\nb@x")))
    message = standard(raw)
    assert message["In-Reply-To"] is None
    assert message["References"] == "<ok@x>"


def test_references_are_bounded() -> None:
    ids = [f"{i}@example.org" for i in range(300)]
    kept = bounded_references(ids)
    assert (kept[0], kept[-1], len(kept)) == (ids[0], ids[-1], 20)
    long = bounded_references([f"{i}{'x' * 400}@example.org" for i in range(20)])
    assert (long[0][0], long[-1][:2]) == ("0", "19")
    assert sum(map(len, long)) < 2000


def test_international_domains() -> None:
    assert b"ann@xn--mller-kva.example" in compose(replace(BASE, to=(Address("", "ann@müller.example"),)))


def test_same_mail_same_bytes() -> None:
    mail = replace(BASE, html="<p>x</p>", attachments=(OutgoingFile("a", "text/plain", b"x"),))
    assert compose(mail) == compose(mail)


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("Lamp", "Re: Lamp"),
        ("Re: Lamp", "Re: Lamp"),
        ("RE: re: Re[2]: RE(3): Lamp", "Re: Lamp"),
        ("AW: Antw: SV: VS: Lampe", "Re: Lampe"),
        ("回复：答复: Re: 台灯", "Re: 台灯"),
        ("回覆: 檯燈", "Re: 檯燈"),
        ("返信: ランプ", "Re: ランプ"),
        ("Odp: RIF: R: RES: Ynt: Lamp", "Re: Lamp"),
        ("Fwd: Lamp", "Re: Fwd: Lamp"),
        ("Re: WG: AW: Lampe", "Re: WG: AW: Lampe"),
        ("Refund: lamp", "Re: Refund: lamp"),
        ("Regarding: lamp", "Re: Regarding: lamp"),
        ("", "Re:"),
        ("Re: " * 400, "Re:"),
    ],
)
def test_reply_subject(subject: str, reply: str) -> None:
    if subject.count("Re: ") > 100:
        assert len(reply_subject(subject)) < 1000
    else:
        assert reply_subject(subject) == reply
        assert reply_subject(reply_subject(subject)) == reply


def test_plain_part_of_html() -> None:
    assert html_to_text('<p>Hi</p><ul><li>One</li></ul><p><a href="https://x.example/y">shop</a></p>') == (
        "Hi\n\n- One\n\nshop <https://x.example/y>"
    )

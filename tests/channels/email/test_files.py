"""Attachments by name and content, and the key by which a mail is known again."""

from __future__ import annotations

import pytest

from dragoman.channels.email.fingerprint import fingerprint
from dragoman.channels.email.parse import parse
from tests.channels.email.mails import PNG, b64, multipart, part, raw

pytestmark = pytest.mark.req("R1")


def test_large_attachment() -> None:
    content = bytes(range(256)) * 80_000
    mail = parse(
        multipart(
            part("See file", "text/plain"),
            part(
                b64(content),
                "application/zip",
                'Content-Disposition: attachment; filename="big.zip"',
                "Content-Transfer-Encoding: base64",
            ),
        )
    )
    assert mail.attachments[0].size == len(content) == 20_480_000
    assert mail.attachments[0].content == content


def test_binary_attachment_keeps_its_line_ends() -> None:
    content = b"\x89\r\n\x1a\n\r\n--b1x\r\n\0"
    mail = parse(
        multipart(
            part(
                content,
                "application/octet-stream",
                "Content-Transfer-Encoding: binary",
                'Content-Disposition: attachment; filename="x"',
            )
        )
    )
    assert mail.attachments[0].content == content


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.jpg", "Größe.jpg"),
        ("attachment; filename*0*=utf-8''%E5%8F%91; filename*1*=%E7%A5%A8; filename*2=.pdf", "发票.pdf"),
        ('attachment; filename="=?gb2312?B?t6LGsS5wZGY=?="', "发票.pdf"),
        ("attachment; filename==?utf-8?Q?Gr=C3=B6=C3=9Fe.jpg?=", "Größe.jpg"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\Users\\\\ann\\\\photo.jpg"', "photo.jpg"),
        ('attachment; filename="gpj\u202eexe.jpg"', "gpjexe.jpg"),
        ("attachment; filename=two words.pdf", "two words.pdf"),
        ("attachment", "image-1.png"),
    ],
)
def test_attachment_names(header: str, name: str) -> None:
    body = part(b64(PNG), "image/png", f"Content-Disposition: {header}", "Content-Transfer-Encoding: base64")
    assert parse(multipart(body)).attachments[0].name == name


def test_fingerprint_survives_the_ways_of_the_mail() -> None:
    one = raw("Line\r\nFrom here on\r\n>From there\r\n", subject="long\r\n folded subject", x_spam="no")
    other = b"Received: by mx\r\nDelivered-To: a@b\r\n" + one.replace(b"X-Spam: no", b"X-Spam: yes")
    boxed = b"From ann@example.org Mon Nov 16 10:00:00 2026\n" + one.replace(b"\r\n", b"\n").replace(
        b"\nFrom here", b"\n>From here"
    )
    unfolded = one.replace(b"long\r\n folded", b"long folded")
    keys = {fingerprint(item) for item in (one, other, boxed, unfolded, one + b"\r\n\r\n", one.replace(b"\r\n", b"\n"))}
    assert len(keys) == 1
    different = {
        fingerprint(one.replace(b"Line", b"Lime")),
        fingerprint(one.replace(b"m1@", b"m2@")),
        fingerprint(one.replace(b"ann@", b"eve@")),
        fingerprint(raw("Line", message_id=None)),
        fingerprint(raw("Lane", message_id=None)),
        fingerprint(raw("Line", message_id=None, date="Mon, 16 Nov 2026 10:00:01 +0100")),
    }
    assert len(different | keys) == 7


def test_broken_mails_that_differ_have_keys_that_differ() -> None:
    """Two mails with one key would be one mail: the second would be lost."""
    broken = [
        b"",
        b"\0\0\0",
        b"hello",
        b"hello\nworld",
        b"hello\n\nworld",
        b"\xff\xfe",
        b"Subject only\r\nno colon here",
    ]
    assert len({fingerprint(one) for one in broken}) == len(broken)

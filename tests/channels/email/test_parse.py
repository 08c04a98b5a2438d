"""Reading whole mails: structure, attachments, repairs."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from email.message import EmailMessage

import pytest

from dragoman.channels.email.mail import Address
from dragoman.channels.email.parse import parse, to_json
from dragoman.kit import clock
from tests.channels.email.mails import PNG, b64, multi, multipart, part, raw, read, tnef

pytestmark = pytest.mark.req("R1")


def test_plain_mail() -> None:
    mail = read(
        "Hallo,\r\nwo ist die Lampe?\r\n",
        to='"Shop, Hilfe" <Help@Shop.Example>, second@example.org',
        cc="c@example.org",
        reply_to="other@example.org",
        in_reply_to="<a@x>",
        references="<r1@x>\r\n <r2@x> <r1@x>",
    )
    assert mail.message_id == "m1@example.org"
    assert mail.from_ == Address("Ann Buyer", "ann@example.org")
    assert mail.to == (Address("Shop, Hilfe", "Help@shop.example"), Address("", "second@example.org"))
    assert mail.cc == (Address("", "c@example.org"),)
    assert mail.reply_to == (Address("", "other@example.org"),)
    assert (mail.in_reply_to, mail.references) == ("a@x", ("r1@x", "r2@x"))
    assert mail.text == "Hallo,\nwo ist die Lampe?"
    assert mail.date is not None
    assert mail.date.utcoffset() == timedelta(hours=1)
    assert mail.html is None
    assert mail.problems == ()


def test_alternative_keeps_both_and_related_pictures_are_inline() -> None:
    related = part(
        multi(
            part('<p>Hi <img src="cid:pic@1"></p>', "text/html; charset=utf-8"),
            part(b64(PNG), "image/png", "Content-ID: <pic@1>", "Content-Transfer-Encoding: base64"),
            boundary="rel",
        ),
        'multipart/related; boundary="rel"',
    )
    alternative = part(
        multi(part("Hi", "text/plain"), related, boundary="alt"), 'multipart/alternative; boundary="alt"'
    )
    pdf = part(
        b64(b"%PDF-1.4"),
        'application/pdf; name="Rechnung.pdf"',
        "Content-Disposition: attachment",
        "Content-Transfer-Encoding: base64",
    )
    mail = parse(multipart(alternative, pdf))
    assert mail.text == "Hi"
    assert mail.html == '<p>Hi <img data-cid="pic@1"></p>'
    picture, file = mail.attachments
    assert (picture.inline, picture.cid, picture.content, picture.type) == (True, "pic@1", PNG, "image/png")
    assert (file.name, file.inline, file.cid, file.size) == ("Rechnung.pdf", False, None, 8)
    assert file.sha256 == hashlib.sha256(b"%PDF-1.4").hexdigest()


def test_related_root_may_stand_last() -> None:
    body = multi(
        part(b64(PNG), "image/png", "Content-ID: <p@1>", "Content-Transfer-Encoding: base64"),
        part("<p>Root</p>", "text/html", "Content-ID: <root@1>"),
    )
    mail = parse(raw(body, kind='multipart/related; boundary="b1"; start="<root@1>"'))
    assert mail.text == "Root"
    assert len(mail.attachments) == 1


def test_apple_style_text_picture_text() -> None:
    mail = parse(
        multipart(
            part("Before", "text/plain"),
            part(
                b64(PNG),
                'image/png; name="photo.png"',
                "Content-Disposition: inline",
                "Content-Transfer-Encoding: base64",
            ),
            part("After", "text/plain"),
        )
    )
    assert mail.text == "Before\n\nAfter"
    assert [item.name for item in mail.attachments] == ["photo.png"]


def test_text_attachment_is_not_body() -> None:
    mail = parse(
        multipart(
            part("Body", "text/plain"),
            part("log line", 'text/plain; name="trace.log"'),
            part("a;b", "text/csv", 'Content-Disposition: attachment; filename="t.csv"'),
        )
    )
    assert mail.text == "Body"
    assert [item.name for item in mail.attachments] == ["trace.log", "t.csv"]


def test_message_inside_is_file_and_readable() -> None:
    inner = raw("Inner words", subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=", **{"from": "Old <old@example.org>"})
    mail = parse(multipart(part("See below", "text/plain"), part(inner, "message/rfc822")))
    assert mail.attachments[0].name == "Grüße.eml"
    assert mail.attachments[0].type == "message/rfc822"
    assert parse(mail.attachments[0].content).subject == "Grüße"
    assert "Inner words" in mail.text
    assert "From: Old <old@example.org>" in mail.text
    assert mail.text_reply == "See below"


def test_encoded_message_inside_is_still_read() -> None:
    inner = part(b64(raw("Deep words")), "message/rfc822", "Content-Transfer-Encoding: base64")
    assert "Deep words" in parse(multipart(part("x", "text/plain"), inner)).text


def test_digest_parts_are_messages() -> None:
    body = b"--b1\r\n\r\n" + raw("First of digest", subject="One") + b"\r\n--b1--\r\n"
    mail = parse(raw(body, kind='multipart/digest; boundary="b1"'))
    assert "First of digest" in mail.text


def test_html_only() -> None:
    mail = read("<html><body><p>Where is <b>it</b>?</p></body></html>", kind="text/html; charset=utf-8")
    assert mail.text == "Where is it?"
    assert mail.html is not None


def test_stub_plain_part_gives_way_to_html() -> None:
    html = "<p>" + "The lamp flickers every evening and smells burnt. " * 60 + "</p>"
    body = multi(part("Please use an HTML reader.", "text/plain"), part(html, "text/html"))
    assert "smells burnt" in parse(raw(body, kind="multipart/alternative; boundary=b1")).text


def test_blank_plain_part_gives_way_to_html() -> None:
    body = multi(part(" \r\n", "text/plain"), part("<p>Words</p>", "text/html"))
    assert parse(raw(body, kind="multipart/alternative; boundary=b1")).text == "Words"


def test_format_flowed_with_delsp_and_quotes() -> None:
    flowed = "This line runs \r\non.\r\n> quoted runs \r\n> on too\r\n-- \r\nAnn\r\n"
    mail = read(flowed, kind="text/plain; charset=utf-8; format=flowed")
    assert mail.text == "This line runs on.\n> quoted runs on too\n-- \nAnn"
    mail = read("これは \r\n続く\r\n", kind="text/plain; charset=utf-8; format=flowed; delsp=yes")
    assert mail.text == "これは続く"


def test_calendar_is_line_and_file() -> None:
    ics = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Call about\\, the lamp\r\n"
        "DTSTART;TZID=Europe/Berlin:20261120T100000\r\nLOCATION:Phone\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    body = multi(part("Invited", "text/plain"), part(ics, "text/calendar; method=REQUEST; charset=utf-8"))
    mail = parse(raw(body, kind="multipart/alternative; boundary=b1"))
    assert "Invited" in mail.text
    assert "[Invitation: Call about, the lamp · 2026-11-20 10:00 Europe/Berlin · Phone]" in mail.text
    assert [item.name for item in mail.attachments] == ["invite.ics"]


def test_tnef_is_unpacked() -> None:
    wrapper = tnef(body="Text within", files=[("Überweisung.pdf", b"%PDF"), ("b.txt", b"bb")])
    mail = parse(
        multipart(
            part(
                b64(wrapper),
                'application/ms-tnef; name="winmail.dat"',
                "Content-Disposition: attachment",
                "Content-Transfer-Encoding: base64",
            )
        )
    )
    assert mail.text == "Text within"
    assert [(item.name, item.content) for item in mail.attachments] == [("Überweisung.pdf", b"%PDF"), ("b.txt", b"bb")]
    assert mail.attachments[0].type == "application/pdf"


def test_tnef_html_body_and_cut_wrapper() -> None:
    wrapper = tnef(html=b"<p>Rich</p>", files=[("a.bin", b"x" * 500)])
    whole = part(b64(wrapper), "application/ms-tnef", "Content-Transfer-Encoding: base64")
    assert parse(multipart(whole)).text == "Rich"
    cut = part(b64(wrapper[:-400]), "application/ms-tnef", "Content-Transfer-Encoding: base64")
    mail = parse(multipart(cut))
    assert mail.text == "Rich"
    assert "tnef-truncated" in mail.problems
    broken = part(b64(b"not tnef"), 'application/ms-tnef; name="winmail.dat"', "Content-Transfer-Encoding: base64")
    mail = parse(multipart(broken))
    assert "tnef-unreadable" in mail.problems
    assert mail.attachments[0].content == b"not tnef"


@pytest.mark.parametrize(
    ("body", "kind", "problem"),
    [
        (multi(part("Words", "text/plain")), "multipart/mixed", "boundary-missing"),
        (multi(part("Words", "text/plain"), boundary="other"), 'multipart/mixed; boundary="b1"', "boundary-not-found"),
        (multi(part("Words", "text/plain"), close=False), 'multipart/mixed; boundary="b1"', "boundary-unclosed"),
        (b"Words\r\n", 'multipart/mixed; boundary="b1"', "boundary-not-found"),
    ],
)
def test_broken_boundaries(body: bytes, kind: str, problem: str) -> None:
    mail = parse(raw(body, kind=kind))
    assert mail.text == "Words"
    assert problem in mail.problems


def test_boundary_that_begins_another() -> None:
    inner = part(multi(part("Inside", "text/plain"), boundary="b12"), 'multipart/alternative; boundary="b12"')
    assert parse(multipart(inner, part("Outside", "text/plain"), boundary="b1")).text == "Inside\n\nOutside"


def test_missing_headers_are_told_and_bare_text_is_read() -> None:
    mail = parse(b"just some words\nand more\n")
    assert mail.text == "just some words\nand more"
    assert {"header-missing:from", "header-missing:date", "header-missing:message-id"} <= set(mail.problems)


def test_duplicate_headers_first_wins() -> None:
    mail = parse(b"From: a@example.org\r\nSubject: one\r\nSubject: two\r\nFrom: b@example.org\r\n\r\nx")
    assert (mail.subject, mail.from_.email) == ("one", "a@example.org")
    assert {"header-duplicate:subject", "header-duplicate:from"} <= set(mail.problems)


def test_body_without_blank_line() -> None:
    mail = parse(b"From: a@example.org\r\nSubject: one\r\nThe words begin here\r\nand go on\r\n")
    assert mail.subject == "one"
    assert mail.text == "The words begin here\nand go on"
    assert "header-separator-missing" in mail.problems


def test_fold_without_indent() -> None:
    mail = parse(b"Subject: =?utf-8?b?R3LDvA==?=\r\n=?utf-8?b?w59l?=\r\nFrom: a@example.org\r\n\r\nx")
    assert mail.subject == "Grüße"
    assert mail.from_.email == "a@example.org"
    assert "header-fold-broken" in mail.problems


@pytest.mark.parametrize(
    "value", ["Mon, 1 Jan 1970 00:00:00 +0000", "Fri, 31 Dec 2099 10:00:00 +0000", "yesterday", "Mon, 45 Foo 2026"]
)
def test_absurd_dates(value: str) -> None:
    mail = read(date=value)
    assert mail.date is None
    assert any(problem.startswith("date-absurd:") for problem in mail.problems)


def test_dates_just_ahead_are_believed() -> None:
    ahead = (clock.now() + timedelta(hours=20)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    assert read(date=ahead).date is not None
    assert read(date="2026-11-01T10:00:00+02:00").date is not None


def test_nul_bytes_never_come_through() -> None:
    mail = read(b"Hel\0lo", subject=b"a\0b", kind='text/plain; name="x\0y"')
    assert mail.text == "Hello"
    assert "nul-bytes" in mail.problems
    assert "\0" not in json.dumps(to_json(mail, "f"))
    assert "\\u0000" not in json.dumps(to_json(mail, "f"))


def test_lone_cr_lines() -> None:
    mail = parse(raw("one\r\ntwo\r\n").replace(b"\r\n", b"\r"))
    assert mail.subject == "Where is my lamp"
    assert mail.text == "one\ntwo"


def test_mbox_envelope_is_skipped() -> None:
    mail = parse(b"From ann@example.org Mon Nov 16 10:00:00 2026\n" + raw("x").replace(b"\r\n", b"\n"))
    assert mail.from_.email == "ann@example.org"


def test_empty_things() -> None:
    assert parse(b"").problems[0] == "empty"
    assert read(b"").text == ""
    assert parse(raw(b"", kind='multipart/mixed; boundary="x"')).text == ""


def test_base64_without_padding_and_wrongly_declared() -> None:
    assert read(b"SGVsbG8gd29ybGQ", encoding="base64").text == "Hello world"
    mail = read("This is plain, not base64: ä!\r\n", encoding="base64")
    assert mail.text.startswith("This is plain")
    assert "encoding-wrong:base64" in mail.problems
    assert read(b"Caf=C3=A9 =\r\nau lait=2", encoding="quoted-printable").text == "Café au lait=2"


def test_multipart_signed_keeps_text() -> None:
    mail = parse(
        multipart(
            part("Signed words", "text/plain"),
            part("sig", 'application/pgp-signature; name="signature.asc"'),
            sub="signed",
        )
    )
    assert mail.text == "Signed words"
    assert mail.attachments[0].name == "signature.asc"


def test_json_has_the_published_shape() -> None:
    shown = to_json(read(), "a/b.eml")
    assert list(shown) == [
        "file",
        "message_id",
        "in_reply_to",
        "references",
        "from",
        "to",
        "cc",
        "reply_to",
        "subject",
        "date",
        "text",
        "text_reply",
        "html",
        "attachments",
        "auto_reply",
        "bounce",
        "order_refs",
        "problems",
    ]
    assert shown["from"] == {"name": "Ann Buyer", "email": "ann@example.org"}
    assert shown["date"] == "2026-11-16T10:00:00+01:00"
    assert (shown["file"], shown["auto_reply"], shown["bounce"]) == ("a/b.eml", False, None)


def test_agrees_with_the_standard_library() -> None:
    message = EmailMessage()
    message["From"] = "Jürgen Müller <j@example.org>"
    message["To"] = "help@shop.example"
    message["Subject"] = "Größe und 尺寸 und размер " * 6
    message["Message-ID"] = "<std@example.org>"
    message.set_content("Plain ü\n")
    message.add_alternative("<p>Rich ü</p>", subtype="html")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="Größe 尺寸.png")
    mail = parse(message.as_bytes())
    assert mail.subject == ("Größe und 尺寸 und размер " * 6).strip()
    assert mail.from_ == Address("Jürgen Müller", "j@example.org")
    assert (mail.text, mail.html) == ("Plain ü", "<p>Rich ü</p>\n")
    assert (mail.attachments[0].name, mail.attachments[0].content) == ("Größe 尺寸.png", PNG)


def test_envelope_hints_and_loop() -> None:
    mail = read(
        return_path="<ann@example.org>",
        delivered_to="help+tag@shop.example",
        x_original_to="help@shop.example",
        x_dragoman_loop="desk-1",
        content_language="de-DE",
    )
    assert mail.return_path == "ann@example.org"
    assert mail.delivered_to == ("help+tag@shop.example", "help@shop.example")
    assert (mail.loop, mail.language) == ("desk-1", "de-DE")
    assert read(return_path="<>").return_path == ""
    assert read().return_path is None

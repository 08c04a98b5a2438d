"""Every customer's mail, as their program writes it, read back with the standard library."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from functools import cache

import pytest

from dragoman.main.demo.load import load, safe_domain
from dragoman.main.demo.mailers.plain import flow
from dragoman.main.demo.mime import PROGRAMS, ReplyContext, drawn
from dragoman.main.demo.model import DemoError, Incoming
from dragoman.main.demo.script import CustomerMail, steps
from dragoman.main.demo.wire import word

NOW = datetime(2026, 6, 17, 9, 30, tzinfo=UTC)
CONTEXT = ReplyContext("<answer.7@hazelvolt.example>", ("<first@x.example>",), "help+t7@hazelvolt.example")
NAMESPACES = {"www.w3.org"}  # of Word's HTML; named, never fetched
MAY_NAME = {"mailer@shopify.com"}


@cache
def _mails() -> tuple[tuple[CustomerMail, bytes], ...]:
    mails = [step for step in steps(load(), NOW) if isinstance(step, CustomerMail)]
    return tuple((mail, mail.build(CONTEXT)) for mail in mails)


def _leaves(message: Message) -> list[Message]:
    """Parts with content of their own; the field groups inside a delivery status are none."""
    return [part for part in message.walk() if not part.is_multipart() and "Content-Type" in part]


def _sound() -> list[tuple[CustomerMail, bytes]]:
    return [(step, raw) for step, raw in _mails() if step.ticket_key != "m-broken"]


def test_every_mail_parses_without_a_defect_and_in_the_charset_it_declares() -> None:
    for step, raw in _sound():
        message = message_from_bytes(raw)
        for part in message.walk():
            assert not part.defects, (step.ticket_key, part.defects)
        for part in _leaves(message):
            if part.get_content_maintype() == "text":
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                text = content.decode(part.get_content_charset("us-ascii"))
                assert text.strip(), step.ticket_key
        for name in ("From", "Subject", "Date", "Message-ID"):
            assert message[name], (step.ticket_key, name)
        assert str(make_header(decode_header(message["Subject"]))).isprintable()


def test_lines_are_crlf_and_short_enough_for_smtp() -> None:
    for step, raw in _mails():
        bare = raw.replace(b"\r\n", b"")
        if step.ticket_key != "m-broken":
            assert b"\n" not in bare, step.ticket_key
            assert b"\r" not in bare, step.ticket_key
        assert max(map(len, raw.split(b"\r\n"))) <= 998, step.ticket_key


def test_the_customers_words_arrive_whole() -> None:
    demo, seen = load(), set[str]()
    for step, raw in _sound():
        if step.ticket_key in seen:
            continue
        seen.add(step.ticket_key)
        opening = demo.tickets[step.ticket_key].turns[0]
        assert isinstance(opening, Incoming)
        head = opening.text.split("\n")[0].split("{")[0][:30].strip()
        texts = [
            part.get_payload(decode=True).decode(part.get_content_charset("us-ascii"))  # type: ignore[union-attr]
            for part in _leaves(message_from_bytes(raw))
            if part.get_content_maintype() == "text"
        ]
        assert any(head in text for text in texts), step.ticket_key
    assert len(seen) == len(demo.tickets) - 1


def test_the_worlds_charsets_and_programs_are_all_there() -> None:
    charsets: Counter[str] = Counter()
    for _step, raw in _sound():
        charsets.update(part.get_content_charset("none") for part in message_from_bytes(raw).walk())
    wanted = {
        "utf-8", "iso-8859-1", "iso-8859-2", "iso-8859-9", "iso-2022-jp", "gb18030", "gbk", "big5", "euc-kr",
        "koi8-r", "windows-1251", "windows-1255", "windows-1256", "tis-620",
    }  # fmt: skip
    assert wanted <= set(charsets), wanted - set(charsets)
    assert {customer.mailer for customer in load().customers.values()} == set(PROGRAMS)


def test_nothing_names_a_domain_that_is_not_reserved() -> None:
    for step, raw in _mails():
        message = message_from_bytes(raw)
        texts = [str(make_header(decode_header(value))) for _name, value in message.items()]
        for part in _leaves(message):
            if part.get_content_maintype() == "text":
                texts.append(part.get_payload(decode=True).decode(part.get_content_charset("us-ascii"), "replace"))  # type: ignore[union-attr]
        whole = "\n".join(texts)
        whole = re.sub(r"cid:\S+|<image\d+\S+>", "", whole)
        for address in re.findall(r"[\w.+=-]+@[\w-]+(?:\.[\w-]+)+", whole):
            domain = address.rpartition("@")[2]
            assert safe_domain(domain) or domain == "hazelvolt.example" or address in MAY_NAME, (
                step.ticket_key,
                address,
            )
        for host in re.findall(r"https?://([\w.-]+)", whole):
            assert safe_domain(host) or host in NAMESPACES, (step.ticket_key, host)


def test_answers_thread_on_the_desks_mail_and_quote_it() -> None:
    demo = load()
    answers = [(step, message_from_bytes(raw)) for step, raw in _sound() if message_from_bytes(raw)["In-Reply-To"]]
    assert len(answers) >= 60
    for step, message in answers:
        assert message["In-Reply-To"] == CONTEXT.message_id
        assert message["References"].split()[-1] == CONTEXT.message_id
        assert CONTEXT.reply_to in message["To"]
        assert demo.customers[step.customer_key].mailer not in ("amazon", "ebay")


def test_relays_carry_the_order_and_thread_by_nothing_else() -> None:
    demo = load()
    relayed = [
        (step, message_from_bytes(raw))
        for step, raw in _sound()
        if demo.customers[step.customer_key].mailer in ("amazon", "ebay")
    ]
    assert len(relayed) >= 40
    for step, message in relayed:
        assert message["In-Reply-To"] is None
        assert message["Reply-To"] == f"<{demo.customers[step.customer_key].email}>"
        if order := demo.tickets[step.ticket_key].order:
            plain = next(part for part in message.walk() if part.get_content_type() == "text/plain")
            assert order in plain.get_payload(decode=True).decode()  # type: ignore[union-attr]


def test_message_ids_are_unique_and_the_same_on_every_day() -> None:
    ids = [message_from_bytes(raw)["Message-ID"] for _step, raw in _mails()]
    assert len(set(ids)) == len(ids)
    later = [step for step in steps(load(), NOW.replace(month=9)) if isinstance(step, CustomerMail)]
    again = [message_from_bytes(step.build(CONTEXT))["Message-ID"] for step in later]
    assert set(ids) == set(again)


def test_attachments_are_real_pictures_and_papers_with_their_names() -> None:
    names, kinds = [], Counter[str]()
    for _step, raw in _sound():
        for part in message_from_bytes(raw).walk():
            if part.get_filename():
                name = part.get_filename()
                assert name is not None
                names.append(str(make_header(decode_header(name))))
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                kinds[part.get_content_type()] += 1
                if part.get_content_type() == "image/png":
                    assert content.startswith(b"\x89PNG\r\n\x1a\n")
                    data = content.index(b"IDAT")
                    zlib.decompress(content[data + 4 : data + 4 + int.from_bytes(content[data - 4 : data], "big")])
                else:
                    assert content.startswith(b"%PDF-1.4")
                    assert b"%%EOF" in content
    assert kinds["image/png"] >= 25
    assert "破損箇所.png" in names
    assert "플러그 사진.png" in names


def test_a_papers_cross_references_point_at_its_objects() -> None:
    content = drawn("pdf", "invoice", "", seed="s", order="#HV20001", item="Größe (X)", day="2026-01-02").content
    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert content[start : start + 4] == b"xref"
    offsets = [int(row[:10]) for row in content[start:].split(b"\n")[3:8]]
    for number, offset in enumerate(offsets, 1):
        assert content[offset:].startswith(b"%d 0 obj" % number)


def test_an_unknown_picture_or_paper_is_refused() -> None:
    for kind in ("photo", "pdf"):
        with pytest.raises(DemoError, match="nosuch"):
            drawn(kind, "nosuch", "", seed="s", order="", item="", day="2026-01-02")


def test_machines_are_marked_as_such() -> None:
    by_kind = {step.kind: message_from_bytes(raw) for step, raw in _sound() if step.kind != "message"}
    assert by_kind["auto"]["Auto-Submitted"] == "auto-replied"
    report = by_kind["bounce"]
    assert report.get_content_type() == "multipart/report"
    assert "Status: 5.2.2" in report.as_string()
    assert CONTEXT.message_id in report.as_string()
    lists = [message_from_bytes(raw) for _step, raw in _sound() if message_from_bytes(raw)["List-Unsubscribe"]]
    assert len(lists) == 2
    envelopes = {step.kind: step.envelope_from for step, _raw in _mails()}
    assert envelopes["auto"] == envelopes["bounce"] == ""


def test_soft_line_ends_are_flowed_and_join_to_the_same_words() -> None:
    text = "From here " + "a long way " * 20 + "\n\n> not a quotation\nshort"
    flowed = flow(text)
    assert all(len(row) <= 74 for row in flowed.split("\n"))
    unstuffed = [row[1:] if row.startswith(" ") else row for row in flowed.split("\n")]
    joined = "".join(row if row.endswith(" ") else f"{row}\n" for row in unstuffed)
    assert joined.split() == text.split()
    assert joined.count("\n") == 4


def test_a_header_cannot_be_split() -> None:
    with pytest.raises(DemoError, match="line break"):
        word("Hello\r\nBcc: all@example.com")

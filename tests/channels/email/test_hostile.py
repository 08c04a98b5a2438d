"""Input made to break readers: nothing raises, and nothing takes more than linear time."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dragoman.channels.email.fingerprint import fingerprint
from dragoman.channels.email.html import sanitise
from dragoman.channels.email.html_text import to_text
from dragoman.channels.email.mail import ParsedMail
from dragoman.channels.email.mime import MAX_PARTS
from dragoman.channels.email.parse import parse, to_json
from dragoman.channels.email.quotes import split
from dragoman.channels.email.tnef import decode_tnef, decompress_rtf
from tests.channels.email.mails import PNG, b64, multi, multipart, part, raw, tnef

pytestmark = pytest.mark.req("R1")

SEEDS: list[bytes] = [
    raw("Grüße\r\n> quoted\r\n-- \r\nAnn", subject="=?utf-8?b?5L0=?= =?utf-8?b?oA==?="),
    multipart(
        part(
            multi(part("Hi", "text/plain"), part("<p>Hi<br>you</p>", "text/html"), boundary="a"),
            "multipart/alternative; boundary=a",
        ),
        part(b64(PNG), "image/png; name*=utf-8''%E5%9B%BE.png", "Content-Transfer-Encoding: base64"),
        part(raw("inner"), "message/rfc822"),
        part(b64(tnef(body="x", files=[("a", b"b")])), "application/ms-tnef", "Content-Transfer-Encoding: base64"),
    ),
    raw("日本".encode("iso2022_jp"), kind="text/plain; charset=iso-2022-jp; format=flowed; delsp=yes"),
]


def check(mail: ParsedMail) -> None:
    """What holds for every mail: it can be stored as UTF-8 and as JSON, and nothing but `problems` tells of faults."""
    shown = json.dumps(to_json(mail, "f"), ensure_ascii=False)
    assert "\0" not in shown
    shown.encode("utf-8")
    assert not any(problem.startswith("unreadable") for problem in mail.problems)
    assert "\x01" not in mail.text
    for item in mail.attachments:
        assert item.size == len(item.content)
        assert "/" not in item.name
        assert item.name


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=600))
@example(b"")
@example(b"\xff\xfe\0\0")
@example(b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\r\n----\r\n")
@example(b"Content-Type: message/rfc822\r\n\r\n")
@example(b"Content-Type: text/plain; charset=utf-16\r\n\r\na")
@example(b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2ADcAA-")
@example(b"\x1b$B Subject")
@example(b"Date: Mon, 99 Nov 99999999999 99:99:99 +999999\r\n\r\n")
def test_any_bytes(data: bytes) -> None:
    check(parse(data))
    fingerprint(data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=6), st.integers(0, 40)), max_size=6),
)
def test_mutated_mails(seed: bytes, edits: list[tuple[int, bytes, int]]) -> None:
    for place, insert, cut in edits:
        place %= len(seed) + 1
        seed = seed[:place] + insert + seed[place + cut :]
    check(parse(seed))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_cut_without_loss(text: str) -> None:
    cleaned = "".join(ch for ch in text if ch not in "\x01\x02")
    assert " ".join(section.text for section in split(cleaned)).split() == cleaned.split()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<p>",
                "<table>",
                "<td>",
                "<b>",
                "<svg>",
                "<style>",
                "x",
                "<!--",
                "-->",
                '<a href="',
                '">',
                "<li>",
                "&lt;",
            ]
        ),
        max_size=60,
    )
)
def test_any_markup(pieces: list[str]) -> None:
    clean = sanitise("".join(pieces))
    to_text(clean)
    assert "<svg" not in clean


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_wrapper(data: bytes) -> None:
    decode_tnef(b"\x78\x9f\x3e\x22\x01\x00" + data)
    decompress_rtf(data)
    decompress_rtf(b"\0\0\0\0\xff\xff\0\0LZFu\0\0\0\0" + data)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\r\n", b"\n\n"]))
def test_fingerprint_is_stable(body: bytes, tail: bytes) -> None:
    body = body.replace(b"\r", b"").replace(b"From ", b"")
    head = b"From: a@b.c\nSubject: s\nDate: Mon, 16 Nov 2026 10:00:00 +0100\n"
    one = head + b"\n" + body
    other = b"Received: x\nX-A: b\n" + head + b"\n" + body + tail
    assert fingerprint(one) == fingerprint(other.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def test_known_rtf_stream() -> None:
    # Literal bytes only, then a reference into the preset dictionary ("{\\rtf1\\ansi").
    literal = b"{\\rtf1 Hi}"
    stream = b"".join(b"\x00" + literal[i : i + 8] for i in range(0, len(literal), 8))
    data = struct.pack("<IIII", len(stream) + 12, len(literal), 0x75465A4C, 0) + stream
    assert decompress_rtf(data) == literal
    reference = struct.pack(">H", (0 << 4) | (11 - 2))
    data = struct.pack("<IIII", 15, 11, 0x75465A4C, 0) + b"\x01" + reference
    assert decompress_rtf(data) == b"{\\rtf1\\ansi"
    raw_stream = struct.pack("<IIII", 20, 5, 0x414C454D, 0) + b"{\\rtf"
    assert decompress_rtf(raw_stream) == b"{\\rtf"


def _nested(depth: int) -> bytes:
    out = b"Content-Type: text/plain\r\n\r\ncore\r\n"
    for level in range(depth):
        mark = f"b{level}x".encode()
        out = (
            b"Content-Type: multipart/mixed; boundary="
            + mark
            + b"\r\n\r\n--"
            + mark
            + b"\r\n"
            + out
            + b"\r\n--"
            + mark
            + b"--\r\n"
        )
    return out


def _nested_messages(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Content-Type: text/plain\r\n\r\ncore"


def _plain(line: str) -> Callable[[int], bytes]:
    return lambda count: raw(line * count, kind="text/plain; charset=utf-8")


def _html(piece: str) -> Callable[[int], bytes]:
    return lambda count: raw(piece * count, kind="text/html; charset=utf-8")


BOMBS: list[tuple[str, Callable[[int], bytes], int]] = [
    ("nested multiparts", _nested, 400),
    ("nested messages", _nested_messages, 1500),
    ("many parts", lambda n: multipart(*[part("x", "text/plain")] * n), 3000),
    ("boundary lookalikes", lambda n: raw("--b1x\r\n" * n, kind="multipart/mixed; boundary=b1"), 30_000),
    ("many headers", lambda n: b"X-A: b\r\n" * n + b"\r\nx", 30_000),
    ("long header", lambda n: b"Subject: " + b"a " * n + b"\r\n\r\nx", 60_000),
    ("folds", lambda n: b"Subject: a" + b"\r\n b" * n + b"\r\n\r\nx", 30_000),
    ("encoded word heads", lambda n: b"Subject: " + b"=?a?q?" * n + b"\r\n\r\nx", 10_000),
    ("encoded words", lambda n: b"Subject: " + b"=?utf-8?q?a?= " * n + b"\r\n\r\nx", 2000),
    ("open quotes in addresses", lambda n: b'To: "' + b'\\"' * n + b"\r\n\r\nx", 15_000),
    ("open comments in addresses", lambda n: b"To: " + b"(\\(" * n + b"\r\n\r\nx", 10_000),
    ("commas in addresses", lambda n: b"To: " + b"a@b.c," * n + b"\r\n\r\nx", 5000),
    ("parameters", lambda n: b"Content-Type: text/plain" + b"; a*0*=x" * n + b"\r\n\r\nx", 3500),
    ("references", lambda n: b"References: " + b"<a@b> " * n + b"\r\n\r\nx", 5000),
    ("quote lines", _plain("> a quoted line of text\n"), 30_000),
    ("deep quotes", lambda n: raw(">" * n + " x\n", kind="text/plain"), 100_000),
    ("lines with colons", _plain("Note 2026:\n"), 20_000),
    ("announcements", _plain("On 9 Nov 2026 at 10:00, A <a@b.example> said\n"), 10_000),
    ("header lookalikes", _plain("From: a\n"), 15_000),
    ("dashes", _plain("-----\n"), 20_000),
    ("one dashed line", lambda n: raw("-" * n, kind="text/plain"), 100_000),
    ("spaces", lambda n: raw(" " * n + "x", kind="text/plain"), 200_000),
    ("flowed line", lambda n: raw("a \r\n" * n, kind="text/plain; format=flowed"), 30_000),
    ("order words", _plain("order "), 20_000),
    ("digits", _plain("1234567890"), 10_000),
    ("hyphened digits", _plain("123-1234567-"), 8000),
    ("at signs", _plain("a@"), 50_000),
    ("unlabelled bytes", lambda n: raw(bytes(range(128, 256)) * n, kind="text/plain"), 800),
    ("shift sequences", lambda n: raw(b"\x1b$B$\x1b(B" * n, kind="text/plain"), 10_000),
    ("divs", _html("<div>"), 6000),
    ("quotes in html", _html("<blockquote>x"), 400),
    ("cells", _html("<td>x</td>"), 10_000),
    ("links", _html('<a href="https://x.example/">y</a>'), 3000),
    ("open styles", _html("<style>"), 15_000),
    ("style rules", lambda n: raw("<style>" + "a{color:red}" * n + "</style><p>x", kind="text/html"), 10_000),
    ("css comments", lambda n: raw("<p style='" + "/*" * n + "'>x", kind="text/html"), 50_000),
    ("open comments", _html("<!--"), 30_000),
    ("attributes", lambda n: raw(b"<p " + b"a=1 " * n + b">x", kind="text/html"), 20_000),
    ("attributes around angles", lambda n: raw(b"<p " + (b"a=1/" * 500 + b'b=">"') * n + b">x", kind="text/html"), 40),
    ("broken tags", _html("<a <b "), 20_000),
    (
        "amazon fences",
        lambda n: raw("-----" * n + "\n", kind="text/plain", **{"from": "a@marketplace.amazon.de"}),
        20_000,
    ),
    ("calendar", lambda n: raw("SUMMARY" * n, kind="text/calendar"), 15_000),
]


def _cost(data: bytes) -> float:
    best = 9e9
    for _ in range(3):
        start = time.process_time()
        parse(data)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize(("name", "build", "size"), BOMBS, ids=[item[0] for item in BOMBS])
def test_time_grows_with_size_and_not_faster(name: str, build: Callable[[int], bytes], size: int) -> None:
    small, large = build(size), build(size * 4)
    check(parse(large))
    ratio = _cost(large) / max(_cost(small), 0.002)
    # Four times the input: linear work costs four times as much, quadratic sixteen times.
    assert ratio < 10, f"{name}: {ratio:.1f}"


def test_caps_are_told() -> None:
    assert "nested-too-deep" in parse(_nested(60)).problems
    assert "too-many-parts" in parse(multipart(*[part("x", "text/plain")] * (MAX_PARTS + 50))).problems
    assert "headers-truncated" in parse(b"X: " + b"a" * 400_000 + b"\r\n\r\nx").problems
    assert "too-many-headers" in parse(b"X: a\r\n" * 3000 + b"\r\nx").problems


def test_what_stands_beside_a_bomb_is_still_read() -> None:
    mail = parse(
        multipart(
            part("Readable", "text/plain"),
            part(_nested(60).partition(b"\r\n\r\n")[2], "multipart/mixed; boundary=b59x"),
        )
    )
    assert mail.text.startswith("Readable")

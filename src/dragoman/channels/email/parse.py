"""Reads a mail: `parse` takes any bytes and always gives an answer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from dragoman.channels.email import auto, html_text, quotes, relay
from dragoman.channels.email.addresses import clean_email, parse_addresses
from dragoman.channels.email.bodies import Bodies, collect, whole_html, whole_text
from dragoman.channels.email.bounce import find_bounce
from dragoman.channels.email.charset import canonical, printable
from dragoman.channels.email.dates import parse_date
from dragoman.channels.email.headers import Headers, message_ids, parse_params, tidy
from dragoman.channels.email.mail import Address, Bounce, Machine, ParsedMail, Relay, Section
from dragoman.channels.email.mime import Part, parse_tree
from dragoman.channels.email.refs import order_refs
from dragoman.kit import clock

LOOP_HEADER = "X-Dragoman-Loop"
MAX_REFERENCES = 200
_SINGLE = ("from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "reply-to", "content-type")


def parse(raw: bytes) -> ParsedMail:
    """`raw` (RFC 5322 and everything near it) as a `ParsedMail`. Never raises, whatever the bytes.

    Whatever could not be read as it stood is named in `problems`; a mail that defeats the reader altogether comes
    back with the bytes as its text and the problem "unreadable".
    """
    try:
        return _parse(raw)
    except Exception as error:
        return unreadable(f"unreadable:{type(error).__name__}", raw)


def _parse(raw: bytes) -> ParsedMail:
    problems = [] if raw.strip() else ["empty"]
    root = parse_tree(raw, problems)
    headers = root.headers
    headers.hint = _hint(root)
    bodies = collect(root, headers.hint, problems)
    _check(headers, problems)
    fenced, html = whole_text(bodies), whole_html(bodies)
    text = html_text.unfenced(fenced).strip("\n")
    subject = headers.decoded("subject")
    from_ = _first(headers, "from") or _first(headers, "sender") or Address("", "")
    return_path = _return_path(headers)
    market = relay.find_relay(headers, subject=subject, sender=from_, text=text, html=html)
    sections, reply = _own_words(fenced, text, market)
    return ParsedMail(
        message_id=next(iter(message_ids(headers.text("message-id"))), ""),
        in_reply_to=next(iter(message_ids(headers.text("in-reply-to"))), ""),
        references=_references(headers),
        from_=from_,
        sender=_first(headers, "sender"),
        to=_addresses(headers, "to"),
        cc=_addresses(headers, "cc"),
        reply_to=_addresses(headers, "reply-to"),
        subject=subject,
        date=_date(headers, problems),
        text=text,
        text_reply=reply,
        sections=sections,
        html=html,
        attachments=tuple(bodies.attachments),
        machine=_machine(headers, root, subject, from_, return_path),
        bounce=_bounce(headers, root, bodies, subject, from_, text),
        return_path=return_path,
        delivered_to=_delivered_to(headers),
        loop=tidy(headers.text(LOOP_HEADER.lower()))[:200],
        language=tidy(headers.text("content-language")).split(",")[0].strip()[:35],
        order_refs=_refs(subject, text, market),
        marketplace=market,
        problems=tuple(dict.fromkeys(printable(problem) for problem in problems)),
    )


def _own_words(fenced: str, text: str, market: Relay | None) -> tuple[tuple[Section, ...], str]:
    """The sections, and the sender's own words; of a marketplace's wrapper the buyer's words only."""
    if market is None or not market.message:
        sections = quotes.split(fenced)
        return sections, quotes.own_words(sections)
    inner = quotes.split(market.message)
    before, found, after = text.partition(market.message)
    if not found:
        return quotes.split(fenced), quotes.own_words(inner)
    around = [(Section("quote", piece.strip("\n")),) if piece.strip() else () for piece in (before, after)]
    return (*around[0], *inner, *around[1]), quotes.own_words(inner)


def _hint(root: Part) -> str:
    """The charset or region to try first on bytes without a label."""
    todo = [root]
    while todo:
        part = todo.pop()
        label = part.params.get("charset", "")
        if label and part.type.startswith("text/") and canonical(label) not in {"", "ascii", "utf-8", "cp1252"}:
            return label
        todo.extend(reversed(part.children))
    language = tidy(root.headers.text("content-language")).split(",")[0].strip().lower()
    if language:
        return language if language.startswith("zh-") else language.split("-")[0]
    value = root.headers.get("from") or b""
    ending = value.rpartition(b".")[2].strip(b"<> \t\r\n\"'").lower()
    return ending.decode("ascii") if len(ending) == 2 and ending.isalpha() and ending.isascii() else ""


def _check(headers: Headers, problems: list[str]) -> None:
    names = [name for name, _ in headers.fields]
    for name in _SINGLE:
        if names.count(name) > 1:
            problems.append(f"header-duplicate:{name}")
    if headers.get("message-id") is None:
        problems.append("header-missing:message-id")
    if headers.get("from") is None:
        problems.append("header-missing:from")
    if any(b"\0" in value for _, value in headers.fields):
        problems.append("nul-bytes")


def _addresses(headers: Headers, name: str) -> tuple[Address, ...]:
    found: list[Address] = []
    for value in headers.texts(name):
        found += parse_addresses(value, headers.hint)
    return tuple(dict.fromkeys(found))


def _first(headers: Headers, name: str) -> Address | None:
    found = _addresses(headers, name)
    return next((address for address in found if address.email), found[0] if found else None)


def _references(headers: Headers) -> tuple[str, ...]:
    ids = message_ids(" ".join(headers.texts("references")))
    return ids if len(ids) <= MAX_REFERENCES else (ids[0], *ids[-MAX_REFERENCES + 1 :])


def _date(headers: Headers, problems: list[str]) -> datetime | None:
    value = headers.text("date")
    found = parse_date(value, clock.now()) if value else None
    if found is None:
        problems.append(f"date-absurd:{tidy(value)[:40]}" if value else "header-missing:date")
    return found


def _return_path(headers: Headers) -> str | None:
    """The envelope's sender: "" for the null sender of machines, None if unknown."""
    value = headers.get("return-path")
    if value is None:
        return None
    text = headers.text("return-path")
    return "" if text.replace(" ", "") == "<>" else clean_email(text) or None


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-delivered-to"):
        for value in headers.texts(name):
            found += [address.email for address in parse_addresses(value) if address.email]
    return tuple(dict.fromkeys(found))


def _machine(headers: Headers, root: Part, subject: str, from_: Address, return_path: str | None) -> Machine:
    report = root.params.get("report-type", "").lower()
    kind = parse_params(headers.text("content-type"))[0].lower()
    return auto.detect(headers, subject=subject, sender=from_.email, return_path=return_path, kind=kind, report=report)


def _bounce(headers: Headers, root: Part, bodies: Bodies, subject: str, from_: Address, text: str) -> Bounce | None:
    if root.params.get("report-type", "").lower() == "disposition-notification":
        return None
    inner: list[str] = []
    todo = [root]
    while todo:
        part = todo.pop()
        if part.type in {"message/rfc822", "message/global"}:
            inner += [i for child in part.children for i in message_ids(child.headers.text("message-id"))]
        todo.extend(reversed(part.children))
    return find_bounce(
        headers,
        reports=bodies.reports,
        sender=from_.email or from_.name,
        subject=subject,
        text=text,
        inner_ids=tuple(inner),
    )


def _refs(subject: str, text: str, market: Relay | None) -> tuple[str, ...]:
    shop = market is not None and market.platform == "shopify"
    refs = order_refs(subject, text, shop_sender=shop)
    if market and market.order_id:
        return tuple(dict.fromkeys((market.order_id, *refs)))
    return refs


def unreadable(problem: str, raw: bytes = b"") -> ParsedMail:
    """The answer for a mail that could not be read: its bytes as text, and the problem."""
    text = printable(raw[:100_000].decode("utf-8", "replace"))
    nobody = Address("", "")
    return ParsedMail(
        message_id="",
        in_reply_to="",
        references=(),
        from_=nobody,
        sender=None,
        to=(),
        cc=(),
        reply_to=(),
        subject="",
        date=None,
        text=text,
        text_reply=text,
        sections=(Section("own", text),) if text else (),
        html=None,
        attachments=(),
        machine=Machine(False, False, False, False, ""),
        bounce=None,
        return_path=None,
        delivered_to=(),
        loop="",
        language="",
        order_refs=(),
        marketplace=None,
        problems=(problem,),
    )


def to_json(mail: ParsedMail, file: str) -> dict[str, Any]:
    """A mail as the object that `dragoman mail parse --json` prints; `file` names where it came from."""
    return {
        "file": file,
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "from": _address(mail.from_),
        "to": [_address(item) for item in mail.to],
        "cc": [_address(item) for item in mail.cc],
        "reply_to": [_address(item) for item in mail.reply_to],
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "text": mail.text,
        "text_reply": mail.text_reply,
        "html": mail.html,
        "attachments": [
            {
                "name": item.name,
                "type": item.type,
                "size": item.size,
                "sha256": item.sha256,
                "inline": item.inline,
                "cid": item.cid,
            }
            for item in mail.attachments
        ],
        "auto_reply": mail.auto_reply,
        "bounce": asdict(mail.bounce) if mail.bounce else None,
        "order_refs": list(mail.order_refs),
        "problems": list(mail.problems),
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "email": address.email}

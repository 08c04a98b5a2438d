"""Delivery failures: by the book (RFC 3464), and as servers wrote them before or despite it."""

from __future__ import annotations

import re

from dragoman.channels.email.addresses import clean_email
from dragoman.channels.email.headers import Headers, message_ids, split_headers, tidy
from dragoman.channels.email.mail import Bounce

_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SMTP = re.compile(r"(?<![\d.#-])([45][0-5]\d)(?=[ -](?:[45]\.\d|[A-Za-z<#]))")
_SENDER = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|postmaster|bounce)[\w.+=-]*@|^(?:mailer-?daemon|postmaster)\Z",
    re.I,
)
_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|deliver(?:y|ing) (?:status notification|failure|has failed|problem)|"
    r"mail delivery (?:failed|system|subsystem)|"
    r"failure notice|returned (?:mail|to sender)|mail could not be delivered|message not delivered|delivery incomplete|"
    r"unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|non remis|échec de (?:la )?remise|message non distribu|"
    r"no se puede entregar|no entregado|devuelto|mancato recapito|consegna non riuscita|não (?:é possível|foi) entreg|"
    r"niet bezorgd|onbestelbaar|kunde inte levereras|nie dostarczono|zwrot|недоставлен|не доставлено|teslim edilemedi|"
    r"配信不能|配信できません|送信できません|退信|退回|无法投递|無法傳遞|발송 실패|반송|전달할 수 없",
    re.I,
)
_RECIPIENT = re.compile(
    r"(?:^|\n)[ \t]*(?:<([^<>\s@]{1,200}@[^<>\s]{1,200})>:?|"
    r"([^<>\s@:：，]{1,200}@[^<>\s:：，]{1,200}):?)[ \t]*(?=\n|\(|$)"
)
_ANY_ADDRESS = re.compile(r"[\w.+=-]{1,100}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,6}")
_ID_LINE = re.compile(r"^[> \t]*message-id:\s*<([^<>\s]{1,400})>", re.I | re.M)
_DELAYED = re.compile(r"delay|warning: message|still (?:being )?(?:retried|trying)|verzöger|retard|遅延|延迟", re.I)


def find_bounce(
    headers: Headers, *, reports: list[bytes], sender: str, subject: str, text: str, inner_ids: tuple[str, ...]
) -> Bounce | None:
    """The failure that a mail reports, None if it reports none.

    `reports` are the bodies of delivery-status and rfc822-headers parts, `inner_ids` the Message-IDs of messages
    enclosed. Reports of success are no bounces.
    """
    original = inner_ids[0] if inner_ids else _original_id(reports, text)
    for report in reports:
        if re.search(rb"^(?:final|original)-recipient|^action", report[:20000], re.I | re.M):
            return _from_report(report, original)
    failed = headers.text("x-failed-recipients")
    looks = bool(_SENDER.search(sender)) and (bool(_SUBJECT.search(subject)) or bool(_STATUS.search(text[:5000])))
    if not failed and not looks:
        return None
    return _from_text(failed, text[:20000], subject, original)


def _from_report(report: bytes, original: str | None) -> Bounce | None:
    blocks: list[Headers] = []
    position = 0
    while position < len(report) and len(blocks) < 200:
        while report[position : position + 1] in (b"\r", b"\n"):
            position += 1
        fields, position = split_headers(report, position, len(report), [])
        if not fields.fields:
            break
        blocks.append(fields)
    worst: Bounce | None = None
    for block in blocks:
        found = _block(block, original)
        if found and (worst is None or (found.permanent and not worst.permanent)):
            worst = found
    return worst


def _block(block: Headers, original: str | None) -> Bounce | None:
    action = tidy(block.text("action")).lower().split(" ")[0]
    status = tidy(block.text("status")).split(" ")[0]
    recipient = block.text("original-recipient") or block.text("final-recipient")
    if not recipient or action in {"delivered", "relayed", "expanded"}:
        return None
    diagnostic = tidy(block.text("diagnostic-code"))
    kind, _, rest = diagnostic.partition(";")
    if rest and " " not in kind.strip():
        diagnostic = rest.strip()
    deeper = _STATUS.search(diagnostic)
    if deeper and (not status or status.endswith(".0.0")):
        status = deeper.group(1)
    address = recipient.partition(";")[2] or recipient
    delayed = action == "delayed" or (not action and status.startswith("4"))
    return Bounce(
        clean_email(address) or tidy(address),
        status if _STATUS.fullmatch(status) else "",
        "delayed" if delayed else "failed",
        diagnostic[:500],
        not delayed and not status.startswith("4"),
        original,
    )


def _from_text(failed: str, text: str, subject: str, original: str | None) -> Bounce:
    recipient = clean_email(failed.split(",")[0]) if failed else ""
    if not recipient:
        match = _RECIPIENT.search(text)
        other = _ANY_ADDRESS.search(text)
        recipient = clean_email((match.group(1) or match.group(2)) if match else other.group() if other else "")
    code = _STATUS.search(text)
    reply = _SMTP.search(text)
    status = code.group(1) if code else f"{reply.group(1)[0]}.0.0" if reply else ""
    start = min((m.start() for m in (code, reply) if m), default=-1)
    line = (
        text[text.rfind("\n", 0, start) + 1 : (text.find("\n", start) + 1 or len(text) + 1) - 1] if start >= 0 else ""
    )
    delayed = bool(_DELAYED.search(subject)) and not status.startswith("5")
    permanent = not delayed and not status.startswith("4")
    return Bounce(recipient, status, "delayed" if delayed else "failed", tidy(line)[:500], permanent, original)


def _original_id(reports: list[bytes], text: str) -> str | None:
    for report in reports:
        fields, _ = split_headers(report, 0, len(report), [])
        ids = message_ids(fields.text("message-id"))
        if ids:
            return ids[0]
    match = _ID_LINE.search(text)
    return match.group(1) if match else None

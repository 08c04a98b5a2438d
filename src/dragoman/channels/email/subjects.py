"""Subjects and the marks that mail programs of all languages put before them."""

from __future__ import annotations

import re

_REPLY = (
    r"re|aw|antw|antwort|sv|vs|vá|va|odp|rif|r|res|ref|rép|rep|ynt|yan|atb|bls|отв|ответ|відп|απ|σχετ|ηλ|trả lời|bal|"
    r"balas|回复|回覆|答复|答覆|返信|회신|답장|رد|תשובה|השב|ตอบ|ตอบกลับ"
)
_FORWARD = r"fwd?|wg|tr|rv|enc|doorst|vl|vb|vid|pd|továbbítás|ilt|転送|转发|轉寄|轉發|전달|הועבר|переслано|προωθ"
_COUNT = r"(?:\s?[\[(]\d{1,3}[\])]|\^\d{1,3}|\*\d{1,3})?\s?[:：]\s*"
_ANSWERED = re.compile(rf"\s*(?:{_REPLY}){_COUNT}", re.IGNORECASE)
_MARKED = re.compile(rf"\s*(?:{_REPLY}|{_FORWARD}){_COUNT}", re.IGNORECASE)
LONGEST, MARKS = 1000, 50


def _without(mark: re.Pattern[str], subject: str) -> str:
    rest = subject[:LONGEST]
    for _ in range(MARKS):
        found = mark.match(rest)
        if not found:
            break
        rest = rest[found.end() :]
    return rest


def reply_subject(subject: str) -> str:
    """`subject` with exactly one "Re: ", whatever reply marks of whatever languages stood before it."""
    return f"Re: {_without(_ANSWERED, subject).strip()}".strip()


def bare_subject(subject: str) -> tuple[str, bool]:
    """A subject without reply and forward marks, folded for comparison; and whether it had any."""
    rest = _without(_MARKED, subject)
    return " ".join(rest.casefold().split()), rest != subject[:LONGEST]

"""What a marketplace or messenger forbids in messages, where it can be told by its shape: links, addresses, numbers."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from dragoman.kit.errors import N_
from dragoman.replies.checks.model import BLOCK, WARN, Context, Finding, Source

AMAZON = Source("Amazon, Communication Guidelines for buyer-seller messages", "2026-11", "medium")
EBAY = Source("eBay, policy on member-to-member contact", "2026-11", "medium")
MARKETPLACES = {"amazon": AMAZON, "ebay": EBAY, "aliexpress": Source("AliExpress, rules of the trade", "", "low")}
LONGEST = {"amazon": 2_000, "ebay": 2_000, "sms": 670, "whatsapp": 4_096}
"""Characters that a channel takes (Amazon: messaging API v1; eBay: message API v1; WhatsApp: cloud API)."""
ALLOWED = ("amazon.", "ebay.")
_LINK = regex.compile(
    r"(?:https?://|www\.)[^\s<>\"']+|(?<![\w@.])[\w-]+\.(?:com|net|org|shop|store|de|fr|it|es|co\.uk|cn)(?:/\S*)?(?!\w)",
    regex.I,
)
_EMAIL = regex.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE = regex.compile(r"(?<![\w#-])(?:\+|00)\d(?:[\s().-]?\d){7,14}(?!\w)|(?<![\w#-])0\d{2,4}[\s/-]\d{5,9}(?!\w)")
_HTML = regex.compile(r"</?[a-z][^>\n]{0,80}>", regex.I)


def find(text: str, context: Context) -> Iterator[Finding]:
    """What the channel's rules forbid in a text."""
    source = MARKETPLACES.get(context.channel)
    if source is not None:
        yield from _contact(text, context, source)
    limit = LONGEST.get(context.channel)
    if limit and len(text) > limit:
        values = {"count": str(len(text)), "limit": str(limit)}
        why = N_("This channel takes {limit} characters; this text has {count}.")
        yield Finding(
            "platform.length", BLOCK, why, MARKETPLACES.get(context.channel, Source("")), limit, len(text), None, values
        )


def _contact(text: str, context: Context, source: Source) -> Iterator[Finding]:
    for match in _EMAIL.finditer(text):
        yield Finding("platform.email", BLOCK, N_("The marketplace forbids e-mail addresses in messages."), source,
                      *match.span(), "")  # fmt: skip
    for match in _LINK.finditer(text):
        end = match.start() + len(match.group().rstrip(".,;:!?)"))
        host = match.group().partition("://")[2] or match.group()
        inside = any(part in host.partition("/")[0] for part in ALLOWED if part.startswith(context.channel))
        if not inside and "@" not in text[max(0, match.start() - 1) : match.start() + 1]:
            yield Finding("platform.link", BLOCK, N_("The marketplace forbids links that lead away from it."), source,
                          match.start(), end, "")  # fmt: skip
    for match in _PHONE.finditer(text):
        yield Finding("platform.phone", BLOCK, N_("The marketplace forbids phone numbers in messages."), source,
                      *match.span(), "")  # fmt: skip
    for match in _HTML.finditer(text):
        why = N_("The marketplace takes no formatting; this would be shown as it stands.")
        yield Finding("platform.html", WARN, why, source, *match.span(), "")

"""Mails that a marketplace or a shop's form sends on a buyer's behalf, and a marketplace's own notices."""

from __future__ import annotations

from email.utils import format_datetime

from dragoman.main.demo.mailers.letter import Letter, ReplyContext, economical, message_id, paragraphs
from dragoman.main.demo.model import Product
from dragoman.main.demo.speech import speech
from dragoman.main.demo.wire import Headers, attachment, mailbox, message, multipart, stamp, text_part, word

_SHOP_SYSTEM = "mailer@shopify.com"


def amazon(letter: Letter, _context: ReplyContext) -> bytes:
    """A buyer's message through Amazon: an alias as sender, the buyer's words between two rules.

    The relay writes every mail anew, so nothing threads it but its sender and the order number.
    """
    phrases = speech(letter.customer.lang).amazon
    subject = (phrases["subject"] if letter.order else phrases["bare"]).format(
        subject=letter.subject, name=letter.customer.name, order=letter.order
    )
    facts = _facts(letter, phrases["order"], phrases["item"])
    plain = f"{phrases['intro']}\n\n{facts}\n\n{phrases['begin']}\n\n{letter.text}\n\n{phrases['end']}\n"
    html = (
        '<table width="600" cellpadding="8" style="font-family:Arial,sans-serif;border-collapse:collapse">'
        f'<tr><td style="color:#555">{paragraphs(phrases["intro"])[0]}</td></tr>'
        f"<tr><td>{'<br>'.join(paragraphs(facts))}</td></tr>"
        f"<tr><td>{phrases['begin']}</td></tr><tr><td>{_blocks(letter.text)}</td></tr>"
        f"<tr><td>{phrases['end']}</td></tr></table>"
    )
    sender = mailbox(f"{letter.customer.name} - Amazon Marketplace", letter.customer.email)
    extra = (("Reply-To", f"<{letter.customer.email}>"), ("X-Space-Monkey-ID", stamp(letter.seed, 36)))
    return _relayed(letter, sender, subject, plain, html, extra)


def ebay(letter: Letter, _context: ReplyContext) -> bytes:
    """A buyer's message through eBay: the member's name and alias, the item it speaks of."""
    phrases = speech(letter.customer.lang).ebay or speech("en").ebay
    member = letter.customer.email.partition("@")[0].rpartition("_")[0]
    subject = phrases["subject"].format(name=member, subject=letter.subject)
    facts = f"{phrases['order']}: {letter.order}" if letter.order else _item(letter.product)
    plain = f"{phrases['intro']}: {member}\n\n{letter.text}\n\n{'-' * 30}\n{_item(letter.product)}\n{facts}\n"
    html = (
        '<div style="max-width:640px;font-family:Arial,sans-serif">'
        f'<h3 style="font-size:16px">{phrases["intro"]}: {member}</h3><div id="UserInputtedText">'
        f"{_blocks(letter.text)}</div><hr><p>{_item(letter.product)}<br>{facts}</p></div>"
    )
    sender = mailbox(f"eBay - {member}", letter.customer.email)
    extra = (("Reply-To", f"<{letter.customer.email}>"), ("X-eBay-MailTracker", stamp(letter.seed, 20)))
    return _relayed(letter, sender, subject, plain, html, extra)


def form(letter: Letter, _context: ReplyContext) -> bytes:
    """The shop's contact form, in the merchant's language: the shop system sends, Reply-To is the customer."""
    phrases, customer = speech("en").form, letter.customer
    rows = {phrases["name"]: customer.name, phrases["email"]: customer.email, phrases["body"]: letter.text}
    plain = f"{phrases['intro']}\n\n" + "\n\n".join(f"{label}:\n{value}" for label, value in rows.items())
    html = f"<p>{phrases['intro']}</p>" + "".join(
        f"<p><b>{label}:</b></p><pre>{'<br>'.join(paragraphs(value))}</pre>" for label, value in rows.items()
    )
    sender = mailbox(f"{letter.shop.name} (Shopify)", _SHOP_SYSTEM)
    extra = (("Reply-To", mailbox(customer.name, customer.email, header="Reply-To")),)
    return _relayed(letter, sender, phrases["subject"].format(subject=letter.subject), plain, html, extra)


def notice(letter: Letter, _context: ReplyContext) -> bytes:
    """A notice of the marketplace itself, sent by a machine."""
    sender = mailbox(letter.customer.name, letter.customer.email)
    extra = (("Auto-Submitted", "auto-generated"), ("X-AMAZON-MAIL-RELAY-TYPE", "notification"))
    return _relayed(letter, sender, letter.subject, letter.text, _blocks(letter.text), extra)


def _relayed(letter: Letter, sender: str, subject: str, plain: str, html: str, extra: Headers) -> bytes:
    head = [
        ("From", sender),
        ("To", f"<{letter.shop.address}>"),
        ("Subject", word(subject)),
        ("Date", format_datetime(letter.at)),
        ("Message-ID", message_id(letter)),
        *extra,
    ]
    body = multipart(
        "alternative",
        f"----=_Part_{stamp(letter.seed, 18)}",
        [
            text_part("text/plain", plain, "UTF-8", economical(plain)),
            text_part("text/html", f"<html><body>{html}</body></html>", "UTF-8", "base64"),
        ],
    )
    if letter.files:
        boundary = f"----=_Mixed_{stamp(letter.seed, 18)}"
        body = multipart("mixed", boundary, [body, *map(attachment, letter.files)])
    return message(head, body)


def _facts(letter: Letter, order: str, item: str) -> str:
    rows = [f"{order}: {letter.order}"] if letter.order else []
    if letter.product:
        rows.append(f"{item}: {_item(letter.product)}")
    return "\n".join(rows)


def _item(product: Product | None) -> str:
    return f"{product.name} ({product.sku})" if product else "Hazel & Volt"


def _blocks(text: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(text))

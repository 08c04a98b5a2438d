"""Mail that a marketplace relays or writes: which order, which buyer, and the buyer's own words.

A From line can be forged; whoever acts on a `Relay` (answers excepted, which go to its address anyway) must have
the sender checked by the receiving server.
"""

from __future__ import annotations

import re
from typing import Literal

from dragoman.channels.email import html_text
from dragoman.channels.email.addresses import parse_addresses
from dragoman.channels.email.headers import Headers
from dragoman.channels.email.mail import Address, Relay

Platform = Literal["amazon", "ebay", "shopify", "aliexpress"]

_TLD = r"(?:[a-z]{2,3}|com?\.[a-z]{2})"
_AMAZON_ALIAS = re.compile(rf"marketplace\.amazon\.{_TLD}\Z")
_DOMAINS: tuple[tuple[Platform, re.Pattern[str]], ...] = (
    ("amazon", re.compile(rf"(?:[\w-]+\.)*amazon\.{_TLD}\Z")),
    ("ebay", re.compile(rf"(?:[\w-]+\.)*ebay\.{_TLD}\Z")),
    ("shopify", re.compile(r"(?:[\w-]+\.)*(?:shopify\.com|shopifyemail\.com|myshopify\.com)\Z")),
    ("aliexpress", re.compile(r"(?:[\w-]+\.)*(?:aliexpress\.(?:com|ru|us)|notice\.alibaba\.com)\Z")),
)
_ORDERS: dict[Platform, re.Pattern[str]] = {
    "amazon": re.compile(r"(?<![\w-])(?:\d{3}|[DS]\d{2})-\d{7}-\d{7}(?![\w-])"),
    "ebay": re.compile(r"(?<![\w-])\d{2}-\d{5}-\d{5}(?![\w-])"),
    "shopify": re.compile(r"#[A-Z]{0,6}-?\d{3,12}(?:-?[A-Z]{1,4})?(?![\w;-])", re.I),
    "aliexpress": re.compile(r"(?<![\w.-])\d{15,19}(?![\w-])"),
}
_DASHES = r"[-–—_=*]{3,}"
# Amazon fences the buyer's words with a line that says "begin" and one that says "end", in the shop's language.
_BEGIN = re.compile(
    rf"^[ \t>]*{_DASHES}\s*(?:begin message|anfang der nachricht|beginn der nachricht|d[ée]but du message|"
    rf"(?:comienzo|inicio) del mensaje|inizio (?:del )?messaggio|in[íi]cio da mensagem|"
    rf"begin (?:van het )?bericht|początek wiadomości|"
    rf"meddelandet börjar|mesaj başlangıcı|メッセージ(?:はここから|開始|の始まり)|消息开始|"
    rf"بداية الرسالة)\s*:?\s*{_DASHES}[ \t]*$",
    re.I | re.M,
)
_END = re.compile(
    rf"^[ \t>]*{_DASHES}\s*(?:end (?:of )?message|ende der nachricht|fin du message|fin(?:al)? del mensaje|"
    rf"fine (?:del )?messaggio|"
    rf"fim da mensagem|einde (?:van het )?bericht|koniec wiadomości|meddelandet slutar|mesaj sonu|"
    rf"メッセージ(?:はここまで|終了|の終わり)|"
    rf"消息结束|نهاية الرسالة)\s*:?\s*{_DASHES}[ \t]*$",
    re.I | re.M,
)
_FORM_NAME = re.compile(
    r"^\**(?:name|nom|nombre|nome|naam|imię|namn|姓名|名前|お名前|이름|имя)\**\s*[:：]\s*(.{0,200})$",
    re.I | re.M,
)
_FORM_EMAIL = re.compile(
    r"^\**(?:e-?mail|courriel|correo(?: electrónico)?|メール(?:アドレス)?|邮箱|电子邮件|"
    r"이메일)\**\s*[:：]\s*(.{0,200})$",
    re.I | re.M,
)
_FORM_BODY = re.compile(
    r"^\**(?:body|comments?|message|nachricht|kommentar|inhalt|corps|commentaire|mensaje|comentario|"
    r"messaggio|commento|mensagem|"
    r"comentário|bericht|opmerking|wiadomość|meddelande|メッセージ|内容|本文|コメント|留言|消息|메시지|내용|"
    r"сообщение)\**\s*[:：][ \t]*$|"
    r"^\**(?:body|message|nachricht|mensaje|messaggio|mensagem|bericht)\**\s*[:：][ \t]*(?=\S)",
    re.I | re.M,
)
_FORM_SENT = re.compile(
    r"contact form|kontaktformular|formulaire de contact|formulario de contacto|modulo di contatt|"
    r"formulário de contato|contactformulier|"
    r"customer message|お問い合わせフォーム|联系表单|聯絡表單|문의 양식",
    re.I,
)
_PLACED_BY = re.compile(r"(?:placed by|von|par|por|da|door|de)\s+([^()\d#:]{2,60}?)\s*\Z", re.I)
_FROM_BUYER = re.compile(
    r"(?:customer|amazon-kunden?|kunde|client amazon|cliente (?:di |de )?amazon|message from|nachricht von|"
    r"message de|mensaje de|messaggio da|"
    r"买家|購入者)\s*[:：]?\s+([^():：#\d]{1,60}?)\s*(?:\(|$|:|：| about | über | zu | à propos)",
    re.I,
)
_EBAY_MEMBER = re.compile(
    r"(?:ebay[ -]?(?:member|mitglied|membre|miembro|utente|user)?\s*[-:：]\s*([\w.*-]{2,64}))|"
    r"(?:^([\w.*-]{2,64}) (?:via|über|through) ebay)",
    re.I,
)
_EBAY_SUBJECT = re.compile(
    r"^(?:re: ?)?([\w.*-]{3,64}) (?:has sent|sent (?:you )?a|hat (?:ihnen |eine )|vous a|te ha|le ha|ti ha)",
    re.I,
)
_BRANDS = re.compile(
    r"\s*[-–|(]?\s*(?:(?:via|über|through|par|por) )?(?:amazon(?:\.[a-z.]+)?(?: ?marketplace)?|"
    r"amazon ?marktplatz|shopify|aliexpress|ebay)\)?\s*\Z",
    re.I,
)
_EBAY_TEXT = 'id="m-UserInputtedText'


def find_relay(headers: Headers, *, subject: str, sender: Address, text: str, html: str | None) -> Relay | None:
    """The marketplace behind a mail, None for ordinary mail."""
    domain = sender.email.rpartition("@")[2]
    platform = next((name for name, pattern in _DOMAINS if pattern.match(domain)), None)
    if platform is None:
        return None
    order = _order(platform, subject, text, headers)
    if platform == "amazon":
        return _amazon(order, subject, sender, domain, text)
    if platform == "ebay":
        return _ebay(order, subject, sender, headers, html)
    if platform == "shopify":
        return _shopify(order, subject, sender, headers, text)
    name = _buyer_from_subject(subject)
    return Relay("aliexpress", order, name, "", True, _form_body(text))


def _order(platform: Platform, subject: str, text: str, headers: Headers) -> str | None:
    pattern = _ORDERS[platform]
    for place in (subject, headers.text("x-amazon-order-id"), headers.text("x-order-id"), text[:50_000]):
        match = pattern.search(place)
        if match:
            return match.group().upper()
    return None


def _buyer_from_subject(subject: str) -> str:
    match = _FROM_BUYER.search(subject[:500])
    return match.group(1).strip(" -–") if match else ""


def _amazon(order: str | None, subject: str, sender: Address, domain: str, text: str) -> Relay:
    alias = bool(_AMAZON_ALIAS.match(domain))
    name = _BRANDS.sub("", sender.name).strip() if alias else ""
    name = name or _buyer_from_subject(subject)
    begin = _BEGIN.search(text)
    end = _END.search(text, begin.end()) if begin else None
    message = text[begin.end() : end.start()].strip() if begin and end else None
    return Relay("amazon", order, name, sender.email if alias else "", True, message or None)


def _ebay(order: str | None, subject: str, sender: Address, headers: Headers, html: str | None) -> Relay:
    match = _EBAY_MEMBER.search(sender.name)
    said = _EBAY_SUBJECT.match(subject)
    name = (match.group(1) or match.group(2)) if match else said.group(1) if said else ""
    reply = next(iter(parse_addresses(headers.text("reply-to"))), sender)
    alias = reply.email if "members.ebay." in reply.email else sender.email if "members.ebay." in sender.email else ""
    return Relay("ebay", order, name, alias, True, _element(html, _EBAY_TEXT) if html else None)


def _element(html: str, marker: str) -> str | None:
    """The text of the element whose start tag holds `marker`, in canonical HTML."""
    place = html.find(marker)
    start = html.rfind("<", 0, place) if place >= 0 else -1
    if start < 0:
        return None
    tag = re.match(r"<([a-z0-9]+)", html[start : start + 20])
    if not tag:
        return None
    depth = 0
    for match in re.compile(rf"<(/?){tag.group(1)}(?=[\s>])[^>]*>").finditer(html, start):
        depth += -1 if match.group(1) else 1
        if depth == 0:
            return html_text.plain(html[start : match.end()]).strip() or None
    return None


def _shopify(order: str | None, subject: str, sender: Address, headers: Headers, text: str) -> Relay:
    reply = next((item for item in parse_addresses(headers.text("reply-to")) if item.email), None)
    form = bool(_FORM_SENT.search(subject) or _FORM_SENT.search(text[:600]))
    name = _field(_FORM_NAME, text) if form else ""
    email = reply.email if reply else ""
    if not email and form:
        found = parse_addresses(_field(_FORM_EMAIL, text))
        email = found[0].email if found else ""
    if not name:
        placed = _PLACED_BY.search(subject)
        name = (reply.name if reply else "") or (placed.group(1).strip() if placed else "")
    if not name and not _DOMAINS[2][1].match(sender.email.rpartition("@")[2]):
        name = sender.name
    return Relay("shopify", order, name, email, False, _form_body(text) if form else None)


def _field(pattern: re.Pattern[str], text: str) -> str:
    """A form field's value, on the label's line or the next."""
    match = pattern.search(text)
    if not match:
        return ""
    return match.group(1).strip() or next(
        (line.strip() for line in text[match.end() :].split("\n", 4)[1:3] if line.strip()), ""
    )


def _form_body(text: str) -> str | None:
    match = _FORM_BODY.search(text)
    return text[match.end() :].strip() or None if match else None

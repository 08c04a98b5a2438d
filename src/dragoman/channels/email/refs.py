"""Order numbers in what people write, by the shapes the platforms give them."""

from __future__ import annotations

import re

MAX_REFS = 40
MAX_TEXT = 200_000

_HYPHENS = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\uff0d": "-", "\uff03": "#", "\uff1a": ":"}
)
_DIGITS = re.compile(r"\d{3}")
_AMAZON = re.compile(r"(?<![\w-])(?:\d{3}|[DS]\d{2})-\d{7}-\d{7}(?![\w-])")
_EBAY = re.compile(r"(?<![\w-])\d{2}-\d{5}-\d{5}(?![\w-])")
_LONG = re.compile(r"(?<![\w.-])\d{16,19}(?![\w-])")
_HASH = re.compile(r"(?<![\w&#/])#([A-Z]{0,6}-?\d{3,12}(?:-?[A-Z]{1,4})?)(?![\w;-])", re.I)
_SHOP_NAME = re.compile(r"[A-Z]{1,6}-?\d{4,12}(?:-?[A-Z]{1,4})?", re.I)
_COLOUR = re.compile(r"[0-9A-F]{6}", re.I)
# "Order", as buyers and shops write it. A word may be part of a compound ("Bestellnummer", "tilausnumero").
_WORDS = (
    "order|bestell(?:ung|nummer|nr)|auftrag(?:snummer|s-?nr)?|commande|pedido|orden|ordine|encomenda|bestelling|"
    "bestelnummer|zam(?:ó|o)wieni[ae]|beställning|bestilling|ordre(?:nummer)?|tilaus(?:numero|nro)?|objedn[áa]vk[ay]|"
    "rendel[ée]s(?:sz[áa]m)?|comand[aă]|παραγγελ[ίι]α[ςσ]?|sipariş|заказ[ау]?|замовлення|поръчка|הזמנה|طلب|ऑर्डर|"
    "คำสั่งซื้อ|đơn hàng|pesanan|注文(?:番号|書)?|ご注文番号|オーダー|주문(?:번호)?|订单(?:号|编号)?|"
    "訂單(?:號碼|編號|號)?|"
    "order ?(?:id|number|no)"
)
_WORD = re.compile(rf"(?<![^\W_])(?:{_WORDS})", re.I)
_AFTER = re.compile(
    r"(?:[\s:#.()\-_=「『“\"]|numéro|number|nummer|número|numero|num|nro|nr|no|n°|nº|№|id|号码|編號|编号|号|"
    r"號|番号|번호|は|是|为|為|is|"
    r"ist|est|es)*"
    r"([A-Z0-9][A-Z0-9\-]{3,24})(?![\w])",
    re.I,
)
_SPOKEN_OF = re.compile(rf"aliexpress|速卖通|全球速|{_WORDS}", re.I)


def order_refs(subject: str, text: str, *, shop_sender: bool = False) -> tuple[str, ...]:
    """Order numbers in subject and text, in order of appearance, each once.

    Platform shapes are taken wherever they stand. "#1234" counts if the sender is a shop system (`shop_sender`) or
    an order is spoken of, "#HV20479" always; a bare number only right after a word for "order". Sixteen digits that
    would pass as a payment card are left alone unless an order is spoken of.
    """
    found: dict[str, None] = {}
    about = shop_sender or bool(_WORD.search(subject))

    def counts(match: re.Match[str], part: str) -> bool:
        return about or _near(match, part) or _is_shop_name(match.group(1))

    for part in (_plain(subject), _plain(text[:MAX_TEXT])):
        if not _DIGITS.search(part):
            continue
        hits: list[tuple[int, str]] = []
        hits += [(m.start(), m.group().upper()) for m in _AMAZON.finditer(part)]
        hits += [(m.start(), m.group()) for m in _EBAY.finditer(part)]
        hits += [(m.start(), m.group()) for m in _LONG.finditer(part) if _is_order(m, part)]
        hits += [(m.start(), f"#{m.group(1).upper()}") for m in _HASH.finditer(part) if counts(m, part)]
        hits += _after_words(part)
        for _place, ref in sorted(hits):
            if len(found) < MAX_REFS:
                found.setdefault(ref)
    return tuple(ref for ref in found if f"#{ref}" not in found)


def _plain(part: str) -> str:
    return part if part.isascii() else part.translate(_HYPHENS)


def _is_order(match: re.Match[str], part: str) -> bool:
    digits = match.group()
    return not (len(digits) == 16 and digits[0] in "2345" and _luhn(digits)) or _near(match, part)


def _near(match: re.Match[str], part: str) -> bool:
    return bool(_SPOKEN_OF.search(part[max(0, match.start() - 60) : match.start()]))


def _is_shop_name(name: str) -> bool:
    """A shop's prefix and four digits make "#HV20479" an order without further words; "#AB1234" may be a colour."""
    return bool(_SHOP_NAME.fullmatch(name)) and not (len(name) == 6 and _COLOUR.fullmatch(name))


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _after_words(part: str) -> list[tuple[int, str]]:
    hits = []
    for word in _WORD.finditer(part):
        match = _AFTER.match(part[word.end() : word.end() + 60])
        if match:
            ref = match.group(1).strip("-").upper()
            digits = sum(ch.isdigit() for ch in ref)
            if digits >= 4 and digits * 2 >= len(ref) and not _is_date(ref):
                hashed = "#" in match.group()[: match.start(1)]
                hits.append((word.start(), f"#{ref}" if hashed else ref))
    return hits


def _is_date(ref: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d(?:-\d{1,2}-\d{1,2})?|\d{1,2}-\d{1,2}-(?:19|20)\d\d", ref))

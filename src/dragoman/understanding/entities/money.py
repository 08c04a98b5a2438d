"""Sums of money, with the number read as the writer's country writes it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

import regex

from dragoman.understanding.entities.model import Context, Entity

SYMBOLS = {
    "€": "EUR", "£": "GBP", "¥": "", "￥": "", "₩": "KRW", "₹": "INR", "₺": "TRY", "₽": "RUB", "₫": "VND", "฿": "THB",
    "₪": "ILS", "zł": "PLN", "zl": "PLN", "kč": "CZK", "ft": "HUF", "lei": "RON", "лв": "BGN", "₴": "UAH", "грн": "UAH",
    "руб": "RUB", "р.": "RUB", "r$": "BRL", "us$": "USD", "hk$": "HKD", "nt$": "TWD", "s$": "SGD", "a$": "AUD",
    "c$": "CAD", "mx$": "MXN", "$": "", "kr": "", "rp": "IDR", "rb": "IDR", "rm": "MYR", "rs": "INR", "ر.س": "SAR",
    "ريال": "SAR", "د.إ": "AED", "درهم": "AED", "جنيه": "EGP", "円": "JPY", "원": "KRW", "元": "CNY", "块": "CNY",
    "บาท": "THB", "đ": "VND", "đồng": "VND", "euro": "EUR", "euros": "EUR", "eur": "EUR", "dollar": "", "dollars": "",
    "dólares": "USD", "pesos": "", "reais": "BRL", "pounds": "GBP", "quid": "GBP", "bucks": "USD", "tl": "TRY",
    "lira": "TRY", "ευρώ": "EUR", "евро": "EUR", "рублей": "RUB", "гривень": "UAH", "korun": "CZK", "forint": "HUF",
    "franken": "CHF", "rupees": "INR", "रुपये": "INR", "रुपए": "INR", "ringgit": "MYR", "yen": "JPY", "歐元": "EUR",
    "欧元": "EUR", "美元": "USD", "美金": "USD", "ユーロ": "EUR", "ドル": "USD", "유로": "EUR", "달러": "USD",
}  # fmt: skip
CODES = (
    "EUR USD GBP CNY JPY KRW INR TRY RUB VND THB ILS PLN CZK HUF RON BGN UAH BRL HKD TWD SGD AUD CAD MXN IDR MYR SAR "
    "AED EGP CHF SEK NOK DKK NZD ZAR ARS CLP COP PEN PHP QAR KWD"
)
BY_MARKET = {
    "$": {"US": "USD", "CA": "CAD", "MX": "MXN", "AU": "AUD", "SG": "SGD", "NZ": "NZD", "HK": "HKD", "TW": "TWD",
          "AR": "ARS", "CL": "CLP", "CO": "COP"},
    "¥": {"JP": "JPY", "CN": "CNY"}, "￥": {"JP": "JPY", "CN": "CNY"},
    "kr": {"SE": "SEK", "DK": "DKK", "NO": "NOK"},
    "pesos": {"MX": "MXN", "AR": "ARS", "CL": "CLP", "CO": "COP"},
    "dollar": {"US": "USD", "CA": "CAD", "AU": "AUD", "SG": "SGD"},
    "dollars": {"US": "USD", "CA": "CAD", "AU": "AUD", "SG": "SGD"},
}  # fmt: skip
_names = "|".join(regex.escape(one) for one in sorted({*SYMBOLS, *CODES.lower().split()}, key=len, reverse=True))
_number = r"\d{1,3}(?:[.,'’   ]\d{2,3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,3})?"
_SUM = regex.compile(
    rf"(?:(?<![\p{{L}}\p{{N}}])(?P<before>{_names})\s?(?P<a>{_number}))(?![\d])"
    rf"|(?<![\d.,#-])(?P<b>{_number})(?P<word>k|mil|rb|ribu|jt|juta|천|만|万|千)?\s?(?P<after>{_names})(?![\p{{Latin}}\p{{Cyrillic}}\p{{Greek}}\p{{Arabic}}])",
    regex.I,
)
_GAPS = regex.compile(r"['’\s]")
_TIMES = {"k": 1_000, "mil": 1_000, "rb": 1_000, "ribu": 1_000, "jt": 10**6, "juta": 10**6, "천": 1_000, "만": 10**4,
          "万": 10**4, "千": 1_000}  # fmt: skip
_POINT = frozenset(
    ("US", "UK", "GB", "AU", "IN", "JP", "KR", "SG", "TH", "CN", "TW", "HK", "MX", "AE", "SA", "MY", "CA")
)


def money(text: str, context: Context) -> Iterator[Entity]:
    """Sums in a text; the currency is empty where a sign ("$") stands for several and no market decides."""
    for match in _SUM.finditer(text):
        name = (match["before"] or match["after"] or "").lower()
        digits = match["a"] or match["b"]
        amount = parse_number(digits, context.market)
        if amount is None:
            continue
        amount *= _TIMES.get((match["word"] or "").lower(), 1)
        currency = SYMBOLS.get(name) or BY_MARKET.get(name, {}).get(context.market.upper(), "")
        if not currency and name.upper() in CODES.split():
            currency = name.upper()
        value = f"{amount.normalize():f} {currency}".strip()
        yield Entity("money", match.group().strip(), value, match.start(), match.end(), 0.95 if currency else 0.7,
                     {"amount": f"{amount.normalize():f}", "currency": currency})  # fmt: skip


def parse_number(written: str, market: str = "") -> Decimal | None:
    """A number as people write it, 1,000.50 or 1.000,50 or 1 000,50: the last mark is the decimal one where one or two
    digits follow; where three follow, the market decides (1.500 is fifteen hundred in Germany). None if unreadable."""
    plain = _GAPS.sub("", written)
    marks = [one for one in plain if one in ".,"]
    if not marks:
        return _decimal(plain)
    last = max(plain.rfind("."), plain.rfind(","))
    behind = len(plain) - last - 1
    mark = plain[last]
    point = "." if market.upper() in _POINT else ","
    if len(set(marks)) == 2 or (behind != 3 and marks.count(mark) == 1):
        decimal = mark
    elif marks.count(mark) > 1 or behind == 3:
        decimal = mark if marks.count(mark) == 1 and mark == point and market and plain.startswith("0") else ""
    else:
        decimal = mark
    grouping = {".", ","} - {decimal}
    plain = "".join(one for one in plain if one not in grouping)
    return _decimal(plain.replace(decimal, ".") if decimal else plain)


def _decimal(plain: str) -> Decimal | None:
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None

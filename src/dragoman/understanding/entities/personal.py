"""What tells who somebody is or how they pay, and ways to reach them.

Surest is what the desk already knows of the customer. Addresses in free text are found only where a street word, a
number and a postcode stand together: many are missed, and it is said so where they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import phonenumbers
import regex
from stdnum import iban, luhn
from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

from dragoman.understanding.entities.model import Context, Entity

_WORD, _NO_DIGIT = regex.compile(r"\w"), regex.compile(r"\D")
_EMAIL = regex.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+(?<![.])")
_CARD = regex.compile(r"(?<![\d-])(?:\d[ -]?){12,18}\d(?![\d-])")
_IBAN = regex.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{2,4}){3,8}(?![A-Z0-9])")
_VOUCHER = regex.compile(
    r"(?:code|coupon|voucher|gutschein(?:code)?|promo|rabattcode|cup[oó]n|c[oó]digo|bon|buono|kod|kupon|купон|"
    r"промокод|优惠码|優惠碼|折扣码|クーポン|쿠폰|kode|mã)\W{0,4}(?:is|lautet|es|est|è)?\W{0,3}"
    r"(?P<code>[A-Z0-9][A-Z0-9-]{3,19})(?![\w-])",
    regex.I,
)
_STREET = regex.compile(
    r"(?P<line>(?<![\p{L}'’-])(?:[\p{L}'’-]+\s)?[\p{L}'’-]*?(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|street|st\.|road|rd\.?|avenue|ave\.?|lane|"
    r"drive|rue|boulevard|bd\.?|calle|c/|avenida|av\.|rua|via|viale|corso|piazza|ulica|ul\.|gatan|vägen|gade|vej|"
    r"utca|út|strada|οδός|улица|ул\.|вулиця|вул\.|sokak|sok\.|cad\.|caddesi|mah\.|شارع|jalan|jl\.|đường|ถนน)"
    r"[^\n;]{0,60}?(?<!\d)\d{4,6}(?!\d)(?:\s[\p{L}.'’ -]{2,24}(?=[,\n.;]|$))?)",
    regex.I,
)
_POSTAL = regex.compile(
    r"〒?\s?\d{3}-\d{4}\s*\S{2,40}|[\p{Han}]{2,6}[市省縣县][\p{Han}\w]{2,30}[路街道巷號号]\s?\d*[号號]?"
)
_REGIONS = {"UK": "GB"}
NATIONAL = {
    "BR": ("cpf", "cnpj"), "ES": ("nif", "nie"), "IT": ("codicefiscale",), "PL": ("pesel",), "NL": ("bsn",),
    "DE": ("idnr",), "FR": ("nir",), "SE": ("personnummer",), "TR": ("tckimlik",), "CN": ("ric",), "KR": ("rrn",),
    "IN": ("aadhaar",), "MX": ("curp", "rfc"), "GB": ("nino",), "US": ("ssn",), "TH": ("pin",), "MY": ("nric",),
}  # fmt: skip
_ID = regex.compile(r"(?<![\w-])(?=[\w./-]*\d)[A-Z0-9][A-Z0-9./-]{7,18}(?![\w-])", regex.I)


def personal(text: str, context: Context) -> Iterator[Entity]:
    """Personal data in a text."""
    yield from _known(text, context.known)
    for match in _EMAIL.finditer(text):
        yield Entity("email", match.group(), match.group().lower(), *match.span(), 0.99)
    yield from _cards(text)
    yield from _ibans(text)
    yield from _ids(text, context.market)
    yield from _phones(text, context.market)
    for pattern in (_STREET, _POSTAL):
        for match in pattern.finditer(text):
            yield Entity("address", match.group().strip(), match.group().strip(), *match.span(), 0.6)
    for match in _VOUCHER.finditer(text):
        code = match["code"]
        if any(one.isdigit() for one in code) or code.isupper():
            yield Entity("voucher", code, code.upper(), *match.span("code"), 0.8)


def _known(text: str, values: Sequence[str]) -> Iterator[Entity]:
    folded = text.lower()
    if len(folded) != len(text):  # İ becomes two: left as it is, so that places are the text's
        folded = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    for value in values:
        wanted = value.lower()
        start = folded.find(wanted) if len(wanted) >= 3 else -1
        while start >= 0:
            end = start + len(wanted)
            if not _WORD.match(folded[start - 1 : start]) and not _WORD.match(folded[end : end + 1]):
                yield Entity("known", text[start:end], value, start, end, 0.99)
            start = folded.find(wanted, end)


def _cards(text: str) -> Iterator[Entity]:
    for match in _CARD.finditer(text):
        digits = _NO_DIGIT.sub("", match.group())
        if digits[0] in "3456" and len(set(digits)) > 1 and luhn.is_valid(digits) and _card_shape(digits):
            yield Entity("card", match.group(), f"…{digits[-4:]}", *match.span(), 0.95)


def _card_shape(digits: str) -> bool:
    """The lengths that networks give: American Express 15, Visa 13, 16 or 19, the others 14 to 19."""
    if digits[:2] in ("34", "37"):
        return len(digits) == 15
    return len(digits) in ((13, 16, 19) if digits[0] == "4" else (16, 19))


def _ibans(text: str) -> Iterator[Entity]:
    for match in _IBAN.finditer(text):
        compact = match.group().replace(" ", "")
        if iban.is_valid(compact):
            yield Entity("iban", match.group(), f"{compact[:4]}…{compact[-4:]}", *match.span(), 0.99)


def _ids(text: str, market: str) -> Iterator[Entity]:
    country = _REGIONS.get(market.upper(), market.upper())
    checks = [one for one in (_national(country, name) for name in NATIONAL.get(country, ())) if one is not None]
    if not checks:
        return
    for match in _ID.finditer(text):
        if any(_valid(check, match.group()) for check in checks):
            yield Entity("national_id", match.group(), f"…{match.group()[-3:]}", *match.span(), 0.9)


def _national(country: str, name: str) -> Any:
    return get_cc_module(country.lower(), name)


def _valid(check: Any, written: str) -> bool:
    try:
        check.validate(written)
    except (ValidationError, ValueError):
        return False
    return True


def _phones(text: str, market: str) -> Iterator[Entity]:
    """Phone numbers, read as somebody of the market writes them. Without a market only international ones are sure."""
    region = _REGIONS.get(market.upper(), market.upper()) or None
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
        digits = sum(one.isdigit() for one in match.raw_string)
        plain = match.raw_string.strip()
        if digits < 8 or (plain.isdigit() and not plain.startswith("0") and digits > 10):
            continue
        value = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        yield Entity("phone", match.raw_string, value, match.start, match.end, 0.9 if "+" in plain else 0.75)

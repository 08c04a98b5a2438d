"""Numbers of parcels: which carrier's they are by their shape, and whether the check digit is right.

Sources of the check digits: UPU standard S10 (weights 8 6 4 2 3 5 9 7, modulus 11); UPS 1Z and USPS IMpb (modulus 10);
DHL air waybill, Sagawa, Yamato and CJ Logistics (remainder of division by 7); SSCC-18 (GS1 modulus 10). Shapes without
a published check digit count only with a word for tracking near them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from dragoman.understanding.entities.model import Entity

NEAR = 60
_GAPS = str.maketrans("", "", "- ")
"""So many characters before a number a word for tracking makes it one."""
_WORDS = regex.compile(
    r"track|parcel|shipment|consignment|waybill|awb|courier|sendung|paket|suivi|colis|rastre|seguimiento|env[ií]o|"
    r"gu[ií]a|encomenda|objeto|spedizione|tracciamento|pacco|zending|przesy[łl]k|paczk|sp[åa]rning|spor|z[áa]silk|"
    r"csomag|nyomk[öo]vet|colet|αποστολ|трек|посылк|відстеж|посилк|kargo|takip|تتبع|شحن|ट्रैक|पार्सल|物流|快递|快遞|"
    r"运单|運單|单号|單號|追跡|伝票|송장|운송장|택배|vận đơn|resi|paket|พัสดุ|ติดตาม",
    regex.I,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A carrier's kind of number; `check` says whether its check digit is right, None where it has none."""

    carrier: str
    pattern: regex.Pattern[str]
    check: Callable[[str], bool] | None = None
    loose: bool = False
    """Whether it looks like any number, so that a word for tracking must stand near."""


def _s10(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(number[10])


def _ups(number: str) -> bool:
    values = [int(one) if one.isdigit() else (ord(one) - 3) % 10 for one in number[2:-1]]
    total = sum(value * (2 if at % 2 else 1) for at, value in enumerate(values))
    return (10 - total % 10) % 10 == int(number[-1])


def _mod10(number: str) -> bool:
    """GS1: from the right, weights 3 and 1."""
    digits = [int(one) for one in number if one.isdigit()]
    total = sum(digit * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits[:-1])))
    return (10 - total % 10) % 10 == digits[-1]


def _mod7(number: str) -> bool:
    return int(number[:-1]) % 7 == int(number[-1])


def _re(pattern: str) -> regex.Pattern[str]:
    return regex.compile(rf"(?<![\w-]){pattern}(?![\w-])")


COUNTRIES = {
    "CN": "China Post", "GB": "Royal Mail", "DE": "Deutsche Post", "FR": "La Poste", "ES": "Correos", "US": "USPS",
    "BR": "Correios", "JP": "Japan Post", "KR": "Korea Post", "HK": "Hongkong Post", "SG": "Singapore Post",
    "NL": "PostNL", "PL": "Poczta Polska", "SE": "PostNord", "IT": "Poste Italiane", "CA": "Canada Post",
    "AU": "Australia Post", "TR": "PTT", "RU": "Russian Post", "TH": "Thailand Post", "VN": "Vietnam Post",
    "ID": "Pos Indonesia", "MX": "Correos de México", "IN": "India Post", "AE": "Emirates Post", "SA": "SPL",
    "MY": "Pos Malaysia", "CH": "Swiss Post", "AT": "Austrian Post", "BE": "bpost",
}  # fmt: skip
SHAPES = (
    Shape("UPS", _re(r"1Z[0-9A-Z]{15}\d"), _ups),
    Shape("UPU", _re(r"[A-Z]{2}\d{9}[A-Z]{2}"), _s10),
    Shape("Amazon Logistics", _re(r"TB[ACM]\d{12}")),
    Shape("YunExpress", _re(r"YT\d{16}")),
    Shape("Yanwen", _re(r"U[A-Z]\d{9}YP")),
    Shape("4PX", _re(r"4PX\d{13,15}(?:CN)?")),
    Shape("SF Express", _re(r"SF\d{12,15}")),
    Shape("Cainiao", _re(r"(?:LP|CNG|CAINIAO|AP)\d{11,17}")),
    Shape("J&T Express", _re(r"J[TPDX]{1,2}\d{10,13}")),
    Shape("DHL", _re(r"(?:JJD|JVGL|JD)\d{14,20}")),
    Shape("DHL", _re(r"00340\d{15}"), _mod10),
    Shape("USPS", _re(r"9[1-5]\d{20}"), _mod10),
    Shape("Colissimo", _re(r"[68][A-Z]\d{11}")),
    Shape("Evri", _re(r"[HTC]\d{2}[A-Z0-9]{5}\d{8}")),
    Shape("Ninja Van", _re(r"(?:NV|NJV)[A-Z]{2,4}[A-Z0-9]{9,15}")),
    Shape("GS1", _re(r"\d{18}"), _mod10, loose=True),
    Shape("DPD", _re(r"\d{14}"), loose=True),
    Shape("FedEx", _re(r"\d{15}|\d{20}|\d{22}"), loose=True),
    Shape("Yamato / Sagawa / FedEx", _re(r"\d{4}[- ]?\d{4}[- ]?\d{4}"), loose=True),
    Shape("GLS", _re(r"\d{11}"), loose=True),
    Shape("DHL Express", _re(r"\d{10}"), lambda number: _mod7(number), loose=True),
)


def tracking(text: str) -> Iterator[Entity]:
    """Numbers of parcels in a text. One whose check digit is wrong is told as a doubtful one, where a word for
    tracking stands near, and is none otherwise."""
    taken: list[tuple[int, int]] = []
    upper = text.upper() if text.isascii() else "".join(one.upper() if one.isascii() else one for one in text)
    for shape in SHAPES:
        for match in shape.pattern.finditer(upper):
            start, end = match.span()
            if any(a < end and start < b for a, b in taken):
                continue
            number = match.group().translate(_GAPS)
            near = _WORDS.search(text, max(0, start - NEAR), start) is not None
            right = shape.check(number) if shape.check else None
            if (shape.loose and not near) or (right is False and not near):
                continue
            if shape.loose and right is False:
                continue
            taken.append((start, end))
            yield Entity(
                "tracking", text[start:end], number, start, end, _confidence(shape, right, near),
                {"carrier": _carrier(shape, number), "check": {True: "right", False: "wrong", None: ""}[right]},
            )  # fmt: skip


def _confidence(shape: Shape, right: bool | None, near: bool) -> float:
    if right is False:
        return 0.4
    if right or not shape.loose:
        return 0.98 if near or right else 0.9
    return 0.6


def _carrier(shape: Shape, number: str) -> str:
    return COUNTRIES.get(number[-2:], "") if shape.carrier == "UPU" else shape.carrier

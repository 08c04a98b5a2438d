"""Personal data that must not leave: payment cards, identity numbers, and what belongs to somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex
from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.cn import ric
from stdnum.de import idnr
from stdnum.us import ssn

from dragoman.kit.errors import N_
from dragoman.replies.checks.model import BLOCK, WARN, Context, Finding, Source
from dragoman.understanding import entities

CARD = Source("PCI DSS 4.0.1, requirement 3.4: card numbers are masked when shown", "2024-06", "high")
LAW = Source("Regulation (EU) 2016/679 Art. 5(1)(c), (f)", "2016-04-27", "high")
_CARD = regex.compile(
    r"(?<![\w.-])(?:[0-9]{4}([ .-])[0-9]{4}\1[0-9]{4}\1[0-9]{4}|[0-9]{4}([ .-])[0-9]{6}\2[0-9]{4})(?![\w-])"
)
_IBAN = regex.compile(r"(?<!\w)[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]{1,4}){3,10}(?!\w)", regex.I)
Valid = Callable[[str], bool]
NUMBERS: tuple[tuple[regex.Pattern[str], Valid], ...] = (
    (regex.compile(r"(?<!\w)[0-9]{6}(?:19|20)[0-9]{9}[0-9Xx](?!\w)"), ric.is_valid),
    (
        regex.compile(
            r"(?<![\w-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![\w-])"
            r"|(?<=\bSSN\W{0,4}(?:\w{1,6}\W)?)[0-9]{3} ?[0-9]{2} ?[0-9]{4}(?!\w)"
        ),
        ssn.is_valid,
    ),
    (
        regex.compile(
            r"(?<![\w.])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?!\w)"
            r"|(?<=\bCPF\W{0,4}(?:\w{1,6}\W)?)[0-9]{11}(?!\w)"
        ),
        cpf.is_valid,
    ),
    (
        regex.compile(
            r"(?<!\w)[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}(?!\w)"
            r"|(?<=(?:Steuer-?ID|IdNr\.?|Identifikationsnummer|tax ID)\W{0,4}(?:\w{1,8}\W)?)[0-9]{11}(?!\w)",
            regex.I,
        ),
        idnr.is_valid,
    ),
)
"""Identity numbers of China, the United States, Brazil and Germany, told by shape and check digit in any market: an
agent answers people everywhere. One without a shape of its own counts only right after its name."""


def find(text: str, context: Context) -> Iterator[Finding]:
    """Personal data in an answer that does not belong there."""
    named = entities.find(text, entities.Context(context.language, context.market, context.today))
    mine = {_plain(one) for one in (*context.known, *context.ours, *context.orders) if one}
    for one in named:
        place = (one.start, one.end)
        if one.kind == "card":
            digits = "".join(char for char in one.text if char.isdigit())
            why = N_("A whole card number must not be sent.")
            yield Finding("privacy.card", BLOCK, why, CARD, *place, f"•••• {digits[-4:]}")
        elif one.kind in ("national_id", "iban") and _plain(one.text) not in mine:
            why = N_("An identity or account number: does it belong in this answer?")
            yield Finding("privacy.number", WARN, why, LAW, one.start, one.start + len(one.text.rstrip("./-")))
        elif one.kind in ("email", "phone") and not _known(one.value, one.text, mine):
            why = N_("This address or number is neither this customer’s nor ours.")
            yield Finding("privacy.foreign", WARN, why, LAW, *place)
        elif one.kind == "order" and context.orders and _plain(one.value) not in mine:
            why = N_("This order is not named in the ticket: is it this customer’s?")
            yield Finding("privacy.order", WARN, why, LAW, *place, None, {"order": one.text})
    yield from _numbers(text, mine)


def _numbers(text: str, mine: set[str]) -> Iterator[Finding]:
    """Cards, accounts and identity numbers in writings that the reading of messages passes over."""
    for match in _CARD.finditer(text):
        digits = regex.sub(r"\D", "", match.group())
        if _network(digits) and luhn.is_valid(digits):
            why = N_("A whole card number must not be sent.")
            yield Finding("privacy.card", BLOCK, why, CARD, *match.span(), f"•••• {digits[-4:]}")
    spans = [match.span() for shape, valid in NUMBERS for match in shape.finditer(text) if valid(match.group())]
    spans += [span for match in _IBAN.finditer(text) if (span := _account(text, *match.span()))]
    for start, end in spans:
        if _plain(text[start:end]) not in mine:
            why = N_("An identity or account number: does it belong in this answer?")
            yield Finding("privacy.number", WARN, why, LAW, start, end)


def _network(digits: str) -> bool:
    """Whether a network gives such numbers (ISO/IEC 7812): Visa, Mastercard with its second series, Discover, UnionPay
    with 16 digits, Diners Club with 14."""
    if len(digits) == 14:
        return digits[:2] in ("30", "36", "38", "39")
    return digits[0] in "456" or "2221" <= digits[:4] <= "2720"


def _account(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where an account number stands in what looks like one; words that follow it are none of it."""
    while end - start >= 15:
        if iban.is_valid(text[start:end]):
            return start, end
        end = max((text.rfind(mark, start, end) for mark in " -"), default=-1)
    return None


def _plain(value: str) -> str:
    return "".join(char for char in value.casefold() if char.isalnum())


def _known(value: str, text: str, mine: set[str]) -> bool:
    """Whether it is one of the customer's or ours; a phone number also without its country's prefix."""
    plain = {_plain(value), _plain(text)}
    if plain & mine:
        return True
    tail = _plain(value)[-8:]
    return tail.isdigit() and any(one.endswith(tail) for one in mine)

"""Personal data that must not leave: payment cards, identity numbers, and what belongs to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from dragoman.kit.errors import N_
from dragoman.replies.checks.model import BLOCK, WARN, Context, Finding, Source
from dragoman.understanding import entities

CARD = Source("PCI DSS 4.0.1, requirement 3.4: card numbers are masked when shown", "2024-06", "high")
LAW = Source("Regulation (EU) 2016/679 Art. 5(1)(c), (f)", "2016-04-27", "high")


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
            yield Finding("privacy.number", WARN, why, LAW, *place)
        elif one.kind in ("email", "phone") and not _known(one.value, one.text, mine):
            why = N_("This address or number is neither this customer’s nor ours.")
            yield Finding("privacy.foreign", WARN, why, LAW, *place)
        elif one.kind == "order" and context.orders and _plain(one.value) not in mine:
            why = N_("This order is not named in the ticket: is it this customer’s?")
            yield Finding("privacy.order", WARN, why, LAW, *place, None, {"order": one.text})


def _plain(value: str) -> str:
    return "".join(char for char in value.casefold() if char.isalnum())


def _known(value: str, text: str, mine: set[str]) -> bool:
    """Whether it is one of the customer's or ours; a phone number also without its country's prefix."""
    plain = {_plain(value), _plain(text)}
    if plain & mine:
        return True
    tail = _plain(value)[-8:]
    return tail.isdigit() and any(one.endswith(tail) for one in mine)

"""Variables in texts: `{{customer.name}}` and the like. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from dragoman.kit.errors import N_

VARIABLES: dict[str, str] = {
    "customer.name": N_("The customer’s name"),
    "customer.first_name": N_("The customer’s first name"),
    "ticket.number": N_("The ticket’s number"),
    "ticket.subject": N_("The ticket’s subject"),
    "order": N_("The order the customer speaks of"),
    "shop.name": N_("The shop’s name"),
    "agent.name": N_("Your name"),
    "agent.first_name": N_("Your first name"),
    "today": N_("Today’s date, as the customer writes it"),
    "tomorrow": N_("Tomorrow’s date, as the customer writes it"),
}
_PLACE = re.compile(r"\{\{\s*([\w.]{1,40})\s*\}\}")


def names_in(text: str) -> list[str]:
    """The variables that a text names, in their order, known or not."""
    return list(dict.fromkeys(_PLACE.findall(text)))


def unknown_in(text: str) -> list[str]:
    """Variables that a text names and nobody knows."""
    return [name for name in names_in(text) if name not in VARIABLES]


def fill(html: str, values: Mapping[str, str]) -> str:
    """An HTML text with its variables filled. What has no value stays in its braces: such an answer can't be sent,
    so that no customer reads "Dear {{customer.name}}"."""

    def value(found: re.Match[str]) -> str:
        given = values.get(found[1], "")
        return escape(given, quote=False) if given else found[0]

    return _PLACE.sub(value, html)

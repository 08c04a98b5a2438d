"""Mail that a marketplace relays or writes: which order, which buyer, and the buyer's own words."""

from __future__ import annotations

from dragoman.channels.email.headers import Headers
from dragoman.channels.email.mail import Address, Relay


def find_relay(headers: Headers, *, subject: str, sender: Address, text: str, html: str | None) -> Relay | None:
    """The marketplace behind a mail, None for ordinary mail."""
    return None

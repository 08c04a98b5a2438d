"""What a customer's page shows."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.web.desk.ticket.view import Link
from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One customer; the form is shown to those who may change customers."""

    href: str
    name: str
    known_by: tuple[str, ...]
    tickets: tuple[Link, ...]
    form: Form
    zones: tuple[Choice, ...]
    may_change: bool
    lang: str = ""
    market: str = ""
    note: str = ""
    reveal: str = ""
    """Where what is masked can be had shown; empty when nothing is, or the reader may not."""
    masked: str = ""
    """Why something is masked, in words."""

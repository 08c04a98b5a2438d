"""What the styleguide shows: samples of every component."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dragoman.kit import clock
from dragoman.web.builders import Builder, Names, changes_builder, conditions_builder
from dragoman.web.desk.inbox.view import Option
from dragoman.web.desk.ticket.view import Clash
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.mailboxes.view import Step
from dragoman.web.render import Toast

NOBODY = Names({}, {}, {})
CONDITIONS = {"all": [{"field": "status", "op": "is", "value": ["open"]}, {"field": "tag", "op": "has", "value": []}]}
WRONG = {"conditions.all.1": "Say which."}
CHANGES = [{"kind": "priority", "value": "high"}]
COLOURS = (
    "page", "card", "sunk", "line", "ink", "ink-2", "ink-3", "accent", "accent-soft", "red", "red-soft",
    "amber", "amber-soft", "blue", "blue-soft", "green", "green-soft", "note", "note-soft",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StyleguidePage:
    """Samples, all of them harmless."""

    since: datetime
    colours: tuple[str, ...] = COLOURS
    form: Form = field(
        default_factory=lambda: Form(
            {"address": "support@example.com", "port": "99999", "role": "b", "theme": "a", "letters": "yes"},
            {"port": "A port is a number from 1 to 65535."},
        )
    )
    choices: tuple[Choice, ...] = (Choice("a", "Light"), Choice("b", "Dark", current=True), Choice("c", "System"))
    options: tuple[Option, ...] = (
        Option("Unread", "#", count=7, tone="accent"),
        Option("Mine", "#", current=True, count=140),
    )
    steps: tuple[Step, ...] = (
        Step("Found the server", "done", "imap.example.com"),
        Step("Encrypted", "failed", "certificate expired", "Ask the provider to renew it."),
        Step("Signed in", "waiting"),
    )
    dues: tuple[datetime, ...] = ()
    conditions: Builder = field(default_factory=lambda: conditions_builder(NOBODY, CONDITIONS, WRONG))
    changes: Builder = field(default_factory=lambda: changes_builder(NOBODY, CHANGES))
    clash: tuple[Clash, ...] = ()
    toast: Toast = field(default_factory=lambda: Toast("Sent", undo="/styleguide"))


def build() -> StyleguidePage:
    """The page with times near now."""
    now = clock.now()
    return StyleguidePage(
        since=now - timedelta(minutes=92),
        dues=tuple(now + timedelta(minutes=minutes) for minutes in (-35, 11, 92, 400, 3_000)),
        clash=(Clash("Jonas Weber", now, True, (("Your parcel is ", True), ("on its way.", False))),),
    )

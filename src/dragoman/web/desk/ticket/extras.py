"""More of what a ticket's page shows: queue, severity, clock, planned answers, who takes part, why it is whose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dragoman.accounts.teams.names import team_label
from dragoman.channels.email.compose import html_to_text
from dragoman.platform.i18n import gettext as _
from dragoman.replies.macros.variables import VARIABLES
from dragoman.routing.explain import why_me
from dragoman.sla.metrics import label
from dragoman.tickets.models import Ticket
from dragoman.web.desk.inbox.view import SNOOZES
from dragoman.web.desk.ticket import view
from dragoman.web.formats import language
from dragoman.web.forms import Choice
from dragoman.web.words import SEVERITY

if TYPE_CHECKING:
    from dragoman.web.desk.ticket.build import Facts

PARTICIPANTS = 12


def metric(key: str) -> str:
    """What a clock measures, in words."""
    found = label(key)
    return _(found) if found else ""


def team_of(facts: Facts) -> str:
    """The name of the ticket's queue, empty for none."""
    found = next((one for one in facts.teams if one.id == facts.ticket.team_id), None)
    return team_label(found.key, found.name) if found else ""


def teams(facts: Facts) -> tuple[Choice, ...]:
    """The queues it can be put into; first none."""
    now = facts.ticket.team_id
    known = (one for one in facts.teams if one.active or one.id == now)
    choices = (Choice(str(one.id), team_label(one.key, one.name), one.id == now) for one in known)
    return (Choice("", _("No queue"), now is None), *choices)


def severities(ticket: Ticket) -> tuple[Choice, ...]:
    """The trade's colours, with the times they mean."""
    times = {"red": _("15 min"), "yellow": _("2 h"), "blue": _("24 h")}
    return tuple(
        Choice(key, _(word.label), key == ticket.severity, times.get(key, "")) for key, word in SEVERITY.items()
    )


def snoozes() -> tuple[Choice, ...]:
    """Usual times to snooze for, in minutes."""
    return tuple(Choice(str(minutes), _(label)) for minutes, label in SNOOZES)


def planned(facts: Facts, names: Mapping[UUID, str]) -> tuple[view.Planned, ...]:
    """Answers that leave later."""
    return tuple(
        view.Planned(
            text=html_to_text(one.html), at=one.at, author=names.get(one.person_id, ""),
            problem=_(one.problem) if one.held_at else "", mine=one.person_id == facts.actor.person_id,
            href=f"/planned/{one.id}",
            language=language(one.review) if one.review else "", own=one.own,
            reviews=bool(one.review) and one.person_id != facts.actor.person_id and facts.actor.may("ticket.reply"),
        )
        for one in facts.planned
    )  # fmt: skip


def participants(facts: Facts) -> tuple[str, ...]:
    """Who else takes part by mail: everybody of To and Cc but the customer and the desk."""
    own = {one.value for one in facts.identities} | {facts.mailbox}
    found: dict[str, None] = {}
    for message in reversed(facts.messages):
        for pair in (*message.recipients.get("cc", ()), *message.recipients.get("to", ())):
            address = str(pair[1]).lower()
            if address and address not in own and "+" not in address:
                found.setdefault(address)
    return tuple(found)[:PARTICIPANTS]


def variables(facts: Facts) -> tuple[Choice, ...]:
    """What can be put into an answer with two braces: name, what it is, what it is here."""
    return tuple(Choice(name, _(label), hint=facts.values.get(name, "")) for name, label in VARIABLES.items())


def why(facts: Facts) -> dict[str, Any]:
    """Why the ticket is whose it is, where the desk chose: a sentence and its grounds."""
    given = next((one for one in reversed(facts.events) if one.verb == "assigned"), None)
    if given is None or given.data.get("to") != str(facts.ticket.assignee_id):
        return {}
    found = why_me(given.data)
    return {"why": found.sentence, "grounds": tuple(one.words for one in found.grounds)} if found else {}

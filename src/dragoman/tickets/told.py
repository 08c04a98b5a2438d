"""What others are told of a ticket: the audit log and webhooks. Facts and states, never a customer's words."""

from __future__ import annotations

from typing import Any

from dragoman.accounts.access import Actor
from dragoman.audit.service import Subject
from dragoman.tickets.models import Message, Ticket
from dragoman.webhooks.service import Happening

WORDS = {"subject": ("before", "after"), "bounced": ("recipient",), "task_asked": ("title", "address"),
         "task_more": ("title",), "task_answered": ("title", "who"), "task_done": ("title",),
         "task_cancelled": ("title",), "task_overdue": ("title", "who"), "task_taken": ("title",),
         "task_due": ("title",)}  # fmt: skip
"""Facts of events that are somebody's words or address: they stay in the desk."""
KINDS = {"created": "ticket.created", "note": "message.written", "reply": "message.written",
         "bounced": "message.failed",
         "auto_reply": "message.written",
         "promise_made": "promise.made", "promise_kept": "promise.kept", "promise_renewed": "promise.renewed",
         "promise_broken": "promise.broken", "promise_overdue": "promise.overdue", "task_asked": "task.asked",
         "task_answered": "task.answered", "task_done": "task.done", "task_cancelled": "task.cancelled",
         "task_overdue": "task.overdue", "sla.warned": "clock.warned", "sla.breached": "clock.breached"}  # fmt: skip


def subject(ticket: Ticket) -> Subject:
    """A ticket as the audit log names it."""
    return Subject("ticket", ticket.number, f"#{ticket.number}")


def without_words(verb: str, data: dict[str, Any]) -> dict[str, Any]:
    """An event's facts without anybody's words."""
    return {name: value for name, value in data.items() if name not in WORDS.get(verb, ())}


def _facts(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": str(ticket.id), "number": ticket.number, "status": ticket.status, "priority": ticket.priority,
        "channel": ticket.channel, "tags": list(ticket.tags), "version": ticket.version,
        "assignee_id": str(ticket.assignee_id) if ticket.assignee_id else None,
        "shop_id": str(ticket.shop_id) if ticket.shop_id else None,
        "team_id": str(ticket.team_id) if ticket.team_id else None, "tier": ticket.tier, "kind": ticket.kind,
        "severity": ticket.severity, "customer_id": str(ticket.customer_id),
        "snoozed_until": ticket.snoozed_until.isoformat() if ticket.snoozed_until else None,
        "merged_into_id": str(ticket.merged_into_id) if ticket.merged_into_id else None,
    }  # fmt: skip


def changed(ticket: Ticket, actor: Actor | None, verb: str, data: dict[str, Any]) -> Happening:
    """An event of a ticket, for webhooks."""
    by = {"id": str(actor.person_id), "name": actor.name} if actor else None
    facts = {"ticket": _facts(ticket), "verb": verb, "change": without_words(verb, data), "by": by}
    return Happening(KINDS.get(verb, "ticket.changed"), facts)


def created(ticket: Ticket) -> Happening:
    """A new ticket, for webhooks."""
    return Happening("ticket.created", {"ticket": _facts(ticket)})


def received(ticket: Ticket, message: Message) -> Happening:
    """A customer's message, for webhooks."""
    return Happening("message.received", {"ticket": _facts(ticket), "message": {"id": str(message.id)}})


def delivered(ticket: Ticket, message: Message, *, sent: bool, reason: str) -> Happening:
    """What became of an answer, for webhooks."""
    kind = "message.sent" if sent else "message.failed"
    return Happening(kind, {"ticket": _facts(ticket), "message": {"id": str(message.id)}, "reason": reason})

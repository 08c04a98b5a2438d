"""What a webhook can hear of."""

from __future__ import annotations

from dragoman.kit.errors import N_

KINDS: dict[str, str] = {
    "ticket.created": N_("A ticket was opened"),
    "ticket.changed": N_("A ticket was changed: status, priority, tags, assignee, queue, merged, split, snoozed …"),
    "message.received": N_("A customer wrote"),
    "message.written": N_("An answer or a note was written"),
    "message.sent": N_("An answer has left"),
    "message.failed": N_("An answer could not be sent, or came back"),
    "ticket.escalated": N_("A ticket was handed to the next line of service"),
    "clock.warned": N_("The time for something owed to a customer runs out soon"),
    "clock.breached": N_("The time for something owed to a customer has run out"),
    "promise.made": N_("A customer was promised something by a time"),
    "promise.kept": N_("A promise was kept"),
    "promise.renewed": N_("A promise was given another time"),
    "promise.broken": N_("A promise was broken"),
    "promise.overdue": N_("A promise is past its time"),
    "task.asked": N_("A department, a colleague or somebody outside was asked"),
    "task.answered": N_("A question to a department, a colleague or somebody outside was answered"),
    "task.done": N_("A question was closed"),
    "task.cancelled": N_("A question was taken back"),
    "task.overdue": N_("An answer of a department, a colleague or somebody outside is overdue"),
    "customer.changed": N_("A customer's record was changed"),
}
TEST = "webhook.test"
"""Sent by the button that tries a webhook; nobody needs to ask for it."""

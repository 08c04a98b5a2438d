"""What a view's table can show."""

from __future__ import annotations

from dragoman.kit.errors import N_

COLUMNS: dict[str, str] = {
    "number": N_("Number"),
    "subject": N_("Subject"),
    "customer": N_("Customer"),
    "clock": N_("Clock"),
    "status": N_("Status"),
    "priority": N_("Priority"),
    "severity": N_("Severity"),
    "kind": N_("Kind"),
    "intent": N_("What is wanted"),
    "emotion": N_("Mood"),
    "assignee": N_("Assignee"),
    "team": N_("Team"),
    "tier": N_("Line of service"),
    "shop": N_("Shop"),
    "channel": N_("Channel"),
    "language": N_("Language"),
    "market": N_("Market"),
    "tags": N_("Tags"),
    "orders": N_("Orders"),
    "waiting": N_("Waiting since"),
    "activity": N_("Last activity"),
    "created": N_("Opened"),
    "messages": N_("Messages"),
}
USUAL = ("number", "subject", "customer", "clock", "status", "assignee", "shop", "language", "activity")

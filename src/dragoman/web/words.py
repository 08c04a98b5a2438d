"""The desk's words for states, priorities and deliveries, with the icon that says the same without colour."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.platform.i18n import N_

__all__ = [
    "CHECK",
    "DELIVERY",
    "FINDING",
    "KIND",
    "MAILBOX",
    "PRIORITY",
    "PROMISE",
    "SEVERITY",
    "STATUS",
    "TASK",
    "WEBHOOK",
    "WEBHOOK_DELIVERY",
    "Word",
]


@dataclass(frozen=True, slots=True)
class Word:
    """A state in words (`label`, marked for translation), as a sign (`icon`) and as a meaning (`tone`).

    Tones are the trade's: red, amber and blue are severity, green is done, plain is everything else.
    """

    label: str
    icon: str
    tone: str = "plain"


STATUS = {
    "new": Word(N_("New"), "circle-dot"),
    "open": Word(N_("Open"), "circle"),
    "pending": Word(N_("Pending"), "hourglass"),
    "on_hold": Word(N_("On hold"), "pause"),
    "solved": Word(N_("Solved"), "circle-check", "green"),
    "closed": Word(N_("Closed"), "archive", "quiet"),
}

PRIORITY = {
    "urgent": Word(N_("Urgent"), "chevrons-up", "red"),
    "high": Word(N_("High"), "chevron-up", "amber"),
    "normal": Word(N_("Normal"), "equal", "blue"),
    "low": Word(N_("Low"), "chevron-down"),
}

SEVERITY = {
    "": Word(N_("Not judged"), "circle-dashed"),
    "red": Word(N_("Red"), "flag", "red"),
    "yellow": Word(N_("Yellow"), "flag", "amber"),
    "blue": Word(N_("Blue"), "flag", "blue"),
}

CHECK = {
    "culture": N_("Culture"),
    "tone": N_("Tone"),
    "clarity": N_("Clarity"),
    "promises": N_("Promises"),
    "liability": N_("Liability"),
    "platform": N_("Marketplace rules"),
    "law": N_("Law"),
    "privacy": N_("Privacy"),
    "locale": N_("Numbers and units"),
    "language": N_("Language"),
    "repetition": N_("Repetition"),
    "wording": N_("Wording"),
    "sensitive": N_("Politics and religion"),
}

FINDING = {
    "block": Word(N_("Must not be sent so"), "ban", "red"),
    "warn": Word(N_("Please check"), "triangle-alert", "amber"),
    "hint": Word(N_("Could be better"), "info"),
}

KIND = {
    "": Word(N_("Any matter"), "shapes"),
    "presale": Word(N_("Before buying"), "shopping-cart"),
    "order": Word(N_("Order"), "receipt"),
    "delivery": Word(N_("Delivery"), "truck"),
    "aftersale": Word(N_("After-sales"), "package-open"),
    "complaint": Word(N_("Complaint"), "megaphone"),
    "quality": Word(N_("Quality incident"), "triangle-alert"),
    "wholesale": Word(N_("Wholesale"), "boxes"),
    "social": Word(N_("Social media"), "message-circle"),
    "care": Word(N_("Care"), "heart-handshake"),
}

PROMISE = {
    "open": Word(N_("Open"), "circle"),
    "late": Word(N_("Overdue"), "triangle-alert", "red"),
    "kept": Word(N_("Kept"), "circle-check", "green"),
    "renewed": Word(N_("Renewed"), "calendar-clock"),
    "broken": Word(N_("Broken"), "heart-crack", "red"),
}

TASK = {
    "open": Word(N_("Waiting for an answer"), "hourglass"),
    "late": Word(N_("Overdue"), "triangle-alert", "red"),
    "answered": Word(N_("Answered"), "message-square-reply", "green"),
    "done": Word(N_("Done"), "circle-check", "quiet"),
    "cancelled": Word(N_("Taken back"), "undo", "quiet"),
}

DELIVERY = {
    "queued": Word(N_("Going out"), "clock"),
    "sending": Word(N_("Sending"), "loader"),
    "sent": Word(N_("Sent"), "check", "green"),
    "failed": Word(N_("Not delivered"), "circle-alert", "red"),
    "uncertain": Word(N_("Perhaps delivered"), "circle-help", "amber"),
    "bounced": Word(N_("Came back"), "undo", "red"),
    "cancelled": Word(N_("Taken back"), "rotate-ccw"),
}

MAILBOX = {
    "ok": Word(N_("Working"), "circle-check", "green"),
    "failing": Word(N_("Failing"), "circle-alert", "red"),
    "paused": Word(N_("Paused"), "pause"),
    "new": Word(N_("Not checked yet"), "clock"),
}

WEBHOOK = {
    "ok": Word(N_("Working"), "circle-check", "green"),
    "failing": Word(N_("Failing"), "circle-alert", "red"),
    "off": Word(N_("Switched off"), "pause"),
    "new": Word(N_("Nothing sent yet"), "clock"),
}

WEBHOOK_DELIVERY = {
    "queued": Word(N_("Waiting"), "clock"),
    "done": Word(N_("Delivered"), "check", "green"),
    "failed": Word(N_("Given up"), "circle-alert", "red"),
}


@dataclass(frozen=True, slots=True)
class PartWord:
    """A part of a shift's hand-over: its title, its sign, and what is said when it is empty."""

    label: str
    icon: str
    none: str


HANDOVER = {
    "promises": PartWord(N_("Open promises"), "handshake", N_("Nothing is promised.")),
    "due": PartWord(N_("Clocks that run out next"), "timer", N_("No clock runs out in the next 12 hours.")),
    "unanswered": PartWord(N_("Unanswered"), "reply", N_("Everybody is answered.")),
    "snoozed": PartWord(N_("Coming back"), "alarm-clock", N_("Nothing snoozed comes back in the next 12 hours.")),
    "tasks": PartWord(N_("Asked of departments"), "list-todo", N_("No department owes an answer.")),
}

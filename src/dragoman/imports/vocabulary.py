"""States and priorities of other desks in the words of this one. Data; every table names where it comes from."""

from __future__ import annotations

STATUSES: dict[str, dict[str, str]] = {
    # https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ (status)
    "zendesk": {
        "new": "new", "open": "open", "pending": "pending", "hold": "on_hold", "solved": "solved", "closed": "closed",
    },
    # https://developers.freshdesk.com/api/#ticket_attributes: 2 open, 3 pending, 4 resolved, 5 closed; 6 and 7 are the
    # shipped "waiting on customer" and "waiting on third party". A company's own states start at 8.
    "freshdesk": {
        "2": "open", "3": "pending", "4": "solved", "5": "closed", "6": "pending", "7": "on_hold",
    },
    # https://developers.chatwoot.com/api-reference/conversations/conversations-list: a pending conversation is still
    # with the bot, so nobody at the desk has it yet; a snoozed one comes back by itself.
    "chatwoot": {"open": "open", "resolved": "solved", "pending": "new", "snoozed": "on_hold"},
    # https://developers.gorgias.com/reference/the-ticket-object: open or closed; a closed one opens again when the
    # customer answers, as a solved one does here.
    "gorgias": {"open": "open", "closed": "solved"},
    # A company's own table: the words that desks and people use.
    "csv": {
        "new": "new", "open": "open", "opened": "open", "in progress": "open", "in_progress": "open", "active": "open",
        "reopened": "open", "pending": "pending", "waiting": "pending", "waiting on customer": "pending",
        "awaiting your reply": "pending", "on hold": "on_hold", "on_hold": "on_hold", "hold": "on_hold",
        "snoozed": "on_hold", "waiting on third party": "on_hold", "solved": "solved", "resolved": "solved",
        "done": "solved", "answered": "pending", "closed": "closed", "archived": "closed",
        "neu": "new", "offen": "open", "wartend": "pending", "gelöst": "solved", "geschlossen": "closed",
        "新建": "new", "待处理": "open", "处理中": "open", "已打开": "open", "等待回复": "pending", "挂起": "on_hold",
        "已解决": "solved", "已关闭": "closed", "已完成": "solved",
    },
}  # fmt: skip

PRIORITIES: dict[str, dict[str, int]] = {
    # https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ (priority)
    "zendesk": {"urgent": 1, "high": 2, "normal": 3, "low": 4},
    # https://developers.freshdesk.com/api/#ticket_attributes: 1 low, 2 medium, 3 high, 4 urgent
    "freshdesk": {"1": 4, "2": 3, "3": 2, "4": 1},
    # https://developers.chatwoot.com/api-reference/conversations/toggle-priority
    "chatwoot": {"urgent": 1, "high": 2, "medium": 3, "low": 4, "none": 3},
    # https://developers.gorgias.com/reference/the-ticket-object (priority)
    "gorgias": {"critical": 1, "high": 2, "normal": 3, "low": 4},
    "csv": {
        "urgent": 1, "critical": 1, "highest": 1, "high": 2, "normal": 3, "medium": 3, "low": 4, "lowest": 4,
        "dringend": 1, "hoch": 2, "mittel": 3, "niedrig": 4, "紧急": 1, "高": 2, "中": 3, "普通": 3, "低": 4,
    },
}  # fmt: skip

FRESHDESK_CHANNELS = {
    # https://developers.freshdesk.com/api/#ticket_attributes (source)
    "1": "email", "2": "portal", "3": "phone", "7": "chat", "9": "widget", "10": "email",
}  # fmt: skip


def status_of(source: str, word: object, own: dict[str, str]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """Our state for a word of the source, and the doubt when nobody knows it. `own` are the words that the person who
    imports has explained. An unknown one is open, so that nobody overlooks the ticket."""
    said = str(word).strip() if word is not None else ""
    if not said:
        return None, ()
    if found := own.get(said) or STATUSES[source].get(said) or STATUSES[source].get(said.casefold()):
        return found, ()
    return "open", (("status", said[:80]),)


def priority_of(source: str, word: object) -> tuple[int | None, tuple[tuple[str, str], ...]]:
    """Our priority for a word of the source, and the doubt when nobody knows it; an unknown one is normal."""
    said = str(word).strip() if word is not None else ""
    if not said:
        return None, ()
    if found := PRIORITIES[source].get(said) or PRIORITIES[source].get(said.casefold()):
        return found, ()
    return 3, (("priority", said[:80]),)

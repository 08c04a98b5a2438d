"""The columns of tables, by the names that desks and people give them. Data and one pure guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dragoman.kit.errors import N_

COLUMNS: dict[str, str] = {
    "ticket_id": N_("Ticket number"),
    "subject": N_("Subject"),
    "status": N_("State"),
    "priority": N_("Priority"),
    "tags": N_("Tags"),
    "channel": N_("Channel"),
    "assignee_name": N_("Assignee’s name"),
    "assignee_email": N_("Assignee’s e-mail address"),
    "customer_id": N_("Customer’s number"),
    "customer_name": N_("Customer’s name"),
    "customer_email": N_("Customer’s e-mail address"),
    "customer_phone": N_("Customer’s phone number"),
    "created_at": N_("Ticket opened at"),
    "updated_at": N_("Ticket changed at"),
    "message_id": N_("Message number"),
    "message_at": N_("Message written at"),
    "direction": N_("Direction: inbound, outbound or note"),
    "from_agent": N_("Written by an agent: yes or no"),
    "public": N_("Seen by the customer: yes or no"),
    "author_name": N_("Author’s name"),
    "author_email": N_("Author’s e-mail address"),
    "body": N_("Text"),
    "body_html": N_("Text as HTML"),
    "attachments": N_("Addresses of attachments"),
}
"""What a column can be, in the order of the form (docs/import.md tells it to people)."""

NAMES: dict[str, tuple[str, ...]] = {
    "ticket_id": ("ticket id", "ticket", "ticket number", "ticket no", "ticketid", "id", "case id", "case number",
                  "conversation id", "ticketnummer", "工单编号", "工单号", "工单id"),
    "subject": ("subject", "title", "ticket subject", "betreff", "summary", "主题", "标题"),
    "status": ("status", "state", "ticket status", "zustand", "状态"),
    "priority": ("priority", "ticket priority", "priorität", "优先级"),
    "tags": ("tags", "labels", "tag", "ticket tags", "schlagworte", "标签"),
    "channel": ("channel", "ticket channel", "source", "via", "initial channel", "kanal", "渠道", "来源"),
    "assignee_name": ("assignee", "assignee name", "agent", "agent name", "assigned to", "assignee user", "bearbeiter",
                      "受理客服", "客服"),
    "assignee_email": ("assignee email", "agent email", "assigned agent email", "assignee user email", "客服邮箱"),
    "customer_id": ("customer id", "requester id", "contact id", "kundennummer", "客户编号"),
    "customer_name": ("customer name", "customer", "requester", "requester name", "contact name", "kunde", "kundenname",
                      "name", "客户姓名", "客户名称", "客户", "姓名"),
    "customer_email": ("customer email", "requester email", "contact email", "email", "e mail", "email address",
                       "customer email address", "kunden e mail", "客户邮箱", "邮箱", "电子邮件"),
    "customer_phone": ("customer phone", "phone", "phone number", "telefon", "requester phone", "电话", "手机"),
    "created_at": ("created at", "created", "created date", "created datetime", "creation date", "ticket created at",
                   "ticket creation date", "erstellt", "erstellt am", "创建时间"),
    "updated_at": ("updated at", "updated", "last updated", "updated datetime", "last update", "更新时间"),
    "message_id": ("message id", "comment id", "reply id", "消息编号"),
    "message_at": ("message at", "message created at", "message date", "message created datetime", "sent at",
                   "sent datetime", "date", "datetime", "timestamp", "comment created at", "datum", "时间", "发送时间"),
    "direction": ("direction", "type", "message type", "kind", "message direction", "richtung", "方向", "类型"),
    "from_agent": ("from agent", "is agent", "message from agent", "by agent"),
    "public": ("public", "is public", "message public", "公开"),
    "author_name": ("author", "author name", "from name", "sender", "sender name", "absender", "发件人", "作者"),
    "author_email": ("author email", "from", "from email", "sender email", "from address", "message from", "发件邮箱"),
    "body": ("body", "text", "message", "message body", "body text", "content", "comment", "description",
             "stripped text", "nachricht", "beschreibung", "内容", "正文", "消息内容"),
    "body_html": ("body html", "html", "html body", "message html"),
    "attachments": ("attachments", "attachment urls", "attachment", "files", "anhänge", "附件"),
}  # fmt: skip
"""Names under which a column is found, folded by `fold`. Gorgias names its fields as its API does
(https://developers.gorgias.com/reference/the-ticketmessage-object); a printed list of the columns of its CSV export
could not be found, so every spelling above counts for it too, and columns can be chosen by hand."""

GORGIAS: dict[str, tuple[str, ...]] = {
    "from_agent": ("from agent",), "public": ("public",), "author_email": ("sender email", "source from address"),
    "author_name": ("sender name",), "message_at": ("sent datetime", "message created datetime"),
    "body": ("body text", "stripped text"), "customer_email": ("customer email",),
}  # fmt: skip
"""What comes before the general names in a table of Gorgias."""


def fold(name: str) -> str:
    """A column's name without case, punctuation and doubled spaces."""
    return " ".join(re.sub(r"[\W_]+", " ", name).casefold().split())


def guess(header: Iterable[str], *, source: str = "csv") -> dict[str, str]:
    """Which of our columns the header has: ours to theirs. Each of theirs is used once; the likelier name wins."""
    folded: dict[str, str] = {}
    for name in header:
        folded.setdefault(fold(name), name)
    out: dict[str, str] = {}
    taken: set[str] = set()
    special: Mapping[str, tuple[str, ...]] = GORGIAS if source == "gorgias" else {}
    for ours in COLUMNS:
        names = (fold(ours), *special.get(ours, ()), *NAMES[ours])
        theirs = next(
            (folded[fold(one)] for one in names if fold(one) in folded and folded[fold(one)] not in taken), ""
        )
        if theirs:
            out[ours] = theirs
            taken.add(theirs)
    return out

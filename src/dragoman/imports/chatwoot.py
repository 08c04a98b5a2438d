"""Chatwoot's API as neutral records.

Shapes: https://developers.chatwoot.com/api-reference/ (conversations, messages, contacts, canned responses, portals);
where it is silent, the product's own views: messages come by `after` in ascending order, 100 at a time
(app/finders/message_finder.rb), and `message_type` is 0 incoming, 1 outgoing, 2 activity, 3 template
(app/models/message.rb).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from dragoman.imports import values, vocabulary
from dragoman.imports.client import Client
from dragoman.imports.records import Article, Customer, File, Json, Macro, Message, Person, Portion, Problem, Ticket
from dragoman.imports.zendesk import NO_ID, NO_MESSAGE
from dragoman.tickets.service import snippet

SOURCE = "chatwoot"
INCOMING, OUTGOING, ACTIVITY, TEMPLATE = 0, 1, 2, 3
NAMES = {"incoming": INCOMING, "outgoing": OUTGOING, "activity": ACTIVITY, "template": TEMPLATE}
PAGE = 100
NOTHING: tuple[str, ...] = ()


def customer_of(contact: Json) -> Customer:
    """A contact."""
    return Customer(
        id=values.line(contact.get("id")), name=values.line(contact.get("name"), 200),
        emails=tuple(filter(None, [values.address(contact.get("email"))])),
        phones=tuple(filter(None, [values.phone(contact.get("phone_number"))])),
        created_at=values.moment(contact.get("created_at")), raw=contact,
    )  # fmt: skip


def message_of(raw: Json, contact: Customer) -> Message | None:
    """A message; None for what the product itself noted (activity), and for one without a time or an id."""
    at, message_id = values.moment(raw.get("created_at")), values.line(raw.get("id"))
    kind = raw.get("message_type")
    kind = NAMES.get(kind, kind) if isinstance(kind, str) else kind
    if at is None or not message_id or kind not in (INCOMING, OUTGOING, TEMPLATE):
        return None
    sender = values.mapping(raw.get("sender"))
    author = Person(values.line(sender.get("name"), 200), values.address(sender.get("email")))
    if kind == INCOMING and not (author.name or author.email):
        author = Person(contact.name, contact.emails[0] if contact.emails else "")
    mail = values.mapping(values.mapping(raw.get("content_attributes")).get("email"))
    html = values.mapping(mail.get("html_content"))
    return Message(
        id=message_id, kind="note" if raw.get("private") is True else "inbound" if kind == INCOMING else "outbound",
        at=at, author=author, text=values.text(raw.get("content")), html=values.text(html.get("full")),
        automatic=kind == TEMPLATE, files=_files(raw), raw=raw,
        to=values.people(mail.get("to")), cc=values.people(mail.get("cc")),
    )  # fmt: skip


def _files(raw: Json) -> tuple[File, ...]:
    return tuple(
        File(
            name=values.line(one.get("data_url"), 4000).partition("?")[0].rpartition("/")[2],
            url=values.line(one.get("data_url"), 4000), type=_type(one),
            size=one["file_size"] if isinstance(one.get("file_size"), int) else 0,
        )
        for one in values.objects(raw.get("attachments"))
        if one.get("data_url")
    )  # fmt: skip


def _type(one: Json) -> str:
    """The media type: the product says `image` or `file`, and sometimes an extension."""
    extension = values.line(one.get("extension"), 10).casefold()
    if one.get("file_type") == "image" and extension in ("png", "jpg", "jpeg", "gif", "webp"):
        return f"image/{extension.replace('jpg', 'jpeg')}"
    return "application/octet-stream"


def ticket_of(raw: Json, said: list[Json], own: dict[str, str]) -> Ticket | Problem:
    """A conversation with its messages. `own` are the words for states that were explained."""
    ticket_id = values.line(raw.get("id"))
    where = f"#{ticket_id}"
    if not ticket_id:
        return Problem(where, NO_ID, raw=raw)
    meta = values.mapping(raw.get("meta"))
    contact = customer_of(values.mapping(meta.get("sender")))
    found = (message_of(one, contact) for one in said)
    messages = tuple(sorted((one for one in found if one), key=lambda one: (one.at, len(one.id), one.id)))
    if not messages:
        return Problem(where, NO_MESSAGE, raw=raw)
    status, doubts = vocabulary.status_of(SOURCE, raw.get("status"), own)
    priority, more = vocabulary.priority_of(SOURCE, raw.get("priority"))
    subject = values.line(values.mapping(raw.get("additional_attributes")).get("mail_subject"))
    assignee = values.mapping(meta.get("assignee"))
    channel = values.line(meta.get("channel"), 60).removeprefix("Channel::")
    return Ticket(
        id=ticket_id, number=ticket_id, subject=subject or snippet(messages[0].text)[:80], customer=contact,
        messages=messages, created_at=values.moment(raw.get("created_at")) or messages[0].at,
        updated_at=messages[-1].at, status=status, priority=priority, tags=values.lines_of(raw.get("labels")),
        channel=channel,
        assignee=Person(values.line(assignee.get("name"), 200), values.address(assignee.get("email")))
        if assignee else None,
        doubts=doubts + more, where=where, raw={name: one for name, one in raw.items() if name != "messages"},
    )  # fmt: skip


@dataclass
class Api:
    """Reading an account: contacts, then conversations from the oldest on, then ready answers and articles."""

    client: Client
    own: dict[str, str] = field(default_factory=dict)

    async def read(self, cursor: dict[str, Any]) -> AsyncGenerator[Portion]:
        """Everything from `cursor` on ({}: from the start). `client.base` ends with the account's number."""
        for phase in ("contacts", "tickets", "answers", "articles"):
            if cursor and cursor["phase"] != phase:
                continue
            async for portion in getattr(self, f"_{phase}")(int(cursor.get("page", 1)) if cursor else 1):
                yield portion
            cursor = {}

    async def _contacts(self, page: int) -> AsyncIterator[Portion]:
        ended, last = False, NOTHING
        while not ended:
            answer = values.mapping(await self.client.get("/contacts", page=page, sort="id"))
            found, last, ended = _fresh(answer, last)
            page += 1
            people = tuple(customer_of(one) for one in found if one.get("id"))
            yield Portion(people, {"phase": "tickets"} if ended else {"phase": "contacts", "page": page})

    async def _tickets(self, page: int) -> AsyncIterator[Portion]:
        """Newer releases sort by when conversations began; older ones, which know no `sort_by`, by their last word,
        so that one that goes on meanwhile comes twice: that does no harm."""
        ended, seen, last = False, 0, NOTHING
        while not ended:
            answer = values.mapping(
                await self.client.get("/conversations", status="all", page=page, sort_by="created_at_asc")
            )
            data = values.mapping(answer.get("data")) or answer
            found, last, ended = _fresh(data, last)
            made = [ticket_of(one, await self._said(one), self.own) for one in found]
            page, seen = page + 1, seen + len(found)
            total = values.mapping(data.get("meta")).get("all_count")
            yield Portion(
                tuple(one for one in made if isinstance(one, Ticket)),
                {"phase": "answers"} if ended else {"phase": "tickets", "page": page},
                tuple(one for one in made if isinstance(one, Problem)),
                min(seen / total, 1.0) if isinstance(total, int) and total else None,
            )

    async def _said(self, conversation: Json) -> list[Json]:
        path, after = f"/conversations/{values.line(conversation.get('id'))}/messages", 0
        out: list[Json] = []
        while True:
            answer = values.mapping(await self.client.get(path, after=after))
            page = [one for one in values.objects(answer.get("payload")) if isinstance(one.get("id"), int)]
            fresh = [one for one in page if one["id"] > after]
            out += fresh
            if len(fresh) < PAGE:
                return out
            after = max(one["id"] for one in fresh)

    async def _answers(self, _page: int) -> AsyncIterator[Portion]:
        found = values.objects(await self.client.find("/canned_responses"))
        made = [Macro(values.line(one.get("id")), values.line(one.get("short_code")), one) for one in found]
        yield Portion(tuple(made), {"phase": "articles"})

    async def _articles(self, _page: int) -> AsyncIterator[Portion]:
        found: list[Article] = []
        portals = await self.client.find("/portals")
        for portal in values.objects(values.mapping(portals).get("payload")):
            path, page, last, ended = f"/portals/{values.line(portal.get('slug'))}/articles", 1, NOTHING, False
            while not ended:
                listed, last, ended = _fresh(values.mapping(await self.client.find(path, page=page)), last)
                found += [Article(values.line(one.get("id")), values.line(one.get("title")), one) for one in listed]
                page += 1
        yield Portion(tuple(found), {"phase": "end"}, share=1.0)


def _fresh(answer: Json, last: tuple[str, ...]) -> tuple[list[Json], tuple[str, ...], bool]:
    """A page's objects, their ids, and whether the list ends: with an empty page, or with the same one once more (a
    release that does not know the page number)."""
    found = values.objects(answer.get("payload"))
    ids = tuple(values.line(one.get("id")) for one in found)
    return ([], ids, True) if not found or ids == last else (found, ids, False)

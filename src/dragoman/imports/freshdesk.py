"""Freshdesk's API v2 as neutral records.

Shapes: https://developers.freshdesk.com/api/ (tickets, conversations, contacts, agents, canned responses, solutions,
pagination, rate limit). Its account export as a file is not described there, so it is not read.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dragoman.imports import values, vocabulary
from dragoman.imports.client import Client, Refused
from dragoman.imports.records import Article, Customer, File, Json, Macro, Message, Person, Portion, Problem, Ticket
from dragoman.imports.zendesk import NO_ID
from dragoman.kit.errors import N_

SOURCE = "freshdesk"
PAGE, LAST_PAGE = 100, 300
FIRST = "1990-01-01T00:00:00Z"
OUTBOUND_MAIL = "10"

BUSY = N_("Freshdesk has more than 30,000 tickets that were changed in the same second; its API gives no more of them.")


def sign_in(token: str) -> dict[str, str]:
    """The header of an API key (user name the key, password anything)."""
    return {"Authorization": "Basic " + base64.b64encode(f"{token}:X".encode()).decode()}


def customer_of(contact: Json) -> Customer:
    """A contact, or the requester that comes with a ticket."""
    emails = [contact.get("email"), *values.lines_of(contact.get("other_emails"))]
    numbers = [values.phone(contact.get("phone")), values.phone(contact.get("mobile"))]
    return Customer(
        id=values.line(contact.get("id")), name=values.line(contact.get("name"), 200),
        emails=tuple(dict.fromkeys(filter(None, map(values.address, emails)))),
        phones=tuple(dict.fromkeys(filter(None, numbers))),
        language=values.line(contact.get("language"), 20), created_at=values.moment(contact.get("created_at")),
        raw=contact,
    )  # fmt: skip


def _files(raw: Json) -> tuple[File, ...]:
    return tuple(
        File(
            name=values.line(one.get("name")), url=values.line(one.get("attachment_url"), 4000),
            type=values.line(one.get("content_type"), 200),
            size=one["size"] if isinstance(one.get("size"), int) else 0,
        )
        for one in values.objects(raw.get("attachments"))
        if one.get("attachment_url")
    )  # fmt: skip


def _opening(raw: Json, requester: Customer, created: datetime) -> Message:
    """A ticket's description: what the customer wrote first; in a mail that agents sent, what they wrote."""
    outbound = values.line(raw.get("source")) == OUTBOUND_MAIL
    email = requester.emails[0] if requester.emails else ""
    return Message(
        id="description", kind="outbound" if outbound else "inbound", at=created,
        author=Person() if outbound else Person(requester.name, email),
        text=values.text(raw.get("description_text")), html=values.text(raw.get("description")),
        to=values.people(raw.get("to_emails")), cc=values.people(raw.get("cc_emails")), files=_files(raw),
        raw={name: raw.get(name) for name in ("description", "description_text", "attachments")},
    )  # fmt: skip


def message_of(raw: Json, agents: dict[str, Person], requester: Customer) -> Message | None:
    """A conversation (a reply, a note or the customer's further words); None for one without a time or an id."""
    at, message_id = values.moment(raw.get("created_at")), values.line(raw.get("id"))
    if at is None or not message_id:
        return None
    incoming = raw.get("incoming") is True
    kind = "note" if raw.get("private") is True else "inbound" if incoming else "outbound"
    wrote = values.named(raw.get("from_email"))
    user_id = values.line(raw.get("user_id"))
    author = agents.get(user_id) or Person(wrote.name or (requester.name if incoming else ""), wrote.email)
    return Message(
        id=message_id, kind=kind, at=at, author=author, text=values.text(raw.get("body_text")),
        html=values.text(raw.get("body")), to=values.people(raw.get("to_emails")),
        cc=values.people(raw.get("cc_emails")), files=_files(raw), raw=raw,
    )  # fmt: skip


def ticket_of(raw: Json, conversations: list[Json], agents: dict[str, Person], own: dict[str, str]) -> Ticket | Problem:
    """A ticket with its conversations. `own` are the words for states that were explained."""
    ticket_id, created = values.line(raw.get("id")), values.moment(raw.get("created_at"))
    where = f"#{ticket_id}"
    if not ticket_id or created is None:
        return Problem(where, NO_ID, raw=raw)
    requester = customer_of({"id": raw.get("requester_id"), **values.mapping(raw.get("requester"))})
    found = [message_of(one, agents, requester) for one in conversations]
    said = sorted((one for one in found if one), key=lambda one: (one.at, len(one.id), one.id))
    status, doubts = vocabulary.status_of(SOURCE, raw.get("status"), own)
    priority, more = vocabulary.priority_of(SOURCE, raw.get("priority"))
    responder = values.line(raw.get("responder_id"))
    channel = values.line(raw.get("source"))
    return Ticket(
        id=ticket_id, number=ticket_id, subject=values.line(raw.get("subject")), customer=requester,
        messages=(_opening(raw, requester, created), *said), created_at=created,
        updated_at=values.moment(raw.get("updated_at")) or created, status=status, priority=priority,
        tags=values.lines_of(raw.get("tags")), channel=vocabulary.FRESHDESK_CHANNELS.get(channel, ""),
        assignee=agents.get(responder, Person(responder, "")) if responder else None, doubts=doubts + more,
        where=where, raw=raw,
    )  # fmt: skip


@dataclass
class Api:
    """Reading an account: contacts, then tickets by the time of their last change, then ready answers and articles."""

    client: Client
    own: dict[str, str] = field(default_factory=dict)
    agents: dict[str, Person] = field(default_factory=dict)

    async def read(self, cursor: dict[str, Any]) -> AsyncGenerator[Portion]:
        """Everything from `cursor` on ({}: from the start)."""
        async for agent in self._listed("/api/v2/agents"):
            contact = values.mapping(agent.get("contact"))
            known = Person(values.line(contact.get("name"), 200), values.address(contact.get("email")))
            self.agents[values.line(agent.get("id"))] = known
        for phase in ("contacts", "tickets", "answers", "articles"):
            if cursor and cursor["phase"] != phase:
                continue
            async for portion in getattr(self, f"_{phase}")(cursor or {"phase": phase}):
                yield portion
            cursor = {}

    async def _listed(self, path: str) -> AsyncIterator[Json]:
        page = 1
        while True:
            found = values.objects(await self.client.find(path, page=page, per_page=PAGE))
            for one in found:
                yield one
            if len(found) < PAGE:
                return
            page += 1

    async def _contacts(self, cursor: dict[str, Any]) -> AsyncIterator[Portion]:
        page, ended = int(cursor.get("page", 1)), False
        while not ended:
            found = values.objects(await self.client.find("/api/v2/contacts", page=page, per_page=PAGE))
            page, ended = page + 1, len(found) < PAGE
            people = tuple(customer_of(one) for one in found if one.get("id"))
            yield Portion(people, {"phase": "tickets"} if ended else {"phase": "contacts", "page": page})

    async def _tickets(self, cursor: dict[str, Any]) -> AsyncIterator[Portion]:
        """By the time of their last change, so that none is missed when tickets change meanwhile: the next page asks
        for what changed from the last one's time on. Two tickets of one time can come twice, which does no harm."""
        since, page, ended = str(cursor.get("since", FIRST)), int(cursor.get("page", 1)), False
        while not ended:
            found = values.objects(
                await self.client.get(
                    "/api/v2/tickets", updated_since=since, order_by="updated_at", order_type="asc", page=page,
                    per_page=PAGE,
                )
            )  # fmt: skip
            made = [await self._ticket(one) for one in found]
            ended = len(found) < PAGE
            since, page = _after(found, since, page)
            yield Portion(
                tuple(one for one in made if isinstance(one, Ticket)),
                {"phase": "answers"} if ended else {"phase": "tickets", "since": since, "page": page},
                tuple(one for one in made if isinstance(one, Problem)),
            )

    async def _ticket(self, listed: Json) -> Ticket | Problem:
        ticket_id = values.line(listed.get("id"))
        shown = await self.client.find(f"/api/v2/tickets/{ticket_id}", include="requester,stats")
        said = [one async for one in self._listed(f"/api/v2/tickets/{ticket_id}/conversations")]
        return ticket_of({**listed, **values.mapping(shown)}, said, self.agents, self.own)

    async def _answers(self, _cursor: dict[str, Any]) -> AsyncIterator[Portion]:
        folders = values.objects(await self.client.find("/api/v2/canned_response_folders"))
        found: list[Macro] = []
        for folder in folders:
            path = f"/api/v2/canned_response_folders/{values.line(folder.get('id'))}/responses"
            answers = values.objects(await self.client.find(path))
            found += [Macro(values.line(one.get("id")), values.line(one.get("title")), one) for one in answers]
        yield Portion(tuple(found), {"phase": "articles"})

    async def _articles(self, _cursor: dict[str, Any]) -> AsyncIterator[Portion]:
        found: list[Article] = []
        for category in values.objects(await self.client.find("/api/v2/solutions/categories")):
            path = f"/api/v2/solutions/categories/{values.line(category.get('id'))}/folders"
            for folder in values.objects(await self.client.find(path)):
                listed = self._listed(f"/api/v2/solutions/folders/{values.line(folder.get('id'))}/articles")
                found += [
                    Article(values.line(one.get("id")), values.line(one.get("title")), one) async for one in listed
                ]
        yield Portion(tuple(found), {"phase": "end"}, share=1.0)


def _after(found: list[Json], since: str, page: int) -> tuple[str, int]:
    """Where the next page begins. A second is kept as overlap, for it is not said whether the time itself counts."""
    newest = values.moment(found[-1].get("updated_at")) if found else None
    later = newest - timedelta(seconds=1) if newest else None
    if later and later > (values.moment(since) or datetime(1990, 1, 1, tzinfo=UTC)):
        return later.strftime("%Y-%m-%dT%H:%M:%SZ"), 1
    if page >= LAST_PAGE:
        raise Refused(BUSY)
    return since, page + 1

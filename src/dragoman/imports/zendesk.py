"""Zendesk: its API and its JSON export, as neutral records.

Shapes: https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/ (tickets, users),
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/,
https://developer.zendesk.com/api-reference/ticketing/business-rules/macros/,
https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/; sign-in with an API token:
https://developer.zendesk.com/api-reference/introduction/security-and-auth/
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from dragoman.imports import values, vocabulary
from dragoman.imports.client import Client
from dragoman.imports.records import Article, Customer, File, Json, Macro, Message, Person, Portion, Problem, Ticket
from dragoman.kit.errors import N_

SOURCE = "zendesk"
AGENTS = ("agent", "admin")
PAGE = 100
KNOWN_USERS = 20_000

NO_MESSAGE = N_("This ticket holds no message. It is kept as it came, and not filed.")
NO_ID = N_("This object has no id, so it can't be known again. It was left out.")


def customer_of(user: Json, fallback: str = "") -> Customer:
    """A user of Zendesk as a customer."""
    return Customer(
        id=values.line(user.get("id")) or fallback, name=values.line(user.get("name"), 200),
        emails=tuple(filter(None, [values.address(user.get("email"))])),
        phones=tuple(filter(None, [values.phone(user.get("phone"))])),
        language=values.line(user.get("locale"), 20), created_at=values.moment(user.get("created_at")), raw=user,
    )  # fmt: skip


def person_of(user: Json) -> Person:
    """A user of Zendesk as somebody who writes."""
    return Person(values.line(user.get("name"), 200), values.address(user.get("email")))


def message_of(comment: Json, users: Mapping[str, Json], requester: str) -> Message | None:
    """A comment as a message; None for one without a time or an id."""
    at, comment_id = values.moment(comment.get("created_at")), values.line(comment.get("id"))
    if at is None or not comment_id:
        return None
    author_id = values.line(comment.get("author_id"))
    author = users.get(author_id, {})
    # A user whose role nobody tells is an agent unless they asked: agents are the only others that Zendesk lets write
    # in most accounts, and a colleague's words shown as the customer's would be worse than the reverse.
    from_customer = author_id == requester or author.get("role") == "end-user"
    kind = "note" if comment.get("public") is False else "inbound" if from_customer else "outbound"
    via = values.mapping(values.mapping(comment.get("via")).get("source"))
    to = [one for one in (values.mapping(via.get("to")).get("address"),) if one]
    return Message(
        id=comment_id, kind=kind, at=at, author=person_of(author),
        text=values.text(comment.get("plain_body") or comment.get("body")),
        html=values.text(comment.get("html_body")), to=values.people(to), files=_files(comment),
        raw=comment,
    )  # fmt: skip


def _files(comment: Json) -> tuple[File, ...]:
    return tuple(
        File(
            name=values.line(one.get("file_name")), url=values.line(one.get("content_url"), 4000),
            type=values.line(one.get("content_type"), 200), size=_size(one.get("size")),
            inline=one.get("inline") is True,
        )
        for one in values.objects(comment.get("attachments"))
        if one.get("content_url") and one.get("deleted") is not True
    )  # fmt: skip


def _size(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def ticket_of(
    raw: Json, comments: Iterable[Json], users: Mapping[str, Json], own: dict[str, str], where: str
) -> Ticket | Problem:
    """A ticket with its comments. `own` are the words for states that were explained."""
    ticket_id, requester = values.line(raw.get("id")), values.line(raw.get("requester_id"))
    if not ticket_id:
        return Problem(where, NO_ID, raw=raw)
    found = (message_of(comment, users, requester) for comment in comments)
    messages = tuple(sorted((one for one in found if one), key=lambda one: (one.at, len(one.id), one.id)))
    if not messages:
        return Problem(where, NO_MESSAGE, raw=raw)
    status, doubts = vocabulary.status_of(SOURCE, raw.get("status"), own)
    priority, more = vocabulary.priority_of(SOURCE, raw.get("priority"))
    created = values.moment(raw.get("created_at")) or messages[0].at
    return Ticket(
        id=ticket_id, number=ticket_id, subject=values.line(raw.get("subject") or raw.get("raw_subject")),
        customer=customer_of(users.get(requester, {}), fallback=requester or f"ticket-{ticket_id}"),
        messages=messages, created_at=created, updated_at=values.moment(raw.get("updated_at")) or messages[-1].at,
        status=status, priority=priority, tags=values.lines_of(raw.get("tags")),
        channel=values.line(values.mapping(raw.get("via")).get("channel"), 40),
        assignee=_assignee(raw, users), doubts=doubts + more, where=where,
        raw={name: value for name, value in raw.items() if name != "comments"},
    )  # fmt: skip


def _assignee(raw: Json, users: Mapping[str, Json]) -> Person | None:
    assignee_id = values.line(raw.get("assignee_id"))
    return person_of(users.get(assignee_id, {"name": assignee_id})) if assignee_id else None


def macro_of(raw: Json) -> Macro:
    """A macro, kept whole."""
    return Macro(values.line(raw.get("id")), values.line(raw.get("title")), raw)


def article_of(raw: Json) -> Article:
    """An article, kept whole."""
    return Article(values.line(raw.get("id")), values.line(raw.get("title")), raw)


@dataclass
class Api:
    """Reading an account: customers, then tickets, then macros and articles."""

    client: Client
    own: dict[str, str] = field(default_factory=dict)
    users: MutableMapping[str, Json] = field(default_factory=dict)

    async def read(self, cursor: dict[str, Any]) -> AsyncGenerator[Portion]:
        """Everything from `cursor` on ({}: from the start)."""
        for phase in ("users", "tickets", "macros", "articles"):
            if cursor and cursor["phase"] != phase:
                continue
            at = cursor.get("at", "") if cursor else ""
            async for portion in getattr(self, f"_{phase}")(at):
                yield portion
            cursor = {}

    async def _users(self, at: str) -> AsyncIterator[Portion]:
        async for ended, users, after in self._stream("users", at):
            people = tuple(customer_of(one) for one in users if one.get("role") == "end-user" and one.get("id"))
            going = {"phase": "users", "at": after} if not ended else {"phase": "tickets"}
            yield Portion(people, going)

    async def _tickets(self, at: str) -> AsyncIterator[Portion]:
        async for ended, tickets, after in self._stream("tickets", at):
            made = [await self._ticket(raw) for raw in tickets if raw.get("status") != "deleted"]
            filed = tuple(one for one in made if isinstance(one, Ticket))
            problems = tuple(one for one in made if isinstance(one, Problem))
            going = {"phase": "macros"} if ended else {"phase": "tickets", "at": after}
            yield Portion(filed, going, problems)

    async def _stream(self, kind: str, at: str) -> AsyncIterator[tuple[bool, list[Json], str]]:
        """An incremental export, page by page: whether it ends, the objects, the cursor after them."""
        ended = False
        while not ended:
            query: dict[str, Any] = {"per_page": PAGE} | ({"cursor": at} if at else {"start_time": 1})
            if kind == "tickets":
                query["include"] = "users"
            page = values.mapping(await self.client.get(f"/api/v2/incremental/{kind}/cursor.json", **query))
            self._note(page.get("users"))
            after = values.text(page.get("after_cursor"), 2000)
            ended = page.get("end_of_stream") is not False or not after or after == at
            yield ended, values.objects(page.get(kind)), after
            at = after

    async def _ticket(self, raw: Json) -> Ticket | Problem:
        ticket_id = values.line(raw.get("id"))
        comments = [one async for one in self._pages(f"/api/v2/tickets/{ticket_id}/comments.json", "comments")]
        wanted = [raw.get("requester_id"), raw.get("assignee_id"), *(one.get("author_id") for one in comments)]
        await self._know({values.line(one) for one in wanted} - {"", "-1"})
        return ticket_of(raw, comments, self.users, self.own, f"#{ticket_id}")

    async def _pages(self, path: str, name: str) -> AsyncIterator[Json]:
        """A list by cursor pagination; what comes beside it (users) is noted."""
        query: dict[str, Any] = {"page[size]": PAGE} | ({"include": "users"} if name == "comments" else {})
        after = ""
        while True:
            page = values.mapping(await self.client.find(path, **query, **({"page[after]": after} if after else {})))
            self._note(page.get("users"))
            for one in values.objects(page.get(name)):
                yield one
            meta = values.mapping(page.get("meta"))
            after = values.text(meta.get("after_cursor"), 2000)
            if meta.get("has_more") is not True or not after:
                return

    async def _know(self, wanted: set[str]) -> None:
        """Look up users that did not come along (at most 100 at a time)."""
        missing = sorted(wanted - self.users.keys())
        for start in range(0, len(missing), PAGE):
            ids = ",".join(missing[start : start + PAGE])
            found = values.mapping(await self.client.find("/api/v2/users/show_many.json", ids=ids))
            self._note(found.get("users"))
        for gone in wanted - self.users.keys():
            self.users[gone] = {"id": gone}  # deleted for good: asked for once

    def _note(self, users: object) -> None:
        if len(self.users) > KNOWN_USERS:
            self.users.clear()
        self.users.update({values.line(one.get("id")): one for one in values.objects(users)})

    async def _macros(self, _at: str) -> AsyncIterator[Portion]:
        found = [macro_of(one) async for one in self._pages("/api/v2/macros.json", "macros") if one.get("id")]
        yield Portion(tuple(found), {"phase": "articles"})

    async def _articles(self, _at: str) -> AsyncIterator[Portion]:
        pages = self._pages("/api/v2/help_center/articles.json", "articles")
        found = [article_of(one) async for one in pages if one.get("id")]
        yield Portion(tuple(found), {"phase": "end"}, share=1.0)

"""Other desks, speaking their own wire: real HTTP servers with the providers' pages, limits and whims."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, dict[str, str], bytes]


def as_json(value: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON answer."""
    return status, {"Content-Type": "application/json", **headers}, json.dumps(value).encode()


@dataclass
class OtherDesk:
    """A server: `answer` gives the answer to a path; `trouble` may give another one first."""

    answer: Callable[[str, dict[str, str]], Reply | None]
    token: str
    port: int = 0
    asked: list[str] = field(default_factory=list)
    trouble: Callable[[str, int], Reply | None] | None = None
    times: Counter[str] = field(default_factory=Counter)
    heads: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value for name, _colon, value in (one.partition(": ") for one in lines if one)}
        target = first.split(" ")[1]
        status, more, body = self._reply(target, headers)
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in more.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    def _reply(self, target: str, headers: dict[str, str]) -> Reply:
        parts = urlsplit(target)
        self.asked.append(target)
        self.heads.append(headers)
        self.times[parts.path] += 1
        if self.trouble and (odd := self.trouble(target, self.times[parts.path])):
            return odd
        if self.token not in (headers.get("authorization", ""), headers.get("api_access_token", "")):
            return as_json({"error": "Couldn't authenticate you"}, 401)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self.answer(parts.path, query) or as_json({"error": "RecordNotFound"}, 404)


@asynccontextmanager
async def serving(desk: OtherDesk) -> AsyncIterator[OtherDesk]:
    """The desk, for as long as the block lasts."""
    server = await asyncio.start_server(desk.serve, "127.0.0.1", 0, limit=2**20)
    desk.port = server.sockets[0].getsockname()[1]
    try:
        yield desk
    finally:
        server.close()
        await asyncio.sleep(0)


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


USERS = [
    {"id": 1, "name": "Anna Schmidt", "email": "Anna@Buyer.example", "phone": "+49 30 1234567", "role": "end-user",
     "created_at": "2023-01-01T00:00:00Z", "locale": "de"},
    {"id": 2, "name": "Bob", "email": None, "role": "end-user", "created_at": "2023-02-01T00:00:00Z"},
    {"id": 8, "name": "Gone Agent", "email": "gone@old.example", "role": "agent"},
    {"id": 9, "name": "Li Wei", "email": "agent2@{domain}", "role": "agent"},
]  # fmt: skip


def zendesk_ticket(ticket_id: int, **more: Any) -> dict[str, Any]:
    return {
        "id": ticket_id, "subject": f"Ticket {ticket_id}", "status": "solved", "priority": "high", "requester_id": 1,
        "assignee_id": 9, "tags": ["vip", "lamp"], "via": {"channel": "email"}, "created_at": "2024-03-01T08:00:00Z",
        "updated_at": "2024-03-02T08:00:00Z",
    } | more  # fmt: skip


def zendesk_comments(ticket_id: int) -> list[dict[str, Any]]:
    base = ticket_id * 10
    return [
        {"id": base + 1, "author_id": 1, "public": True, "plain_body": "Wo ist die Lampe?", "body": "Wo ist die Lampe?",
         "html_body": "<p>Wo ist die <b>Lampe</b>?<script>x()</script></p>", "created_at": "2024-03-01T08:00:00Z",
         "attachments": []},
        {"id": base + 2, "author_id": 9, "public": False, "body": "Lager fragen", "html_body": "<p>Lager fragen</p>",
         "created_at": "2024-03-01T09:00:00Z", "attachments": []},
        {"id": base + 3, "author_id": 9, "public": True, "body": "Sie kommt morgen.",
         "html_body": "<p>Sie kommt morgen.</p>", "created_at": "2024-03-01T10:00:00Z", "attachments": []},
    ]  # fmt: skip


@dataclass
class ZendeskData:
    """An account of Zendesk. Pages hold two things each, so that everything has several."""

    domain: str
    tickets: list[dict[str, Any]] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    help_center: bool = True
    per_page: int = 2

    def user(self, user_id: int) -> dict[str, Any] | None:
        found = next((one for one in USERS if one["id"] == user_id), None)
        return found and found | {"email": (found["email"] or "").format(domain=self.domain) or None}

    def people(self) -> list[dict[str, Any]]:
        return [one for user in USERS if (one := self.user(int(str(user["id"]))))]

    def answer(self, path: str, query: dict[str, str]) -> Reply | None:
        """Answer as the API does."""
        if path in self.files:
            return 200, {"Content-Type": "application/pdf"}, self.files[path]
        if path.startswith("/api/v2/incremental/"):
            kind = path.split("/")[4]
            return self._stream(kind, self.tickets if kind == "tickets" else self.people(), query)
        if path.endswith("/comments.json"):
            ticket_id = int(path.split("/")[4])
            return self._page("comments", self.comments.get(ticket_id) or zendesk_comments(ticket_id), query)
        if path == "/api/v2/users/show_many.json":
            found = [self.user(int(one)) for one in query["ids"].split(",")]
            return as_json({"users": [one for one in found if one]})
        if path == "/api/v2/macros.json":
            return self._page("macros", [{"id": n, "title": f"Macro {n}"} for n in (1, 2, 3)], query)
        if path == "/api/v2/help_center/articles.json" and self.help_center:
            return self._page("articles", [{"id": 7, "title": "Returns", "body": "<p>30 days</p>"}], query)
        return None

    def _stream(self, kind: str, found: list[dict[str, Any]], query: dict[str, str]) -> Reply:
        start = int(query.get("cursor") or 0)
        after = start + self.per_page
        return as_json({kind: found[start:after], "after_cursor": str(after), "end_of_stream": after >= len(found)})

    def _page(self, kind: str, found: list[dict[str, Any]], query: dict[str, str]) -> Reply:
        start = int(query.get("page[after]") or 0)
        after = start + self.per_page
        meta = {"has_more": after < len(found), "after_cursor": str(after)}
        return as_json({kind: found[start:after], "meta": meta})

    def desk(self) -> OtherDesk:
        """A server for it."""
        return OtherDesk(self.answer, basic("boss@old.example/token:t0ken"))

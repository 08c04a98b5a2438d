"""Zendesk's JSON export: JSON Lines of tickets (with their comments), of users and of organisations.

https://support.zendesk.com/hc/en-us/articles/4408886165402 tells how to get it, and that tickets, users and
organisations come as files of their own; it does not print a line of them. The fields are those of the API
(zendesk.py), read with tolerance: people may stand in a ticket as objects (`requester`, `assignee`, `submitter`), or
only in the file of users, in the same archive or read before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dragoman.imports import files, values, zendesk
from dragoman.imports.files import Blob
from dragoman.imports.records import Json, Portion, Problem, Record, Ticket
from dragoman.kit.errors import N_, Invalid

TOGETHER = 50
BAD_LINE = N_("This line can't be read: it is no whole JSON object. It was left out.")
CUT_OFF = N_("{file} ends in the middle of a line: it is cut off. Export it again; nothing was changed.")
OTHER = N_("{file} is no export of Zendesk: no line has a ticket with its comments, or a user.")
WITHOUT = N_("{file} holds tickets without their comments. Choose the JSON export (not a view's or report's).")


def kind_of(line: Json) -> str:
    """What a line speaks of: ticket, bare (a ticket without comments), user, organization, or nothing known."""
    if "requester_id" in line or "requester" in line:
        return "ticket" if isinstance(line.get("comments"), list) else "bare"
    if "role" in line and ("email" in line or "phone" in line):
        return "user"
    return "organization" if "domain_names" in line else ""


def check(blob: Blob) -> int:
    """Look through a whole export before anything is written; returns its lines. Raises Invalid."""
    kinds: dict[str, int] = {}
    total = 0
    for part in files.parts(blob):
        for line in files.json_lines(part):
            if line.value is None and line.last:
                raise Invalid(CUT_OFF, file=part.name)
            if line.value:
                kind = kind_of(line.value)
                kinds[kind] = kinds.get(kind, 0) + 1
                total += 1
    if not kinds.get("ticket") and not kinds.get("user"):
        raise Invalid(WITHOUT if kinds.get("bare") else OTHER, file=blob.name)
    return total


@dataclass
class Export:
    """Reading an export: first who everybody is, then the rest line by line."""

    blob: Blob
    own: dict[str, str] = field(default_factory=dict)
    total: int = 0
    users: dict[str, Json] = field(default_factory=dict)

    def read(self, cursor: dict[str, Any]) -> Iterator[Portion]:
        """Everything after the line `cursor` names ({}: from the start). Raises Invalid."""
        parts = files.parts(self.blob)
        self._learn(parts)
        skip, seen = int(cursor.get("line", 0)), 0
        records: list[Record] = []
        problems: list[Problem] = []
        for part in parts:
            for line in files.json_lines(part):
                seen += 1
                if seen <= skip:
                    continue
                self._take(line, f"{part.name}:{line.number}", records, problems)
                if len(records) >= TOGETHER:
                    yield Portion(tuple(records), {"line": seen}, tuple(problems), self._share(seen))
                    records, problems = [], []
        yield Portion(tuple(records), {"line": seen}, tuple(problems), 1.0)

    def _learn(self, parts: list[Blob]) -> None:
        """People by id; what stands in the tickets themselves is added ticket by ticket."""
        for part in parts:
            for line in files.json_lines(part):
                if line.value and kind_of(line.value) == "user":
                    keep = ("id", "name", "email", "phone", "role", "locale", "created_at")
                    self.users[values.line(line.value.get("id"))] = {one: line.value.get(one) for one in keep}

    def _take(self, line: files.Line, where: str, records: list[Record], problems: list[Problem]) -> None:
        if line.value is None:
            problems.append(Problem(where, BAD_LINE))
            return
        kind = kind_of(line.value)
        if kind == "user" and line.value.get("role") == "end-user":
            records.append(zendesk.customer_of(line.value))
        elif kind in ("ticket", "bare") and line.value.get("status") != "deleted":
            made = self._ticket(line.value, where)
            if isinstance(made, Problem):
                problems.append(made)
            else:
                records.append(made)

    def _ticket(self, raw: Json, where: str) -> Ticket | Problem:
        users = dict(self._within(raw))
        known = {user: self.users[user] for user in self._named(raw) if user in self.users}
        for name in ("requester", "assignee"):
            person = values.mapping(raw.get(name))
            if f"{name}_id" not in raw and person.get("id"):
                raw = {**raw, f"{name}_id": person["id"]}
        return zendesk.ticket_of(raw, values.objects(raw.get("comments")), {**users, **known}, self.own, where)

    @staticmethod
    def _within(raw: Json) -> Iterator[tuple[str, Json]]:
        for name in ("submitter", "assignee", "requester"):
            person = values.mapping(raw.get(name))
            if person.get("id"):
                yield values.line(person["id"]), person

    @staticmethod
    def _named(raw: Json) -> set[str]:
        wanted = [raw.get(name) for name in ("requester_id", "assignee_id", "submitter_id")]
        wanted += [values.mapping(raw.get(name)).get("id") for name in ("requester", "assignee", "submitter")]
        wanted += [one.get("author_id") for one in values.objects(raw.get("comments"))]
        return {values.line(one) for one in wanted}

    def _share(self, seen: int) -> float | None:
        return min(seen / self.total, 1.0) if self.total else None

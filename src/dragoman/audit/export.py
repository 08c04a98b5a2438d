"""The log as a file, a page at a time: CSV for people, JSON lines with everything the chain can be checked by."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Literal
from uuid import UUID

from dragoman.audit import chain, queries
from dragoman.audit.models import AuditEntry
from dragoman.platform.db import Database

Format = Literal["csv", "jsonl"]
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
COLUMNS = (
    "at", "verb", "person_id", "person_name", "via", "address", "subject_kind", "subject_id", "subject_name", "data",
    "n", "hash",
)  # fmt: skip
PAGE = 500


def cell(value: object) -> str:
    """A value for a table program: what it would take for a formula is made harmless by an apostrophe (OWASP)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _csv(entries: tuple[AuditEntry, ...]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for entry in entries:
        values = {name: getattr(entry, name) for name in COLUMNS}
        values |= {
            "at": entry.at.isoformat(),
            "data": json.dumps(entry.data, ensure_ascii=False, sort_keys=True),
            "hash": entry.hash.hex() if entry.hash else "",
        }
        writer.writerow([cell(values[name]) for name in COLUMNS])
    return out.getvalue()


def _jsonl(entries: tuple[AuditEntry, ...]) -> str:
    lines = []
    for entry in entries:
        fields = chain.plain({name: getattr(entry, name) for name in chain.DIGESTED})
        places = {name: value.hex() if value else None for name, value in
                  (("digest", entry.digest), ("prev", entry.prev), ("hash", entry.hash))}  # fmt: skip
        lines.append(json.dumps(fields | {"n": entry.n} | places, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)


async def rows(db: Database, workspace_id: UUID, chosen: queries.Filter, kind: Format) -> AsyncIterator[bytes]:
    """The file's bytes, newest entries first. CSV starts with a byte-order mark, which table programs ask for."""
    if kind == "csv":
        yield ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()
    cursor: str | None = None
    while True:
        async with db.work(workspace_id) as session:
            page = await queries.list_entries(session, chosen, cursor=cursor, size=PAGE)
        yield (_csv(page.rows) if kind == "csv" else _jsonl(page.rows)).encode()
        cursor = page.next
        if cursor is None:
            return

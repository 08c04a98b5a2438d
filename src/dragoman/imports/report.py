"""An import's report to take away: CSV for people, JSON for machines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from dragoman.audit.export import cell
from dragoman.imports import queries
from dragoman.imports.engine import shown_agents
from dragoman.imports.models import Import
from dragoman.platform.db import Database
from dragoman.platform.i18n import gettext as _

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
COLUMNS = ("what", "where", "detail", "count")


def summary(row: Import) -> dict[str, Any]:
    """The report as data: what was read, what became of it, what is unknown."""
    return {
        "source": row.identity, "file": row.file_name, "trial": row.trial, "state": row.state,
        "problem": said(row.problem, row.problem_values), "started_at": row.started_at, "finished_at": row.finished_at,
        "counts": row.counters, "unknown_words": row.report.get("words", {}), "agents": row.report.get("agents", {}),
        "problems": [
            {"where": one["where"], "what": said(one["what"], one["values"])} for one in row.report.get("problems", ())
        ],
    }  # fmt: skip


def said(message: str, values: dict[str, Any]) -> str:
    """A stored sentence in the reader's language."""
    return _(message, **values) if message else ""


def _lines(facts: dict[str, Any], row: Import) -> list[tuple[object, ...]]:
    lines: list[tuple[object, ...]] = [("count", name, "", count) for name, count in sorted(facts["counts"].items())]
    lines += [("unknown word", name, "", count) for name, count in facts["unknown_words"].items()]
    lines += [("agent", key, one["here"] or "-", one["tickets"]) for key, one in shown_agents(row.report)]
    return lines + [("problem", one["where"], one["what"], "") for one in facts["problems"]]


async def as_bytes(db: Database, workspace_id: UUID, row: Import, kind: str) -> AsyncIterator[bytes]:
    """The file's bytes. In JSON what could not be filed stands whole, as it came."""
    facts = summary(row)
    if kind == "csv":
        out = io.StringIO()
        csv.writer(out).writerows([COLUMNS, *([cell(one) for one in line] for line in _lines(facts, row))])
        yield ("\ufeff" + out.getvalue()).encode()
        return
    head = json.dumps(facts, ensure_ascii=False, default=str, indent=1)
    yield head.removesuffix("\n}").encode() + b',\n "not_filed": ['
    after, first = None, True
    while True:
        async with db.work(workspace_id) as session:
            items = await queries.list_refused(session, row.id, after=after)
        for item in items:
            what = said(item.problem, item.problem_values)
            facts = {"kind": item.kind, "id": item.external_id, "problem": what, "data": item.raw}
            yield (b"\n  " if first else b",\n  ") + json.dumps(facts, ensure_ascii=False).encode()
            first = False
        if not items:
            break
        after = items[-1].id
    yield b"\n ]\n}\n"

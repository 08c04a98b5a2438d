"""What a new workspace starts with: its working hours and the trade's own policies (sla/defaults.yaml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dragoman.kit import ids
from dragoman.platform.db import Session
from dragoman.sla import queries
from dragoman.sla.models import BUSINESS, SlaPolicy, WorkCalendar

WARN = {"percent": 25}
ON_WARNING = {"notify": ["owner"]}
ON_BREACH = {"notify": ["owner", "leads"]}


@cache
def shipped() -> dict[str, Any]:
    """The file's content."""
    text = Path(__file__).with_name("defaults.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def policy_fields(one: dict[str, Any]) -> dict[str, Any]:
    """A shipped policy's columns, the usual ones where it says nothing of its own."""
    return {
        "key": one["key"], "name": "", "conditions": one["conditions"], "languages": one.get("languages", ""),
        "targets": one["targets"], "hours": one["hours"], "warn": one.get("warn", WARN),
        "on_warning": one.get("on_warning", ON_WARNING), "on_breach": one.get("on_breach", ON_BREACH),
        "source": one.get("source", ""), "as_of": one.get("as_of"), "confidence": one.get("confidence", ""),
        "active": True,
    }  # fmt: skip


async def install(session: Session) -> None:
    """Give the entered workspace its working hours and policies."""
    workspace = await queries.load_workspace(session)
    data = shipped()
    session.add(
        WorkCalendar(id=ids.new(), key=BUSINESS, zone=workspace.timezone, week=data["business"]["week"], days=[])
    )
    session.add_all(
        SlaPolicy(position=place, calendar_id=None, **policy_fields(one))
        for place, one in enumerate(data["policies"], 1)
    )
    await session.flush()

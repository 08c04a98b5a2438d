"""The list of first steps: what of it is done, and putting it away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dragoman.accounts import queries as accounts
from dragoman.accounts.access import Actor
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.platform.db import Session
from dragoman.sla import autoreply
from dragoman.web.desk.start import queries

SETTING = "start"
STEPS = ("mailbox", "shop", "people", "teams", "clocks", "macro", "view", "auto_replies")
AWAY, CLOCKS_FIT = "away", "clocks_fit"


def put_away(settings: Mapping[str, Any]) -> bool:
    """Whether a workspace has put the list away."""
    return bool(settings.get(SETTING, {}).get(AWAY))


async def done(session: Session, settings: Mapping[str, Any]) -> dict[str, bool]:
    """Each step, in its order, and whether it is done."""
    found = await queries.steps_done(session)
    found["clocks"] = found["clocks"] or bool(settings.get(SETTING, {}).get(CLOCKS_FIT))
    found["auto_replies"] = bool(autoreply.choices(settings).on)
    return {step: found[step] for step in STEPS}


async def offered(session: Session, actor: Actor, settings: Mapping[str, Any]) -> bool:
    """Whether the settings still lead to the list: until all is done or it is put away, for whoever manages."""
    if not actor.may("workspace.manage") or put_away(settings):
        return False
    return not all((await done(session, settings)).values())


async def note(session: Session, actor: Actor, *, fact: str, on: bool) -> None:
    """Put the list away (AWAY) or say that hours and clocks fit as they are (CLOCKS_FIT); or take either back."""
    actor.require("workspace.manage")
    workspace = await accounts.find_workspace(session, session.workspace_id)
    if workspace is None:
        raise LookupError(session.workspace_id)
    stored = dict(workspace.settings.get(SETTING, {}))
    if bool(stored.get(fact)) == on:
        return
    workspace.settings = workspace.settings | {SETTING: stored | {fact: on}}
    subject = Subject("workspace", workspace.id, workspace.name)
    audit.record(session, actor, "workspace.start", subject, changed={fact: {"before": not on, "after": on}})

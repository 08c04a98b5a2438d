"""Adding to the log, sealing what was added, and letting go of what is old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from dragoman.audit import chain, queries
from dragoman.audit.models import AuditEntry
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Invalid
from dragoman.platform import logs, origin
from dragoman.platform.db import Database, Session
from dragoman.platform.doors import Permitted

log = logs.get(__name__)
KEEP_DAYS = 730
"""How long entries are kept, unless the workspace says otherwise. The database never gives up younger than 90 days."""
LEAST_DAYS, MOST_DAYS = 90, 3650
BATCH = 500
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Subject:
    """What a deed was done to: a kind (ticket, person, mailbox …), its id or number, and the name people know."""

    kind: str
    id: UUID | str | int | None = None
    name: str = ""


def record(
    session: Session,
    who: Permitted | None,
    verb: str,
    subject: Subject | None = None,
    /,
    *,
    called: str = "",
    **data: Any,
) -> None:
    """Note a deed in the transaction that does it. `verb` is `area.deed`; `data` holds what changed, never secrets.

    `who` None is the desk itself, or somebody not known (`called` may say by which name they came).
    """
    here = origin.current()
    subject = subject or Subject("")
    fields = {
        "id": ids.new(),
        "workspace_id": session.workspace_id,
        "at": clock.now(),
        "verb": verb,
        "person_id": who.person_id if who else None,
        "person_name": (who.name if who else called)[:LONGEST].replace("\0", ""),
        "via": here.via,
        "address": here.address[:64],
        "subject_kind": subject.kind,
        "subject_id": chain.subject_id(subject.id)[:LONGEST],
        "subject_name": subject.name[:LONGEST].replace("\0", ""),
        "data": chain.plain(data),
    }
    session.add(AuditEntry(**fields, area=verb.partition(".")[0], digest=chain.digest(fields)))


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What differs, as `{field: {before, after}}`."""
    return {
        name: {"before": before.get(name), "after": value} for name, value in after.items() if before.get(name) != value
    }


async def seal(db: Database, workspace_id: UUID) -> int:
    """Give all new entries of a workspace their place in its chain; returns how many there were."""
    total = 0
    while True:
        async with db.work(workspace_id) as session:
            done = await queries.seal(session, BATCH)
        total += done
        if done < BATCH:
            return total


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a chain looks: how many entries were checked, its newest place and hash, and where it breaks, if it does."""

    checked: int
    head: int
    hash: str
    broken: chain.Break | None


async def verify(db: Database, workspace_id: UUID) -> Verdict:
    """Check a workspace's whole chain, a page at a time; new entries are sealed first."""
    await seal(db, workspace_id)
    last: AuditEntry | None = None
    checked = 0
    while True:
        async with db.work(workspace_id) as session:
            page = await queries.list_sealed(session, after=last.n if last and last.n else 0, size=BATCH)
        broken = chain.check(page, after=last)
        checked += len(page)
        last = page[-1] if page else last
        if broken or len(page) < BATCH:
            head = last.hash.hex() if last and last.hash else ""
            return Verdict(checked, last.n or 0 if last else 0, head, broken)


def keep_days(settings: dict[str, Any]) -> int:
    """A workspace's own number of days, or the usual one."""
    return int(settings.get("audit_days", KEEP_DAYS))


async def keep(session: Session, actor: Permitted, days: int) -> None:
    """Change how long the log is kept. Raises Invalid beside `audit_days`, Forbidden."""
    actor.require("workspace.manage")
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise Invalid(fields={"audit_days": N_("A number of days from 90 to 3,650.")})
    workspace = await queries.load_workspace(session)
    before = keep_days(workspace.settings)
    workspace.settings = workspace.settings | {"audit_days": days}
    record(session, actor, "audit.kept", before=before, after=days)


async def tend(db: Database) -> None:
    """The job: seal and prune every workspace's log; the day's heads go to the process's log as an outside anchor."""
    async with db.work(None) as session:
        workspaces = await queries.list_workspaces(session)
    for workspace_id, settings in workspaces:
        sealed = await seal(db, workspace_id)
        async with db.work(workspace_id) as session:
            pruned = await queries.prune(session, clock.now() - timedelta(days=keep_days(settings)))
            head = await queries.head(session)
        if (sealed or pruned) and head is not None:
            log.info("audit head", workspace=str(workspace_id), n=head.n, hash=head.hash.hex(), pruned=pruned)

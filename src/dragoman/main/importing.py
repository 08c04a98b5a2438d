"""`dragoman mail import`: files of mails go the way every mail goes, and can go it again without harm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dragoman.accounts import queries as accounts
from dragoman.channels.email import queries
from dragoman.channels.email.arrival import arrived
from dragoman.channels.email.fingerprint import fingerprint
from dragoman.channels.email.models import Mailbox
from dragoman.channels.email.sources import Source, count, iter_raw
from dragoman.intake import queries as envelopes
from dragoman.intake.mail.door import store
from dragoman.intake.models import FILED
from dragoman.intake.service import Arrival
from dragoman.kit import clock
from dragoman.kit.errors import N_, NotFound
from dragoman.main.wiring import Desk
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _

TOGETHER, TOGETHER_BYTES = 50, 16 * 1024 * 1024


@dataclass(slots=True)
class Summary:
    """What became of the mails of an import."""

    read: int = 0
    filed: int = 0
    known: int = 0
    set_aside: int = 0
    unreadable: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


async def run(desk: Desk, paths: list[Path], *, mailbox: str | None, console: Console) -> Summary:
    """Store and file all mails of the given files, oldest file entry first, with a progress bar."""
    async with desk.db.work(None) as session:
        workspaces = await accounts.list_workspaces(session)
    if not workspaces:
        raise NotFound(N_("There is no workspace yet. Open the desk in a browser and set it up first."))
    workspace_id = workspaces[0].id
    async with desk.db.work(workspace_id) as session:
        box = await _mailbox(session, mailbox)
    summary = Summary()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(_("Reading mails"), total=count(paths))
        for portion in _portions(iter_raw(paths)):
            await _portion(desk, workspace_id, box, portion, summary)
            progress.advance(task, len(portion))
    return summary


async def _mailbox(session: Session, address: str | None) -> Mailbox | None:
    boxes = await queries.list_mailboxes(session)
    if address is None:
        return boxes[0] if len(boxes) == 1 else None
    for box in boxes:
        if box.address == address.lower():
            return box
    raise NotFound(N_("There is no mailbox {address}. Add it in the settings first."), address=address)


def _portions(sources: Iterable[Source]) -> Iterable[list[Source]]:
    portion: list[Source] = []
    size = 0
    for source in sources:
        portion.append(source)
        size += len(source.raw or b"")
        if len(portion) >= TOGETHER or size > TOGETHER_BYTES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


async def _portion(desk: Desk, workspace_id: UUID, box: Mailbox | None, portion: list[Source], to: Summary) -> None:
    arrivals = {}
    for source in portion:
        if source.raw is None:
            to.unreadable += 1
            to.problems.append((source.label, source.error or ""))
            continue
        to.read += 1
        key = fingerprint(source.raw)
        moment = arrived(source.raw, clock.now())
        arrivals[key] = Arrival("email", key, source.raw, box.id if box else None, {"file": source.label}, moment)
    async with desk.db.work(workspace_id) as session:
        fresh = await store(session, list(arrivals.values()))
    to.known += sum(source.raw is not None for source in portion) - len(fresh)
    while await desk.inbound.batch(workspace_id):
        pass
    async with desk.db.work(workspace_id) as session:
        for key, envelope_id in fresh.items():
            envelope = await envelopes.load(session, envelope_id)
            if envelope is not None and envelope.state == FILED:
                to.filed += 1
            elif envelope is not None:
                to.set_aside += 1
                to.problems.append((str(arrivals[key].meta["file"]), envelope.problem))

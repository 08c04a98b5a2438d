"""Doing an import: portion by portion, each filed whole in one transaction together with where to go on after it.

Killed at any point it goes on from the last portion that was filed; what was filed is known by its id there, so that
nothing comes twice. Only one transaction of a workspace brings something in at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import procrastinate
from sqlalchemy.exc import InterfaceError, OperationalError

from dragoman.accounts import queries as accounts
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.imports import filing, queries, sources
from dragoman.imports.client import Client, Refused
from dragoman.imports.files import Blob
from dragoman.imports.filing import Batch
from dragoman.imports.models import DONE, FAILED, QUEUED, RUNNING, Import
from dragoman.imports.records import Portion, Problem, Record, Ticket
from dragoman.imports.tally import Tally
from dragoman.imports.turning import Colleague, change_of, keys_of
from dragoman.kit import clock
from dragoman.kit.errors import N_, DeskError
from dragoman.platform import files, jobs, logs
from dragoman.platform.db import Database, Session
from dragoman.platform.secrets import Keys
from dragoman.tickets.filing import IncomingFile

log = logs.get(__name__)
RUN = "imports.run"
RETRY = procrastinate.RetryStrategy(max_attempts=50, wait=10)
RUNNING_QUIET, QUEUED_QUIET = timedelta(minutes=3), timedelta(minutes=30)
TOGETHER_BYTES = 32 * 1024 * 1024
TOUCH_EVERY = 10.0
SECRETS_KEPT = timedelta(days=14)
"""How long the token of an import that was never done is kept."""

AWAY = (OperationalError, InterfaceError)
"""The database is away or cut off."""

FAULT = N_("This could not be filed: {detail}. It is kept as it came, and tried again by the next import.")


ODD = N_("What the other desk has sent is in a form that the desk can't read ({detail}). What is here stays.")


class Overtaken(Exception):
    """Somebody has stopped this import, or another process goes on with it: nothing of the portion is kept."""


@dataclass
class Run:
    """One import being done by this process. `secret` and `blob` are what the source needs to be read."""

    workspace_id: UUID
    import_id: UUID
    source: str
    identity: str
    settings: dict[str, Any]
    trial: bool
    cursor: dict[str, Any]
    tally: Tally
    secret: str = ""
    blob: Blob | None = None
    people: dict[str, Colleague] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    told: Callable[[float | None, dict[str, int]], None] | None = None
    """Hears of every portion: the command's progress bar."""

    def batch(self, found: Sequence[Record]) -> Batch:
        """Records to be filed together."""
        return Batch(self.import_id, self.source, self.identity, self.people, found, seen=self.seen)


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports of one installation; `main/wiring.py` makes it. `largest` is the size of the largest file, in bytes."""

    db: Database
    keys: Keys
    jobs: procrastinate.App
    allow_private: bool
    largest: int

    async def run(self, workspace: str, import_id: str) -> None:
        """The job: begin an import, or go on with it. Does nothing with one that is at its end."""
        run = await self.begin(UUID(workspace), UUID(import_id))
        if run is not None:
            await self.work(run)

    async def begin(self, workspace_id: UUID, import_id: UUID) -> Run | None:
        """Take an import up; None when there is nothing to be done."""
        async with self.db.work(workspace_id) as session:
            row = await queries.load(session, import_id, lock=True)
            if row is None or row.state not in (QUEUED, RUNNING):
                return None
            if row.trial:  # a trial writes nothing, so it can't go on where it was
                row.cursor, row.counters, row.report = {}, {}, {}
            row.state, row.touched_at, row.problem = RUNNING, clock.now(), ""
            row.started_at = row.started_at or row.touched_at
            content = await files.read(session, row.file_id) if row.file_id else None
            people = await accounts.list_people(session)
            await session.notify("import", id=str(row.id))
        secret = self.keys.open(row.secret, context=f"import:{row.id}") if row.secret else ""
        blob = Blob.of(row.file_name, content) if content is not None else None
        return Run(
            workspace_id, import_id, row.source, row.identity, row.settings, row.trial, row.cursor,
            Tally.of(row.counters, row.report), secret, blob,
            {one.email.lower(): Colleague(one.id, one.name, one.active) for one in people},
        )  # fmt: skip

    async def work(self, run: Run) -> None:
        """Do an import to its end, or to what ends it; that is noted, so that it can go on.

        A database or network that is away is the job's to wait out: it is raised.
        """
        client = sources.client_of(
            run.source, run.settings, run.secret, allow_private=self.allow_private, pause=self._pausing(run)
        )
        try:
            async with aclosing(sources.reader(run.source, run.settings, client, run.blob, run.cursor)) as portions:
                async for portion in portions:
                    await self._portion(run, client, portion)
        except Overtaken:
            return
        except (OSError, *AWAY):
            raise
        except DeskError as error:
            await self._end(run, FAILED, error)
        except Exception as error:
            log.error("import failed", error=type(error).__name__, exc_info=True)
            await self._end(run, FAILED, Refused(ODD, detail=type(error).__name__))
        else:
            await self._end(run, DONE)

    async def _portion(self, run: Run, client: Client, portion: Portion) -> None:
        """Weigh or file a portion. Raises Overtaken."""
        if run.trial:
            async with self.db.work(run.workspace_id) as session:
                row = await self._own(session, run)
                tally = await filing.weigh(session, run.batch(portion.records))
                noted = await self._note(session, run, row, portion, tally)
            self._tell(run, noted, portion)
            return
        async for part, last in self._parts(run, client, portion.records):
            try:
                await self._file(run, part, portion if last else None)
            except (OSError, Overtaken, *AWAY):
                raise
            except Exception as error:
                log.warning("portion not filed whole, going one by one", error=type(error).__name__, exc_info=True)
                await self._one_by_one(run, part, portion if last else None)

    async def _parts(self, run: Run, client: Client, found: Sequence[Record]) -> Any:
        """A portion with the files of its messages, in parts that fit into memory; with each whether it is the last."""
        async with self.db.work(run.workspace_id) as session:
            known = await queries.find_items(session, run.identity, keys_of(found))
        part, held = run.batch([]), 0
        fetched: dict[tuple[str, str], list[IncomingFile]] = {}
        waiting: list[Record] = []
        for one in found:
            change = change_of(one, known) if isinstance(one, Ticket) and run.settings.get("files", True) else None
            wanted = [*change.fresh, *(message for message, _id in change.lacking)] if change else []
            for message in wanted:
                got = [await self._file_of(client, file) for file in message.files]
                fetched[one.id, message.id] = [file for file in got if file is not None]
                held += sum(len(file.content) for file in got if file is not None)
            waiting.append(one)
            if held > TOGETHER_BYTES:
                yield replace(part, found=waiting, fetched=fetched), False
                waiting, fetched, held = [], {}, 0
        yield replace(part, found=waiting, fetched=fetched), True

    async def _file_of(self, client: Client, file: Any) -> IncomingFile | None:
        with suppress(Refused):
            content = await client.fetch(file, limit=self.largest)
            if content is not None:
                return IncomingFile(file.name or "attachment", file.type, content)
        return None

    async def _file(self, run: Run, part: Batch, ending: Portion | None) -> None:
        async with self.db.work(run.workspace_id) as session:
            await queries.one_at_a_time(session)
            row = await self._own(session, run)
            tally = await filing.file(session, part)
            await filing.keep_unread(session, part, ending.problems if ending else ())
            noted = await self._note(session, run, row, ending, tally)
        self._tell(run, noted, ending)

    async def _one_by_one(self, run: Run, part: Batch, ending: Portion | None) -> None:
        """File what can be filed; what can't is noted with the reason, and the others do not wait for it."""
        for one in part.found:
            alone = replace(part, found=[one])
            try:
                await self._file(run, alone, None)
            except (OSError, Overtaken, *AWAY):
                raise
            except Exception as error:
                log.error("object not filed", id=one.id, error=type(error).__name__, exc_info=True)
                await self._refuse(run, alone, one, type(error).__name__)
        if ending is not None:
            await self._file(run, replace(part, found=[]), ending)

    async def _refuse(self, run: Run, alone: Batch, one: Record, detail: str) -> None:
        tally = Tally()
        where = one.where if isinstance(one, Ticket) else f"#{one.id}"
        tally.problem(Problem(where, FAULT, {"detail": detail}))
        async with self.db.work(run.workspace_id) as session:
            row = await self._own(session, run)
            await queries.put_items(session, [filing.refusal(alone, one, FAULT, {"detail": detail})])
            noted = await self._note(session, run, row, None, tally)
        self._tell(run, noted, None)

    async def _own(self, session: Session, run: Run) -> Import:
        """The import, while this process is the one that does it. Raises Overtaken."""
        row = await queries.load(session, run.import_id, lock=True)
        if row is None or row.state != RUNNING or (not run.trial and row.cursor != run.cursor):
            raise Overtaken
        return row

    async def _note(self, session: Session, run: Run, row: Import, ending: Portion | None, tally: Tally) -> Tally:
        """Note what was done and where to go on, in the transaction that did it."""
        for problem in ending.problems if ending else ():
            tally.problem(problem)
        noted = run.tally.add(tally)
        row.counters, row.report, row.touched_at = noted.counters(), noted.report(), clock.now()
        row.waits_until = None
        if ending is not None:
            row.cursor, row.share = dict(ending.cursor), ending.share
        await session.notify("import", id=str(row.id))
        return noted

    def _tell(self, run: Run, noted: Tally, ending: Portion | None) -> None:
        """What is committed is what counts from here on."""
        run.tally = noted
        if ending is not None:
            run.cursor = dict(ending.cursor)
        if run.told is not None:
            run.told(ending.share if ending else None, noted.counters())

    def _pausing(self, run: Run) -> Callable[[float], Any]:
        """A pause that says until when it lasts, and gives signs of life; a stopped import ends it (Overtaken)."""

        async def pause(seconds: float) -> None:
            until = clock.now() + timedelta(seconds=seconds)
            while (left := (until - clock.now()).total_seconds()) > 0:
                if seconds > 2:
                    async with self.db.work(run.workspace_id) as session:
                        if not await queries.touch(session, run.import_id, touched_at=clock.now(), waits_until=until):
                            raise Overtaken
                        await session.notify("import", id=str(run.import_id))
                await asyncio.sleep(min(left, TOUCH_EVERY))

        return pause

    async def _end(self, run: Run, state: str, error: DeskError | None = None) -> None:
        async with self.db.work(run.workspace_id) as session:
            row = await queries.load(session, run.import_id, lock=True)
            if row is None or row.state != RUNNING:
                return
            row.state, row.finished_at, row.waits_until = state, clock.now(), None
            row.problem = error.message if error else ""
            row.problem_values = {name: str(value) for name, value in error.values.items()} if error else {}
            if state == DONE:
                row.share = 1.0
                row.secret = row.secret if row.trial else ""
            if not row.trial:
                person = await accounts.find_person(session, row.created_by) if row.created_by else None
                audit.record(
                    session, None, "import.finished" if state == DONE else "import.failed",
                    Subject("import", row.id, row.identity), called=person.name if person else "",
                    **{name: count for name, count in row.counters.items() if name.endswith((".new", ".changed"))},
                )  # fmt: skip
            await session.notify("import", id=str(row.id))
            await session.notify("tickets")

    async def sweep(self) -> None:
        """The job: take up imports whose process is gone without its job being known as lost."""
        now = clock.now()
        async with self.db.work(None) as session:
            found = await queries.workspaces(session)
        for workspace_id in found:
            async with self.db.work(workspace_id) as session:
                await queries.forget_secrets(session, before=now - SECRETS_KEPT)
                for row in await queries.list_stale(
                    session, running_before=now - RUNNING_QUIET, queued_before=now - QUEUED_QUIET
                ):
                    row.touched_at = now
                    await queue(session, self.jobs, row.id)


async def queue(session: Session, job_app: procrastinate.App, import_id: UUID) -> None:
    """Let a worker do an import, once this transaction has committed; one of a workspace at a time."""
    await jobs.defer(session, job_app, RUN, lock=f"imports {session.workspace_id}", import_id=str(import_id))


def shown_agents(report: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The other desk's agents with the most tickets first, those unknown here before the others."""
    agents: dict[str, dict[str, Any]] = report.get("agents", {})
    yield from sorted(agents.items(), key=lambda pair: (bool(pair[1]["here"]), -pair[1]["tickets"], pair[0]))

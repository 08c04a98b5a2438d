"""The only place that builds things: one `Desk` a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import procrastinate

from dragoman.accounts import sessions
from dragoman.accounts.notices import service as notices
from dragoman.accounts.presence import service as presence
from dragoman.api import idempotency
from dragoman.audit import service as audit
from dragoman.delivery.service import SEND
from dragoman.flow import autoreplies, reading, waking
from dragoman.flow import clocks as flow_clocks
from dragoman.flow import letters as flow_letters
from dragoman.flow import tasks as flow_tasks
from dragoman.flow.aftermath import Aftermath
from dragoman.flow.ahead import Ahead
from dragoman.flow.inbound import Inbound
from dragoman.flow.letters import Letters
from dragoman.flow.outbound import Outbound
from dragoman.flow.planned import PLANNED, Planned
from dragoman.flow.reading import Readings
from dragoman.flow.teaching import TEACH, Teacher
from dragoman.imports import engine as imports
from dragoman.imports.engine import Importer
from dragoman.intake.mail.door import Door
from dragoman.intake.mail.fetch import Fetcher
from dragoman.main import migrate, observing
from dragoman.platform import embedded_pg, jobs, limits, logs, secrets
from dragoman.platform.alarms import Alarms
from dragoman.platform.budget import Budget
from dragoman.platform.db import Database
from dragoman.platform.drains import GRACE, Drain
from dragoman.platform.live import Hub, Notice
from dragoman.platform.secrets import Keys
from dragoman.platform.settings import Settings
from dragoman.routing import assignment, owners
from dragoman.routing.rules import running as rules
from dragoman.sla.clocks import ALARM as CLOCK
from dragoman.sla.clocks import RENEW as RENEW_CLOCKS
from dragoman.sla.clocks import renew as renew_clocks
from dragoman.tickets.promises import ringing as promises
from dragoman.tickets.promises.service import ALARM as PROMISE
from dragoman.tickets.service import SNOOZE
from dragoman.tickets.tasks import ringing as tasks
from dragoman.tickets.tasks.service import ALARM as TASK
from dragoman.translation import service as translation
from dragoman.translation.service import Translator
from dragoman.understanding.reader import OFF, Reader
from dragoman.webhooks.sender import Sender
from dragoman.webhooks.service import WORK as WEBHOOKS

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a process works with."""

    settings: Settings
    db: Database
    url: str
    keys: Keys
    jobs: procrastinate.App
    hub: Hub
    inbound: Inbound
    intake: Drain
    outbound: Outbound
    letters: Letters
    fetcher: Fetcher
    webhooks: Drain
    alarms: Alarms
    imports: Importer
    budget: Budget
    translator: Translator


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the database is: as the application's role, and as the owner of its tables."""

    app: str
    owner: str


@contextmanager
def database(settings: Settings) -> Iterator[Addresses]:
    """The database of these settings, started where it is ours, for as long as the block lasts."""
    if settings.database_url:
        yield Addresses(settings.database_url, settings.database_owner_url or settings.database_url)
        return
    cluster = embedded_pg.cluster(settings.data, account=settings.pg_account)
    with embedded_pg.used(cluster):
        yield Addresses(cluster.url(embedded_pg.APP), cluster.url(embedded_pg.OWNER))


def build(settings: Settings, url: str, *, process: str = "", reads: bool = True) -> Desk:
    """Put a desk together on a database that is migrated; `process` is what others see of this one, `reads` whether
    it reads messages itself (pages alone leave that to a worker)."""
    reader = Reader(settings.reading) if settings.reading != OFF else None
    readings = Readings(reader, reads)
    db = Database(url, pool_size=settings.pool_size, settle=Aftermath(readings).settle)
    keys = secrets.load(settings.data, settings.secret_key)
    job_app = jobs.app(url)
    inbound = Inbound(db, keys, Ahead(db, reader if reads else None))
    intake = Drain("intake", pending=inbound.pending, batch=inbound.batch)
    outbound = Outbound(
        db, keys, job_app, undo=timedelta(seconds=settings.undo_seconds), allow_private=settings.allow_private_hosts
    )
    fetcher = Fetcher(db, keys, every=settings.poll_seconds, allow_private=settings.allow_private_hosts)
    sender = Sender(db, keys, allow_private=settings.allow_private_hosts)
    webhooks = Drain(WEBHOOKS, pending=sender.pending, batch=sender.batch)
    letters = Letters(db, keys, job_app, settings.allow_private_hosts, (settings.public_url or "").rstrip("/"))
    jobs.add(job_app, SEND, outbound.send)
    jobs.add(job_app, flow_letters.SEND, letters.send, retry=flow_letters.RETRY)
    jobs.add(job_app, "delivery.sweep", outbound.sweep, cron="* * * * *")

    task_mail = flow_tasks.TaskMail(db, keys, settings.allow_private_hosts, letters.public_url)
    jobs.add(job_app, flow_tasks.MAIL, task_mail.send, retry=flow_tasks.RETRY)
    _tend(job_app, db)
    teacher = Teacher(db, reader)
    jobs.add(job_app, TEACH, teacher.run)
    jobs.add(job_app, "reading.nightly", teacher.nightly, cron="41 2 * * *")
    jobs.add(job_app, "webhooks.prune", sender.prune, cron="23 4 * * *")

    alarms = _alarms(db, letters, outbound, readings)

    def hear(notice: Notice) -> None:
        intake.hear(notice)
        webhooks.hear(notice)
        fetcher.hear(notice)

    return Desk(
        settings=settings, db=db, url=url, keys=keys, jobs=job_app, hub=Hub(url, on_work=hear, process=process),
        inbound=inbound, intake=intake, outbound=outbound, fetcher=fetcher, letters=letters, webhooks=webhooks,
        alarms=alarms,
        imports=_importer(db, keys, job_app, settings), budget=Budget(db, "pages", settings.pages_per_minute),
        translator=_translator(db, keys, job_app, settings),
    )  # fmt: skip


def _alarms(db: Database, letters: Letters, outbound: Outbound, readings: Readings) -> Alarms:
    """Who is woken for what."""
    alarms = Alarms(db)
    alarms.on(reading.ALARM, readings.ring)
    alarms.on(notices.ALARM, letters.notices)
    alarms.on(PLANNED, Planned(outbound).ring)
    alarms.on(autoreplies.ALARM, autoreplies.Autoreplies(outbound.keys, outbound.jobs).ring)
    _wake(alarms)
    return alarms


def _wake(alarms: Alarms) -> None:
    """Who is woken for what, where it needs nothing but the transaction."""
    alarms.on(SNOOZE, waking.wake)
    alarms.on(PROMISE, promises.ring)
    alarms.on(TASK, tasks.ring)
    alarms.on(CLOCK, flow_clocks.ring)
    alarms.on(RENEW_CLOCKS, renew_clocks)
    alarms.on(rules.ALARM, rules.ring)
    alarms.on(owners.ALARM, owners.ring)
    alarms.on(presence.ABSENCE, owners.absences)
    alarms.on(presence.BACK, assignment.back)


def _importer(db: Database, keys: Keys, job_app: procrastinate.App, settings: Settings) -> Importer:
    made = Importer(db, keys, job_app, settings.allow_private_hosts, settings.upload_max_size)
    jobs.add(job_app, imports.RUN, made.run, retry=imports.RETRY)
    jobs.add(job_app, "imports.sweep", made.sweep, cron="* * * * *")
    return made


def _translator(db: Database, keys: Keys, job_app: procrastinate.App, settings: Settings) -> Translator:
    made = Translator(db, keys, job_app, settings.allow_private_hosts)
    translation.add_jobs(job_app, made)
    return made


def _tend(job_app: procrastinate.App, db: Database) -> None:
    """What is tidied up by the clock."""
    jobs.add(job_app, "rules.prune", partial(rules.prune, db), cron="11 4 * * *")
    jobs.add(job_app, "limits.prune", partial(limits.prune, db), cron="17 * * * *")
    jobs.add(job_app, "api.prune", partial(idempotency.prune, db), cron="37 * * * *")
    jobs.add(job_app, "sessions.tend", partial(sessions.tend, db), cron="23 * * * *")
    jobs.add(job_app, "notices.prune", partial(notices.prune, db), cron="53 3 * * *")
    jobs.add(job_app, "audit.tend", partial(audit.tend, db), cron="* * * * *")
    jobs.add(job_app, "clocks.sweep", partial(flow_clocks.sweep, db), cron="*/5 * * * *")
    jobs.add(job_app, "jobs.prune", partial(jobs.prune, job_app), cron="43 3 * * *")


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Keep some endless works going beside the block; they end with it."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def door_life(desk: Desk) -> AsyncIterator[None]:
    """The mail door, where it is switched on: mail is stored, and acknowledged."""
    door = Door(desk.db, domain=desk.settings.smtp_domain, max_size=desk.settings.smtp_max_size)
    try:
        for port, lmtp in ((desk.settings.smtp_port, False), (desk.settings.lmtp_port, True)):
            if port:
                await door.open(desk.settings.smtp_host, port, lmtp=lmtp)
        yield
    finally:
        await door.close()


@asynccontextmanager
async def worker_life(desk: Desk) -> AsyncIterator[None]:
    """What a worker runs: the drains, the fetching of mail, the jobs."""
    works = (desk.intake.run(), desk.fetcher.run(), desk.webhooks.run(), desk.alarms.run(), _work_jobs(desk))
    async with running(*works, _revive(desk)):
        yield


async def _work_jobs(desk: Desk) -> None:
    """Run jobs for ever: a lost database ends a worker's run, so it is started anew."""
    while True:
        try:
            await desk.jobs.run_worker_async(
                concurrency=4, fetch_job_polling_interval=1.0, delete_jobs="successful", install_signal_handlers=False,
                listen_notify=True, update_heartbeat_interval=3.0, stalled_worker_timeout=12.0,
                shutdown_graceful_timeout=GRACE, worker_middleware=[observing.job],
            )  # fmt: skip
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever ended it, mail must go on leaving
            log.warning("job worker restarts", error=type(error).__name__)
        await asyncio.sleep(1)


async def _revive(desk: Desk) -> None:
    """Queue anew the jobs of processes that are gone."""
    while True:
        await asyncio.sleep(5)
        try:
            for job in await desk.jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=12):
                await desk.jobs.job_manager.retry_job(job)
        except Exception as error:  # tried again in a moment
            log.warning("stalled jobs not read", error=type(error).__name__)


async def close(desk: Desk) -> None:
    """Give back what the desk holds."""
    await desk.db.close()


def ready(addresses: Addresses) -> None:
    """Migrate the database to this release."""
    migrate.upgrade(addresses.owner, addresses.app)

"""Jobs: procrastinate on the desk's own database, deferred inside the transaction that causes them.

Every job may run twice; its arguments are ids, never objects. One that is cut off because its process ends is handed
back and run by another. Queues of many small things (inbound mail) are no
jobs: their rows are the queue, and `platform/drains.py` empties them in batches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import procrastinate
import psycopg
from procrastinate.jobs import Job

from dragoman.kit import clock
from dragoman.platform.db import LINE, Session

KEEP_HOURS = 14 * 24
"""How long failed jobs are kept to be looked at."""


def connector(url: str) -> procrastinate.PsycopgConnector:
    """A connector with a small pool of its own; workers hold one more connection to listen."""
    return procrastinate.PsycopgConnector(
        conninfo=url, min_size=1, max_size=4, kwargs={"application_name": "dragoman-jobs", **LINE}
    )


def app(url: str) -> procrastinate.App:
    """The process's job application; rooms add their tasks with `add`."""
    return procrastinate.App(connector=connector(url))


class HandBack(procrastinate.BaseRetryStrategy):
    """Hand a job back whose process ends before it; leave what fails to the task's own strategy."""

    def __init__(self, otherwise: procrastinate.BaseRetryStrategy | None) -> None:
        self.otherwise = otherwise

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        """When to run the job again; None: not at all."""
        if isinstance(exception, asyncio.CancelledError):
            return procrastinate.RetryDecision(retry_at=clock.now())
        if self.otherwise is None:
            return None
        return self.otherwise.get_retry_decision(exception=exception, job=job)


def add(
    jobs: procrastinate.App,
    name: str,
    function: Callable[..., Awaitable[Any]],
    *,
    retry: procrastinate.BaseRetryStrategy | None = None,
    cron: str | None = None,
) -> None:
    """Register a task under a stable name; with `cron` it also runs by the clock (UTC)."""
    if cron is None:
        jobs.task(name=name, retry=HandBack(retry))(function)
        return

    async def by_clock(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the minute it stands for
        await function()

    jobs.periodic(cron=cron)(jobs.task(name=name, queueing_lock=name, pass_context=False)(by_clock))


async def prune(jobs: procrastinate.App) -> None:
    """The job: forget those that failed or were given up two weeks ago."""
    await jobs.job_manager.delete_old_jobs(
        nb_hours=KEEP_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


async def defer(
    session: Session,
    jobs: procrastinate.App,
    name: str,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    **arguments: Any,
) -> int:
    """Queue a job in this transaction: it exists only if the transaction commits. Returns its number.

    Of jobs with the same `lock` one runs at a time, in their order.
    """
    connection: psycopg.AsyncConnection[Any] = await session.driver()
    deferrer = jobs.configure_task(name, schedule_at=at, lock=lock, connection=connection)
    return int(await deferrer.defer_async(workspace=str(session.workspace_id), **arguments))

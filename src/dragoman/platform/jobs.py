"""Jobs: procrastinate on the desk's own database, deferred inside the transaction that causes them.

Every job may run twice; its arguments are ids, never objects. Queues of many small things (inbound mail) are no
jobs: their rows are the queue, and `platform/drains.py` empties them in batches.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import procrastinate
import psycopg

from dragoman.platform.db import LINE, Session


def connector(url: str) -> procrastinate.PsycopgConnector:
    """A connector with a small pool of its own; workers hold one more connection to listen."""
    return procrastinate.PsycopgConnector(
        conninfo=url, min_size=1, max_size=4, kwargs={"application_name": "dragoman-jobs", **LINE}
    )


def app(url: str) -> procrastinate.App:
    """The process's job application; rooms add their tasks with `add`."""
    return procrastinate.App(connector=connector(url))


def add(
    jobs: procrastinate.App,
    name: str,
    function: Callable[..., Awaitable[Any]],
    *,
    retry: procrastinate.BaseRetryStrategy | bool = False,
    cron: str | None = None,
) -> None:
    """Register a task under a stable name; with `cron` it also runs by the clock (UTC)."""
    if cron is None:
        jobs.task(name=name, retry=retry)(function)
        return

    async def by_clock(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the minute it stands for
        await function()

    jobs.periodic(cron=cron)(jobs.task(name=name, queueing_lock=name, pass_context=False)(by_clock))


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

"""Rate limits that hold over all processes: fixed windows counted in the database."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from dragoman.kit import clock
from dragoman.kit.errors import TooMany
from dragoman.platform.db import Database


async def hit(db: Database, key: str, *, limit: int, window: timedelta) -> None:
    """Count one use of `key`; raises TooMany above `limit` uses in a window.

    Counted in a transaction of its own, so that a refused request still counts.
    """
    now = clock.now()
    seconds = int(window.total_seconds())
    start = int(now.timestamp()) // seconds * seconds
    async with db.work(None) as session:
        count = await session.scalar(
            text(
                "INSERT INTO rate_limits (key, window_start, count) VALUES (:key, to_timestamp(:start), 1) "
                "ON CONFLICT (key, window_start) DO UPDATE SET count = rate_limits.count + 1 RETURNING count"
            ),
            {"key": key, "start": start},
        )
    if count is not None and count > limit:
        raise TooMany(start + seconds - int(now.timestamp()))


async def take(db: Database, key: str, *, uses: int, window: timedelta) -> int:
    """Count several uses of `key` at once; returns how many its present window holds with them."""
    seconds = int(window.total_seconds())
    start = int(clock.now().timestamp()) // seconds * seconds
    async with db.work(None) as session:
        count = await session.scalar(
            text(
                "INSERT INTO rate_limits (key, window_start, count) VALUES (:key, to_timestamp(:start), :uses) "
                "ON CONFLICT (key, window_start) DO UPDATE SET count = rate_limits.count + :uses RETURNING count"
            ),
            {"key": key, "start": start, "uses": uses},
        )
    return int(count or 0)


async def forget(db: Database, key: str) -> None:
    """Forgive a key (after a successful sign-in)."""
    async with db.work(None) as session:
        await session.execute(text("DELETE FROM rate_limits WHERE key = :key"), {"key": key})


async def prune(db: Database) -> None:
    """Drop windows that are over."""
    async with db.work(None) as session:
        await session.execute(
            text("DELETE FROM rate_limits WHERE window_start < :old"),
            {"old": clock.now() - timedelta(days=1)},
        )

"""All SQL about what workspaces say of markets."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text, update

from dragoman.kit import clock
from dragoman.markets.models import MarketRule
from dragoman.platform.db import Session


async def list_words(session: Session, market: str = "") -> Sequence[MarketRule]:
    """The workspace's words that hold now, on one market or (empty) on all."""
    statement = select(MarketRule).where(MarketRule.replaced_at.is_(None)).order_by(MarketRule.market, MarketRule.topic)
    return list(await session.scalars(statement.where(MarketRule.market == market) if market else statement))


async def load_word(session: Session, word_id: UUID) -> MarketRule | None:
    """One word by its id, also one that was replaced."""
    return await session.get(MarketRule, (session.workspace_id, word_id))


async def one_at_a_time(session: Session, market: str) -> None:
    """Let only one transaction of the workspace at a time speak about a market."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"market {session.workspace_id} {market}"},
    )


async def find_word(session: Session, market: str, topic: str) -> MarketRule | None:
    """The word that holds now on a topic of a market."""
    found = select(MarketRule).where(
        MarketRule.market == market, MarketRule.topic == topic, MarketRule.replaced_at.is_(None)
    )
    return (await session.scalars(found)).one_or_none()


async def replace(session: Session, market: str, topic: str) -> None:
    """Let no word hold any more on a topic of a market."""
    await session.execute(
        update(MarketRule)
        .where(MarketRule.market == market, MarketRule.topic == topic, MarketRule.replaced_at.is_(None))
        .values(replaced_at=clock.now())
    )

"""All SQL about answers kept for repeated requests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text

from dragoman.api.models import ApiAnswer
from dragoman.kit import ids
from dragoman.platform.db import Session

# Of two requests with one key at the same moment, one gets the lock; the other neither waits nor writes. A key that is
# older than `old` is taken over.
_CLAIM = text(
    "INSERT INTO api_answers (id, token_id, key, fingerprint, status, headers, body, created_at) "
    "SELECT id, token_id, key, fingerprint, 0, '{}', '', CAST(:now AS timestamptz) "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:tokens AS uuid[]), CAST(:keys AS text[]), CAST(:prints AS bytea[])) "
    "AS asked (id, token_id, key, fingerprint) "
    "WHERE pg_try_advisory_xact_lock(hashtextextended('api:' || token_id || ':' || key, 0)) "
    "ON CONFLICT (workspace_id, token_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = 0, "
    "headers = '{}', body = '', created_at = excluded.created_at WHERE api_answers.created_at < :old "
    "RETURNING token_id, key, id"
)
_KEEP = text(
    "UPDATE api_answers SET status = given.status, headers = given.headers, body = given.body "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:statuses AS int[]), CAST(:headers AS jsonb[]), CAST(:bodies AS bytea[])) "
    "AS given (id, status, headers, body) WHERE api_answers.id = given.id"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that wants to be done once: whose token, by what key, and what it asks."""

    token_id: UUID
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, for the claim of an id."""

    id: UUID
    status: int
    headers: dict[str, str]
    body: bytes


async def claim(
    session: Session, claims: Sequence[Claim], *, now: datetime, old: datetime
) -> dict[tuple[UUID, str], UUID]:
    """Take keys (each once) for requests; those used before, or in use by another request just now, are missing."""
    values = {
        "ids": [ids.new() for _ in claims], "tokens": [one.token_id for one in claims],
        "keys": [one.key for one in claims], "prints": [one.fingerprint for one in claims], "now": now, "old": old,
    }  # fmt: skip
    return {(token_id, key): claim_id for token_id, key, claim_id in await session.execute(_CLAIM, values)}


async def find(session: Session, token_id: UUID, key: str) -> ApiAnswer | None:
    """What was answered to a key."""
    found: ApiAnswer | None = await session.scalar(
        select(ApiAnswer).where(ApiAnswer.token_id == token_id, ApiAnswer.key == key)
    )
    return found


async def keep(session: Session, given: Sequence[Given]) -> None:
    """Keep answers for whoever asks again."""
    values = {
        "ids": [one.id for one in given], "statuses": [one.status for one in given],
        "headers": [json.dumps(one.headers) for one in given], "bodies": [one.body for one in given],
    }  # fmt: skip
    await session.execute(_KEEP, values)


async def prune(session: Session, before: datetime) -> None:
    """Forget answers that are older."""
    await session.execute(delete(ApiAnswer).where(ApiAnswer.created_at < before))

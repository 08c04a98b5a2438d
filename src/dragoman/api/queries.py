"""All SQL about answers kept for repeated requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text, update

from dragoman.api.models import ApiAnswer
from dragoman.kit import ids
from dragoman.platform.db import Session

# Of two requests with one key at the same moment, one gets the lock; the other neither waits nor writes. A key that is
# older than `old` is taken over.
_CLAIM = text(
    "INSERT INTO api_answers (id, token_id, key, fingerprint, status, headers, body, created_at) "
    "SELECT CAST(:id AS uuid), CAST(:token AS uuid), CAST(:key AS text), CAST(:fingerprint AS bytea), 0, '{}', '', "
    "CAST(:now AS timestamptz) WHERE pg_try_advisory_xact_lock(hashtextextended(:lock, 0)) "
    "ON CONFLICT (workspace_id, token_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = 0, "
    "headers = '{}', body = '', created_at = excluded.created_at WHERE api_answers.created_at < :old RETURNING id"
)


async def claim(
    session: Session, *, token_id: UUID, key: str, fingerprint: bytes, now: datetime, old: datetime
) -> UUID | None:
    """Take a key for this request; None when it was used before, or another request is using it now."""
    values = {
        "id": ids.new(), "token": token_id, "key": key, "fingerprint": fingerprint, "now": now, "old": old,
        "lock": f"api:{session.workspace_id}:{token_id}:{key}",
    }  # fmt: skip
    found: UUID | None = await session.scalar(_CLAIM, values)
    return found


async def find(session: Session, token_id: UUID, key: str) -> ApiAnswer | None:
    """What was answered to a key."""
    found: ApiAnswer | None = await session.scalar(
        select(ApiAnswer).where(ApiAnswer.token_id == token_id, ApiAnswer.key == key)
    )
    return found


async def keep(session: Session, answer_id: UUID, *, status: int, headers: dict[str, Any], body: bytes) -> None:
    """Keep an answer for whoever asks again."""
    await session.execute(
        update(ApiAnswer).where(ApiAnswer.id == answer_id).values(status=status, headers=headers, body=body)
    )


async def prune(session: Session, before: datetime) -> None:
    """Forget answers that are older."""
    await session.execute(delete(ApiAnswer).where(ApiAnswer.created_at < before))

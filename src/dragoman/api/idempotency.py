"""The same request sent twice is done once: a POST with an Idempotency-Key, its change and its answer are one
transaction, and the answer is given again for a day."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from dragoman.accounts import queries as accounts
from dragoman.api import queries
from dragoman.api.queries import Claim, Given
from dragoman.kit import clock
from dragoman.kit.errors import N_, Conflict, DeskError, Invalid
from dragoman.platform.db import Database, Session
from dragoman.platform.secrets import Keys

HEADER = "idempotency-key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
_key = re.compile(r"[\x21-\x7e]{1,255}")
_HEADERS = ("content-type", "etag", "location")


class Malformed(DeskError):
    """A request that can't be read."""

    status = 400


def key_of(request: Request) -> str | None:
    """The key of a request that may be repeated. Raises Malformed for one that is no key."""
    if request.method != "POST" or HEADER not in request.headers:
        return None
    key = request.headers[HEADER]
    if not _key.fullmatch(key):
        raise Malformed(N_("An Idempotency-Key is 1 to 255 visible ASCII characters, for example a UUID."))
    return key


def _fingerprint(request: Request, body: bytes) -> bytes:
    head = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(head + body).digest()


async def claim_of(request: Request, token_id: UUID) -> Claim | None:
    """What a request with a key asks to be done once. Raises Malformed."""
    key = key_of(request)
    return Claim(token_id, key, _fingerprint(request, await request.body())) if key else None


async def claim_all(session: Session, claims: Sequence[Claim]) -> dict[tuple[UUID, str], UUID]:
    """Take keys in this transaction; those missing in the answer are not to be done (again)."""
    now = clock.now()
    return await queries.claim(session, claims, now=now, old=now - KEPT) if claims else {}


def given(keys: Keys, claim: Claim, claim_id: UUID, response: Response) -> Given:
    """An answer in the form in which it is kept: sealed, since some hold a secret that is shown once."""
    headers = {name: value for name, value in response.headers.items() if name in _HEADERS}
    sealed = keys.seal(bytes(response.body).decode(), context=_context(claim))
    return Given(claim_id, response.status_code, headers, sealed.encode())


def _context(claim: Claim) -> str:
    return f"api answer {claim.token_id} {claim.key}"


async def once(
    session: Session, keys: Keys, request: Request, claim: Claim, act: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Do a request, or give the answer that its key had before. Raises Conflict, Invalid."""
    claimed = await claim_all(session, [claim])
    if not claimed:
        return await again(session, keys, claim)
    response = await act(request)
    await queries.keep(session, [given(keys, claim, one, response) for one in claimed.values()])
    return response


async def again(session: Session, keys: Keys, claim: Claim) -> Response:
    """The answer that a key had before. Raises Conflict while its request still runs, Invalid when it stands for
    another request."""
    before = await queries.find(session, claim.token_id, claim.key)
    if before is None:
        raise Conflict(N_("A request with this Idempotency-Key is still running. Wait a moment and send it again."))
    if bytes(before.fingerprint) != claim.fingerprint:
        raise Invalid(N_("This Idempotency-Key stands for another request. Use a new key for each new request."))
    body = keys.open(bytes(before.body).decode(), context=_context(claim))
    return Response(body, before.status, {**before.headers, REPLAYED: "true"})


async def prune(db: Database) -> None:
    """The job: forget answers that are older than a day."""
    async with db.work(None) as session:
        workspaces = [one.id for one in await accounts.list_workspaces(session)]
    for workspace_id in workspaces:
        async with db.work(workspace_id) as session:
            await queries.prune(session, clock.now() - KEPT)

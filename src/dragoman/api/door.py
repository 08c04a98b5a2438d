"""The one door of the API: who asks, whether they may, and one transaction around what they ask for.

A route class rather than dependencies: the answer is made, kept and committed before the first byte of it leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, cast

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from dragoman.accounts.access import Actor
from dragoman.accounts.tokens import service as tokens
from dragoman.accounts.tokens.service import Bearer, Unauthorised
from dragoman.api import idempotency
from dragoman.api.problems import KINDS, OutOfScope, Problem
from dragoman.flow.outbound import Outbound
from dragoman.kit.errors import Conflict
from dragoman.platform import limits
from dragoman.platform.budget import Budget
from dragoman.platform.db import Database, Session
from dragoman.platform.secrets import Keys
from dragoman.platform.settings import Settings

WRONG_TOKENS, WRONG_WITHIN = 30, timedelta(minutes=5)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Desk(Protocol):
    """The parts of `main.wiring.Desk` that the API works with."""

    @property
    def settings(self) -> Settings: ...
    @property
    def db(self) -> Database: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def outbound(self) -> Outbound: ...


@dataclass(frozen=True, slots=True)
class Guest:
    """Who asks. Routes that are gathered (api/gathering.py) have no transaction of their own."""

    desk: Desk
    bearer: Bearer
    request: Request

    @property
    def actor(self) -> Actor:
        """The person as whom the token acts, with no more permissions than its scopes give."""
        return self.bearer.actor


@dataclass(frozen=True, slots=True)
class Caller(Guest):
    """Who asks, and the transaction in which they are served."""

    session: Session


def caller(request: Request) -> Caller:
    """The caller whom the door has let in."""
    found: Caller = request.state.caller
    return found


def guest(request: Request) -> Guest:
    """The caller of a gathered route."""
    found: Guest = request.state.caller
    return found


def needs(scope: str, *also: int) -> dict[str, Any]:
    """What a route says of itself: the scope it needs (empty: any), and every problem it can answer with."""
    answers = sorted({400, 401, 403, 404, 409, 413, 414, 415, 422, 429, 500, 503, *also} & KINDS.keys())
    responses: dict[int | str, Any] = {
        status: {"description": KINDS[status][1], "content": {"application/problem+json": {"schema": SCHEMA}}}
        for status in answers
    }
    return {
        "responses": responses,
        "openapi_extra": {"security": [{"token": [scope] if scope else []}], "x-scope": scope},
    }


SCHEMA = {"$ref": f"#/components/schemas/{Problem.__name__}"}


class Door(APIRoute):
    """A route behind the door; `needs` has said which scope it takes."""

    def get_route_handler(self) -> Handler:
        """The handler around FastAPI's own."""
        act = super().get_route_handler()
        facts = cast("dict[str, Any]", self.openapi_extra)
        scope, gathered = facts["x-scope"], facts.get("x-gathered", False)
        takes_json = self.body_field is not None

        async def serve(request: Request) -> Response:
            body = await request.body()  # before a transaction is open: a slow sender must not hold one
            if takes_json and body and not _is_json(request.headers.get("content-type", "")):
                raise HTTPException(415)
            return await _let_in(request, scope, act, gathered=gathered)

        return serve


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


async def _let_in(request: Request, scope: str, act: Handler, *, gathered: bool) -> Response:
    desk: Desk = request.app.state.desk
    budget: Budget = request.app.state.budget
    try:
        workspace_id, token_hash = tokens.split(_token(request))
        request.scope["api.headers"].update(await budget.spend(token_hash))
        counted = budget.knows(token_hash)
        for last in (False, False, True):
            try:
                async with request.app.state.turns, desk.db.work(workspace_id) as session:
                    bearer = await tokens.recognise(session, token_hash)
                    if not counted:
                        budget.saw(token_hash)
                    counted = True
                    await request.app.state.workspaces.count(workspace_id.bytes)
                    if scope and scope not in bearer.scopes:
                        raise OutOfScope(scope)
                    if not gathered:
                        request.state.caller = Caller(desk, bearer, request, session)
                        return await _once(desk, session, request, bearer, act)
                request.state.caller = Guest(desk, bearer, request)
                return await act(request)
            except DBAPIError as error:
                _check_again(error, last=last)
        raise AssertionError("unreachable")
    except Unauthorised as error:
        if error.code:
            address = request.client.host if request.client else ""
            await limits.hit(desk.db, f"api-token:{address}", limit=WRONG_TOKENS, window=WRONG_WITHIN)
        raise


def _check_again(error: DBAPIError, *, last: bool) -> None:
    """Let a request be tried anew that met another one at the same row; raise everything else."""
    if not isinstance(error.orig, UniqueViolation | DeadlockDetected | SerializationFailure):
        raise error
    if last:
        raise Conflict(KINDS[409][2]) from error


async def _once(desk: Desk, session: Session, request: Request, bearer: Bearer, act: Handler) -> Response:
    claim = await idempotency.claim_of(request, bearer.id)
    return await idempotency.once(session, desk.keys, request, claim, act) if claim else await act(request)


def _token(request: Request) -> str:
    scheme, _space, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise Unauthorised(tokens.MISSING, code="")
    return given.strip()

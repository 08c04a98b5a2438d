"""Everything of the pages put into the application: guards, static files, routes, and what errors look like."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from dragoman.accounts.access import FactorNeeded
from dragoman.kit.errors import DeskError, Forbidden, SignInNeeded, TooMany
from dragoman.platform import i18n, logs
from dragoman.platform.bounds import SMALL
from dragoman.platform.i18n import gettext as _
from dragoman.web import assets, guards, live, respond
from dragoman.web.deps import Desk, is_secure, said, said_fields
from dragoman.web.desk.customer import routes as customer
from dragoman.web.desk.escalation import routes as escalation
from dragoman.web.desk.handover import routes as handover
from dragoman.web.desk.inbox import bulk
from dragoman.web.desk.inbox import live as rows
from dragoman.web.desk.inbox import routes as inbox
from dragoman.web.desk.market import routes as market
from dragoman.web.desk.moves import routes as moves
from dragoman.web.desk.notices import routes as notices
from dragoman.web.desk.overview import routes as overview
from dragoman.web.desk.palette import routes as palette
from dragoman.web.desk.promises import routes as promises
from dragoman.web.desk.search import routes as search
from dragoman.web.desk.start import routes as start
from dragoman.web.desk.table import routes as table
from dragoman.web.desk.tasks import asking
from dragoman.web.desk.tasks import routes as tasks
from dragoman.web.desk.ticket import actions, answers, files, macros, more, planned, translations, turns
from dragoman.web.desk.ticket import routes as ticket
from dragoman.web.desk.views import routes as saved_views
from dragoman.web.entry import invitation, outside
from dragoman.web.entry import routes as entry
from dragoman.web.errors.view import ErrorPage, known
from dragoman.web.manage import routes as manage
from dragoman.web.manage.api import routes as api
from dragoman.web.manage.audit import routes as audit
from dragoman.web.manage.calendars import routes as calendars
from dragoman.web.manage.checks import routes as checks
from dragoman.web.manage.departments import routes as departments
from dragoman.web.manage.imports import routes as imports
from dragoman.web.manage.macros import routes as macro_pages
from dragoman.web.manage.mailboxes import routes as mailboxes
from dragoman.web.manage.markets import routes as markets
from dragoman.web.manage.people import routes as people
from dragoman.web.manage.policies import replies as auto_replies
from dragoman.web.manage.policies import routes as policies
from dragoman.web.manage.profile import routes as profile
from dragoman.web.manage.reading import routes as reading
from dragoman.web.manage.roles import routes as roles
from dragoman.web.manage.rules import routes as rules
from dragoman.web.manage.setaside import routes as setaside
from dragoman.web.manage.shops import routes as shops
from dragoman.web.manage.signatures import routes as signatures
from dragoman.web.manage.signin import routes as signin
from dragoman.web.manage.staff import routes as staff
from dragoman.web.manage.system import routes as system
from dragoman.web.manage.teams import routes as teams
from dragoman.web.manage.translation import memory as translation_memory
from dragoman.web.manage.translation import routes as translation_pages
from dragoman.web.manage.translation import terms as term_pages
from dragoman.web.manage.webhooks import routes as webhooks
from dragoman.web.manage.workspace import routes as workspace
from dragoman.web.styleguide import routes as styleguide

log = logs.get(__name__)
ROUTERS = (
    entry.router, invitation.router, outside.router, inbox.router, bulk.router, rows.router, table.router,
    saved_views.router, ticket.router, actions.router, turns.router, answers.router, translations.router,
    planned.router, macros.router, more.router, moves.router, overview.router, macro_pages.router, signatures.router,
    palette.router, files.router,
    search.router, customer.router, manage.router, people.router, roles.router, signin.router, mailboxes.router,
    setaside.router, shops.router, workspace.router, profile.router, audit.router, webhooks.router, api.router,
    imports.router, system.router, teams.router, staff.router, rules.router, escalation.router, handover.router,
    live.router, policies.router, calendars.router, auto_replies.router, promises.router, tasks.router, asking.router,
    notices.router, departments.router, start.router, reading.router, checks.router, markets.router,
    market.router, translation_pages.router, term_pages.router, translation_memory.router,
)  # fmt: skip


def install(app: FastAPI) -> None:
    """Add the pages to an application whose `state.desk` is set."""
    desk: Desk = app.state.desk
    for router in ROUTERS:
        app.include_router(router)
    if desk.settings.development:
        app.include_router(styleguide.router)
    app.add_api_route(assets.PREFIX + "/{digest}/{name:path}", static, methods=["GET", "HEAD"])
    app.add_exception_handler(DeskError, on_desk_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_malformed)
    for kind in (OperationalError, PoolTimeout, ConnectionError):
        app.add_exception_handler(kind, on_no_database)
    app.add_exception_handler(DBAPIError, on_database_error)
    app.add_exception_handler(Exception, on_fault)
    app.add_middleware(GZipMiddleware, minimum_size=1200, compresslevel=5)
    app.add_middleware(guards.Guards, largest=desk.settings.upload_max_size + SMALL, secure=is_secure(desk))


async def static(request: Request, digest: str, name: str) -> Response:
    """A static file; under its present digest it may be kept for ever."""
    asset = assets.files().get(name)
    if asset is None:
        raise HTTPException(404)
    packed = asset.packed if "gzip" in request.headers.get("accept-encoding", "") else None
    headers = {
        "Cache-Control": assets.FOREVER if digest == assets.digest() else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(packed or asset.body, headers=headers, media_type=asset.type)


def wants_json(request: Request) -> bool:
    """Whether a script asks that reads JSON, not a page."""
    return request.headers.get("accept", "").startswith("application/json")


async def on_desk_error(request: Request, error: Exception) -> Response:
    """An error that people may read, in the form in which it was asked for."""
    if not isinstance(error, DeskError):
        raise error
    if isinstance(error, Forbidden | TooMany):
        note_refusal(request, error)
    with i18n.use(_locale(request)):
        if isinstance(error, SignInNeeded) and not wants_json(request):
            return _to_sign_in(request)
        if isinstance(error, FactorNeeded) and not wants_json(request):
            return _lead(request, "/settings/profile")
        headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
        return _answer(request, error.status, said(error), said_fields(error), headers)


def note_refusal(request: Request, error: DeskError) -> None:
    """Log that somebody was refused: whose sign-in, which route (never the address itself, which may hold a secret)."""
    actor = getattr(request.state, "actor", None)
    route = getattr(request.scope.get("route"), "path", "")
    log.warning(
        "refused", status=error.status, kind=type(error).__name__, method=request.method, route=route,
        person=str(actor.person_id) if actor else None, client=request.client.host if request.client else None,
    )  # fmt: skip


def _lead(request: Request, to: str) -> Response:
    if request.headers.get("hx-request") == "true":
        return Response(status_code=403, headers={"HX-Redirect": to})
    return RedirectResponse(to, 303)


def _to_sign_in(request: Request) -> Response:
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = respond.query("/sign-in", {"next": back if request.method == "GET" and back != "/" else ""})
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(where, 303)


async def on_http_error(request: Request, error: Exception) -> Response:
    """An address or method that does not exist, or a body that can't be read."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    with i18n.use(_locale(request)):
        return _answer(request, status, "", {}, headers)


async def on_malformed(request: Request, error: Exception) -> Response:
    """A part of the address that is not what it should be: such a page does not exist."""
    del error
    with i18n.use(_locale(request)):
        return _answer(request, 404, "", {}, {})


async def on_no_database(request: Request, error: Exception) -> Response:
    """The database does not answer: nothing was changed, the page tries again by itself."""
    log.warning("database not reachable", error=type(error).__name__)
    with i18n.use(_locale(request)):
        return _answer(request, 503, "", {}, {"Retry-After": "5", "Refresh": "5"})


async def on_database_error(request: Request, error: Exception) -> Response:
    """A statement that failed; with a broken line it is the database that is away, else the fault is ours."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return await on_no_database(request, error)
    return await on_fault(request, error)


async def on_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: noted with a reference, told without details."""
    reference = secrets.token_hex(4)
    path = request.url.path if not request.url.path.startswith("/invitation/") else "/invitation/"  # it is a secret
    log.error("fault", reference=reference, path=path, error=type(error).__name__, exc_info=error)
    with i18n.use(_locale(request)):
        # answered outside the guards, by the outermost layer
        return _answer(request, 500, "", {}, dict(guards.HEADERS), reference=reference)


def _locale(request: Request) -> str:
    actor = getattr(request.state, "actor", None)
    return actor.locale if actor else guards.language(request.headers)


def _answer(
    request: Request, status: int, text: str, fields: Mapping[str, str], headers: dict[str, str], reference: str = ""
) -> Response:
    title, usual, sign = known(status)
    words = next(iter(fields.values()), "") or text or _(usual)
    if wants_json(request):
        return JSONResponse({"message": words, "fields": dict(fields)}, status, headers)
    if request.headers.get("hx-request") == "true":
        response = respond.trigger(
            PlainTextResponse(words, status, headers), **{"desk:toast": {"text": words, "tone": "red"}}
        )
        response.headers["HX-Reswap"] = "none"
        return response
    view = ErrorPage(status, _(title), words, sign, reference)
    response = respond.page(request, "errors/error.html", view, respond.bare_shell(request), status=status)
    response.headers.update(headers)
    return response

"""Policies: what is owed to which tickets."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.kit.errors import Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.sla import explain, queries, service
from dragoman.sla.policies import common_languages
from dragoman.tickets.access import get_ticket
from dragoman.web import builders, respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.manage.policies import build
from dragoman.web.manage.policies.build import BASE, Typed
from dragoman.web.manage.policies.view import PoliciesPage, Tried

router = APIRouter(prefix=BASE)


@router.get("")
async def policies_page(reader: SignedIn, ticket: str = "") -> Response:
    """All policies; with `ticket` also which of them mean a ticket, and why."""
    reader.actor.require("sla.manage")
    async with reader.work() as session:
        known = await builders.names(session)
        calendars = await queries.list_calendars(session)
        policies = await queries.list_policies(session)
        view = PoliciesPage(
            tuple(build.row_of(one, known, calendars, n, len(policies)) for n, one in enumerate(policies)),
            await _try(reader, session, ticket.strip().lstrip("#")[:12]),
            build.today_said(await explain.today(session)),
        )
        around = await respond.shell(reader, session, "manage.policies")
    return respond.page(reader.request, "manage/policies/policies.html", view, around)


async def _try(reader: Reader, session: Session, number: str) -> Tried:
    if not number:
        return Tried()
    try:
        found = await get_ticket(session, reader.actor, int(number) if number.isdecimal() else 0)
    except (NotFound, OverflowError) as error:
        return Tried(number, problem=said(error) if isinstance(error, NotFound) else _("This does not exist."))
    matched, clocks = await explain.try_out(session, found)
    return Tried(
        number, f"/tickets/{found.number}", tuple(build.matched_said(one) for one in matched),
        tuple(build.owed_of(one) for one in clocks),
    )  # fmt: skip


async def _show(
    reader: Reader, policy_id: UUID | None, typed: Typed | None = None, errors: Mapping[str, str] | None = None,
    problem: str = "", *, status: int = 200, spare: int = 1,
) -> Response:  # fmt: skip
    reader.actor.require("sla.manage")
    async with reader.work() as session:
        policy = await service.get_policy(session, reader.actor, policy_id) if policy_id else None
        workspace = await queries.load_workspace(session)
        view = build.page_of(
            policy, await builders.names(session), await queries.list_calendars(session),
            common_languages(workspace.settings), typed, errors or {}, problem, spare=spare,
        )  # fmt: skip
        around = await respond.shell(reader, session, "manage.policies")
    return respond.page(reader.request, "manage/policies/policy.html", view, around, status=status)


async def _save(reader: Reader, policy_id: UUID | None, data: Posted) -> Response:
    reader.actor.require("sla.manage")
    async with reader.work() as session:
        stored = await service.get_policy(session, reader.actor, policy_id) if policy_id else None
    typed = build.typed(data, stored)
    if field(data, "again", 10):
        return await _show(reader, policy_id, typed, spare=2)
    if typed.errors:
        return await _show(reader, policy_id, typed, typed.errors, status=422)
    try:
        async with reader.work() as session:
            await service.save_policy(session, reader.actor, policy_id, typed.given)
    except Invalid as error:
        faults = said_fields(error)
        return await _show(reader, policy_id, typed, faults, "" if faults else said(error), status=422)
    return respond.redirect(reader.request, BASE, Flash(_("Saved. Clocks that run follow within moments.")))


@router.get("/new")
async def new_page(reader: SignedIn) -> Response:
    """A form for another policy."""
    return await _show(reader, None, spare=2)


@router.post("/new")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add a policy."""
    return await _save(reader, None, data)


@router.get("/{policy_id}")
async def policy_page(reader: SignedIn, policy_id: str) -> Response:
    """One policy."""
    return await _show(reader, known_id(policy_id))


@router.post("/{policy_id}")
async def change(reader: SignedIn, policy_id: str, data: Posted) -> Response:
    """Change a policy, or switch it off and on."""
    return await _save(reader, known_id(policy_id), data)


@router.post("/{policy_id}/move")
async def move(reader: SignedIn, policy_id: str, data: Posted) -> Response:
    """Put a policy before or after its neighbour."""
    async with reader.work() as session:
        await service.move_policy(session, reader.actor, known_id(policy_id), up=field(data, "up", 3) == "yes")
    return respond.redirect(reader.request, BASE)


@router.post("/{policy_id}/remove")
async def remove(reader: SignedIn, policy_id: str, data: Posted) -> Response:
    """Remove a policy."""
    del data
    async with reader.work() as session:
        await service.remove_policy(session, reader.actor, known_id(policy_id))
    return respond.redirect(reader.request, BASE, Flash(_("Removed")))

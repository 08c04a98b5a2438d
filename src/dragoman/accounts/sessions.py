"""Where people are signed in: seeing it, ending it, and forgetting what is over."""

from __future__ import annotations

from uuid import UUID

from dragoman.accounts import lists, queries
from dragoman.accounts.access import IDLE, Actor
from dragoman.accounts.alerts import REMEMBERED
from dragoman.accounts.signin import get
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock
from dragoman.kit.errors import N_, NotFound
from dragoman.platform.db import Database, Session


def _check(actor: Actor, person_id: UUID) -> None:
    if person_id != actor.person_id:
        actor.require("people.manage")


async def list_sign_ins(session: Session, actor: Actor, person_id: UUID) -> list[lists.SignInRow]:
    """Where a person is signed in now: oneself, or a colleague for whoever manages people."""
    _check(actor, person_id)
    now = clock.now()
    return await lists.list_sign_ins(session, person_id, after=now, seen=now - IDLE)


async def end(session: Session, actor: Actor, sign_in_id: UUID) -> None:
    """End one sign-in, one's own or, for whoever manages people, a colleague's. Raises NotFound."""
    found = await queries.load_sign_in(session, sign_in_id)
    if found is None or (found.person_id != actor.person_id and not actor.may("people.manage")):
        raise NotFound(N_("This sign-in has already ended."))
    person = await get(session, found.person_id)
    await queries.end_sign_in(session, sign_in_id)
    audit.record(
        session, actor, "signin.ended", Subject("person", person.id, person.name),
        own=person.id == actor.person_id, count=1,
    )  # fmt: skip


async def end_all(session: Session, actor: Actor, person_id: UUID) -> int:
    """End all of a person's sign-ins but the one with which it is asked; returns how many full ones there were."""
    ended = [one for one in await list_sign_ins(session, actor, person_id) if one.id != actor.sign_in_id]
    person = await get(session, person_id)
    await queries.end_sign_ins(session, person_id, besides=actor.sign_in_id)
    audit.record(
        session, actor, "signin.ended", Subject("person", person.id, person.name),
        own=person_id == actor.person_id, count=len(ended),
    )  # fmt: skip
    return len(ended)


async def tend(db: Database) -> None:
    """The job: forget sign-ins that are over, and places, alerts and invitations after ninety days."""
    async with db.work(None) as session:
        workspaces = [one.id for one in await queries.list_workspaces(session)]
    now = clock.now()
    for workspace_id in workspaces:
        async with db.work(workspace_id) as session:
            await queries.drop_unused(session, now=now, idle=now - IDLE, old=now - REMEMBERED)

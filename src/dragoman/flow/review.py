"""Human review: an answer that was put into a language its writer can't read waits for a second pair of eyes.

It is kept as a planned answer without a time. A colleague sends it as it stands or mended, or gives it back; the mail
is its writer's, what the reviewer did stands in the ticket and in the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dragoman.accounts import access as accounts
from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.notices import service as notices
from dragoman.accounts.skills import queries as skills
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.flow.outbound import Outbound
from dragoman.flow.planned import Plan, keep
from dragoman.flow.tongues import lay_beside, primary, spans
from dragoman.kit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.replies import queries
from dragoman.replies import service as replies
from dragoman.replies.models import PlannedReply
from dragoman.tickets import filing, service
from dragoman.tickets import queries as tickets
from dragoman.tickets.models import Message, Ticket

SETTING = "review_replies"
OFF, FIRST, FACTS, ALWAYS = "off", "first", "facts", "always"
WISHES = {
    OFF: N_("Never"),
    FIRST: N_("The first answer of a ticket"),
    FACTS: N_("The first answer, and every one that names a sum or a day"),
    ALWAYS: N_("Every answer"),
}
"""When an answer in a language that its writer can't read is reviewed."""
LEADS = ("admin", "manager", "supervisor", "lead")
"""Whose roles are asked where nobody says that they know a language."""
KEY_FACTS = frozenset(("money", "date", "deadline"))
WAITS = N_("It waits for a colleague’s review.")
GONE = N_("This answer is not waiting for a review any more.")


def wish_of(settings: Mapping[str, Any]) -> str:
    """When this workspace wants answers reviewed."""
    found = str(settings.get(SETTING, OFF))
    return found if found in WISHES else OFF


async def save_wish(session: Session, actor: Actor, wish: str) -> None:
    """Change it. Raises Invalid, Forbidden."""
    actor.require("sla.manage")
    if wish not in WISHES:
        raise Invalid(fields={"review": N_("Choose one of the possibilities.")})
    workspace = await queries.load_workspace(session)
    before = wish_of(workspace.settings)
    workspace.settings = {**workspace.settings, SETTING: wish}
    if before != wish:
        subject = Subject("workspace", workspace.id, workspace.name)
        audit.record(session, actor, "check.review_changed", subject, before=before, after=wish)


async def needed(session: Session, actor: Actor, ticket: Ticket, *, text: str, language: str) -> bool:
    """Whether an answer in a language has to be reviewed before it is sent."""
    wish = wish_of((await queries.load_workspace(session)).settings)
    if wish == OFF or actor.person_id in await readers(session, language):
        return False
    if wish == ALWAYS or not await queries.list_answers(session, ticket.id, limit=1):
        return True
    return wish == FACTS and any(kind in KEY_FACTS for _start, _end, kind in spans(text, ticket.market))


async def readers(session: Session, language: str) -> set[UUID]:
    """Those who say of themselves that they know a language."""
    return {
        one.person_id
        for one in await skills.list_skills(session)
        if one.kind == "language" and primary(one.value) == primary(language)
    }


async def ask(session: Session, actor: Actor, *, ticket: Ticket, wanted: Plan, own: str, language: str) -> PlannedReply:
    """Keep an answer until somebody has reviewed it, and tell those who can; the writer's earlier plan in this ticket
    is replaced. Raises Invalid."""
    actor.require("ticket.reply")
    found = await keep(session, actor, ticket=ticket, wanted=wanted)
    found.held_at, found.problem, found.review, found.own = wanted.at, WAITS, language, own
    await service.record(session, ticket, actor, "review_asked", language=language)
    able = await readers(session, language)
    told = able or {one.id for one in await people.list_people(session, active_only=True) if one.role in LEADS}
    await notices.tell(session, told - {actor.person_id}, "review", ticket=ticket.number, who=actor.name)
    return found


async def approve(
    session: Session, outbound: Outbound, actor: Actor, *, planned_id: UUID, text: str, passed: str = ""
) -> tuple[Ticket, Message]:
    """Send an answer that was reviewed, in its writer's name; `text` is it as the reviewer leaves it.

    Raises Blocked, Forbidden for its writer, NotFound, Conflict where its writer has left.
    """
    actor.require("ticket.reply")
    ticket, found = await _waiting(session, planned_id)
    if found.person_id == actor.person_id:
        raise Forbidden(N_("Somebody else has to look at it."))
    writer = await accounts.find_person_actor(session, found.person_id)
    if writer is None:
        raise Conflict(N_("Its writer has left: take its words over into an answer of your own."))
    before = replies.body_from(found.html).text
    waiting: Sequence[Any] = await tickets.list_pending_attachments(session, ticket.id, found.person_id)
    mended = " ".join(text.split()) != " ".join(before.split())
    body = replies.body_from("", text) if mended else replies.body_from(found.html)
    message = await outbound.reply(
        session, writer, ticket=ticket, html=body.html, attachments=waiting, cc=tuple(found.cc),
        then=found.then or None, passed=passed,
    )  # fmt: skip
    if found.own and mended:  # what its writer wrote goes on standing beside it
        here = writer.locale.replace("_", "-")
        await lay_beside(session, actor, sent=body.text, own=found.own, own_language=here, to=found.review)
    await session.delete(found)
    await service.record(session, ticket, actor, "reviewed", mended=mended, writer=writer.name)
    return ticket, message


async def give_back(session: Session, actor: Actor, *, planned_id: UUID) -> Ticket:
    """Give an answer back to its writer: what they had written stands in their composer again. Raises NotFound."""
    actor.require("ticket.reply")
    ticket, found = await _waiting(session, planned_id)
    writer = await accounts.find_person_actor(session, found.person_id)
    if writer is not None:
        html = replies.body_from("", found.own).html if found.own else found.html
        await replies.save_draft(session, writer, ticket=ticket, kind="reply", html=html)
        if writer.person_id != actor.person_id:
            await notices.tell(session, [writer.person_id], "review_back", ticket=ticket.number, who=actor.name)
    await session.delete(found)
    await service.record(session, ticket, actor, "review_back")
    return ticket


async def _waiting(session: Session, planned_id: UUID) -> tuple[Ticket, PlannedReply]:
    """The answer and its ticket, locked in that order, as everywhere."""
    known = await filing.lock(session, await queries.tickets_of_planned(session, [planned_id]))
    found = await queries.lock_planned(session, planned_id)
    if found is None or not found.review or found.ticket_id not in known:
        raise NotFound(GONE)
    return known[found.ticket_id], found

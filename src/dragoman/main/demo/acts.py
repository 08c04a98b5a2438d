"""Lets the desk's people do what `lately` says, each through the service that a page would call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.accounts.notices import service as notices
from dragoman.accounts.presence import service as presence
from dragoman.channels.email import tokens
from dragoman.flow import planned
from dragoman.flow import promises as flow_promises
from dragoman.flow import tasks as flow_tasks
from dragoman.main.demo.lately import Happening
from dragoman.main.demo.script import to_html
from dragoman.main.demo.stage import Stage
from dragoman.platform.db import Session
from dragoman.replies.service import body_from
from dragoman.routing import escalation, handover
from dragoman.sla import service as sla
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Ticket
from dragoman.tickets.moves import service as moves
from dragoman.tickets.promises import service as promises
from dragoman.tickets.tasks import service as tasks

Facts = Mapping[str, Any]
LONGER = timedelta(days=3)


async def act(stage: Stage, one: Happening) -> None:
    """Let one thing happen; the clock stands at its moment."""
    if one.kind == "mail":
        await _answer_by_mail(stage, one)
        return
    async with stage.desk.db.work(stage.workspace_id) as session:
        if not one.ticket_key:
            await ROOM[one.kind](stage, session, one.facts, one.place)
            return
        ticket = await get_ticket(session, stage.lead, stage.numbers[one.ticket_key], lock=True)
        await TICKET[one.kind](stage, session, ticket, one)


def _by(stage: Stage, one: Happening) -> Actor:
    return stage.people[one.facts["by"]]


async def _promise(stage: Stage, session: Session, ticket: Ticket, one: Happening) -> None:
    made = await promises.make(session, _by(stage, one), ticket=ticket, text=one.facts["text"], due_at=one.facts["due"])
    stage.made[one.place] = made.id


async def _keep(stage: Stage, session: Session, _ticket: Ticket, one: Happening) -> None:
    await promises.keep(session, _by(stage, one), stage.made[one.place])


async def _give_up(stage: Stage, session: Session, _ticket: Ticket, one: Happening) -> None:
    await promises.give_up(
        session, _by(stage, one), stage.made[one.place], word=one.facts["word"], goodwill=one.facts["goodwill"]
    )


async def _renew(stage: Stage, session: Session, _ticket: Ticket, one: Happening) -> None:
    await flow_promises.renew(session, _by(stage, one), stage.made[one.place], due_at=one.facts["again"])


async def _ask(stage: Stage, session: Session, ticket: Ticket, one: Happening) -> None:
    kind, _colon, key = one.facts["to"].partition(":")
    to = {
        "department": lambda: tasks.To(department_id=stage.names.departments[key]),
        "person": lambda: tasks.To(person_id=stage.names.people[key]),
        "address": lambda: tasks.To(address=key),
    }[kind]()
    made = await flow_tasks.ask(
        session, stage.desk.jobs, _by(stage, one), ticket=ticket, to=to, title=one.facts["title"],
        question=one.facts["question"], due_at=one.facts["due"], waits=one.facts.get("waits", False),
        order_refs=ticket.order_refs,
    )  # fmt: skip
    stage.made[one.place] = made.id


async def _answer(stage: Stage, session: Session, _ticket: Ticket, one: Happening) -> None:
    answer = one.facts["answer"]
    await tasks.answer(session, stage.people[answer["by"]], stage.made[one.place], text=answer["text"])


async def _answer_by_mail(stage: Stage, one: Happening) -> None:
    """What came back comes by mail, as the answer to the mail in which it was asked."""
    task, facts = stage.made[one.place], one.facts["mail"]
    shop = stage.demo.shops[stage.demo.tickets[one.ticket_key].shop].address
    domain = shop.partition("@")[2]
    secret = stage.desk.keys.derive(flow_tasks.SECRET)
    mail = EmailMessage(policy=SMTP.clone(max_line_length=900))  # a folded Message-ID is none
    mail["From"] = f"{facts['name']} <{facts['from']}>"
    mail["To"] = shop
    mail["Subject"] = f"Re: {one.facts['title']}"
    mail["Message-ID"] = f"<answer-{one.ticket_key}@{facts['from'].partition('@')[2]}>"
    mail["In-Reply-To"] = f"<{tokens.new_message_id(secret, ticket=task, message=task, domain=domain)}>"
    mail["Date"] = one.at
    mail.set_content(facts["text"])
    await stage.client.sendmail(facts["from"], [shop], mail.as_bytes())
    while await stage.desk.inbound.batch(stage.workspace_id):
        pass


async def _escalate(stage: Stage, session: Session, ticket: Ticket, one: Happening) -> None:
    await escalation.escalate(
        session, _by(stage, one), ticket=ticket, to=stage.names.teams[one.facts["to"]], reason=one.facts["reason"],
        analysis=one.facts["analysis"], callback=one.facts["callback"],
    )  # fmt: skip


async def _assign(stage: Stage, session: Session, ticket: Ticket, one: Happening) -> None:
    stage.owners[one.ticket_key] = one.facts["to"]
    await service.assign(session, _by(stage, one), ticket=ticket, to=stage.names.people[one.facts["to"]])


async def _note(stage: Stage, session: Session, ticket: Ticket, one: Happening) -> None:
    body = body_from("", one.facts["text"])
    called = [stage.names.people[key] for key in one.facts["mentions"]]
    await service.add_note(session, _by(stage, one), ticket=ticket, html=body.html, text=body.text, mentions=called)


async def _rate(stage: Stage, session: Session, ticket: Ticket, one: Happening) -> None:
    await rate(stage, session, ticket, one.facts["kind"], one.facts["severity"])


async def rate(stage: Stage, session: Session, ticket: Ticket, kind: str, severity: str) -> None:
    """Say what kind of matter it is and how grave, and put it into the queue of that kind."""
    if kind:
        await service.set_kind(session, stage.lead, ticket=ticket, kind=kind)
    if severity:
        await service.set_severity(session, stage.lead, ticket=ticket, severity=severity)
    if kind in QUEUES and ticket.tier == 1:
        await service.set_team(session, stage.lead, ticket=ticket, to=stage.names.teams[QUEUES[kind]])


QUEUES = {
    "presale": "presales", "wholesale": "wholesale", "complaint": "complaints", "quality": "complaints",
    "care": "care", "order": "aftersales", "delivery": "aftersales", "aftersale": "aftersales",
}  # fmt: skip
"""Whose queue a kind of matter goes to."""


async def _snooze(stage: Stage, session: Session, ticket: Ticket, one: Happening) -> None:
    await service.snooze(session, _by(stage, one), ticket=ticket, until=one.facts["until"])


async def _plan(stage: Stage, session: Session, ticket: Ticket, one: Happening) -> None:
    wanted = planned.Plan(html=to_html(one.facts["text"]), at=one.facts["leaves"])
    await planned.plan(session, _by(stage, one), ticket=ticket, wanted=wanted)


async def _merge(stage: Stage, session: Session, ticket: Ticket, one: Happening) -> None:
    into = await get_ticket(session, stage.lead, stage.numbers[one.facts["into"]], lock=True)
    await moves.merge(session, _by(stage, one), ticket=ticket, into=into)


async def _be(stage: Stage, session: Session, facts: Facts, _place: str) -> None:
    actor = stage.people[facts["who"]]
    await presence.set_state(session, actor, facts.get("state", "available"))
    await presence.seen(session, actor.person_id)


async def _be_away(stage: Stage, session: Session, facts: Facts, _place: str) -> None:
    who = stage.names.people[facts["who"]]
    at: datetime = facts["until"] - LONGER
    await presence.add_absence(
        session, stage.admin, who, starts_at=at, ends_at=facts["until"], note=facts["note"],
        stand_in=stage.names.people[facts["stand_in"]],
    )  # fmt: skip


async def _leave(stage: Stage, session: Session, facts: Facts, place: str) -> None:
    team: UUID | None = stage.names.teams[facts["team"]] if "team" in facts else None
    made = await handover.leave(session, stage.people[facts["by"]], team_id=team, notes=facts["text"])
    stage.made[place] = made.id


async def _take(stage: Stage, session: Session, facts: Facts, place: str) -> None:
    await handover.take(session, stage.people[facts["taken"]], stage.made[place])


async def _switch_on(stage: Stage, session: Session, facts: Facts, _place: str) -> None:
    """Automatic answers from now on, once the desk has read the texts."""
    common = ("en", "zh", "de", "fr", "es", "it", "ja", "ko", "pt", "nl", "pl")
    await sla.change_auto_replies(session, stage.admin, on=facts["kinds"], holiday_days=3, common=common)
    stage.answering = True


async def _see(stage: Stage, session: Session, _facts: Facts, _place: str) -> None:
    """Everybody has looked at their bell before the last night."""
    for actor in stage.people.values():
        await notices.see_all(session, actor)


TICKET: dict[str, Callable[[Stage, Session, Ticket, Happening], Awaitable[None]]] = {
    "promises": _promise, "keep": _keep, "give_up": _give_up, "renew": _renew, "questions": _ask, "answer": _answer,
    "escalations": _escalate, "assignments": _assign, "notes": _note, "severities": _rate, "snoozes": _snooze,
    "planned": _plan, "merges": _merge,
}  # fmt: skip
ROOM: dict[str, Callable[[Stage, Session, Facts, str], Awaitable[None]]] = {
    "presence": _be, "absences": _be_away, "handovers": _leave, "take": _take, "auto_replies": _switch_on,
    "seen": _see,
}  # fmt: skip

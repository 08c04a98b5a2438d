"""Plays the demo's five weeks through the product's own doors: mail by SMTP, people by the services."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal
from uuid import UUID

import aiosmtplib

from dragoman.accounts import queries as accounts
from dragoman.accounts import service as account_service
from dragoman.accounts.access import Actor
from dragoman.accounts.passwords import hash_password
from dragoman.accounts.permissions import ROLES
from dragoman.channels.email.service import MailboxForm, save_mailbox
from dragoman.commerce.service import save_shop
from dragoman.customers.service import change_customer
from dragoman.delivery import queries as outbox
from dragoman.flow import founding
from dragoman.flow.lookups import tickets_by_message_id
from dragoman.intake.mail.door import Door
from dragoman.kit import clock, ids
from dragoman.main.demo.acts import act, rate
from dragoman.main.demo.arrange import arrange
from dragoman.main.demo.lately import Happening, happenings
from dragoman.main.demo.load import load
from dragoman.main.demo.mime import ReplyContext
from dragoman.main.demo.model import Demo, Person, Priority, Shop
from dragoman.main.demo.script import (
    AgentReply,
    Assign,
    CustomerMail,
    DeskStep,
    Note,
    Rate,
    SetPriority,
    SetStatus,
    Step,
    Tag,
    steps,
)
from dragoman.main.demo.stage import Stage
from dragoman.main.wiring import Desk
from dragoman.platform.db import Session
from dragoman.replies import uploads
from dragoman.replies.service import body_from
from dragoman.tickets import queries, service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Ticket

PASSWORD = "tidal kettle fox"  # noqa: S105 - printed for whoever tries the demo
SLUG = "demo"
_FLAG, _HALF, _WHOLE = "demo", "seeding", "complete"
_LEVELS: dict[Priority, int] = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
_TOGETHER = timedelta(minutes=1)

Progress = Callable[[int, int], None]
Standing = Literal["empty", "half", "whole", "other"]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was made; `automatic` are the desk's own answers. `strays` are tickets' keys whose mail landed elsewhere
    than it belongs: none, if all is well."""

    workspace_id: UUID
    tickets: int
    mails: int
    replies: int
    automatic: int
    strays: tuple[str, ...]
    seconds: float


async def standing(desk: Desk) -> Standing:
    """What the database holds: nothing, a demo cut off half-way, a whole one, or somebody's own desk."""
    async with desk.db.work(None) as session:
        flags = {one.settings.get(_FLAG) for one in await accounts.list_workspaces(session)}
    if not flags:
        return "empty"
    if _WHOLE in flags:
        return "whole"
    return "half" if flags == {_HALF} else "other"


async def demo_workspace(desk: Desk) -> UUID:
    """The workspace of the whole demo; raises LookupError where there is none."""
    async with desk.db.work(None) as session:
        for one in await accounts.list_workspaces(session):
            if one.settings.get(_FLAG) == _WHOLE:
                return one.id
    raise LookupError("no demo")


async def seed(
    desk: Desk,
    *,
    sink_port: int,
    demo: Demo | None = None,
    now: datetime | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Summary:
    """Make the demo workspace and live through its weeks up to `now`.

    Answers leave by the mail server on `sink_port` of this machine, which must take them. `progress` is
    called with the steps done and their total. Raises Conflict or Invalid where a demo is already there.
    """
    started, demo, present = time.monotonic(), demo or load(), now or clock.now()
    played = sorted([*steps(demo, present), *happenings(demo, present)], key=lambda step: step.at)
    with clock.travel(played[0].at - timedelta(days=2)):
        workspace_id, people = await _found(desk, demo)
        await _open_shop_doors(desk, demo, people, sink_port)
        async with desk.db.work(workspace_id) as session:
            known = await arrange(session, demo, people)
    async with AsyncExitStack() as stack:
        door = Door(desk.db, domain=desk.settings.smtp_domain, max_size=desk.settings.smtp_max_size)
        port = await door.open("127.0.0.1", 0)
        stack.push_async_callback(door.close)
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False, timeout=60)
        await stack.enter_async_context(client)
        lead = next(people[one.key] for one in demo.people.values() if one.role == "lead")
        stage = Stage(desk, demo, workspace_id, people, lead, client, known)
        done = 0
        for group in _groups(played):
            await _play(stage, group)
            done += len(group)
            progress(done, len(played))
        await _live(stage, present)
    await _flag(desk, workspace_id, _WHOLE)
    return Summary(
        workspace_id=workspace_id,
        tickets=len(stage.numbers),
        mails=stage.mails,
        replies=stage.replies,
        automatic=stage.automatic,
        strays=tuple(stage.strays),
        seconds=time.monotonic() - started,
    )


async def _found(desk: Desk, demo: Demo) -> tuple[UUID, dict[str, Actor]]:
    """The workspace, flagged as being made, and its people, who all have the demo's password."""
    admin = next(person for person in demo.people.values() if person.role == "admin")
    async with desk.db.work(None) as session:
        workspace_id, admin_id = await founding.found(
            session, workspace=demo.name, slug=SLUG, name=admin.name, email=admin.email, password=PASSWORD,
            locale=admin.locale, timezone=admin.zone,
        )  # fmt: skip
        workspace = await accounts.find_workspace(session, workspace_id)
        assert workspace is not None
        workspace.settings = {**workspace.settings, _FLAG: _HALF}
    hashed = hash_password(PASSWORD)
    async with desk.db.work(workspace_id) as session:
        people = {admin.key: await _actor(session, workspace_id, admin_id)}
        for person in demo.people.values():
            if person.key != admin.key:
                person_id = await _join(session, people[admin.key], person, hashed)
                people[person.key] = await _actor(session, workspace_id, person_id)
    return workspace_id, people


async def _join(session: Session, admin: Actor, person: Person, hashed: str) -> UUID:
    person_id, _once = await account_service.add_person(
        session, admin, name=person.name, email=person.email, role=person.role, locale=person.locale,
        timezone=person.zone,
    )  # fmt: skip
    row = await accounts.load_person(session, person_id)
    assert row is not None
    row.password_hash, row.must_change_password = hashed, False
    await session.flush()
    return person_id


async def _actor(session: Session, workspace_id: UUID, person_id: UUID) -> Actor:
    """A person as the services' doors see them, without a browser."""
    row = await accounts.find_person(session, person_id)
    assert row is not None
    return Actor(
        workspace_id=workspace_id, person_id=row.id, sign_in_id=ids.new(), name=row.name, email=row.email,
        role=row.role, permissions=frozenset(ROLES[row.role]), locale=row.locale, timezone=row.timezone,
        theme=row.theme, settings=row.settings,
    )  # fmt: skip


async def _open_shop_doors(desk: Desk, demo: Demo, people: dict[str, Actor], sink_port: int) -> None:
    """The shops, each with its mailbox: mail comes by the built-in receiver and leaves by the sink."""
    admin = next(iter(people.values()))
    async with desk.db.work(admin.workspace_id) as session:
        for shop in demo.shops.values():
            shop_id = await save_shop(
                session, admin, None, name=shop.name, platform=shop.platform, market="", active=True
            )
            form = _mailbox(demo, shop, shop_id, sink_port)
            await save_mailbox(session, admin, desk.keys, None, form)


def _mailbox(demo: Demo, shop: Shop, shop_id: UUID, sink_port: int) -> MailboxForm:
    return MailboxForm(
        address=shop.address, from_name=demo.name, shop_id=shop_id, inbound="forward", smtp_host="127.0.0.1",
        smtp_port=sink_port, smtp_security="none",
    )  # fmt: skip


async def _flag(desk: Desk, workspace_id: UUID, value: str) -> None:
    async with desk.db.work(workspace_id) as session:
        workspace = await accounts.find_workspace(session, workspace_id)
        assert workspace is not None
        workspace.settings = {**workspace.settings, _FLAG: value}


def _groups(played: Sequence[Step]) -> Iterator[list[Step]]:
    """Mails and single happenings alone; what the desk does to one ticket within a minute as one transaction."""
    for (_key, alone), run in groupby(played, key=lambda step: (step.ticket_key, not isinstance(step, DeskStep))):
        group: list[Step] = []
        for step in run:
            if group and (alone or step.at - group[0].at > _TOGETHER):
                yield group
                group = []
            group.append(step)
        yield group


async def _play(stage: Stage, group: list[Step]) -> None:
    await _live(stage, group[0].at)
    if isinstance(group[0], CustomerMail | Happening):
        with clock.travel(group[0].at):
            await (_deliver(stage, group[0]) if isinstance(group[0], CustomerMail) else act(stage, group[0]))
        return
    with clock.travel(group[-1].at):
        leaving = await _act_all(stage, group)
    for message_id in leaving:
        await _send(stage, message_id)


async def _live(stage: Stage, at: datetime) -> None:
    """What was to happen until a moment: clocks run out, tickets come back; the desk's own answers leave."""
    with clock.travel(at):
        while await stage.desk.alarms.ring():
            pass
    if not stage.answering:
        return
    async with stage.desk.db.work(stage.workspace_id) as session:
        waiting = await outbox.list_overdue(session, before=at + timedelta(seconds=1))
    for outbox_id in waiting:
        with clock.travel(at + timedelta(seconds=1)):
            await stage.desk.outbound.send(str(stage.workspace_id), str(outbox_id))
        stage.automatic += 1


async def _act_all(stage: Stage, group: list[Step]) -> list[UUID]:
    """What one person does to one ticket in one go; returns the messages that are to leave."""
    leaving: list[UUID] = []
    async with stage.desk.db.work(stage.workspace_id) as session:
        ticket = await get_ticket(session, stage.lead, stage.numbers[group[0].ticket_key], lock=True)
        for step in group:
            with clock.travel(step.at):
                if message_id := await _act(stage, session, ticket, step):
                    leaving.append(message_id)
    return leaving


async def _deliver(stage: Stage, step: CustomerMail) -> None:
    """One mail over the wire, filed at once, and looked up where it went."""
    context = stage.contexts.get(step.ticket_key, ReplyContext())
    to = context.reply_to or step.to_address
    await stage.client.sendmail(step.envelope_from, [to], step.build(context))
    stage.mails += 1
    while await stage.desk.inbound.batch(stage.workspace_id):
        pass
    if step.kind != "message":
        return
    plain = step.message_id.strip("<>")
    async with stage.desk.db.work(stage.workspace_id) as session:
        found = (await tickets_by_message_id(session, {plain})).get(plain)
        ticket = await queries.load_ticket(session, found) if found else None
        if ticket is None:
            if stage.demo.customers[step.customer_key].mailer != "broken":
                stage.strays.append(step.ticket_key)
            return
        if stage.numbers.setdefault(step.ticket_key, ticket.number) != ticket.number:
            stage.strays.append(step.ticket_key)
        await _introduce(stage, session, step.customer_key, ticket.customer_id)
        customer = stage.demo.customers[step.customer_key]
        # A word or two tell no language, and no words a market: the order of a first-time buyer would say both.
        ticket.language, ticket.market = ticket.language or customer.lang, ticket.market or customer.market


async def _introduce(stage: Stage, session: Session, key: str, customer_id: UUID) -> None:
    """Let the desk know of a customer what an order would tell it: name, tongue, country, zone, address."""
    if key in stage.known:
        return
    stage.known.add(key)
    customer = stage.demo.customers[key]
    await change_customer(
        session, stage.lead, customer_id, name=customer.name, language=customer.lang,
        market=customer.market, timezone=customer.zone,
        notes="\n".join(line for line in (customer.place, customer.phone) if line),
    )  # fmt: skip


async def _act(stage: Stage, session: Session, ticket: Ticket, step: Step) -> UUID | None:
    """What somebody of the desk does; returns the id of an answer that is to leave."""
    assert isinstance(step, DeskStep)
    person = stage.people[step.person_key]
    for reader in {step.person_key, stage.owners.get(step.ticket_key, step.person_key)}:
        await service.mark_read(session, stage.people[reader], ticket=ticket)  # its owner has seen it, too
    if isinstance(step, AgentReply):
        return await _answer(stage, session, ticket, person, step)
    if isinstance(step, Note):
        body = body_from("", step.text)
        mentions = [stage.people[key].person_id for key in step.mentions]
        await service.add_note(session, person, ticket=ticket, html=body.html, text=body.text, mentions=mentions)
    elif isinstance(step, Assign):
        to = stage.people[step.to].person_id if step.to else None
        stage.owners[step.ticket_key] = step.to or step.person_key
        await service.assign(session, person, ticket=ticket, to=to)
    elif isinstance(step, Tag):
        tags = [tag for tag in ticket.tags if tag != step.tag] if step.off else [*ticket.tags, step.tag]
        await service.set_tags(session, person, ticket=ticket, tags=tags)
    elif isinstance(step, Rate):
        await rate(stage, session, ticket, step.kind, step.severity)
    elif isinstance(step, SetStatus):
        await service.set_status(session, person, ticket=ticket, status=step.status)
    elif isinstance(step, SetPriority):
        await service.set_priority(session, person, ticket=ticket, priority=_LEVELS[step.priority])
    return None


async def _answer(stage: Stage, session: Session, ticket: Ticket, person: Actor, step: AgentReply) -> UUID:
    files = [
        await uploads.add(
            session, person, ticket=ticket, name=blob.name, media_type=blob.type, content=blob.content,
            largest=stage.desk.settings.upload_max_size,
        )
        for blob in step.attachments
    ]  # fmt: skip
    message = await stage.desk.outbound.reply(
        session, person, ticket=ticket, html=step.html, attachments=files, then=step.status
    )
    stage.replies += 1
    stage.contexts[step.ticket_key] = ReplyContext(
        message_id=f"<{(message.rfc_message_id or '').strip('<>')}>",
        references=tuple(f"<{one.strip('<>')}>" for one in message.references),
    )
    return message.id


async def _send(stage: Stage, message_id: UUID) -> None:
    """Let an answer leave when it is due, which is a while after its step: time runs on while the step is played."""
    async with stage.desk.db.work(stage.workspace_id) as session:
        row = await outbox.find_by_message(session, message_id)
    assert row is not None
    with clock.travel(row.next_attempt_at):
        await stage.desk.outbound.send(str(stage.workspace_id), str(row.id))

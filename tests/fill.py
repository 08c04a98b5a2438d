"""One row in every tenant table, for the tests that walk them all."""

from __future__ import annotations

from datetime import timedelta

from dragoman.accounts import queries as accounts
from dragoman.accounts.departments.models import Department, DepartmentMember
from dragoman.accounts.models import (
    Invitation,
    OutsideIdentity,
    RecoveryCode,
    SignIn,
    SignInAlert,
    SignInPlace,
    SignInProvider,
)
from dragoman.accounts.notices.models import PersonNotice
from dragoman.accounts.presence.models import Absence, Presence
from dragoman.accounts.skills.models import Skill
from dragoman.accounts.teams.models import Team, TeamMember
from dragoman.accounts.tokens.models import AccessToken
from dragoman.api.models import ApiAnswer
from dragoman.audit import service as audit
from dragoman.channels.email.models import FetchedMail, MailFolder
from dragoman.customers.models import Customer, Identity
from dragoman.delivery.models import Attempt, Outbox
from dragoman.imports.models import Import, Item
from dragoman.intake.models import Envelope
from dragoman.kit import clock, ids
from dragoman.markets.models import MarketRule
from dragoman.platform import files
from dragoman.platform.db import Session
from dragoman.replies.macros.models import Macro
from dragoman.replies.models import Draft, PlannedReply, ReplyFinding, Signature
from dragoman.routing.models import Escalation, Handover
from dragoman.routing.rules.models import Rule, RuleFiring, RuleTimer
from dragoman.sla.models import AutoReply, Clock
from dragoman.tickets.bulk.models import BulkRun
from dragoman.tickets.models import Attachment, Correction, Event, Mention, Message, SearchDoc, Ticket
from dragoman.tickets.moves.models import Move
from dragoman.tickets.promises.models import Promise
from dragoman.tickets.search import doc_tokens
from dragoman.tickets.tasks.models import Task, TaskEntry
from dragoman.tickets.views.models import View
from dragoman.translation.models import (
    Chain,
    MemoryKey,
    MemoryUnit,
    ProviderSetting,
    TermEntry,
    Translation,
    Usage,
)
from dragoman.understanding.models import TaughtHead
from dragoman.webhooks.models import Delivery, Webhook
from tests.cast import Company


async def fill_every_table(session: Session, company: Company) -> Ticket:
    """A ticket with everything that can hang on one."""
    now = clock.now()
    person = company.agent.person_id
    customer = Customer(id=ids.new(), name="Anna")
    session.add(customer)
    await session.flush()
    ticket = Ticket(
        id=ids.new(), number=int(now.timestamp() * 1000) % 2_000_000_000, subject="Lampe", customer_id=customer.id,
        rank_at=now, last_activity_at=now, mailbox_id=company.mailbox_id, shop_id=company.shop_id,
    )  # fmt: skip
    folder = MailFolder(id=ids.new(), mailbox_id=company.mailbox_id, name="INBOX", uidvalidity=1)
    envelope = Envelope(id=ids.new(), channel="email", external_id=ids.new().hex, raw=b"x")
    session.add_all(
        [Identity(customer_id=customer.id, kind="email", value="anna@buyer.example"), ticket, folder, envelope]
    )
    await session.flush()
    message = Message(id=ids.new(), ticket_id=ticket.id, kind="outbound", text="Die Lampe", at=now)
    session.add_all([message, FetchedMail(folder_id=folder.id, uid=1, envelope_id=envelope.id)])
    await session.flush()
    (file_id,) = await files.store(session, [b"picture"])
    token = AccessToken(
        id=ids.new(), person_id=person, name="Shop", scopes=["tickets:read"], token_hash=ids.new().bytes, expires_at=now
    )
    session.add(token)
    await session.flush()
    session.add(ApiAnswer(token_id=token.id, key="k", fingerprint=b"x"))
    row = Outbox(
        id=ids.new(), message_id=message.id, channel="email", source_id=company.mailbox_id, next_attempt_at=now
    )
    session.add(row)
    await session.flush()
    audit.record(session, company.agent, "ticket.filled", audit.Subject("ticket", ticket.number))
    hook = Webhook(id=ids.new(), name="Stock", url="https://stock.example/hook", kinds=["ticket.created"], secret="v1.")
    session.add(hook)
    await session.flush()
    moving = Import(id=ids.new(), source="csv", identity="csv:old", created_by=person)
    session.add(moving)
    await session.flush()
    team = Team(id=ids.new(), key=ids.new().hex, name="Night")
    rule = Rule(id=ids.new(), name="Night", event="created", position=9, active=False)
    department = Department(id=ids.new(), key=ids.new().hex, name="Packing")
    session.add_all([team, rule, department])
    await session.flush()
    task = Task(
        id=ids.new(), ticket_id=ticket.id, department_id=department.id, title="x", question="x", due_at=now,
        asked_by_id=person,
    )  # fmt: skip
    session.add(task)
    await session.flush()
    translator = ProviderSetting(id=ids.new(), kind="libre", name="Ours")
    unit = MemoryUnit(id=ids.new(), key=ids.new().bytes, source="de", target="en", original="Lampe", text="lamp")
    session.add_all([translator, unit])
    await session.flush()
    session.add_all(
        [
            Translation(message_id=message.id, hash=ids.new().bytes, source="de", target="en", original="Die Lampe"),
            MemoryKey(key=1, unit_id=unit.id),
            Chain(source="de", target="en", steps=[str(translator.id)]),
            Usage(month=now.date().replace(day=1), provider_id=translator.id),
            TermEntry(
                source="de", target="en", term="Lampe", folded=ids.new().hex, rendering="lamp", proposed_by_id=person
            ),
        ]
    )
    session.add_all([
        Skill(person_id=person, kind="language", value="de", level="native"), Presence(person_id=person),
        Absence(person_id=person, starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1)),
        Escalation(
            ticket_id=ticket.id, from_tier=1, to_tier=2, to_team_id=team.id, reason="technical", analysis="x",
            by_id=person,
        ),
        Handover(by_id=person, notes="x"), RuleFiring(rule_id=rule.id, ticket_id=ticket.id),
        RuleTimer(rule_id=rule.id, ticket_id=ticket.id, at=now),
        ReplyFinding(message_id=message.id, check="platform.link", severity="block", words="x", passed="y", at=now),
        TaughtHead(setting="full", lessons=20, figures={}, weights=b"x", active=False),
        MarketRule(
            market="DE", topic="vat", corrected=True, value={"rate": "19"}, confidence="high", confirmed_by_id=person
        ),
        Correction(message_id=message.id, field="intent", before="", after="delivery.lost", confidence=0.5,
                   person_id=person, at=now),
        DepartmentMember(department_id=department.id, person_id=person),
        TaskEntry(task_id=task.id, kind="answer", text="x", person_id=person),
        Promise(ticket_id=ticket.id, message_id=message.id, person_id=person, text="x", due_at=now),
        View(name="Gifts", owner_id=person), Macro(name="Thanks"), BulkRun(person_id=person),
        Move(kind="split", from_ticket_id=ticket.id, to_ticket_id=ticket.id),
        PlannedReply(ticket_id=ticket.id, person_id=person, html="", at=now, seen_at=now),
        Signature(person_id=person, text="Anna"),
        TeamMember(team_id=team.id, person_id=person), PersonNotice(person_id=person, kind="woken"),
        Item(import_id=moving.id, source=moving.identity, kind="ticket", external_id="1", our_id=ticket.id),
        Delivery(webhook_id=hook.id, kind="ticket.created", payload={}),
        Attachment(message_id=message.id, file_id=file_id, name="a.png", type="image/png", size=7),
        Attempt(outbox_id=row.id),
        Clock(ticket_id=ticket.id, metric="callback", state="met", target=60, started_at=now, ended_at=now),
        AutoReply(ticket_id=ticket.id, message_id=message.id, kind="receipt", address="anna@buyer.example"),
        Event(ticket_id=ticket.id, verb="created"),
        Mention(ticket_id=ticket.id, message_id=message.id, person_id=person),
        Draft(ticket_id=ticket.id, person_id=person, html="<p>x</p>"),
        SignIn(person_id=person, token_hash=ids.new().bytes, expires_at=now + timedelta(days=1)),
        Invitation(
            email="new@lantern.example", role_id=await accounts.role_id(session, "agent1"), locale="en",
            token_hash=ids.new().bytes, invited_by="Wang Fang", expires_at=now + timedelta(days=3),
        ),
        RecoveryCode(person_id=person, code_hash=b"x"),
        SignInPlace(person_id=person, browser="Firefox", network="192.0.2.0/24"),
        SignInAlert(person_id=person, kind="place", address="192.0.2.1", browser="Firefox"),
        SignInProvider(
            issuer="https://login.lantern.example", client_id="desk", client_secret="", label="Lantern", active=False,
            claim="", mapping=[], auto_create=False, passwords=True,
        ),
        OutsideIdentity(person_id=person, issuer="https://login.lantern.example", subject="1"),
        SearchDoc(
            message_id=message.id, ticket_id=ticket.id, at=now,
            tokens=doc_tokens(company.workspace_id, now, "Die Lampe"),
        ),
    ])  # fmt: skip
    await session.flush()
    return ticket

"""Every route under attack: without the permission it needs, and with the ids of somebody else's workspace.

The table below names every route; a route that is not in it fails the test, so none can be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, text, update

from dragoman.accounts import invitations, signin
from dragoman.accounts.departments.models import Department
from dragoman.accounts.models import Person, Role, SignIn
from dragoman.accounts.notices.models import PersonNotice
from dragoman.accounts.permissions import ROLES
from dragoman.accounts.presence.models import Absence
from dragoman.accounts.teams.models import Team
from dragoman.accounts.tokens import service as tokens
from dragoman.channels.email.fingerprint import fingerprint
from dragoman.customers.models import Customer
from dragoman.imports.models import Import
from dragoman.intake.models import SET_ASIDE, Envelope
from dragoman.kit import clock
from dragoman.main.tables import metadata
from dragoman.main.wiring import Desk
from dragoman.replies.macros.models import Macro
from dragoman.replies.models import PlannedReply
from dragoman.routing.models import Handover
from dragoman.routing.rules.models import Rule
from dragoman.sla.models import SlaPolicy, WorkCalendar
from dragoman.tickets.bulk.models import BulkRun
from dragoman.tickets.models import Attachment, Message
from dragoman.tickets.moves.models import Move
from dragoman.tickets.promises.models import Promise
from dragoman.tickets.tasks.models import Task
from dragoman.tickets.views.models import View
from dragoman.translation.models import MemoryUnit, ProviderSetting, TermEntry
from dragoman.webhooks.models import Delivery, Webhook
from tests.cast import PASSWORD, Company, found_company
from tests.desk_work import answer, receive
from tests.post import letter
from tests.web.conftest import Browser

ANYBODY, SIGNED_IN = "anybody", "signed in"
NEEDS = {
    "GET /": ANYBODY, "GET /healthz": ANYBODY, "GET /readyz": ANYBODY, "GET /metrics": ANYBODY,
    "GET /set-up": ANYBODY, "POST /set-up": ANYBODY,
    "GET /sign-in": ANYBODY, "POST /sign-in": ANYBODY, "POST /language": ANYBODY, "GET /styleguide": ANYBODY,
    "GET /sign-in/code": ANYBODY, "POST /sign-in/code": ANYBODY, "GET /sign-in/password": ANYBODY,
    "POST /sign-in/password": ANYBODY, "GET /static/{digest}/{name:path}": ANYBODY,
    "GET /pictures/{workspace}/{day}/{signature}/{kind}": ANYBODY,
    "POST /sign-out": SIGNED_IN, "GET /settings": SIGNED_IN, "GET /settings/profile": SIGNED_IN,
    "POST /settings/profile": SIGNED_IN, "POST /settings/profile/password": SIGNED_IN,
    "GET /settings/profile/second-factor": SIGNED_IN, "POST /settings/profile/second-factor": SIGNED_IN,
    "POST /settings/profile/second-factor/confirm": SIGNED_IN, "POST /settings/profile/second-factor/off": SIGNED_IN,
    "GET /desk": "ticket.read", "GET /search": "ticket.read", "GET /tickets/{number}": "ticket.read",
    "GET /messages/{message_id}/frame": "ticket.read", "GET /attachments/{attachment_id}": "ticket.read",
    "GET /attachments/{attachment_id}/inline": "ticket.read", "POST /attachments/{attachment_id}/remove": "ticket.read",
    "POST /tickets/{number}/unread": "ticket.read",
    "POST /tickets/{number}/draft": "ticket.note", "POST /tickets/{number}/attachments": "ticket.note",
    "POST /tickets/{number}/messages": "ticket.reply", "POST /messages/{message_id}/undo": "ticket.reply",
    "POST /messages/{message_id}/again": "ticket.reply", "POST /messages/{message_id}/arrived": "ticket.reply",
    "POST /tickets/{number}/status": "ticket.change", "POST /tickets/{number}/priority": "ticket.change",
    "POST /tickets/{number}/check": "ticket.reply", "POST /tickets/{number}/intent": "ticket.change",
    "POST /tickets/{number}/tags": "ticket.change", "POST /tickets/{number}/subject": "ticket.change",
    "POST /tickets/{number}/assignee": "ticket.assign",
    "GET /desk/counts": "ticket.read", "GET /desk/rows/{number}": "ticket.read",
    "GET /desk/table": "ticket.read", "GET /desk/export.{kind}": "ticket.read",
    "GET /desk/bulk": "ticket.change", "POST /desk/bulk": "ticket.change",
    "POST /desk/bulk/{run_id}/undo": "ticket.change",
    "GET /views/new": "ticket.read", "POST /views": "ticket.read", "GET /views/{view_id}": "ticket.read",
    "POST /views/{view_id}": "ticket.read", "POST /views/{view_id}/remove": "ticket.read",
    "POST /tickets/{number}/team": "ticket.assign", "POST /tickets/{number}/severity": "ticket.change",
    "POST /tickets/{number}/kind": "ticket.change", "POST /tickets/{number}/snooze": "ticket.change",
    "POST /tickets/{number}/wake": "ticket.change",
    "POST /tickets/{number}/orders": "ticket.change",
    "GET /tickets/{number}/clocks": "ticket.read",
    "GET /tickets/{number}/print": "ticket.read", "GET /tickets/{number}/tags": "ticket.read",
    "GET /tickets/{number}/macros": "ticket.read", "GET /tickets/{number}/macros/{macro_id}": "ticket.read",
    "POST /tickets/{number}/macros/{macro_id}": "ticket.change",
    "GET /tickets/{number}/merge": "ticket.change", "POST /tickets/{number}/merge": "ticket.change",
    "GET /tickets/{number}/split": "ticket.change", "POST /tickets/{number}/split": "ticket.change",
    "POST /moves/{move_id}/undo": "ticket.change", "POST /planned/{planned_id}/drop": "ticket.reply",
    "POST /planned/{planned_id}/approve": "ticket.reply", "POST /planned/{planned_id}/back": "ticket.reply",
    "POST /tickets/{number}/translations": "ticket.read", "POST /tickets/{number}/render": "ticket.reply",
    "POST /tickets/{number}/back": "ticket.reply", "POST /messages/{message_id}/translation": "ticket.reply",
    "GET /tickets/{number}/suggestion": "ticket.reply", "GET /tickets/{number}/market": "ticket.read",
    "GET /settings/markets": "ticket.read", "GET /settings/markets/{iso}": "ticket.read",
    "POST /settings/markets/{iso}/{topic}/confirm": "market.manage",
    "POST /settings/markets/{iso}/{topic}/correct": "market.manage",
    "POST /settings/markets/{iso}/{topic}/restore": "market.manage", "POST /settings/checks/review": "sla.manage",
    "GET /messages/{message_id}": "ticket.read", "GET /when": SIGNED_IN, "GET /palette": SIGNED_IN,
    "GET /overview": "ticket.read", "GET /macros": "ticket.note", "GET /macros/new": "ticket.note",
    "POST /macros": "ticket.note", "GET /macros/{macro_id}": "ticket.read", "POST /macros/{macro_id}": "ticket.note",
    "POST /macros/{macro_id}/remove": "ticket.note",
    "GET /settings/signatures": SIGNED_IN, "POST /settings/signatures": SIGNED_IN,
    "GET /customers/{customer_id}": "customer.read", "POST /customers/{customer_id}": "customer.change",
    "POST /customers/{customer_id}/note": "customer.change",
    "POST /customers/{customer_id}/reveal": "customer.reveal",
    "GET /settings/people": "people.manage", "POST /settings/people": "people.manage",
    "GET /settings/people/{person_id}": "people.manage", "POST /settings/people/{person_id}": "people.manage",
    "POST /settings/people/{person_id}/reset": "people.manage",
    "POST /settings/people/{person_id}/sign-ins/end": "people.manage",
    "POST /settings/people/{person_id}/sign-ins/{sign_in_id}/end": "people.manage",
    "POST /settings/people/invitations/{invitation_id}/renew": "people.manage",
    "POST /settings/people/invitations/{invitation_id}/revoke": "people.manage",
    "GET /invitation/{link}": ANYBODY, "POST /invitation/{link}": ANYBODY,
    "POST /settings/profile/recovery-codes": SIGNED_IN, "POST /settings/profile/sign-ins/end": SIGNED_IN,
    "POST /settings/profile/sign-ins/{sign_in_id}/end": SIGNED_IN,
    "POST /settings/profile/alerts/{alert_id}/close": SIGNED_IN,
    "GET /sign-in/outside": ANYBODY, "GET /sign-in/outside/return": ANYBODY,
    "GET /settings/sign-in": "people.manage", "POST /settings/sign-in": "people.manage",
    "POST /settings/sign-in/test": "people.manage",
    "GET /settings/roles": "people.manage", "POST /settings/roles": "people.manage",
    "GET /settings/roles/{role_id}": "people.manage", "POST /settings/roles/{role_id}": "people.manage",
    "POST /settings/roles/{role_id}/remove": "people.manage",
    "GET /settings/mailboxes": "mailbox.manage", "POST /settings/mailboxes": "mailbox.manage",
    "GET /settings/mailboxes/new": "mailbox.manage", "GET /settings/mailboxes/{box_id}": "mailbox.manage",
    "POST /settings/mailboxes/{box_id}": "mailbox.manage", "POST /settings/mailboxes/{box_id}/test": "mailbox.manage",
    "POST /settings/mailboxes/{box_id}/check": "mailbox.manage",
    "GET /settings/set-aside": "intake.manage", "POST /settings/set-aside/retry": "intake.manage",
    "POST /settings/set-aside/{envelope_id}/retry": "intake.manage",
    "POST /settings/set-aside/{envelope_id}/discard": "intake.manage",
    "POST /settings/set-aside/{envelope_id}/restore": "intake.manage",
    "GET /settings/set-aside/{envelope_id}/raw": "intake.manage",
    "GET /settings/shops": "shop.manage", "POST /settings/shops": "shop.manage",
    "GET /settings/shops/{shop_id}": "shop.manage", "POST /settings/shops/{shop_id}": "shop.manage",
    "GET /settings/api": "api.manage", "POST /settings/api": "api.manage", "GET /settings/api/try": "api.manage",
    "POST /settings/api/{token_id}/revoke": "api.manage",
    "GET /settings/workspace": "workspace.manage", "POST /settings/workspace": "workspace.manage",
    "GET /settings/audit": "audit.read", "POST /settings/audit/check": "audit.read",
    "POST /settings/audit/export": "audit.export", "POST /settings/audit/keep": "workspace.manage",
    "GET /settings/checks": "sla.manage", "POST /settings/checks/mute": "sla.manage",
    "POST /settings/checks/unmute": "sla.manage",
    "GET /settings/reading": "workspace.manage", "POST /settings/reading": "workspace.manage",
    "POST /settings/reading/teach": "workspace.manage", "POST /settings/reading/forget": "workspace.manage",
    "GET /settings/policies": "sla.manage", "GET /settings/policies/new": "sla.manage",
    "POST /settings/policies/new": "sla.manage", "GET /settings/policies/{policy_id}": "sla.manage",
    "POST /settings/policies/{policy_id}": "sla.manage", "POST /settings/policies/{policy_id}/move": "sla.manage",
    "POST /settings/policies/{policy_id}/remove": "sla.manage",
    "GET /settings/calendars": "sla.manage", "GET /settings/calendars/new": "sla.manage",
    "POST /settings/calendars/new": "sla.manage", "GET /settings/calendars/{calendar_id}": "sla.manage",
    "POST /settings/calendars/{calendar_id}": "sla.manage",
    "POST /settings/calendars/{calendar_id}/remove": "sla.manage",
    "GET /settings/auto-replies": "sla.manage", "POST /settings/auto-replies": "sla.manage",
    "POST /settings/auto-replies/{language}/{kind}": "sla.manage",
    "GET /settings/translation": "translation.manage", "GET /settings/translation/new": "translation.manage",
    "POST /settings/translation/new": "translation.manage", "POST /settings/translation/chain": "translation.manage",
    "GET /settings/translation/{provider_id}": "translation.manage",
    "POST /settings/translation/{provider_id}": "translation.manage",
    "POST /settings/translation/{provider_id}/move": "translation.manage",
    "POST /settings/translation/{provider_id}/try": "translation.manage",
    "POST /settings/translation/{provider_id}/remove": "translation.manage",
    "GET /settings/memory": "translation.manage", "POST /settings/memory/import": "translation.manage",
    "GET /settings/memory/export.tmx": "translation.manage",
    "POST /settings/memory/{unit_id}/remove": "translation.manage",
    "GET /terms": "ticket.read", "POST /terms": "ticket.reply", "POST /terms/import": "ticket.reply",
    "GET /terms/export.{kind}": "ticket.reply", "POST /terms/approve": "term.approve",
    "POST /terms/{term_id}/approve": "term.approve", "POST /terms/{term_id}/reject": "term.approve",
    "POST /terms/{term_id}/remove": "term.approve",
    "GET /settings/webhooks": "api.manage", "POST /settings/webhooks": "api.manage",
    "GET /settings/webhooks/{hook_id}": "api.manage", "POST /settings/webhooks/{hook_id}": "api.manage",
    "POST /settings/webhooks/{hook_id}/test": "api.manage", "POST /settings/webhooks/{hook_id}/secret": "api.manage",
    "POST /settings/webhooks/{hook_id}/remove": "api.manage",
    "POST /settings/webhooks/{hook_id}/replay/{delivery_id}": "api.manage",
    "GET /settings/teams": "team.manage", "POST /settings/teams": "team.manage",
    "GET /settings/teams/{team_id}": "team.manage", "POST /settings/teams/{team_id}": "team.manage",
    "POST /settings/teams/{team_id}/members": "team.manage",
    "GET /settings/staff/{person_id}": "team.manage", "POST /settings/staff/{person_id}/teams": "team.manage",
    "POST /settings/staff/{person_id}/skills": "team.manage", "POST /settings/staff/{person_id}/room": "team.manage",
    "POST /settings/staff/{person_id}/absences": "team.manage",
    "POST /settings/staff/{person_id}/absences/{absence_id}/end": "team.manage",
    "GET /settings/availability": SIGNED_IN, "POST /settings/availability/room": SIGNED_IN,
    "POST /settings/availability/absences": SIGNED_IN,
    "POST /settings/availability/absences/{absence_id}/end": SIGNED_IN, "POST /presence": SIGNED_IN,
    "GET /settings/rules": "rule.manage", "GET /settings/rules/new": "rule.manage",
    "POST /settings/rules/new": "rule.manage", "GET /settings/rules/{rule_id}": "rule.manage",
    "POST /settings/rules/{rule_id}": "rule.manage", "POST /settings/rules/{rule_id}/move": "rule.manage",
    "POST /settings/rules/{rule_id}/switch": "rule.manage", "POST /settings/rules/{rule_id}/remove": "rule.manage",
    "GET /tickets/{number}/escalate": "ticket.change", "POST /tickets/{number}/escalate": "ticket.change",
    "POST /tickets/{number}/take-over": "ticket.change", "POST /tickets/{number}/hand-back": "ticket.change",
    "POST /tickets/{number}/called-back": "ticket.change",
    "GET /start": "workspace.manage", "POST /start/away": "workspace.manage", "POST /start/clocks": "workspace.manage",
    "GET /handover": "ticket.read", "POST /handover": "ticket.reply",
    "POST /handover/{handover_id}/take": "ticket.reply",
    "GET /settings/imports": "import.manage", "POST /settings/imports": "import.manage",
    "GET /settings/imports/new": "import.manage", "GET /settings/imports/{import_id}": "import.manage",
    "POST /settings/imports/{import_id}/try": "import.manage",
    "POST /settings/imports/{import_id}/start": "import.manage",
    "POST /settings/imports/{import_id}/stop": "import.manage",
    "POST /settings/imports/{import_id}/go-on": "import.manage",
    "POST /settings/imports/{import_id}/report": "import.manage",
    "GET /promises": "ticket.read", "GET /promises/report": "ticket.read", "GET /promises/{promise_id}": "ticket.read",
    "GET /tickets/{number}/promises": "ticket.read", "POST /tickets/{number}/promises": "ticket.reply",
    "POST /tickets/{number}/promises/offer": "ticket.reply",
    "POST /promises/{promise_id}/keep": "ticket.reply", "POST /promises/{promise_id}/reopen": "ticket.reply",
    "POST /promises/{promise_id}/undo": "ticket.reply", "POST /promises/{promise_id}/renew": "ticket.reply",
    "POST /promises/{promise_id}/break": "ticket.reply", "POST /promises/{promise_id}/owner": "ticket.assign",
    "GET /tasks": "task.work", "GET /tasks/{task_id}": "task.work", "POST /tasks/{task_id}/answer": "task.work",
    "POST /tasks/{task_id}/take": "task.work", "POST /tasks/{task_id}/more": "ticket.note",
    "POST /tasks/{task_id}/due": "ticket.note", "POST /tasks/{task_id}/done": "ticket.note",
    "POST /tasks/{task_id}/cancel": "ticket.note",
    "GET /tickets/{number}/tasks": "ticket.note", "POST /tickets/{number}/tasks": "ticket.note",
    "GET /tickets/{number}/forward": "ticket.reply", "POST /tickets/{number}/forward": "ticket.reply",
    "GET /notices": SIGNED_IN, "GET /notices/bell": SIGNED_IN, "GET /notices/wishes": SIGNED_IN,
    "POST /notices/wishes": SIGNED_IN, "POST /notices/seen": SIGNED_IN, "GET /notices/{notice_id}": SIGNED_IN,
    "POST /notices/{notice_id}/seen": SIGNED_IN, "POST /notices/{notice_id}/unseen": SIGNED_IN,
    "GET /settings/departments": "workspace.manage", "POST /settings/departments": "workspace.manage",
    "GET /settings/departments/{department_id}": "workspace.manage",
    "POST /settings/departments/{department_id}": "workspace.manage",
    "GET /settings/system": "system.read", "POST /settings/system/check": "system.read",
}  # fmt: skip


def walked(app: FastAPI) -> Iterator[str]:
    """All routes, those of included routers too."""
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        prefix = getattr(getattr(route, "include_context", None), "prefix", "") or "" if inner is not None else ""
        for one in [route] if inner is None else inner.routes:
            if isinstance(one, APIRoute):
                yield from (f"{method} {prefix}{one.path}" for method in one.methods - {"HEAD"})


async def test_every_route_is_in_the_table(app: FastAPI) -> None:
    assert sorted(set(walked(app))) == sorted(NEEDS)
    assert {route.partition(" ")[0] for route in NEEDS} == {"GET", "POST"}, "whatever changes something is a POST"


async def ids_of(company: Company) -> dict[str, Any]:
    """What the addresses of a workspace are made of: its third ticket and all that hangs on it."""
    for n in range(3):
        mail = letter(to=company.address, sender=f"b{n}@buyer.example", subject="hidden words")
        await receive(company, mail)
    await answer(company, 3)
    async with company.desk.db.work(company.workspace_id) as session:
        message = await session.scalar(select(Message.id).where(Message.kind == "outbound"))
        inbound = await session.scalar(select(Message).where(Message.kind == "inbound").limit(1))
        assert inbound is not None
        inbound.html = "<p>hidden words</p>"
        from dragoman.platform import files

        (file_id,) = await files.store(session, [b"hidden words"])
        attachment = Attachment(
            message_id=inbound.id, file_id=file_id, name="hidden.png", type="image/png", size=12, inline=False, cid=""
        )
        raw = b"hidden words " + str(uuid4()).encode()
        envelope = Envelope(
            channel="email", external_id=fingerprint(raw), raw=raw, meta={}, state=SET_ASIDE, problem="broken"
        )
        hook = Webhook(name="Stock", url="https://stock.example/hook", kinds=["ticket.created"], secret="v1.")
        session.add_all([attachment, envelope, hook])
        await session.flush()
        token_id, _token = await tokens.make(session, company.admin, name="T", scopes=["tickets:read"], days=1)
        moving = Import(source="csv", identity="csv:hidden words", created_by=company.admin.person_id)
        session.add(moving)
        told = Delivery(webhook_id=hook.id, kind="ticket.created", payload={})
        team = Team(key="hidden words", name="hidden words")
        rule = Rule(name="hidden words", event="created", position=9, active=False)
        left = Handover(by_id=company.lead.person_id, notes="hidden words")
        now = clock.now()
        away = Absence(person_id=company.lead.person_id, starts_at=now, ends_at=now + timedelta(hours=1))
        department = Department(key="hidden words", name="hidden words")
        session.add_all([told, team, rule, left, away, department])
        await session.flush()
        task = Task(
            ticket_id=inbound.ticket_id, department_id=department.id, title="hidden words", question="hidden words",
            due_at=now, asked_by_id=company.lead.person_id,
        )  # fmt: skip
        promise = Promise(
            ticket_id=inbound.ticket_id, person_id=company.lead.person_id, text="hidden words", due_at=now
        )
        notice = PersonNotice(person_id=company.lead.person_id, kind="woken", ticket=3)
        view, macro = View(name="hidden words"), Macro(name="hidden words", html="<p>hidden words</p>")
        run = BulkRun(person_id=company.lead.person_id)
        move = Move(kind="split", from_ticket_id=inbound.ticket_id, to_ticket_id=inbound.ticket_id)
        planned = PlannedReply(
            ticket_id=inbound.ticket_id, person_id=company.lead.person_id, html="hidden words", at=now, seen_at=now
        )
        provider = ProviderSetting(kind="libre", name="hidden words")
        unit = MemoryUnit(key=b"x", source="de", target="en", original="hidden words", text="hidden words")
        term = TermEntry(
            source="de", target="en", term="hidden words", folded="hidden words", rendering="x",
            proposed_by_id=company.lead.person_id,
        )  # fmt: skip
        session.add_all([task, promise, notice, view, macro, run, move, planned, provider, unit, term])
        await session.flush()
        customer = await session.scalar(select(Customer.id).limit(1))
        invited = await invitations.invite(
            session, company.admin, email="hidden@words.example", role="legal", locale="en"
        )
        await signin.sign_in(session, email=company.lead.email, password=PASSWORD, address="", browser="")
        return {
            "number": 3, "message_id": message, "framed": inbound.id, "attachment_id": attachment.id,
            "customer_id": customer, "person_id": company.lead.person_id, "box_id": company.mailbox_id,
            "shop_id": company.shop_id, "envelope_id": envelope.id, "invitation_id": invited.id,
            "role_id": await session.scalar(select(Role.id).where(Role.key == "legal")),
            "sign_in_id": await session.scalar(select(SignIn.id).where(SignIn.person_id == company.lead.person_id)),
            "token_id": token_id, "hook_id": hook.id, "delivery_id": told.id,
            "import_id": moving.id, "team_id": team.id, "rule_id": rule.id, "handover_id": left.id,
            "absence_id": away.id, "department_id": department.id, "task_id": task.id, "promise_id": promise.id,
            "notice_id": notice.id, "view_id": view.id, "macro_id": macro.id, "run_id": run.id, "move_id": move.id,
            "planned_id": planned.id, "provider_id": provider.id, "unit_id": unit.id, "term_id": term.id,
            "policy_id": await session.scalar(select(SlaPolicy.id).limit(1)),
            "calendar_id": await session.scalar(select(WorkCalendar.id).limit(1)),
        }  # fmt: skip


def filled(path: str, ids: dict[str, Any]) -> str:
    """A route's address with ids in it."""
    known = ids | ({"message_id": ids["framed"]} if path.endswith("/frame") else {})
    return re.sub(r"\{(\w+)(:path)?\}", lambda name: str(known.get(name[1], "x")), path)


async def state_of(desk: Desk, workspace_id: UUID) -> dict[str, Any]:
    """A digest of every row of a workspace, by table."""
    async with desk.db.work(workspace_id) as session:
        return {
            table.name: await session.scalar(
                text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table.name} t")
            )
            for table in metadata.sorted_tables
            if "workspace_id" in table.c
        }


async def ask(browser: Browser, route: str, ids: dict[str, Any], **form: Any) -> int:
    """Use a route; an empty form is enough to come to its door."""
    method, _space, path = route.partition(" ")
    if method == "GET":
        return (await browser.http.get(filled(path, ids))).status_code
    if path.endswith("/attachments"):
        answer = await browser.http.post(
            filled(path, ids), data={"csrf": browser.token}, files={"file": ("a.txt", b"x", "text/plain")}
        )
        return answer.status_code
    return (await browser.http.post(filled(path, ids), data={"csrf": browser.token} | form)).status_code


VALID = {
    "text": "words", "status": "pending", "priority": "high", "tags": "a", "subject": "s", "name": "N", "kind": "reply",
    "html": "<p>x</p>", "platform": "own", "role": "admin", "active": "yes", "email": "x@y.example", "locale": "en",
}  # fmt: skip


@pytest.mark.timeout(120)
async def test_without_the_permission_every_door_is_shut(app: FastAPI, company: Company, agent: Browser) -> None:
    """For every shipped role, and for one that may do nothing at all."""
    desk, me = company.desk, company.agent
    ids = await ids_of(company)
    await agent.get("/settings/profile")

    async def become(key: str) -> None:
        async with desk.db.work(company.workspace_id) as session:
            role = await session.scalar(select(Role.id).where(Role.key == key))
            await session.execute(update(Person).where(Person.id == me.person_id).values(role_id=role))

    async with desk.db.work(company.workspace_id) as session:
        session.add(Role(key="nothing", permissions=[]))
    before = None
    distinct = {frozenset(allowed): key for key, allowed in ({"nothing": []} | ROLES).items()}
    for allowed, key in distinct.items():
        await become(key)
        before = await state_of(desk, company.workspace_id)
        shut = [route for route, need in NEEDS.items() if need not in (ANYBODY, SIGNED_IN) and need not in allowed]
        assert {route: await ask(agent, route, ids, **VALID) for route in shut} == dict.fromkeys(shut, 403), key
        assert await state_of(desk, company.workspace_id) == before, f"{key} changed something"


async def test_a_note_needs_its_permission_too(company: Company, agent: Browser) -> None:
    ids = await ids_of(company)
    await agent.get("/settings/profile")
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(
            update(Role).where(Role.key == "agent2").values(permissions=["ticket.read", "ticket.reply"])
        )
    assert await ask(agent, "POST /tickets/{number}/messages", ids, kind="note", text="words") == 403
    assert await ask(agent, "POST /tickets/{number}/messages", ids, kind="reply", text="words") == 303


@pytest.mark.req("R1")
async def test_another_workspaces_ids_lead_nowhere(app: FastAPI, company: Company, admin: Browser) -> None:
    """An administrator of one desk, with every id of another: not found, and nothing changes there."""
    desk = company.desk
    other = await found_company(desk)
    ids = await ids_of(other)
    await receive(company, letter(to=company.address))
    await admin.get("/tickets/1")
    before, own = await state_of(desk, other.workspace_id), await state_of(desk, company.workspace_id)
    named = [route for route, need in NEEDS.items() if "{" in route and need not in (ANYBODY, SIGNED_IN)]
    assert len(named) > 25
    got = {route: await ask(admin, route, ids, **VALID) for route in named}
    assert got.pop("GET /desk/rows/{number}") == 204  # a list that does not hold a ticket says nothing of it
    assert got == dict.fromkeys(got, 404)
    assert await state_of(desk, other.workspace_id) == before
    assert await state_of(desk, company.workspace_id) == own


async def test_another_workspaces_ids_in_fields_lead_nowhere(company: Company, admin: Browser) -> None:
    other = await found_company(company.desk)
    ids = await ids_of(other)
    await receive(company, letter(to=company.address))
    await admin.get("/tickets/1")
    assigned = await admin.post("/tickets/1/assignee", {"assignee": str(ids["person_id"])})
    assert assigned.status_code == 422
    form = {"address": "new@shop.example", "inbound": "forward", "shop": str(ids["shop_id"]), "smtp_host": "a.example"}
    saved = await admin.post("/settings/mailboxes", form | {"smtp_port": "25", "smtp_security": "none"})
    assert saved.status_code in (404, 422)
    note = {"kind": "note", "text": "@Ana Costa look", "mention": str(ids["person_id"])}
    assert (await admin.post("/tickets/1/messages", note)).status_code == 303
    async with other.desk.db.work(other.workspace_id) as session:
        from dragoman.tickets import lists

        page = await lists.list_tickets(session, other.lead, lists.Filter("mentions"))
    assert page.rows == ()
    listed = await admin.get(f"/desk?view=all&shop={ids['shop_id']}")
    assert "hidden words" not in listed.text
    for query in ("hidden", "buyer.example", "words"):
        assert "hidden words" not in (await admin.get("/search", params={"q": query})).text


async def test_another_persons_unsent_files_are_theirs(company: Company, agent: Browser, admin: Browser) -> None:
    await receive(company, letter(to=company.address))
    await agent.get("/tickets/1")
    made = await agent.http.post(
        "/tickets/1/attachments", data={"csrf": agent.token}, files={"file": ("a.txt", b"mine", "text/plain")}
    )
    address = f"/attachments/{made.json()['id']}"
    assert (await agent.get(address)).content == b"mine"
    assert (await admin.get(address)).status_code == 404
    assert (await admin.post(f"{address}/remove")).status_code == 404
    await admin.get("/tickets/1")
    await admin.post("/tickets/1/messages", {"kind": "reply", "text": "words"})
    assert (await agent.get(address)).content == b"mine", "a colleague's reply does not take it along"

"""A desk that really listens on a port, in a thread with a loop of its own, for software that can't be awaited."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn
from sqlalchemy import select

from dragoman.accounts.departments.models import Department
from dragoman.accounts.teams import queries as teams
from dragoman.customers.models import Customer
from dragoman.kit import clock
from dragoman.main import wiring
from dragoman.main.asgi import create_app
from dragoman.platform import files
from dragoman.platform.settings import Settings
from dragoman.replies.macros.models import Macro
from dragoman.replies.models import PlannedReply
from dragoman.routing.rules.models import Rule
from dragoman.sla.models import SlaPolicy, WorkCalendar
from dragoman.tickets.bulk.models import BulkRun
from dragoman.tickets.models import Attachment, Message
from dragoman.tickets.moves.models import Move
from dragoman.tickets.promises.models import Promise
from dragoman.tickets.tasks.models import Task
from dragoman.tickets.views.models import View
from dragoman.translation.models import TermEntry
from dragoman.webhooks.models import Delivery, Webhook
from tests.api.conftest import token_of
from tests.cast import Company, found_company
from tests.desk_work import answer, receive
from tests.post import free_port, letter

TAGGED = {"all": [{"field": "tag", "op": "has", "value": ["lamp"]}], "any": []}


@dataclass
class Served:
    """Where it listens, a token for it, and ids of what is there."""

    url: str
    token: str
    ids: dict[str, Any]


async def _fill(company: Company) -> dict[str, Any]:
    await receive(company, letter(to=company.address))
    await answer(company, 1)
    async with company.desk.db.work(company.workspace_id) as session:
        (file_id,) = await files.store(session, [b"a picture"])
        inbound = await session.scalar(select(Message.id).where(Message.kind == "inbound"))
        attachment = Attachment(message_id=inbound, file_id=file_id, name="a.png", type="image/png", size=9)
        hook = Webhook(name="Stock", url="https://stock.example/hook", kinds=["ticket.created"], secret="v1.")
        rule = Rule(name="Night", event="created", position=9, active=False)
        policy = SlaPolicy(name="Lamps", position=99, targets={"callback": 60}, conditions=TAGGED)
        calendar = WorkCalendar(key="spare", name="Spare", zone="UTC", week=[[[0, 60]]] * 7, days=[])
        session.add_all([attachment, hook, rule, policy, calendar])
        await session.flush()
        told = Delivery(webhook_id=hook.id, kind="ticket.created", payload={})
        asked = await session.scalar(select(Message.ticket_id).where(Message.kind == "inbound"))
        department = Department(key="spare", name="Spare")
        session.add_all([told, department])
        await session.flush()
        due = clock.now() + timedelta(days=1)
        promise = Promise(ticket_id=asked, person_id=company.lead.person_id, text="By noon", due_at=due)
        task = Task(ticket_id=asked, department_id=department.id, title="Where?", question="Where?", due_at=due)
        view, macro = View(name="Spare"), Macro(name="Spare", html="<p>{{order}}</p>", changes=[])
        run = BulkRun(person_id=company.admin.person_id)
        planned = PlannedReply(
            ticket_id=asked, person_id=company.admin.person_id, html="<p>Later</p>", at=due, seen_at=clock.now()
        )
        move = Move(kind="split", from_ticket_id=asked, to_ticket_id=asked)
        term = TermEntry(
            source="de", target="en", term="Lampe", folded="lampe", rendering="lamp",
            proposed_by_id=company.lead.person_id,
        )  # fmt: skip
        session.add_all([promise, task, view, macro, run, planned, move, term])
        await session.flush()
    async with company.desk.db.work(company.workspace_id) as session:
        message: UUID | None = await session.scalar(select(Message.id).where(Message.kind == "outbound"))
        customer: UUID | None = await session.scalar(select(Customer.id))
        team = await teams.find_by_key(session, "payment")
        assert team is not None
    return {
        "number": 1, "attachment_id": str(attachment.id), "webhook_id": str(hook.id), "delivery_id": str(told.id),
        "message_id": str(message), "customer_id": str(customer), "shop_id": str(company.shop_id),
        "team_id": str(team.id), "rule_id": str(rule.id), "policy_id": str(policy.id),
        "calendar_id": str(calendar.id), "department_id": str(department.id), "promise_id": str(promise.id),
        "task_id": str(task.id), "view_id": str(view.id), "macro_id": str(macro.id), "run_id": str(run.id),
        "planned_id": str(planned.id), "move_id": str(move.id), "term_id": str(term.id),
        "person_id": str(company.lead.person_id), "mailbox_id": str(company.mailbox_id),
    }  # fmt: skip


@contextmanager
def served(url: str, data: Path) -> Iterator[Served]:
    """A desk with one ticket, until the block ends."""
    port = free_port()
    found: list[Served] = []
    ready, server = threading.Event(), None

    async def main() -> None:
        nonlocal server
        settings = Settings(data=data, allow_private_hosts=True, api_per_minute=0)
        desk = wiring.build(settings, url)
        try:
            async with desk.jobs.open_async():
                company = await found_company(desk)
                found.append(Served(f"http://127.0.0.1:{port}", await token_of(company), await _fill(company)))
                app = create_app(desk, life=nullcontext())  # type: ignore[arg-type]
                server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="none"))
                server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
                serving = asyncio.create_task(server.serve())
                while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
                    await asyncio.sleep(0.01)
                ready.set()
                await serving
        finally:
            ready.set()
            await wiring.close(desk)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    try:
        assert ready.wait(30)
        yield found[0]
    finally:
        if server is not None:
            server.should_exit = True
        thread.join(20)

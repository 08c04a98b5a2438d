"""Asking about a ticket: a department, a colleague, an address outside; and forwarding chosen messages."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import queries as people
from dragoman.accounts.departments import queries as departments
from dragoman.accounts.departments.names import department_label
from dragoman.flow import tasks as flow
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import access, queries
from dragoman.tickets.service import snippet
from dragoman.tickets.tasks import queries as tasks
from dragoman.tickets.tasks.service import To
from dragoman.web import formats, respond
from dragoman.web.deps import Flash, Number, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.desk.promises.routes import due_of
from dragoman.web.desk.tasks.build import row
from dragoman.web.desk.tasks.view import AskPage, ForwardPage
from dragoman.web.forms import Choice, Form

router = APIRouter(prefix="/tickets/{number}")
FIELDS = ("to", "address", "title", "question", "due", "waits")
FORWARD_FIELDS = ("address", "title", "question", "due", "waits")


def _to(value: str, address: str) -> To:
    """Whom a form names: `department:…`, `person:…`, or an address."""
    kind, _colon, key = value.partition(":")
    if kind == "department":
        return To(department_id=known_id(key))
    if kind == "person":
        return To(person_id=known_id(key))
    return To(address=address.strip())


async def _show_ask(
    reader: Reader, number: int, form: Form | None = None, orders: frozenset[str] | None = None
) -> Response:
    reader.actor.require("ticket.note")
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        houses = await departments.list_departments(session, active_only=True)
        colleagues = await people.list_people(session, active_only=True)
        found = await tasks.list_on_ticket(session, ticket.id)
        around = await respond.shell(reader, session, "tasks")
    groups = (
        (_("Departments"), tuple(
            Choice(f"department:{one.id}", department_label(one.key, one.name)) for one in houses
        )),
        (_("Colleagues"), tuple(
            Choice(f"person:{one.id}", one.name) for one in colleagues if one.id != reader.actor.person_id
        )),
    )  # fmt: skip
    chosen = frozenset(ticket.order_refs) if orders is None else orders
    view = AskPage(
        number, ticket.subject, groups, tuple(Choice(one, one, one in chosen) for one in ticket.order_refs),
        form or Form({"waits": "yes"}), reader.actor.may("ticket.reply"), tuple(row(one) for one in found),
    )  # fmt: skip
    return respond.page(reader.request, "desk/tasks/ask.html", view, around, status=422 if form else 200)


@router.get("/tasks")
async def ask_page(reader: SignedIn, number: Number) -> Response:
    """Ask a department, a colleague, or somebody outside."""
    return await _show_ask(reader, number)


@router.post("/tasks")
async def ask(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Put the question."""
    reader.actor.require("ticket.note")
    values = {name: field(data, name, 25_000) for name in FIELDS}
    orders = fields(data, "order")[:50]
    try:
        async with reader.work() as session:
            ticket = await access.get_ticket(session, reader.actor, number, lock=True)
            made = await flow.ask(
                session, reader.desk.jobs, reader.actor, ticket=ticket, to=_to(values["to"], values["address"]),
                title=values["title"], question=values["question"], waits=values["waits"] == "yes", order_refs=orders,
                due_at=due_of(reader, values["due"]) if values["due"].strip() else None,
            )  # fmt: skip
    except Invalid as error:
        form = Form(values, said_fields(error), "" if error.fields else said(error))
        return await _show_ask(reader, number, form, frozenset(orders))
    return respond.redirect(reader.request, f"/tickets/{number}", Flash(_("Asked"), f"/tasks/{made.id}/cancel"))


async def _show_forward(
    reader: Reader, number: int, form: Form | None = None, chosen: frozenset[UUID] | None = None
) -> Response:
    reader.actor.require("ticket.reply")
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        messages = [one for one in await queries.list_messages(session, ticket.id) if one.kind != "note"]
        around = await respond.shell(reader, session, "tasks")
    latest = {one.id for one in messages if one.kind == "inbound"} if chosen is None else chosen
    with formats.use(reader.zone):
        choices = tuple(
            Choice(str(one.id), f"{one.from_name or '?'}, {formats.stamp(one.at)}", one.id in latest, snippet(one.text))
            for one in messages[-40:]
        )
    view = ForwardPage(number, ticket.subject, choices, form or Form({"title": ticket.subject[:120]}))
    return respond.page(reader.request, "desk/tasks/forward.html", view, around, status=422 if form else 200)


@router.get("/forward")
async def forward_page(reader: SignedIn, number: Number) -> Response:
    """Forward chosen messages to somebody outside."""
    return await _show_forward(reader, number)


@router.post("/forward")
async def forward(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Send them; the answer comes back as a note."""
    reader.actor.require("ticket.reply")
    values = {name: field(data, name, 25_000) for name in FORWARD_FIELDS}
    chosen = [known_id(one) for one in fields(data, "message")[:60]]
    try:
        async with reader.work() as session:
            ticket = await access.get_ticket(session, reader.actor, number, lock=True)
            await flow.ask(
                session, reader.desk.jobs, reader.actor, ticket=ticket, to=To(address=values["address"].strip()),
                title=values["title"], question=values["question"], waits=values["waits"] == "yes", forwards=chosen,
                due_at=due_of(reader, values["due"]) if values["due"].strip() else None,
            )  # fmt: skip
    except Invalid as error:
        faults = said_fields(error)
        if "to" in faults:
            faults["address"] = _("Give an e-mail address.")
        return await _show_forward(reader, number, Form(values, faults, faults.get("messages", "")), frozenset(chosen))
    return respond.redirect(reader.request, f"/tickets/{number}", Flash(_("Forwarded")))

"""A customer's page."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import queries as people
from dragoman.customers import privacy, service
from dragoman.customers.models import Customer
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import queries as tickets
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.desk.customer.view import CustomerPage
from dragoman.web.desk.ticket.view import Link
from dragoman.web.entry.routes import zones
from dragoman.web.forms import Choice, Form

router = APIRouter(prefix="/customers/{customer_id}")
NOBODY = UUID(int=0)
FIELDS = ("name", "language", "market", "timezone", "notes")


async def _show(reader: Reader, customer_id: UUID, form: Form | None = None, *, whole: bool = False) -> Response:
    async with reader.work() as session:
        look = service.reveal if whole else service.get_customer
        customer, identities = await look(session, reader.actor, customer_id)
        workspace = await people.find_workspace(session, reader.actor.workspace_id)
        history = await tickets.list_history(session, customer_id, besides=NOBODY)
        around = await respond.shell(reader, session, "customer")
    level = "open" if whole or workspace is None else privacy.level_for(customer.market, workspace.settings)
    view = CustomerPage(
        href=f"/customers/{customer.id}",
        name=customer.name or _("Unknown customer"),
        known_by=tuple(privacy.shown(one.kind, one.value, level) for one in identities),
        tickets=tuple(
            Link(f"#{row.number} {row.subject}", f"/tickets/{row.number}", row.last_activity_at, row.status)
            for row in history
        ),
        form=form or Form({name: getattr(customer, name) for name in FIELDS}),
        zones=(Choice("", "—"), *zones()),
        may_change=reader.actor.may("customer.change"),
        lang=customer.language,
        market=customer.market,
        note=customer.notes,
        reveal=f"/customers/{customer.id}/reveal" if level != "open" and reader.actor.may("customer.reveal") else "",
        masked=why_masked(customer.market) if level != "open" else "",
    )
    return respond.page(reader.request, "desk/customer/customer.html", view, around, status=422 if form else 200)


def why_masked(market: str) -> str:
    """Why a customer's addresses are masked, with the rule's source, or that it has yet to be confirmed."""
    rule = privacy.rule_for(market)
    source = rule.source if rule.confidence != "low" else _("to be confirmed")
    return f"{_(rule.why)} ({source})"


@router.get("")
async def customer_page(reader: SignedIn, customer_id: str) -> Response:
    """What the desk knows of a customer, and their tickets."""
    return await _show(reader, known_id(customer_id))


async def _change(reader: Reader, customer_id: UUID, values: dict[str, str]) -> None:
    """Change the given fields; the others stay as they are."""
    async with reader.work() as session:
        customer: Customer
        customer, _identities = await service.get_customer(session, reader.actor, customer_id)
        whole = {name: getattr(customer, name) for name in FIELDS} | values
        await service.change_customer(
            session, reader.actor, customer_id, name=whole["name"] or _("Unknown customer"),
            language=whole["language"], market=whole["market"], timezone=whole["timezone"], notes=whole["notes"],
        )  # fmt: skip


@router.post("")
async def change(reader: SignedIn, customer_id: str, data: Posted) -> Response:
    """Change what the desk knows."""
    values = {name: field(data, name, 20_000) for name in FIELDS}
    found = known_id(customer_id)
    try:
        await _change(reader, found, values)
    except Invalid as error:
        faults = said_fields(error)
        return await _show(reader, found, Form(values, faults, "" if faults else said(error)))
    return respond.redirect(reader.request, f"/customers/{found}", Flash(_("Saved")))


@router.post("/reveal")
async def reveal(reader: SignedIn, customer_id: str, data: Posted) -> Response:
    """Show what is masked, once; the audit log notes who had it shown."""
    del data
    return await _show(reader, known_id(customer_id), whole=True)


@router.post("/note")
async def keep_note(reader: SignedIn, customer_id: str, data: Posted) -> Response:
    """Keep a note about the customer, from the panel beside a ticket."""
    found = known_id(customer_id)
    await _change(reader, found, {"notes": field(data, "note", 20_000)})
    back = respond.own_path(field(data, "next", 500), f"/customers/{found}")
    return respond.redirect(reader.request, back, Flash(_("Saved")))

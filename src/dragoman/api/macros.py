"""Macros: a text with variables and a set of changes; filled for a ticket, and run on one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, StrictBool

from dragoman.accounts.audiences import ME, audience_of
from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words, naming
from dragoman.api.conditions import Changes
from dragoman.api.door import Caller, Door, needs
from dragoman.api.problems import FieldProblem
from dragoman.api.tickets import Me, Number, TicketOut
from dragoman.api.tickets import shown as ticket_shown
from dragoman.api.views import AUDIENCE, WRITE, Audience
from dragoman.channels.email.compose import html_to_text
from dragoman.commerce import queries as shops
from dragoman.customers import queries as customers
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.replies.macros import queries, service
from dragoman.replies.macros.models import Macro
from dragoman.replies.macros.service import Wanted
from dragoman.replies.macros.variables import names_in
from dragoman.tickets.access import get_ticket
from dragoman.tickets.bulk import service as bulk
from dragoman.tickets.changes.kinds import read
from dragoman.tickets.models import Ticket

router = APIRouter(route_class=Door, tags=["Macros"])
READ = "tickets:read"
Name = Annotated[Words, Field(min_length=1, max_length=80, examples=["Parcel is late"])]
HTML = "Its text, with variables in double braces such as `{{customer.name}}`; empty: it only changes."
Html = Annotated[Words, Field(max_length=service.LONGEST_TEXT, description=HTML)]
Shortcut = Annotated[Words, Field(max_length=31, description="What is typed after “/”.", examples=["late"])]
Language = Annotated[str, Field(max_length=20, pattern=r"^[A-Za-z0-9-]*$", description="BCP 47 of its text.")]


class MacroOut(Out):
    """A macro."""

    id: UUID
    name: str
    shortcut: str
    html: str
    note: bool = Field(description="Whether its text is a note to colleagues instead of an answer.")
    language: str
    changes: list[Any]
    audience: str = Field(description=AUDIENCE)
    shop_id: UUID | None = Field(description="Offered only in tickets of this shop; null: in all.")
    active: bool
    problems: list[FieldProblem] = Field(description="Changes that no longer make sense; they are left out.")
    created_at: datetime
    updated_at: datetime


class MacroNew(In):
    """A macro to add: it writes something, changes something, or both."""

    name: Name
    html: Html = Field("", examples=["<p>Dear {{customer.name}}, we look into {{order}} today.</p>"])
    shortcut: Shortcut = ""
    note: StrictBool = False
    language: Language = ""
    changes: Changes = Field([], examples=[[{"kind": "status", "value": "pending"}]])
    audience: Audience = ME
    shop_id: UUID | None = None
    active: StrictBool = True


class MacroChange(In):
    """What to change; what is not named stays."""

    name: Name = "-"
    html: Html = ""
    shortcut: Shortcut = ""
    note: StrictBool = False
    language: Language = ""
    changes: Changes = Field([])
    audience: Audience = ME
    shop_id: UUID | None = None
    active: StrictBool = True


class FilledOut(Out):
    """A macro as it would be in a ticket. Nothing was written or changed."""

    macro_id: UUID
    html: str = Field(description="Its text with the ticket's values.")
    text: str = Field(description="The same without markup.")
    note: bool
    missing: list[str] = Field(description="Variables without a value here; they still stand in the text.")
    changes: list[dict[str, str]]


class RanOut(FilledOut):
    """A macro that has made its changes. Its text is not sent: write it with `POST /tickets/{number}/messages`."""

    ticket: TicketOut
    run_id: UUID | None = Field(description="For `POST /bulk/{run_id}/undo`; null where nothing changed.")


def shown(macro: Macro) -> MacroOut:
    """A macro as the API gives it."""
    plain = {name: getattr(macro, name) for name in MacroOut.model_fields if name not in ("audience", "problems")}
    wrong = read(macro.changes)[1]
    return MacroOut(
        **plain, audience=audience_of(macro.owner_id, macro.team_id),
        problems=[FieldProblem(field=f"changes.{place}", detail=_(said)) for place, said in wrong.items()],
    )  # fmt: skip


async def _filled(me: Caller, ticket: Ticket, macro: Macro) -> FilledOut:
    customer = await customers.load(me.session, ticket.customer_id)
    shop = await shops.load(me.session, ticket.shop_id) if ticket.shop_id else None
    if customer is None:
        raise LookupError(f"ticket without its customer {ticket.id}")
    html = service.text_for(macro, service.values_for(me.actor, ticket, customer, shop))
    return FilledOut(
        macro_id=macro.id, html=html, text=html_to_text(html).strip(), note=macro.note, missing=names_in(html),
        changes=[one.data() for one in service.changes_of(macro)],
    )  # fmt: skip


@router.get("/macros", summary="List macros", response_model=Listed[MacroOut], **needs(READ))
async def list_macros(me: Me) -> Response:
    """Shared macros and those of whose token it is, by name, those out of use last. The list comes whole: a desk has
    500 at most."""
    me.actor.require("ticket.read")
    return answers.page(me, [shown(one) for one in await queries.list_shared(me.session, me.actor.person_id)])


@router.post("/macros", summary="Add a macro", response_model=MacroOut, status_code=201, **needs(WRITE))
async def add_macro(me: Me, new: MacroNew) -> Response:
    """Adds a macro. Changes are those of the desk's own form; a fault in one is told with its place."""
    with naming(shop="shop_id"):
        macro = await service.save(me.session, me.actor, Wanted(**new.model_dump()))
    return answers.one(me, shown(macro), status=201, at=f"/macros/{macro.id}")


@router.get("/macros/{macro_id}", summary="Read a macro", response_model=MacroOut, **needs(READ))
async def read_macro(me: Me, macro_id: UUID) -> Response:
    """One macro."""
    return answers.one(me, shown(await service.get_macro(me.session, me.actor, macro_id)))


@router.patch("/macros/{macro_id}", summary="Change a macro", response_model=MacroOut, **needs(WRITE, 412))
async def change_macro(me: Me, macro_id: UUID, change: MacroChange) -> Response:
    """Changes the named fields: of one's own macros, and of shared ones with the right to share."""
    macro = await service.get_macro(me.session, me.actor, macro_id, lock=True)
    answers.check_unchanged(me, shown(macro))
    kept = {name: getattr(macro, name) for name in Wanted.__dataclass_fields__ if name != "audience"}
    kept["audience"] = audience_of(macro.owner_id, macro.team_id)
    wanted = Wanted(**kept | change.model_dump(exclude_unset=True))
    with naming(shop="shop_id"):
        return answers.one(me, shown(await service.save(me.session, me.actor, wanted, macro=macro)))


@router.post(
    "/macros/{macro_id}/remove", summary="Remove a macro", response_model=MacroOut, status_code=200, **needs(WRITE)
)
async def remove_macro(me: Me, macro_id: UUID) -> Response:
    """Removes a macro, and answers what it was; what was done with it stays."""
    macro = await service.get_macro(me.session, me.actor, macro_id, lock=True)
    was = shown(macro)
    await service.remove(me.session, me.actor, macro=macro)
    return answers.one(me, was)


@router.get(
    "/tickets/{number}/macros/{macro_id}", summary="Fill a macro for a ticket", response_model=FilledOut, **needs(READ)
)
async def fill_macro(me: Me, number: Number, macro_id: UUID) -> Response:
    """What a macro would write and change in a ticket."""
    ticket = await get_ticket(me.session, me.actor, number)
    macro = await service.get_macro(me.session, me.actor, macro_id)
    return answers.one(me, await _filled(me, ticket, macro))


@router.post(
    "/tickets/{number}/macros/{macro_id}/run", summary="Run a macro on a ticket", response_model=RanOut,
    status_code=200, **needs("tickets:write"),
)  # fmt: skip
async def run_macro(me: Me, number: Number, macro_id: UUID) -> Response:
    """Makes a macro's changes, all of them or none, and answers its text, filled. Its text is sent to nobody."""
    ticket = await get_ticket(me.session, me.actor, number, lock=True)
    macro = await service.get_macro(me.session, me.actor, macro_id)
    changes = service.changes_of(macro)
    run_id = None
    me.actor.require("ticket.change")
    if changes:
        outcome = await bulk.run(me.session, me.actor, numbers=[number], changes=changes)
        if outcome.left:
            raise Invalid(fields={"changes": outcome.left[number]})
        run_id = outcome.run.id if outcome.changed else None
    await service.used(me.session, [macro])
    await me.session.settle()
    filled = await _filled(me, ticket, macro)
    return answers.one(me, RanOut(**filled.model_dump(), ticket=ticket_shown(ticket), run_id=run_id))

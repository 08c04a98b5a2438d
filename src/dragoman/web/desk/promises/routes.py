"""Promises: noted by one keystroke, kept, renewed, broken; lists and the kept rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import queries as people
from dragoman.accounts.teams import queries as teams
from dragoman.flow import promises as flow
from dragoman.kit import clock, when
from dragoman.kit.errors import Invalid, NotFound
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import access
from dragoman.tickets import queries as tickets
from dragoman.tickets.promises import queries, service
from dragoman.web import respond
from dragoman.web.deps import Flash, Number, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.desk.inbox.view import Option
from dragoman.web.desk.promises.build import offers, on_ticket, rate, row, tabs
from dragoman.web.desk.promises.view import NewPage, PromisePage, PromisesPage, ReportPage
from dragoman.web.desk.ticket.turns import UNREADABLE
from dragoman.web.forms import Choice, Form

router = APIRouter()
SPANS = {"week": timedelta(days=7), "month": timedelta(days=30)}


def due_of(reader: Reader, text: str) -> datetime:
    """By when, out of words; "tomorrow" is the end of that day. Raises Invalid beside `due`."""
    try:
        at = datetime.fromisoformat(text.strip())
        if at.tzinfo is not None:
            return at
    except ValueError:
        pass
    found = when.parse(text, now=clock.now(), zone=reader.zone, locale=reader.actor.locale, deadline=True)
    if found is None:
        raise Invalid(fields={"due": UNREADABLE})
    return found.at


@router.get("/promises")
async def promises_page(reader: SignedIn, of: str = "mine", cursor: str = "") -> Response:
    """Promises not settled: mine, my teams', overdue, due next."""
    reader.actor.require("ticket.read")
    scope = of if of in queries.SCOPES else "mine"
    async with reader.work() as session:
        mine = await teams.teams_of(session, reader.actor.person_id) if scope == "team" else []
        page = await queries.list_open(
            session, scope, person_id=reader.actor.person_id, teams=mine, now=clock.now(), cursor=cursor or None
        )
        around = await respond.shell(reader, session, "promises")
    may = reader.actor.may("ticket.reply")
    more = respond.query("/promises", {"of": scope, "cursor": page.next}) if page.next else ""
    view = PromisesPage(tabs(scope), tuple(row(one, may=may) for one in page.rows), scope, more)
    return respond.page(reader.request, "desk/promises/promises.html", view, around)


@router.get("/promises/report")
async def report(reader: SignedIn, time: str = "week") -> Response:
    """How promises were kept: per team, and per person for those who lead."""
    reader.actor.require("ticket.read")
    span = time if time in SPANS else "week"
    now = clock.now()
    async with reader.work() as session:
        by_team = await queries.tally_teams(session, now - SPANS[span], now)
        leads = reader.actor.may("team.manage")
        by_person = await queries.tally_people(session, now - SPANS[span], now) if leads else []
        around = await respond.shell(reader, session, "promises")
    words = {"week": _("Seven days"), "month": _("Thirty days")}
    spans = tuple(
        Option(label, respond.query("/promises/report", {"time": key}), key == span) for key, label in words.items()
    )
    view = ReportPage(
        tabs("report"), spans, tuple(rate(one, team=True) for one in by_team),
        tuple(rate(one, team=False) for one in by_person),
    )  # fmt: skip
    return respond.page(reader.request, "desk/promises/report.html", view, around)


async def _show_new(reader: Reader, number: int, form: Form | None = None) -> Response:
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        part = await on_ticket(session, reader, ticket)
        around = await respond.shell(reader, session, "promises")
    view = NewPage(number, ticket.subject, replace(part, form=form or part.form))
    return respond.page(reader.request, "desk/promises/new.html", view, around, status=422 if form else 200)


@router.get("/tickets/{number}/promises")
async def ticket_promises(reader: SignedIn, number: Number) -> Response:
    """The promises of a ticket, and the form by which one is noted."""
    return await _show_new(reader, number)


@router.post("/tickets/{number}/promises")
async def make(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Note a promise, found in an answer or made by hand."""
    values = {name: field(data, name, 700) for name in ("text", "due", "owner", "message")}
    reader.actor.require("ticket.reply")
    try:
        async with reader.work() as session:
            ticket = await access.get_ticket(session, reader.actor, number, lock=True)
            message = await tickets.load_message(session, known_id(values["message"])) if values["message"] else None
            if values["message"] and message is None:
                raise NotFound
            made = await service.make(
                session, reader.actor, ticket=ticket, text=values["text"], due_at=due_of(reader, values["due"]),
                message=message, owner=known_id(values["owner"]) if values["owner"] else None,
            )  # fmt: skip
    except Invalid as error:
        return await _show_new(reader, number, Form(values, said_fields(error)))
    flash = Flash(_("Promise noted"), f"/promises/{made.id}/undo")
    return respond.redirect(reader.request, f"/tickets/{number}", flash)


@router.post("/tickets/{number}/promises/offer")
async def offer(reader: SignedIn, number: Number, data: Posted) -> Response:
    """The promises found in an answer that is being written, as a fragment beside it."""
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        reader.actor.require("ticket.reply")
        around = await respond.shell(reader, session, "inbox")
    view = offers(reader, ticket, field(data, "text", 20_000))
    return respond.fragment("desk/promises/offers.html", "offers", view, around)


async def _show(
    reader: Reader, promise_id: UUID, *, renew: Form | None = None, give_up: Form | None = None,
    give: Form | None = None,
) -> Response:  # fmt: skip
    async with reader.work() as session:
        await service.get_promise(session, reader.actor, promise_id)
        found = await queries.find_row(session, promise_id)
        if found is None:
            raise NotFound
        everybody = await people.list_people(session, active_only=True)
        around = await respond.shell(reader, session, "promises")
    view = PromisePage(
        row(found, may=reader.actor.may("ticket.reply")), reader.actor.may("ticket.reply"),
        renew=renew or Form(), give_up=give_up or Form({"goodwill": _(service.GOODWILL)}),
        give=give or Form({"owner": str(found.promise.person_id)}),
        owners=tuple(Choice(str(one.id), one.name) for one in everybody) if reader.actor.may("ticket.assign") else (),
    )  # fmt: skip
    status = 422 if renew or give_up or give else 200
    return respond.page(reader.request, "desk/promises/promise.html", view, around, status=status)


@router.get("/promises/{promise_id}")
async def promise_page(reader: SignedIn, promise_id: str) -> Response:
    """One promise: keep it, renew it with a word to the customer, or say that it was broken."""
    return await _show(reader, known_id(promise_id))


@router.post("/promises/{promise_id}/keep")
async def keep(reader: SignedIn, promise_id: str, data: Posted) -> Response:
    """Note that it was kept."""
    found = known_id(promise_id)
    async with reader.work() as session:
        await service.keep(session, reader.actor, found)
    back = respond.own_path(field(data, "next", 400), "/promises")
    return respond.redirect(reader.request, back, Flash(_("Promise kept"), f"/promises/{found}/reopen"))


@router.post("/promises/{promise_id}/reopen")
async def reopen(reader: SignedIn, promise_id: str, data: Posted) -> Response:
    """Take back that it was settled."""
    del data
    found = known_id(promise_id)
    async with reader.work() as session:
        await service.reopen(session, reader.actor, found)
    return respond.redirect(reader.request, f"/promises/{found}", Flash(_("The promise is open again")))


@router.post("/promises/{promise_id}/undo")
async def undo(reader: SignedIn, promise_id: str, data: Posted) -> Response:
    """Take back that a promise was noted, right after."""
    del data
    async with reader.work() as session:
        number = await service.unmake(session, reader.actor, known_id(promise_id))
    return respond.redirect(reader.request, f"/tickets/{number}", Flash(_("Taken back")))


@router.post("/promises/{promise_id}/renew")
async def renew(reader: SignedIn, promise_id: str, data: Posted) -> Response:
    """Give it another time; the word to the customer goes into the draft, and the ticket opens there."""
    reader.actor.require("ticket.reply")
    found, values = known_id(promise_id), {"due": field(data, "due", 80), "word": field(data, "word", 5_000)}
    try:
        async with reader.work() as session:
            _made, ticket = await flow.renew(
                session, reader.actor, found, due_at=due_of(reader, values["due"]), word=values["word"]
            )
    except Invalid as error:
        return await _show(reader, found, renew=Form(values, said_fields(error), "" if error.fields else said(error)))
    words = (
        _("Renewed. Your word to the customer stands in the answer: send it.")
        if values["word"].strip()
        else _("Renewed")
    )
    return respond.redirect(reader.request, f"/tickets/{ticket.number}", Flash(words))


@router.post("/promises/{promise_id}/break")
async def give_up(reader: SignedIn, promise_id: str, data: Posted) -> Response:
    """Say that it was broken, and what is proposed to make up for it."""
    found = known_id(promise_id)
    values = {"why": field(data, "why", 700), "goodwill": field(data, "goodwill", 700)}
    try:
        async with reader.work() as session:
            await service.give_up(session, reader.actor, found, word=values["why"], goodwill=values["goodwill"])
    except Invalid as error:
        faults = said_fields(error)
        return await _show(reader, found, give_up=Form(values, faults | {"why": faults.get("word", "")}))
    return respond.redirect(reader.request, f"/promises/{found}", Flash(_("Noted"), f"/promises/{found}/reopen"))


@router.post("/promises/{promise_id}/owner")
async def give(reader: SignedIn, promise_id: str, data: Posted) -> Response:
    """Let somebody else keep it."""
    reader.actor.require("ticket.assign")
    found, owner = known_id(promise_id), field(data, "owner", 40)
    try:
        async with reader.work() as session:
            await service.give_to(session, reader.actor, found, owner=known_id(owner))
    except Invalid as error:
        return await _show(reader, found, give=Form({"owner": owner}, said_fields(error)))
    return respond.redirect(reader.request, f"/promises/{found}", Flash(_("Saved")))

"""The audit log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from dragoman.accounts import queries as people
from dragoman.audit import export, queries, service, verbs
from dragoman.audit.models import AuditEntry
from dragoman.audit.service import changes
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.tickets.models import PRIORITIES
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.audit.view import AuditPage, Line
from dragoman.web.words import PRIORITY, STATUS

router = APIRouter(prefix="/settings/audit")
BASE = "/settings/audit"
FILTERS = ("area", "person", "since", "until", "q")
VIA = {"web": N_("Browser"), "api": N_("API"), "cli": N_("Command line"), "desk": N_("The desk")}
BROKEN = {"missing": N_("an entry is missing"), "changed": N_("the entry was changed"), "moved": N_("it was moved")}
LONGEST = 120
PLACES = {
    "ticket": "/tickets/", "customer": "/customers/", "webhook": "/settings/webhooks/", "market": "/settings/markets/",
}  # fmt: skip
"""Where the subjects of deeds are looked at."""


def _day(text: str, reader: Reader, *, after: int = 0) -> datetime | None:
    """The start of a day in the reader's zone; what is no day is no bound."""
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=after), time(), reader.zone)
    except (ValueError, OverflowError):
        return None


def _chosen(values: Mapping[str, str], reader: Reader) -> queries.Filter:
    try:
        person = UUID(values["person"]) if values["person"] else None
    except ValueError:
        person = None
    return queries.Filter(
        area=values["area"] if values["area"] in verbs.AREAS else "",
        person_id=person,
        since=_day(values["since"], reader),
        until=_day(values["until"], reader, after=1),
        words=values["q"].strip().removeprefix("#")[:100],
    )


def _facts(verb: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What changed, as (name, before, after); ids that a name stands beside, and what is empty, say nothing."""
    if set(data) == {"before", "after"} and not isinstance(data["after"], dict):
        yield "", _short(data["before"], verb), _short(data["after"], verb)
        return
    if set(data) == {"before", "after"}:
        data = changes(data["before"] or {}, data["after"])
    for name, value in data.items():
        called = _(verbs.FACTS[name]) if name in verbs.FACTS else name
        if isinstance(value, dict) and set(value) == {"before", "after"} and not isinstance(value["after"], dict):
            yield called, _short(value["before"]), _short(value["after"])
        elif isinstance(value, dict):
            yield from _facts(verb, value)
        elif value not in (None, "", [], {}) and not (name == "to" and data.get("name")):
            yield called, "", _short(value)


def _short(value: Any, verb: str = "") -> str:
    if verb == "ticket.status" and value in STATUS:
        return _(STATUS[value].label)
    if verb == "ticket.priority" and value in PRIORITIES:
        return _(PRIORITY[PRIORITIES[value]].label)
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _line(entry: AuditEntry) -> Line:
    deed = verbs.VERBS.get(entry.verb)
    return Line(
        at=entry.at,
        who=entry.person_name or _("The desk"),
        deed=_(deed) if deed else entry.verb,
        subject=entry.subject_name or entry.subject_id,
        href=PLACES[entry.subject_kind] + entry.subject_id if entry.subject_kind in PLACES else "",
        via=_(VIA.get(entry.via, entry.via)),
        address=entry.address,
        facts=tuple(_facts(entry.verb, entry.data)),
    )


async def _show(
    reader: Reader, values: dict[str, str], cursor: str, keep: Form | None = None, *, status: int = 200
) -> Response:
    reader.actor.require("audit.read")
    async with reader.work() as session:
        page = await queries.list_entries(session, _chosen(values, reader), cursor=cursor or None)
        everybody = await people.list_people(session)
        workspace = await queries.load_workspace(session)
        around = await respond.shell(reader, session, "manage.audit")
    view = AuditPage(
        lines=tuple(_line(entry) for entry in page.rows),
        form=Form(values),
        areas=(Choice("", _("Everything")), *(Choice(key, _(label)) for key, label in verbs.AREAS.items())),
        people=(Choice("", _("Everybody")), *(Choice(str(one.id), one.name) for one in everybody)),
        more=respond.query(BASE, values | {"cursor": page.next}) if page.next else "",
        narrowed=any(values.values()),
        may_export=reader.actor.may("audit.export"),
        keep=keep or Form({"audit_days": str(service.keep_days(workspace.settings))}),
        may_keep=reader.actor.may("workspace.manage"),
    )
    return respond.page(reader.request, "manage/audit/audit.html", view, around, status=status)


@router.get("")
async def audit_page(
    reader: SignedIn, area: str = "", person: str = "", since: str = "", until: str = "", q: str = "", cursor: str = ""
) -> Response:
    """The log, newest first."""
    values = {"area": area, "person": person, "since": since, "until": until, "q": q[:100]}
    return await _show(reader, values, cursor)


@router.post("/check")
async def check(reader: SignedIn, data: Posted) -> Response:
    """Check the whole chain and say how it looks."""
    del data
    reader.actor.require("audit.read")
    verdict = await service.verify(reader.desk.db, reader.actor.workspace_id)
    if verdict.broken:
        words = _(
            "The log does not hold at entry {n}: {reason}. Export it, and look at who can reach the database.",
            n=verdict.broken.n, reason=_(BROKEN[verdict.broken.reason]),
        )  # fmt: skip
        return respond.redirect(reader.request, BASE, Flash(words, tone="red"))
    checked = ngettext("{n} entry was checked.", "{n} entries were checked.", verdict.checked)
    head = _("Nothing was changed. Newest: {n}, {hash}", n=verdict.head, hash=verdict.hash[:16])
    return respond.redirect(reader.request, BASE, Flash(f"{checked} {head}"))


@router.post("/export")
async def take_out(reader: SignedIn, data: Posted) -> Response:
    """The filtered log as a file."""
    reader.actor.require("audit.export")
    values = {name: field(data, name, 100) for name in FILTERS}
    kind: export.Format = "jsonl" if field(data, "kind") == "jsonl" else "csv"
    async with reader.work() as session:
        service.record(session, reader.actor, "export.audit", kind=kind, filter={k: v for k, v in values.items() if v})
    name = f"audit-{clock.now().astimezone(reader.zone):%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    content = export.rows(reader.desk.db, reader.actor.workspace_id, _chosen(values, reader), kind)
    return StreamingResponse(content, headers=headers, media_type=export.TYPES[kind])


@router.post("/keep")
async def keep(reader: SignedIn, data: Posted) -> Response:
    """Change how long entries are kept."""
    typed = field(data, "audit_days", 10)
    try:
        async with reader.work() as session:
            await service.keep(session, reader.actor, int(typed) if typed.isdecimal() else 0)
    except Invalid as error:
        form = Form({"audit_days": typed}, said_fields(error))
        return await _show(reader, dict.fromkeys(FILTERS, ""), "", form, status=422)
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))

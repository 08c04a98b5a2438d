"""Rules: listed, ordered, edited, and tried on last week's tickets."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.kit.errors import Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.routing.rules import queries, service
from dragoman.routing.rules.engine import EVENTS, SINCE, WAITED
from dragoman.routing.rules.models import Rule
from dragoman.routing.rules.reading import read
from dragoman.routing.rules.service import Draft, Looked
from dragoman.routing.rules.trial import Tried, try_out
from dragoman.tickets.changes.kinds import KINDS
from dragoman.web import builders, respond
from dragoman.web.builders import Names
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.rules.view import FiredRow, RulePage, RuleRow, RulesPage, Trial

router = APIRouter(prefix="/settings/rules")
BASE = "/settings/rules"
HERE = "manage.rules"


def _event(rule: Rule) -> str:
    if rule.event != WAITED:
        return _(EVENTS.get(rule.event, rule.event))
    since = _(EVENTS.get(rule.since, rule.since))
    return _("{minutes} min after: {event}", minutes=rule.minutes, event=since)


def _row(one: Looked, known: Names, place: int, count: int) -> RuleRow:
    rule = one.rule
    ready, _problems = read(rule)
    odd = [_(clash.sentence, other=clash.other, what=_(KINDS[clash.what].label)) for clash in one.clashes]
    if rule.looped_with:
        odd.append(_("“{other}” set it off again after it had fired. It fired once only.", other=rule.looped_with))
    return RuleRow(
        name=rule.name, href=f"{BASE}/{rule.id}", event=_event(rule),
        conditions=builders.all_said(ready.conditions, known),
        changes=tuple(builders.change_said(change, known) for change in ready.changes),
        active=rule.active, stop=rule.stop, fired=one.fired, broken=tuple(_(text) for text in one.problems),
        odd=tuple(odd), first=place == 0, last=place == count - 1,
    )  # fmt: skip


@router.get("")
async def rules_page(reader: SignedIn) -> Response:
    """All rules in their order."""
    reader.actor.require("rule.manage")
    async with reader.work() as session:
        rules = await service.list_rules(session, reader.actor)
        known = await builders.names(session)
        around = await respond.shell(reader, session, HERE)
    rows = tuple(_row(one, known, place, len(rules)) for place, one in enumerate(rules))
    return respond.page(reader.request, "manage/rules/rules.html", RulesPage(rows), around)


def _form(draft: Draft, error: Invalid | None = None) -> Form:
    values = {
        "name": draft.name, "event": draft.event, "since": draft.since, "minutes": str(draft.minutes or ""),
        "active": "yes" if draft.active else "no", "stop": "yes" if draft.stop else "no",
    }  # fmt: skip
    if error is None:
        return Form(values)
    faults = said_fields(error)
    return Form(values, faults, "" if faults else said(error))


def _draft(data: Posted) -> Draft:
    minutes = field(data, "minutes", 10).strip()
    return Draft(
        name=field(data, "name", 300), event=field(data, "event", 40), since=field(data, "since", 40),
        minutes=int(minutes) if minutes.isascii() and minutes.isdecimal() else 0,
        conditions=builders.conditions_from(data), changes=builders.changes_from(data),
        active=field(data, "active") == "yes", stop=field(data, "stop") == "yes",
    )  # fmt: skip


async def _edit(
    reader: Reader, rule_id: UUID | None, draft: Draft | None = None, *, error: Invalid | None = None, spare: int = 1,
    trial: Tried | None = None, status: int = 200,
) -> Response:  # fmt: skip
    async with reader.work() as session:
        rule = await service.get(session, reader.actor, rule_id) if rule_id else None
        reader.actor.require("rule.manage")
        shown = draft or (service.draft_of(rule) if rule else Draft())
        known = await builders.names(session)
        fired = await _fired(session, rule)
        around = await respond.shell(reader, session, HERE)
    faults = said_fields(error) if error else {}
    events = [Choice(key, _(label)) for key, label in EVENTS.items()]
    view = RulePage(
        title=rule.name if rule else _("New rule"),
        action=f"{BASE}/{rule.id}" if rule else f"{BASE}/new",
        form=_form(shown, error),
        events=tuple(events),
        since=(Choice("", "—"), *(Choice(key, _(EVENTS[key])) for key in SINCE)),
        conditions=builders.conditions_builder(known, shown.conditions, faults, spare=spare),
        changes=builders.changes_builder(known, shown.changes, faults, spare=spare),
        remove=f"{BASE}/{rule.id}/remove" if rule else "",
        broken=tuple(_(text) for text in rule.problems) if rule and not error else (),
        fired=fired,
        trial=_trial(trial, known) if trial else None,
    )
    return respond.page(reader.request, "manage/rules/rule.html", view, around, status=status)


async def _fired(session: Session, rule: Rule | None) -> tuple[FiredRow, ...]:
    if rule is None:
        return ()
    return tuple(FiredRow(*row) for row in await queries.list_firings(session, rule.id))


def _trial(tried: Tried, known: Names) -> Trial:
    rows = tuple(
        FiredRow(
            one.ticket.number, one.ticket.subject, one.ticket.last_activity_at,
            tuple(builders.change_said(change, known) for change in one.changes),
        )
        for one in tried.would
    )  # fmt: skip
    return Trial(rows, tried.more)


async def _posted(reader: Reader, rule_id: UUID | None, data: Posted) -> Response:
    """Keep the rule, show its form with more rows, or try it: whichever button was pressed."""
    reader.actor.require("rule.manage")
    draft = _draft(data)
    if field(data, "again", 10):
        return await _edit(reader, rule_id, draft, spare=3)
    try:
        async with reader.work() as session:
            if rule_id is not None:
                await service.get(session, reader.actor, rule_id)
            if field(data, "try", 3):
                checked = await service.check(session, draft)
                tried = await try_out(session, reader.actor, checked)
            else:
                await service.save(session, reader.actor, rule_id, draft)
                tried = None
    except Invalid as error:
        return await _edit(reader, rule_id, draft, error=error, status=422)
    if tried is not None:
        return await _edit(reader, rule_id, draft, trial=tried)
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.get("/new")
async def new_page(reader: SignedIn) -> Response:
    """A form for another rule."""
    reader.actor.require("rule.manage")
    return await _edit(reader, None)


@router.post("/new")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add a rule, or try it."""
    return await _posted(reader, None, data)


@router.get("/{rule_id}")
async def rule_page(reader: SignedIn, rule_id: str) -> Response:
    """One rule."""
    reader.actor.require("rule.manage")
    return await _edit(reader, known_id(rule_id))


@router.post("/{rule_id}")
async def change(reader: SignedIn, rule_id: str, data: Posted) -> Response:
    """Change a rule, or try it."""
    return await _posted(reader, known_id(rule_id), data)


@router.post("/{rule_id}/move")
async def move(reader: SignedIn, rule_id: str, data: Posted) -> Response:
    """Move a rule one place up or down."""
    async with reader.work() as session:
        await service.move(session, reader.actor, known_id(rule_id), by=-1 if field(data, "to") == "up" else 1)
    return respond.redirect(reader.request, BASE)


@router.post("/{rule_id}/switch")
async def switch(reader: SignedIn, rule_id: str, data: Posted) -> Response:
    """Switch a rule on or off."""
    on, found = field(data, "active") == "yes", known_id(rule_id)
    async with reader.work() as session:
        rule = await service.switch(session, reader.actor, found, active=on)
    text = _("“{name}” works now", name=rule.name) if on else _("“{name}” is switched off", name=rule.name)
    undo = (("active", "no" if on else "yes"),)
    return respond.redirect(reader.request, BASE, Flash(text, f"{BASE}/{found}/switch", undo))


@router.post("/{rule_id}/remove")
async def remove(reader: SignedIn, rule_id: str, data: Posted) -> Response:
    """Remove a rule; what it has done stays."""
    del data
    async with reader.work() as session:
        await service.remove(session, reader.actor, known_id(rule_id))
    return respond.redirect(reader.request, BASE, Flash(_("Removed")))

"""An import as its page shows it."""

from __future__ import annotations

from datetime import timedelta

from dragoman.imports.columns import COLUMNS
from dragoman.imports.engine import RUNNING_QUIET, shown_agents
from dragoman.imports.models import DONE, DRAFT, FAILED, QUEUED, RUNNING, STOPPED, Import
from dragoman.imports.report import said
from dragoman.imports.sources import SOURCES
from dragoman.kit import clock
from dragoman.platform.i18n import gettext as _
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.imports.view import (
    STATES,
    Agent,
    Column,
    Count,
    ImportPage,
    ImportRow,
    Problem,
    Unknown,
)
from dragoman.web.words import STATUS, Word

BASE = "/settings/imports"
SHOWN = 50
SOON = timedelta(seconds=2)


def state_of(row: Import) -> Word:
    """Where an import stands, in words."""
    now = clock.now()
    if row.state == RUNNING and row.waits_until and row.waits_until > now + SOON:
        return STATES["waiting"]
    if row.state in (QUEUED, RUNNING) and row.via == "cli" and row.touched_at < now - RUNNING_QUIET:
        return STATES["interrupted"]
    return STATES["tried" if row.state == DONE and row.trial else row.state]


def account_of(row: Import) -> str:
    """Whose desk it is, without the source before it."""
    return row.identity.partition(":")[2]


def row_of(row: Import) -> ImportRow:
    """An import in the list."""
    tickets = sum(count for name, count in row.counters.items() if name in ("tickets.new", "tickets.changed"))
    return ImportRow(
        SOURCES[row.source].name, account_of(row), f"{BASE}/{row.id}", state_of(row), tickets, row.created_at
    )


def _counts(row: Import) -> tuple[Count, ...]:
    n = row.counters
    counts = [
        Count(_("New tickets"), n.get("tickets.new", 0)), Count(_("Changed"), n.get("tickets.changed", 0)),
        Count(_("As they were"), n.get("tickets.same", 0)), Count(_("Messages"), n.get("messages.new", 0)),
        Count(_("New customers"), n.get("customers.new", 0)),
        Count(_("Attachments"), n.get("files.fetched", 0) + n.get("files.found", 0)),
    ]  # fmt: skip
    if n.get("files.missing"):
        counts.append(Count(_("Attachments missing"), n["files.missing"]))
    if n.get("problems"):
        counts.append(Count(_("Left out"), n["problems"]))
    return tuple(counts)


def form_of(row: Import) -> Form:
    """The table's columns and what was said of its times."""
    order = {None: "", True: "dmy", False: "mdy"}[row.settings.get("day_first")]
    return Form(dict(row.settings.get("columns", {})) | {"zone": row.settings.get("zone", ""), "dates": order})


def page_of(row: Import, form: Form) -> ImportPage:
    """An import with its report."""
    source, report, own = SOURCES[row.source], row.report, row.settings.get("statuses", {})
    words = [(word.partition(":"), count) for word, count in report.get("words", {}).items()]
    header = tuple(row.settings.get("header", ()))
    tried = row.trial and row.state == DONE
    web = row.via == "web"
    return ImportPage(
        href=f"{BASE}/{row.id}", source=source.name, account=account_of(row), file=row.file_name, state=state_of(row),
        trial=row.trial, going=row.state in (QUEUED, RUNNING), share=row.share,
        until=row.waits_until if row.waits_until and row.waits_until > clock.now() + SOON else None,
        problem=said(row.problem, row.problem_values) if row.state == FAILED else "", counts=_counts(row),
        kept=row.counters.get("macros.kept", 0) + row.counters.get("articles.kept", 0),
        agents=tuple(Agent(one["name"] or key, one["here"], one["tickets"]) for key, one in shown_agents(report)),
        unknown=tuple(Unknown(key[2], count, own.get(key[2], "open")) for key, count in words if key[0] == "status"),
        doubts=tuple((key[2], count) for key, count in words if key[0] == "priority"),
        problems=tuple(Problem(one["where"], said(one["what"], one["values"])) for one in report.get("problems", ())
                       )[:SHOWN],
        problem_count=row.counters.get("problems", 0), form=form,
        columns=tuple(Column(name, _(label)) for name, label in COLUMNS.items()) if source.table else (),
        headers=(Choice("", "—"), *(Choice(one, one) for one in header)),
        orders=(Choice("", _("As it can be read")), Choice("dmy", _("Day first (31/12/2026)")),
                Choice("mdy", _("Month first (12/31/2026)"))),
        statuses=tuple(Choice(key, _(word.label)) for key, word in STATUS.items()),
        samples=tuple(tuple(one) for one in row.settings.get("samples", ())), header=header,
        can_try=web and row.trial and row.state in (DRAFT, DONE, FAILED, STOPPED), can_start=web and tried,
        can_go_on=web and not row.trial and row.state in (FAILED, STOPPED),
        asks_token=source.api and row.file_id is None and row.state == FAILED, finished=row.state == DONE,
    )  # fmt: skip

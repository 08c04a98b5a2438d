# ruff: noqa: E501 - the texts of the samples read better unbroken
"""Sample pages of the console: views, tables, macros, merging and splitting, clocks, the overview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from dragoman.kit import clock
from dragoman.sla.explain import Explained, Reason
from dragoman.tickets.views.columns import COLUMNS, USUAL
from dragoman.web.builders import Names, changes_builder, conditions_builder
from dragoman.web.desk.inbox.bulk import BulkPage
from dragoman.web.desk.inbox.view import SORTS, Bulk, ListView, Option, Row
from dragoman.web.desk.moves.view import MergePage, Other, Said, SplitPage
from dragoman.web.desk.overview.view import Band, Heap, OverviewPage
from dragoman.web.desk.start.view import SHOWN, StartPage, Step
from dragoman.web.desk.table.view import Line, TablePage
from dragoman.web.desk.ticket.more import ClocksPage
from dragoman.web.desk.views.view import ViewPage
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.macros.view import MacroPage, MacroRow, MacrosPage
from dragoman.web.manage.signatures.view import SignatureRow, SignaturesPage

ID = UUID("01890000-0000-7000-8000-000000000009")
NAMES = Names({str(ID): "Mei Lin"}, {str(ID): "After-sales"}, {str(ID): "Amazon.de"})


def ago(minutes: int) -> datetime:
    return clock.now() - timedelta(minutes=minutes)


def row(number: int = 4182, **more: object) -> Row:
    values: dict[str, object] = {
        "number": number, "href": f"/tickets/{number}", "subject": "Paket seit 12 Tagen beim Zoll", "snippet": "Mein Paket …",
        "customer": "Ruth Köhler", "shop": "Amazon.de", "status": "open", "priority": "urgent", "last_at": ago(49), "lang": "de",
        "due_at": ago(-11), "due_what": "First reply", "severity": "red", "team": "After-sales", "unread": True,
    }  # fmt: skip
    return Row(**(values | more))  # type: ignore[arg-type]


def list_view() -> ListView:
    return ListView(
        "Zoll, DE", "/desk?view=1", (Option("Unread", "/desk", True, 7),), (Option("All shops", "/desk", True),),
        (Option("Any status", "/desk", True),), tuple(Option(label, f"/desk?sort={key}", key == "urgent") for key, label in SORTS.items()),
        chooses=True, edit="/views/1", save="/views/new", shared=(Option("Zoll, DE", "/desk?view=1", True, 12),),
    )  # fmt: skip


def table() -> TablePage:
    cells = (
        ("number", "4182"),
        ("subject", "Paket seit 12 Tagen beim Zoll"),
        ("clock", ""),
        ("severity", "Red"),
        ("assignee", "Mei Lin"),
        ("activity", "Today 07:42"),
    )
    return TablePage(
        list_view(),
        tuple((key, COLUMNS[key]) for key, _cell in cells),
        (Line(row(), cells), Line(row(4183, severity="", due_at=None, unread=False), cells)),
        "/desk/table?cursor=x",
        csv="/desk/export.csv",
        xlsx="/desk/export.xlsx",
    )


def view_page(errors: bool = False) -> ViewPage:
    conditions = {
        "all": [
            {"field": "status", "op": "is", "value": ["open", "new"]},
            {"field": "gone", "op": "is", "value": ["x"]},
            {"field": "waiting", "op": "more", "value": ["60"]},
        ],
        "any": [{"field": "tag", "op": "has", "value": ["zoll", "gift"]}],
    }
    wrong = (
        {
            "conditions.all.1": "This field no longer exists. Choose another, or remove the condition.",
            "name": "A name is needed, of at most 60 characters.",
        }
        if errors
        else {}
    )
    return ViewPage(
        conditions_builder(NAMES, conditions, wrong, listing=True), tuple(Choice(key, label, key in USUAL) for key, label in COLUMNS.items()),
        tuple(Choice(key, label) for key, label in SORTS.items()), (Choice("me", "Only me"), Choice("all", "Everybody")),
        Form({"name": "" if errors else "Zoll, DE", "sort": "urgent", "audience": "me"}, wrong), editing="" if errors else "Zoll, DE",
        action="/views/1", problems=() if errors else ("This field no longer exists.",),
    )  # fmt: skip


def macro_page() -> MacroPage:
    changes = [
        {"kind": "status", "value": "pending"},
        {"kind": "tags_add", "value": "zoll"},
        {"kind": "note", "value": "Zoll gefragt"},
    ]
    return MacroPage(
        changes_builder(NAMES, changes, {"changes.1": "At most 20 tags of 40 characters each."}), (Choice("me", "Only me"),), (Choice("", "All shops"),),
        (Choice("de", "German"),), (Choice("customer.name", "The customer’s name"),), Form({"name": "Zoll", "text": "Guten Tag {{customer.name}}", "active": "yes"}),
        editing="Zoll", action="/macros/1",
    )  # fmt: skip


def clocks() -> ClocksPage:
    reason = Reason(ID, "Urgent tickets", timedelta(hours=1), "Round the clock", ago(-11), holds=True)
    other = Reason(ID, "E-mail", timedelta(hours=4), "Office hours", ago(-120), holds=False)
    running = Explained(
        "first_response",
        "First reply",
        "running",
        "Running",
        ago(49),
        ago(-11),
        timedelta(minutes=11),
        timedelta(hours=1),
        "Urgent tickets",
        "Round the clock",
        "",
        None,
        (reason, other),
    )
    return ClocksPage(4182, "Paket seit 12 Tagen beim Zoll", (
        running,
        Explained("resolution", "Solution", "paused", "Paused", ago(60), None, timedelta(hours=3), timedelta(hours=8), "E-mail", "Office hours", "It stands still while we wait for the customer.", None, ()),
        Explained("handover", "Hand-over", "breached", "Run out", ago(600), ago(300), None, timedelta(hours=8), "Hand-over", "Office hours", "", ago(200), ()),
    ))  # fmt: skip


def first_steps(ready: int) -> StartPage:
    """The first steps, some of them done."""
    steps = tuple(
        Step(name, title, why, icon, href, place < ready, name == "clocks" and place >= ready)
        for place, (name, (title, why, icon, href, _permission)) in enumerate(SHOWN.items())
    )
    return StartPage(steps)


def overview() -> OverviewPage:
    return OverviewPage(
        (Band("Late", (row(due_at=ago(35)),), "/desk?view=all"), Band("Within the next hour", (row(4183, severity="", due_at=ago(-40)),)),),
        (Heap("Mei Lin", 1, 2, 14), Heap("Nobody", 0, 0, 9)), (Heap("After-sales", 1, 2, 20),), timedelta(minutes=52), 40, 37,
    )  # fmt: skip


BULK = Bulk(
    statuses=(Choice("open", "Open"),), priorities=(Choice("high", "High"),), severities=(Choice("red", "Red"),),
    people=(Choice("me", "Me"), Choice(str(ID), "Jonas Weber", hint="Agent, tier 2")), teams=(Choice(str(ID), "After-sales"),),
    snoozes=(Choice("60", "1 hour"),),
)  # fmt: skip

PAGES: dict[str, tuple[str, str, Callable[[], object]]] = {
    "table": ("desk/table/table.html", "inbox", table),
    "table-empty": ("desk/table/table.html", "inbox", lambda: TablePage(list_view(), (), ())),
    "bulk": ("desk/inbox/menus.html", "inbox", lambda: BulkPage(BULK, (4182, 4183))),
    "view": ("desk/views/view.html", "inbox", view_page),
    "view-wrong": ("desk/views/view.html", "inbox", lambda: view_page(errors=True)),
    "merge": ("desk/moves/merge.html", "inbox", lambda: MergePage(4182, "Paket seit 12 Tagen beim Zoll", (Other(3911, "Lampe flackert", "Ruth Köhler", "open", ago(900), True),))),
    "merge-strangers": ("desk/moves/merge.html", "inbox", lambda: MergePage(4182, "Paket", (), Form({"into": "12"}, {"strangers": "These are two customers’ tickets. Tick the box if you mean it."}), strangers=True)),
    "split": ("desk/moves/split.html", "inbox", lambda: SplitPage(4182, "Paket", (Said("1", "Ruth Köhler", "inbound", ago(60), "Guten Tag, mein Paket …", True), Said("2", "هدى العلي", "inbound", ago(50), "السلام عليكم")), Form({"subject": "Paket"}, {"messages": "At least one message must stay here."}))),
    "clocks": ("desk/ticket/clocks.html", "inbox", clocks),
    "clocks-none": ("desk/ticket/clocks.html", "inbox", lambda: ClocksPage(1, "x", ())),
    "macros": ("manage/macros/macros.html", "manage.macros", lambda: MacrosPage((MacroRow("Zoll", "/macros/1", "zoll", "Guten Tag {{customer.name}} …", ("Set the status: Pending",), "Everybody", "de", 12), MacroRow("Meins", "/macros/2", "", "", ("Add tags: gift",), "Only me", active=False, mine=True)))),
    "macros-empty": ("manage/macros/macros.html", "manage.macros", lambda: MacrosPage(())),
    "macro": ("manage/macros/macro.html", "manage.macros", macro_page),
    "signatures": ("manage/signatures/signatures.html", "manage.signatures", lambda: SignaturesPage("Mei Lin", (SignatureRow("Amazon.de", str(ID), "de", "Ihre Mei Lin"),), (Choice("", "Any shop"),), (Choice("", "Any language"),))),
    "start": ("desk/start/start.html", "manage.start", lambda: first_steps(3)),
    "start-done": ("desk/start/start.html", "manage.start", lambda: first_steps(8)),
    "overview": ("desk/overview/overview.html", "overview", overview),
    "overview-quiet": ("desk/overview/overview.html", "overview", lambda: OverviewPage((Band("Late", ()),), (), ())),
}  # fmt: skip

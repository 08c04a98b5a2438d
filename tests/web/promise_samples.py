# ruff: noqa: E501 - the texts of the samples read better unbroken
"""Pages of promises, questions, notices and departments, for the tests that look at all pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from dragoman.accounts.notices import wishes
from dragoman.accounts.notices.kinds import KINDS
from dragoman.kit import clock
from dragoman.platform.i18n import gettext as _
from dragoman.web.desk.inbox.view import Option
from dragoman.web.desk.notices.view import NoticeRow, NoticesPage, WishesPage, WishRow
from dragoman.web.desk.promises.build import tabs
from dragoman.web.desk.promises.view import (
    NewPage,
    OnTicket,
    PromisePage,
    PromiseRow,
    PromisesPage,
    Rate,
    ReportPage,
)
from dragoman.web.desk.tasks.view import AskPage, ForwardPage, Said, TaskPage, TaskRow, TasksPage
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.departments.view import DepartmentPage, DepartmentRow, DepartmentsPage
from dragoman.web.words import PROMISE, TASK

PEOPLE = (Choice("1", "Mei Lin", True), Choice("2", "Jonas Weber"), Choice("3", "田中 陽介"))


def at(minutes: int) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


def promise(minutes: int = 95, **more: object) -> PromiseRow:
    late = minutes < 0
    values: dict[str, object] = {
        "text": "I will ask the carrier and write to you by tomorrow noon.", "number": 4182, "subject": "Paket seit 12 Tagen beim Zoll",
        "owner": "Mei Lin", "due_at": at(minutes), "state": PROMISE["late" if late else "open"], "open": True, "late": late,
        "href": "/promises/1", "keep": "/promises/1/keep",
    }  # fmt: skip
    return PromiseRow(**(values | more))  # type: ignore[arg-type]


def settled(state: str) -> PromiseRow:
    return promise(
        -600,
        state=PROMISE[state],
        open=False,
        late=False,
        keep="",
        reopen="/promises/1/reopen",
        goodwill=_("A 5 % voucher for the next order, and an apology by name"),
        word="The carrier lost it",
    )


def promises() -> PromisesPage:
    rows = (
        promise(-30),
        promise(95, answered=True),
        promise(60 * 20, text="明天中午前给您答复", subject="متى يصل طلبي؟", owner="田中 陽介"),
        settled("broken"),
    )
    return PromisesPage(tabs("mine"), rows, "mine", "/promises?cursor=x")


def task(minutes: int = 300, state: str = "open", **more: object) -> TaskRow:
    late = minutes < 0 and state == "open"
    values: dict[str, object] = {
        "title": "Where is the parcel?", "number": 4182, "to": _("Logistics"), "asker": "Mei Lin", "taken_by": "Sun Li",
        "due_at": at(minutes), "state": TASK["late" if late else state], "open": state == "open", "late": late, "waits": True,
        "href": "/tasks/1", "problem": "",
    }  # fmt: skip
    return TaskRow(**(values | more))  # type: ignore[arg-type]


def tasks() -> TasksPage:
    options = (
        Option(_("To answer"), "/tasks", True),
        Option(_("I wait for"), "/tasks?of=asked"),
        Option(_("Settled"), "/tasks?of=settled"),
    )
    return TasksPage(
        options, (task(-20), task(300, problem="550 no such user"), task(9000, "answered")), "mine", "/tasks?cursor=x"
    )


def one_task(**more: object) -> TaskPage:
    values: dict[str, object] = {
        "row": task(), "question": "Please look up 302-5518214-0091733.\n\nThe customer waits since Monday.", "order_refs": ("302-5518214-0091733",),
        "tags": ("customs", "海关"), "said": (
            Said("Sun Li", "customs@logistics.example", "Held by customs until Friday.", at(-300), True),
            Said("Mei Lin", "", "Do they need a paper?", at(-200), False),
            Said("customs@logistics.example", "customs@logistics.example", "I am away.", at(-100), True, automatic=True),
        ),
        "ticket_href": "/tickets/4182", "may_answer": True, "may_take": True, "may_ask": True, "forwarded": 2,
    }  # fmt: skip
    return TaskPage(**(values | more))  # type: ignore[arg-type]


def ask(form: Form | None = None) -> AskPage:
    groups = (
        (_("Departments"), (Choice("department:1", _("Logistics")), Choice("department:2", _("Finance")))),
        (_("Colleagues"), (Choice("person:2", "Jonas Weber"),)),
    )
    return AskPage(
        4182,
        "Paket seit 12 Tagen beim Zoll",
        groups,
        (Choice("302-5518214-0091733", "302-5518214-0091733", True),),
        form or Form({"waits": "yes"}),
        True,
        (task(),),
    )


def notice(text: str, minutes: int, *, seen: bool = False, urgent: bool = False) -> NoticeRow:
    return NoticeRow(text, at(minutes), seen, urgent, "/notices/1", "/notices/1/seen")


def notices() -> NoticesPage:
    unseen = (
        notice(_("#{ticket}: a promise is due soon", ticket=4182), -3, urgent=True),
        notice(_("{who} gives you #{ticket}", who="Jonas Weber", ticket=4180), -30),
    )
    return NoticesPage(
        unseen, (notice(_("#{ticket} is back as you asked", ticket=4100), -900, seen=True),), "/notices?cursor=x"
    )


def how() -> WishesPage:
    rows = tuple(
        WishRow(
            kind,
            _(word.label),
            tuple((way, _(label), way in wishes.ways({}, kind)) for way, label in wishes.WAYS.items()),
        )
        for kind, word in KINDS.items()
    )
    return WishesPage(rows, tuple(_(label) for label in wishes.WAYS.values()))


def department(form: Form | None = None) -> DepartmentPage:
    return DepartmentPage(
        _("Logistics"),
        "/settings/departments/1",
        _("Logistics"),
        (Choice("", "—"), *PEOPLE),
        PEOPLE,
        form or Form({"name": "", "address": "customs@logistics.example", "hours": "48", "lead": "1", "active": "yes"}),
    )


def departments() -> DepartmentsPage:
    return DepartmentsPage(
        (
            DepartmentRow(_("Logistics"), "/settings/departments/1", "customs@logistics.example", ("Sun Li", "Mei Lin"), 48, True),
            DepartmentRow(_("Finance"), "/settings/departments/2", "", (), 24, True),
            DepartmentRow("Photo studio", "/settings/departments/3", "", ("田中 陽介",), 1, False),
        ),
        Form({"hours": "48"}),
    )  # fmt: skip


def report() -> ReportPage:
    return ReportPage(
        tabs("report"),
        (Option(_("Seven days"), "/promises/report", True), Option(_("Thirty days"), "/promises/report?time=month")),
        (Rate(_("After-sales"), 92, 1104, 60, 36, 80), Rate(_("No queue"), None, 0, 0, 0, 2)),
        (Rate("Mei Lin", 100, 40, 0, 0, 3),),
    )


WRONG = Form(
    {"text": "x", "due": "some day"},
    {"due": _("This time can’t be read. Write for example “tomorrow 9”, “in 2 days” or “周五下午3点”.")},
)
PAGES: dict[str, tuple[str, str, Callable[[], object]]] = {
    "promises": ("desk/promises/promises.html", "promises", promises),
    "promises-empty": ("desk/promises/promises.html", "promises", lambda: PromisesPage(tabs("team"), (), "team")),
    "promise": ("desk/promises/promise.html", "promises", lambda: PromisePage(promise(), True, WRONG, Form({"goodwill": _("A 5 % voucher for the next order, and an apology by name")}), Form(), PEOPLE)),
    "promise-settled": ("desk/promises/promise.html", "promises", lambda: PromisePage(settled("broken"), True, Form(), Form(), Form())),
    "promise-new": ("desk/promises/new.html", "promises", lambda: NewPage(4182, "Paket seit 12 Tagen beim Zoll", OnTicket((promise(), settled("kept")), "/tickets/4182/promises", PEOPLE, WRONG))),
    "promise-report": ("desk/promises/report.html", "promises", report),
    "promise-report-empty": ("desk/promises/report.html", "promises", lambda: ReportPage(tabs("report"), (), ())),
    "tasks": ("desk/tasks/tasks.html", "tasks", tasks),
    "tasks-empty": ("desk/tasks/tasks.html", "tasks", lambda: TasksPage((Option(_("To answer"), "/tasks", True),), (), "mine")),
    "task": ("desk/tasks/task.html", "tasks", one_task),
    "task-member": ("desk/tasks/task.html", "tasks", lambda: one_task(ticket_href="", may_ask=False, row=task(problem="550 no such user"), answer=Form({"text": ""}, {"text": _("Write something first.")}))),
    "ask": ("desk/tasks/ask.html", "tasks", ask),
    "ask-wrong": ("desk/tasks/ask.html", "tasks", lambda: ask(Form({"question": "?", "address": "x"}, {"to": _("Choose a department, a colleague, or give an address."), "title": _("Say in a few words what it is about, in at most 120 characters.")}))),
    "forward": ("desk/tasks/forward.html", "tasks", lambda: ForwardPage(4182, "Paket seit 12 Tagen beim Zoll", (Choice("1", "Ruth Köhler, 22 Nov 10:00", True, "Guten Tag, mein Paket"), Choice("2", "佐久間 由紀, 22 Nov 11:00", hint="先日注文した")), Form({"title": "Paket"}))),
    "notices": ("desk/notices/notices.html", "notices", notices),
    "notices-empty": ("desk/notices/notices.html", "notices", lambda: NoticesPage((), ())),
    "notices-wishes": ("desk/notices/wishes.html", "notices", how),
    "departments": ("manage/departments/departments.html", "manage.departments", departments),
    "department": ("manage/departments/department.html", "manage.departments", department),
    "department-wrong": ("manage/departments/department.html", "manage.departments", lambda: department(Form({"hours": "0"}, {"hours": _("Between 1 and 1,440 hours."), "members": _("Choose people who work at this desk.")}))),
}  # fmt: skip

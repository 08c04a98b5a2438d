# ruff: noqa: E501 - the texts of the samples read better unbroken
"""Sample pages of teams, staff, rules, the next line and shift hand-over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from dragoman.kit import clock
from dragoman.platform.i18n import gettext as _
from dragoman.web import builders
from dragoman.web.builders import Names
from dragoman.web.desk.escalation.view import EscalationPage, Past
from dragoman.web.desk.handover.view import Earlier, HandoverPage, LeftTicket, Part
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.rules.view import FiredRow, RulePage, RuleRow, RulesPage, Trial
from dragoman.web.manage.staff.view import AbsenceRow, LanguageRow, StaffPage
from dragoman.web.manage.teams.view import Choices, Line, MemberRow, TeamPage, TeamRow, TeamsPage

NAMES = Names({"p1": "Mei Lin"}, {"t1": "After-sales"}, {"s1": "Lantern DE"})
CHOICES = Choices(
    (Choice("", "Any matter"), Choice("complaint", "Complaint")), (Choice("1", "First line"), Choice("2", "Second line")),
    (Choice("manual", "People take tickets themselves"), Choice("score", "Whoever suits best")),
    (Choice("", "As the desk"), Choice("Europe/Berlin", "Berlin")), (Choice("", "As the desk"), Choice("c1", "Office hours")),
)  # fmt: skip


def teams() -> TeamsPage:
    rows = (
        TeamRow(
            "After-sales", "/settings/teams/t1", "After-sales", "Whoever suits best", ("Mei Lin", "Li Wei"), usual=True
        ),
        TeamRow("Care", "/settings/teams/t2", "Care", "People take tickets themselves", (), active=False),
    )
    form = Form({"name": "After-sales", "tier": "1"}, {"name": _("Another team has this name.")})
    return TeamsPage((Line("First line", rows), Line("Second line", rows[1:])), CHOICES, form)


def team() -> TeamPage:
    people = (
        MemberRow("p1", "Mei Lin", "/settings/staff/p1", True, True, "Available", True),
        MemberRow("p2", "Li Wei", "/settings/staff/p2", False, False, "Out of office"),
    )
    form = Form(
        {"name": "After-sales", "tier": "1", "strategy": "score", "capacity": "x", "active": "yes"},
        {"capacity": _("A number from 1 to 500.")},
    )
    return TeamPage("After-sales", "/settings/teams/t1", CHOICES, form, people, "After-sales")


def staff(own: bool = False) -> StaffPage:
    now = clock.now()
    away = AbsenceRow(
        now, now + timedelta(days=3), "Li Wei", "Spring holiday", "/settings/availability/absences/a1/end"
    )
    more: dict[str, object] = {} if own else {
        "languages": (LanguageRow(0, "de", "native"), LanguageRow(1)), "tags": (Choice("de", "German"), Choice("fr", "French")),
        "levels": (Choice("native", "native"), Choice("basic", "basic")), "shops": (Choice("s1", "Lantern DE", True),),
        "skills": Form({"lines": "lamps"}, {"languages": _("Choose a language and how well it is spoken.")}),
        "teams": (Choice("t1", "After-sales", True), Choice("t2", "Care")), "person": "/settings/people/p1",
    }  # fmt: skip
    return StaffPage(
        "Mei Lin", "/settings/availability" if own else "/settings/staff/p1", "Available", own,
        (Choice("mon", "Monday"), Choice("tue", "Tuesday")),
        Form({"day-mon": "9-12-15", "capacity": "8"}, {"hours": _("Write times of day as 09:00 to 18:00, at most four spans a day.")}),
        (away,), (Choice("", "Nobody: back to the queue"), Choice("p2", "Li Wei")), Form({}, {"ends_at": _("Give a day and a time.")}), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def rules() -> RulesPage:
    rows = (
        RuleRow(
            "Customs first",
            "/settings/rules/r1",
            "A ticket is opened",
            ("Subject contains one of Zoll, customs",),
            ("Set the priority: Urgent",),
            True,
            True,
            100,
            first=True,
        ),
        RuleRow(
            "An old one",
            "/settings/rules/r2",
            "60 min after: An answer is written",
            (),
            ("Add tags: remind",),
            False,
            False,
            0,
            (_("It names a team that is no longer in use."),),
            (
                _(
                    "It undoes what “{other}” does just before it, on the same event: {what}.",
                    other="Customs first",
                    what="Set the priority",
                ),
            ),
            last=True,
        ),
    )
    return RulesPage(rows)


def rule(trial: bool = False) -> RulePage:
    now = clock.now()
    conditions = {
        "all": [{"field": "status", "op": "is", "value": ["new"]}, {"field": "mood", "op": "is", "value": ["bad"]}],
        "any": [],
    }
    found = (
        Trial((FiredRow(12, "Wo ist mein Paket?", now, ("Set the priority: Urgent",)), FiredRow(9, "你好", now)), True)
        if trial
        else None
    )
    return RulePage(
        "Customs first", "/settings/rules/r1", Form({"name": "Customs first", "event": "created", "active": "yes"}, {"name": _("A name is needed, of at most 100 characters.")}),
        (Choice("created", "A ticket is opened"),), (Choice("", "—"),),
        builders.conditions_builder(NAMES, conditions, {"conditions.all.1": _("This field no longer exists. Choose another, or remove the condition.")}),
        builders.changes_builder(NAMES, [{"kind": "priority", "value": "urgent"}]),
        "/settings/rules/r1/remove", (_("It names a team that is no longer in use."),), (FiredRow(7, "Zoll", now),), found,
    )  # fmt: skip


def escalation() -> EscalationPage:
    now = clock.now()
    past = (
        Past(
            "First line → Second line",
            "Payment or refund",
            "Charged twice on 3 May; the provider’s log shows two captures.",
            "Mei Lin",
            now,
            "Li Wei",
            12,
        ),
    )
    form = Form(
        {"analysis": "twice"},
        {
            "analysis": _("Say in at least 20 characters what you found and tried, so that nobody begins anew."),
            "team": _("Choose a team of the next line."),
        },
    )
    return EscalationPage(
        12, "Doppelt abgebucht", "/tickets/12", "Second line", form, (Choice("t3", "Operations"), Choice("t4", "Law", hint="nobody works in it")),
        (Choice("legal", "Legal or cross-border dispute"),), past, True, True, True, Form({}, {"word": _("Say what was found or decided, for whoever goes on.")}),
    )  # fmt: skip


def last_line() -> EscalationPage:
    return EscalationPage(12, "Doppelt abgebucht", "/tickets/12", "Third line", Form(), (), ())


def handover(empty: bool = False) -> HandoverPage:
    now = clock.now()
    rows = () if empty else (LeftTicket(12, "Wo ist mein Paket?", now, "Mei Lin"), LeftTicket(13, "包裹在哪里", now))
    parts = (
        Part("Open promises", rows, "handshake", "Nothing is promised.", not empty),
        Part("Unanswered", rows, "reply", "Everybody is answered."),
    )
    earlier = () if empty else (
        Earlier("The whole desk", "Li Wei", now, "The courier calls at 9.", (("Unanswered", 4),), "/handover/h1/take"),
        Earlier("After-sales", "Mei Lin", now, "Quiet.", (), "", "Li Wei", now),
    )  # fmt: skip
    form = Form({}, {"notes": _("Say what the next shift should know, in at most 8,000 characters.")})
    return HandoverPage(
        (Choice("", "The whole desk", True), Choice("t1", "After-sales")),
        parts,
        earlier,
        True,
        form,
        "" if empty else "/handover?cursor=x",
    )


PAGES: dict[str, tuple[str, str, Callable[[], object]]] = {
    "teams": ("manage/teams/teams.html", "manage.teams", teams),
    "teams-none": ("manage/teams/teams.html", "manage.teams", lambda: TeamsPage((), CHOICES)),
    "team": ("manage/teams/team.html", "manage.teams", team),
    "staff": ("manage/staff/staff.html", "manage.teams", staff),
    "availability": ("manage/staff/staff.html", "manage.availability", lambda: staff(own=True)),
    "rules": ("manage/rules/rules.html", "manage.rules", rules),
    "rules-none": ("manage/rules/rules.html", "manage.rules", lambda: RulesPage(())),
    "rule": ("manage/rules/rule.html", "manage.rules", rule),
    "rule-tried": ("manage/rules/rule.html", "manage.rules", lambda: rule(trial=True)),
    "escalation": ("desk/escalation/escalation.html", "inbox", escalation),
    "escalation-last": ("desk/escalation/escalation.html", "inbox", last_line),
    "handover": ("desk/handover/handover.html", "handover", handover),
    "handover-empty": ("desk/handover/handover.html", "handover", lambda: handover(empty=True)),
}

"""What the page of first steps shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dragoman.accounts.access import Actor
from dragoman.platform.i18n import N_
from dragoman.platform.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Step:
    """A first step: what, why, and where it is done; `fits` where it can be left as it is."""

    name: str
    title: str
    why: str
    icon: str
    href: str = ""
    done: bool = False
    fits: bool = False


@dataclass(frozen=True, slots=True)
class StartPage:
    """The first steps, and whether the list is put away."""

    steps: tuple[Step, ...]
    away: bool = False

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(one.done for one in self.steps)


SHOWN: dict[str, tuple[str, str, str, str, str]] = {
    "mailbox": (
        N_("Connect a mailbox"), N_("Every mail your customers write becomes a ticket, and answers leave from it."),
        "mail", "/settings/mailboxes/new", "mailbox.manage",
    ),
    "shop": (
        N_("Add a shop"), N_("Tickets know where the customer bought, so rules, views and signatures can tell."),
        "store", "/settings/shops", "shop.manage",
    ),
    "people": (
        N_("Invite colleagues"), N_("Everybody signs in as themselves, so it is clear who answered what."),
        "users", "/settings/people", "people.manage",
    ),
    "teams": (
        N_("Put people into teams"), N_("A queue without people is one that nobody looks at."),
        "users-round", "/settings/teams", "team.manage",
    ),
    "clocks": (
        N_("Look at working hours and clocks"),
        N_("They say by when each customer is owed an answer; the shipped ones are the trade’s usual."),
        "timer", "/settings/calendars", "sla.manage",
    ),
    "macro": (
        N_("Write a macro"), N_("What you write ten times a day, typed with a slash and two letters."),
        "slash", "/macros/new", "ticket.note",
    ),
    "view": (
        N_("Make a view"), N_("A list of just the tickets that matter to you, counted while you work."),
        "table-2", "/views/new", "ticket.read",
    ),
    "auto_replies": (
        N_("Switch on automatic answers"),
        N_("Who writes at night learns in their language by when they will hear from you."),
        "reply", "/settings/auto-replies", "sla.manage",
    ),
}  # fmt: skip
"""Title, reason, icon, page and the permission that the page takes, by step."""


def build(actor: Actor, done: Mapping[str, bool], *, away: bool = False) -> StartPage:
    """The page for somebody: steps whose page they can't open have no way there."""
    steps = []
    for name, ready in done.items():
        title, why, icon, href, permission = SHOWN[name]
        open_ = actor.may(permission)
        fits = name == "clocks" and not ready
        steps.append(Step(name, _(title), _(why), icon, href if open_ else "", ready, fits))
    return StartPage(tuple(steps), away)

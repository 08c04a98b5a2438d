"""What people are told of. Each has a sentence, whose {names} are the facts it is told with."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.kit.errors import N_


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice: what it is called in one's settings, what it says, and whether it asks for haste."""

    label: str
    sentence: str
    urgent: bool = False


KINDS: dict[str, Kind] = {
    "mentioned": Kind(N_("Somebody mentions me"), N_("{who} mentions you in #{ticket}")),
    "assigned": Kind(N_("A ticket is given to me"), N_("{who} gives you #{ticket}")),
    "assigned_by_desk": Kind(N_("A ticket is given to me by the desk"), N_("#{ticket} is yours now")),
    "customer_wrote": Kind(N_("A customer writes in a ticket of mine"), N_("The customer writes in #{ticket}")),
    "woken": Kind(N_("A snoozed ticket of mine is back"), N_("#{ticket} is back as you asked")),
    "clock_warned": Kind(
        N_("A clock of mine runs out soon"), N_("#{ticket}: time runs out soon"), urgent=True,
    ),
    "clock_breached": Kind(
        N_("A clock has run out"), N_("#{ticket}: time has run out"), urgent=True,
    ),
    "escalated": Kind(
        N_("A ticket is handed to a team of mine"), N_("{who} hands #{ticket} to your team"), urgent=True
    ),
    "handed_back": Kind(N_("A ticket I handed on comes back"), N_("{who} gives #{ticket} back to your line")),
    "callback": Kind(
        N_("A customer is to be called back"), N_("{who} asks that the customer of #{ticket} be called back"),
        urgent=True,
    ),
    "returned": Kind(
        N_("A ticket of a queue I lead lost its owner"), N_("#{ticket} is back in the queue: its owner is not there"),
        urgent=True,
    ),
    "promise_soon": Kind(
        N_("A promise of mine is due soon"), N_("#{ticket}: a promise is due soon"), urgent=True
    ),
    "promise_due": Kind(N_("A promise of mine is due"), N_("#{ticket}: a promise is past its time"), urgent=True),
    "promise_overdue": Kind(
        N_("A promise of a team I lead is overdue"),
        N_("#{ticket}: a promise was not kept in time. Propose something to make up for it"), urgent=True,
    ),
    "task_asked": Kind(N_("A question is put to me or my department"), N_("{who} asks about #{ticket}: {title}")),
    "task_more": Kind(N_("Somebody asks further"), N_("{who} asks further about #{ticket}: {title}")),
    "task_answered": Kind(N_("A question of mine is answered"), N_("{who} answers about #{ticket}: {title}")),
    "task_overdue": Kind(
        N_("An answer I wait for, or owe, is overdue"), N_("#{ticket}: the answer of {who} is overdue: {title}"),
        urgent=True,
    ),
    "task_undelivered": Kind(
        N_("A question of mine could not be delivered"), N_("#{ticket}: your mail to {who} did not arrive"),
        urgent=True,
    ),
    "review": Kind(N_("An answer waits for my review"), N_("{who} asks you to review an answer in #{ticket}")),
    "review_back": Kind(N_("A reviewer gives my answer back"), N_("{who} gives your answer in #{ticket} back to you")),
    "held": Kind(
        N_("A reply I planned was held back"), N_("Your reply in #{ticket} was not sent: the customer wrote meanwhile"),
        urgent=True,
    ),
}  # fmt: skip

"""What a clock can measure."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.kit.errors import N_


@dataclass(frozen=True, slots=True)
class Metric:
    """`label` names it, `meaning` says what starts and ends it; in the states of `pauses` it stands still."""

    label: str
    meaning: str
    pauses: frozenset[str] = frozenset()


_WAITING = frozenset({"pending", "on_hold"})

METRICS: dict[str, Metric] = {
    "first_response": Metric(
        N_("First reply"), N_("From the customer’s first words to a person’s first answer."), _WAITING
    ),
    "next_response": Metric(
        N_("Next reply"), N_("From the customer’s words to a person’s answer, once there was a first one."), _WAITING
    ),
    "periodic_update": Metric(
        N_("Progress report"), N_("From one answer to the next, until the matter is solved; also while it is on hold."),
        frozenset({"pending"}),
    ),
    "resolution": Metric(N_("Solution"), N_("From the opening of a ticket until it is solved."), _WAITING),
    "handover": Metric(
        N_("Hand-over"), N_("From handing a ticket to another team or line until somebody there answers or notes.")
    ),
    "callback": Metric(
        N_("Call back"), N_("From asking for a supervisor’s call until it was made."),
    ),
}  # fmt: skip
"""In the order in which pages show them."""

PROMISE = "promise"
"""What a ticket owes next where that is a named promise (tickets/promises), which no policy sets."""


def label(metric: str) -> str:
    """What a metric or a named promise is called, marked for translation; empty for anything else."""
    if metric == PROMISE:
        return N_("Promise")
    return METRICS[metric].label if metric in METRICS else ""


RUNNING, PAUSED, MET, BREACHED, CANCELLED = "running", "paused", "met", "breached", "cancelled"
STATES: dict[str, str] = {
    RUNNING: N_("Ticking"),
    PAUSED: N_("Paused"),
    MET: N_("In time"),
    BREACHED: N_("Run out"),
    CANCELLED: N_("Fallen away"),
}

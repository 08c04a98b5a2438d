"""What a transaction means for the clocks of one ticket. No I/O: the ticket as it is now, what was done to it, its live
clocks and the workspace's policies go in; changed and new clocks come out.

Response clocks follow `ticket.waiting_since` (since when the customer's words are unanswered), so that mails which
arrive late or out of order can't leave one running; the other metrics follow what happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dragoman.kit import ids
from dragoman.sla.calculator import Kind, Mark, is_late, read, warn_at
from dragoman.sla.metrics import BREACHED, CANCELLED, MET, METRICS, PAUSED, RUNNING
from dragoman.sla.models import Clock
from dragoman.sla.policies import Book, Offer, Policy, matching, offers
from dragoman.tickets.conditions.facts import Facts
from dragoman.tickets.models import Ticket
from dragoman.tickets.touched import Touched

HISTORY = timedelta(days=7)
"""Words older than this when they come in are history: nothing is owed for them (as in tickets.filing.TOLD)."""
LONG_LATE = timedelta(days=1)
"""What has been late for longer when a policy first comes to mean a ticket is not held against anybody."""
RESPONSES = ("first_response", "next_response")
ANSWERS = ("reply", "brought")
STEP = timedelta(microseconds=1)


@dataclass(slots=True)
class Turn:
    """One ticket in one transaction. `replied`: whether a person ever answered before it; `live` its newest clocks by
    metric, to which new ones are added, and `added` has these."""

    ticket: Ticket
    things: list[Touched]
    live: dict[str, Clock]
    facts: Facts
    book: Book
    now: datetime
    replied: bool
    added: list[Clock] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)

    def did(self, *verbs: str) -> Iterator[Touched]:
        """What of these was done, in time's order."""
        return iter(sorted((one for one in self.things if one.verb in verbs), key=lambda one: one.at))

    @property
    def new(self) -> bool:
        """Whether the ticket was opened in this transaction."""
        return any(one.verb == "created" for one in self.things)

    @property
    def at(self) -> datetime:
        """When the last of it was done: people's acts may be noted a little later than they were done."""
        return min(self.now, max((one.at for one in self.things), default=self.now))

    @property
    def past(self) -> bool:
        """Whether what was done was said long ago, at another desk."""
        return any(one.data.get("past") for one in self.things)


def run(turn: Turn) -> list[Clock]:
    """Let the clocks follow; returns the new ones. Changed ones are changed in place."""
    _take_back(turn)
    _answer(turn)
    _close(turn)
    matched = matching(turn.book, turn.facts) if turn.ticket.active_now else []
    wanted = {metric for policy in matched for metric in policy.targets}
    _begin_responses(turn, wanted)
    _begin_others(turn, wanted)
    for metric, clock in list(turn.live.items()):
        if clock.ended_at is None and metric not in turn.ended:
            _pause(turn, clock)
            _set(turn, clock, matched)
    turn.added = [one for one in turn.added if one.live]
    return turn.added


def marks_of(clock: Clock) -> list[Mark]:
    """A clock's marks as the calculator reads them."""
    return [Mark(datetime.fromisoformat(at), kind) for at, kind, *_ref in clock.marks]


def _mark(clock: Clock, at: datetime, kind: Kind, ref: str = "") -> None:
    clock.marks = [*clock.marks, [at.isoformat(), kind, ref]]


def _after_last(clock: Clock, at: datetime) -> datetime:
    return max(at, max(mark.at for mark in marks_of(clock)) + STEP)


def _open(turn: Turn, metric: str) -> Clock | None:
    clock = turn.live.get(metric)
    return clock if clock is not None and clock.ended_at is None else None


def _start(turn: Turn, metric: str, at: datetime, ref: str = "", **why: Any) -> None:
    before = turn.live.get(metric)
    if before is not None:
        before.live = False
    clock = Clock(
        id=ids.new(), ticket_id=turn.ticket.id, metric=metric, live=True, round=before.round + 1 if before else 1,
        state=RUNNING, target=0, marks=[[at.isoformat(), "start", ref]], started_at=at, elapsed=0, why=why,
    )  # fmt: skip
    turn.live[metric] = clock
    turn.added.append(clock)
    turn.ended.discard(metric)


def _end(turn: Turn, clock: Clock, at: datetime, ref: str = "") -> None:
    """Stop a clock: kept, or run out before. Its time is the one that was last set."""
    if clock in turn.added:
        _forget(turn, clock)
        return
    _mark(clock, at, "stop", ref)
    reading = read(turn.book.calendar(clock.calendar_id), timedelta(seconds=clock.target), marks_of(clock))
    clock.elapsed = int(reading.used.total_seconds())
    clock.state, clock.ended_at, clock.warn_at = BREACHED if reading.late_at else MET, at, None
    clock.due_at = reading.late_at or clock.due_at
    turn.ended.add(clock.metric)


def _cancel(turn: Turn, clock: Clock) -> None:
    """Nothing is owed any more. What had run out by then stays so."""
    if clock in turn.added:
        _forget(turn, clock)
        return
    late = clock.due_at is not None and clock.due_at <= turn.now and clock.state in (RUNNING, BREACHED)
    clock.state, clock.ended_at, clock.warn_at = BREACHED if late else CANCELLED, turn.now, None
    turn.ended.add(clock.metric)


def _forget(turn: Turn, clock: Clock) -> None:
    """What began and ended within one transaction never was."""
    clock.live = False
    turn.live.pop(clock.metric, None)


def _take_back(turn: Turn) -> None:
    """An answer that never left has stopped nothing."""
    for one in turn.did("taken_back"):
        ref = one.data.get("message", "")
        for clock in turn.live.values():
            kept = [mark for mark in clock.marks if len(mark) < 3 or not ref or mark[2] != ref]
            if len(kept) == len(clock.marks):
                continue
            if kept and kept[0][1] == "start":
                clock.marks, clock.ended_at = kept, None
                turn.replied &= clock.metric != "first_response"
            else:
                clock.state, clock.ended_at = CANCELLED, turn.now


def _answer(turn: Turn) -> None:
    for one in turn.did(*ANSWERS, "note", "callback_done"):
        if one.verb == "brought" and one.data.get("kind") != "outbound":
            continue
        ref = one.data.get("message", "")
        if one.verb in ANSWERS:
            turn.replied = True
            for metric in (*RESPONSES, "periodic_update"):
                clock = _open(turn, metric)
                if clock is not None and one.at >= clock.started_at:
                    _end(turn, clock, one.at, ref)
        handover = _open(turn, "handover") if one.person_id else None
        if handover is not None and str(one.person_id) != handover.why.get("by") and one.at > handover.started_at:
            _end(turn, handover, one.at, ref)
        called = _open(turn, "callback")
        if one.verb == "callback_done" and called is not None:
            _end(turn, called, one.at)


def _close(turn: Turn) -> None:
    """Solved: the solution is there, and whatever else was owed falls away."""
    if turn.ticket.active_now:
        return
    solved = next(turn.did("status"), None)
    for metric, clock in list(turn.live.items()):
        if clock.ended_at is not None:
            continue
        if metric == "resolution" and turn.ticket.merged_into_id is None:
            _end(turn, clock, solved.at if solved else turn.now)
        else:
            _cancel(turn, clock)


def _begin_responses(turn: Turn, wanted: set[str]) -> None:
    metric = "next_response" if turn.replied else "first_response"
    since = turn.ticket.waiting_since
    for other in RESPONSES:
        clock = _open(turn, other)
        if clock is None:
            continue
        if since is None or other != metric:
            _cancel(turn, clock)
        elif since < clock.started_at:  # older words came in late
            clock.marks = [[since.isoformat(), "start", ""], *clock.marks[1:]]
            clock.started_at = since
    if since is None or metric not in wanted or _open(turn, metric) or turn.now - since > HISTORY:
        return
    _start(turn, metric, since)


def _begin_others(turn: Turn, wanted: set[str]) -> None:
    if "resolution" in wanted:
        _begin_resolution(turn)
    answered = [one for one in turn.did(*ANSWERS) if not one.data.get("past")]
    if "periodic_update" in wanted and turn.replied and _open(turn, "periodic_update") is None:
        last = answered[-1] if answered else None
        _start(turn, "periodic_update", last.at if last else turn.now, last.data.get("message", "") if last else "")
    if "handover" in wanted and not turn.new:
        for one in turn.did("team", "tier"):
            if _handed_over(one):
                _restart(turn, "handover", one)
    if "callback" in wanted:
        for one in turn.did("callback_asked"):
            _restart(turn, "callback", one)


def _begin_resolution(turn: Turn) -> None:
    clock = turn.live.get("resolution")
    if clock is None:
        created = turn.ticket.created_at
        _start(turn, "resolution", created if turn.now - created <= HISTORY else turn.now)
    elif clock.ended_at is not None and "resolution" not in turn.ended:
        if clock.state == CANCELLED:
            _start(turn, "resolution", turn.now)
        else:  # opened again: it goes on with what was used
            _mark(clock, _after_last(clock, turn.at), "resume")
            clock.ended_at = None


def _handed_over(one: Touched) -> bool:
    if one.verb == "tier":
        return int(one.data["after"]) > int(one.data["before"])
    return bool(one.data.get("before") and one.data.get("after"))


def _restart(turn: Turn, metric: str, one: Touched) -> None:
    clock = _open(turn, metric)
    if clock is not None and clock in turn.added:
        return  # team and line changed together
    if clock is not None:
        _end(turn, clock, one.at)
    _start(turn, metric, one.at, by=str(one.person_id))


def _pause(turn: Turn, clock: Clock) -> None:
    still = turn.ticket.status in METRICS[clock.metric].pauses
    paused = clock.marks[-1][1] == "pause"
    if still != paused:
        _mark(clock, _after_last(clock, turn.at), "pause" if still else "resume")


def _set(turn: Turn, clock: Clock, matched: Sequence[Policy]) -> None:
    """Give a clock the tightest time that is on offer; without any it falls away."""
    found = offers(
        turn.book, matched, clock.metric, marks_of(clock), team_id=turn.ticket.team_id, now=turn.now
    )  # fmt: skip
    best = found[0] if found else None
    if best is None or (clock in turn.added and _not_held_against(turn, best)):
        _cancel(turn, clock)
        return
    reading, before = best.reading, (clock.policy_id, clock.target)
    if clock.policy_id is not None and before != (best.policy.id, best.target) and best.due > turn.now:
        clock.warned_at = clock.breached_at = None  # another promise than the one that was warned of
    clock.policy_id, clock.target, clock.calendar_id = best.policy.id, best.target, best.calendar_id
    clock.elapsed = int(reading.used.total_seconds())
    clock.due_at = reading.late_at or reading.due_at
    late = is_late(reading, turn.now)
    clock.state = BREACHED if late else PAUSED if reading.state == "paused" else RUNNING
    ahead = best.policy.warn_before(best.target)
    calendar = turn.book.calendar(best.calendar_id)
    span = timedelta(seconds=best.target)
    clock.warn_at = warn_at(calendar, reading, span, ahead) if ahead is not None and not late else None
    clock.why = {**clock.why, "policies": [_told(offer) for offer in found]}


def _not_held_against(turn: Turn, best: Offer) -> bool:
    late = turn.now - best.due
    if turn.past:
        return late >= timedelta()
    return late > (HISTORY if turn.new or next(turn.did("message"), None) else LONG_LATE)


def _told(offer: Offer) -> dict[str, Any]:
    return {
        "id": str(offer.policy.id), "key": offer.policy.key, "name": offer.policy.name, "seconds": offer.target,
        "calendar": str(offer.calendar_id) if offer.calendar_id else None, "due": offer.due.isoformat(),
    }  # fmt: skip


def next_moment(clocks: Sequence[Clock]) -> datetime | None:
    """When a ticket's clocks next ask for something to be done: a warning or a breach that nobody has acted upon."""
    moments = []
    for clock in clocks:
        if clock.ended_at is not None or clock.state == PAUSED or clock.due_at is None or clock.breached_at is not None:
            continue
        moments.append(clock.due_at)
        if clock.warn_at is not None and clock.warned_at is None:
            moments.append(clock.warn_at)
    return min(moments, default=None)


def next_due(clocks: Sequence[Clock]) -> tuple[datetime | None, str]:
    """What runs out next, or has run out and is still owed: the moment and the metric."""
    open_ones = [
        (clock.due_at, clock.metric)
        for clock in clocks
        if clock.ended_at is None and clock.due_at is not None and not _standing(clock)
    ]
    return min(open_ones, default=(None, ""))


def _standing(clock: Clock) -> bool:
    return clock.state == PAUSED or clock.marks[-1][1] == "pause"

"""Events of a ticket told in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dragoman.accounts.departments.names import department_label
from dragoman.accounts.teams.names import team_label
from dragoman.kit.errors import N_
from dragoman.platform.i18n import gettext as _
from dragoman.routing.explain import why_me
from dragoman.sla.metrics import METRICS
from dragoman.sla.policies import policy_label
from dragoman.tickets.models import PRIORITIES
from dragoman.web.formats import language as language_name
from dragoman.web.formats import stamp
from dragoman.web.wants import INTENT
from dragoman.web.words import KIND, PRIORITY, SEVERITY, STATUS


@dataclass(frozen=True, slots=True)
class Line:
    """One quiet line."""

    text: str
    icon: str = ""


def _status(key: object) -> str:
    word = STATUS.get(str(key))
    return _(word.label) if word else str(key)


def _priority(value: object) -> str:
    word = PRIORITY.get(PRIORITIES.get(value, "") if isinstance(value, int) else "")
    return _(word.label) if word else str(value)


def _assigned(data: Mapping[str, Any], who: str) -> Line:
    to = data.get("name")
    explained = why_me(data)
    if explained is not None:
        grounds = ", ".join(ground.words for ground in explained.grounds)
        text = _("Given to {to}: {why}", to=to, why=grounds or explained.sentence) if to else explained.sentence
        return Line(text, "user-check" if to else "user")
    if not to:
        return Line(_("{who} took the assignee off", who=who), "user")
    if to == who:
        return Line(_("{who} took this ticket", who=who), "user-check")
    return Line(_("{who} assigned this to {to}", who=who, to=to), "user-check")


def _status_set(data: Mapping[str, Any], who: str) -> Line:
    after = str(data.get("after"))
    word = STATUS.get(after)
    text = _("{who}: {before} → {after}", who=who, before=_status(data.get("before")), after=_status(after))
    return Line(text, word.icon if word else "circle")


def _priority_set(data: Mapping[str, Any], who: str) -> Line:
    before, after = _priority(data.get("before")), _priority(data.get("after"))
    return Line(_("{who}: priority {before} → {after}", who=who, before=before, after=after), "chevrons-up")


def _tags_set(data: Mapping[str, Any], who: str) -> Line:
    signs = [*(f"+{tag}" for tag in data.get("added", ())), *(f"−{tag}" for tag in data.get("removed", ()))]
    return Line(_("{who}: tags {tags}", who=who, tags=" ".join(signs)), "tag")


def _orders_set(data: Mapping[str, Any], who: str) -> Line:
    signs = [*(f"+{one}" for one in data.get("added", ())), *(f"−{one}" for one in data.get("removed", ()))]
    return Line(_("{who}: orders {orders}", who=who, orders=" ".join(signs)), "package")


def _renamed(data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} renamed it from “{before}”", who=who, before=data.get("before") or "…"), "pen")


def _taken_back(_data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} took a reply back before it left", who=who), "undo")


def _reopened(_data: Mapping[str, Any], _who: str) -> Line:
    return Line(_("Reopened by the customer’s answer"), "rotate-ccw")


def _bounced(data: Mapping[str, Any], _who: str) -> Line:
    return Line(_("A mail to {recipient} came back", recipient=data.get("recipient") or "?"), "circle-alert")


def _imported(data: Mapping[str, Any], _who: str) -> Line:
    return Line(_("Brought in from {name}, number {number} there", name=data.get("from"), number=data.get("number")),
                "folder-input")  # fmt: skip


def _team_set(data: Mapping[str, Any], who: str) -> Line:
    after = data.get("after")
    if not after:
        return Line(_("{who} took it out of its queue", who=who), "users")
    return Line(_("{who} put it into the queue of {team}", who=who, team=team_label(*after)), "users")


def _escalated(data: Mapping[str, Any], who: str) -> Line:
    team = team_label(*data.get("team") or ("", ""))
    return Line(_("{who} handed it to line {tier}: {team}", who=who, tier=data.get("tier"), team=team), "layers")


def _minutes(text: str, icon: str) -> Callable[[Mapping[str, Any], str], Line]:
    def tell(data: Mapping[str, Any], who: str) -> Line:
        return Line(_(text, who=who, minutes=int(data.get("seconds") or 0) // 60, name=data.get("name") or ""), icon)

    return tell


def _severity(key: object) -> str:
    word = SEVERITY.get(str(key))
    return _(word.label) if word else str(key)


def _severity_set(data: Mapping[str, Any], who: str) -> Line:
    before, after = _severity(data.get("before")), _severity(data.get("after"))
    return Line(_("{who}: severity {before} → {after}", who=who, before=before, after=after), "flag")


def _kind_set(data: Mapping[str, Any], who: str) -> Line:
    word = KIND.get(str(data.get("after")))
    return Line(_("{who}: kind {kind}", who=who, kind=_(word.label) if word else data.get("after")), "shapes")


def _tier_set(data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} handed it to line {tier}", who=who, tier=data.get("after")), "layers")


def _snoozed(data: Mapping[str, Any], who: str) -> Line:
    until = stamp(datetime.fromisoformat(str(data.get("until"))))
    return Line(_("{who} snoozed it until {time}", who=who, time=until), "alarm-clock")


def _woken(_data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} brought it back", who=who), "bell-ring")


def _merged(data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} merged #{number} into this", who=who, number=data.get("number")), "merge")


def _merged_away(data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} merged this into #{number}", who=who, number=data.get("number")), "merge")


def _split(data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} made #{number} of some messages", who=who, number=data.get("number")), "split")


def _move_undone(data: Mapping[str, Any], who: str) -> Line:
    merge = data.get("kind") == "merge"
    text = _("{who} took the merge with #{number} back") if merge else _("{who} took the split with #{number} back")
    return Line(text.format(who=who, number=data.get("number")), "undo")


def _planned(data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} planned an answer for {time}", who=who, time=stamp(_moment(data.get("at")))), "calendar-clock")


def _plan_dropped(_data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} gave the planned answer up", who=who), "undo")


def _review_asked(data: Mapping[str, Any], who: str) -> Line:
    language = language_name(str(data.get("language", "")))
    return Line(_("{who} asks for a review of an answer in {language}", who=who, language=language), "user-check")


def _reviewed(data: Mapping[str, Any], who: str) -> Line:
    writer = str(data.get("writer", ""))
    if data.get("mended"):
        return Line(_("{who} mends and approves the answer of {writer}", who=who, writer=writer), "user-check")
    return Line(_("{who} approves the answer of {writer}", who=who, writer=writer), "user-check")


def _review_back(_data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who} gives the answer back to its writer", who=who), "corner-up-left")


def _plan_held(_data: Mapping[str, Any], _who: str) -> Line:
    return Line(_("A planned answer was held back"), "hand")


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _promise(text: str, icon: str) -> Callable[[Mapping[str, Any], str], Line]:
    def tell(data: Mapping[str, Any], who: str) -> Line:
        due = stamp(datetime.fromisoformat(str(data.get("due"))))
        return Line(_(text, who=who, time=due, to=data.get("name") or ""), icon)

    return tell


def _task(text: str, icon: str) -> Callable[[Mapping[str, Any], str], Line]:
    def tell(data: Mapping[str, Any], who: str) -> Line:
        department = data.get("department")
        to = department_label(*department) if department else data.get("to") or "?"
        due = stamp(datetime.fromisoformat(data["due"])) if data.get("due") else ""
        return Line(_(text, who=who, to=to, title=data.get("title") or "", time=due), icon)

    return tell


def _intent_set(data: Mapping[str, Any], who: str) -> Line:
    after = INTENT.get(str(data.get("after")), "")
    return Line(_("{who}: the customer wants “{intent}”", who=who, intent=_(after) if after else "?"), "sparkles")


def _language_set(data: Mapping[str, Any], who: str) -> Line:
    return Line(_("{who}: the language is {language}", who=who, language=language_name(str(data.get("after")))),
                "languages")  # fmt: skip


def _clock(data: Mapping[str, Any]) -> dict[str, str]:
    metric = METRICS.get(str(data.get("metric")))
    return {"metric": _(metric.label) if metric else "?", "policy": policy_label(*data.get("policy") or ("", ""))}


def _clock_warned(data: Mapping[str, Any], _who: str) -> Line:
    return Line(_("“{metric}” runs out soon ({policy})", **_clock(data)), "timer")


def _clock_breached(data: Mapping[str, Any], _who: str) -> Line:
    return Line(_("“{metric}” has run out ({policy})", **_clock(data)), "alarm-clock")


_TELLERS: dict[str, Callable[[Mapping[str, Any], str], Line]] = {
    "assigned": _assigned,
    "status": _status_set,
    "priority": _priority_set,
    "tags": _tags_set,
    "subject": _renamed,
    "orders": _orders_set,
    "taken_back": _taken_back,
    "reopened": _reopened,
    "bounced": _bounced,
    "imported": _imported,
    "team": _team_set,
    "severity": _severity_set,
    "kind": _kind_set,
    "tier": _tier_set,
    "intent": _intent_set,
    "language": _language_set,
    "escalated": _escalated,
    "taken_over": _minutes(N_("{who} took it over after {minutes} min"), "user-check"),
    "handed_back": _minutes(N_("{who} gave it back to the line before"), "undo"),
    "callback_asked": _minutes(N_("{who} asked that a supervisor call back"), "phone"),
    "callback_done": _minutes(N_("{who} called the customer back, {minutes} min after that was asked"), "phone"),
    "rule": _minutes(N_("The rule “{name}” fired"), "workflow"),
    "snoozed": _snoozed,
    "sla.warned": _clock_warned,
    "sla.breached": _clock_breached,
    "woken": _woken,
    "promise_made": _promise(N_("{who} promised something by {time}"), "handshake"),
    "promise_kept": _promise(N_("{who}: the promise for {time} is kept"), "handshake"),
    "promise_renewed": _promise(N_("{who} gave a promise another time: {time}"), "handshake"),
    "promise_broken": _promise(N_("{who}: the promise for {time} is broken"), "heart-crack"),
    "promise_given": _promise(N_("{who} gave the promise for {time} to {to}"), "handshake"),
    "promise_unmade": _promise(N_("{who}: there was no promise for {time}"), "undo"),
    "promise_reopened": _promise(N_("{who} opened the promise for {time} again"), "handshake"),
    "promise_overdue": _promise(N_("The promise for {time} was not kept in time"), "triangle-alert"),
    "task_asked": _task(N_("{who} asked {to}: {title} (by {time})"), "circle-help"),
    "task_more": _task(N_("{who} asked {to} further: {title}"), "circle-help"),
    "task_answered": _task(N_("{to} answered: {title}"), "message-square-reply"),
    "task_taken": _task(N_("{who} takes the question to {to}: {title}"), "user-check"),
    "task_done": _task(N_("{who} closed the question to {to}: {title}"), "circle-check"),
    "task_cancelled": _task(N_("{who} took the question to {to} back: {title}"), "undo"),
    "task_due": _task(N_("{who} gave the question to {to} until {time}: {title}"), "calendar-clock"),
    "task_overdue": _task(N_("The answer of {to} is overdue: {title}"), "triangle-alert"),
    "merged": _merged,
    "merged_away": _merged_away,
    "split": _split,
    "move_undone": _move_undone,
    "planned": _planned,
    "plan_dropped": _plan_dropped,
    "plan_held": _plan_held,
    "review_asked": _review_asked,
    "reviewed": _reviewed,
    "review_back": _review_back,
}


def told(verb: str, data: Mapping[str, Any], who: str) -> Line | None:
    """An event as a line; None for what the thread shows anyway (messages, the first mail)."""
    teller = _TELLERS.get(verb)
    return teller(data, who or _("The desk")) if teller else None

"""Why a ticket came to somebody, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError

from dragoman.accounts.presence.states import STATES
from dragoman.accounts.skills.service import LEVELS
from dragoman.accounts.teams.names import team_label
from dragoman.kit.errors import N_
from dragoman.platform import i18n
from dragoman.platform.i18n import gettext as _

STRATEGIES: dict[str, str] = {
    "manual": N_("People take tickets themselves"),
    "round_robin": N_("In turn"),
    "least_load": N_("Whoever has the least"),
    "score": N_("Whoever suits best"),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground in words; `points` 0 where it was not a matter of points."""

    words: str
    points: int = 0


@dataclass(frozen=True, slots=True)
class Explained:
    """Why somebody got a ticket: a sentence, the grounds, and how many others could have had it."""

    sentence: str
    grounds: tuple[Ground, ...] = ()
    among: int = 0


def why_me(data: Mapping[str, Any]) -> Explained | None:
    """What the event `assigned` says of why; None for one that a person did."""
    name = data.get("name") or ""
    if data.get("why") == "stand_in":
        return Explained(_("{name} stands in for {owner}, who is out of office.", name=name, owner=data.get("owner")))
    if data.get("why") == "owner_absent":
        state = _(STATES.get(str(data.get("state")), "")).lower()
        words = _("It went back to its queue before its clock was over: {owner} was not there ({state}).")
        return Explained(words.format(owner=data.get("owner"), state=state))
    if data.get("rule"):
        return Explained(_("The rule “{rule}” gave it to {name}.", rule=data["rule"], name=name))
    strategy = data.get("strategy")
    if strategy not in STRATEGIES:
        return None
    key, own = (*data.get("team", ()), "", "")[:2]
    sentence = _(
        "The queue “{team}” gives work to whoever it fits: “{strategy}”.",
        team=team_label(key, own), strategy=_(STRATEGIES[strategy]),
    )  # fmt: skip
    grounds = tuple(Ground(word(kind, about), points) for kind, points, about in data.get("reasons", ()))
    return Explained(sentence, grounds, int(data.get("among") or 0))


def word(kind: str, about: Mapping[str, Any]) -> str:
    """A ground in words."""
    match kind:
        case "language":
            level = _(LEVELS.get(str(about.get("level")), ""))
            return _("speaks {language} ({level})", language=_language(about), level=level)
        case "no_language":
            return _("does not speak {language}", language=_language(about))
        case "shop":
            return _("knows the shop")
        case "line":
            return _("knows “{line}”", line=about.get("line"))
        case "tier":
            return _("looks after customers of the tier “{tier}”", tier=about.get("tier"))
        case "customer":
            return _("looked after this customer last time")
        case "room":
            return _("has {load} of {capacity} open", **_load(about))
        case "hurry":
            return _("has {load} of {capacity} open, and the clock is short", **_load(about))
        case "least":
            return _("has the least in hand: {load} of {capacity}", **_load(about))
    return _("was next in turn")


def _load(about: Mapping[str, Any]) -> dict[str, Any]:
    return {"load": about.get("load", 0), "capacity": about.get("capacity", 0)}


def _language(about: Mapping[str, Any]) -> str:
    tag = str(about.get("language"))
    try:
        return Locale.parse(tag.replace("-", "_")).get_display_name(i18n.current()) or tag
    except (UnknownLocaleError, ValueError):
        return tag

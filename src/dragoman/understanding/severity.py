"""How much hurry a message is in, in the trade's colours: red within 15 minutes, yellow 2 hours, blue a day (R27-R30).

A colour starts from what is wanted and is raised by what makes the matter worse; every reason is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from dragoman.kit.errors import N_
from dragoman.understanding.emotion import Mood
from dragoman.understanding.taxonomy import Leaf

COLOURS = ("red", "yellow", "blue")
DEAR = Decimal(300)
"""A sum in dispute, in about euros, from which a matter is no small one."""
SOON = timedelta(hours=24)
REASONS = {
    "intent": N_("What is asked for"),
    "angry": N_("The customer is angry"),
    "threat": N_("The customer threatens with consequences"),
    "money": N_("A large sum is at stake"),
    "tier": N_("An important customer"),
    "platform": N_("The marketplace's own deadline is near"),
    "silence": N_("Asked before and not answered"),
    "pleased": N_("The customer is pleased"),
}


@dataclass(frozen=True, slots=True)
class Stakes:
    """What else decides the hurry: the sum at stake in about euros, the customer's tier, when the marketplace's
    deadline ends, how many earlier messages nobody has answered."""

    amount: Decimal | None = None
    tier: str = ""
    platform_due: datetime | None = None
    now: datetime | None = None
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Severity:
    """A colour and the keys of REASONS that led to it, the first the strongest."""

    colour: str
    why: tuple[str, ...]


def judge(leaf: Leaf | None, mood: Mood, stakes: Stakes) -> Severity:
    """The colour of a message. Without a known intent it starts from blue."""
    level = COLOURS.index(leaf.severity) if leaf else 2
    why = ["intent"] if leaf else []
    if mood.label == "threatening" and mood.intensity >= 0.5:
        level, why = 0, ["threat", *why]
    elif mood.label == "angry" and mood.intensity >= 0.5:
        level, why = max(0, level - 1), ["angry", *why]
    if stakes.platform_due and stakes.now and stakes.platform_due - stakes.now <= SOON:
        level, why = 0, ["platform", *why]
    raised = _raised(stakes)
    if raised and level == 2:
        level, why = 1, [*raised, *why]
    elif raised and level == 1 and len(raised) > 1:
        level, why = 0, [*raised, *why]
    if mood.label == "pleased" and level == 1 and not raised:
        level, why = 2, ["pleased", *why]
    return Severity(COLOURS[level], tuple(why))


def _raised(stakes: Stakes) -> Sequence[str]:
    reasons = []
    if stakes.amount is not None and stakes.amount >= DEAR:
        reasons.append("money")
    if stakes.tier == "vip":
        reasons.append("tier")
    if stakes.unanswered >= 2:
        reasons.append("silence")
    return reasons

"""What can be asked of a ticket, and how."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.kit.errors import N_
from dragoman.tickets.models import KINDS, PRIORITIES, SEVERITIES, STATUSES, TIERS
from dragoman.understanding.emotion import MOODS
from dragoman.understanding.taxonomy import leaves

ME = "me"
"""A person's value that stands for whoever is looking."""
NONE = "none"
"""The value that stands for nobody, no team, no shop."""

IS, IS_NOT = "is", "is_not"
HAS, HAS_NOT = "has", "has_not"
CONTAINS, CONTAINS_NOT = "contains", "contains_not"
MORE, LESS = "more", "less"
YES, NO = "yes", "no"

OPERATORS: dict[str, str] = {
    IS: N_("is one of"),
    IS_NOT: N_("is none of"),
    HAS: N_("has one of"),
    HAS_NOT: N_("has none of"),
    CONTAINS: N_("contains one of"),
    CONTAINS_NOT: N_("contains none of"),
    MORE: N_("is more than"),
    LESS: N_("is less than"),
    YES: N_("is so"),
    NO: N_("is not so"),
}
BY_KIND: dict[str, tuple[str, ...]] = {
    "choice": (IS, IS_NOT),
    "person": (IS, IS_NOT),
    "team": (IS, IS_NOT),
    "shop": (IS, IS_NOT),
    "code": (IS, IS_NOT),
    "tag": (HAS, HAS_NOT),
    "words": (CONTAINS, CONTAINS_NOT),
    "number": (MORE, LESS),
    "minutes": (MORE, LESS),
    "flag": (YES, NO),
}


@dataclass(frozen=True, slots=True)
class Field:
    """Something known of a ticket. `kind` says what its values are and which operators fit (BY_KIND); a `choice` has
    its `choices` by name, the words for them are the web's. `fleeting` marks what is known only while something
    happens to the ticket (the words just written), so that lists can't ask for it."""

    label: str
    kind: str
    choices: tuple[str, ...] = field(default=())
    fleeting: bool = False


FIELDS: dict[str, Field] = {
    "status": Field(N_("Status"), "choice", STATUSES),
    "priority": Field(N_("Priority"), "choice", tuple(PRIORITIES.values())),
    "severity": Field(N_("Severity"), "choice", tuple(one or NONE for one in SEVERITIES)),
    "kind": Field(N_("Kind"), "choice", tuple(one or NONE for one in KINDS)),
    "intent": Field(N_("What is wanted"), "choice", (*leaves(), NONE)),
    "emotion": Field(N_("Mood"), "choice", (*MOODS, NONE)),
    "tier": Field(N_("Line of service"), "choice", tuple(str(one) for one in TIERS)),
    "assignee": Field(N_("Assignee"), "person"),
    "team": Field(N_("Team"), "team"),
    "channel": Field(N_("Channel"), "code"),
    "shop": Field(N_("Shop"), "shop"),
    "platform": Field(N_("Platform"), "choice", ("amazon", "ebay", "shopify", "aliexpress", "own", NONE)),
    "language": Field(N_("Language"), "code"),
    "market": Field(N_("Market"), "code"),
    "customer_tier": Field(N_("Customer tier"), "code"),
    "tag": Field(N_("Tags"), "tag"),
    "subject": Field(N_("Subject"), "words"),
    "text": Field(N_("The customer’s words"), "words", fleeting=True),
    "order": Field(N_("An order is named"), "flag"),
    "unread": Field(N_("Unread"), "flag"),
    "waiting": Field(N_("The customer has waited (minutes)"), "minutes"),
    "idle": Field(N_("Nothing has happened for (minutes)"), "minutes"),
    "age": Field(N_("Opened before (minutes)"), "minutes"),
    "due": Field(N_("Time left on the clock (minutes)"), "minutes"),
    "late": Field(N_("A clock has run out"), "flag"),
    "snoozed": Field(N_("Snoozed"), "flag"),
    "messages": Field(N_("Number of messages"), "number"),
}

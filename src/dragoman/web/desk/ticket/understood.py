"""What messages were read to say, as a ticket's page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dragoman.platform.i18n import gettext as _
from dragoman.tickets.models import Message, Ticket
from dragoman.understanding.summary import Said, Summary, summarise
from dragoman.understanding.taxonomy import groups
from dragoman.web.formats import language as language_name
from dragoman.web.forms import Choice
from dragoman.web.wants import ENTITY, GROUP, INTENT, MOOD, SHOWN
from dragoman.web.words import Word

FAINT = 0.35
"""Below this intensity a mood is not worth a word."""
MOST = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that a message names: its sign and kind, its words, and what else is known of it."""

    word: Word
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What one message says. `sure` and `strength` are percents; empty words were not read."""

    language: str = ""
    also: str = ""
    intent: str = ""
    sure: int = 0
    mood: Word | None = None
    strength: int = 0
    why: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """An intent that the desk is not sure enough of to set it: for somebody to confirm."""

    value: str
    label: str
    sure: int


def of_message(message: Message) -> Understood | None:
    """What a message was read to say; None for one that was not read."""
    found = message.reading
    if not found or message.kind != "inbound":
        return None
    mood, wanted = str(found.get("emotion", "")), INTENT.get(str(found.get("intent", "")), "")
    strength = float(found.get("emotion_intensity", 0.0))
    shown = mood in MOOD and mood != "calm" and strength >= FAINT
    return Understood(
        language=_language(found), also=", ".join(language_name(one) for one in found.get("also", ())),
        intent=_(wanted) if wanted else "",
        sure=_percent(found.get("intent_confidence")),
        mood=MOOD[mood] if shown else None, strength=_percent(strength),
        why=" · ".join(str(one) for one in found.get("emotion_why", ())) if shown else "",
        marks=tuple(_marks(found)),
    )  # fmt: skip


def _language(found: Mapping[str, Any]) -> str:
    code = str(found.get("language", ""))
    if code and code != "und":
        return language_name(code)
    guess = str(found.get("language_guess", ""))
    return _("perhaps {language}", language=language_name(guess)) if guess else ""


def _marks(found: Mapping[str, Any]) -> list[Mark]:
    marks = []
    for kind in SHOWN:
        for one in found.get("entities", ()):
            if one["kind"] == kind:
                facts = one.get("facts", {})
                hint = facts.get("carrier", "")
                if facts.get("check") == "wrong":
                    hint = _("The check digit is wrong: a slip in typing?")
                marks.append(Mark(ENTITY[kind], one["value"] if one["personal"] else one["text"], hint))
    return list({(one.word.label, one.text): one for one in marks}.values())[:MOST]


@dataclass(frozen=True, slots=True)
class Short:
    """A long ticket in short: three sentences of its own (empty ones were not said), and the customer's moods in
    their order, those that follow one another alike counted once."""

    summary: Summary
    course: tuple[Word, ...]


def of_ticket(ticket: Ticket, messages: Sequence[Message], *, changes: bool) -> dict[str, Any]:
    """What a ticket's page shows of it; `changes` says whether the reader may act."""
    theirs = [one for one in messages if one.kind == "inbound" and not one.automatic]
    return {
        "intent": ticket.intent, "emotion": ticket.emotion, "intent_choices": intents(ticket) if changes else (),
        "guess": guess(ticket, theirs[-1] if theirs else None) if changes else None, "short": short(messages),
    }  # fmt: skip


def short(messages: Sequence[Message]) -> Short | None:
    """A long ticket in short; None for a short one, and where nothing was read."""
    spoken = [one for one in messages if one.kind != "note" and not one.automatic]
    if not any(one.reading for one in spoken):
        return None
    found = summarise([_said(one) for one in spoken])
    if found is None:
        return None
    moods = [str(one.reading.get("emotion", "")) for one in spoken if one.kind == "inbound"]
    course = [mood for at, mood in enumerate(moods) if mood in MOOD and (at == 0 or moods[at - 1] != mood)]
    return Short(found, tuple(MOOD[mood] for mood in course[-MOST:]) if len(course) > 1 else ())


def _said(message: Message) -> Said:
    found = message.reading
    named = tuple((one["start"], one["end"]) for one in found.get("entities", ()) if one["kind"] in SHOWN)
    return Said(
        message.kind == "outbound", message.text, str(found.get("intent", "")),
        float(found.get("intent_confidence", 0.0)), named,
    )  # fmt: skip


def intents(ticket: Ticket) -> tuple[Choice, ...]:
    """All intents, by group."""
    return tuple(
        Choice(key, _(INTENT[key]), key == ticket.intent, _(GROUP[group]))
        for group, keys in groups().items()
        for key in keys
    )


def guess(ticket: Ticket, message: Message | None) -> Guess | None:
    """What the customer may want, where the desk was not sure enough to say so."""
    if ticket.intent or message is None or not message.reading:
        return None
    key = str(message.reading.get("intent", ""))
    if key not in INTENT or key == "other.other":
        return None
    return Guess(key, _(INTENT[key]), _percent(message.reading.get("intent_confidence")))


def _percent(share: object) -> int:
    return round(100 * float(share)) if isinstance(share, int | float) else 0

"""Reads one ticket of the content: its header and its talk, with every name checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, cast, get_args

from dragoman.main.demo.model import (
    Customer,
    Deed,
    DeedKind,
    DemoError,
    File,
    Incoming,
    Person,
    Priority,
    Remark,
    Reply,
    Status,
    Ticket,
    Turn,
    When,
)

_DAYS = re.compile(r"-(\d+)d (\d{1,2}):(\d\d)\b")
_AGO = re.compile(r"-(?:(\d+)h)?(?:(\d+)m)?(?=\s|$)")
_MENTION = re.compile(r"@([a-z]+)")
_HEADER = frozenset({"key", "from", "shop", "via", "order", "product", "subject", "who", "tags", "priority", "talk"})
_DAY = 24 * 60


def read_ticket(
    file: str, row: Mapping[str, Any], customers: Mapping[str, Customer], people: Mapping[str, Person]
) -> Ticket:
    """One entry of a tickets file; raises DemoError for anything unknown or out of order."""
    key = str(row.get("key", "?"))
    try:
        if strange := set(row) - _HEADER:
            raise ValueError(f"unknown field {', '.join(sorted(strange))}")
        customer = _known(customers, str(row.get("from", "")), "customer")
        who = str(row.get("who", ""))
        if who:
            _known(people, who, "person")
        turns = tuple(turn for item in row["talk"] for turn in _turns(item, who, people))
        _check_order(turns)
        ticket = Ticket(
            key=key,
            customer=customer.key,
            shop=str(row.get("shop", customer.shop)),
            subject=str(row["subject"]),
            turns=turns,
            order=str(row.get("order", "")),
            product=str(row.get("product", "")),
            who=who,
            tags=tuple(row.get("tags", ())),
            priority=cast(Priority, _one_of(Priority, str(row.get("priority", "normal")))),
            via=str(row.get("via", "")),
        )
        _check_touched(ticket)
    except (KeyError, ValueError) as error:
        raise DemoError(f"{file}: ticket {key}: {error}") from error
    return ticket


def read_when(text: str) -> tuple[When, str]:
    """The moment a text begins with ("-12d 08:41", "-95m", "-3h20m") and what follows it."""
    if found := _DAYS.match(text):
        days, hour, minute = (int(group) for group in found.groups())
        if days < 1 or hour > 23 or minute > 59:
            raise ValueError(f"impossible time {found[0]}")
        return When(days, clock=hour * 60 + minute), text[found.end() :].strip()
    if (found := _AGO.match(text)) and found[0] != "-":
        return When(None, ago=int(found[1] or 0) * 60 + int(found[2] or 0)), text[found.end() :].strip()
    raise ValueError(f"no time in {text!r}")


def _turns(item: Mapping[str, Any], who: str, people: Mapping[str, Person]) -> Iterator[Turn]:
    heads = [head for head in item if head != "files"]
    if len(heads) != 1:
        raise ValueError(f"a turn has one head, not {heads}")
    verb, _, rest = heads[0].partition(" ")
    when, words = read_when(rest)
    text = str(item[heads[0]]).strip()
    files = tuple(_file(entry) for entry in item.get("files", ()))
    if not text:
        raise ValueError(f"{heads[0]}: the text is empty")
    if verb in ("in", "auto", "bounce"):
        kinds = {"in": "message", "auto": "auto", "bounce": "bounce"}
        yield Incoming(when, text, kind=cast(Any, kinds[verb]), files=files)
        return
    person, status = _person_and_status(words, who, people)
    if verb == "out":
        yield Reply(when, person, text, cast(Status, status or "pending"), files)
    elif verb == "note":
        mentions = tuple(_known(people, name, "person").key for name in _MENTION.findall(text))
        yield Remark(when, person, text, mentions)
    elif verb == "do":
        for order in text.split(";"):
            yield from _deeds(when, person, order.split(), people)
    else:
        raise ValueError(f"unknown turn {verb!r}")


def _person_and_status(words: str, who: str, people: Mapping[str, Person]) -> tuple[str, str]:
    person, status = who, ""
    for word in words.split():
        if word in people:
            person = word
        else:
            status = _one_of(Status, word)
    if not person:
        raise ValueError("a turn of the desk names nobody, and the ticket has no `who`")
    return person, status


def _deeds(when: When, person: str, words: list[str], people: Mapping[str, Person]) -> Iterator[Deed]:
    kind, values = cast(DeedKind, _one_of(DeedKind, words[0])), words[1:]
    if kind == "unassign":
        yield Deed(when, person, kind)
        return
    if not values or (len(values) > 1 and kind not in ("tag", "untag")):
        raise ValueError(f"{' '.join(words)!r} needs one value")
    for value in values:
        if kind == "assign":
            _known(people, value, "person")
        elif kind == "status":
            _one_of(Status, value)
        elif kind == "priority":
            _one_of(Priority, value)
        yield Deed(when, person, kind, value)


def _file(entry: str) -> File:
    kind, _, rest = entry.partition(":")
    scene, _, name = rest.partition("=")
    if kind not in ("photo", "pdf") or not scene:
        raise ValueError(f"{entry!r} is no attachment; write photo:scene or pdf:scene=name")
    return File(cast(Any, kind), scene, name)


def _known(table: Mapping[str, Any], key: str, what: str) -> Any:
    if key not in table:
        raise ValueError(f"unknown {what} {key!r}")
    return table[key]


def _one_of(kind: Any, value: str) -> str:
    if value not in get_args(kind):
        raise ValueError(f"{value!r} is none of {', '.join(get_args(kind))}")
    return value


def _check_order(turns: tuple[Turn, ...]) -> None:
    if not turns or not isinstance(turns[0], Incoming) or turns[0].kind != "message":
        raise ValueError("a ticket opens with the customer's message")
    for before, after in pairwise(turns):
        if not _follows(before.when, after.when):
            raise ValueError(f"{after.when} does not surely come after {before.when}")


def _follows(before: When, after: When) -> bool:
    """Whether `after` is later whatever the hour of the present: yesterday can be a minute ago."""
    if before.days is not None and after.days is not None:
        return (after.days, -after.clock) <= (before.days, -before.clock)
    if before.days is None:
        return after.days is None and after.ago <= before.ago
    return after.ago <= (before.days - 1) * _DAY


def _check_touched(ticket: Ticket) -> None:
    touched = any(not isinstance(turn, Incoming) for turn in ticket.turns)
    if not touched and (ticket.who or ticket.tags or ticket.priority != "normal"):
        raise ValueError("nobody of the desk touched it, so nobody can have assigned or tagged it")

"""One portion of another desk's records filed, or only weighed: in one transaction, with what is noted of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from dragoman.customers.filing import know_contacts
from dragoman.imports import queries, records
from dragoman.imports.models import REFUSED, Item
from dragoman.imports.records import Article, Customer, Macro, Problem, Record, Ticket
from dragoman.imports.tally import Tally
from dragoman.imports.turning import (
    Change,
    Colleague,
    Known,
    change_of,
    contact_alone,
    contact_of,
    item_row,
    keys_of,
    message_key,
    past_of,
)
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.tickets.filing import IncomingFile, add_files
from dragoman.tickets.history import file_past

WHOLE = b"whole"
Fetched = Mapping[tuple[str, str], Sequence[IncomingFile]]
"""The files that could be had, by ticket's and message's external id."""


@dataclass(slots=True)
class Batch:
    """Records to be filed together, and by whom they are read here. `seen` are hashes of the keys of a
    trial's earlier portions, of which nothing is written."""

    import_id: UUID
    source: str
    identity: str
    people: Mapping[str, Colleague]
    found: Sequence[Record]
    fetched: Fetched = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def row(self, kind: str, external_id: str, raw: records.Json, **more: Any) -> dict[str, Any]:
        """What is noted of one of them."""
        return item_row(self.import_id, self.identity, kind, external_id, raw, clock.now(), **more)


async def weigh(session: Session, batch: Batch) -> Tally:
    """What filing would do; nothing is written."""
    known = await queries.find_items(session, batch.identity, keys_of(batch.found))
    tally = Tally()
    for one in batch.found:
        key = (records.KINDS[type(one)], one.id)
        again = hash(key) in batch.seen
        if isinstance(one, Ticket):
            customer = ("customer", one.customer.id)
            if customer not in known and hash(customer) not in batch.seen:
                batch.seen.add(hash(customer))
                tally.counts["customers.new"] += 1
            change = change_of(one, known)
            fresh = [each for each in (change.fresh if change else ()) if hash(_message(one, each)) not in batch.seen]
            if not again:
                _count(tally, batch, one, _outcome(change, bool(fresh)))
            tally.counts["messages.new"] += len(fresh)
            tally.counts["files.found"] += sum(len(each.files) for each in fresh)
        elif not again:
            kept = isinstance(one, Macro | Article)
            tally.counts[f"{key[0]}s.{'kept' if kept else 'same' if key in known else 'new'}"] += 1
    batch.seen.update(map(hash, keys_of(batch.found)))
    return tally


def _message(ticket: Ticket, message: records.Message) -> tuple[str, str]:
    return "message", message_key(ticket, message)


def _outcome(change: Change | None, more: bool) -> str:
    if change is None:
        return "same"
    return "new" if change.new else "changed" if more else "same"


def _count(tally: Tally, batch: Batch, ticket: Ticket, outcome: str) -> None:
    tally.counts[f"tickets.{outcome}"] += 1
    for name, word in ticket.doubts:
        tally.words[f"{name}:{word}"] += 1
    if ticket.assignee:
        here = batch.people.get(ticket.assignee.email)
        tally.assigned(ticket.assignee, here.name if here and here.active else "")


async def file(session: Session, batch: Batch) -> Tally:
    """File a batch whole; returns what became of it. The caller holds the workspace's lock."""
    known = await queries.find_items(session, batch.identity, keys_of(batch.found))
    tally = Tally()
    rows: list[dict[str, Any]] = []
    rows += await _customers(session, batch, known, tally)
    for one in batch.found:
        if isinstance(one, Macro | Article):
            kind = records.KINDS[type(one)]
            rows.append(batch.row(kind, one.id, one.raw, digest=records.digest(one)))
            _once(tally, batch, known.get((kind, one.id)), f"{kind}s.kept")
    rows += await _tickets(session, batch, known, tally)
    await queries.put_items(session, list({(row["kind"], row["external_id"]): row for row in rows}.values()))
    return tally


def _once(tally: Tally, batch: Batch, item: Item | None, name: str) -> None:
    """Count an object, unless this very import has met it before (it goes on after an interruption)."""
    if item is None or item.import_id != batch.import_id:
        tally.counts[name] += 1


async def _customers(session: Session, batch: Batch, known: Known, tally: Tally) -> list[dict[str, Any]]:
    """Customers that come by themselves, not with a ticket."""
    found = [one for one in batch.found if isinstance(one, Customer)]
    ids = await know_contacts(session, [contact_alone(one, known, clock.now()) for one in found]) if found else []
    for one in found:
        item = known.get(("customer", one.id))
        _once(tally, batch, item, "customers.same" if item else "customers.new")
    return [
        batch.row("customer", one.id, one.raw, our_id=our_id, digest=records.digest(one))
        for one, our_id in zip(found, ids, strict=True)
    ]


async def _tickets(session: Session, batch: Batch, known: Known, tally: Tally) -> list[dict[str, Any]]:
    changes, met = [], []
    for one in _joined(batch.found):
        change, item = change_of(one, known), known.get(("ticket", one.id))
        if change is None and item is not None:
            if item.import_id != batch.import_id:
                _count(tally, batch, one, "same")
            met.append(item.id)
        elif change is not None:
            changes.append(change)
    await queries.met(session, batch.import_id, met)
    if not changes:
        return []
    return await _changes(session, batch, known, tally, changes)


def _joined(found: Sequence[Record]) -> list[Ticket]:
    """The tickets, each once: of one that stands in a batch twice the second is left to its own messages."""
    out: dict[str, Ticket] = {}
    for one in found:
        if isinstance(one, Ticket):
            before = out.get(one.id)
            if before is None:
                out[one.id] = one
            else:
                said = {message.id: message for message in (*before.messages, *one.messages)}
                messages = tuple(sorted(said.values(), key=lambda message: message.at))
                out[one.id] = replace(one, messages=messages)
    return list(out.values())


async def _changes(
    session: Session, batch: Batch, known: Known, tally: Tally, changes: Sequence[Change]
) -> list[dict[str, Any]]:
    customers = await know_contacts(session, [contact_of(change.ticket, known) for change in changes])
    pasts = [
        past_of(change, batch.source, customer_id, batch.people, batch.fetched)
        for change, customer_id in zip(changes, customers, strict=True)
    ]
    await file_past(session, pasts)
    rows = []
    met = {*known, *(("customer", one.id) for one in batch.found if isinstance(one, Customer))}
    for change, past, customer_id in zip(changes, pasts, customers, strict=True):
        key = ("customer", change.ticket.customer.id)
        tally.counts["customers.new"] += key not in met
        met.add(key)
        more = await _complete(session, batch, change, tally)
        if change.item is None or change.item.import_id != batch.import_id:
            _count(tally, batch, change.ticket, _outcome(change, bool(change.fresh) or more))
        noted = _messages(batch, change, [one.message_id for one in past.messages], tally)
        ticket, customer = change.ticket, change.ticket.customer
        rows += noted
        rows.append(batch.row("customer", customer.id, customer.raw, our_id=customer_id))
        whole = all(row["digest"] for row in noted) and all(_whole(batch, ticket, one) for one, _id in change.lacking)
        digest = change.digest if whole else b""
        rows.append(
            batch.row("ticket", ticket.id, ticket.raw, our_id=past.ticket_id, version=past.version, digest=digest)
        )
    return rows


def _whole(batch: Batch, ticket: Ticket, message: records.Message) -> bool:
    """Whether all files of a message could be had."""
    return len(batch.fetched.get((ticket.id, message.id), ())) == len(message.files)


def _messages(batch: Batch, change: Change, our_ids: Sequence[UUID], tally: Tally) -> list[dict[str, Any]]:
    """What is noted of a ticket's new messages; an empty digest marks one that lacks files."""
    ticket, rows = change.ticket, []
    for message, our_id in zip(change.fresh, our_ids, strict=True):
        had = len(batch.fetched.get((ticket.id, message.id), ()))
        tally.counts["messages.new"] += 1
        tally.counts["files.fetched"] += had
        tally.counts["files.missing"] += len(message.files) - had
        digest = WHOLE if had == len(message.files) else b""
        rows.append(batch.row("message", message_key(ticket, message), message.raw, our_id=our_id, digest=digest))
    return rows


async def _complete(session: Session, batch: Batch, change: Change, tally: Tally) -> bool:
    """Put files to messages that came without them before; returns whether there were any."""
    rows, more = [], False
    for message, our_id in change.lacking:
        files = batch.fetched.get((change.ticket.id, message.id), ())
        if not files or not _whole(batch, change.ticket, message):
            continue  # all or none, so that none comes twice
        await add_files(session, [(our_id, file) for file in files])
        tally.counts["files.fetched"] += len(files)
        key = message_key(change.ticket, message)
        rows.append(batch.row("message", key, message.raw, our_id=our_id, digest=WHOLE))
        more = True
    await queries.put_items(session, rows)
    return more


async def keep_unread(session: Session, batch: Batch, problems: Sequence[Problem]) -> None:
    """Keep what could not be made a record of, as it came, under the place where it stood."""
    rows = [
        batch.row("unread", one.where[:600], one.raw, state=REFUSED, problem=one.what, problem_values=dict(one.values))
        for one in problems
        if one.raw
    ]
    await queries.put_items(session, list({row["external_id"]: row for row in rows}.values()))


def refusal(batch: Batch, one: Record, problem: str, values: dict[str, str]) -> dict[str, Any]:
    """What is noted of a record that could not be filed; it is tried again by the next import."""
    raw = one.raw if not isinstance(one, Ticket) else {**one.raw, "messages": [each.raw for each in one.messages]}
    kind = records.KINDS[type(one)]
    return batch.row(kind, one.id, raw, state=REFUSED, problem=problem, problem_values=values)

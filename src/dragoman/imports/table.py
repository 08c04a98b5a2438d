"""Tables (CSV), one row a message or one row a ticket, as neutral records: Gorgias' export and everybody else's.

Format: RFC 4180 with any of the usual separators. Rows of one ticket that stand together become one ticket; rows of it
that come later are added to it.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dragoman.imports import columns, files, values, vocabulary
from dragoman.imports.files import Blob
from dragoman.imports.records import Customer, File, Message, Person, Portion, Problem, Ticket
from dragoman.kit.errors import N_, Invalid

SEPARATORS = ",;\t|"
TOGETHER, ROWS_TOGETHER = 50, 500
CELL = 8 * 1024 * 1024
SAMPLES = 3
INBOUND = frozenset(("inbound", "incoming", "in", "received", "customer", "from customer", "end user", "收到", "客户"))
OUTBOUND = frozenset(("outbound", "outgoing", "out", "sent", "agent", "reply", "public reply", "发出", "客服"))
NOTE = frozenset(("note", "internal", "internal note", "private", "private note", "notiz", "备注", "内部"))

NO_TICKET = N_("This row names no ticket. It was left out.")
NO_TEXT = N_("This row has neither a text nor HTML. It was left out.")
NO_CUSTOMER = N_("This row does not say whose ticket it is: no e-mail address, phone number, number or name.")
NO_TIME = N_("The time “{value}” can't be read, or could be read in two ways. Choose the order of day and month.")
WIDE = N_("This row has {n} cells, the header {header}: a separator or quotation mark is missing. It was left out.")


@dataclass(frozen=True, slots=True)
class Form:
    """How a table is written: found by `look`, changed by whoever imports."""

    encoding: str
    separator: str
    columns: Mapping[str, str]
    zone: str = "UTC"
    day_first: bool | None = None
    statuses: Mapping[str, str] = field(default_factory=dict)
    source: str = "csv"


@dataclass(frozen=True, slots=True)
class Look:
    """What a table looks like before it is read: header, first rows, how many there are."""

    form: Form
    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    rows: int


def look(blob: Blob, *, source: str = "csv", encoding: str = "", separator: str = "") -> Look:
    """Look through a whole table. Raises Invalid for what is none, or is cut off."""
    (part, *more) = files.parts(blob)
    if more:
        raise Invalid(N_("{file} holds several files. Choose one table at a time."), file=blob.name)
    encoding = _known_encoding(encoding) if encoding else files.encoding_of(part)
    if len(separator) > 1:
        raise Invalid(N_("The separator is one sign, for example a semicolon."))
    head = _head(part, encoding)
    separator = separator or max(SEPARATORS, key=head.count)
    header: list[str] = []
    samples: list[tuple[str, ...]] = []
    rows = 0
    for number, row in _rows(part, encoding, separator):
        if not header:
            header = _header(row, blob.name)
            continue
        rows = number
        if len(samples) < SAMPLES:
            samples.append(tuple(cell[:200] for cell in row))
    if not samples:
        raise Invalid(N_("{file} has a header, but no row below it."), file=blob.name)
    form = Form(encoding, separator, columns.guess(header, source=source), source=source)
    return Look(form, tuple(header), tuple(samples), rows)


def _known_encoding(name: str) -> str:
    """Python's name for an encoding of texts. Raises Invalid."""
    try:
        found = codecs.lookup(name).name
        "a".encode(found)  # raises for codecs that turn bytes into bytes
    except (LookupError, ValueError) as error:
        raise Invalid(N_("There is no encoding {name}. Usual ones: utf-8, gb18030, cp1252."), name=name) from error
    return "utf-8-sig" if found == "utf-8" else found


def _head(part: Blob, encoding: str) -> str:
    with part.open() as stream:
        text = stream.read(64 * 1024).decode(encoding, "replace").lstrip("\ufeff \r\n")
    if text[:1] in ("{", "[", "<"):
        raise Invalid(
            N_("{file} is no table: it holds JSON or a page. Export as CSV, or choose the desk it is from."),
            file=part.name,
        )
    return text.partition("\n")[0]


def _header(row: list[str], name: str) -> list[str]:
    header = [" ".join(cell.split()) for cell in row]
    if len(header) < 2 or len([one for one in header if one]) != len({one for one in header if one}):
        raise Invalid(N_("The first row of {file} must name the columns, each by a name of its own."), file=name)
    return header


def _rows(part: Blob, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers, the header's being 0; empty ones are left out."""
    csv.field_size_limit(CELL)
    with part.open() as raw, io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="") as stream:
        rows = csv.reader((line.replace("\0", "") for line in stream), delimiter=separator, strict=True)
        number = 0
        try:
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield number, row
                    number += 1
        except csv.Error as error:
            raise Invalid(
                N_("{file} can't be read from line {line} on: a quotation mark is not closed, or the file is cut "
                   "off. Export it again; nothing was changed."), file=part.name, line=rows.line_num,
            ) from error  # fmt: skip


def check(look: Look, form: Form) -> None:
    """Raise Invalid when the chosen columns do not say enough, naming what is missing and what there is."""
    faults = {}
    has = {ours for ours, theirs in form.columns.items() if theirs}
    unknown = sorted({theirs for theirs in form.columns.values() if theirs} - set(look.header))
    if unknown:
        raise Invalid(N_("The table has no column {name}. It has: {header}."), name=unknown[0],
                      header=", ".join(look.header))  # fmt: skip
    if not has & {"body", "body_html"}:
        faults["body"] = N_("A column with the text is needed.")
    if "ticket_id" not in has:
        faults["ticket_id"] = N_("A column with the ticket's number is needed, so that its messages come together.")
    if not has & {"customer_email", "customer_phone", "customer_id", "customer_name"}:
        faults["customer_email"] = N_("A column that names the customer is needed: e-mail, phone, number or name.")
    if not has & {"message_at", "created_at"}:
        faults["message_at"] = N_("A column with the time is needed.")
    if faults:
        raise Invalid(
            N_("The table lacks a column, or it has a name that is not known. Choose it by hand. It has: {header}."),
            fields=faults, header=", ".join(look.header),
        )  # fmt: skip


@dataclass
class Table:
    """Reading a table."""

    blob: Blob
    form: Form
    total: int = 0

    def read(self, cursor: dict[str, Any]) -> Iterator[Portion]:
        """Everything after the row `cursor` names ({}: from the start). Raises Invalid."""
        (part,) = files.parts(self.blob)
        rows = _rows(part, self.form.encoding, self.form.separator)
        _number, first = next(rows, (0, []))
        header = [" ".join(cell.split()) for cell in first]
        skip = int(cursor.get("row", 0))
        reader = _Reader(self.form, header, part.name)
        tickets: list[Ticket] = []
        problems: list[Problem] = []
        done = held = skip
        later = (one for one in rows if one[0] > skip)
        for _ticket, group in itertools.groupby(later, key=lambda row: reader.cell(row[1], "ticket_id")):
            for one in reader.tickets(list(group)):
                if isinstance(one, Ticket):
                    tickets.append(one)
                else:
                    problems.append(one)
            done = reader.last
            if len(tickets) >= TOGETHER or done - held >= ROWS_TOGETHER:
                yield Portion(tuple(tickets), {"row": done}, tuple(problems), self._share(done))
                tickets, problems, held = [], [], done
        yield Portion(tuple(tickets), {"row": done}, tuple(problems), 1.0)

    def _share(self, done: int) -> float | None:
        return min(done / self.total, 1.0) if self.total else None


class _Reader:
    """Rows of one table; `last` is the number of the last row that was read."""

    def __init__(self, form: Form, header: list[str], name: str) -> None:
        self.form, self.header, self.name, self.last = form, header, name, 0
        place = {name: at for at, name in enumerate(header)}
        self._at = {ours: place[theirs] for ours, theirs in form.columns.items() if theirs in place}
        self._zone: tzinfo = ZoneInfo(form.zone) if form.zone != "UTC" else UTC

    def cell(self, row: list[str], ours: str) -> str:
        """A cell's text, empty where there is none."""
        at = self._at.get(ours)
        return values.text(row[at]) if at is not None and at < len(row) else ""

    def tickets(self, rows: list[tuple[int, list[str]]]) -> Iterator[Ticket | Problem]:
        """The ticket of rows that name the same one, and what is wrong with them."""
        messages: list[Message] = []
        good: list[list[str]] = []
        self.last = rows[-1][0]
        for number, row in rows:
            where = f"{self.name}:{number + 1}"  # as table programs count: the header is row 1
            found = self._message(row, where)
            if isinstance(found, Problem):
                yield found
            else:
                again = sum(one.id.partition("~")[0] == found.id for one in messages)
                messages.append(replace(found, id=f"{found.id}~{again}") if again else found)
                good.append(row)
        if messages:
            yield self._ticket(good, messages, f"{self.name}:{rows[0][0] + 1}")

    def _problem(self, where: str, what: str, row: list[str], **said: str) -> Problem:
        return Problem(where, what, said, self._raw(row))

    def _raw(self, row: list[str]) -> dict[str, str]:
        return dict(zip(self.header, row, strict=False))

    def _message(self, row: list[str], where: str) -> Message | Problem:
        if len(row) > len(self.header):
            return self._problem(where, WIDE, row, n=str(len(row)), header=str(len(self.header)))
        if not self.cell(row, "ticket_id"):
            return self._problem(where, NO_TICKET, row)
        text, html = self.cell(row, "body"), self.cell(row, "body_html")
        if not text and not html:
            return self._problem(where, NO_TEXT, row)
        if not any(self.cell(row, f"customer_{one}") for one in ("email", "phone", "id", "name")):
            return self._problem(where, NO_CUSTOMER, row)
        said = self.cell(row, "message_at") or self.cell(row, "created_at")
        at = self._moment(said)
        if at is None:
            return self._problem(where, NO_TIME, row, value=said[:60])
        author = self._author(row)
        return Message(
            id=self.cell(row, "message_id") or _made_up(at, author, text or html), at=at,
            kind=self._kind(row, author), author=author, text=text, html=html, files=self._files(row),
            raw=self._raw(row),
        )  # fmt: skip

    def _moment(self, said: str) -> datetime | None:
        return values.moment(said, zone=self._zone, day_first=self.form.day_first)

    def _author(self, row: list[str]) -> Person:
        wrote = values.named(self.cell(row, "author_email"))
        return Person(values.line(self.cell(row, "author_name"), 200) or wrote.name, wrote.email)

    def _kind(self, row: list[str], author: Person) -> str:
        """Which way a message goes: by its word, else by what is said of its author, else it is the customer's."""
        word = columns.fold(self.cell(row, "direction"))
        if word in NOTE or values.true(self.cell(row, "public")) is False:
            return "note"
        if word in OUTBOUND or word in INBOUND:
            return "outbound" if word in OUTBOUND else "inbound"
        by_agent = values.true(self.cell(row, "from_agent"))
        if by_agent is not None:
            return "outbound" if by_agent else "inbound"
        customer = values.address(self.cell(row, "customer_email"))
        return "outbound" if author.email and customer and author.email != customer else "inbound"

    def _files(self, row: list[str]) -> tuple[File, ...]:
        said = self.cell(row, "attachments").replace(",", " ").replace(";", " ").split()
        return tuple(
            File(name=url.partition("?")[0].rpartition("/")[2], url=url)
            for url in said if url.startswith(("https://", "http://"))
        )  # fmt: skip

    def _customer(self, row: list[str], at: datetime) -> Customer:
        email, phone = values.address(self.cell(row, "customer_email")), values.phone(self.cell(row, "customer_phone"))
        name = values.line(self.cell(row, "customer_name"), 200)
        known = values.line(self.cell(row, "customer_id")) or email or phone
        return Customer(
            id=known or f"{self.cell(row, 'customer_phone')} {name}".strip(), name=name, created_at=at,
            emails=tuple(filter(None, [email])), phones=tuple(filter(None, [phone])),
        )  # fmt: skip

    def _ticket(self, rows: list[list[str]], messages: list[Message], where: str) -> Ticket:
        """Of what is said on several rows, the last row's word counts."""
        newest = {
            name: next((said for row in reversed(rows) if (said := self.cell(row, name))), "") for name in self._at
        }
        ticket_id = values.line(newest["ticket_id"])
        status, doubts = vocabulary.status_of(self.form.source, newest.get("status"), dict(self.form.statuses))
        priority, more = vocabulary.priority_of(self.form.source, newest.get("priority"))
        messages = sorted(messages, key=lambda one: one.at)
        created = self._moment(newest.get("created_at", "")) or messages[0].at
        name, email = values.line(newest.get("assignee_name"), 200), values.address(newest.get("assignee_email"))
        assignee = Person(name, email or values.address(name)) if name or email else None
        tags = newest.get("tags", "").replace(";", ",").replace("|", ",").split(",")
        return Ticket(
            id=ticket_id, number=ticket_id, subject=values.line(newest.get("subject")) or messages[0].text[:80],
            customer=self._customer(rows[0], created), messages=tuple(messages), created_at=created,
            updated_at=self._moment(newest.get("updated_at", "")) or messages[-1].at, status=status,
            priority=priority, tags=values.lines_of(tags), channel=values.line(newest.get("channel"), 40),
            assignee=assignee, doubts=doubts + more, where=where,
        )  # fmt: skip


def _made_up(at: datetime, author: Person, text: str) -> str:
    """An id for a message that has none: the same for the same words at the same time."""
    said = f"{at.isoformat()}\n{author.email}\n{text}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]

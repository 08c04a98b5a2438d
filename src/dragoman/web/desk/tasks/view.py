"""What the pages of tasks show. A department's page holds what was asked, order numbers and tags; nothing of the
customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.desk.inbox.view import Option
from dragoman.web.forms import Choice, Form
from dragoman.web.words import Word


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task of a list. `to` is whom it was put to."""

    title: str
    number: int
    to: str
    asker: str
    taken_by: str
    due_at: datetime
    state: Word
    open: bool
    late: bool
    waits: bool
    href: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Something said in a task: an answer, or a further question."""

    who: str
    address: str
    text: str
    at: datetime
    answer: bool
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class TasksPage:
    """What somebody owes answers to, what they wait for, or what is settled."""

    tabs: tuple[Option, ...]
    rows: tuple[TaskRow, ...]
    of: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task. `may_answer`, `may_ask` and `may_take` say which forms are shown; `ticket_href` is empty for who
    may not read tickets."""

    row: TaskRow
    question: str
    order_refs: tuple[str, ...]
    tags: tuple[str, ...]
    said: tuple[Said, ...]
    ticket_href: str
    may_answer: bool
    may_take: bool
    may_ask: bool
    forwarded: int = 0
    answer: Form = field(default_factory=Form)
    more: Form = field(default_factory=Form)
    due: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class OnTicket:
    """The tasks of a ticket, for its page; `ask` and `forward` are addresses, empty for who may not."""

    rows: tuple[TaskRow, ...] = ()
    ask: str = ""
    forward: str = ""


@dataclass(frozen=True, slots=True)
class AskPage:
    """The form by which a question about a ticket is put."""

    number: int
    subject: str
    to: tuple[tuple[str, tuple[Choice, ...]], ...]
    order_refs: tuple[Choice, ...]
    form: Form
    may_mail: bool
    rows: tuple[TaskRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ForwardPage:
    """The form by which a ticket is forwarded outside; `messages` are those that can go with it."""

    number: int
    subject: str
    messages: tuple[Choice, ...]
    form: Form

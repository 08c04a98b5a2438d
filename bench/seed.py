"""Fill a database with tickets by COPY: a desk of long standing, at a steady rate of tickets a day.

History is what grows: ten times the tickets is ten times the days, with the same number of open ones. Texts are drawn
from a pool (each message adds words of its own); word frequencies follow Zipf's law, as in real mail.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from dragoman.kit import clock
from dragoman.tickets.search import doc_tokens

PER_DAY = 1370  # tickets; a million in two years
OPEN_SHARE_DAYS = 10  # tickets of the last days are still open, in the main
POOL = 3000
COMMON, RARE = "paket", "zyxophon"
RARE_HITS = 20  # the same at every size: a rare word is rare
HAN = "我的包裹还没有收到请问什么时候可以送达订单号退款换货质量问题发票海关清关电池充电器灯坏了颜色不对尺寸太小谢谢您好"

WORDS = [
    "paket",
    "lieferung",
    "order",
    "refund",
    "delivery",
    "tracking",
    "package",
    "broken",
    "lamp",
    "invoice",
    "bitte",
    "danke",
    "ciao",
    "reembolso",
    "pedido",
    "colis",
    "livraison",
    "facture",
    "merci",
    "hello",
    "thanks",
    "when",
    "where",
    "still",
    "waiting",
    "customs",
    "tax",
    "charger",
    "battery",
    "cable",
    "screw",
    "colour",
    "wrong",
    "missing",
    "return",
    "label",
    "exchange",
    "warranty",
    "adapter",
    "plug",
    "manual",
    "pairing",
    "app",
    "bluetooth",
    "speaker",
    "kettle",
]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A text and what it can be found by."""

    text: str
    tokens: tuple[str, ...]


def uuid7(at: datetime, chance: random.Random) -> UUID:
    """An id as of a moment in the past."""
    ms = int(at.timestamp() * 1000)
    return UUID(int=(ms << 80) | (0x7 << 76) | (chance.getrandbits(12) << 64) | (0b10 << 62) | chance.getrandbits(62))


def pool(chance: random.Random) -> list[Pooled]:
    """Texts of 20 to 90 words; every third holds the common word, a sixth are Chinese."""
    vocabulary = WORDS + [f"{chance.choice(WORDS)[:4]}{chance.choice(WORDS)[-4:]}{n}" for n in range(8000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    out = []
    for number in range(POOL):
        words = chance.choices(vocabulary, weights, k=chance.randint(20, 90))
        if number % 3 == 0:
            words.insert(chance.randrange(len(words)), COMMON)
        if number % 6 == 1:
            words = ["".join(chance.choices(HAN, k=chance.randint(4, 12))) for _ in range(8)]
        text = " ".join(words)
        made = doc_tokens(UUID(int=0), clock.now(), text)
        out.append(Pooled(text, tuple(token for token in made if not token.startswith("~"))))
    return out


def _lexemes(tokens: list[str]) -> str:
    return " ".join("'" + token.replace("\\", "\\\\").replace("'", "''") + "'" for token in tokens)


LANGUAGES = ("en", "de", "fr", "es", "it", "ja", "pt-BR", "pl", "nl", "ar")
MARKETS = ("US", "DE", "FR", "ES", "IT", "JP", "BR", "PL", "NL", "SA")


@dataclass(frozen=True, slots=True)
class Ids:
    """What the seeded tickets belong to."""

    workspace: UUID
    people: list[UUID]
    shops: list[UUID]
    mailbox: UUID
    customers: list[UUID]


def tickets(count: int, ids: Ids, now: datetime, chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Rows for `tickets`, oldest first, ending a minute ago."""
    step = timedelta(days=1) / PER_DAY
    for number in range(1, count + 1):
        at = now - step * (count - number) - timedelta(minutes=1)
        open_ = ((now - at) < timedelta(days=OPEN_SHARE_DAYS) and chance.random() < 0.5) or chance.random() < 0.002
        status = chance.choice(("new", "open", "pending", "on_hold")) if open_ else chance.choice(("solved", "closed"))
        waits = at if open_ and chance.random() < 0.6 else None
        assignee = chance.choice(ids.people) if not open_ or chance.random() < 0.7 else None
        due = at + timedelta(hours=chance.randint(1, 90)) if waits else None
        yield (
            ids.workspace, uuid7(at, chance), number, f"Order {number:07d}: {chance.choice(WORDS)}", status,
            chance.choices((1, 2, 3, 4), (1, 3, 12, 2))[0], "email", chance.choice(ids.shops), ids.mailbox,
            ids.customers[number % len(ids.customers)], assignee, None, [chance.choice(WORDS)],
            [f"302-{number:07d}-{number % 9973:07d}"],
            at if waits and chance.random() < 0.3 else None, waits, due or at,
            at, "customer", "Wo ist mein Paket? Ich warte seit zwei Wochen.", 3, 1, at, None if open_ else at,
            chance.choice(("", "delivery", "aftersale", "order")),
            chance.choice(("", "", "red", "yellow", "blue")), 1,
            chance.choice(LANGUAGES), chance.choice(MARKETS), due, "first_response" if due else "",
        )  # fmt: skip


TICKET = [
    "workspace_id",
    "id",
    "number",
    "subject",
    "status",
    "priority",
    "channel",
    "shop_id",
    "mailbox_id",
    "customer_id",
    "assignee_id",
    "linked_ticket_id",
    "tags",
    "order_refs",
    "unread_since",
    "waiting_since",
    "rank_at",
    "last_activity_at",
    "last_by",
    "snippet",
    "message_count",
    "version",
    "created_at",
    "solved_at",
    "kind",
    "severity",
    "tier",
    "language",
    "market",
    "due_at",
    "due_metric",
]
MESSAGE = [
    "workspace_id",
    "id",
    "ticket_id",
    "kind",
    "person_id",
    "customer_id",
    "from_name",
    "from_address",
    "recipients",
    "subject",
    "text",
    "sections",
    "rfc_message_id",
    "reply_to",
    '"references"',
    "automatic",
    "problems",
    "at",
]
DOC = ["workspace_id", "message_id", "ticket_id", "at", "tokens"]


def fill(url: str, count: int, ids: Ids, *, seed: int = 1) -> None:
    """Write `count` tickets of three messages each. `url` is the superuser's: indexes are built after the rows."""
    chance = random.Random(seed)
    now = clock.now()
    texts = pool(chance)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        dropped = _drop_indexes(connection)
        heads = []
        with connection.cursor() as cursor, cursor.copy(f"COPY tickets ({', '.join(TICKET)}) FROM STDIN") as copy:
            for row in tickets(count, ids, now, chance):
                copy.write_row(row)
                heads.append((row[1], row[2], row[9], row[16]))
        _messages(connection, ids, heads, texts, seed)
        _docs(connection, ids, heads, texts, seed)
        for statement in dropped:
            connection.execute(statement)
        connection.execute("UPDATE workspaces SET next_ticket_number = %s WHERE id = %s", (count + 1, ids.workspace))
        for table in ("tickets", "messages", "search_docs", "customers"):
            connection.execute(f"VACUUM (ANALYZE) {table}")
        connection.execute("CHECKPOINT")


def _drop_indexes(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('tickets', 'messages', 'search_docs') "
        "AND indexname LIKE 'ix_%'"
    ).fetchall()
    for name, _definition in rows:
        connection.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in rows]


def _plan(
    heads: list[tuple[UUID, int, UUID, datetime]], seed: int
) -> Iterator[tuple[UUID, int, UUID, int, datetime, UUID, int]]:
    """The same messages for both passes: ticket, number, customer, place, moment, id, text."""
    chance = random.Random(seed + 1)
    for ticket, number, customer, at in heads:
        for place in range(3):
            moment = at - timedelta(minutes=40 - 20 * place)
            yield ticket, number, customer, place, moment, uuid7(moment, chance), chance.randrange(POOL)


def _messages(connection: psycopg.Connection, ids: Ids, heads: list, texts: list[Pooled], seed: int) -> None:  # type: ignore[type-arg]
    with connection.cursor() as cursor, cursor.copy(f"COPY messages ({', '.join(MESSAGE)}) FROM STDIN") as copy:
        for ticket, number, customer, place, at, message, text in _plan(heads, seed):
            inbound = place != 1
            copy.write_row((
                ids.workspace, message, ticket, "inbound" if inbound else "outbound",
                None if inbound else ids.people[number % len(ids.people)], customer if inbound else None,
                f"Buyer {number % 50000}", f"buyer{number % 50000}@buyer.example", '{"to": [], "cc": []}',
                f"Order {number:07d}", f"{texts[text].text} 302-{number:07d}-{number % 9973:07d}", "[]",
                f"{message.hex}@buyer.example", "", [], False, "[]", at,
            ))  # fmt: skip


def _docs(connection: psycopg.Connection, ids: Ids, heads: list, texts: list[Pooled], seed: int) -> None:  # type: ignore[type-arg]
    every = max(len(heads) // RARE_HITS, 1)
    with connection.cursor() as cursor, cursor.copy(f"COPY search_docs ({', '.join(DOC)}) FROM STDIN") as copy:
        for ticket, number, _customer, place, at, message, text in _plan(heads, seed):
            own = [f"302{number:07d}{number % 9973:07d}", f"{number:07d}"]
            if number % every == 0 and place == 0:
                own.append(RARE)
            marks = [mark for mark in doc_tokens(ids.workspace, at) if mark.startswith("~")]
            copy.write_row((ids.workspace, message, ticket, at, _lexemes([*texts[text].tokens, *own, *marks])))


if __name__ == "__main__":
    raise SystemExit(f"run by bench/run.py, not alone (pid {os.getpid()})")

"""The demo's content: enough of it, of every kind, and nothing in it that could reach a real person."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from dragoman.main.demo.load import CONTENT, load, order_fits, platform_of, safe_domain
from dragoman.main.demo.model import Demo, DemoError, Incoming, Remark, Reply
from dragoman.main.demo.script import ending

DEMO = load()
BUYERS = [customer for customer in DEMO.customers.values() if not customer.machine]
OPENINGS = {ticket.key: ticket.turns[0] for ticket in DEMO.tickets.values()}


def _texts(demo: Demo) -> list[str]:
    return [
        turn.text for ticket in demo.tickets.values() for turn in ticket.turns if isinstance(turn, Incoming | Reply)
    ]


def test_there_is_enough_of_everything() -> None:
    assert len(DEMO.tickets) >= 150
    assert len(BUYERS) >= 40
    assert len({customer.lang for customer in BUYERS}) >= 15
    assert len({customer.market for customer in BUYERS}) >= 12
    assert len({person.role for person in DEMO.people.values()}) == 9
    assert {shop.platform for shop in DEMO.shops.values()} == {"amazon", "ebay", "shopify"}
    assert len(DEMO.products) >= 25


def test_tickets_stand_in_every_state_and_priority() -> None:
    states = Counter(ending(DEMO, ticket).status for ticket in DEMO.tickets.values())
    assert set(states) == {"new", "open", "pending", "on_hold", "solved", "closed"}
    assert min(states.values()) >= 10
    assert {ending(DEMO, ticket).priority for ticket in DEMO.tickets.values()} >= {"normal", "high", "urgent"}


def test_every_customer_writes_and_every_person_of_the_desk_works() -> None:
    assert {ticket.customer for ticket in DEMO.tickets.values()} == set(DEMO.customers)
    busy = {turn.person for t in DEMO.tickets.values() for turn in t.turns if not isinstance(turn, Incoming)}
    assert busy == set(DEMO.people)


def test_colleagues_speak_to_each_other() -> None:
    remarks = [turn for t in DEMO.tickets.values() for turn in t.turns if isinstance(turn, Remark)]
    assert len(remarks) >= 60
    assert len({name for remark in remarks for name in remark.mentions}) >= 10


def test_openings_are_prose_of_their_own() -> None:
    words = {key: " ".join(turn.text.split()) for key, turn in OPENINGS.items() if isinstance(turn, Incoming)}
    assert len(set(words.values())) == len(words)
    shingles = {key: {text[at : at + 24] for at in range(max(1, len(text) - 24))} for key, text in words.items()}
    seen: Counter[str] = Counter(piece for pieces in shingles.values() for piece in pieces)
    own = [key for key, pieces in shingles.items() if sum(seen[piece] == 1 for piece in pieces) >= 0.8 * len(pieces)]
    assert len(own) >= 110


def test_replies_come_in_several_and_some_matters_are_reopened() -> None:
    lengths = [sum(isinstance(turn, Incoming | Reply) for turn in t.turns) for t in DEMO.tickets.values()]
    assert max(lengths) >= 5
    assert sum(length >= 3 for length in lengths) >= 60
    reopened = [
        ticket.key
        for ticket in DEMO.tickets.values()
        if any(
            isinstance(before, Reply) and before.status == "solved" and isinstance(after, Incoming)
            for before, after in zip(ticket.turns, ticket.turns[1:], strict=False)
        )
    ]
    assert len(reopened) >= 5


def test_order_numbers_have_their_platforms_shape() -> None:
    with_order = [ticket for ticket in DEMO.tickets.values() if ticket.order]
    assert len(with_order) >= 120
    assert all(order_fits(platform_of(DEMO, ticket), ticket.order) for ticket in with_order)
    assert not order_fits("amazon", "21-09846-33175")
    assert not order_fits("shopify", "#20417")


def test_addresses_are_reserved_or_marketplace_aliases() -> None:
    addresses = [c.email for c in DEMO.customers.values()]
    addresses += [p.email for p in DEMO.people.values()] + [s.address for s in DEMO.shops.values()]
    addresses += [found for text in _texts(DEMO) for found in re.findall(r"[\w.+-]+@[\w.-]+\.\w+", text)]
    assert all(safe_domain(address.partition("@")[2]) for address in addresses)
    assert len(set(addresses)) >= 75


@pytest.mark.parametrize(
    "domain", ["gmail.com", "example.de", "amazon.de", "xexample.com", "marketplace.amazon.evil.io"]
)
def test_other_domains_are_not_safe(domain: str) -> None:
    assert not safe_domain(domain)


def _spoiled(folder: Path, file: str, row: dict[str, object]) -> Path:
    for path in CONTENT.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    path = folder / file
    path.write_text(yaml.safe_dump([row], allow_unicode=True), "utf-8")
    return folder


GOOD = {"key": "x", "from": "brandt", "subject": "Hallo", "talk": [{"in -2d 08:00": "Guten Tag"}]}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"from": "nobody"}, "unknown customer 'nobody'"),
        ({"order": "123-4567890-1234567"}, "is not an order number of shopify"),
        ({"product": "unicorn"}, "unknown product unicorn"),
        ({"colour": "red"}, "unknown field colour"),
        ({"who": "lena"}, "nobody of the desk touched it"),
        ({"talk": [{"out -2d 08:00": "Guten Tag"}], "who": "lena"}, "opens with the customer's message"),
        ({"talk": [{"in -2d 25:00": "Guten Tag"}]}, "impossible time -2d 25:00"),
        ({"talk": [{"in gestern": "Guten Tag"}]}, "no time in 'gestern'"),
        ({"talk": [{"in -2d 08:00": "a"}, {"in -3d 08:00": "b"}]}, "does not surely come after"),
        ({"talk": [{"in -1d 08:00": "a"}, {"in -2h": "b"}]}, "does not surely come after"),
        ({"talk": [{"in -2d 08:00": "a"}, {"note -2d 09:00": "b"}]}, "names nobody"),
        ({"talk": [{"in -2d 08:00": "a"}, {"note -2d 09:00 lena": "@ghost?"}]}, "unknown person 'ghost'"),
        ({"talk": [{"in -2d 08:00": "a", "files": ["film:rain"]}]}, "is no attachment"),
        ({"key": "de-danke"}, "the key is used twice"),
    ],
)
def test_wrong_content_is_refused_with_its_place(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    with pytest.raises(DemoError, match=re.escape(complaint)) as caught:
        load(_spoiled(tmp_path, "tickets_zz.yaml", GOOD | change))
    assert "tickets_zz.yaml: ticket" in str(caught.value)


def test_good_content_is_taken(tmp_path: Path) -> None:
    assert load(_spoiled(tmp_path, "tickets_zz.yaml", GOOD)).tickets["x"].shop == "shopify"

"""Signed tokens: they hold, and forged ones do not."""

from __future__ import annotations

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.channels.email.tokens import new_message_id, read_message_id, read_reply_address, reply_address

pytestmark = pytest.mark.req("R1")

SECRET = b"0123456789abcdef0123456789abcdef"
OTHER = b"fedcba9876543210fedcba9876543210"
TICKET = UUID("01900000-0000-7000-8000-000000000001")
MESSAGE = UUID("01900000-0000-7000-8000-000000000002")


@given(st.uuids(), st.uuids())
def test_message_ids_hold(ticket: UUID, message: UUID) -> None:
    token = new_message_id(SECRET, ticket=ticket, message=message, domain="Shop.Example")
    assert token.endswith("@shop.example")
    for form in (token, f"<{token}>", f" <{token.upper()}> ", token.title()):
        assert read_message_id([SECRET], form) == (ticket, message)
    assert read_message_id([OTHER], token) is None
    assert read_message_id([OTHER, SECRET], token) == (ticket, message), "a former secret still holds"


@given(st.uuids(), st.data())
def test_any_change_breaks_a_message_id(ticket: UUID, data: st.DataObject) -> None:
    token = new_message_id(SECRET, ticket=ticket, message=MESSAGE, domain="shop.example")
    local = token.partition("@")[0]
    place = data.draw(st.integers(4, len(local) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
    forged = local[:place] + letter + local[place + 1 :]
    found = read_message_id([SECRET], f"{forged}@shop.example")
    assert found == ((ticket, MESSAGE) if forged == local else None)


@given(st.uuids())
def test_reply_addresses_hold(ticket: UUID) -> None:
    address = reply_address(SECRET, "Help@shop.example", ticket)
    assert address.startswith("Help+")
    assert len(address.partition("@")[0]) <= 64
    for form in (address, address.lower(), address.upper(), f"<{address}>"):
        assert read_reply_address([SECRET], form) == ticket
    assert read_reply_address([OTHER], address) is None
    assert read_reply_address([OTHER, SECRET], address) == ticket


@given(st.uuids(), st.data())
def test_any_change_breaks_a_reply_address(ticket: UUID, data: st.DataObject) -> None:
    address = reply_address(SECRET, "help@shop.example", ticket)
    place = data.draw(st.integers(5, 44))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
    forged = address[:place] + letter + address[place + 1 :]
    assert read_reply_address([SECRET], forged) == (ticket if forged == address else None)


@given(st.text(max_size=200))
def test_arbitrary_text_is_nobodys(text: str) -> None:
    assert read_message_id([SECRET], text) is None
    assert read_reply_address([SECRET], text) is None


def test_a_forger_who_knows_the_form_gets_nowhere() -> None:
    raw = TICKET.bytes + MESSAGE.bytes + b"\0" * 12
    forged = "dg1." + base64.b32encode(raw).decode().rstrip("=").lower() + "@shop.example"
    assert read_message_id([SECRET], forged) is None
    # A token of one purpose is worthless for the other.
    token = reply_address(SECRET, "help@shop.example", TICKET).partition("+")[2].partition("@")[0]
    assert read_message_id([SECRET], f"dg1.{token}@shop.example") is None


def test_tags_on_tagged_and_long_addresses() -> None:
    assert read_reply_address([SECRET], reply_address(SECRET, "help+de@shop.example", TICKET)) == TICKET
    long = "a-very-long-local-part-of-support@shop.example"
    assert reply_address(SECRET, long, TICKET) == long
    assert reply_address(SECRET, "no address", TICKET) == "no address"


def test_short_secrets_are_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        new_message_id(b"short", ticket=TICKET, message=MESSAGE, domain="x.example")

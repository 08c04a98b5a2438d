"""Where a mail belongs: tables of the decision, and the same through the whole inbound way."""

from __future__ import annotations

from datetime import timedelta
from email.utils import make_msgid
from uuid import UUID

import pytest

from dragoman.channels.email import tokens
from dragoman.channels.email.fingerprint import fingerprint
from dragoman.channels.email.subjects import bare_subject
from dragoman.intake.mail.door import store
from dragoman.intake.service import Arrival
from dragoman.intake.threading import Candidate, Via, decide
from dragoman.kit import clock, ids
from dragoman.tickets import queries
from dragoman.tickets.access import get_ticket
from dragoman.tickets.service import set_status
from tests.cast import Company
from tests.desk_work import receive, tickets_of
from tests.post import letter

NOW = clock.now()
CUSTOMER, OTHER = ids.new(), ids.new()
ANNA = "anna@buyer.example"


def candidate(
    via: Via = "reference", *, done: bool = False, days: float = 1, people: tuple[str, ...] = (ANNA,)
) -> Candidate:
    return Candidate(ids.new(), CUSTOMER, via, frozenset(people), done, NOW - timedelta(days=days))


def choose(
    *candidates: Candidate, sender: str = ANNA, customer: UUID | None = CUSTOMER, trusted: tuple[Via, ...] = ()
) -> tuple[UUID | None, UUID | None]:
    made = decide(
        candidates, sender=sender, customer_id=customer, now=NOW, reopen_within=timedelta(days=30), trusted=trusted
    )
    return made.ticket_id, made.linked_id


def test_a_reference_leads_the_customer_back_and_keeps_strangers_out() -> None:
    one = candidate()
    assert choose(one) == (one.ticket_id, None)
    assert choose(one, sender="eve@elsewhere.example", customer=OTHER) == (None, one.ticket_id)
    assert choose() == (None, None)


def test_a_signed_token_does_not_let_a_stranger_in_either() -> None:
    one = candidate("token")
    assert choose(one, sender="eve@elsewhere.example", customer=OTHER) == (None, one.ticket_id)


def test_a_bounce_follows_our_own_signature() -> None:
    one = candidate("token")
    assert choose(one, sender="mailer-daemon@mx.example", customer=OTHER, trusted=("token",)) == (one.ticket_id, None)
    unsigned = candidate("reference")
    assert choose(unsigned, sender="mailer-daemon@mx.example", customer=OTHER, trusted=("token",))[0] is None


def test_a_colleague_of_the_customer_may_answer_but_not_somebody_of_the_same_public_provider() -> None:
    company = candidate(people=("anna@kaufhaus.example",))
    assert choose(company, sender="bernd@kaufhaus.example", customer=OTHER)[0] == company.ticket_id
    public = candidate(people=("anna@gmail.com",))
    assert choose(public, sender="bernd@gmail.com", customer=OTHER) == (None, public.ticket_id)


def test_somebody_in_copy_belongs() -> None:
    one = candidate(people=(ANNA, "friend@elsewhere.example"))
    assert choose(one, sender="friend@elsewhere.example", customer=OTHER)[0] == one.ticket_id


def test_stronger_pointers_go_first_then_the_latest() -> None:
    subject, order, token = candidate("subject", days=0.1), candidate("order", days=0.2), candidate("token", days=9)
    assert choose(subject, order, token)[0] == token.ticket_id
    old, new = candidate("order", days=5), candidate("order", days=2)
    assert choose(old, new)[0] == new.ticket_id


def test_a_ticket_done_long_ago_gets_a_linked_one() -> None:
    recent, old = candidate(done=True, days=29), candidate(done=True, days=31)
    assert choose(recent)[0] == recent.ticket_id
    assert choose(old) == (None, old.ticket_id)


@pytest.mark.parametrize(
    ("subject", "bare", "answers"),
    [
        ("Wo ist mein Paket?", "wo ist mein paket?", False),
        ("AW: Re: Wo ist  mein Paket?", "wo ist mein paket?", True),
        ("回复：退款", "退款", True),
        ("RE[2]: Fwd: order", "order", True),
        ("Rechnung: fehlt", "rechnung: fehlt", False),
    ],
)
def test_bare_subjects(subject: str, bare: str, answers: bool) -> None:
    assert bare_subject(subject) == (bare, answers)


@pytest.mark.req("R1", "R13")
async def test_answers_within_one_batch_find_each_other(company: Company) -> None:
    first = make_msgid(domain="buyer.example")
    await receive(
        company,
        letter(to=company.address, message_id=first),
        letter(to=company.address, subject="AW: Wo ist mein Paket?", In_Reply_To=first, text="Hallo?"),
        letter(to=company.address, subject="Re: Wo ist mein Paket?", text="Noch da?"),
        letter(to=company.address, sender="Eve <eve@x.example>", subject="Re: Wo ist mein Paket?", In_Reply_To=first),
    )  # fmt: skip
    mine, strangers = await tickets_of(company)
    async with company.desk.db.work(company.workspace_id) as session:
        assert len(await queries.list_messages(session, mine.id)) == 3
        stranger = await get_ticket(session, company.agent, strangers.number)
        assert stranger.linked_ticket_id == mine.id
    assert (mine.customer_name, strangers.customer_name) == ("Anna Schmidt", "Eve")


async def test_a_forged_message_id_opens_no_door(company: Company) -> None:
    await receive(company, letter(to=company.address))
    (row,) = await tickets_of(company)
    forged = tokens.new_message_id(b"x" * 32, ticket=row.id, message=ids.new(), domain="shop.example")
    await receive(
        company, letter(to=company.address, sender="eve@elsewhere.example", subject="x", In_Reply_To=f"<{forged}>")
    )
    _mine, other = await tickets_of(company)
    async with company.desk.db.work(company.workspace_id) as session:
        assert (await get_ticket(session, company.agent, other.number)).linked_ticket_id is None


async def test_an_answer_reopens_a_solved_ticket_and_an_old_one_gets_a_successor(company: Company) -> None:
    first = make_msgid(domain="buyer.example")
    await receive(company, letter(to=company.address, message_id=first))
    (row,) = await tickets_of(company)
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, row.number, lock=True)
        await set_status(session, company.agent, ticket=ticket, status="solved")
    await receive(company, letter(to=company.address, subject="AW: Wo ist mein Paket?", In_Reply_To=first))
    (row,) = await tickets_of(company)
    assert row.status == "open"
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, row.number, lock=True)
        await set_status(session, company.agent, ticket=ticket, status="closed")
    with clock.travel(clock.now() + timedelta(days=45)):
        await receive(
            company, letter(to=company.address, subject="AW: Wo ist mein Paket?", In_Reply_To=first, text="Neu")
        )
    old, new = await tickets_of(company)
    assert (old.status, new.status) == ("closed", "new")
    async with company.desk.db.work(company.workspace_id) as session:
        assert (await get_ticket(session, company.agent, new.number)).linked_ticket_id == old.id


async def test_the_same_mail_twice_is_filed_once(company: Company) -> None:
    raw = letter(to=company.address)
    await receive(company, raw)
    await receive(company, b"Received: from elsewhere\r\n" + raw.replace(b"\n", b"\r\n"))
    (row,) = await tickets_of(company)
    async with company.desk.db.work(company.workspace_id) as session:
        assert len(await queries.list_messages(session, row.id)) == 1


async def test_our_own_mail_coming_back_makes_no_ticket(company: Company) -> None:
    secret = company.desk.keys.derive("mail-token")
    own = tokens.new_message_id(secret, ticket=ids.new(), message=ids.new(), domain="shop.example")
    await receive(company, letter(to=company.address, sender=company.address, message_id=f"<{own}>"))
    assert await tickets_of(company) == []


async def test_an_answer_a_colleague_sent_outside_the_desk_joins_the_thread(company: Company) -> None:
    first = make_msgid(domain="buyer.example")
    await receive(company, letter(to=company.address, message_id=first))
    await receive(
        company,
        letter(to=ANNA, sender=company.address, subject="Re: Wo ist mein Paket?", In_Reply_To=first, text="Unterwegs."),
    )
    (row,) = await tickets_of(company)
    async with company.desk.db.work(company.workspace_id) as session:
        assert [one.kind for one in await queries.list_messages(session, row.id)] == ["inbound", "outbound"]
    assert row.waiting_since is None


@pytest.mark.req("R1")
async def test_an_answer_that_comes_before_its_question_shares_its_thread(company: Company) -> None:
    """Files and folders give mails in any order."""
    first, second = make_msgid(domain="buyer.example"), make_msgid(domain="shop.example")
    question = letter(to=company.address, message_id=first)
    answer = letter(
        to=f"Anna Schmidt <{ANNA}>", sender=company.address, subject="Re: Wo ist mein Paket?", message_id=second,
        In_Reply_To=first,
    )  # fmt: skip
    thanks = letter(to=company.address, subject="AW: Re: Wo ist mein Paket?", In_Reply_To=second, text="Danke!")
    now = clock.now()
    for days, raw in ((1, thanks), (2, answer), (3, question)):
        async with company.desk.db.work(company.workspace_id) as session:
            moment = now - timedelta(days=days)
            await store(session, [Arrival("email", fingerprint(raw), raw, company.mailbox_id, arrived_at=moment)])
        await company.desk.inbound.batch(company.workspace_id)
    (row,) = await tickets_of(company)
    assert (row.subject, row.customer_name, row.status) == ("Wo ist mein Paket?", "Anna Schmidt", "new")
    async with company.desk.db.work(company.workspace_id) as session:
        messages = await queries.list_messages(session, row.id)
    assert [one.kind for one in messages] == ["inbound", "outbound", "inbound"]
    assert row.last_activity_at == now - timedelta(days=1)
    assert row.snippet == "Danke!"


async def test_a_mail_fetched_late_is_still_news(company: Company) -> None:
    """It reached the mailbox before our last answer, but nobody here had seen it."""
    await receive(company, letter(to=company.address))
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, 1, lock=True)
        await company.desk.outbound.reply(session, company.agent, ticket=found, html="<p>Moment.</p>", then="pending")
    raw = letter(to=company.address, subject="Re: Wo ist mein Paket?", text="Und noch etwas")
    async with company.desk.db.work(company.workspace_id) as session:
        moment = clock.now() - timedelta(minutes=2)
        await store(session, [Arrival("email", fingerprint(raw), raw, company.mailbox_id, arrived_at=moment)])
    await company.desk.inbound.batch(company.workspace_id)
    (row,) = await tickets_of(company)
    assert (row.status, row.snippet) == ("open", "Und noch etwas")
    assert row.waiting_since is not None


async def test_a_mail_a_colleague_began_outside_the_desk_belongs_to_the_customer(company: Company) -> None:
    await receive(company, letter(to=f"Anna Schmidt <{ANNA}>", sender=company.address, subject="Ihre Bestellung"))
    (row,) = await tickets_of(company)
    assert (row.customer_name, row.status, row.waiting_since) == ("Anna Schmidt", "pending", None)
    await receive(company, letter(to=company.address, subject="Re: Ihre Bestellung"))
    (row,) = await tickets_of(company)
    assert row.status == "open"

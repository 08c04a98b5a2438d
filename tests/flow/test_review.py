"""An answer in a language that its writer can't read waits for a colleague."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dragoman.accounts.notices.models import PersonNotice
from dragoman.accounts.skills.models import Skill
from dragoman.flow import review
from dragoman.flow.planned import Plan
from dragoman.kit import clock
from dragoman.kit.errors import Forbidden, Invalid, NotFound
from dragoman.replies.models import Draft, PlannedReply
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Event, Message
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter

GERMAN = "Guten Tag, wir schicken Ihnen Ersatz."
OWN = "您好，我们给您补发。"


async def wish(company: Company, chosen: str) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        await review.save_wish(session, company.admin, chosen)


async def needed(company: Company, text: str = GERMAN, language: str = "de") -> bool:
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, 1)
        return await review.needed(session, company.agent, ticket, text=text, language=language)


async def asked(company: Company) -> PlannedReply:
    """The agent's answer waits."""
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, 1, lock=True)
        wanted = Plan("", clock.now(), GERMAN)
        return await review.ask(session, company.agent, ticket=ticket, wanted=wanted, own=OWN, language="de")


@pytest.fixture
async def asks(company: Company) -> Company:
    """A company whose customer has written."""
    await receive(company, letter(to=company.address))
    return company


@pytest.mark.req("R84", "R89")
async def test_when_an_answer_is_reviewed(asks: Company) -> None:
    assert not await needed(asks), "nobody has asked for it"
    await wish(asks, "first")
    assert await needed(asks)
    async with asks.desk.db.work(asks.workspace_id) as session:
        session.add(Skill(person_id=asks.agent.person_id, kind="language", value="de-AT", level="fluent"))
    assert not await needed(asks), "the writer knows the language"
    assert await needed(asks, language="fr")
    with pytest.raises(Invalid):
        await wish(asks, "sometimes")
    with pytest.raises(Forbidden):
        async with asks.desk.db.work(asks.workspace_id) as session:
            await review.save_wish(session, asks.agent, "always")


async def test_later_answers_only_where_they_name_facts(asks: Company) -> None:
    async with asks.desk.db.work(asks.workspace_id) as session:
        ticket = await get_ticket(session, asks.agent, 1, lock=True)
        await asks.desk.outbound.reply(session, asks.agent, ticket=ticket, plain="Guten Tag, wir prüfen das.")
    await wish(asks, "first")
    assert not await needed(asks)
    await wish(asks, "facts")
    assert not await needed(asks)
    assert await needed(asks, "Wir erstatten Ihnen 49,90 € zurück.")
    await wish(asks, "always")
    assert await needed(asks)


async def test_a_reviewer_sends_it_in_the_writers_name(asks: Company) -> None:
    waiting = await asked(asks)
    async with asks.desk.db.work(asks.workspace_id) as session:
        told = {
            one.person_id for one in await session.scalars(select(PersonNotice).where(PersonNotice.kind == "review"))
        }
    assert asks.agent.person_id not in told
    assert asks.lead.person_id in told
    with pytest.raises(Forbidden):
        async with asks.desk.db.work(asks.workspace_id) as session:
            await review.approve(session, asks.desk.outbound, asks.agent, planned_id=waiting.id, text=GERMAN)
    mended = "Guten Tag, wir schicken Ihnen kostenlos Ersatz."
    async with asks.desk.db.work(asks.workspace_id) as session:
        _ticket, message = await review.approve(
            session, asks.desk.outbound, asks.lead, planned_id=waiting.id, text=mended
        )
    assert (message.person_id, message.text, message.kind) == (asks.agent.person_id, mended, "outbound")
    async with asks.desk.db.work(asks.workspace_id) as session:
        assert not list(await session.scalars(select(PlannedReply)))
        event = (await session.scalars(select(Event).where(Event.verb == "reviewed"))).one()
    assert (event.person_id, event.data["mended"]) == (asks.lead.person_id, True)
    with pytest.raises(NotFound):
        async with asks.desk.db.work(asks.workspace_id) as session:
            await review.approve(session, asks.desk.outbound, asks.lead, planned_id=waiting.id, text=mended)


async def test_given_back_the_writers_own_words_are_their_draft(asks: Company) -> None:
    waiting = await asked(asks)
    async with asks.desk.db.work(asks.workspace_id) as session:
        await review.give_back(session, asks.lead, planned_id=waiting.id)
    async with asks.desk.db.work(asks.workspace_id) as session:
        (draft,) = await session.scalars(select(Draft))
        told = (await session.scalars(select(PersonNotice).where(PersonNotice.kind == "review_back"))).one()
        assert not list(await session.scalars(select(Message).where(Message.kind == "outbound")))
    assert (draft.person_id, OWN in draft.html) == (asks.agent.person_id, True)
    assert told.person_id == asks.agent.person_id

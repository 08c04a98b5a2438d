"""A named promise is a clock: the ticket knows that it owes it, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dragoman.kit import clock
from dragoman.tickets.access import get_ticket
from dragoman.tickets.promises import service as promises
from tests.cast import Company
from tests.desk_work import answer, receive, ticket
from tests.post import letter


@pytest.mark.req("R36", "R42", "R43")
async def test_what_was_promised_is_due_like_any_clock_and_ranks_the_ticket(company: Company) -> None:
    await receive(company, letter(to=company.address))
    await answer(company, 1)
    answered = await ticket(company, 1)
    due = clock.now() + timedelta(minutes=20)
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, 1, lock=True)
        made = await promises.make(session, company.agent, ticket=found, text="I will write by then", due_at=due)
    promised = await ticket(company, 1)
    assert (promised.due_at, promised.due_metric, promised.rank_at) == (due, "promise", due)
    async with company.desk.db.work(company.workspace_id) as session:
        await promises.keep(session, company.agent, made.id)
    kept = await ticket(company, 1)
    assert kept.due_metric != "promise"
    assert kept.due_at == answered.due_at

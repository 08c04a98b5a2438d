"""Two tongues without a browser: what the composer asks for, what is stored, what is refused, how much it costs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from dragoman.tickets.models import Message, Ticket
from dragoman.translation import service
from dragoman.translation.models import Translation
from tests.cast import Company
from tests.desk_work import receive, thread
from tests.post import letter
from tests.translation.conftest import switch_on
from tests.translation.services import Service
from tests.translation.services import service as serving
from tests.web.conftest import Browser

TEXT = "Hallo! Die Lampe ist kaputt."


@pytest.fixture
async def there() -> AsyncIterator[Service]:
    """Somebody else's translation service."""
    async with serving() as made:
        yield made


@pytest.fixture
async def german(company: Company) -> Company:
    """A company to which a German has written; its agents read English."""
    await receive(company, letter(to=company.address, text=TEXT))
    async with company.desk.db.work(company.workspace_id) as session:
        (await session.scalars(select(Ticket))).one().language = "de"
    return company


async def test_without_a_translator_the_page_says_so_and_where_one_is_set_up(german: Company, admin: Browser) -> None:
    page = (await admin.get("/tickets/1")).text
    assert "no translator is switched on" in page
    assert 'href="/settings/translation"' in page
    assert "untranslated" not in page, "nothing is asked for"
    told = (await admin.post("/tickets/1/render", {"text": "Please wait a moment.", "tongue": "de"})).json()
    assert told["problem"]
    assert told["text"] == "Please wait a moment."


@pytest.mark.req("R74")
async def test_lines_are_put_over_and_what_is_german_already_stays(german: Company, agent: Browser) -> None:
    text = "Dear Erika Huber,\n\nWould you prefer a replacement or a refund?\n\nDie Lampe wird morgen verschickt."
    told = (await agent.post("/tickets/1/render", {"text": text, "tongue": "de"})).json()
    assert told["text"] == (
        "Guten Tag Erika Huber,\n\nMöchten Sie lieber Ersatz oder eine Erstattung?\n\nDie Lampe wird morgen verschickt."
    )
    assert told["problem"] == ""
    told = (
        await agent.post("/tickets/1/render", {"text": "Dear Thiago Souza,\n\nKind regards", "tongue": "pt-BR"})
    ).json()
    assert told["text"] == "Olá, Thiago Souza,\n\nAtenciosamente", "a name makes no greeting Portuguese"


async def test_a_suggestion_fits_the_ticket(german: Company, agent: Browser) -> None:
    async with german.desk.db.work(german.workspace_id) as session:
        ticket = (await session.scalars(select(Ticket))).one()
        ticket.intent, ticket.emotion = "aftersale.refund_status", "worried"
    html = (await agent.get("/tickets/1/suggestion")).json()["html"]
    assert "you are waiting for your money" in html
    assert "[days]" in html
    lines = [one for one in (await agent.get("/tickets/1/macros")).json() if one.get("insert")]
    assert "refund" in " ".join(one["insert"] for one in lines[:3]) or "money" in lines[0]["insert"]


async def test_a_thread_is_asked_for_once_and_shown_from_then_on(
    german: Company, agent: Browser, there: Service
) -> None:
    await switch_on(german, "libre", there.url, name="Libre")
    assert 'id="untranslated"' in (await agent.get("/tickets/1")).text
    await agent.post("/tickets/1/translations", headers={"HX-Request": "true"})
    await agent.post("/tickets/1/translations", headers={"HX-Request": "true"})
    async with german.desk.db.work(german.workspace_id) as session:
        (row,) = await session.scalars(select(Translation))
    page = (await agent.get("/tickets/1")).text
    assert "Being translated" in page
    assert 'id="untranslated"' not in page
    await german.desk.translator.run(str(german.workspace_id), [str(row.id)])
    page = (await agent.get("/tickets/1")).text
    assert "The lamp is broken" in page
    assert len(there.asked) == 1


async def test_an_answer_is_sent_as_the_customer_reads_it(german: Company, agent: Browser, there: Service) -> None:
    await switch_on(german, "libre", there.url, name="Libre")
    await agent.get("/tickets/1")
    missing = await agent.post("/tickets/1/messages", {"kind": "reply", "text": "Please wait.", "tongue": "de"})
    assert missing.status_code == 422
    assert len(await thread(german, 1)) == 1
    await agent.post(
        "/tickets/1/messages",
        {"kind": "reply", "text": "Please wait.", "tongue": "de", "rendered": "Bitte warten Sie bis morgen.",
         "edited": "1"},
    )  # fmt: skip
    sent = (await thread(german, 1))[-1]
    assert (sent.text, sent.language) == ("Bitte warten Sie bis morgen.", "de")
    page = (await agent.get("/tickets/1")).text
    assert "Please wait." in page
    assert "own words" in page
    taken = await agent.post(f"/messages/{sent.id}/undo")
    assert taken.status_code in (200, 303)
    assert "Please wait." in (await agent.get("/tickets/1")).text, "the agent's own words are the draft again"


async def test_a_correction_needs_the_right_to_answer(german: Company, agent: Browser) -> None:
    (message,) = await thread(german, 1)
    await agent.post(f"/messages/{message.id}/translation", {"text": "Hello! The lamp broke."})
    async with german.desk.db.work(german.workspace_id) as session:
        found = await service.stored(session, {service.text_hash(message.text): "de"}, "en")
    assert found[service.text_hash(message.text)].text == "Hello! The lamp broke."
    empty = await agent.post(f"/messages/{message.id}/translation", {"text": "  "})
    assert empty.status_code == 422


@contextmanager
def counted(company: Company) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    engine = company.desk.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_a_thread_in_another_language_costs_the_same_however_long_it_is(
    german: Company, agent: Browser, there: Service
) -> None:
    await switch_on(german, "libre", there.url, name="Libre")
    await agent.get("/tickets/1")
    with counted(german) as few:
        await agent.get("/tickets/1")
    async with german.desk.db.work(german.workspace_id) as session:
        ticket = (await session.scalars(select(Ticket))).one()
        for number in range(5):
            session.add(
                Message(ticket_id=ticket.id, kind="inbound", text=f"Noch eine Frage {number}", language="de",
                        from_name="Anna", from_address="anna@buyer.example", recipients={}, subject="")
            )  # fmt: skip
    with counted(german) as many:
        await agent.get("/tickets/1")
    assert len(many) == len(few)


async def test_a_kept_draft_in_the_readers_language_is_put_over(german: Company, agent: Browser) -> None:
    box = '<input type="checkbox" name="tongue" value="de"'
    assert f"{box}>" in (await agent.get("/tickets/1")).text
    await agent.post("/tickets/1/draft", {"kind": "reply", "html": "<p>We will look into this for you tomorrow.</p>"})
    assert f"{box} checked>" in (await agent.get("/tickets/1")).text
    await agent.post("/tickets/1/draft", {"kind": "reply", "html": "<p>Wir kümmern uns morgen um Ihre Lampe.</p>"})
    assert f"{box}>" in (await agent.get("/tickets/1")).text

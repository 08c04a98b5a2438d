"""The pages about translation: setting up, trying, ordering; the term base by two people; the memory."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI

from dragoman.main.wiring import Desk
from dragoman.translation import queries, service
from dragoman.translation.service import Ask
from tests.cast import Company
from tests.translation.services import as_json
from tests.translation.services import service as translation_service
from tests.web.conftest import Browser, signed_in

BASE, TERMS, MEMORY = "/settings/translation", "/terms", "/settings/memory"
OURS = {"kind": "libre", "name": "Ours", "key": "k3y-secret", "active": "yes", "time_limit": "5", "price": "0.5",
        "currency": "eur", "monthly_limit": "1,000,000"}  # fmt: skip


@pytest.fixture
async def lead(app: FastAPI, desk: Desk, company: Company) -> Browser:
    return await signed_in(app, desk, company.lead)


async def test_a_provider_from_its_adding_to_its_end(company: Company, admin: Browser) -> None:
    async with translation_service() as there:
        assert "Nobody translates yet" in (await admin.get(BASE)).text
        form = await admin.get(f"{BASE}/new?kind=libre")
        assert "Texts go to the address that you give." in form.text
        made = await admin.post(f"{BASE}/new", OURS | {"base_url": there.url})
        assert made.status_code == 303, made.text
        where = made.headers["location"]
        page = await admin.get(where)
        assert "k3y-secret" not in page.text
        assert there.url in page.text
        tried = await admin.post(f"{where}/try", {"source": "de", "target": "en"})
        assert "Hello, wo ist" in tried.text
        assert "112-1234567-7654321" in tried.text
        there.trouble = as_json({"error": "Invalid API key"}, 403)
        failed = await admin.post(f"{where}/try", {"source": "de", "target": "en"})
        assert "refuses the key" in failed.text
        listed = await admin.get(BASE)
        assert "left alone for a while" in listed.text
        assert "0.50 EUR" in listed.text
        kept = await admin.post(where, OURS | {"base_url": there.url, "key": "", "name": "Ours 2"})
        assert kept.status_code == 303
        assert "In use" in (await admin.get(BASE)).text
        elsewhere = await admin.post(where, OURS | {"base_url": "http://127.0.0.1:9", "key": ""})
        assert elsewhere.status_code == 422
        assert "enter the key anew" in elsewhere.text
        await admin.post(f"{BASE}/new", {"kind": "deepl", "name": "DeepL", "key": "x:fx", "time_limit": "20"})
        rows = await names(company)
        await admin.post(f"{where}/move", {"to": "down"})
        assert await names(company) == rows[::-1]
        await admin.post(f"{where}/remove")
    assert (await admin.get(where)).status_code == 404


async def names(company: Company) -> list[str]:
    async with company.desk.db.work(company.workspace_id) as session:
        return [one.name for one in await queries.list_providers(session)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "A name is needed"), ({"base_url": "nonsense"}, "Give the whole address"),
        ({"base_url": "ftp://x"}, "Give the whole address"), ({"price": "-1"}, "A price for a million"),
        ({"base_url": "http://u:p@localhost:1"}, "the key has a field of its own"),
        ({"currency": "E1"}, "Three letters"),
        ({"time_limit": "0"}, "A whole number"), ({"monthly_limit": "many"}, "A whole number"),
        ({"key": "a b"}, "without spaces"),
    ],
)  # fmt: skip
async def test_a_form_says_what_is_wrong_and_changes_nothing(
    company: Company, admin: Browser, typed: dict[str, str], words: str
) -> None:
    await admin.get(f"{BASE}/new?kind=libre")
    answer = await admin.post(f"{BASE}/new", OURS | {"base_url": "http://127.0.0.1:5000"} | typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert await names(company) == []


async def test_what_is_needed_depends_on_the_kind(admin: Browser) -> None:
    assert (await admin.get(f"{BASE}/new?kind=nobody")).status_code == 404
    answer = await admin.post(f"{BASE}/new", {"kind": "deepl", "name": "DeepL", "time_limit": "20"})
    assert "This provider needs a key" in answer.text
    answer = await admin.post(f"{BASE}/new", {"kind": "chat", "name": "M", "base_url": "http://127.0.0.1:1/v1"})
    assert "Name the model" in answer.text
    answer = await admin.post(f"{BASE}/new", {"kind": "neural", "name": "N", "active": "yes"})
    assert answer.status_code == 422
    assert "fxtranslate" in answer.text


async def test_a_pair_gets_an_order_and_loses_it(company: Company, admin: Browser) -> None:
    await admin.post(f"{BASE}/new", {"kind": "deepl", "name": "DeepL", "key": "x", "time_limit": "20"})
    async with company.desk.db.work(company.workspace_id) as session:
        (row,) = await queries.list_providers(session)
    done = await admin.post(f"{BASE}/chain", {"source": "de", "target": "zh_CN", "step": [str(row.id), ""]})
    assert done.status_code == 303
    assert "German → Chinese (Simplified" in (await admin.get(BASE)).text
    wrong = await admin.post(f"{BASE}/chain", {"source": "??", "target": "", "step": [str(row.id)]})
    assert wrong.status_code == 422
    await admin.post(f"{BASE}/chain", {"source": "de", "target": "zh-Hans-CN"})
    async with company.desk.db.work(company.workspace_id) as session:
        assert await queries.list_chains(session) == []


async def test_pages_are_for_those_who_may(agent: Browser, trainer: Browser) -> None:
    for path in (BASE, f"{BASE}/new?kind=deepl", MEMORY, f"{MEMORY}/export.tmx"):
        assert (await agent.get(path)).status_code == 403
    assert (await agent.get(TERMS)).status_code == 200
    page = await trainer.get(TERMS)
    assert page.status_code == 200
    assert "Propose a term" not in page.text
    assert (await trainer.post(TERMS, TERM)).status_code == 403
    assert (await trainer.get(f"{TERMS}/export.tbx")).status_code == 403


TERM = {
    "source": "zh-Hans",
    "term": "物美价廉",
    "target": "en",
    "rendering": "cost-effective",
    "forbidden": "cheap， low-cost",
}


@pytest.mark.req("R85")
async def test_a_term_needs_two_people(company: Company, agent: Browser, admin: Browser, lead: Browser) -> None:
    await lead.get(TERMS)
    assert (await lead.post(TERMS, TERM)).status_code == 303
    page = await lead.get(TERMS)
    assert "Somebody else decides on it." in page.text
    (where,) = set(re.findall(rf"{TERMS}/[0-9a-f-]{{36}}", page.text))
    assert (await lead.post(f"{where}/approve")).status_code == 403
    assert (await agent.post(f"{where}/approve")).status_code == 403
    assert "1 term waits for a second person." in (await admin.get(TERMS)).text
    assert (await lead.post(TERMS, TERM)).status_code == 409
    assert (await admin.post(f"{where}/approve")).status_code == 303
    async with company.desk.db.work(company.workspace_id) as session:
        (term,) = await service.terms_for(session, "zh-Hans", "en-GB")
    assert (term.rendering, term.forbidden) == ("cost-effective", ("cheap", "low-cost"))
    await agent.post(TERMS, TERM | {"rendering": "great value"})
    page = await admin.get(f"{TERMS}?status=proposed")
    (other,) = set(re.findall(rf"{TERMS}/[0-9a-f-]{{36}}", page.text))
    async with company.desk.db.work(company.workspace_id) as session:
        (term,) = await service.terms_for(session, "zh-Hans", "en")
        assert term.rendering == "cost-effective", "what is only proposed is nobody's word yet"
    await lead.post(f"{TERMS}/approve")
    async with company.desk.db.work(company.workspace_id) as session:
        (term,) = await service.terms_for(session, "zh-Hans", "en")
        assert term.rendering == "great value"
    assert (await admin.post(f"{other}/remove")).status_code == 303
    assert "No term here" in (await admin.get(TERMS)).text


async def test_terms_go_out_and_come_in(admin: Browser, lead: Browser, agent: Browser) -> None:
    await agent.post(TERMS, TERM | {"note": "=HYPERLINK(1)", "domain": "a < b & c"})
    await agent.post(TERMS, {"source": "de", "term": "Lumina", "rendering": "Lumina"})
    await admin.post(f"{TERMS}/approve")
    tbx = (await agent.get(f"{TERMS}/export.tbx")).content
    table = (await agent.get(f"{TERMS}/export.csv")).content
    assert b"'=HYPERLINK(1)" in table
    page = await admin.get(TERMS)
    for where in set(re.findall(rf"{TERMS}/[0-9a-f-]{{36}}", page.text)):
        await admin.post(f"{where}/remove")
    for content, name in ((tbx, "terms.tbx"), (table, "terms.csv")):
        await lead.get(TERMS)
        done = await lead.post(f"{TERMS}/import", files={"file": (name, content)})
        assert done.status_code == 303, done.text
        page = await lead.get(f"{TERMS}?status=proposed")
        assert "物美价廉" in page.text
        assert "cheap, low-cost" in page.text
        assert "a &lt; b &amp; c" in page.text
        assert "every language" in page.text
        for where in set(re.findall(rf"{TERMS}/[0-9a-f-]{{36}}", page.text)):
            assert (await lead.post(f"{where}/approve")).status_code == 403, "whoever brings a file proposes it"
            await lead.post(f"{where}/reject")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<tbx>", "no well-formed XML"), (b"<html/>", "no TBX file"), (b"a,b\n1,2\n", "needs the columns"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><tbx/>', "entities of its own"), (b"\xff\x00\xff", "not in UTF-8"),
        (b"source,term,target,rendering\nde,x,klingon!,y\n", "Term 1, target: Give the language"),
        (b"source,term\n" + b"x" * 11 * 2**20, "larger than 10 MB"),
    ],
)  # fmt: skip
async def test_a_wrong_file_is_told(lead: Browser, content: bytes, words: str) -> None:
    await lead.get(TERMS)
    answer = await lead.post(f"{TERMS}/import", files={"file": ("x", content)})
    assert answer.status_code == 422
    assert words in answer.text


async def test_the_memory_is_seen_taken_out_brought_in_and_pruned(company: Company, admin: Browser) -> None:
    ask = Ask("Wo ist Bestellung 112-1234567-7654321? <b>", "de", "en")
    async with company.desk.db.work(company.workspace_id) as session:
        await service.correct(session, company.agent, ask=ask, text="Where is order 112-1234567-7654321? <b>")
    page = await admin.get(MEMORY)
    assert "Where is order ⟦0⟧? &lt;b&gt;" in page.text
    assert "corrected here" in page.text
    content = (await admin.get(f"{MEMORY}/export.tmx")).content
    assert b'Where is order <ph x="1"/>?' in content
    for where in set(re.findall(rf"{MEMORY}/[0-9a-f-]{{36}}", page.text)):
        await admin.post(f"{where}/remove")
    assert "Nothing here" in (await admin.get(MEMORY)).text
    done = await admin.post(f"{MEMORY}/import", files={"file": ("m.tmx", content)})
    assert done.status_code == 303, done.text
    page = await admin.get(f"{MEMORY}?q=Where")
    assert "Where is order ⟦0⟧?" in page.text
    assert "from a file" in page.text
    again = await admin.post(f"{MEMORY}/import", files={"file": ("m.tmx", content)})
    assert again.status_code == 303
    assert (await admin.post(f"{MEMORY}/import", files={"file": ("m.tmx", b"<tbx/>")})).status_code == 422

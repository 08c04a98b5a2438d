"""The audit page: filters, the file, the check."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.audit import chain, export, service, verbs
from dragoman.audit.service import Subject
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter
from tests.web.conftest import Browser

SRC = Path(__file__).parents[2] / "src" / "dragoman"


def test_every_deed_the_code_records_has_words() -> None:
    """A deed without words would show as a code in the log."""
    pattern = re.compile(r"(?:audit\.|service\.)record\(\s*[^\"]*?\"([a-z_]+\.[a-z_]+)\"", re.S)
    recorded = {verb for path in SRC.rglob("*.py") for verb in pattern.findall(path.read_text())}
    events = {
        f"ticket.{verb}"
        for verb in re.findall(r"record\(session, ticket, actor, \"(\w+)\"", (SRC / "tickets/service.py").read_text())
    }
    assert len(recorded) > 10
    assert len(events) > 5
    assert recorded | events <= set(verbs.VERBS)
    assert {verb.partition(".")[0] for verb in verbs.VERBS} <= set(verbs.AREAS)


@pytest.mark.req("R243")
async def test_the_page_says_who_did_what(company: Company, admin: Browser, agent: Browser) -> None:
    await receive(company, letter(to=company.address))
    await agent.get("/tickets/1")
    await agent.post("/tickets/1/status", {"status": "pending"})
    page = await admin.get("/settings/audit?area=ticket")
    assert "Li Wei" in page.text
    assert "changed the status" in page.text
    assert 'href="/tickets/1"' in page.text
    assert "Li Wei" not in (await admin.get("/settings/audit?area=shop")).text.partition("auditlog")[2]
    assert "No entry fits" in (await admin.get("/settings/audit?q=nothing-like-this")).text
    for nonsense in ("person=x", "since=yesterday", "until=9999-12-31", "area=zzz", "cursor=zzz"):
        assert (await admin.get(f"/settings/audit?{nonsense}")).status_code in (200, 422), nonsense


async def test_an_agent_may_not_look(agent: Browser) -> None:
    assert (await agent.get("/settings/audit")).status_code == 403


@pytest.mark.req("R243")
async def test_the_file_can_be_checked_by_whoever_has_it(company: Company, admin: Browser) -> None:
    await receive(company, letter(to=company.address))
    await admin.get("/tickets/1")
    await admin.post("/tickets/1/status", {"status": "pending"})
    await service.seal(company.desk.db, company.workspace_id)
    answer = await admin.post("/settings/audit/export", {"kind": "jsonl"})
    assert answer.headers["content-disposition"].startswith("attachment; ")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    sealed = sorted((one for one in lines if one["n"]), key=lambda one: one["n"])
    assert len(sealed) >= 3
    for one in sealed:
        own = chain.digest({name: one[name] for name in chain.DIGESTED})
        assert own.hex() == one["digest"]
        assert chain.link(bytes.fromhex(one["prev"] or ""), one["n"], own).hex() == one["hash"]
    assert lines[0]["verb"] == "export.audit", "the export itself is noted"


async def test_the_table_is_safe_for_table_programs(company: Company, admin: Browser) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        service.record(session, company.agent, "shop.added", Subject("shop", UUID(int=1), "=cmd|' /C calc'!A0"))
    answer = await admin.post("/settings/audit/export", {"kind": "csv", "area": "shop"})
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["verb"] for row in rows} == {"shop.added"}
    assert "'=cmd|' /C calc'!A0" in {row["subject_name"] for row in rows}


@given(st.text())
def test_no_cell_starts_a_formula(text: str) -> None:
    assert export.cell(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


async def test_the_chain_is_checked_on_demand(admin: Browser) -> None:
    await admin.get("/settings/audit")
    assert (await admin.post("/settings/audit/check")).status_code == 303
    assert "Nothing was changed" in (await admin.get("/settings/audit")).text


async def test_how_long_it_is_kept(company: Company, admin: Browser) -> None:
    await admin.get("/settings/audit")
    assert (await admin.post("/settings/audit/keep", {"audit_days": "10"})).status_code == 422
    assert (await admin.post("/settings/audit/keep", {"audit_days": "400"})).status_code == 303
    assert 'value="400"' in (await admin.get("/settings/audit")).text
    assert "changed how long the log is kept" in (await admin.get("/settings/audit?area=audit")).text


def test_a_hole_is_a_break_and_a_start_is_not() -> None:
    def entry(n: int, prev: bytes) -> SimpleNamespace:
        made = SimpleNamespace(**dict.fromkeys(chain.DIGESTED, ""), n=n, prev=prev)
        made.digest = chain.digest_of(made)
        made.hash = chain.link(prev, n, made.digest)
        return made

    fifth = entry(5, b"what retention removed")
    sixth, seventh = entry(6, fifth.hash), entry(7, b"elsewhere")
    assert chain.check([fifth, sixth]) is None
    assert chain.check([fifth, sixth, seventh]) == chain.Break(7, "moved")
    assert chain.check([fifth, entry(7, fifth.hash)]) == chain.Break(6, "missing")

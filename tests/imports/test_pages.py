"""The pages: choose, map, try, start, stop, go on, take the report away."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from sqlalchemy import select, update

from dragoman.audit.models import AuditEntry
from dragoman.imports.models import RUNNING, Import
from dragoman.kit import clock
from tests.cast import Company
from tests.desk_work import ticket, tickets_of
from tests.imports.moving import run
from tests.imports.other_desks import as_json, serving
from tests.imports.test_tables import HEADER, ROWS, written
from tests.imports.test_zendesk import account
from tests.web.conftest import Browser

BASE = "/settings/imports"


async def only(company: Company) -> Import:
    async with company.desk.db.work(company.workspace_id) as session:
        row = await session.scalar(select(Import).order_by(Import.id.desc()).limit(1))
    assert row is not None
    return row


async def upload(admin: Browser, content: bytes, *, name: str = "old.csv", **fields: str) -> Any:
    await admin.get(f"{BASE}/new?from=csv")
    data = {"csrf": admin.token, "from": "csv", "address": "Old desk", "files": "yes"} | fields
    return await admin.http.post(BASE, data=data, files={"file": (name, content, "text/csv")})


@pytest.mark.req("R243")
async def test_a_table_from_the_upload_to_the_ticket(company: Company, admin: Browser) -> None:
    assert "Nothing imported yet" in (await admin.get(BASE)).text
    chosen = await admin.get(f"{BASE}/new")
    assert all(name in chosen.text for name in ("Zendesk", "Freshdesk", "Chatwoot", "Gorgias", "CSV"))
    made = await upload(admin, written(ROWS))
    assert made.status_code == 303
    page = await admin.get(made.headers["location"])
    assert "Columns to be checked" in page.text
    assert re.search(r'name="body".*?<option value="Body" selected>', page.text, re.S)
    row = await only(company)
    href = f"{BASE}/{row.id}"
    wanted = dict(row.settings["columns"]) | {"dates": "", "zone": "Asia/Shanghai"}
    missing = await admin.post(f"{href}/try", wanted | {"body": ""})
    assert missing.status_code == 422
    assert "A column with the text is needed." in missing.text
    early = await admin.post(f"{href}/start")
    assert early.status_code == 409
    assert (await admin.post(f"{href}/try", wanted)).status_code == 303
    going = await admin.get(href)
    assert f'data-href="{href}"' in going.text
    part = await admin.get(href, headers={"HX-Request": "true"})
    assert part.text.strip().startswith("<section")
    await run(company, row.id)
    tried = await admin.get(href)
    assert "Tried, nothing changed yet" in tried.text
    assert await tickets_of(company) == []
    await admin.post(f"{href}/start")
    await run(company, row.id)
    done = await admin.get(href)
    assert "Done" in done.text
    assert (await ticket(company, 1)).subject == "Lampe fehlt"
    assert "Brought in from CSV, number 7 there" in (await admin.get("/tickets/1")).text
    listed = (await admin.get(BASE)).text
    assert "2 tickets" in listed
    async with company.desk.db.work(company.workspace_id) as session:
        noted = list(await session.scalars(select(AuditEntry.verb).where(AuditEntry.area == "import")))
    assert noted == ["import.tried", "import.started", "import.finished"]


async def test_words_are_explained_before_the_start(company: Company, admin: Browser) -> None:
    rows = [[*ROWS[0][:2], "Liegt beim Zoll", *ROWS[0][3:]]]
    href = (await upload(admin, written(rows))).headers["location"]
    row = await only(company)
    await admin.post(f"{href}/try", dict(row.settings["columns"]))
    await run(company, row.id)
    page = await admin.get(href)
    assert "Liegt beim Zoll" in page.text
    await admin.post(f"{href}/start", {"word": "Liegt beim Zoll", "meaning": "on_hold"})
    await run(company, row.id)
    assert (await ticket(company, 1)).status == "on_hold"


async def test_zendesk_by_its_api(company: Company, admin: Browser) -> None:
    async with serving(account(company, 3).desk()) as other:
        await admin.get(f"{BASE}/new?from=zendesk")
        wrong = await admin.post(BASE, {"from": "zendesk", "address": "acme"})
        assert wrong.status_code == 422
        assert "Give the API token of your desk." in wrong.text
        form = {"from": "zendesk", "address": other.url, "login": "boss@old.example", "token": "t0ken", "files": "yes"}
        made = await admin.post(BASE, form)
        href, row = made.headers["location"], await only(company)
        await run(company, row.id)
        page = await admin.get(href)
        assert "t0ken" not in page.text
        await admin.post(f"{href}/start")
        other.trouble = lambda path, _times: as_json({}, 401) if "/tickets/3/" in path else None
        await run(company, row.id)
        failed = await admin.get(href)
        assert "does not accept the sign-in" in failed.text
        other.trouble = None
        await admin.post(f"{href}/go-on", {"token": "t0ken"})
        await run(company, row.id)
    done = await admin.get(href)
    assert "4 macros and articles are kept as they came" in done.text
    assert len(await tickets_of(company)) == 3


async def test_stop_and_reports(company: Company, admin: Browser) -> None:
    bad = ["=cmd()", "x", "", "a@b.example", "", "yesterday", "no time", ""]
    href = (await upload(admin, written([bad, *ROWS]))).headers["location"]
    row = await only(company)
    await admin.post(f"{href}/try", dict(row.settings["columns"]))
    assert (await admin.post(f"{href}/stop")).status_code == 303
    assert (await admin.post(f"{href}/stop")).status_code == 409
    await admin.post(f"{href}/try", dict(row.settings["columns"]))
    await run(company, row.id)
    page = await admin.get(href)
    assert "old.csv:2" in page.text
    taken = await admin.post(f"{href}/report", {"kind": "csv"})
    assert taken.headers["content-disposition"].startswith("attachment")
    lines = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert ["count", "tickets.new", "", "2"] in lines
    assert any(line[0] == "problem" and line[1] == "old.csv:2" for line in lines)
    whole = json.loads((await admin.post(f"{href}/report", {"kind": "json"})).text)
    assert (whole["counts"]["tickets.new"], whole["not_filed"]) == (2, [])
    assert (await admin.post(f"{href}/report", {"kind": "exe"})).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"PK\x03\x04broken", "broken or cut off"), (b'{"a": 1}', "no table")],
)
async def test_a_bad_file_is_told_on_the_form(company: Company, admin: Browser, content: bytes, words: str) -> None:
    answer = await upload(admin, content)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Old desk"' in answer.text, "what was typed stays"


async def test_no_file_and_no_source(admin: Browser) -> None:
    await admin.get(f"{BASE}/new?from=csv")
    assert (await admin.post(BASE, {"from": "csv", "address": "x"})).status_code == 422
    assert (await admin.post(BASE, {"from": "nonsense"})).status_code == 422


async def test_a_command_that_was_interrupted_says_so(company: Company, admin: Browser) -> None:
    href = (await upload(admin, written(ROWS, header=HEADER))).headers["location"]
    from datetime import timedelta

    quiet = clock.now() - timedelta(minutes=5)
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(update(Import).values(via="cli", state=RUNNING, touched_at=quiet, trial=False))
    assert "Interrupted" in (await admin.get(href)).text

"""The term base over the API."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from tests.api.conftest import Program, program, token_of
from tests.cast import Company

TERM = {"source": "zh-Hans", "term": "物美价廉", "target": "en", "rendering": "cost-effective", "forbidden": ["cheap"]}


@pytest.mark.req("R85", "R115")
async def test_a_term_is_proposed_by_one_and_approved_by_another(app: FastAPI, company: Company, api: Program) -> None:
    lead = program(app, await token_of(company, company.lead))
    async with lead.http:
        made = await lead.post("/terms", TERM)
        assert made.status_code == 201, made.text
        term = made.json()
        assert (term["status"], term["forbidden"], term["proposed_by_id"]) == (
            "proposed", ["cheap"], str(company.lead.person_id),
        )  # fmt: skip
        where = f"/terms/{term['id']}"
        own = await lead.post(f"{where}/approve", {})
        assert (own.status_code, "second person" in own.json()["detail"]) == (403, True)
        assert (await lead.post("/terms", TERM)).status_code == 409
    done = await api.post(f"{where}/approve", {})
    assert (done.status_code, done.json()["status"]) == (200, "approved")
    assert (await api.get(where)).json() == done.json()
    assert (await api.post(f"{where}/approve", {})).status_code == 409
    assert (await api.post(f"{where}/reject", {})).status_code == 409
    assert [one["term"] for one in (await api.get("/terms?status=approved&source=zh-CN&q=价廉")).json()["data"]] == []
    assert [one["term"] for one in (await api.get("/terms?status=approved&source=zh&q=价廉")).json()["data"]] == [
        "物美价廉"
    ]
    assert (await api.post(f"{where}/remove", {})).status_code == 200
    assert (await api.get(where)).status_code == 404


async def test_terms_come_in_pages(api: Program) -> None:
    for word in ("Lampe", "Kabel", "Birne"):
        await api.post("/terms", TERM | {"source": "de", "term": word})
    first = (await api.get("/terms?limit=2")).json()
    assert [one["term"] for one in first["data"]] == ["Birne", "Kabel"]
    second = (await api.get(f"/terms?limit=2&cursor={first['next']}")).json()
    assert ([one["term"] for one in second["data"]], second["next"]) == (["Lampe"], None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"term": " "}, "term"), ({"source": "klingon language"}, "source"), ({"target": "?"}, "target"),
        ({"rendering": "", "forbidden": []}, "rendering"), ({"forbidden": ["Cost-Effective"]}, "forbidden"),
        ({"term": "x" * 201}, "term"), ({"nonsense": 1}, "nonsense"),
    ],
)  # fmt: skip
async def test_a_fault_is_told_with_its_field(api: Program, change: dict[str, object], field: str) -> None:
    answer = await api.post("/terms", TERM | change)
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert (await api.get("/terms")).json()["data"] == []


async def test_scopes_and_roles_decide(app: FastAPI, company: Company, api: Program) -> None:
    term = (await api.post("/terms", TERM)).json()
    reading = program(app, await token_of(company, scopes=["terms:read"]))
    agent = program(app, await token_of(company, company.agent))
    none = program(app, await token_of(company, scopes=["tickets:read"]))
    async with reading.http, agent.http, none.http:
        assert (await reading.get("/terms")).status_code == 200
        assert (await reading.post("/terms", TERM)).status_code == 403
        assert (await agent.post(f"/terms/{term['id']}/approve", {})).status_code == 403
        assert (await agent.post(f"/terms/{term['id']}/reject", {})).status_code == 403
        assert (await none.get("/terms")).status_code == 403

"""Markets over the API."""

from __future__ import annotations

import json

import pytest
from fastapi import FastAPI

from dragoman.markets import service
from tests.api.conftest import Program, program, token_of
from tests.cast import Company

RULE = "/markets/DE/rules/withdrawal"


async def put(api: Program, path: str, json: object) -> tuple[int, dict[str, object]]:
    answer = await api.http.put("/api/v1" + path, json=json)
    return answer.status_code, answer.json()


@pytest.mark.req("R115", "R138", "R240")
async def test_markets_are_read(api: Program) -> None:
    listed = (await api.get("/markets")).json()
    assert len(listed["data"]) == 24
    german = next(one for one in listed["data"] if one["iso"] == "DE")
    assert (german["currency"], german["locales"]) == ("EUR", ["de-DE"])
    assert german["counts"]["all"] > german["counts"]["to_confirm"] > 0
    answer = await api.get("/markets/DE")
    whole = answer.json()
    assert len(whole["rules"]) == german["counts"]["all"]
    rule = next(one for one in whole["rules"] if one["topic"] == "withdrawal")
    assert (rule["value"]["days"], rule["standing"], rule["confirmed"]) == (14, "to_confirm", False)
    again = await api.get("/markets/DE", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (rule["label"], rule["group"]) == ("Withdrawal", "rights")


@pytest.mark.req("R147")
@pytest.mark.parametrize("path", ["/markets/CN", "/markets/EU"])
async def test_a_market_without_a_pack_is_not_found(api: Program, path: str) -> None:
    assert (await api.get(path)).status_code == 404
    assert (await put(api, f"{path}/rules/vat", {}))[0] == 404
    assert (await api.http.delete(f"/api/v1{path}/rules/vat")).status_code == 404


async def test_a_rule_is_confirmed_corrected_and_restored(api: Program, company: Company) -> None:
    status, rule = await put(api, RULE, {})
    assert (status, rule["standing"], rule["corrected"]) == (200, "fact", False)
    status, rule = await put(
        api, RULE, {"value": {"days": 30}, "note": "Ours", "source_url": "https://law.example/355"}
    )
    assert (status, rule["corrected"], rule["note"], rule["source_url"]) == (
        200, True, "Ours", "https://law.example/355",
    )  # fmt: skip
    status, rule = await put(api, RULE, {"value": None})
    assert (status, rule["value"]) == (200, None)
    async with company.desk.db.work(company.workspace_id) as session:
        assert (await service.load_pack(session, "DE")).value("withdrawal") is None
    restored = await api.http.delete(f"/api/v1{RULE}")
    assert restored.status_code == 200
    shipped = next(one for one in restored.json()["rules"] if one["topic"] == "withdrawal")
    assert (shipped["value"]["days"], shipped["confirmed"]) == (14, False)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"value": {"days": 0}}, "value.days"),
        ({"value": {"days": 14, "\ud800": 1}}, None),
        ({"value": 7}, "value"),
        ({"value": {"days": 14}, "source_url": "nowhere"}, "source_url"),
        ({"value": {"days": 14}, "colour": "red"}, "colour"),
    ],
)
async def test_what_is_wrong_is_named(
    api: Program, company: Company, body: dict[str, object], field: str | None
) -> None:
    answer = await api.http.put(
        f"/api/v1{RULE}", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {400, 422}
    if field:
        assert [one["field"] for one in answer.json()["errors"]] == [field]
    async with company.desk.db.work(company.workspace_id) as session:
        assert not (await service.load_pack(session, "DE")).rules["withdrawal"].confirmed


async def test_what_has_ended_is_a_conflict(api: Program) -> None:
    assert (await put(api, "/markets/US/rules/deminimis_2026", {}))[0] == 409


async def test_scopes_and_roles_decide(app: FastAPI, company: Company) -> None:
    reading = program(app, await token_of(company, scopes=["markets:read"]))
    agents = program(app, await token_of(company, company.agent))
    none = program(app, await token_of(company, scopes=["tickets:read"]))
    async with reading.http, agents.http, none.http:
        assert (await reading.get("/markets/DE")).status_code == 200
        assert (await put(reading, RULE, {}))[0] == 403
        assert (await agents.get("/markets")).status_code == 200
        assert (await put(agents, RULE, {}))[0] == 403
        assert (await agents.http.delete(f"/api/v1{RULE}")).status_code == 403
        assert (await none.get("/markets")).status_code == 403

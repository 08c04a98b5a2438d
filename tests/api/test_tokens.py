"""Access tokens: who they are, what they may do, and when they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from dragoman.accounts.models import Person
from dragoman.accounts.tokens import queries, service
from dragoman.accounts.tokens.models import AccessToken
from dragoman.accounts.tokens.scopes import PERMISSIONS_OF, SCOPES
from dragoman.audit.models import AuditEntry
from dragoman.kit import clock
from dragoman.kit.errors import Forbidden
from tests.api.conftest import NEW, Program, program, token_of
from tests.cast import Company


async def says(app: FastAPI, token: str, path: str = "/tickets", address: str = "192.0.2.9") -> tuple[int, str, str]:
    """Status, WWW-Authenticate and detail of a request with a token."""
    made = program(app, token, address)
    async with made.http:
        answer = await made.get(path)
    assert answer.status_code == 200 or answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.headers.get("www-authenticate", ""), answer.json().get("detail", "")


@pytest.mark.req("R115")
async def test_tokens_that_open_nothing_say_why(app: FastAPI, company: Company) -> None:
    good = await token_of(company)
    assert (await says(app, good))[0] == 200
    assert await says(app, "") == (401, 'Bearer realm="Dragoman"', service.MISSING)
    workspace, _dot, secret = good.partition(".")
    for n, wrong in enumerate((
        "x", good[:-1], good + "x", good.removeprefix("drg_"), f"{workspace}.", f"drg_{'0' * 32}.{secret}",
        f"drg_{'z' * 32}.{secret}", "drg_" + "a" * 5000,
    )):  # fmt: skip
        assert await says(app, wrong, address=f"198.51.100.{n}") == (
            401, 'Bearer realm="Dragoman", error="invalid_token"', service.UNKNOWN
        )  # fmt: skip
    with clock.travel(clock.now() + timedelta(days=30, seconds=1)):
        assert (await says(app, good))[2] == service.EXPIRED
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(update(Person).where(Person.id == company.admin.person_id).values(active=False))
    assert (await says(app, good))[2] == service.SWITCHED_OFF
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(update(Person).where(Person.id == company.admin.person_id).values(active=True))
        ((token, _name, _active),) = await queries.list_all(session)
        await service.revoke(session, company.admin, token.id)
    assert (await says(app, good))[2] == service.REVOKED


async def test_only_the_hash_is_kept_and_the_audit_log_knows_no_secret(company: Company) -> None:
    token = await token_of(company)
    async with company.desk.db.work(company.workspace_id) as session:
        (row,) = await session.scalars(select(AccessToken))
        await service.revoke(session, company.admin, row.id)
        deeds = list(
            await session.scalars(select(AuditEntry).where(AuditEntry.area == "token").order_by(AuditEntry.id))
        )
    secret = token.partition(".")[2]
    assert secret not in repr(vars(row))
    assert secret.encode() not in row.token_hash
    assert [(one.verb, one.subject_name) for one in deeds] == [("token.made", "Test"), ("token.revoked", "Test")]
    assert secret not in repr([one.data for one in deeds])


async def test_a_token_has_what_its_scopes_and_its_persons_role_both_allow(app: FastAPI, company: Company) -> None:
    """A trainer's token with every scope still can't write; a lead's reading token can't either."""
    trainer = program(app, await token_of(company, company.people["trainer"]))
    assert set((await trainer.get("/me")).json()["permissions"]) == {
        "ticket.read", "ticket.note", "customer.read", "task.work",
    }  # fmt: skip
    refused = await trainer.post("/tickets", NEW)
    assert refused.status_code == 403
    assert "Answer customers" in refused.json()["detail"]
    assert (await trainer.get("/people")).status_code == 403
    reading = program(app, await token_of(company, company.lead, ["tickets:read"]))
    refused = await reading.post("/tickets", NEW)
    assert refused.status_code == 403
    assert refused.headers["www-authenticate"] == (
        'Bearer realm="Dragoman", error="insufficient_scope", scope="tickets:write"'
    )
    assert "tickets:write" in refused.json()["detail"]
    for one in (trainer, reading):
        assert (await one.get("/tickets")).json()["data"] == []
        await one.http.aclose()


async def test_making_a_token_needs_its_permission(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Forbidden):
            await service.make(session, company.agent, name="x", scopes=["tickets:read"], days=1)


def test_every_scope_names_permissions() -> None:
    assert SCOPES.keys() == PERMISSIONS_OF.keys()


async def test_use_is_noted_every_five_minutes_at_most(api: Program, company: Company) -> None:
    async def used() -> object:
        async with company.desk.db.work(company.workspace_id) as session:
            return await session.scalar(select(AccessToken.used_at))

    assert await used() is None
    await api.get("/me")
    first = await used()
    assert first is not None
    await api.get("/me")
    assert await used() == first
    with clock.travel(clock.now() + timedelta(minutes=6)):
        await api.get("/me")
        assert await used() != first


async def test_guessing_is_stopped_by_address_and_the_right_token_goes_on(app: FastAPI, company: Company) -> None:
    good = await token_of(company)
    wrong = f"drg_{company.workspace_id.hex}.guess"
    codes = [(await says(app, wrong, address="203.0.113.5"))[0] for _ in range(31)]
    assert codes == [401] * 30 + [429]
    assert (await says(app, good, address="203.0.113.5"))[0] == 200
    assert (await says(app, wrong, address="203.0.113.6"))[0] == 401


async def test_only_the_header_carries_a_token(app: FastAPI, company: Company, admin: object) -> None:
    good = await token_of(company)
    made = program(app, "")
    made.http.cookies.set("dragoman", good)
    assert (await made.get(f"/tickets?access_token={good}&token={good}")).status_code == 401
    basic = await made.get("/tickets", headers={"Authorization": f"Basic {good}"})
    assert basic.status_code == 401
    assert (await admin.http.get("/api/v1/tickets")).status_code == 401, "a cookie is none"  # type: ignore[attr-defined]
    await made.http.aclose()

"""The live line over a real server: who may listen, what is heard, and how fast."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from dragoman.accounts import signin
from dragoman.accounts.access import Actor
from dragoman.main.wiring import Desk, running
from dragoman.tickets import access
from dragoman.tickets.service import set_status
from tests.cast import PASSWORD, Company, found_company


@dataclass
class House:
    """A served desk."""

    port: int
    desk: Desk

    @asynccontextmanager
    async def page(self, actor: Actor, *, origin: str = "", ago: str = "") -> AsyncIterator[ClientConnection]:
        """An open page of somebody."""
        async with self.desk.db.work(actor.workspace_id) as session:
            cookie = await signin.sign_in(session, email=actor.email, password=PASSWORD, address="", browser="")
        headers = {"Cookie": f"dragoman={cookie.token}", "Origin": origin or f"http://127.0.0.1:{self.port}"}
        query = f"?ago={ago}" if ago else ""
        async with connect(f"ws://127.0.0.1:{self.port}/live{query}", additional_headers=headers) as line:
            yield line


@pytest.fixture
async def house(app: FastAPI, desk: Desk, company: Company) -> AsyncIterator[House]:
    """The application on a free port, with its listening line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, ws="websockets-sansio", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with running(desk.hub.run()):
        async with asyncio.timeout(10):
            await desk.hub.connected.wait()
            while not server.started:  # noqa: ASYNC110 - uvicorn gives no event for it
                await asyncio.sleep(0.02)
        yield House(port, desk)
        server.should_exit = True
        await serving


async def hear(line: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of a kind."""
    async with asyncio.timeout(5):
        while True:
            message: dict[str, Any] = json.loads(await line.recv())
            if message["kind"] == kind:
                return message


@pytest.mark.req("R14")
async def test_changes_are_heard_within_a_second(house: House, company: Company, ticket: int) -> None:
    async with house.page(company.lead) as line:
        loop = asyncio.get_running_loop()
        async with house.desk.db.work(company.workspace_id) as session:
            found = await access.get_ticket(session, company.agent, ticket, lock=True)
            await set_status(session, company.agent, ticket=found, status="solved")
        start = loop.time()
        message = await hear(line, "ticket")
        assert loop.time() - start < 1
        assert message["number"] == ticket
        assert message["by"] == str(company.agent.person_id)


async def test_a_page_hears_what_changed_while_it_was_on_its_way(house: House, company: Company) -> None:
    """Between a page's writing and its line being open nothing is missed; each thing is told once, the last state."""
    stranger = await found_company(house.desk)
    async with house.desk.db.work(stranger.workspace_id) as session:
        await session.notify("ticket", number=99, version=2, by=None)
    for version in (2, 3):
        async with house.desk.db.work(company.workspace_id) as session:
            await session.notify("ticket", number=1, version=version, by=None)
            await session.notify("presence", ticket=1, person="", name="Ana", state="viewing")
    async with house.page(company.lead) as waits:
        async with house.desk.db.work(company.workspace_id) as session:
            await session.notify("ticket", number=5, version=1, by=None)
        assert (await hear(waits, "ticket"))["number"] == 5, "who asks for nothing earlier is told nothing earlier"
    async with house.page(company.lead, ago="10") as line:
        told = [await hear(line, "ticket") for _ in range(2)]
        assert [(one["number"], one["version"]) for one in told] == [(1, 3), (5, 1)]
    async with house.page(company.lead, ago="30") as late:
        first = json.loads(await late.recv())
        assert first == {"kind": "reload"}, "what is no longer known is asked for anew"


async def test_colleagues_are_seen_by_name_and_leave_with_their_page(
    house: House, company: Company, ticket: int
) -> None:
    async with house.page(company.lead) as line:
        async with house.page(company.agent) as other:
            await other.send(json.dumps({"kind": "presence", "ticket": str(ticket), "state": "replying"}))
            said = await hear(line, "presence")
            assert (said["name"], said["state"], said["ticket"]) == ("Li Wei", "replying", ticket)
            assert said["person"] == str(company.agent.person_id)
        assert (await hear(line, "presence"))["state"] == "gone"


async def test_nonsense_is_not_passed_on(house: House, company: Company) -> None:
    async with house.page(company.lead) as line, house.page(company.agent) as other:
        for nonsense in (
            "", "[]", "{", '{"kind":"presence"}', '{"kind":"presence","ticket":"x","state":"viewing"}',
            '{"kind":"presence","ticket":1,"state":"dancing"}', '{"kind":"ticket","ticket":1,"state":"viewing"}',
            json.dumps({"kind": "presence", "ticket": 1, "state": "viewing", "name": "x" * 2000}),
        ):  # fmt: skip
            await other.send(nonsense)
        await other.send(json.dumps({"kind": "presence", "ticket": 7, "state": "viewing", "name": "Mallory"}))
        said = await hear(line, "presence")
        assert (said["ticket"], said["name"]) == (7, "Li Wei"), "a page cannot speak in another's name"


async def test_other_workspaces_hear_nothing(house: House, company: Company, ticket: int) -> None:
    stranger = await found_company(house.desk)
    async with house.page(stranger.admin) as line:
        async with house.desk.db.work(company.workspace_id) as session:
            await session.notify("ticket", number=1, version=2, by=None)
        async with house.desk.db.work(stranger.workspace_id) as session:
            await session.notify("ticket", number=99, version=2, by=None)
        assert (await hear(line, "ticket"))["number"] == 99


async def test_lines_of_nobody_and_of_other_sites_are_closed(house: House, company: Company) -> None:
    async with connect(f"ws://127.0.0.1:{house.port}/live", origin=f"http://127.0.0.1:{house.port}") as line:  # type: ignore[arg-type]
        with pytest.raises(ConnectionClosed) as closed:
            await line.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    async with house.page(company.agent, origin="https://evil.example") as line:
        with pytest.raises(ConnectionClosed) as closed:
            await line.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403

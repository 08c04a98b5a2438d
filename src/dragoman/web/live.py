"""The live line: one WebSocket a page. It carries hints; what they hint at is fetched over HTTP with its own checks."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from sqlalchemy.exc import SQLAlchemyError

from dragoman.accounts.access import Actor, get_actor
from dragoman.accounts.presence import service as presence
from dragoman.kit.errors import DeskError
from dragoman.platform.live import Notice
from dragoman.web.deps import Desk, cookie_name

router = APIRouter()
STATES = ("viewing", "replying", "gone")
EVERY = 0.3  # seconds between what one page may tell; of what comes in between, the newest counts
CHECK_EVERY = 60.0  # seconds between looks whether the sign-in still holds
REFUSED, ENDED = 4403, 4401
LONGEST = 500


def from_own_page(socket: WebSocket, desk: Desk) -> bool:
    """Whether the page that opens the line is ours (browsers send cookies along from any site)."""
    public = desk.settings.public_url
    host = urlsplit(public).netloc if public else socket.headers.get("host", "")
    return urlsplit(socket.headers.get("origin", "")).netloc == host


@router.websocket("/live")
async def live(socket: WebSocket, ago: Annotated[float, Query(ge=0, le=60)] = 0.0) -> None:
    """Tell a page what changes in its workspace, and colleagues what it does. The page was asked for `ago` seconds
    before it opened its line."""
    desk: Desk = socket.app.state.desk
    token = socket.cookies.get(cookie_name(desk, "dragoman"), "")
    try:
        actor = await get_actor(desk.db, token)
    except DeskError:
        actor = None
    await socket.accept()
    if actor is None or not from_own_page(socket, desk):
        await socket.close(ENDED if actor is None else REFUSED)
        return
    line = Line(desk, actor, token, socket)
    async with desk.hub.page(str(actor.workspace_id), ago) as notices:
        tasks = [
            asyncio.create_task(line.tell(notices)),
            asyncio.create_task(line.hear()),
            asyncio.create_task(line.watch()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await line.leave()


class Line:
    """One open page: whose it is, and at which ticket it stands."""

    def __init__(self, desk: Desk, actor: Actor, token: str, socket: WebSocket) -> None:
        self.desk, self.actor, self.token, self.socket = desk, actor, token, socket
        self.ticket = 0

    async def tell(self, notices: asyncio.Queue[Notice]) -> None:
        """Pass notices on."""
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await self.socket.send_json(await notices.get())

    async def hear(self) -> None:
        """Take what the page says about itself; nonsense is not answered, haste is slowed down."""
        newest: asyncio.Queue[tuple[int, str]] = asyncio.Queue(maxsize=1)
        saying = asyncio.create_task(self._say_in_time(newest))
        try:
            with suppress(WebSocketDisconnect, RuntimeError):
                while not saying.done():
                    if state := self.read(await self.socket.receive_text()):
                        if newest.full():
                            newest.get_nowait()
                        newest.put_nowait(state)
        finally:
            saying.cancel()
            await asyncio.gather(saying, return_exceptions=True)

    async def _say_in_time(self, newest: asyncio.Queue[tuple[int, str]]) -> None:
        while True:
            await self.say(*await newest.get())
            await asyncio.sleep(EVERY)

    def read(self, message: str) -> tuple[int, str] | None:
        """Ticket and state out of a message; None for anything else."""
        try:
            facts: Any = json.loads(message) if len(message) <= LONGEST else None
            number, state = int(facts["ticket"]), facts["state"]
        except (ValueError, TypeError, KeyError):
            return None
        known = facts.get("kind") == "presence" and state in STATES and 0 < number < 2**31
        return (number, state) if known and self.actor.may("ticket.read") else None

    async def say(self, number: int, state: str) -> None:
        """Tell colleagues' pages, through the database, so that all processes hear it."""
        async with self.desk.db.work(self.actor.workspace_id) as session:
            if self.ticket and self.ticket != number:
                await session.notify("presence", **self._facts(self.ticket, "gone"))
            await session.notify("presence", **self._facts(number, state))
        self.ticket = 0 if state == "gone" else number

    def _facts(self, number: int, state: str) -> dict[str, object]:
        return {"ticket": number, "person": str(self.actor.person_id), "name": self.actor.name, "state": state}

    async def watch(self) -> None:
        """Note once a minute that the page is open; end the line when the sign-in has ended."""
        while True:
            with suppress(SQLAlchemyError):  # noted again in a minute
                async with self.desk.db.work(self.actor.workspace_id) as session:
                    await presence.seen(session, self.actor.person_id)
            await asyncio.sleep(CHECK_EVERY)
            try:
                await get_actor(self.desk.db, self.token, in_use=False)
            except DeskError:
                with suppress(RuntimeError):
                    await self.socket.close(ENDED)
                return

    async def leave(self) -> None:
        """A closed page is at no ticket."""
        if self.ticket:
            with suppress(Exception):  # the line is closed; there is nobody to tell of a failure
                await self.say(self.ticket, "gone")

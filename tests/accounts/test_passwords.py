"""Which passwords are taken: not the guessable ones, nor those that were stolen elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from dragoman.accounts import breaches, passwords
from dragoman.accounts.guesses import is_guessable
from dragoman.kit.errors import Invalid
from tests.cast import PASSWORD, Company
from tests.web.conftest import Browser

GUESSABLE = (
    "Password2024!", "qwertyuiop123", "1234567890", "aaaaaaaaaaaa", "abcabcabcabc", "1qaz2wsx3edc", "P@ssw0rd1234",
    "iloveyou123456", "0987654321qwerty", "Welcome-2026", "admin admin admin", "5201314woaini", "DragonDragon99",
    "Lantern-Trading-2026", "Wang Fang 1988", "fang.lantern.2026", "letmein!!!!!!", "zaq12wsxcde3", "Summer2026!",
)  # fmt: skip
GOOD = (
    PASSWORD, "tidal kettle fox", "maple-harbour-seven-kite", "correcthorsebattery", "mein Haus am See 7",
    "龙井茶很好喝呀真的很好", "xK9#mQ2$vL", "welcome to my lovely tea house", "g7hd-kq2m-w9xp",
)  # fmt: skip


@pytest.mark.parametrize("password", GUESSABLE)
def test_habits_are_seen_through(password: str) -> None:
    fault = passwords.fault(password, email="fang@lantern.example", name="Wang Fang", company="Lantern Trading")
    assert fault
    assert "among the first" in fault


@pytest.mark.parametrize("password", GOOD)
def test_whatever_is_not_a_habit_is_taken(password: str) -> None:
    assert passwords.fault(password, email="fang@lantern.example", name="Wang Fang", company="Lantern Trading") is None


def test_a_password_is_judged_quickly_however_long_it_is() -> None:
    assert not is_guessable("tidal kettle fox " * 15)


@dataclass
class Range:
    """A service in the format of Have I Been Pwned; `slow` never answers, `broken` answers nonsense."""

    stolen: dict[str, int] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    how: str = "well"
    url: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    busy: set[asyncio.Task[None] | None] = field(default_factory=set)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        self.busy.add(asyncio.current_task())
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head)
        if self.how == "slow":
            await self.over.wait()
        prefix = head.split()[1].decode().rpartition("/")[2]
        digests = {hashlib.sha1(one.encode()).hexdigest().upper(): seen for one, seen in self.stolen.items()}
        lines = [f"{digest[5:]}:{seen}" for digest, seen in digests.items() if digest.startswith(prefix)]
        body = "\r\n".join([*lines, "0" * 35 + ":0", "F" * 35 + ":3"]).encode()
        status = b"500 Oops" if self.how == "broken" else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def a_range(**stolen: int) -> AsyncIterator[Range]:
    made = Range({name.replace("_", " "): seen for name, seen in stolen.items()})
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/range/"
    yield made
    made.over.set()
    await asyncio.gather(*(task for task in made.busy if task), return_exceptions=True)
    server.close()


async def test_a_stolen_password_is_refused_and_never_leaves_the_desk() -> None:
    async with a_range(tidal_kettle_fox=42) as service:
        with pytest.raises(Invalid) as refused:
            await breaches.check(service.url, "tidal kettle fox", allow_private=True, field="new")
        await breaches.check(service.url, "maple harbour kite", allow_private=True, field="new")
    assert "stolen elsewhere" in refused.value.fields["new"]
    digest = hashlib.sha1(b"tidal kettle fox").hexdigest().upper()
    assert service.asked[0].startswith(f"GET /range/{digest[:5]} HTTP".encode())
    assert b"add-padding: true" in service.asked[0].lower()
    assert digest[5:].encode() not in service.asked[0].upper()


@pytest.mark.parametrize("how", ["slow", "broken", "away"])
async def test_a_service_in_trouble_keeps_nobody_out(how: str) -> None:
    async with a_range(tidal_kettle_fox=42) as service:
        service.how = how
        url = "http://127.0.0.1:1/range/" if how == "away" else service.url
        start = asyncio.get_running_loop().time()
        await breaches.check(url, "tidal kettle fox", allow_private=True, field="new")
        assert asyncio.get_running_loop().time() - start < breaches.PATIENCE + 0.5


async def test_padding_is_no_find_and_a_private_address_is_not_asked() -> None:
    async with a_range(tidal_kettle_fox=0) as service:
        assert await breaches.times_seen(service.url, "tidal kettle fox", allow_private=True) == 0
        service.asked.clear()
        assert await breaches.times_seen(service.url, "tidal kettle fox", allow_private=False) == 0
    assert service.asked == []


async def test_the_pages_ask_where_the_operator_wants_it(
    agent: Browser, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_range(tidal_kettle_fox=42) as service:
        monkeypatch.setattr(company.desk.settings, "password_check_url", service.url)
        await agent.get("/settings/profile")
        bad = await agent.post("/settings/profile/password", {"old": PASSWORD, "new": "tidal kettle fox"})
        assert bad.status_code == 422
        assert "stolen elsewhere" in bad.text
        good = await agent.post("/settings/profile/password", {"old": PASSWORD, "new": "maple harbour kite"})
        assert good.status_code == 303

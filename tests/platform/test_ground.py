"""The unit of work, notices, files, secrets, limits, and the guard before outgoing connections."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from dragoman.kit.errors import DeskError, TooMany, Unavailable
from dragoman.platform import files, limits, net, secrets
from dragoman.platform.http import fetch_image
from dragoman.platform.live import Hub
from tests.cast import Company


async def test_a_transaction_that_fails_leaves_nothing_and_tells_nobody(company: Company) -> None:
    db = company.desk.db
    hub = Hub(company.desk.url)
    task = asyncio.create_task(hub.run())
    await asyncio.wait_for(hub.connected.wait(), 10)
    async with hub.page(str(company.workspace_id)) as notices:

        async def half() -> None:
            async with db.work(company.workspace_id) as session:
                await files.store(session, [b"half"])
                await session.notify("ticket", number=1)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await half()
        async with db.work(company.workspace_id) as session:
            assert await session.scalar(text("SELECT count(*) FROM files")) == 0
            await session.notify("ticket", number=2)
        assert await asyncio.wait_for(notices.get(), 5) == {"kind": "ticket", "number": 2}
    task.cancel()


async def test_a_page_is_told_to_look_anew_after_a_lost_line(company: Company) -> None:
    hub = Hub(company.desk.url)
    task = asyncio.create_task(hub.run())
    await asyncio.wait_for(hub.connected.wait(), 10)
    async with hub.page(str(company.workspace_id)) as notices:
        async with await psycopg.AsyncConnection.connect(company.desk.url, autocommit=True) as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'dragoman-live' AND datname = current_database()"
            )
        assert await asyncio.wait_for(notices.get(), 10) == {"kind": "reload"}
        await asyncio.wait_for(hub.connected.wait(), 10)
        async with company.desk.db.work(company.workspace_id) as session:
            await session.notify("ticket", number=3)
        assert (await asyncio.wait_for(notices.get(), 5))["number"] == 3
    task.cancel()


async def test_notices_stay_in_their_workspace_and_never_grow_too_long(company: Company) -> None:
    hub = Hub(company.desk.url)
    task = asyncio.create_task(hub.run())
    await asyncio.wait_for(hub.connected.wait(), 10)
    async with hub.page(str(company.workspace_id)) as mine, hub.page("another") as theirs:
        async with company.desk.db.work(company.workspace_id) as session:
            await session.notify("ticket", number=1, much="x" * 9000)
        assert await asyncio.wait_for(mine.get(), 5) == {"kind": "reload"}
        assert theirs.empty()
    task.cancel()


async def test_bytes_are_stored_once(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        first = await files.store(session, [b"a", b"b", b"a"])
        again = await files.store(session, [b"b"])
        assert first[0] == first[2] != first[1] == again[0]
        assert await files.read(session, first[1]) == b"b"


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("invoice\x00.pdf", "invoice .pdf"),
        ("发票 2026.pdf", "发票 2026.pdf"),
        ("C:\\Users\\x\\photo.jpg", "C Users x photo.jpg"),
        ("...", "file"),
    ],
)
def test_file_names_are_made_safe(given: str, safe: str) -> None:
    assert files.safe_name(given) == safe


def test_sealed_values_open_only_in_their_place(tmp_path: Path) -> None:
    keys = secrets.load(tmp_path)
    sealed = keys.seal("geheim", context="mailbox:1")
    assert "geheim" not in sealed
    assert secrets.load(tmp_path).open(sealed, context="mailbox:1") == "geheim"
    with pytest.raises(Unavailable):
        keys.open(sealed, context="mailbox:2")
    with pytest.raises(Unavailable):
        secrets.load(tmp_path / "other").open(sealed, context="mailbox:1")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_signatures() -> None:
    keys = secrets.Keys(b"k" * 32)
    signature = keys.sign("link", "a")
    assert keys.verify("link", "a", signature)
    assert not keys.verify("link", "b", signature)
    assert not keys.verify("other", "a", signature)


async def test_limits_hold_and_forgive(company: Company) -> None:
    db = company.desk.db
    for _ in range(3):
        await limits.hit(db, "sign-in:x", limit=3, window=timedelta(hours=1))
    with pytest.raises(TooMany) as caught:
        await limits.hit(db, "sign-in:x", limit=3, window=timedelta(hours=1))
    assert 0 < caught.value.retry_after <= 3600
    await limits.forget(db, "sign-in:x")
    await limits.hit(db, "sign-in:x", limit=3, window=timedelta(hours=1))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
        "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_special_addresses_are_not_public(address: str) -> None:
    assert not net.is_public(address)


def test_public_addresses_are() -> None:
    assert net.is_public("93.184.215.14")
    assert net.is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://0x7f000001:{port}/",
        "http://2130706433:{port}/", "http://user@127.0.0.1:{port}/", "ftp://127.0.0.1/", "file:///etc/passwd",
        "http://127.0.0.1:99999/", "//x",
    ],
)  # fmt: skip
async def test_nothing_inside_is_fetched(url: str) -> None:
    touched = asyncio.Event()

    async def touch(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        touched.set()
        writer.close()

    server = await asyncio.start_server(touch, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(DeskError):
        await fetch_image(url.format(port=port))
    assert not touched.is_set()
    server.close()


async def test_a_picture_is_fetched_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    answers = {
        b"/ok": b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % len(png) + png,
        b"/svg": b"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\nContent-Length: 6\r\n\r\n<svg/>",
        b"/there": b"HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n",
        b"/loop": b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n",
        b"/big": b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + b"0" * (9 * 1024 * 1024),
    }

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(answers[head.split()[1]])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    assert await fetch_image(f"{base}/ok", allow_private=True) == ("image/png", png)
    assert await fetch_image(f"{base}/there", allow_private=True) == ("image/png", png)
    for path in ("/svg", "/loop", "/big"):
        with pytest.raises(DeskError):
            await fetch_image(base + path, allow_private=True)
    server.close()


async def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.215.14", "10.0.0.5")]

    async def resolver(*_args: object, **_options: object) -> list[tuple[object, ...]]:
        return found  # type: ignore[return-value]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver)
    with pytest.raises(net.Unreachable, match="private"):
        await net.resolve("mixed.example", 80, allow_private=False)

"""The demo's outside world: a mail server that takes everything and keeps it in a folder to look at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from dragoman.kit import clock

KEEP = 500  # files; the oldest go first


class Sink:
    """Says yes to every mail; with a folder, writes each as an .eml file there."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.taken = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        """Take the mail."""
        self.taken += 1
        if self.folder is not None:
            await asyncio.to_thread(self._write, self.folder, envelope)
        return "250 2.0.0 Taken"

    def _write(self, folder: Path, envelope: Envelope) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        to = "".join(mark if mark.isalnum() else "-" for mark in (envelope.rcpt_tos or ["nobody"])[0])
        name = f"{clock.now():%Y%m%d-%H%M%S}-{self.taken:04}-{to[:60]}.eml"
        (folder / name).write_bytes(envelope.original_content or b"")
        for old in sorted(folder.glob("*.eml"))[:-KEEP]:
            old.unlink(missing_ok=True)


@asynccontextmanager
async def listening(port: int = 0, folder: Path | None = None) -> AsyncIterator[tuple[int, Sink]]:
    """A sink on this machine while the block lasts; yields its port (for 0 a free one) and itself."""
    sink, loop = Sink(folder), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, loop=loop, enable_SMTPUTF8=True), "127.0.0.1", port)
    try:
        yield int(server.sockets[0].getsockname()[1]), sink
    finally:
        server.close()

"""The outside world of mail: buyers' mails, and a server that takes ours."""

from __future__ import annotations

import asyncio
import email.utils
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage, Message
from email.parser import BytesParser
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope


def letter(
    *,
    to: str,
    sender: str = "Anna Schmidt <anna@buyer.example>",
    subject: str = "Wo ist mein Paket?",
    text: str = "Guten Tag, mein Paket ist nicht angekommen.",
    message_id: str | None = None,
    **headers: str,
) -> bytes:
    """A buyer's mail. Further headers by keyword, underscores for hyphens."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = email.utils.formatdate()
    mail["Message-ID"] = message_id or email.utils.make_msgid(domain="buyer.example")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


@dataclass
class Sink:
    """A mail server of the outside world that keeps what it takes, or answers as it is told."""

    mails: list[Message] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    answer: str | None = None
    on_data: Callable[[], Awaitable[None]] | None = None
    port: int = 0

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take everybody but those who do not exist."""
        if address.startswith("nobody"):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        """Keep the mail."""
        if self.on_data:
            await self.on_data()
        if self.answer:
            return self.answer
        self.mails.append(BytesParser().parsebytes(envelope.original_content or b""))
        self.envelopes.append(envelope)
        return "250 OK"


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == b"secret", handled=False)


SINKS: set[int] = set()
"""Ports that were a sink's; mail for one that has closed is tried again for a while."""


@asynccontextmanager
async def sink(host: str = "127.0.0.1", **options: Any) -> AsyncIterator[Sink]:
    """A running sink on a free port of this machine (of its address `host`)."""
    made = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(made, loop=loop, authenticator=_authenticate, **options), host, 0)
    made.port = server.sockets[0].getsockname()[1]
    SINKS.add(made.port)
    try:
        yield made
    finally:
        server.close()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

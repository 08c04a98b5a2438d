"""Handing a mail to a mailbox's SMTP server, and saying exactly how far it came."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiosmtplib

from dragoman.channels.email.models import Mailbox
from dragoman.kit.errors import DeskError
from dragoman.platform import net
from dragoman.platform.secrets import Keys

TIMEOUT = 60.0  # seconds; RFC 5321 §4.5.3.2 allows minutes, but the job is tried again anyway


class Refused(Exception):
    """The mail was not taken. `permanent`: trying again is pointless; `code`: the server's, where it spoke."""

    def __init__(self, detail: str, *, permanent: bool, code: int | None = None) -> None:
        super().__init__(detail)
        self.detail, self.permanent, self.code = detail, permanent, code


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach an SMTP server. `security`: `tls` from the first byte, `starttls`, or `none`."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""


def account_of(box: Mailbox, keys: Keys) -> Account:
    """A mailbox's SMTP account, its password opened."""
    password = keys.open(box.smtp_password, context=f"mailbox:{box.id}") if box.smtp_password else ""
    return Account(box.smtp_host, box.smtp_port, box.smtp_security, box.smtp_user, password)


async def connect(account: Account, *, allow_private: bool) -> aiosmtplib.SMTP:
    """A connection, encrypted and signed in as the account says. Raises Refused."""
    try:
        sock = await net.connect(account.host, account.port, timeout=TIMEOUT, allow_private=allow_private)
    except (DeskError, OSError) as error:
        raise Refused(str(error), permanent=False) from error
    client = aiosmtplib.SMTP(
        hostname=account.host, port=None, timeout=TIMEOUT, tls_context=net.tls_context(), sock=sock,
        use_tls=account.security == "tls", start_tls=account.security == "starttls",
    )  # fmt: skip
    try:
        await client.connect()
        if account.user:
            await client.login(account.user, account.password)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        client.close()
        raise _refused(error, signing_in=True) from error
    return client


async def send(
    account: Account,
    mail: bytes,
    *,
    sender: str,
    recipients: Sequence[str],
    before_data: Callable[[], Awaitable[None]],
    allow_private: bool,
) -> None:
    """Hand over one mail. `before_data` is awaited right before the server may have it. Raises Refused.

    A recipient that the server refuses for good fails the whole mail, so that no answer reaches only some.
    """
    client = await connect(account, allow_private=allow_private)
    try:
        await client.mail(sender)
        for recipient in recipients:
            await client.rcpt(recipient)
        await before_data()
        await client.data(mail)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise _refused(error) from error
    finally:
        await part(client)


async def part(client: aiosmtplib.SMTP) -> None:
    """Say goodbye, or just leave."""
    try:
        await asyncio.wait_for(client.quit(), 5)
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        client.close()


def _refused(error: Exception, *, signing_in: bool = False) -> Refused:
    """Tell permanent from passing: only the server's own 5xx about this mail is permanent.

    A wrong password or an untrusted certificate is the mailbox's trouble, mended by a person: the mail waits.
    """
    if isinstance(error, aiosmtplib.SMTPResponseException):
        permanent = 500 <= error.code < 600 and not signing_in
        return Refused(f"{error.code} {error.message}", permanent=permanent, code=error.code)
    return Refused(f"{type(error).__name__}: {error}", permanent=False)

"""What went wrong with a mail server, in words that say what to do next."""

from __future__ import annotations

import imaplib
import socket
import ssl
from dataclasses import dataclass
from typing import Any

import aiosmtplib

from dragoman.channels.email import imap
from dragoman.kit.errors import N_, DeskError

TROUBLES = (OSError, ssl.SSLError, imaplib.IMAP4.error, imap.Trouble, DeskError, TimeoutError)
"""What talking to a mail server may raise."""

_REASONS = {
    "name": N_("The name {host} is not known. Check the server's name for a typing mistake."),
    "refused": N_("{host} answers nothing on port {port}. Check the port: usual are 993 (IMAP) and 465 or 587 (SMTP)."),
    "timeout": N_("{host} did not answer in time. A firewall may be in between, or the port is wrong."),
    "certificate": N_("The certificate of {host} can't be trusted: {detail}"),
    "tls": N_("No encrypted connection with {host} on port {port}: try the other kind (TLS or STARTTLS). {detail}"),
    "sign-in": N_(
        "The server refused the user name or password. Many providers want an app password. It said: {detail}"
    ),
    "other": N_("The server said: {detail}"),
}


def kind(error: BaseException) -> str:
    """Which of the usual troubles this is."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, socket.gaierror):
        return "name"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return "sign-in"
    if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
        return "sign-in"
    return "other"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A translatable sentence and what fills it."""

    message: str
    values: dict[str, Any]


def explain(error: BaseException, *, host: str, port: int) -> Explanation:
    """What an error means, and what to do."""
    if isinstance(error, DeskError):
        return Explanation(error.message, dict(error.values))
    detail = str(error)[:300] or type(error).__name__
    return Explanation(_REASONS[kind(error)], {"host": host, "port": port, "detail": detail})

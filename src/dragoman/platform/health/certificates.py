"""Certificates as a client sees them: of the desk's own address, and of mail servers."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from dragoman.kit import clock
from dragoman.platform import net
from dragoman.platform.health.findings import PATIENCE, Finding, aside
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext

Start = Literal["tls", "smtp", "imap"]
SOON, VERY_SOON = 21, 7  # days: a certificate that renews itself does so a month before


@dataclass(frozen=True, slots=True)
class Place:
    """Where a certificate is shown: at once, or after STARTTLS in SMTP or IMAP."""

    host: str
    port: int
    start: Start = "tls"


def own(public_url: str | None) -> list[Place]:
    """The desk's own address, where it is reached by https."""
    parts = urlsplit(public_url or "")
    return [Place(parts.hostname, parts.port or 443)] if parts.scheme == "https" and parts.hostname else []


async def look(place: Place, *, allow_private: bool, seconds: float = PATIENCE) -> list[Finding]:
    """What the certificate at a place is worth, in words. Never raises, never takes longer than `seconds`."""
    try:
        shown = await aside(lambda: _shown(place, allow_private, seconds), seconds)
    except ssl.SSLCertVerificationError as error:
        text = _("The certificate of {host} can't be trusted: {detail}", host=place.host, detail=error.verify_message)
        return [Finding("wrong", "certificates", text, _renew())]
    except (OSError, ssl.SSLError, smtplib.SMTPException, imaplib.IMAP4.error, net.Unreachable, ValueError) as error:
        text = _(
            "The certificate of {host} could not be looked at ({detail}).", host=place.host, detail=type(error).__name__
        )
        return [Finding("unknown", "certificates", text, _("Look again where this name can be reached."))]
    return [_judge(place.host, shown)]


def _judge(host: str, shown: dict[str, Any]) -> Finding:
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC)
    days = (until - clock.now()).days
    text = ngettext(
        "The certificate of {host} holds for {n} more day.", "The certificate of {host} holds for {n} more days.",
        days, host=host,
    )  # fmt: skip
    if days >= SOON:
        return Finding("ok", "certificates", text)
    return Finding("wrong" if days < VERY_SOON else "warning", "certificates", text, _renew())


def _renew() -> str:
    return _("Renew it now (it should do so by itself), and check that all names in use stand in it.")


def _shown(place: Place, allow_private: bool, seconds: float) -> dict[str, Any]:
    """The certificate, checked as a mail client or a browser would."""
    context = net.tls_context()
    with _connected(place, allow_private, seconds) as sock:
        if place.start == "tls":
            with context.wrap_socket(sock, server_hostname=place.host) as secure:
                return dict(secure.getpeercert() or {})
        if place.start == "smtp":
            return _after(_Smtp(sock, place, seconds), context)
        return _after(_Imap(sock, place, seconds), context)


def _connected(place: Place, allow_private: bool, seconds: float) -> socket.socket:
    """A connection to a checked address: what was resolved is what is dialled."""
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = [str(where[0]) for _family, _type, _proto, _name, where in found]
    if not allow_private and not all(net.is_public(address) for address in addresses):
        raise net.Unreachable("private")
    return socket.create_connection((addresses[0], place.port), timeout=seconds)


class _Smtp(smtplib.SMTP):
    """smtplib on a socket that is connected already."""

    def __init__(self, sock: socket.socket, place: Place, seconds: float) -> None:
        self._given = sock
        super().__init__(place.host, place.port, local_hostname="desk.localhost", timeout=seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 - smtplib's own form
        return self._given


class _Imap(imaplib.IMAP4):
    """imaplib on a socket that is connected already."""

    def __init__(self, sock: socket.socket, place: Place, seconds: float) -> None:
        self._given = sock
        super().__init__(place.host, place.port, timeout=seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        self._given.settimeout(timeout)
        return self._given


def _after(client: _Smtp | _Imap, context: ssl.SSLContext) -> dict[str, Any]:
    """What is shown after STARTTLS."""
    try:
        if isinstance(client, _Smtp):
            client.starttls(context=context)
        else:
            client.starttls(context)
        secure = client.sock
        if not isinstance(secure, ssl.SSLSocket):
            raise ValueError("no TLS")
        return dict(secure.getpeercert() or {})
    finally:
        if isinstance(client, _Smtp):
            client.close()
        else:
            client.shutdown()

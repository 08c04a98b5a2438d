"""Signed names of tickets in addresses and message ids, so that an answer finds its ticket and a forger does not.

Base32 in lower case, since servers fold case; HMAC-SHA256 over a purpose and the value, cut to 96 or 72 bits, which
is far beyond guessing through a mail server; compared in constant time. An id that merely looks like ours proves
nothing until its signature holds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from uuid import UUID

_MESSAGE_PREFIX = "dg1."
_MESSAGE_MAC = 12
_ADDRESS_MAC = 9
_TOKEN_LENGTH = 40
_LOCAL_LIMIT = 64
_MESSAGE = re.compile(r"\s*<?dg1\.([a-z2-7]{60,90})@[^<>\s@]{1,255}>?\s*\Z", re.I)
_ADDRESS = re.compile(r"\s*<?[^<>\s]{1,64}\+([a-z2-7]{40})@[^<>\s@]{1,255}>?\s*\Z", re.I)


def _mac(secret: bytes, purpose: bytes, value: bytes, size: int) -> bytes:
    if len(secret) < 16:
        raise ValueError("the secret that signs tokens must have at least 16 bytes")
    return hmac.new(secret, b"dragoman/" + purpose + b"\0" + value, hashlib.sha256).digest()[:size]


def _encode(value: bytes) -> str:
    return base64.b32encode(value).decode("ascii").rstrip("=").lower()


def _decode(text: str) -> bytes | None:
    padded = text.upper() + "=" * (-len(text) % 8)
    try:
        value = base64.b32decode(padded)
    except (binascii.Error, ValueError):
        return None
    # Spare bits at the end must be zero, else many spellings would name one token.
    return value if _encode(value) == text.lower() else None


def new_message_id(secret: bytes, *, ticket: UUID, message: UUID, domain: str) -> str:
    """A Message-ID (without brackets) that names its ticket and message and is signed."""
    value = ticket.bytes + message.bytes
    return f"{_MESSAGE_PREFIX}{_encode(value + _mac(secret, b'message-id', value, _MESSAGE_MAC))}@{domain.lower()}"


def _holds(secrets: Sequence[bytes], purpose: bytes, value: bytes, mac: bytes) -> bool:
    """Whether one of the secrets made this signature."""
    return any(hmac.compare_digest(mac, _mac(secret, purpose, value, len(mac))) for secret in secrets)


def read_message_id(secrets: Sequence[bytes], message_id: str) -> tuple[UUID, UUID] | None:
    """Ticket and message that a Message-ID of ours names; None for anybody else's and for forged ones.

    `secrets` are the present one and former ones: mails written under these are answered for years.
    """
    match = _MESSAGE.match(message_id)
    data = _decode(match.group(1)) if match else None
    if data is None or len(data) != 32 + _MESSAGE_MAC:
        return None
    value, mac = data[:32], data[32:]
    if not _holds(secrets, b"message-id", value, mac):
        return None
    return UUID(bytes=value[:16]), UUID(bytes=value[16:])


def reply_address(secret: bytes, address: str, ticket: UUID) -> str:
    """`address` with a signed tag for `ticket` (RFC 5233), as "help+…@shop.example".

    The address comes back unchanged where the tag would make its local part longer than the 64 characters that
    RFC 5321 allows: threading then rests on the message ids.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or len(local) + 1 + _TOKEN_LENGTH > _LOCAL_LIMIT:
        return address
    token = _encode(ticket.bytes + _mac(secret, b"reply-address", ticket.bytes, _ADDRESS_MAC))
    return f"{local}+{token}@{domain}"


def read_reply_address(secrets: Sequence[bytes], address: str) -> UUID | None:
    """The ticket that a reply address of ours names; None for plain addresses and for forged ones (see above)."""
    match = _ADDRESS.match(address)
    data = _decode(match.group(1)) if match else None
    if data is None or len(data) != 16 + _ADDRESS_MAC:
        return None
    value, mac = data[:16], data[16:]
    if not _holds(secrets, b"reply-address", value, mac):
        return None
    return UUID(bytes=value)

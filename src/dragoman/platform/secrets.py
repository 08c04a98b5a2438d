"""Secrets: the installation's key, sealed values at rest, signatures, and tokens that only their hash is kept of."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dragoman.kit.errors import N_, Unavailable


class Keys:
    """Keys derived from one 32-byte secret, a separate one for each purpose (HMAC-SHA-256 of the purpose)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise Unavailable(N_("The secret key must be 32 bytes, in Base64."))
        self.secret = secret

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes that serves this purpose only."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")

    def seal(self, plain: str, *, context: str) -> str:
        """Encrypt a value to store; `context` (whose value it is) must be given again to open it."""
        nonce = os.urandom(12)
        sealed = AESGCM(self.derive("seal")).encrypt(nonce, plain.encode(), context.encode())
        return "v1." + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, context: str) -> str:
        """Decrypt; raises Unavailable when the installation's key is another one."""
        try:
            data = base64.urlsafe_b64decode(sealed.removeprefix("v1."))
            return AESGCM(self.derive("seal")).decrypt(data[:12], data[12:], context.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unavailable(
                N_("A stored password can't be opened: the secret key has changed. Enter it anew.")
            ) from error

    def sign(self, purpose: str, message: str) -> str:
        """A URL-safe signature of 128 bits."""
        digest = hmac.digest(self.derive(purpose), message.encode(), "sha256")[:16]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def verify(self, purpose: str, message: str, signature: str) -> bool:
        """Whether `sign` made this signature; takes the same time for every wrong one."""
        return hmac.compare_digest(self.sign(purpose, message).encode(), signature.encode())


def find(folder: Path, given: str | None = None) -> Keys | None:
    """The installation's keys: the given one, else the one in the folder; None where there is neither."""
    path = folder / "secret.key"
    if not given and not path.exists():
        return None
    try:
        return Keys(base64.b64decode(given, validate=True) if given else base64.b64decode(path.read_bytes()))
    except ValueError as error:
        raise Unavailable(N_("The secret key must be 32 bytes, in Base64.")) from error


def keep(folder: Path, keys: Keys) -> None:
    """Put a key into the folder (mode 0600), unless there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"secret.key.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(keys.secret))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: its key holds
        os.link(fresh, folder / "secret.key")
    fresh.unlink()


def load(folder: Path, given: str | None = None) -> Keys:
    """The installation's keys; where there are none yet, they are made."""
    if found := find(folder, given):
        return found
    keep(folder, Keys(os.urandom(32)))
    return load(folder)


def token() -> str:
    """A secret of 256 bits for a person to carry (cookie, link)."""
    return secrets.token_urlsafe(32)


def fingerprint(value: str) -> bytes:
    """What is stored of a token: enough to know it again, not to use it."""
    return hashlib.sha256(value.encode()).digest()

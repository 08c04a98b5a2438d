"""Secrets: the installation's key, sealed values at rest, signatures, and tokens that only their hash is kept of."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dragoman.kit.errors import N_, Unavailable


class Keys:
    """Keys derived from one 32-byte secret, a separate one for each purpose (HMAC-SHA-256 of the purpose).

    `former` are the secrets in use before: what they sealed or signed still opens and holds, nothing new is made with
    them.
    """

    def __init__(self, secret: bytes, former: Sequence[bytes] = ()) -> None:
        if any(len(one) != 32 for one in (secret, *former)):
            raise Unavailable(N_("The secret key must be 32 bytes, in Base64."))
        self.secret, self.former = secret, tuple(former)

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes that serves this purpose only."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")

    def derive_all(self, purpose: str) -> list[bytes]:
        """The key that serves this purpose now, and those that served it before."""
        return [hmac.digest(one, purpose.encode(), "sha256") for one in (self.secret, *self.former)]

    def seal(self, plain: str, *, context: str) -> str:
        """Encrypt a value to store; `context` (whose value it is) must be given again to open it."""
        nonce = os.urandom(12)
        sealed = AESGCM(self.derive("seal")).encrypt(nonce, plain.encode(), context.encode())
        return "v1." + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, context: str) -> str:
        """Decrypt; raises Unavailable when the installation's key is another one."""
        for key in self.derive_all("seal"):
            try:
                data = base64.urlsafe_b64decode(sealed.removeprefix("v1."))
                return AESGCM(key).decrypt(data[:12], data[12:], context.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise Unavailable(N_("A stored password can't be opened: the secret key has changed. Enter it anew."))

    def sign(self, purpose: str, message: str) -> str:
        """A URL-safe signature of 128 bits."""
        return _signature(self.derive(purpose), message)

    def verify(self, purpose: str, message: str, signature: str) -> bool:
        """Whether `sign` made this signature; takes the same time for every wrong one."""
        fits = [
            hmac.compare_digest(_signature(key, message).encode(), signature.encode())
            for key in self.derive_all(purpose)
        ]
        return any(fits)


def _signature(key: bytes, message: str) -> str:
    digest = hmac.digest(key, message.encode(), "sha256")[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def find(folder: Path, given: str | None = None) -> Keys | None:
    """The installation's keys: the given ones, else those in the folder; None where there are neither.

    Of several (separated by commas, or a line each) the first is in use, the others are former ones.
    """
    path = folder / "secret.key"
    if not given and not path.exists():
        return None
    texts = (given or path.read_text("ascii")).replace(",", "\n").split()
    try:
        first, *former = [base64.b64decode(text, validate=True) for text in texts]
    except ValueError as error:
        raise Unavailable(N_("The secret key must be 32 bytes, in Base64.")) from error
    return Keys(first, former)


def keep(folder: Path, keys: Keys) -> None:
    """Put keys into the folder (mode 0600), unless there are some."""
    fresh = _write(folder, keys)
    with contextlib.suppress(FileExistsError):  # another process was first: its key holds
        os.link(fresh, folder / "secret.key")
    fresh.unlink()


def replace(folder: Path, keys: Keys) -> None:
    """Put keys into the folder instead of those that are there."""
    _write(folder, keys).replace(folder / "secret.key")


def _write(folder: Path, keys: Keys) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"secret.key.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"\n".join(base64.b64encode(one) for one in (keys.secret, *keys.former)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return fresh


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

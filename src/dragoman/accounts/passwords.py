"""Password hashes (argon2id) and one-time codes (RFC 6238)."""

from __future__ import annotations

import secrets
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dragoman.kit.errors import N_

SHORTEST, LONGEST = 10, 256
STEP_SECONDS = 30

# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The stored form of a password."""
    return _hasher.hash(password)


def check_password(stored: str | None, password: str) -> bool:
    """Whether a password fits; takes as long for somebody who does not exist."""
    try:
        return _hasher.verify(stored or _nobody, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def fault(password: str, *, email: str, name: str) -> str | None:
    """Why a password is not good enough, as a message; None when it is."""
    if len(password) < SHORTEST:
        return N_("Use at least 10 characters; a sentence is easy to keep in mind.")
    if len(password) > LONGEST:
        return N_("Use at most 256 characters.")
    plain = password.casefold()
    if len(set(plain)) < 4 or plain in {email.casefold(), email.partition("@")[0].casefold() * 2, name.casefold()}:
        return N_("This is too easy to guess.")
    return None


def one_time_password() -> str:
    """A password to hand over once: 60 bits in four readable groups."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(3))


def new_totp_secret() -> str:
    """A fresh shared secret in Base32."""
    return pyotp.random_base32()


def totp_uri(secret: str, *, account: str, issuer: str) -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def check_totp(secret: str, code: str, *, now: datetime, last_step: int | None) -> int | None:
    """The 30-second step a code belongs to, or None. One step of drift is allowed; a used step is not."""
    totp = pyotp.TOTP(secret)
    digits = "".join(code.split())
    here = int(now.timestamp()) // STEP_SECONDS
    for step in (here, here - 1, here + 1):
        fits = pyotp.utils.strings_equal(totp.generate_otp(step), digits)
        if fits and (last_step is None or step > last_step):
            return step
    return None

"""Password hashes (argon2id), one-time codes (RFC 6238) and codes for the day the phone is lost."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dragoman.accounts.guesses import is_guessable
from dragoman.kit.errors import N_

SHORTEST, LONGEST = 10, 256
STEP_SECONDS = 30
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike

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


def fault(password: str, *, email: str, name: str, company: str = "") -> str | None:
    """Why a password is not good enough, as a message; None when it is."""
    if len(password) < SHORTEST:
        return N_("Use at least 10 characters; a sentence is easy to keep in mind.")
    if len(password) > LONGEST:
        return N_("Use at most 256 characters.")
    if len(set(password.casefold())) < 4 or is_guessable(password, email, name, company):
        return N_("This is among the first that would be guessed. Use a few words that do not belong together.")
    return None


def one_time_password() -> str:
    """A password to hand over once: 60 bits in four readable groups."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def recovery_codes(count: int = 10) -> list[str]:
    """Fresh codes of 49 bits each, in two readable groups."""
    return ["-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(count)]


def recovery_hash(key: bytes, person: str, code: str) -> bytes:
    """The stored form of a recovery code, keyed with the installation's secret: a stolen database alone holds nothing
    that could be tried out, which a plain hash of so short a code would."""
    plain = "".join(mark for mark in code.casefold() if mark.isalnum())
    return hmac.digest(key, f"{person}:{plain}".encode(), "sha256")


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

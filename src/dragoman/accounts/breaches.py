"""Whether a password is known from a break-in elsewhere, asked so that nobody learns the password (k-anonymity).

The service is told the first five of the forty hexadecimal digits of the SHA-1 and answers with all endings it knows,
padded so that the length of the answer says nothing (format: https://haveibeenpwned.com/API/v3#PwnedPasswords).
"""

from __future__ import annotations

import hashlib

from dragoman.kit.errors import N_, Invalid
from dragoman.platform import http, logs
from dragoman.platform.net import Unreachable

log = logs.get(__name__)
PATIENCE = 1.5
"""Seconds. A service that is slow or away never keeps anybody from choosing a password."""
LARGEST = 256 * 1024


async def times_seen(url: str, password: str, *, allow_private: bool) -> int:
    """How often a password stands in known break-ins; 0 also when the service can't be asked."""
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    try:
        answer = await http.request(
            "GET", url + digest[:5], headers={"Add-Padding": "true"}, timeout=PATIENCE, limit=LARGEST,
            allow_private=allow_private,
        )  # fmt: skip
    except Unreachable as error:
        log.warning("password check not reachable", detail=str(error))
        return 0
    if answer.status != 200:
        log.warning("password check refused", status=answer.status)
        return 0
    for line in answer.body.decode("ascii", "replace").splitlines():
        ending, _colon, count = line.strip().partition(":")
        if ending.upper() == digest[5:] and count.strip().isdigit():
            return int(count)
    return 0


async def check(url: str, password: str, *, allow_private: bool, field: str) -> None:
    """Raise Invalid beside `field` for a password known from a break-in; asks nobody where `url` is empty."""
    if url and password and await times_seen(url, password, allow_private=allow_private):
        raise Invalid(
            fields={field: N_("This password stands in lists stolen elsewhere, so it is tried first. Choose another.")}
        )

"""How a delivery proves where it comes from: HMAC-SHA-256 over the moment and the body, with the webhook's secret.

The header is `Dragoman-Signature: t=<unix seconds>,v1=<hex>[,v1=<hex>]`; each `v1` is
`HMAC-SHA-256(secret, "<t>." + body)`. While a secret is being changed there is one for the old and one for the new.
Receivers compare in constant time and refuse a moment more than five minutes away (replay).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

HEADER = "Dragoman-Signature"
TOLERANCE_SECONDS = 300


def sign(secrets: Sequence[str], body: bytes, at: datetime) -> str:
    """The header's value."""
    moment = int(at.timestamp())
    signatures = (hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256) for secret in secrets)
    return ",".join([f"t={moment}", *(f"v1={one.hexdigest()}" for one in signatures)])


def verify(secret: str, body: bytes, header: str, now: datetime) -> bool:
    """What a receiver does; here for tests and as the example for its author."""
    parts = [part.partition("=")[::2] for part in header.split(",")]
    moments = [value for name, value in parts if name == "t"]
    if len(moments) != 1 or not moments[0].isdecimal() or abs(now.timestamp() - int(moments[0])) > TOLERANCE_SECONDS:
        return False
    own = hmac.new(secret.encode(), f"{moments[0]}.".encode() + body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(own, value) for name, value in parts if name == "v1")

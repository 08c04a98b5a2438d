"""How much of a request is read, for pages and API alike."""

from __future__ import annotations

from starlette.types import Message, Receive, Scope

SMALL = 1_000_000
"""Bytes of a request's body where nothing is uploaded."""
LONGEST_ADDRESS = 8_000
"""Bytes of a request's path and query."""


class TooLarge(Exception):
    """A request body past its bound; seen by nobody but the edge that set it."""


def too_long(scope: Scope) -> bool:
    """Whether a request's address is longer than any of ours."""
    return len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > LONGEST_ADDRESS


def bounded(receive: Receive, limit: int) -> Receive:
    """`receive` that raises TooLarge once more than `limit` bytes have come, whatever the request claimed."""
    taken = 0

    async def receive_some() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise TooLarge
        return message

    return receive_some

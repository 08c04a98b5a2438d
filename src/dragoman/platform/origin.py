"""Where a deed comes from: through which door, and from which address. Set at the edge, read by the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """`via` is web, api, cli or desk (the desk by itself: a job, a mail that came in)."""

    via: str = "desk"
    address: str = ""
    browser: str = ""


DESK = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=DESK)


def current() -> Origin:
    """The origin of what is being done."""
    return _current.get()


@contextmanager
def use(origin: Origin) -> Iterator[None]:
    """Everything done in the block comes from there."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)

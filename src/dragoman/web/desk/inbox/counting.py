"""How many tickets the views hold, asked anew every few seconds at most, however many pages ask.

A shared view that speaks of nobody in particular holds the same for everybody, so one answer serves all pages of a
process; the rest is each reader's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.platform.db import Session
from dragoman.tickets.conditions.fields import ME
from dragoman.tickets.lists import Filter, count_all

FRESH = 3.0
KEPT = 20_000
_known: dict[tuple[UUID, UUID | None, Filter], tuple[float, int]] = {}


def speaks_of_me(chosen: Filter) -> bool:
    """Whether a list differs from reader to reader."""
    conditions = chosen.conditions
    return chosen.view in ("mine", "mentions", "overnight") or any(
        ME in one.values for one in (*conditions.all, *conditions.any)
    )


async def count(session: Session, actor: Actor, views: Mapping[str, Filter]) -> dict[str, int]:
    """The counts of some views; those known for less than `FRESH` seconds are not asked again."""
    now = monotonic()
    keys = {
        name: (actor.workspace_id, actor.person_id if speaks_of_me(chosen) else None, chosen)
        for name, chosen in views.items()
    }
    stale = {name: views[name] for name, key in keys.items() if key not in _known or now - _known[key][0] > FRESH}
    if stale:
        found = await count_all(session, actor, stale)
        if len(_known) > KEPT:
            _known.clear()
        _known.update({keys[name]: (now, number) for name, number in found.items()})
    return {name: _known[key][1] for name, key in keys.items()}


def forget() -> None:
    """Ask anew next time, whatever is known."""
    _known.clear()

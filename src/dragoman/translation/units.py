"""The memory as its keepers see it: bringing units in from files, taking them out, removing single ones."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import regex

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit.errors import N_, NotFound
from dragoman.kit.text import storable
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted
from dragoman.translation import guard, memory, queries
from dragoman.translation.models import MemoryUnit
from dragoman.translation.termbase import Brought
from dragoman.translation.tmx import Unit

BATCH = 500
_MARK = regex.compile(r"⟦\d+⟧")


async def bring(session: Session, actor: Permitted, units: Sequence[Unit], *, file: str) -> Brought:
    """Put the units of a file into the memory; what people here have corrected stays. Raises Forbidden."""
    actor.require("translation.manage")
    added = 0
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one in units:
        pairs.setdefault((one.source, one.target), []).append(_masked(one))
    for (source, target), said in pairs.items():
        for start in range(0, len(said), BATCH):
            added += await memory.keep(
                session, said[start : start + BATCH], source, target, person_id=actor.person_id, origin="import",
                over=False,
            )  # fmt: skip
    audit.record(session, actor, "memory.imported", file=file[:200], added=added)
    return Brought(added, len(units) - added)


def _masked(unit: Unit) -> tuple[str, str]:
    """Both texts with marks: the file's own placeholders, else what we find in them ourselves."""
    original, text = storable(unit.original), storable(unit.text)
    if _MARK.search(original) or "\n" in original:
        return original, text
    facts = guard.find_facts(original, (), (), unit.source, unit.target)
    answer = memory.mask_answer(text, facts)
    return (guard.mask(original, facts).text, answer) if answer is not None else (original, text)


async def get_unit(session: Session, actor: Permitted, unit_id: UUID) -> MemoryUnit:
    """A unit, for the memory's keepers. Raises NotFound, Forbidden."""
    actor.require("translation.manage")
    unit = await queries.load_unit(session, unit_id)
    if unit is None:
        raise NotFound(N_("There is no such unit."))
    return unit


async def remove(session: Session, actor: Permitted, unit_id: UUID) -> None:
    """Take a unit out of the memory; translations made with it stay. Raises NotFound, Forbidden."""
    unit = await get_unit(session, actor, unit_id)
    await session.delete(unit)
    audit.record(session, actor, "memory.removed", Subject("memory", unit.id))


def note_export(session: Session, actor: Permitted) -> None:
    """Note that the memory left as a file. Raises Forbidden."""
    actor.require("translation.manage")
    audit.record(session, actor, "memory.exported")


def unit_of(row: MemoryUnit) -> Unit:
    """A row as files carry it."""
    return Unit(row.source, row.target, row.original, row.text, row.at)

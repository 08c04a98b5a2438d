"""All SQL about translations, the memory, the term base and providers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from dragoman.kit import ids
from dragoman.kit.paging import Page, decode_as, encode
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace
from dragoman.translation import languages
from dragoman.translation.models import (
    Chain,
    MemoryKey,
    MemoryUnit,
    ProviderSetting,
    TermEntry,
    Translation,
    Usage,
)

PAGE_SIZE = 50
MOST_TERMS = 5_000
CANDIDATES = 60
_KEY = ("workspace_id", "hash", "source", "target")


async def list_workspaces(session: Session) -> list[UUID]:
    """Every workspace's id."""
    return list(await session.scalars(select(Workspace.id)))


async def list_translations(session: Session, hashes: Collection[bytes], target: str) -> list[Translation]:
    """What is known of some texts in a language, from whatever language they were."""
    found = select(Translation).where(Translation.hash.in_(hashes), Translation.target == target)
    return list(await session.scalars(found.order_by(Translation.at)))


async def load_wanted(session: Session, row_id: UUID) -> Translation | None:
    """A translation that is still to be made."""
    return await session.scalar(select(Translation).where(Translation.id == row_id, Translation.state == "wanted"))


async def want(session: Session, rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """Note what is to be translated, also what had failed; returns the rows' ids in the order of `rows`, without those
    that a person has corrected or that are done."""
    statement = insert(Translation).values([{"id": ids.new(), "state": "wanted", **one} for one in rows])
    fresh = {name: getattr(statement.excluded, name) for name in ("state", "at", "number", "spans", "message_id")}
    statement = statement.on_conflict_do_update(
        index_elements=_KEY, set_=fresh, where=(Translation.state != "done") & Translation.corrected_by_id.is_(None)
    )
    found = await session.execute(statement.returning(Translation.id, Translation.hash))
    by_hash: dict[bytes, UUID] = {row.hash: row.id for row in found}
    return [by_hash[one["hash"]] for one in rows if one["hash"] in by_hash]


async def put(session: Session, values: dict[str, Any], *, over: bool = False) -> None:
    """Keep a translation; a person's correction is only written over by another (`over`)."""
    statement = insert(Translation).values({"id": ids.new(), **values})
    fresh = {name: getattr(statement.excluded, name) for name in values if name not in _KEY}
    if values.get("message_id") is None:
        fresh.pop("message_id", None)
    where = None if over else Translation.corrected_by_id.is_(None)
    await session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=fresh, where=where))


async def prune(session: Session, before: datetime) -> None:
    """Drop what was tried in composers, and belongs to no message, before a moment."""
    stale = delete(Translation).where(Translation.message_id.is_(None), Translation.at < before)
    await session.execute(stale.where(Translation.corrected_by_id.is_(None)))


async def has_active(session: Session) -> bool:
    """Whether any provider is switched on."""
    return await session.scalar(select(ProviderSetting.id).where(ProviderSetting.active).limit(1)) is not None


async def list_providers(session: Session, *, active: bool = False) -> list[ProviderSetting]:
    """All providers, or those switched on, in their order."""
    found = select(ProviderSetting).order_by(ProviderSetting.position, ProviderSetting.created_at, ProviderSetting.id)
    return list(await session.scalars(found.where(ProviderSetting.active) if active else found))


async def load_provider(session: Session, provider_id: UUID, *, lock: bool = False) -> ProviderSetting | None:
    """A provider by its id."""
    return await session.get(
        ProviderSetting, (session.workspace_id, provider_id), with_for_update=lock or None, populate_existing=lock
    )


async def note_failure(
    session: Session, provider_id: UUID, *, at: datetime, until: datetime | None, problem: dict[str, Any], counts: bool
) -> None:
    """Note what went wrong with a provider; one that is to blame is left alone until then."""
    values: dict[str, Any] = {"problem": problem, "problem_at": at}
    if counts:
        values |= {"failures": ProviderSetting.failures + 1, "paused_until": until}
    await session.execute(update(ProviderSetting).where(ProviderSetting.id == provider_id).values(values))


async def note_success(session: Session, provider_id: UUID) -> None:
    """Forget what went wrong with a provider that has worked."""
    troubled = (ProviderSetting.failures > 0) | ProviderSetting.problem_at.is_not(None)
    await session.execute(
        update(ProviderSetting)
        .where(ProviderSetting.id == provider_id, troubled)
        .values(failures=0, paused_until=None, problem={}, problem_at=None)
    )


async def list_chains(session: Session) -> list[Chain]:
    """The pairs of languages with an order of their own."""
    return list(await session.scalars(select(Chain).order_by(Chain.source, Chain.target)))


async def find_chain(session: Session, source: str, target: str) -> Chain | None:
    """The order for a pair of languages: the one that names it most closely, the target first."""
    here, there = languages.widening(source), languages.widening(target)
    found = list(await session.scalars(select(Chain).where(Chain.source.in_(here), Chain.target.in_(there))))
    return min(found, key=lambda one: (there.index(one.target), here.index(one.source)), default=None)


async def put_chain(session: Session, source: str, target: str, steps: Sequence[UUID]) -> None:
    """Set the order of a pair; without steps it has none of its own."""
    await session.execute(delete(Chain).where(Chain.source == source, Chain.target == target))
    if steps:
        session.add(Chain(source=source, target=target, steps=[str(one) for one in steps]))
        await session.flush()


async def used(session: Session, month: date) -> dict[UUID, int]:
    """How many characters each provider was given in a month."""
    rows = await session.execute(select(Usage.provider_id, Usage.characters).where(Usage.month == month))
    return {row.provider_id: row.characters for row in rows}


async def list_usage(session: Session, since: date) -> list[Usage]:
    """What providers were given, month by month."""
    found = select(Usage).where(Usage.month >= since).order_by(Usage.month.desc(), Usage.provider_id)
    return list(await session.scalars(found))


async def count_use(
    session: Session, month: date, provider_id: UUID, *, characters: int, cost: Decimal, failed: bool
) -> None:
    """Add one call to what a provider was given."""
    statement = insert(Usage).values(
        id=ids.new(), month=month, provider_id=provider_id, characters=characters, calls=1, failures=int(failed),
        cost=cost,
    )  # fmt: skip
    more = {name: getattr(Usage, name) + getattr(statement.excluded, name)
            for name in ("characters", "calls", "failures", "cost")}  # fmt: skip
    keys = ("workspace_id", "month", "provider_id")
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=more))


async def find_units(session: Session, keys: Collection[bytes]) -> dict[bytes, MemoryUnit]:
    """The memory's units of some keys."""
    found = await session.scalars(select(MemoryUnit).where(MemoryUnit.key.in_(keys)))
    return {one.key: one for one in found}


async def list_alike(session: Session, keys: Sequence[int]) -> list[MemoryUnit]:
    """Units that share a band with a text: candidates for being alike, those that share more first."""
    shared = (
        select(MemoryKey.unit_id, func.count().label("many"))
        .where(MemoryKey.key.in_(keys))
        .group_by(MemoryKey.unit_id)
        .order_by(func.count().desc(), MemoryKey.unit_id)
        .limit(CANDIDATES)
        .subquery()
    )
    return list(await session.scalars(select(MemoryUnit).join(shared, shared.c.unit_id == MemoryUnit.id)))


async def put_units(
    session: Session, units: Sequence[dict[str, Any]], bands: Mapping[bytes, Sequence[int]], *, over: bool
) -> int:
    """Keep units; of a known key the text is renewed where `over`. Returns how many were written."""
    statement = insert(MemoryUnit).values([{"id": ids.new(), **one} for one in units])
    if over:
        fresh = {name: getattr(statement.excluded, name) for name in ("text", "original", "origin", "person_id", "at")}
        statement = statement.on_conflict_do_update(index_elements=("workspace_id", "key"), set_=fresh)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=("workspace_id", "key"))
    written = (await session.execute(statement.returning(MemoryUnit.id, MemoryUnit.key))).all()
    rows = [{"unit_id": row.id, "key": band} for row in written for band in set(bands[row.key])]
    if rows:
        await session.execute(insert(MemoryKey).values(rows).on_conflict_do_nothing())
    return len(written)


async def list_units(session: Session, *, text: str = "", after: str = "") -> Page[MemoryUnit]:
    """A page of the memory, newest first; `text` must stand in the original or the translation."""
    found = select(MemoryUnit).order_by(MemoryUnit.at.desc(), MemoryUnit.id.desc()).limit(PAGE_SIZE + 1)
    if text:
        found = found.where(
            MemoryUnit.original.icontains(text, autoescape=True) | MemoryUnit.text.icontains(text, autoescape=True)
        )
    if after:
        at, row_id = decode_as(after, datetime, UUID)
        found = found.where(tuple_(MemoryUnit.at, MemoryUnit.id) < tuple_(at, row_id))
    rows = list(await session.scalars(found))
    return _page(rows, lambda one: (one.at, one.id), PAGE_SIZE)


async def walk_units(session: Session, after: tuple[datetime, UUID] | None, size: int) -> list[MemoryUnit]:
    """The next units of the whole memory, oldest first."""
    found = select(MemoryUnit).order_by(MemoryUnit.at, MemoryUnit.id).limit(size)
    if after:
        found = found.where(tuple_(MemoryUnit.at, MemoryUnit.id) > tuple_(*after))
    return list(await session.scalars(found))


async def load_unit(session: Session, unit_id: UUID) -> MemoryUnit | None:
    """A unit of the memory by its id."""
    return await session.get(MemoryUnit, (session.workspace_id, unit_id))


async def count_units(session: Session, most: int) -> int:
    """How many units there are, counted to `most` at most."""
    return await session.scalar(select(func.count()).select_from(select(MemoryUnit.id).limit(most).subquery())) or 0


async def list_approved(session: Session, source: str, target: str) -> list[TermEntry]:
    """The approved terms that hold for a pair of languages; those that name it most closely last."""
    found = select(TermEntry).where(
        TermEntry.status == "approved",
        TermEntry.source.in_(languages.widening(source)),
        TermEntry.target.in_(languages.widening(target)),
    )
    return list(
        await session.scalars(
            found.order_by(func.length(TermEntry.target), func.length(TermEntry.source)).limit(MOST_TERMS)
        )
    )


async def list_terms(
    session: Session, *, status: str = "", text: str = "", source: str = "", target: str = "", after: str = "",
    size: int = PAGE_SIZE,
) -> Page[TermEntry]:  # fmt: skip
    """A page of the term base by term."""
    found = select(TermEntry).order_by(TermEntry.folded, TermEntry.id).limit(size + 1)
    if status:
        found = found.where(TermEntry.status == status)
    if source:
        found = found.where(TermEntry.source == source)
    if target:
        found = found.where(TermEntry.target == target)
    if text:
        found = found.where(
            or_(TermEntry.folded.icontains(text.lower(), autoescape=True),
                TermEntry.rendering.icontains(text, autoescape=True))
        )  # fmt: skip
    if after:
        folded, row_id = decode_as(after, str, UUID)
        found = found.where(tuple_(TermEntry.folded, TermEntry.id) > tuple_(folded, row_id))
    rows = list(await session.scalars(found))
    return _page(rows, lambda one: (one.folded, one.id), size)


async def walk_terms(session: Session, after: tuple[str, UUID] | None, size: int) -> list[TermEntry]:
    """The next terms of the whole term base."""
    found = select(TermEntry).order_by(TermEntry.folded, TermEntry.id).limit(size)
    if after:
        found = found.where(tuple_(TermEntry.folded, TermEntry.id) > tuple_(*after))
    return list(await session.scalars(found))


async def load_term(session: Session, term_id: UUID, *, lock: bool = False) -> TermEntry | None:
    """A term by its id."""
    return await session.get(
        TermEntry, (session.workspace_id, term_id), with_for_update=lock or None, populate_existing=lock
    )


async def find_term(session: Session, source: str, target: str, folded: str, status: str) -> TermEntry | None:
    """A term by what it is about."""
    return await session.scalar(
        select(TermEntry).where(
            TermEntry.source == source, TermEntry.target == target, TermEntry.folded == folded,
            TermEntry.status == status,
        )
    )  # fmt: skip


async def find_all_terms(
    session: Session, about: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str, str], TermEntry]:
    """Terms by what they are about (source, target, folded), with their status."""
    found = await session.scalars(
        select(TermEntry).where(tuple_(TermEntry.source, TermEntry.target, TermEntry.folded).in_(about))
    )
    return {(one.source, one.target, one.folded, one.status): one for one in found}


async def list_proposed(session: Session, *, but: UUID, limit: int) -> list[TermEntry]:
    """Terms that wait for a second person, without those that `but` proposed."""
    others = TermEntry.proposed_by_id.is_distinct_from(but)
    found = select(TermEntry).where(TermEntry.status == "proposed", others).order_by(TermEntry.id).limit(limit)
    return list(await session.scalars(found.with_for_update()))


async def forget_with(session: Session, term: str, target: str) -> None:
    """Drop what machines made of texts with a term, into the languages it is now decided for."""
    stale = delete(Translation).where(
        Translation.corrected_by_id.is_(None), Translation.original.icontains(term, autoescape=True)
    )
    if target:
        stale = stale.where((Translation.target == target) | Translation.target.startswith(f"{target}-"))
    await session.execute(stale)


async def forget_failed(session: Session) -> None:
    """Drop failed translations, so that they are tried anew when somebody looks."""
    await session.execute(delete(Translation).where(Translation.state == "failed"))


async def count_proposed(session: Session, most: int = 100) -> int:
    """How many terms wait for a second person, counted to `most` at most."""
    waiting = select(TermEntry.id).where(TermEntry.status == "proposed").limit(most).subquery()
    return await session.scalar(select(func.count()).select_from(waiting)) or 0


def _page(rows: list[Any], key: Any, size: int) -> Page[Any]:
    more = len(rows) > size
    kept = rows[:size]
    return Page(tuple(kept), encode(*key(kept[-1])) if more else None)

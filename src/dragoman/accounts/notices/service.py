"""Telling people what they should know, by the ways they have chosen; and that they have seen it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.notices import queries, wishes
from dragoman.accounts.notices.kinds import KINDS
from dragoman.accounts.notices.models import PersonNotice
from dragoman.kit import clock
from dragoman.kit.errors import N_, NotFound
from dragoman.platform import alarms, i18n
from dragoman.platform.db import Database, Session

ALARM = "notice.mail"
DIGEST = timedelta(minutes=10)
"""Nobody is mailed more often than once in this time; what is seen before is not mailed at all."""
KEPT = timedelta(days=90)


async def tell(
    session: Session, to: Iterable[UUID], kind: str, *, ticket: int | None = None, href: str = "", **data: Any
) -> None:
    """Put a notice before each of some people; their open pages hear of it at commit. Who has left hears nothing."""
    if kind not in KINDS:
        raise LookupError(f"no such kind of notice: {kind}")
    now = clock.now()
    await _put(
        session,
        [
            PersonNotice(person_id=person, kind=kind, ticket=ticket, href=href, data=data, at=now)
            for person in sorted(set(to))
        ],
    )


async def tell_each(session: Session, told: Sequence[tuple[UUID, str, int]]) -> None:
    """Put many notices, each (person, kind, ticket), before people at once."""
    now = clock.now()
    await _put(session, [PersonNotice(person_id=one, kind=kind, ticket=ticket, at=now) for one, kind, ticket in told])


async def _put(session: Session, told: Sequence[PersonNotice]) -> None:
    if not told:
        return
    settings = await queries.settings_of(session, {one.person_id for one in told})
    live: dict[UUID, bool] = {}
    mailed: set[UUID] = set()
    for one in told:
        ways = wishes.ways(settings[one.person_id], one.kind) if one.person_id in settings else frozenset()
        one.desk, one.mail = "desk" in ways, "mail" in ways
        if one.desk or one.mail:
            session.add(one)
        if one.desk:
            live[one.person_id] = live.get(one.person_id, False) or "desktop" in ways
        if one.mail:
            mailed.add(one.person_id)
    if live:
        facts = [{"to": str(person), "desktop": desktop} for person, desktop in sorted(live.items())]
        await session.notify_each("notice", facts)
    await alarms.put(session, ALARM, dict.fromkeys(mailed, mail_at(clock.now())))


def mail_at(now: datetime) -> datetime:
    """When what is told now is mailed: at the next full ten minutes, so that all of them make one mail."""
    step = DIGEST.total_seconds()
    return now + timedelta(seconds=step - now.timestamp() % step)


async def get_own(session: Session, actor: Actor, notice_id: UUID) -> PersonNotice:
    """One of one's own notices. Raises NotFound."""
    found = await queries.load(session, notice_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFound(N_("There is no such notice."))
    return found


async def see(session: Session, actor: Actor, notice_id: UUID) -> PersonNotice:
    """Mark one of one's notices as seen; one's other open pages count anew. Raises NotFound."""
    found = await get_own(session, actor, notice_id)
    if found.seen_at is None:
        found.seen_at = clock.now()
        await session.notify("notice", to=str(actor.person_id), desktop=False)
    return found


async def see_all(session: Session, actor: Actor, *, ticket: int | None = None) -> None:
    """Mark all of one's notices as seen, or those about one ticket."""
    if await queries.see(session, actor.person_id, clock.now(), ticket=ticket):
        await session.notify("notice", to=str(actor.person_id), desktop=False)


async def unsee(session: Session, actor: Actor, notice_id: UUID) -> None:
    """Put one of one's notices back among the unseen ones. Raises NotFound."""
    found = await get_own(session, actor, notice_id)
    found.seen_at = None
    await session.notify("notice", to=str(actor.person_id), desktop=False)


async def choose(session: Session, actor: Actor, chosen: Mapping[str, Any]) -> None:
    """Say by which ways each kind is to reach oneself."""
    person = await people.load_person(session, actor.person_id, lock=True)
    if person is None:
        raise NotFound
    person.settings = {**person.settings, wishes.SETTING: wishes.kept(chosen)}


def words(notice: PersonNotice) -> str:
    """What a notice says, in the reader's language. One whose facts are of an older release says what it is about."""
    kind = KINDS.get(notice.kind)
    if kind is None:
        return ""
    try:
        return i18n.gettext(kind.sentence, **{"ticket": notice.ticket or "", **notice.data})
    except (KeyError, IndexError):
        return i18n.gettext(kind.label)


def where(notice: PersonNotice) -> str:
    """The page a notice leads to."""
    return notice.href or (f"/tickets/{notice.ticket}" if notice.ticket else "/notices")


async def prune(db: Database) -> None:
    """Forget what is older than three months, in all workspaces."""
    async with db.work(None) as session:
        workspaces = [one.id for one in await people.list_workspaces(session)]
    for workspace_id in workspaces:
        async with db.work(workspace_id) as session:
            await queries.drop_old(session, clock.now() - KEPT)

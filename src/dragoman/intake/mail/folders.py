"""All SQL about fetching: leases, folders, and which UIDs are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from dragoman.channels.email.models import FetchedMail, Mailbox, MailFolder
from dragoman.intake.models import Envelope
from dragoman.kit import ids
from dragoman.platform.db import Session

__all__ = [
    "Session", "claim_due", "enter", "envelope_ids", "known_uids", "note_look", "remember", "renew_lease",
]  # fmt: skip


async def claim_due(session: Session, *, now: datetime, until: datetime) -> list[UUID]:
    """Take the IMAP mailboxes that are due; they are nobody else's until the lease ends."""
    due = (
        select(Mailbox.id)
        .where(
            Mailbox.active,
            Mailbox.inbound == "imap",
            or_(Mailbox.next_check_at.is_(None), Mailbox.next_check_at <= now),
        )
        .with_for_update(skip_locked=True)
    )
    statement = update(Mailbox).where(Mailbox.id.in_(due)).values(next_check_at=until).returning(Mailbox.id)
    return list(await session.scalars(statement.execution_options(synchronize_session=False)))


async def renew_lease(session: Session, mailbox_id: UUID, until: datetime) -> None:
    """Keep a mailbox that is being fetched from."""
    await session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(next_check_at=until))


async def enter(session: Session, mailbox_id: UUID, name: str, uidvalidity: int) -> UUID:
    """The folder at this UIDVALIDITY; with a new value the server has numbered its mails anew."""
    await session.execute(
        update(MailFolder)
        .where(MailFolder.mailbox_id == mailbox_id, MailFolder.name == name, MailFolder.uidvalidity != uidvalidity)
        .values(current=False)
    )
    statement = insert(MailFolder).values(
        id=ids.new(), mailbox_id=mailbox_id, name=name, uidvalidity=uidvalidity, on_server=0, fetched=0, current=True
    )
    statement = statement.on_conflict_do_update(
        index_elements=["workspace_id", "mailbox_id", "name", "uidvalidity"], set_={"current": True}
    )
    folder_id: UUID = (await session.execute(statement.returning(MailFolder.id))).scalar_one()
    return folder_id


async def known_uids(session: Session, folder_id: UUID) -> set[int]:
    """The UIDs of a folder that are stored."""
    return set(await session.scalars(select(FetchedMail.uid).where(FetchedMail.folder_id == folder_id)))


async def envelope_ids(session: Session, external_ids: Sequence[str]) -> dict[str, UUID]:
    """Mails that were stored before, by fingerprint."""
    if not external_ids:
        return {}
    rows = await session.execute(
        select(Envelope.external_id, Envelope.id).where(
            Envelope.channel == "email", Envelope.external_id.in_(external_ids)
        )
    )
    return dict(rows.all())


async def remember(session: Session, folder_id: UUID, stored: Mapping[int, UUID]) -> None:
    """Note that these UIDs are stored."""
    rows = [{"folder_id": folder_id, "uid": uid, "envelope_id": envelope} for uid, envelope in stored.items()]
    if rows:
        await session.execute(insert(FetchedMail).on_conflict_do_nothing(), rows)


async def note_look(session: Session, folder_id: UUID, *, on_server: int, fetched: int, now: datetime) -> None:
    """Note what a look at the server has shown, for the reconciliation counter."""
    await session.execute(
        update(MailFolder)
        .where(MailFolder.id == folder_id)
        .values(on_server=on_server, fetched=fetched, checked_at=now)
    )

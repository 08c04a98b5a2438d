"""All SQL about mailboxes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from dragoman.channels.email.models import MailAddress, Mailbox, MailFolder
from dragoman.platform.db import Session


async def list_mailboxes(session: Session) -> list[Mailbox]:
    """All mailboxes by address; a desk has dozens at most."""
    return list(await session.scalars(select(Mailbox).order_by(Mailbox.active.desc(), Mailbox.address)))


async def load(session: Session, mailbox_id: UUID) -> Mailbox | None:
    """A mailbox, to show or to change."""
    return await session.get(Mailbox, (session.workspace_id, mailbox_id))


async def find_by_address(session: Session, address: str) -> Mailbox | None:
    """A mailbox by its address in lower case."""
    found: Mailbox | None = await session.scalar(select(Mailbox).where(Mailbox.address == address))
    return found


async def find_routes(session: Session, addresses: Sequence[str]) -> dict[str, MailAddress]:
    """Which workspaces answer for these addresses (directory)."""
    rows = await session.scalars(select(MailAddress).where(MailAddress.address.in_(addresses)))
    return {row.address: row for row in rows}


async def set_route(session: Session, address: str, mailbox_id: UUID) -> bool:
    """Let this workspace answer for an address; False when another one does."""
    statement = insert(MailAddress).values(address=address, workspace_id=session.workspace_id, mailbox_id=mailbox_id)
    statement = statement.on_conflict_do_update(
        index_elements=["address"],
        set_={"mailbox_id": mailbox_id},
        where=MailAddress.workspace_id == session.workspace_id,
    )
    return (await session.execute(statement.returning(MailAddress.address))).first() is not None


async def drop_routes(session: Session, mailbox_id: UUID, *, besides: str = "") -> None:
    """Stop answering for a mailbox's former addresses."""
    await session.execute(
        delete(MailAddress).where(
            MailAddress.workspace_id == session.workspace_id,
            MailAddress.mailbox_id == mailbox_id,
            MailAddress.address != besides,
        )
    )


async def count(session: Session, mailbox_id: UUID, *, taken: int = 0, filed: int = 0, set_aside: int = 0) -> None:
    """Add to a mailbox's running totals, in the transaction that makes them true."""
    await session.execute(
        update(Mailbox)
        .where(Mailbox.id == mailbox_id)
        .values(
            taken_count=Mailbox.taken_count + taken,
            filed_count=Mailbox.filed_count + filed,
            set_aside_count=Mailbox.set_aside_count + set_aside,
        )
    )


async def reconciliation(session: Session) -> dict[UUID, tuple[int, int]]:
    """For each IMAP mailbox: mails on the server at the last look, and how many of these are stored here."""
    rows = await session.execute(
        select(MailFolder.mailbox_id, func.sum(MailFolder.on_server), func.sum(MailFolder.fetched))
        .where(MailFolder.current)
        .group_by(MailFolder.mailbox_id)
    )
    return {mailbox_id: (int(on_server), int(fetched)) for mailbox_id, on_server, fetched in rows}

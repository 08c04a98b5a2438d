"""Mailboxes, and what has been fetched from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import CURRENT_WORKSPACE, Base, Tenant
from dragoman.platform.tables import ref


class Mailbox(Tenant, Base):
    """An address the desk answers for, how its mail comes in, and how it goes out."""

    __tablename__ = "mailboxes"
    __table_args__ = (UniqueConstraint("workspace_id", "address"), ref("shops", "shop_id"))

    address: Mapped[str]
    from_name: Mapped[str] = mapped_column(default="")
    shop_id: Mapped[UUID | None]
    active: Mapped[bool] = mapped_column(default=True)

    inbound: Mapped[str] = mapped_column(default="forward")
    """`imap`: fetched from a server; `forward`: comes in through the built-in receiver."""
    imap_host: Mapped[str] = mapped_column(default="")
    imap_port: Mapped[int] = mapped_column(default=993)
    imap_security: Mapped[str] = mapped_column(default="tls")
    imap_user: Mapped[str] = mapped_column(default="")
    imap_password: Mapped[str] = mapped_column(default="")
    """Sealed."""
    imap_folders: Mapped[list[str]] = mapped_column(ARRAY(Text), default=lambda: ["INBOX"])

    smtp_host: Mapped[str] = mapped_column(default="")
    smtp_port: Mapped[int] = mapped_column(default=465)
    smtp_security: Mapped[str] = mapped_column(default="tls")
    smtp_user: Mapped[str] = mapped_column(default="")
    smtp_password: Mapped[str] = mapped_column(default="")
    """Sealed."""
    plus_addressing: Mapped[bool] = mapped_column(default=False)
    """The server takes name+tag@domain, so replies can carry the ticket's signed token there too."""

    checked_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    """A translatable sentence, which `error_values` fill."""
    error_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)

    taken_count: Mapped[int] = mapped_column(BigInteger, default=0)
    """Mails stored for this mailbox, by whatever way they came."""
    filed_count: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of these, those that stand in a ticket (or were recognised as a copy of one that does)."""
    set_aside_count: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of these, those that wait in quarantine or were dropped on purpose (loops, our own mail)."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class MailAddress(Base):
    """Which workspace answers for an address. Directory table: the receiver asks before any workspace is known."""

    __tablename__ = "mail_addresses"

    address: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    mailbox_id: Mapped[UUID]


class MailFolder(Tenant, Base):
    """A folder of an IMAP mailbox, at one value of UIDVALIDITY."""

    __tablename__ = "mail_folders"
    __table_args__ = (
        UniqueConstraint("workspace_id", "mailbox_id", "name", "uidvalidity"),
        ref("mailboxes", "mailbox_id", cascade=True),
    )

    mailbox_id: Mapped[UUID]
    name: Mapped[str]
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    on_server: Mapped[int] = mapped_column(default=0)
    """Mails in the folder at the last look."""
    fetched: Mapped[int] = mapped_column(default=0)
    """Of those on the server at the last look, how many are stored here."""
    current: Mapped[bool] = mapped_column(default=True)
    """False once the server has given the folder a new UIDVALIDITY."""
    checked_at: Mapped[datetime | None]


class FetchedMail(Base):
    """A mail of a folder that is stored here: the memory that never trusts flags."""

    __tablename__ = "fetched_mails"
    __table_args__ = (ref("mail_folders", "folder_id", cascade=True),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=CURRENT_WORKSPACE)
    folder_id: Mapped[UUID] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    envelope_id: Mapped[UUID]

"""Mailboxes, as far as other software should know: never how to sign in to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.api import answers
from dragoman.api.answers import Listed, Out
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me
from dragoman.channels.email import queries
from dragoman.channels.email.models import Mailbox
from dragoman.kit.errors import N_, NotFound
from dragoman.platform.i18n import gettext as _

router = APIRouter(route_class=Door, tags=["Mailboxes"])


class MailboxOut(Out):
    """An address the desk answers for."""

    id: UUID
    address: str
    from_name: str
    shop_id: UUID | None
    active: bool
    inbound: str = Field(description="`imap`: fetched; `forward`: forwarded to the desk.")
    checked_at: datetime | None = Field(description="When its server was last asked.")
    error: str = Field(description="What is wrong with it, in words; empty when all is well.")
    taken: int = Field(description="Mails that came in.")
    filed: int = Field(description="Of these, those that stand in a ticket.")
    set_aside: int = Field(description="Of these, those that wait for a decision or were dropped on purpose.")
    created_at: datetime


def shown(box: Mailbox) -> MailboxOut:
    """A mailbox as the API gives it."""
    error = _(box.error, **box.error_values) if box.error else ""
    return MailboxOut(
        id=box.id, address=box.address, from_name=box.from_name, shop_id=box.shop_id, active=box.active,
        inbound=box.inbound, checked_at=box.checked_at, error=error, taken=box.taken_count, filed=box.filed_count,
        set_aside=box.set_aside_count, created_at=box.created_at,
    )  # fmt: skip


@router.get("/mailboxes", summary="List mailboxes", response_model=Listed[MailboxOut], **needs("settings:read"))
async def list_mailboxes(me: Me) -> Response:
    """All mailboxes, those in use first. The list comes whole: a desk has dozens at most."""
    me.actor.require("mailbox.manage")
    return answers.page(me, [shown(one) for one in await queries.list_mailboxes(me.session)])


@router.get("/mailboxes/{mailbox_id}", summary="Read a mailbox", response_model=MailboxOut, **needs("settings:read"))
async def read_mailbox(me: Me, mailbox_id: UUID) -> Response:
    """One mailbox."""
    me.actor.require("mailbox.manage")
    box = await queries.load(me.session, mailbox_id)
    if box is None:
        raise NotFound(N_("There is no such mailbox."))
    return answers.one(me, shown(box))

"""What a new workspace has done already, in one statement of bounded look-ups."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, select

from dragoman.accounts.models import Invitation, Person
from dragoman.accounts.teams.models import TeamMember
from dragoman.audit.models import AuditEntry
from dragoman.channels.email.models import Mailbox
from dragoman.commerce.models import Shop
from dragoman.platform.db import Session
from dragoman.replies.macros.models import Macro
from dragoman.sla.models import WorkCalendar
from dragoman.tickets.views.models import View


def _two() -> ColumnElement[bool]:
    """Whether at least two people work here."""
    some = select(Person.id).where(Person.active).limit(2).subquery()
    return select(func.count() > 1).select_from(some).scalar_subquery()


async def steps_done(session: Session) -> dict[str, bool]:
    """Which first steps are done, by their names; what somebody's settings say is not asked here."""
    looked: ColumnElement[bool] = exists().where(AuditEntry.area.in_(("calendar", "policy")))
    asked: dict[str, ColumnElement[bool]] = {
        "mailbox": exists().where(Mailbox.active),
        "shop": exists().where(Shop.active),
        "people": _two() | exists().where(Invitation.revoked_at.is_(None)),
        "teams": exists().where(TeamMember.person_id.is_not(None)),
        "clocks": looked | exists().where(WorkCalendar.market != ""),
        "macro": exists().where(Macro.active),
        "view": exists().where(View.id.is_not(None)),
    }
    row = (await session.execute(select(*(one.label(name) for name, one in asked.items())))).one()
    return {name: bool(value) for name, value in zip(asked, row, strict=True)}

"""Teams and their members."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Team(Tenant, Base):
    """A queue and the people who work on it."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)

    key: Mapped[str]
    """Names a shipped team (accounts/teams/defaults); for the workspace's own its id in hex."""
    name: Mapped[str] = mapped_column(default="")
    """What the workspace calls it; empty: the shipped name of its key."""
    purpose: Mapped[str] = mapped_column(default="")
    """The kind of ticket that it is for (`tickets.models.KINDS`), empty: any."""
    tier: Mapped[int] = mapped_column(SmallInteger, default=1)
    timezone: Mapped[str] = mapped_column(default="")
    """Empty: the workspace's."""
    calendar_id: Mapped[UUID | None]
    """Its working hours (sla.calendars); None: the workspace's."""
    strategy: Mapped[str] = mapped_column(default="manual")
    """How its tickets find somebody: manual, round_robin, least_load or score."""
    active: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TeamMember(Tenant, Base):
    """Somebody of a team; a lead is told what runs late and may be called upon."""

    __tablename__ = "team_members"
    __table_args__ = (
        UniqueConstraint("workspace_id", "team_id", "person_id", name="uq_team_members_team"),
        UniqueConstraint("workspace_id", "person_id", "team_id", name="uq_team_members_person"),
        ref("teams", "team_id", cascade=True),
        ref("people", "person_id", cascade=True),
    )

    team_id: Mapped[UUID]
    person_id: Mapped[UUID]
    lead: Mapped[bool] = mapped_column(default=False)
    given_at: Mapped[datetime | None]
    """When one of the team's tickets was given to them last, for taking turns."""

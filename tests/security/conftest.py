"""Attackers use the same browsers as everybody."""

from __future__ import annotations

from tests.web.conftest import admin, agent, anybody, app, ticket, trainer

__all__ = ["admin", "agent", "anybody", "app", "ticket", "trainer"]

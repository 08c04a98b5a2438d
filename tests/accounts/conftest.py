"""Whoever signs in uses the same browsers as everybody."""

from __future__ import annotations

from tests.web.conftest import admin, agent, anybody, app

__all__ = ["admin", "agent", "anybody", "app"]

"""Whoever looks after clocks uses the same browsers as everybody."""

from __future__ import annotations

from tests.api.conftest import api
from tests.web.conftest import admin, agent, app

__all__ = ["admin", "agent", "api", "app"]

"""Browsers for the pages of imports."""

from tests.web.conftest import admin, agent, anybody, app

__all__ = ["admin", "agent", "anybody", "app"]

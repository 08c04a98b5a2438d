"""Calendars, clocks, policies."""

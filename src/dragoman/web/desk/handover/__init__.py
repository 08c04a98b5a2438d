"""Shift hand-over, and who is available."""

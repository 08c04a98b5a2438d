"""Presence: who is there, how much they take at once, when they are out of office and who stands in."""

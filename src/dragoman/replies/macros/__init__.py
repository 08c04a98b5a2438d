"""Macros: a text with variables and a set of changes, at one keystroke."""

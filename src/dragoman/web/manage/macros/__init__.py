"""Macros: making and changing them."""

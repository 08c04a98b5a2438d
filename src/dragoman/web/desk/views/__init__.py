"""Saved views: making and changing them."""

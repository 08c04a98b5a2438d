"""Telling other software what happened, signed and until it has heard."""

"""Webhooks: what other software hears, and what became of each delivery."""

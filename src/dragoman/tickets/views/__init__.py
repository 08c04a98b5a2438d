"""Saved views: lists that people come back to."""

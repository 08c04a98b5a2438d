"""Promises: noted, kept, renewed, broken; lists and the kept rate."""

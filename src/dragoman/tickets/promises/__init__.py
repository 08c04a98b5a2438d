"""Promises: what was said to a customer with a time to it, and whether it was kept."""

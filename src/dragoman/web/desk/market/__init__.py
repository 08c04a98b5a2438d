"""Beside a ticket: what to know of the customer’s market."""

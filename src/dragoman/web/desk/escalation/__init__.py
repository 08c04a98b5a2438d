"""Handing a ticket to the next line, and back."""

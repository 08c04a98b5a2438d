"""Tickets and all that is said and done in them; the only writer of these tables."""

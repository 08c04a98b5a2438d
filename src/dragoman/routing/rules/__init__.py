"""Rules: when something happens, if a ticket is so, then this is done."""

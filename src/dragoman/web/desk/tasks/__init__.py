"""Questions: asking about a ticket, forwarding it, and the small view of departments."""

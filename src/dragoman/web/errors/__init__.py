"""Pages for what went wrong."""

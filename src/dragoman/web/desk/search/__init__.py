"""Search through every thread."""

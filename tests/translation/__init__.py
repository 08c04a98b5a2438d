"""Two tongues, one thread."""

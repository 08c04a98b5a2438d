"""Pages of the desk: what the people who answer customers work in."""

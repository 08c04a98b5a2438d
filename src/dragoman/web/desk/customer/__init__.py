"""One customer: what the desk knows, and everything they wrote."""

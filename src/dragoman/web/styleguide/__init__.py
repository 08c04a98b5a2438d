"""The living page of tokens and components (development only)."""

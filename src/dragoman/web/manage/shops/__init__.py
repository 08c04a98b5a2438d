"""The shops customers write to."""

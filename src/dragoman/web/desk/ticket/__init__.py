"""One ticket: its thread, its composer, and what is true about its customer."""

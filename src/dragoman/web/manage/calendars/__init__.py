"""When the desk works."""

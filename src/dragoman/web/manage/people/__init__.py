"""People of the desk and their roles."""

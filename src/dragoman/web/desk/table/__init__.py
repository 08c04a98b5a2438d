"""The list as a table, and out of the desk as a file."""

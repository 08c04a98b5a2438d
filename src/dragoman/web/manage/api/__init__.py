"""Access tokens for other software, and a page to try the API."""

"""One's own signatures, by shop and language."""

"""Who translates, the term base, and the translation memory."""

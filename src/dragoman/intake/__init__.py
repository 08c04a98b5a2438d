"""The raw envelope, stored once before anything reads it, and where in the desk it belongs."""

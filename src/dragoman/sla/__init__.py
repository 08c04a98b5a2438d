"""When the desk works, by when it owes what, and what happens when time runs out."""

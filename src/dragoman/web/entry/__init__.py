"""Ways in: sign-in and the first set-up."""

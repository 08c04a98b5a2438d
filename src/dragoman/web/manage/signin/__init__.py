"""How people sign in: the company's own sign-in."""

"""One's own profile: language, looks, password, second factor."""

"""Pages for leads and admins, and each person's own profile."""

"""Roles: what each kind of person may do."""

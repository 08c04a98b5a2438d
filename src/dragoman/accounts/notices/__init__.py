"""Notices: what a person should know, wherever in the desk they are."""

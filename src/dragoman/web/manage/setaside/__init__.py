"""Mails set aside: those that could not be read."""

"""Mailboxes: where mail comes in and goes out."""

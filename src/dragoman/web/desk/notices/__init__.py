"""Notices: the bell, the page behind it, and how one wishes to be told."""

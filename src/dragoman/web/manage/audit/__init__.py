"""The audit log: who did what, and whether the log is whole."""

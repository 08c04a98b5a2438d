"""Taking everything out into one file, and bringing it back: docs/backup.md tells the format and its promises."""

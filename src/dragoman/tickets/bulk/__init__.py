"""The same changes for many tickets at once, to be taken back at once."""

"""Looking after the installation: what is looked at, what is wrong with it, and what to do. Nothing here changes
anything."""

"""Understanding what customers write. Pure readers, batches first; no room below knows of tickets."""

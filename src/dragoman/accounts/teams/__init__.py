"""Teams: who works together, and the queue that they work on."""

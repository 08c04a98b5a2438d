"""Teams: queues and who works on them."""

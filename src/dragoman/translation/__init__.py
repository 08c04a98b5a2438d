"""Two tongues, one thread: providers and their order, what must survive, the memory, the term base."""

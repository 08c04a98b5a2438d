"""How customers' words are read, and what the desk was taught."""

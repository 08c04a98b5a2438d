"""Markets: what differs by country, where it is from, and what the workspace says of it."""

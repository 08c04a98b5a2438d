"""Mail at the door: received, fetched, stored."""

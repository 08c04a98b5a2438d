"""What differs by country, as data with its sources, and pure readers of it."""

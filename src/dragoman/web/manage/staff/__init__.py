"""What people are good for, how much they take, and when they are out of office."""

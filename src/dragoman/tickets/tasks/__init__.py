"""Tasks: questions about a ticket to a department, a colleague or somebody outside, and their answers."""

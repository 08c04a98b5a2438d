"""What an agent is writing: drafts, and turning them into messages."""

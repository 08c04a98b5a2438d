"""What is owed to whom, and what the desk answers by itself."""

"""Who comes next: a message's way through the rooms can be read here."""

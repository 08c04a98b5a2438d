"""The inbox: which matter comes next."""

"""The mail programs, relays and machines that the demo's senders write with."""

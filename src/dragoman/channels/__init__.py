"""The ways a customer's words come in and go out, a folder each."""

"""The demo workspace: an invented seller, its people and customers, and five weeks of their mail."""

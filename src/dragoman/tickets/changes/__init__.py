"""The one list of what macros, bulk actions, rules and clocks can do to a ticket."""

"""Moving in from another desk: tickets, messages, customers and what else it had."""

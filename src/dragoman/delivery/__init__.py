"""What leaves the desk: outbox, attempts, receipts, bounces."""

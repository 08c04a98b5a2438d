"""Messages that change their ticket: merging two into one, splitting one in two; both can be taken back."""

"""Moving in from another desk."""

"""The buyers: one person behind many addresses."""

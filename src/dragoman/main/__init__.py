"""The only place that builds things and starts them."""

"""The one language in which views, policies and rules say which tickets they mean."""

"""The public REST API, version 1: a file a resource."""

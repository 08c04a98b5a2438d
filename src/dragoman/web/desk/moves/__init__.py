"""Merging and splitting tickets."""

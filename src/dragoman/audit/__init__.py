"""Who did what, when and from where: added to, never changed."""

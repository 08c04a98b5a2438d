"""What holds for the whole desk."""

"""Small pure tools of the house: they import nothing of ours."""

"""What runs late: for whoever leads, at a glance."""

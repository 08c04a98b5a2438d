"""Departments: who beside the desk is asked, and by when they answer."""

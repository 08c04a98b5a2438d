"""Departments: who beside the desk is asked."""

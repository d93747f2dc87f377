"""Scenarios changed, compared and written out."""

"""Forecasts with a date that nobody can change, and their scores against later figures."""

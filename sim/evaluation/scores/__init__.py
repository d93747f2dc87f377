"""Proper scores and what belongs to them: arrays in, numbers out."""

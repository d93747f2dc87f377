"""Scenarios beside one another on the same luck: what differs in the outcome, with intervals of paired counts."""

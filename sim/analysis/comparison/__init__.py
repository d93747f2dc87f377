"""Scenarios compared on common random numbers: what differs in the outcome, with intervals of paired counts."""

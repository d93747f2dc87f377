"""Distributions a scenario can name, their quantile tables, and the draws of a block."""

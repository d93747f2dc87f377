"""Forecasts of the past with what was known then, against simple baselines."""

"""Forecasts of the past with what was known then, beside simple baselines."""

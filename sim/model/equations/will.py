"""Equation 4: political will u (log-odds): its drift, and what a new government does to it."""

from __future__ import annotations

from sim.numerics.arrays import Array, Value


def drift(
    will: Array, mean_will: Value, noise: Value, peer_pct: Value, share_pct: Value, *, reversion: Value, peer: Value
) -> Array:
    """u a year on: back toward its mean, moved by noise and by the distance to what the peers spend.

    `peer_pct` is the GDP-weighted average share of the other European allies and Canada in the last year. The sign of
    `peer` is disputed: below 0 allies lean on each other, above 0 they follow.
    """
    later: Array = will + reversion * (mean_will - will) + noise + peer * (peer_pct - share_pct)
    return later


def peer_average(outlays_sum: Value, gdp_sum: Value, outlays_own: Value, gdp_own: Value) -> Value:
    """The GDP-weighted average share of a group without one member, % of GDP."""
    return (outlays_sum - outlays_own) / (gdp_sum - gdp_own)


def after_change(will: Array, jump: Value) -> Array:
    """u under a new government."""
    changed: Array = will + jump
    return changed

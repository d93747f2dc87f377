"""Equation 9: the security-related pillar (1.5 %). An assumption throughout: NATO publishes no ally's figure."""

from __future__ import annotations

from sim.numerics.arrays import Array, Value, at_most, positive


def next_related(related_pct: Array, inclined: Array, noise: Value, *, speed: Value, scale_pct: Value) -> Array:
    """q a year on, % of GDP: toward what will and urgency make of it, by `inclined`, link(u + A); never below 0."""
    aim = scale_pct * inclined
    later: Array = positive(related_pct + speed * (aim - related_pct) + noise)
    return later


def counted(related_pct: Array, *, cap_pct: Value) -> Array:
    """The part of q that counts toward the total, % of GDP."""
    counting: Array = at_most(related_pct, cap_pct)
    return counting

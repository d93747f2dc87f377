"""Equation 9: the security-related pillar (1.5 %). An assumption throughout: NATO publishes no ally's figure."""

from __future__ import annotations

import numpy as np

from sim.model.links import Array, Value, link


def next_related(
    related_pct: Array, will: Array, urgency: Array, noise: Value, *, speed: Value, scale_pct: Value
) -> Array:
    """q a year on, % of GDP: toward what will and urgency make of it; never below 0."""
    aim = scale_pct * link(will + urgency)
    later: Array = np.maximum(related_pct + speed * (aim - related_pct) + noise, 0)
    return later


def counted(related_pct: Array, *, cap_pct: Value) -> Array:
    """The part of q that counts toward the total, % of GDP."""
    counting: Array = np.minimum(related_pct, cap_pct)
    return counting

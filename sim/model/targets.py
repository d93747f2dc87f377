"""Which target an ally steers by: of those on it, the one with the largest wanted step."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.model.links import Array, Value
from sim.model.world import AllyState, Target


def wanted_step(share_pct: Array, target_pct: Value, due: Value, commitment: Value, year: int) -> Array:
    """The yearly step a target asks for in the budget of `year`, percentage points: c (T - s) / years left."""
    left: Array = np.maximum(np.asarray(due, dtype=np.float32) - (year - 1), 1)
    step: Array = commitment * (target_pct - share_pct) / left
    return step


def least(one: Value, other: float) -> Value:
    """The smaller of two; a number stays a number, so that it never widens an array to float64."""
    return np.minimum(one, np.float32(other)) if isinstance(one, np.ndarray) else min(one, other)


def followed(ally: AllyState, alliance: Iterable[Target], binding: float, year: int) -> tuple[Value, Value, Value]:
    """Share (% of GDP), due year and commitment of the target an ally follows in the budget of `year`.

    `alliance` holds the core targets on the ally, `binding` the most it feels bound by one of them. An opt-out wins
    over every other target on the paths where it still holds. Numbers where all paths agree, else arrays (paths,).
    """
    candidates = [
        (target.share_pct, target.by, least(target.commitment, binding), None, False) for target in alliance
    ] + [(own.share_pct, own.by, own.commitment, own.holds, own.opt_out) for own in ally.pledges]
    # A commitment of 0 makes a yardstick, not a target: it holds nobody.
    candidates = [c for c in candidates if isinstance(c[2], np.ndarray) or c[2] > 0]
    if not candidates:
        return 0.0, 9999.0, 0.0
    if len(candidates) == 1 and candidates[0][3] is None and not isinstance(candidates[0][2], np.ndarray):
        return candidates[0][:3]
    best = np.full(ally.size, -np.inf, dtype=np.float32)
    chosen: list[Value] = [0.0, 9999.0, 0.0]
    for share_pct, due, commitment, holds, opt_out in candidates:
        step = wanted_step(ally.share_pct, share_pct, due, commitment, year)
        if opt_out:  # the later of two wins
            step = np.full(ally.size, np.inf, dtype=np.float32)
        in_force = np.broadcast_to(np.asarray(commitment, dtype=np.float32) > 0, (ally.size,))
        step = np.where(in_force if holds is None else in_force & holds, step, np.float32(-np.inf))
        better = (step > best) | ((step == best) & (step == np.inf))
        best = np.where(better, step, best)
        chosen = [
            np.where(better, np.asarray(new, dtype=np.float32), np.asarray(old, dtype=np.float32))
            for new, old in zip((share_pct, due, commitment), chosen, strict=True)
        ]
    return chosen[0], chosen[1], chosen[2]

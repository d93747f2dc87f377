"""Which target an ally steers by: the one that asks for the largest step, unless it has opted out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sim.distributions.draws import Mask
from sim.model.state import AllyState, TargetInForce
from sim.numerics.arrays import Array, Value, select


class Followed(NamedTuple):
    """A target as an ally follows it: numbers where all paths agree, else arrays (paths,)."""

    share_pct: Value  # % of GDP
    due: Value  # year
    commitment: Value  # 0 to 1


class Candidate(NamedTuple):
    """A target an ally may follow."""

    share_pct: Value
    due: Value
    commitment: Value
    holds: Mask | None = None  # None: on every path
    opt_out: bool = False


def years_left(due: Value, year: int) -> Array:
    """Budgets left to the due year, that of `year` included; at least 1."""
    left: Array = np.maximum(np.asarray(due, dtype=np.float32) - (year - 1), 1)
    return left


def wanted_step(share_pct: Array, target_pct: Value, due: Value, commitment: Value, year: int) -> Array:
    """The yearly step a target asks for in the budget of `year`, percentage points: c (T - s) / years left."""
    bound: Array = commitment * (target_pct - share_pct)
    step: Array = bound / years_left(due, year)
    return step


def least(one: Value, other: float) -> Value:
    """The smaller of two; a number stays a number, so that it never widens an array to float64."""
    return np.minimum(one, np.float32(other)) if isinstance(one, np.ndarray) else min(one, other)


def followed(ally: AllyState, alliance: Iterable[TargetInForce], binding: float, year: int) -> Followed:
    """The target an ally follows in the budget of `year`.

    `alliance` holds the core targets on the ally, `binding` the most it feels bound by one of them. An opt-out wins
    over every other target on the paths where it still holds. Numbers where all paths agree, else arrays (paths,).
    """
    candidates = [Candidate(t.share_pct, t.by, least(t.commitment, binding)) for t in alliance]
    candidates += [Candidate(p.share_pct, p.by, p.commitment, p.holds, p.opt_out) for p in ally.pledges]
    # A commitment of 0 makes a yardstick, not a target: it holds nobody.
    candidates = [c for c in candidates if isinstance(c.commitment, np.ndarray) or c.commitment > 0]
    if not candidates:
        return Followed(0.0, 9999.0, 0.0)
    only = candidates[0]
    if len(candidates) == 1 and only.holds is None and not isinstance(only.commitment, np.ndarray):
        return Followed(only.share_pct, only.due, only.commitment)
    # below every step, for a step may be a cut: who stands above all its targets follows one nevertheless
    best = np.full(ally.size, -np.inf, dtype=np.float32)
    chosen = Followed(0.0, 9999.0, 0.0)
    for candidate in candidates:
        better, best = _better(candidate, ally, year, best)
        if better.all():
            chosen = Followed(*candidate[:3])
        elif better.any():
            chosen = Followed(*(_where(better, *both) for both in zip(candidate[:3], chosen, strict=True)))
    return chosen


def _where(better: Mask, new: Value, old: Value) -> Value:
    """The new value where it is better; still a number where both are the same one."""
    if not isinstance(new, np.ndarray) and not isinstance(old, np.ndarray) and new == old:
        return old
    return select(better, new, old)


def _better(candidate: Candidate, ally: AllyState, year: int, best: Array) -> tuple[Mask, Array]:
    """Where a candidate asks for more than the best so far, and the best with it; of two opt-outs the later wins."""
    holds = candidate.holds
    if isinstance(candidate.commitment, np.ndarray):  # of a target of the alliance: these hold on every path
        holds = candidate.commitment > 0
    if candidate.opt_out:
        assert holds is not None
        # infinite, so that no step beats it; the next opt-out does, for it is not compared
        return holds, select(holds, np.inf, best)
    step = wanted_step(ally.share_pct, candidate.share_pct, candidate.due, candidate.commitment, year)
    better: Mask = step > best if holds is None else (step > best) & holds
    return better, np.maximum(step, best) if holds is None else select(better, step, best)

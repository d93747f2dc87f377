"""Which target an ally steers by: the one that binds it to the highest share, unless it has opted out."""

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


NOBODY = Followed(0.0, 9999.0, 0.0)
"""Where there is nothing to follow."""

Where = Mask | np.bool_ | bool
"""On which paths: a mask, or a number where all agree."""


def years_left(due: Value, year: int) -> Array:
    """Budgets left to the due year, that of `year` included; at least 1."""
    left: Array = np.maximum(np.asarray(due, dtype=np.float32) - (year - 1), 1)
    return left


def bound_pct(target: Followed) -> Value:
    """The share that a target binds to, % of GDP: c T, in single precision also where both are numbers."""
    bound: Value = np.multiply(target.commitment, target.share_pct, dtype=np.float32)
    return bound


def least(one: Value, other: float) -> Value:
    """The smaller of two; a number stays a number, so that it never widens an array to float64."""
    return np.minimum(one, np.float32(other)) if isinstance(one, np.ndarray) else min(one, other)


def followed(ally: AllyState, alliance: Iterable[TargetInForce], binding: float) -> Followed:
    """The target an ally follows: the one that binds to the highest share, of equal ones the one due first.

    `alliance` holds the core targets on the ally, by name, `binding` the most it feels bound by one of them. An opt-out
    wins over every other target on the paths where it still holds, the later of two over the former. Numbers where all
    paths agree, else arrays (paths,).
    """
    chosen = NOBODY
    for target in alliance:
        offered = Followed(target.share_pct, target.by, least(target.commitment, binding))
        # A commitment of 0 makes a yardstick, not a target: it holds nobody.
        chosen = _taken(offered, (offered.commitment > 0) & _before(offered, chosen), chosen)
    own = [(Followed(p.share_pct, p.by, p.commitment), p) for p in ally.pledges if p.commitment > 0]
    for offered, pledge in own:
        if not pledge.opt_out:
            chosen = _taken(offered, pledge.holds & _before(offered, chosen), chosen)
    for offered, pledge in own:
        if pledge.opt_out:
            chosen = _taken(offered, pledge.holds, chosen)
    return chosen


def _before(one: Followed, other: Followed) -> Where:
    """Where a target goes before another that was named first."""
    if other is NOBODY:
        return True
    mine, its = bound_pct(one), bound_pct(other)
    return (mine > its) | ((mine == its) & (one.due < other.due))


def _taken(offered: Followed, where: Where, former: Followed) -> Followed:
    """The target offered on the paths where it is taken, elsewhere the former one."""
    if not isinstance(where, np.ndarray):
        return offered if where else former
    if where.all():
        return offered
    if not where.any():
        return former
    return Followed(*(_where(where, *both) for both in zip(offered, former, strict=True)))


def _where(taken: Mask, new: Value, old: Value) -> Value:
    """The new value where it is taken; still a number where both are the same one."""
    if not isinstance(new, np.ndarray) and not isinstance(old, np.ndarray) and new == old:
        return old
    return select(taken, new, old)

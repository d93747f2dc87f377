"""Simple forecasts of the shares, for the model to be measured against.

A baseline knows the shares up to the origin and the target then in force, and nothing else. Its draws are addressed
like the model's: stream `rival/<name>` (an address keeps its name), ally its ISO numeric code (0 where all allies share
the draw), period 100 * origin + horizon. No order of allies, number of horizons, number of members or other baseline
moves a draw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Draws
from sim.distributions.families import Normal
from sim.distributions.quantile_tables import table_of
from sim.evaluation.backtest.baseline_fits import fit_adjustment, fit_moving_average

Floats = NDArray[np.float64]
Ensemble = NDArray[np.float32]
"""Shares, % of GDP, float32 (ally, horizon, members); horizons 1, 2, ... years after the origin."""

FLOOR_PCT = 0.2
"""No forecast is below this share, % of GDP."""

YEARLY_PCT = 0.17
"""Standard deviation of a year's change where a baseline does not estimate it, percentage points."""

DRIFT_YEARS = 4
"""A drift is measured over so many years, or as many as there are."""

TARGETS = ((2006, 2.0, None), (2014, 2.0, 2024), (2025, 3.5, 2035))
"""Core targets as agreed: from that year on, % of GDP, due by; the Riga and Wales pledges and the Hague summit."""

STANDING_YEARS = 10
"""A target without a date, such as that of Riga, is as far off in every year as the one of Wales was when agreed."""

NO_TARGET = (0.0, 9999)
"""Where nothing is agreed, as the model has it (`sim.model.equations.targets.NOBODY`)."""


def target_in_force(year: int) -> tuple[float, int]:
    """The core target at the end of a year, % of GDP, and the year it was due by; `NO_TARGET` before the first."""
    agreed = [(target_pct, due or year + STANDING_YEARS) for since, target_pct, due in TARGETS if since <= year]
    return agreed[-1] if agreed else NO_TARGET


@dataclass(frozen=True, eq=False)
class Past:
    """What was known at the origin: the last of `years`."""

    codes: tuple[int, ...]
    """ISO numeric codes of the allies."""
    years: range
    shares_pct: Floats
    """Core outlays, % of GDP, as printed, (ally, year)."""
    target_pct: float
    """The core target in force at the origin, % of GDP, and the year it is due by; 0 and 9999 where there is none."""
    due: int

    def __post_init__(self) -> None:
        if len(set(self.codes)) < len(self.codes) or 0 in self.codes:
            raise ValueError("every ally has its own code, and 0 is the alliance")
        if not self.years or self.years.step != 1:
            raise ValueError("the past is one year or more, without a gap")
        if np.shape(self.shares_pct) != (len(self.codes), len(self.years)):
            raise ValueError(f"shares of {len(self.codes)} allies and {len(self.years)} years have that shape")
        if not np.isfinite(self.shares_pct).all():
            raise ValueError("a share is missing; a baseline needs all of them")

    @property
    def origin(self) -> int:
        """The last year known."""
        return self.years[-1]

    @property
    def last_pct(self) -> Floats:
        """Each ally's share at the origin, % of GDP, (ally,)."""
        return self.shares_pct[:, -1]

    @property
    def changes_pct(self) -> Floats:
        """Changes from one year to the next, percentage points (ally, step)."""
        return np.diff(self.shares_pct, axis=1)

    @property
    def years_left(self) -> int:
        """Years to the target's date, at least 1."""
        return max(1, self.due - self.origin)


@dataclass(frozen=True, eq=False)
class Dice:
    """What one baseline draws from one origin, for horizons 1 to `horizons`."""

    name: str
    past: Past
    horizons: int
    draws: Draws

    @property
    def ahead(self) -> Floats:
        """Years after the origin (horizon,): 1, 2, ..."""
        return np.arange(1.0, self.horizons + 1)

    def normal(self) -> Ensemble:
        """Standard normal, independent over allies and horizons: float32 (ally, horizon, members)."""
        table = table_of(Normal(mean=0.0, sd=1.0))
        return self._stacked(lambda code, period: self.draws.table(self._stream, table, ally=code, period=period))

    def picks(self, count: int) -> NDArray[np.intp]:
        """Places 0 to count - 1, independent over allies and horizons: (ally, horizon, members)."""
        return self._stacked(lambda code, period: self._pick(count, code, period))

    def common_picks(self, count: int) -> NDArray[np.intp]:
        """Places 0 to count - 1, the same for every ally of a path: (horizon, members)."""
        return np.stack([self._pick(count, 0, period) for period in self._periods])

    @property
    def _stream(self) -> str:
        return f"rival/{self.name}"

    @property
    def _periods(self) -> list[int]:
        return [100 * self.past.origin + horizon for horizon in range(1, self.horizons + 1)]

    def _pick(self, count: int, code: int, period: int) -> NDArray[np.intp]:
        """Equally likely to one 65,536th: 16 bits share out `count` places."""
        words = self.draws.streams.uint16(self._stream, ally=code, period=period)
        return (words.astype(np.intp) * count) >> 16

    def _stacked(self, draw: Callable[[int, int], NDArray[Any]]) -> NDArray[Any]:
        return np.stack([np.stack([draw(code, period) for period in self._periods]) for code in self.past.codes])


@dataclass(frozen=True)
class Baseline:
    """A simple forecast by its name, a title for tables, and how it is made."""

    name: str
    title: str
    make: Callable[[Past, Dice], Ensemble]
    changes_needed: int = 0
    """Yearly changes that must be known before it can be made."""

    def ensemble(self, past: Past, horizons: int, members: int, seed: int) -> Ensemble | None:
        """Shares, % of GDP, float32 (ally, horizon, members), never below 0.2; None where too little is known."""
        if not 1 <= horizons < 100 or members < 1:
            raise ValueError(f"1 to 99 horizons and 1 member or more, not {horizons} and {members}")
        if len(past.years) - 1 < self.changes_needed:
            return None
        made = self.make(past, Dice(self.name, past, horizons, Draws(seed, 0, members)))
        return np.maximum(made, np.float32(FLOOR_PCT))


def persistence(past: Past, dice: Dice) -> Ensemble:
    """Every member is the share at the origin."""
    return np.repeat(_still(past, dice)[:, :, np.newaxis], dice.draws.paths, axis=2).astype(np.float32)


def random_walk(past: Past, dice: Dice) -> Ensemble:
    """The share at the origin, errors growing with the square root of the horizon."""
    return _around(_still(past, dice), dice)


def drift(past: Past, dice: Dice) -> Ensemble:
    """Each ally goes on as in its last four years."""
    years = min(DRIFT_YEARS, len(past.years) - 1)
    yearly = (past.last_pct - past.shares_pct[:, -1 - years]) / years
    return _around(_still(past, dice) + np.outer(yearly, dice.ahead), dice)


def straight_line(past: Past, dice: Dice) -> Ensemble:
    """Who is below the target reaches it on a straight line when it is due; who is above stays."""
    return _around(_still(past, dice) + _line(past, dice), dice)


def half_kept(past: Past, dice: Dice) -> Ensemble:
    """The straight line, half of it kept."""
    return _around(_still(past, dice) + 0.5 * _line(past, dice), dice)


def half_kept_own_spread(past: Past, dice: Dice) -> Ensemble:
    """Half of the straight line, with errors as large as the changes of all allies and years known (root mean square).

    The fixed 0.17 points were chosen late and are too narrow; this baseline is the harder one.
    """
    squares = np.sort(past.changes_pct, axis=None) ** 2  # sorted: the order of the allies moves nothing
    yearly = sqrt(float(squares.mean()))
    return _around(_still(past, dice) + 0.5 * _line(past, dice), dice, yearly)


def bootstrap(past: Past, dice: Dice) -> Ensemble:
    """Each year a change drawn, with replacement, from all allies and years known."""
    pool = np.sort(past.changes_pct, axis=None).astype(np.float32)  # sorted: the order of the allies moves nothing
    return _summed(past, pool[dice.picks(len(pool))])


def bootstrap_of_years(past: Past, dice: Dice) -> Ensemble:
    """Each year a whole year drawn, with replacement, the same for all allies; each adds its own change of it."""
    changes = past.changes_pct.astype(np.float32)
    return _summed(past, changes[:, dice.common_picks(changes.shape[1])])


def partial_adjustment(past: Past, dice: Dice) -> Ensemble:
    """Each year closes a part of the distance to the target, from above as from below; errors accumulate.

    Where there is no target nothing is closed.

    The part, held to [0, 1], and the errors' size are fitted to all allies and years known. A past change is measured
    against the target in force in the year before it, so what is fitted at the origin 2025 rests on the 2 % target and
    is applied to 3.5 %.
    """
    targets = np.array([target_in_force(year)[0] for year in past.years[:-1]])
    distances = np.where(targets > 0, targets - past.shares_pct[:, :-1], 0.0)
    fit = fit_adjustment(distances, past.changes_pct)
    pull = fit.pull if past.target_pct > 0 else 0.0
    errors = np.float32(fit.error_pct) * dice.normal()
    level, levels = past.last_pct.astype(np.float32)[:, np.newaxis], []
    for horizon in range(dice.horizons):
        level = level + np.float32(pull) * (np.float32(past.target_pct) - level) + errors[:, horizon]
        levels.append(level)
    return np.stack(levels, axis=1)


def arima_011(past: Past, dice: Dice) -> Ensemble:
    """ARIMA(0,1,1), its coefficient and error common to all allies, from each ally's last innovation."""
    fit = fit_moving_average(past.changes_pct)
    innovations = np.float32(fit.error_pct) * dice.normal()
    changes = innovations.copy()
    changes[:, 0] += (fit.theta * fit.last).astype(np.float32)[:, np.newaxis]
    changes[:, 1:] += np.float32(fit.theta) * innovations[:, :-1]
    return _summed(past, changes)


def _still(past: Past, dice: Dice) -> Floats:
    """The share at the origin, (ally, horizon)."""
    return np.repeat(past.last_pct[:, np.newaxis], dice.horizons, axis=1)


def _line(past: Past, dice: Dice) -> Floats:
    """What a straight line to the target has added, percentage points (ally, horizon)."""
    short = np.maximum(past.target_pct - past.last_pct, 0.0)
    return np.outer(short, np.minimum(1.0, dice.ahead / past.years_left))


def _around(centre: Floats, dice: Dice, yearly_pct: float = YEARLY_PCT) -> Ensemble:
    """Normal errors around the centre (ally, horizon), `yearly_pct` after a year, each horizon drawn for itself."""
    spread = np.array([yearly_pct * sqrt(ahead) for ahead in dice.ahead], dtype=np.float32)
    return centre.astype(np.float32)[:, :, np.newaxis] + spread[:, np.newaxis] * dice.normal()


def _summed(past: Past, changes: Ensemble) -> Ensemble:
    """The share at the origin plus the changes so far, path by path; changes (ally, horizon, members)."""
    return past.last_pct.astype(np.float32)[:, np.newaxis, np.newaxis] + np.cumsum(changes, axis=1)


BASELINES: dict[str, Baseline] = {
    baseline.name: baseline
    for baseline in (
        Baseline("persistence", "the share stays", persistence),
        Baseline("random_walk", "random walk", random_walk),
        Baseline("drift", "drift of the last four years", drift, changes_needed=1),
        Baseline("straight_line", "straight line to the target", straight_line),
        Baseline("half_kept", "half of the straight line", half_kept),
        Baseline("half_kept_own_spread", "the same, spread of past changes", half_kept_own_spread, changes_needed=1),
        Baseline("bootstrap", "changes drawn from all allies and years", bootstrap, changes_needed=1),
        Baseline("bootstrap_of_years", "whole years drawn for all allies", bootstrap_of_years, changes_needed=1),
        Baseline("partial_adjustment", "partial adjustment to the target", partial_adjustment, changes_needed=1),
        Baseline("arima_011", "ARIMA(0,1,1), pooled over allies", arima_011, changes_needed=2),
    )
}
"""Every baseline by its name, in the order of tables."""

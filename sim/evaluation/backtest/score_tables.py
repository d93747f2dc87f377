"""What the backtest says, as tables: one function each, rows of plain values.

Forecasters are compared on the origins from 2015 on; the modes of the model stand in rows of their own and are never
averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.evaluation.backtest.backtest import Backtest
from sim.evaluation.backtest.forecast_scores import LEVELS, YARDSTICK_PCT, Floats, ForecastScores
from sim.evaluation.backtest.origins import Mode
from sim.evaluation.scores.comparison import DieboldMariano, block_interval, diebold_mariano
from sim.evaluation.scores.joint import effective_number, participation_ratio
from sim.evaluation.scores.probability import log_score, murphy, reliability_curve
from sim.numerics.grid import printed, reaches

SHORT = (1, 2, 3, 4, 5)
"""Horizons that the comparison with baselines is about; the longer ones rest on few origins."""

TESTED = (1, 2, 3)
"""Horizons at which the test of Diebold and Mariano is made: further ahead, overlapping forecasts leave it nothing to
estimate a variance from."""

SEEN = (Mode.AS_SHIPPED, Mode.EVENTS_GIVEN)
"""The modes whose parameters have seen what they forecast."""

UNTESTED = DieboldMariano(np.nan, np.nan, np.nan, 0, "no test of a mode that has seen what it forecasts")
TOO_FAR = DieboldMariano(
    np.nan, np.nan, np.nan, 0, f"no test more than {TESTED[-1]} years ahead, where forecasts overlap too much"
)

LOG_FLOOR = 0.01
"""No forecast counts as surer than 1 in 100."""

Rows = list[dict[str, Any]]


def of_allies(values: Floats) -> Floats:
    """The mean over the allies forecast, the last axis; nan where none was."""
    known = np.isfinite(values)
    total, count = np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1)
    means: Floats = np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)
    return means


def score_rows(test: Backtest, horizons: Sequence[int] = SHORT) -> Rows:
    """Mean CRPS of every forecaster at every horizon, percentage points, with its interval over target years."""
    rows = []
    for scores in test.scores.values():
        for horizon in horizons:
            cells, years = _cells(test, of_allies(scores.crps), horizon)
            found = block_interval(cells, years)
            rows.append({
                "forecaster": scores.name, "title": scores.title, "horizon": horizon, "origins": len(cells),
                "crps_pp": found.mean, "ci_low": found.low, "ci_high": found.high,
            })  # fmt: skip
    return rows


def contest_rows(test: Backtest, horizons: Sequence[int] = SHORT) -> Rows:
    """Each mode against the best baseline of each horizon: ratio of the scores, and the test of Diebold and Mariano.

    A baseline that cannot forecast from every origin compared is not among them: its mean is about other years. A mode
    that has seen what it forecasts is not tested: its lead is no forecaster's. Nor is a horizon beyond `TESTED`.
    """
    rows = []
    for mode in test.modes():
        for horizon in horizons:
            ours, _ = _cells(test, of_allies(mode.crps), horizon)
            baselines = _equals(test, mode, horizon)
            theirs = {baseline.name: _cells(test, of_allies(baseline.crps), horizon)[0] for baseline in baselines}
            best = min(theirs, key=lambda name: float(theirs[name].mean()))
            equal, cautious = (
                UNTESTED
                if mode.name in SEEN
                else TOO_FAR
                if horizon not in TESTED
                else diebold_mariano(ours, theirs[best], horizon - 1, kernel)
                for kernel in ("rectangular", "bartlett")
            )
            rows.append({
                "mode": mode.name, "horizon": horizon, "origins": len(ours), "crps_pp": float(ours.mean()),
                "best_baselines": best, "baseline_crps_pp": float(theirs[best].mean()),
                "ratio": float(ours.mean() / theirs[best].mean()),
                "origins_won": int((ours < theirs[best]).sum()),
                "dm_statistic": equal.statistic, "dm_p": equal.p_value, "dm_p_bartlett": cautious.p_value,
                "dm_reason": equal.reason,
            })  # fmt: skip
    return rows


def lost_rows(test: Backtest, horizons: Sequence[int] = SHORT) -> Rows:
    """Single origins from which a mode came no closer (CRPS) than the baseline that is best at that horizon."""
    rows = []
    for contest in contest_rows(test, horizons):
        names = (contest["mode"], contest["best_baselines"])
        ours, theirs = (of_allies(test.scores[name].crps[:, contest["horizon"] - 1]) for name in names)
        rows += [
            {
                "mode": names[0], "horizon": contest["horizon"], "origin": origin, "baseline": names[1],
                "crps_pp": float(ours[index]), "baseline_crps_pp": float(theirs[index]),
            }
            for index, origin in enumerate(test.origins)
            if origin >= test.compared_from and ours[index] >= theirs[index]
        ]  # fmt: skip
    return rows


def beaten_rows(test: Backtest, horizons: Sequence[int] = SHORT) -> Rows:
    """Scores and horizons at which a mode is worse than some baseline, and the best baseline there."""
    values: dict[tuple[str, int], dict[str, Any]] = {}
    for part in (score_rows, event_rows, joint_rows):
        for row in part(test, horizons):
            values.setdefault((row["forecaster"], row["horizon"]), {}).update(row)
    rows = []
    for mode in test.modes():
        for score in ("crps_pp", "brier", "log_score", "rps", "energy_pp"):
            for horizon in horizons:
                ours = values[mode.name, horizon][score]
                theirs = {
                    baseline.name: values[baseline.name, horizon][score] for baseline in _equals(test, mode, horizon)
                }
                best = min(theirs, key=lambda name: float(theirs[name]))
                if theirs[best] < ours:
                    rows.append({
                        "mode": mode.name, "score": score, "horizon": horizon, "value": ours, "baseline": best,
                        "baseline_value": theirs[best],
                    })  # fmt: skip
    return rows


def coverage_rows(test: Backtest, horizons: Sequence[int] = SHORT) -> Rows:
    """Part of the outcomes inside each central interval."""
    return [
        {
            "forecaster": scores.name, "horizon": horizon,
            **{f"inside_{level}": _mean(test, of_allies(scores.inside[level]), horizon) for level in LEVELS},
        }
        for scores in test.scores.values()
        for horizon in horizons
    ]  # fmt: skip


def coverage_by_origin_rows(test: Backtest, horizons: Sequence[int] = SHORT) -> Rows:
    """Part of the allies' outcomes inside each central interval of a mode, from every single compared origin.

    The mean of origins hides that one world moves all allies: a band that holds nearly all in a calm year holds few in
    another.
    """
    return [
        {
            "forecaster": mode.name, "origin": origin, "horizon": horizon,
            **{f"inside_{level}": float(of_allies(mode.inside[level][index, horizon - 1])) for level in LEVELS},
        }
        for mode in test.modes()
        for index, origin in enumerate(test.origins)
        for horizon in horizons
        if origin >= test.compared_from and np.isfinite(mode.crps[index, horizon - 1]).any()
    ]  # fmt: skip


def first_estimate_rows(test: Backtest, horizons: Sequence[int] = SHORT) -> Rows:
    """From first estimates beside out of sample, on the same origins: CRPS, and the part inside the 90 % band.

    A row for each origin and horizon, and one for their mean with origin None; empty where the mode was not asked for.
    """
    if test.first_estimates is None:
        return []
    first, revised = test.first_estimates, test.scores[Mode.OUT_OF_SAMPLE]
    rows: Rows = []
    for horizon in horizons:
        step = horizon - 1
        known = [
            index
            for index in range(len(test.origins))
            if np.isfinite(first.crps[index, step]).all() and np.isfinite(revised.crps[index, step]).all()
        ]
        for origin, kept in [*((test.origins[index], [index]) for index in known), *([(None, known)] if known else [])]:
            ours, theirs = (float(scores.crps[kept, step].mean()) for scores in (first, revised))
            held, held_revised = (float(scores.inside[90][kept, step].mean()) for scores in (first, revised))
            rows.append({
                "origin": origin, "horizon": horizon, "origins": len(kept), "crps_pp": ours,
                "out_of_sample_crps_pp": theirs, "ratio": ours / theirs, "inside_90": held,
                "out_of_sample_inside_90": held_revised,
            })  # fmt: skip
    return rows


def event_rows(test: Backtest, horizons: Sequence[int] = SHORT) -> Rows:
    """The probability of standing at 2 %: Brier score and its parts, and the logarithmic score."""
    rows = []
    for scores in test.scores.values():
        for horizon in horizons:
            chance, met, _ = event_cases(test, scores, horizon)
            parts = murphy(chance, met)
            rows.append({
                "forecaster": scores.name, "horizon": horizon, "cases": len(met), "frequency": float(met.mean()),
                "brier": parts.score, "reliability": parts.reliability, "resolution": parts.resolution,
                "uncertainty": parts.uncertainty, "log_score": float(log_score(chance, met, LOG_FLOOR).mean()),
            })  # fmt: skip
    return rows


def joint_rows(test: Backtest, horizons: Sequence[int] = SHORT) -> Rows:
    """The alliance as a whole: score of the number of allies at 2 %, and the energy score of all shares together."""
    return [
        {
            "forecaster": scores.name, "horizon": horizon,
            "rps": _mean(test, scores.rps, horizon),
            "energy_pp": _mean(test, scores.energy, horizon),
        }
        for scores in test.scores.values()
        for horizon in horizons
    ]  # fmt: skip


def origin_rows(test: Backtest, horizons: Sequence[int] = (1, 3, 5)) -> Rows:
    """Mean CRPS from every single origin."""
    rows: Rows = []
    for index, origin in enumerate(test.origins):
        for scores in test.scores.values():
            row = {f"h{horizon}": float(of_allies(scores.crps[index, horizon - 1])) for horizon in horizons}
            rows.append({"origin": origin, "forecaster": scores.name, **row})
    return rows


DUST = 1e-9
"""More than a sum of parts of the members strays from the whole number over their number, and less than lies between
such a sum and a level that it does not reach: a twentieth of a member in a million."""


def _at_two(shares: Floats) -> NDArray[np.bool_]:
    """Which shares are at 2 %, as NATO prints them; one that is missing is not."""
    return reaches(printed(np.nan_to_num(shares)), YARDSTICK_PCT)


def number_rows(test: Backtest, scores: ForecastScores) -> Rows:
    """The number of allies at 2 %: expected, its 90 % interval, and what came; every origin and horizon."""
    rows = []
    at_two = _at_two(test.shares)
    for index, origin in enumerate(test.origins):
        for horizon in test.horizons:
            chances = scores.number[index, horizon - 1]
            if np.isnan(chances).any():
                continue
            below, forecast = np.cumsum(chances) + DUST, np.isfinite(scores.crps[index, horizon - 1])
            rows.append({
                "origin": origin, "year": origin + horizon, "expected": float(chances @ np.arange(len(chances))),
                "q05": int(np.searchsorted(below, 0.05)), "q95": int(np.searchsorted(below, 0.95)),
                "seen": int(at_two[forecast, origin + horizon - test.first_year].sum()), "pmf": chances,
            })  # fmt: skip
    return rows


def pit_values(test: Backtest, scores: ForecastScores, horizons: Sequence[int] = SHORT) -> Floats:
    """The probability integral transforms of all cases, (cases,)."""
    kept = scores.pit[_compared(test)][:, [horizon - 1 for horizon in horizons]]
    values: Floats = kept[np.isfinite(kept)]
    return values


def reliability_rows(test: Backtest, scores: ForecastScores, horizons: Sequence[int] = SHORT, bins: int = 10) -> Rows:
    """Of all forecasts of standing at 2 % with about one probability, how many came true."""
    found = [event_cases(test, scores, horizon) for horizon in horizons]
    chance, met = (np.concatenate([each[part] for each in found]) for part in (0, 1))
    curve = reliability_curve(chance, met, bins, equal_count=False)
    return [
        {"forecast": float(p), "seen": float(o), "cases": int(n)}
        for p, o, n in zip(curve.forecast, curve.observed, curve.cases, strict=True)
    ]


def independence_rows(test: Backtest, scores: ForecastScores, horizons: Sequence[int] = SHORT) -> Rows:
    """How many independent allies the errors of all are worth, over every origin forecast from; nan for one."""
    rows = []
    for horizon in horizons:
        years = [origin + horizon for origin in test.origins]
        kept = np.flatnonzero(np.isfinite(scores.median[:, horizon - 1]).all(axis=-1)).tolist()
        seen = np.stack([test.shares[:, years[index] - test.first_year] for index in kept], axis=1)
        errors = seen - scores.median[kept, horizon - 1].T
        several = len(kept) > 1
        rows.append({
            "forecaster": scores.name, "horizon": horizon, "origins": len(kept),
            "effective": effective_number(errors) if several else np.nan,
            "directions": participation_ratio(errors) if several else np.nan,
        })  # fmt: skip
    return rows


def _equals(test: Backtest, mode: ForecastScores, horizon: int) -> list[ForecastScores]:
    """The baselines that forecast from every compared origin that the mode does."""
    wanted = _forecast(test, mode, horizon)
    return [baseline for baseline in test.baselines() if _forecast(test, baseline, horizon) == wanted]


def _forecast(test: Backtest, scores: ForecastScores, horizon: int) -> int:
    """From how many compared origins it forecast so far ahead."""
    return int(np.isfinite(scores.crps[_compared(test), horizon - 1]).any(axis=-1).sum())


def _compared(test: Backtest) -> slice:
    return slice(test.compared_from - test.origins[0], None)


def _cells(test: Backtest, values: Floats, horizon: int) -> tuple[Floats, Floats]:
    """Values (origin, horizon) of one horizon from the compared origins, and the years they are about."""
    column, years = values[_compared(test), horizon - 1], test.target_years()[_compared(test), horizon - 1]
    known = np.isfinite(column)
    return column[known], years[known]


def _mean(test: Backtest, values: Floats, horizon: int) -> float:
    return float(_cells(test, values, horizon)[0].mean())


def event_cases(test: Backtest, scores: ForecastScores, horizon: int) -> tuple[Floats, Floats, Floats]:
    """Probability of standing at 2 %, whether it came, and the year; all allies, compared origins, (cases,).

    Origins without a forecast are left out.
    """
    chances, outcomes, years = [], [], []
    for index, origin in enumerate(test.origins):
        year, chance = origin + horizon, scores.probability[index, horizon - 1]
        known = np.isfinite(chance)
        if origin < test.compared_from or not known.any():
            continue
        chances.append(chance[known])
        outcomes.append(_at_two(test.shares[known, year - test.first_year]))
        years.append(np.full(int(known.sum()), float(year)))
    return np.concatenate(chances), np.concatenate(outcomes).astype(np.float64), np.concatenate(years)

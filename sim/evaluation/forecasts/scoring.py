"""A frozen forecast against a later edition of the data: what can be scored by now, and how it fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.data.tables import Tables
from sim.evaluation.forecasts import quantile_scores
from sim.evaluation.forecasts.making import EUC_NAME
from sim.evaluation.forecasts.schema import Forecast, ForecastCell, Frozen
from sim.evaluation.scores.probability import brier, log_score, ranked_probability_score
from sim.numerics.grid import printed, reaches

COVERAGES = (0.5, 0.8, 0.9)
GROUPS = ("allies", "EUC")

Status = Literal["actual", "estimate", "mixed"]


@dataclass(frozen=True)
class Case:
    """One ally, or Europe and Canada, in one year of one scenario, as one forecaster has it, with what was published.

    Log scores count natural logarithms; crps and interval scores are percentage points of GDP. A score of the target
    is None where it does not bind the ally.
    """

    forecaster: str
    scenario: str
    pillar: str
    year: int
    iso3: str
    ally: str
    share_pct: float  # published
    status: Status
    probability: float | None  # forecast, of being at the target
    at_target: bool | None  # what came
    brier: float | None
    log: float | None
    threshold_brier: tuple[float, ...]  # by threshold of the forecast
    threshold_log: tuple[float, ...]
    crps: float  # from the quantiles: the weighted interval score
    interval: tuple[float, ...]  # interval scores, by COVERAGES
    inside: tuple[bool, ...]  # whether the central intervals hold the share, by COVERAGES


@dataclass(frozen=True)
class Line:
    """One forecaster's mean scores of one scenario and year: of the allies, or of Europe and Canada alone."""

    forecaster: str
    scenario: str
    pillar: str
    year: int
    group: str
    scored: int  # with a published figure
    forecast: int
    status: Status
    brier: float | None
    log: float | None
    threshold_brier: tuple[float, ...]
    threshold_log: tuple[float, ...]
    crps: float
    interval: tuple[float, ...]
    coverage: tuple[float, ...]  # share of the central intervals that hold the figure, by COVERAGES
    number: int | None  # allies at the target; None while one of those it binds has no figure
    number_rps: float | None


@dataclass(frozen=True)
class SideBySide:
    """The mean scores of every forecaster of one scenario, year and group, which are of the same figures; by name."""

    scenario: str
    pillar: str
    year: int
    group: str
    scored: int
    brier: dict[str, float | None]
    log: dict[str, float | None]
    crps: dict[str, float]
    number_rps: dict[str, float | None]


@dataclass(frozen=True)
class Scores:
    """What was scored, and the years that wait for figures."""

    lines: tuple[Line, ...]
    cases: tuple[Case, ...]
    waiting: tuple[int, ...]


def score(frozen: Frozen, tables: Tables) -> Scores:
    """Every forecast whose year has a figure in the table of shares, or in NATO's aggregates for Europe and Canada."""
    cases, lines = list[Case](), list[Line]()
    for forecaster in frozen.forecasters:
        for forecast in forecaster.scenarios:
            of_all = (_case(frozen, forecaster.name, forecast, cell, tables) for cell in forecast.shares)
            found = [case for case in of_all if case is not None]
            cases += found
            for year in forecast.years:
                for group in GROUPS:
                    of_group = [c for c in found if c.year == year and (c.iso3 == "EUC") == (group == "EUC")]
                    if of_group:
                        lines.append(_line(forecast, year, group, of_group))
    years = {year for forecast in frozen.scenarios for year in forecast.years}
    return Scores(tuple(lines), tuple(cases), tuple(sorted(years - {case.year for case in cases})))


def side_by_side(lines: Sequence[Line]) -> tuple[SideBySide, ...]:
    """The lines of all forecasters, one row for each scenario, year and group, in the order of the first of them."""
    rows: dict[tuple[str, str, int, str], list[Line]] = {}
    for line in lines:
        rows.setdefault((line.scenario, line.pillar, line.year, line.group), []).append(line)
    return tuple(
        SideBySide(
            *row,
            scored=found[0].scored,
            brier={line.forecaster: line.brier for line in found},
            log={line.forecaster: line.log for line in found},
            crps={line.forecaster: line.crps for line in found},
            number_rps={line.forecaster: line.number_rps for line in found},
        )
        for row, found in rows.items()
    )


def _case(frozen: Frozen, forecaster: str, forecast: Forecast, cell: ForecastCell, tables: Tables) -> Case | None:
    whole = cell.iso3 == "EUC"
    row = tables.aggregate(EUC_NAME, cell.year) if whole else tables.share(cell.iso3, cell.year)
    if row is None:
        return None
    share = row.share_pct
    p = cell.at_target[0] if cell.at_target else None
    met = _reaches(share, forecast.target.share_pct)
    reached = [_reaches(share, threshold) for threshold in frozen.thresholds_pct]
    above = [chance[0] for chance in cell.at_least]
    ends = printed(cell.quantiles)  # a share that is printed inside an interval lies inside it
    return Case(
        forecaster=forecaster,
        scenario=forecast.name,
        pillar=frozen.pillar,
        year=cell.year,
        iso3=cell.iso3,
        ally=cell.ally,
        share_pct=share,
        status=row.status,
        probability=p,
        at_target=None if p is None else met,
        brier=None if p is None else float(brier(p, met)),
        log=None if p is None else float(log_score(p, met, frozen.log_score_floor)),
        threshold_brier=tuple(brier(above, reached).tolist()),
        threshold_log=tuple(log_score(above, reached, frozen.log_score_floor).tolist()),
        crps=float(quantile_scores.weighted_interval_score(frozen.levels, cell.quantiles, share)),
        interval=tuple(
            float(quantile_scores.interval_score(*quantile_scores.central(frozen.levels, cell.quantiles, c), share, c))
            for c in COVERAGES
        ),
        inside=tuple(bool(quantile_scores.covered(frozen.levels, ends, printed(share), c)) for c in COVERAGES),
    )


def _line(forecast: Forecast, year: int, group: str, cases: Sequence[Case]) -> Line:
    bound = [case for case in cases if case.brier is not None and case.log is not None]
    number, rps = _number(forecast, year, bound) if group == "allies" else (None, None)
    statuses = {case.status for case in cases}
    return Line(
        forecaster=cases[0].forecaster,
        scenario=forecast.name,
        pillar=cases[0].pillar,
        year=year,
        group=group,
        scored=len(cases),
        forecast=sum(cell.year == year and (cell.iso3 == "EUC") == (group == "EUC") for cell in forecast.shares),
        status=statuses.pop() if len(statuses) == 1 else "mixed",
        brier=float(np.mean([case.brier for case in bound])) if bound else None,
        log=float(np.mean([case.log for case in bound])) if bound else None,
        threshold_brier=_means([case.threshold_brier for case in cases]),
        threshold_log=_means([case.threshold_log for case in cases]),
        crps=float(np.mean([case.crps for case in cases])),
        interval=_means([case.interval for case in cases]),
        coverage=_means([case.inside for case in cases]),
        number=number,
        number_rps=rps,
    )


def _number(forecast: Forecast, year: int, bound: Sequence[Case]) -> tuple[int | None, float | None]:
    """How many allies are at the target, with the score of the forecast number; None while figures are missing."""
    pmf = next(entry.pmf for entry in forecast.number if entry.year == year)
    if len(bound) != len(pmf) - 1:
        return None, None
    number = sum(bool(case.at_target) for case in bound)
    return number, float(ranked_probability_score(pmf, number))


def _reaches(share_pct: float, goal_pct: float) -> bool:
    """Whether a share is at a goal, both as NATO prints them."""
    return bool(reaches(printed(share_pct), goal_pct))


def _means(rows: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(np.mean(np.array(rows, dtype=np.float64), axis=0).tolist())

"""The model beside others: what outsiders forecast, and how often national plans were kept.

Every comparison starts from the last December before somebody spoke, on the model as shipped with random events.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from sim.data.rows import ForecastRow
from sim.data.tables import Tables, load_tables
from sim.evaluation.backtest.forecast_scores import YARDSTICK_PCT, Ensemble, Floats
from sim.evaluation.backtest.origins import FIRST, LAST, past_scenario
from sim.evaluation.backtest.promises import ONE_BUDGET_YEARS, ClosedPromise, closed
from sim.execution.simulate import simulate
from sim.model.events.pledge import Pledge
from sim.numerics.grid import printed, reaches
from sim.scenario.schema import Scenario

Rows = list[dict[str, Any]]

EURO_AREA = (
    "BEL", "HRV", "EST", "FIN", "FRA", "DEU", "GRC", "ITA", "LVA", "LTU", "LUX", "NLD", "PRT", "SVK", "SVN", "ESP",
)  # fmt: skip
"""Allies in the euro area in 2025."""

COUNT = "allies at 2 %"


def outside_rows(tables: Tables, paths: int, seed: int) -> Rows:
    """Each outside forecast, the model's own from the December before, and what came.

    Of a group of countries the model knows the allies among them, weighted by GDP. Outsiders use measures of their own,
    which the note says: narrower ones lie lower.
    """
    return [_beside(row, tables, paths, seed) for row in tables.outside_forecasts]


def plan_rows(tables: Tables, paths: int, seed: int) -> Rows:
    """Each closed national plan: the model's probability that it is met, with the plan as a pledge and without."""
    found = []
    for promise in closed(tables):
        chances = [_met(promise, pledged, paths, seed) for pledged in (True, False)]
        found.append({
            "iso3": promise.iso3, "announced": promise.announced, "target_pct": promise.target_pct,
            "target_year": promise.target_year, "met": promise.met, "added": promise.added,
            "lead": "one budget ahead" if promise.lead_years <= ONE_BUDGET_YEARS else "longer",
            "probability": chances[0], "without_pledge": chances[1],
        })  # fmt: skip
    return found


def plan_summary(rows: Rows) -> Rows:
    """Hit rate and mean probability by lead time, and the Brier score, of the targets first reckoned with."""
    summary = []
    for lead in ("one budget ahead", "longer", "any"):
        kept = [row for row in rows if not row["added"] and lead in (row["lead"], "any")]
        met = np.array([row["met"] for row in kept], dtype=np.float64)
        line: dict[str, Any] = {"lead": lead, "n": len(kept), "hit_rate": float(met.mean())}
        for column in ("probability", "without_pledge"):
            chance = np.array([row[column] for row in kept])
            line |= {column: float(chance.mean()), f"brier_{column}": float(((chance - met) ** 2).mean())}
        summary.append(line)
    return summary


def plan_weights(tables: Tables, paths: int, seed: int) -> Rows:
    """What part of the way from the model to a national plan the outcomes went, by lead: its best weight in a budget.

    Least squares through the origin of came - own on target - own, over all closed plans; own is the mean share that
    the model, knowing no plan, has for the target's year from the December before it. A plan two and more years old
    counts with the same December: what is asked is its weight in the budget of its year.
    """
    found, codes = closed(tables), [ally.iso3 for ally in tables.armed_allies()]
    own = np.array([
        _unplanned(max(plan.target_year - 1, FIRST), plan.target_year, paths, seed)[codes.index(plan.iso3)]
        for plan in found
    ])  # fmt: skip
    asked, came = np.array([(plan.target_pct, plan.outcome_pct) for plan in found]).T - own
    ahead = np.array([plan.lead_years for plan in found])
    groups = {
        "in the year itself": ahead < 1,
        "the year before": ahead == 1,
        "one budget ahead": ahead <= ONE_BUDGET_YEARS,
        "longer": ahead > ONE_BUDGET_YEARS,
    }
    return [
        {"lead": lead, "n": int(among.sum()),
         "weight": float((asked * came)[among].sum() / (asked**2)[among].sum()) if among.any() else None}
        for lead, among in groups.items()
    ]  # fmt: skip


@lru_cache(maxsize=16)
def _unplanned(origin: int, year: int, paths: int, seed: int) -> Floats:
    """Mean reported share of each ally in a year, without what allies pledged, announced or adopted."""
    alone = _without_plans(past_scenario(origin, year))
    shares = simulate(alone, paths, seed, keep=["reported_pct"], executor="serial").counts.kept["reported_pct"]
    mean: Floats = shares[:, -1].mean(axis=-1, dtype=np.float64)
    return mean


def _without_plans(scenario: Scenario) -> Scenario:
    """Without what the data say that allies pledged, announced or adopted."""
    budget = scenario.budget.model_copy(update={"pledges": False, "announced_paths": False, "adopted": False})
    return scenario.model_copy(update={"budget": budget})


def _beside(row: ForecastRow, tables: Tables, paths: int, seed: int) -> dict[str, Any]:
    origin = min(int(row.made[:4]) - 1, LAST - 1)
    shares, gdp = _simulated(origin, row.target_year, paths, seed)
    codes = [ally.iso3 for ally in tables.armed_allies()]
    step = row.target_year - origin - 1
    seen = _seen(tables, codes, row.target_year)
    drawn: Floats
    came: float | None
    if row.subject == COUNT:
        members = np.array([ally.joined_nato <= row.target_year for ally in tables.armed_allies()])
        drawn = reaches(printed(shares[:, step]), YARDSTICK_PCT)[members].sum(axis=0)
        came = None if seen is None else float((seen[members] >= YARDSTICK_PCT).sum())
    else:
        members = np.isin(codes, _group(row.subject, tables))
        weights = gdp[members, step]
        drawn = (shares[members, step] * weights).sum(axis=0) / weights.sum(axis=0)
        came = float(seen[members][0]) if seen is not None and members.sum() == 1 else None
    # Of a count the smallest number that reaches the level: half an ally cannot be at 2 %.
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if row.subject == COUNT else "linear"
    low, middle, high = np.quantile(drawn, (0.05, 0.5, 0.95), method=method)
    ours: dict[str, Any] = {"origin": origin, "median": float(middle), "q05": float(low), "q95": float(high)}
    ours["came"] = came
    if row.probability_pct is not None:
        inside = (drawn >= (row.low if row.low is not None else -np.inf)) & (
            drawn <= (row.high if row.high is not None else np.inf)
        )
        ours["probability_pct"] = 100 * float(inside.mean())
    return {**row.model_dump(), "ours": ours}


def _group(subject: str, tables: Tables) -> Sequence[str]:
    allies = tables.armed_allies()
    if subject == "euro area":
        return EURO_AREA
    if subject == "European Union":
        return [ally.iso3 for ally in allies if ally.eu_member]
    if subject == "Europe":
        return [ally.iso3 for ally in allies if ally.iso3 not in ("USA", "CAN")]
    return subject.split(", ")


def _seen(tables: Tables, codes: Sequence[str], year: int) -> Floats | None:
    if not FIRST <= year <= LAST:
        return None
    rows = [tables.share(iso3, year) for iso3 in codes]
    return np.array([np.nan if row is None else row.share_pct for row in rows])


@lru_cache(maxsize=8)
def _simulated(origin: int, last_year: int, paths: int, seed: int) -> tuple[Ensemble, Ensemble]:
    """Reported shares and GDP, (ally, year, path)."""
    scenario = past_scenario(origin, last_year)
    kept = simulate(scenario, paths, seed, keep=["reported_pct", "gdp_usd_bn"], executor="serial").counts.kept
    return kept["reported_pct"], kept["gdp_usd_bn"]


def _met(promise: ClosedPromise, pledged: bool, paths: int, seed: int) -> float:
    """Probability that the share stands at the target in its year; the year of the announcement is not yet known."""
    origin = max(min(promise.announced_year - 1, promise.target_year - 1), FIRST)
    scenario = past_scenario(origin, promise.target_year)
    own = Pledge(kind="pledge", name="plan", ally=promise.iso3, share_pct=promise.target_pct, by=promise.target_year)
    event = (*scenario.event, own) if pledged else scenario.event
    alone = _without_plans(scenario.model_copy(update={"event": event}))
    shares = simulate(alone, paths, seed, keep=["reported_pct"], executor="serial").counts.kept["reported_pct"]
    index = [ally.iso3 for ally in load_tables().armed_allies()].index(promise.iso3)
    return float(reaches(printed(shares[index, -1]), promise.target_pct).mean())

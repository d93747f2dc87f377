"""What the peers read, and what they give back: one scenario as plain numbers and arrays, one outcome.

A peer is a program that somebody might have written in the product's place. All of them compute equations 1 to 10 of
docs/model from the same facts, so that only the way of computing differs. They cover what scenarios/rutte_2032.toml
needs and no more; `facts_of` refuses what they do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.parameters import Parameters, number, parameters_of
from sim.engine.inputs import RATE_WITHOUT_CALENDAR, AllyInputs, ally_inputs
from sim.model.declaring import FrozenModel
from sim.model.equations.budget import at_exposure, fiscal_room
from sim.model.events.pledge import AnnouncedPath, Pledge
from sim.numerics.exact import yearly_probability
from sim.scenario.schema import Scenario

CELLS = 2_048
"""Cells of a histogram, as in the product: shares of 0.00 to 20.46, and one for everything above."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Missing(ImportError):
    """A package or a compiler that a peer needs is not there; the words say how to get it."""


@dataclass(frozen=True)
class Facts:
    """A scenario as the peers read it; arrays are (allies,) or (allies, years), the years after the base year."""

    base_year: int
    years: tuple[int, ...]
    iso3: tuple[str, ...]
    parameters: Parameters
    europe_canada: Mask
    base_share_pct: Floats
    estimated: Mask
    norm_pct: Floats
    gdp_usd_bn: Floats
    growth_sd_pct: Floats
    forecast_pct: Floats  # (allies, years), the scenario's shift included
    exposure: Floats
    room: Floats
    desired_cap_pct: Floats
    headroom_pct: Floats
    commitment: Floats  # to the alliance's target
    late_push: Mask
    election_month: Whole  # (allies, years), 1 to 12, 0: none
    early_probability: Floats  # (allies, years)
    pledge_pct: Floats  # the ally's own pledge or opt-out, 0: none
    pledge_by: Floats
    opt_out: Mask
    path_pct: Floats  # (allies, years), 0: none
    path_weight: Floats  # (allies, years), 0 where there is none


@dataclass(frozen=True)
class Outcome:
    """What a peer has computed, so that a fast one can be seen to have done the work."""

    ally_years: int  # counted, not claimed: the sum of the histograms
    mean_share_pct: Floats  # reported core share as printed, % of GDP, (allies, years)
    compliant: float  # expected number of allies that meet the core target in the last year
    compliant_total: float | None  # the same for the total; None where it has no target or the peer no such pillar


def of_ally(facts: Facts, row: int) -> SimpleNamespace:
    """One ally's facts as plain Python numbers and lists, for peers that compute number by number."""
    arrays = {name: value for name, value in vars(facts).items() if isinstance(value, np.ndarray)}
    return SimpleNamespace(iso3=facts.iso3[row], **{name: value[row].tolist() for name, value in arrays.items()})


def outcome(facts: Facts, shares: Whole, total_met: Whole | None = None) -> Outcome:
    """The outcome from counts.

    `shares` (allies, years, CELLS): the printed core share; `total_met` (allies, years): paths that meet the total.
    """
    paths = int(shares[0, 0].sum())
    means = shares @ np.arange(CELLS) / paths * 0.01
    compliant = shares[:, -1, facts.parameters.goal :].sum() / paths
    total = None if total_met is None or not facts.parameters.total_goal else total_met[:, -1].sum() / paths
    return Outcome(int(shares.sum()), means, float(compliant), None if total is None else float(total))


def facts_of(scenario: Scenario) -> Facts:
    """A scenario as plain numbers.

    Raises:
        ValueError: it has something that the peers do not compute.
    """
    _refuse_others(scenario)
    inputs = ally_inputs(scenario)
    years = tuple(range(scenario.horizon.base_year + 1, scenario.horizon.last_year + 1))
    budget = scenario.budget
    target = scenario.yardstick("core")
    assert target is not None
    wills = [scenario.of_ally(entry.iso3, scenario.will) for entry in inputs]
    pledges = [_own(entry, Pledge) for entry in inputs]
    paths = [_path(scenario, entry, years) for entry in inputs]
    exposure = np.array([entry.exposure for entry in inputs])
    return Facts(
        base_year=scenario.horizon.base_year,
        years=years,
        iso3=tuple(entry.iso3 for entry in inputs),
        parameters=parameters_of(scenario),
        europe_canada=np.array([entry.europe_canada for entry in inputs]),
        base_share_pct=np.array([entry.base_share_pct for entry in inputs]),
        estimated=np.array([entry.estimated for entry in inputs]),
        norm_pct=np.array([entry.norm_pct for entry in inputs]),
        gdp_usd_bn=np.array([entry.gdp_usd_bn for entry in inputs]),
        growth_sd_pct=np.array([entry.growth_sd_pct for entry in inputs]),
        forecast_pct=np.array([
            [entry.forecast_pct[year] + number(scenario.growth.forecast_shift_pct) for year in years]
            for entry in inputs
        ]),
        exposure=exposure,
        room=np.array([
            float(fiscal_room(
                entry.debt_pct, entry.deficit_pct, loss=number(budget.room_loss),
                debt_from_pct=number(budget.room_debt_from_pct), debt_span_pct=number(budget.room_debt_span_pct),
                deficit_from_pct=number(budget.room_deficit_from_pct),
                deficit_span_pct=number(budget.room_deficit_span_pct),
            ))
            for entry in inputs
        ]),
        desired_cap_pct=np.asarray(
            at_exposure(number(budget.desired_cap_pct), number(budget.desired_cap_exposure), exposure)
        ),
        headroom_pct=np.asarray(at_exposure(number(budget.headroom_pct), number(budget.headroom_exposure), exposure)),
        commitment=np.array([min(entry.commitment, target.commitment) for entry in inputs]),
        late_push=np.array([scenario.of_ally(entry.iso3, scenario.outturn).late_push for entry in inputs]),
        election_month=np.array([[entry.elections.get(year, 0) for year in years] for entry in inputs]),
        early_probability=np.array([
            [_early(entry, will.early_election_rate, year) for year in years]
            for entry, will in zip(inputs, wills, strict=True)
        ]),
        pledge_pct=np.array([pledge.share_pct if pledge else 0.0 for pledge in pledges]),
        pledge_by=np.array([float(pledge.by) if pledge else 0.0 for pledge in pledges]),
        opt_out=np.array([bool(pledge and pledge.opt_out) for pledge in pledges]),
        path_pct=np.array([shares for shares, _ in paths]),
        path_weight=np.array([weights for _, weights in paths]),
    )  # fmt: skip


def _path(scenario: Scenario, entry: AllyInputs, years: tuple[int, ...]) -> tuple[Floats, Floats]:
    """The share budgeted or announced for each year, and its weight; 0: none.

    A path is straight from the base year through its points; a year's budget stands in its place.
    """
    path, budget = _own(entry, AnnouncedPath), scenario.budget
    shares, weights = np.zeros(len(years)), np.zeros(len(years))
    if path is not None:
        points = {scenario.horizon.base_year: entry.base_share_pct} | {p.year: p.share_pct for p in path.points}
        shares = np.interp(years, list(points), list(points.values()), right=0)
        weights[:] = number(budget.path_weight_firm if path.firm else budget.path_weight_plan)
        weights[0] = number(budget.path_weight_first)
    for row in entry.budgets:
        if row.stage != "draft" or row.year != years[0]:
            raise ValueError(f"the peers know drafts of {years[0]}, not a {row.stage} of {row.year}")
        shares[0], weights[0] = row.share_pct, number(budget.draft_weight)
    return shares, np.where(shares > 0, weights, 0)


def _own(entry: AllyInputs, kind: type[Any]) -> Any:
    """The ally's pledge or its announced path; None where it has none."""
    own = [commitment for commitment in entry.own_pledges if isinstance(commitment, kind)]
    if len(own) > 1:
        raise ValueError(f"{entry.iso3} has {len(own)} commitments of one kind; the peers know one")
    return own[0] if own else None


def _early(entry: AllyInputs, rate: Any, year: int) -> float:
    """Probability of an early election in a year; without a calendar the regular ones come at random besides."""
    early = yearly_probability(entry.early_election_rate if rate is None else number(rate))
    return early if year in entry.election_years else early + (1 - early) * yearly_probability(RATE_WITHOUT_CALENDAR)


def _refuse_others(scenario: Scenario) -> None:
    """Raise ValueError for what the peers would silently leave out."""
    core = [target for target in scenario.targets.values() if target.pillar == "core"]
    names = {event.name for event in scenario.event}
    will, out = scenario.will, scenario.outturn
    may: tuple[tuple[FrozenModel, dict[str, Any]], ...] = (
        (scenario.growth, {}), (scenario.budget, {}), (scenario.related, {}),
        (will, {"early_election_rate": will.early_election_rate}), (out, {"late_push": out.late_push}),
    )  # fmt: skip
    own = all(
        scenario.of_ally(entry.iso3, section).model_copy(update=common) == section
        for entry in ally_inputs(scenario)
        for section, common in may
    )
    known = {
        "one core target on all allies": len(core) == 1 and core[0].members is None and core[0].commitment > 0,
        "the three events of urgency and no others": names == {"us_retrenchment", "crisis", "detente"},
        "parameters as shipped": not scenario.left_to_rows and scenario.parameters.rule_of_exposure == "coasts",
        "a base year from 2025 on": scenario.horizon.base_year >= 2025,
        "growth.sd_pct from the data": scenario.growth.sd_pct is None,
        "no parameter of an ally's own but early_election_rate and late_push": own,
    }
    for what, given in known.items():
        if not given:
            raise ValueError(f"the peers need {what}")

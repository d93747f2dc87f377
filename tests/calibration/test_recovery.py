"""Shares simulated by the model itself at known parameters: the objective prefers them, the estimate goes to them.

The random numbers of these histories are of another seed than those of the forecasts that are scored against them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration.known import PLACE, made_up_shares
from sim.data.tables import Replacement
from sim.engine.inputs import ally_inputs
from sim.engine.variants import reported_shares
from sim.evaluation.backtest.origins import FIRST, past_scenario
from sim.evaluation.calibration.cache import Cache
from sim.evaluation.calibration.estimate import estimate
from sim.evaluation.calibration.evidence import Evidence, ScoringJob, score_points
from sim.evaluation.calibration.moments import MOMENTS
from sim.evaluation.calibration.objective import Objective
from sim.evaluation.calibration.parameters import MIDDLE, Floats, variants_at
from sim.evaluation.calibration.uncertainty import uncertainty
from sim.execution.executors.processes import Processes
from sim.execution.executors.serial import Serial

CALM: Floats = MIDDLE.copy()
CORNER = {
    "outturn.noise.sd": 0.05, "budget.speed": 0.9, "budget.threat_weight": 0.15, "budget.pledge_weight": 0.1,
    "will.mean.mean": 0.2,
}  # fmt: skip
for name, value in CORNER.items():
    CALM[PLACE[name]] = value
WILD = 1 - CALM
"""Two corners, mirrored in the middle: the pull of the ranges is the same at both, so only the figures tell."""

HISTORIES = 5


def histories(point: Floats, cutoff: int, count: int = HISTORIES) -> list[Replacement]:
    """The years from 2015 to the cutoff as they might have gone if `point` were true, printed to two decimals."""
    scenario = past_scenario(FIRST, cutoff, events_given=True)
    iso3 = [ally.iso3 for ally in ally_inputs(scenario)]
    simulated = reported_shares(variants_at(scenario, point[None]), 99, count)[0]
    return [
        made_up_shares({
            (ally, year): round(float(simulated[index, year - FIRST - 1, path]), 2)
            for index, ally in enumerate(iso3)
            for year in range(FIRST + 1, cutoff + 1)
        })
        for path in range(count)
    ]  # fmt: skip


def evidence(shares: Replacement | None, cutoff: int, paths: int = 32, executor: object = None) -> Evidence:
    return Evidence(cutoff, executor or Serial(), Cache(), seed=1, paths=paths, shares=shares)  # type: ignore[arg-type]


@pytest.mark.parametrize(("truth", "false"), [(CALM, WILD), (WILD, CALM)], ids=["calm", "wild"])
def test_the_objective_prefers_the_truth(truth: Floats, false: Floats) -> None:
    """Each case is the other's control: the same two points, and the other history turns the preference round."""
    gains = []
    for shares in histories(truth, 2016):
        objective = Objective.of_score(evidence(shares, 2016))
        at_truth, far = objective.values(np.array([truth, false]))
        gains.append(far - at_truth)
    assert np.mean(gains) > 3 * np.std(gains, ddof=1) / np.sqrt(len(gains))


def test_the_score_prefers_the_truth_to_the_middle_and_to_far_points() -> None:
    random = np.random.Generator(np.random.PCG64(4))
    far = []
    for _ in range(6):
        away = random.permutation([PLACE[name] for name in CORNER])[:3]  # three of the five are as in the wild corner
        far.append(np.where(np.isin(np.arange(len(CALM)), away), WILD, CALM))
    points = np.array([CALM, MIDDLE, WILD, *far])
    scores = np.array([evidence(shares, 2015).scores(points).mean(axis=1) for shares in histories(CALM, 2015, 25)])
    gains = scores[:, 1:] - scores[:, :1]
    assert (gains.mean(axis=0) > 3 * gains.std(axis=0, ddof=1) / np.sqrt(len(gains))).all()


FADED = 12
"""Years seen after which the prior is as faded as it is after the whole history."""


def test_one_year_of_31_allies_tells_much_noise_from_little() -> None:
    """Of two histories each: the lowest of the wild ones lies a third of the range above the highest of the calm."""
    noise = PLACE["outturn.noise.sd"]
    calm, wild = (
        [
            estimate(replace(Objective.of_score(evidence(shares, 2015, paths=16)), years=FADED)).point[noise]
            for shares in histories(truth, 2015, 2)
        ]
        for truth in (CALM, WILD)
    )
    assert max(calm) < 0.5 * MIDDLE[noise]
    assert min(wild) > max(calm) + 1 / 3


@pytest.mark.parametrize("truth", [CALM, WILD], ids=["calm", "wild"])
def test_what_the_figures_say_nothing_of_stays_where_it_began(truth: Floats) -> None:
    noise, silent = PLACE["outturn.noise.sd"], PLACE["budget.headroom_pct"]
    seen = evidence(histories(truth, 2015, 1)[0], 2015, paths=16)
    objective = replace(Objective.of_score(seen), years=FADED)
    found = estimate(objective)
    assert found.point[silent] == pytest.approx(MIDDLE[silent], abs=0.02)
    assert found.value < float(objective.values(MIDDLE[None])[0])
    assert found.distance < 1
    sure = uncertainty(objective, seen, found, 1, profiles=False)
    assert sure.verdict(silent) == "not pinned"
    assert sure.high[noise] - sure.low[noise] < sure.high[silent] - sure.low[silent]


def test_the_objective_is_the_same_every_time_and_wherever_it_is_computed() -> None:
    points = np.array([CALM, MIDDLE, WILD])
    one, again = (evidence(None, 2016, 16)._scored(points) for _ in range(2))
    with Processes(1) as executor:
        elsewhere = evidence(None, 2016, 16, executor)._scored(points)
    assert one.shape == (3, 3, 1 + 2 * len(MOMENTS))
    assert np.isfinite(one).all()
    assert (one == again).all()
    assert (one == elsewhere).all()


def test_a_point_is_judged_alone_as_beside_others() -> None:
    """Up to rounding, so that a search may ask for its points in any company."""
    points = np.array([CALM, MIDDLE, WILD])
    together = score_points(ScoringJob(points, 2021, 2023, 1, 64, None))
    for index in range(3):
        alone = score_points(ScoringJob(points[index : index + 1], 2021, 2023, 1, 64, None))
        assert alone[0] == pytest.approx(together[index], abs=2e-5)
    assert not np.allclose(together[0], together[2], atol=1e-2)  # the control

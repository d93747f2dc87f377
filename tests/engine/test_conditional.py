"""Conditional probabilities: against every draw there could be, against what is counted, and in what they must obey."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import sim
from sim.distributions.draws import LocationScale
from sim.distributions.families import Normal, StudentT
from sim.distributions.quantile_tables import Quantiles, standardised, table_of
from sim.engine import conditional
from sim.engine.block import run_block
from sim.engine.conditional import Conditional, Open, probabilities
from sim.engine.december import CORE, TOTAL, AllyOutcome
from sim.engine.recorder import Recorder
from sim.kernels import Engine
from sim.model.equations import outturn
from sim.numerics.grid import printed
from sim.numerics.streams import STRETCH
from sim.results.counts import (
    CERTAIN,
    EXPECTED,
    PARTS_OF_PATH,
    QUESTIONS,
    TALLIES,
    Counts,
    whole_stretches,
)

NOISE, EXCESS = (table_of(family) for family in (StudentT(df=4.0, sd=0.08), Normal(mean=0.0, sd=0.01)))
SHIPPED = sorted(file.stem for file in Path("scenarios").glob("*.toml"))


def floats(*values: float) -> Any:
    return np.array(values, dtype=np.float32)


def december(share: float = 3.2, plan: float = 0.2, **more: Any) -> Open:
    """One ally's year on one path."""
    usual = Open(
        share_pct=floats(share), money_pct=floats(share + plan), surprise_pct=floats(0.5), noise=NOISE, floor_pct=0.2,
        reporting=floats(0.01), reporting_of=0.01, target_pct=3.5, excess=EXCESS, closing=None, related_pct=floats(1.4),
    )  # fmt: skip
    if "reporting" in more:
        more["reporting_of"] = float(np.ravel(more["reporting"])[0])
    return replace(usual, **more)


def by_every_draw(of: Open, core: int | None, total: int | None) -> list[float | None]:
    """The same by every noise of outlays that can be drawn, and every excess of what is closed on paper."""
    noise = of.noise.cells if isinstance(of.noise, Quantiles) else floats(float(of.noise))  # type: ignore[arg-type]
    excess = of.excess.cells if isinstance(of.excess, Quantiles) else floats(float(of.excess))  # type: ignore[arg-type]
    money, share = np.broadcast_to(of.money_pct, len(noise)), np.broadcast_to(of.share_pct, len(noise))
    spent = outturn.outturn(money, share, noise, of.surprise_pct, floor_pct=of.floor_pct)
    report, target = outturn.reported(spent, of.reporting), np.asarray(of.target_pct, dtype=np.float32)
    pushed, _ = outturn.pushed(floats(0.0), target, excess)
    short = printed(report) < printed(target)
    chance = 0.0 if of.closing is None else of.closing.item()
    found: list[float | None] = []
    for with_push in (chance, 0.0):
        for pillar in (CORE, TOTAL):
            if (core, None, total)[pillar] is None:
                found.append(None)
                continue

            def met(share: NDArray[np.float32], pillar: int = pillar) -> NDArray[np.bool_]:
                at_core = np.full(share.shape, True) if core is None else printed(share) >= core
                return at_core if pillar == CORE else at_core & (printed(share + of.related_pct) >= (total or 0))

            at_once, closed = met(report), met(np.atleast_1d(pushed)).mean()
            found.append(np.where(short, (1 - with_push) * at_once + with_push * closed, at_once).mean().item())
    return found


USUAL = december(closing=floats(0.6))
CASES = {
    "as it is": december(),
    "a cut": december(plan=-0.3),
    "far above": december(5.0),
    "far below": december(1.5),
    "no share": december(0.0, 0.0),
    "no share, and money": december(0.0, 4.0),
    "nothing reported": december(reporting=floats(-1.2)),
    "the floor is above the goal": december(floor_pct=3.6),
    "a report below the floor": december(floor_pct=3.6, reporting=floats(-0.05)),
    "the floor of a path is above the goal": december(1.0, floor_pct=floats(3.6)),
    "above all of GDP": december(60.0, 60.0),
    "too little is reported of all of GDP": december(90.0, 20.0, reporting=floats(-0.97)),
    "no noise": december(noise=0.0),
    "a noise that suffices": december(noise=0.1),
    "a noise that does not": december(noise=0.02, plan=0.0),
    "a distribution of one value": december(noise=table_of(Normal(mean=0.1, sd=0.0))),
    "numbers for all paths": december(surprise_pct=-0.7, reporting=0.02),
    "closed on paper": USUAL,
    "closed for certain": december(closing=floats(1.0)),
    "closed onto a lower target": replace(USUAL, target_pct=3.46),
    "closed onto one far lower": replace(USUAL, target_pct=2.1),
    "closed onto a higher one": replace(USUAL, target_pct=4.2),
    "onto a lower target of the path": replace(USUAL, target_pct=floats(3.47)),
    "onto a higher one of the path": replace(USUAL, target_pct=floats(3.6)),
    "without excess": replace(USUAL, excess=0.0, target_pct=3.45),
    "with one excess": replace(USUAL, excess=-0.02, target_pct=3.45),
    "the total needs more than the core": replace(USUAL, related_pct=floats(1.2)),
    "the total is near when closed": replace(USUAL, related_pct=floats(1.46)),
    "the related outlays are enough for the total": replace(USUAL, related_pct=floats(6.0)),
}


@pytest.mark.parametrize("goals", [(350, None), (350, 500), (None, 500)])
@pytest.mark.parametrize("name", CASES)
def test_a_probability_is_that_of_every_draw_there_could_be(name: str, goals: tuple[int | None, int | None]) -> None:
    """But for the width of a cell of the noise's table, at whose densest a probability changes by 40 / 65,536."""
    found = probabilities(CASES[name], *goals)
    core, total, core_alone, total_alone = by_every_draw(CASES[name], *goals)
    for chances, expected in zip(found, (core, total, core_alone, total_alone), strict=True):
        if expected is None:
            assert chances is None
        else:
            assert chances is not None
            assert chances.dtype == np.int32
            assert abs(chances.item() - CERTAIN * expected) <= 40
            assert (chances.item() == CERTAIN * expected) or expected not in (0, 1)


def test_mean_and_spread_of_the_noise_may_be_of_the_path() -> None:
    each = LocationScale(standardised(StudentT(df=4.0, sd=1.0).shape), floats(0.0, 0.02), floats(0.08, 0.12))
    names = ("share_pct", "money_pct", "surprise_pct", "reporting", "closing", "related_pct")
    both: dict[str, Any] = {name: np.repeat(getattr(USUAL, name), 2) for name in names}
    together = probabilities(replace(USUAL, noise=each, **both), 350, 500)
    for path, family in enumerate((StudentT(df=4.0, sd=0.08), StudentT(df=4.0, mean=0.02, sd=0.12))):
        alone = probabilities(replace(USUAL, noise=table_of(family)), 350, 500)
        for one, other in zip(together, alone, strict=True):
            assert one is not None
            assert other is not None
            assert abs(one[path] - other.item()) <= 40


@given(
    st.floats(0, 6), st.floats(-0.4, 1), st.floats(-10, 10), st.floats(-0.2, 0.2), st.floats(0, 1),
    st.floats(0.1, 5), st.floats(0, 2),
)  # fmt: skip
def test_the_higher_the_goal_the_lower_the_probability(
    share: float, plan: float, surprise: float, reporting: float, closing: float, target: float, related: float
) -> None:
    """And what is closed on paper takes nothing away, and the total is met by no one who misses the core."""
    of = december(
        share, plan, surprise_pct=floats(surprise), reporting=floats(reporting), target_pct=target,
        closing=floats(closing), related_pct=floats(related),
    )  # fmt: skip
    before = [CERTAIN] * 4
    for goal in (1, 150, 200, 210, 349, 350, 351, 500):
        chances: tuple[Any, ...] = probabilities(of, goal, goal + 150)
        core, total, core_alone, total_alone = found = [each.item() for each in chances]
        assert all(0 <= now <= last for now, last in zip(found, before, strict=True))
        assert core_alone <= core
        assert total_alone <= total <= core
        assert total_alone <= core_alone
        before = found


# What is counted of whole runs.


class Watched:
    """A block's probabilities and what came of them: by question, of each ally and year, float64 (paths,)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chances: dict[tuple[int, int, int], NDArray[np.float64]] = {}
        self.came: dict[tuple[int, int, int], NDArray[np.bool_]] = {}
        self._now: dict[tuple[int, int], NDArray[np.int32]] = {}
        record, compute = Recorder._record_ally, conditional.probabilities

        def told(row: int, december: Open, core: int | None, total: int | None, engine: Engine) -> Any:
            found = compute(december, core, total, engine)
            for question, chances in enumerate(found):
                if chances is not None:
                    self._now[question, row] = chances
            return found

        def add(watched: Conditional, row: int, iso3: str, december: Open) -> None:
            monkeypatch.setattr(conditional, "probabilities", lambda *of: told(row, *of))
            original(watched, row, iso3, december)

        def recorded(recorder: Recorder, outcome: AllyOutcome, year: int, step: int, tallies: Any) -> None:
            record(recorder, outcome, year, step, tallies)
            for place, pillar in enumerate((CORE, TOTAL)):
                if (met := outcome.met[pillar]) is None:
                    continue
                alone = met.copy()
                if outcome.push is not None and (on_paper := outcome.push.on_paper[place]) is not None:
                    alone[outcome.push.paths[on_paper]] = False
                for question, mask in ((place, met), (place + 2, alone)):
                    key = question, outcome.row, step
                    self.came[key], self.chances[key] = mask, self._now.pop((question, outcome.row)) / CERTAIN

        original = Conditional.add
        monkeypatch.setattr(Conditional, "add", add)
        monkeypatch.setattr(Recorder, "_record_ally", recorded)


FAMILY_WISE = 1e-6
PER_SCENARIO = 4 * 31 * 10 + 4


def within_chance(came: float, expected: float, variance: float, paths: int) -> bool:
    """Bernstein's inequality: given the paths, what comes is a sum of independent chances, however rare.

    Beside it only the rounding of a chance, half a part of 65,536 a path.
    """
    limit = log(2 * len(SHIPPED) * PER_SCENARIO / FAMILY_WISE)
    return abs(came - expected) <= limit / 3 + sqrt((limit / 3) ** 2 + 2 * limit * variance) + paths / CERTAIN


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_counted_is_what_was_expected(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every ally and year, core and total, with and without what is closed on paper, and of all together."""
    paths, watched = 2 * STRETCH, Watched(monkeypatch)
    arrays = run_block(sim.load(name), 17, 0, paths).arrays
    sums = np.zeros((len(EXPECTED), 3))
    for (question, row, step), came in watched.came.items():
        chances = watched.chances[question, row, step]
        assert arrays["expected"][question, row, step] == round(chances.sum() * CERTAIN)
        one = came.sum(), chances.sum(), (chances * (1 - chances)).sum()
        assert within_chance(*one, paths), (question, row, step)
        if 0.05 < came.mean() < 0.95:
            assert chances.var() < came.var()
        sums[question] += one
    for question, (came, expected, variance) in enumerate(sums):
        assert within_chance(came, expected, variance, paths * 310), EXPECTED[question]
    assert sums[EXPECTED.index("core"), 0] > 10_000, "there is something to compare"


def test_the_comparison_sees_what_is_half_too_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what is closed on paper."""
    watched, compute = Watched(monkeypatch), conditional.Reached.with_and_without_push

    def more(reached: Any, least: Any, between: Any = None) -> Any:
        both, alone = compute(reached, least, between)
        return both + (both - alone) // 2, alone

    monkeypatch.setattr(conditional.Reached, "with_and_without_push", more)
    run_block(sim.load("rutte_2032"), 17, 0, 2 * STRETCH)
    keys = [key for key in watched.came if key[0] == EXPECTED.index("core")]
    came, expected = (sum(of[key].sum() for key in keys) for of in (watched.came, watched.chances))
    variance = sum((watched.chances[key] * (1 - watched.chances[key])).sum() for key in keys)
    assert not within_chance(came, expected, abs(variance), 2 * STRETCH * 310)


# Stretches.

REVIEWED = """
[horizon]
last_year = 2030
[targets.core]
share_pct = 3.0
by = 2028
[targets.related]
pillar = "related"
share_pct = 1.2
by = 2029
[targets.total]
pillar = "total"
share_pct = 4.4
by = 2029
[[event]]
name = "look"
kind = "review"
when = "2027-06"
probability = 0.4
change_pct = 0.2
years_later = 2
"""
PATHS = 2 * STRETCH + 48
WHOLE = range(0, 2 * STRETCH, STRETCH)


@pytest.fixture(scope="module")
def reviewed() -> Counts:
    return run_block(sim.loads(REVIEWED), 3, 0, PATHS, ["reported_pct", "spent_pct", "related_pct"])


def moments(by_stretch: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum and sum of squares over the first axis."""
    return np.stack([by_stretch.sum(axis=0), (by_stretch**2).sum(axis=0)])


def test_moments_of_counts_are_those_of_the_paths(reviewed: Counts) -> None:
    """Related outlays, the target as moved, and how often at least so many allies comply; of whole stretches only."""
    arrays, kept = reviewed.arrays, reviewed.kept
    related = printed(np.minimum(kept["related_pct"], np.float32(1.5))) >= 120
    counted = np.stack([related[..., start : start + STRETCH].sum(axis=-1) for start in WHOLE])
    found = arrays["expected_moments"][:, QUESTIONS.index("related")]
    assert (found == moments(counted * PARTS_OF_PATH)).all()
    core, spent = printed(kept["reported_pct"]) >= 300, printed(kept["spent_pct"]) >= 300
    whole = printed(kept["reported_pct"] + np.minimum(kept["related_pct"], np.float32(1.5))) >= 440
    for tally, met in zip(TALLIES, (core, related, core & whole, spent), strict=True):
        number = met.sum(axis=0)
        each = [[(number[:, start : start + STRETCH] >= n).sum(axis=-1) for n in range(32)] for start in WHOLE]
        found = arrays["number_moments"][:, TALLIES.index(tally)]
        assert (found == moments(np.array(each)).transpose(0, 2, 1)).all()
    for question in ("in_force", "not_yet_due"):
        found = arrays["expected_moments"][:, QUESTIONS.index(question)]
        total = arrays[question] - (arrays["not_yet_due"] if question == "in_force" else 0)
        assert (found[0] <= total * PARTS_OF_PATH).all()
        assert (found[0] >= (total - 48) * PARTS_OF_PATH).all()
        assert (found[0] % PARTS_OF_PATH == 0).all()
        assert (found[1] * 2 >= found[0] ** 2).all()
    assert found[0].sum() > 0, "the review puts the date off"


def test_moments_of_probabilities_are_those_of_the_stretches_rounded(
    reviewed: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(monkeypatch)
    arrays = run_block(sim.loads(REVIEWED), 3, 0, PATHS).arrays
    assert (arrays["expected"] == reviewed.arrays["expected"]).all()
    number = np.zeros((len(WHOLE), len(EXPECTED), 4), dtype=np.int64)
    for (question, row, step), chances in watched.chances.items():
        sums = np.array([round(chances[start : start + STRETCH].sum() * CERTAIN) for start in WHOLE])
        parts = (sums * PARTS_OF_PATH + CERTAIN // 2) // CERTAIN
        assert (arrays["expected_moments"][:, question, row, step] == moments(parts)).all()
        number[:, question, step] += sums
    assert (arrays["expected_number_moments"] == moments((number * PARTS_OF_PATH + CERTAIN // 2) // CERTAIN)).all()


def test_blocks_merge_to_the_same_moments_in_any_order(reviewed: Counts) -> None:
    scenario, keep = sim.loads(REVIEWED), ["reported_pct", "spent_pct", "related_pct"]
    cuts = [0, STRETCH, 2 * STRETCH, PATHS]
    parts = [run_block(scenario, 3, first, last - first, keep) for first, last in pairwise(cuts)]
    forth, back = parts[0].merged(parts[1]).merged(parts[2]), parts[2].merged(parts[1]).merged(parts[0])
    assert forth.digest() == back.digest() == reviewed.digest()


def test_blocks_that_cut_a_stretch_do_not_make_it_whole() -> None:
    """Its moments would be missing; two that have no stretch between them may be joined anywhere."""
    one, two, three = (Counts.empty(first, paths, 1, 1) for first, paths in ((0, 32), (32, 16), (48, STRETCH)))
    small = one.merged(two)
    assert (small.first, small.paths) == (0, 48)
    with pytest.raises(ValueError, match=r"^paths 0\+48 and 48\+4096 must join at a multiple of 4,096$"):
        small.merged(three)
    later = Counts.empty(STRETCH, STRETCH, 1, 1)
    assert Counts.empty(48, STRETCH - 48, 1, 1).merged(later).paths == 2 * STRETCH - 48


@pytest.mark.parametrize(("first", "paths", "whole"), [
    (0, STRETCH, 1), (0, STRETCH - 1, 0), (16, STRETCH, 0), (16, 2 * STRETCH, 1), (16, 2 * STRETCH - 16, 1), (0, 1, 0),
    (STRETCH, 3 * STRETCH + 5, 3), (80, 16, 0),
])  # fmt: skip
def test_whole_stretches_are_counted_by_address(first: int, paths: int, whole: int) -> None:
    stretches = conditional.Stretches(first, paths)
    assert whole_stretches(first, paths) == stretches.whole.sum() == whole
    parts = stretches.parts(np.arange(first, first + paths))
    assert np.concatenate(parts).tolist() == list(range(first, first + paths))
    assert [part[0] // STRETCH for part in parts] == sorted({path // STRETCH for path in range(first, first + paths)})
    assert stretches.sums(np.ones(paths, dtype=np.int32)).tolist() == [len(part) for part in parts]

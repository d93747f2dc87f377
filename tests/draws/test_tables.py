"""Quantile tables: moments, tails, digests; draws of values, chances and months."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.distributions import families as f
from sim.distributions import quantile_tables
from sim.distributions.build import PACKAGED, distance_from_law
from sim.distributions.draws import Draws
from sim.distributions.quantile_tables import (
    CELLS,
    TAIL_CELLS,
    build,
    file_stem,
    packaged,
    standardised,
    table_of,
)
from sim.distributions.scipy_names import REFUSED, SCIPY_FAMILIES
from sim.distributions.survival import Survival
from sim.errors import ScenarioError
from sim.numerics.exact import Function, exp, log, monthly_factor, yearly_probability

SAMPLES = [
    f.Normal(mean=0.3, sd=1.0), f.Lognormal(mean=1.0, log_sd=0.3), f.Uniform(low=-1.0, high=3.0),
    f.Triangular(low=0.0, mode=0.2, high=1.0), f.Triangular(low=1.0, mode=1.0, high=2.0), f.Beta(a=8.0, b=2.0),
    f.StudentT(df=4.0, sd=0.08), f.Exponential(mean=0.7), f.Gamma(shape=2.0, mean=3.0), f.Gamma(shape=0.7, mean=1.0),
    f.Scipy(name="skewnorm", a=4.0, loc=1.0, scale=2.0), f.Scipy(name="gumbel_r"),
]  # fmt: skip


@pytest.mark.parametrize("family", SAMPLES, ids=repr)
def test_a_table_has_its_declared_moments(family: f.Family) -> None:
    table = table_of(family)
    mean, sd = table.moments()
    declared = family.moments()
    if declared is None:
        law = getattr(stats, family.name)(**family.shape_parameters, loc=family.loc, scale=family.scale)
        declared = float(law.mean()), float(law.std())
    assert mean == pytest.approx(declared[0], abs=3e-7 * (1 + abs(declared[0]) + declared[1]))
    assert sd == pytest.approx(declared[1], rel=1e-6)


@pytest.mark.parametrize("family", SAMPLES, ids=repr)
def test_a_table_rises_and_stays_in_its_support(family: f.Family) -> None:
    table = table_of(family)
    whole = np.concatenate([table.low, table.cells[1:-1], table.high])
    assert (np.diff(whole) >= 0).all()
    low, high = family.support()
    assert whole[0] >= np.float32(low)
    assert whole[-1] <= np.float32(high)
    assert len(table.low) == len(table.high) == TAIL_CELLS


@pytest.mark.parametrize("shape", PACKAGED, ids=file_stem)
def test_packaged_tables_are_what_they_say(shape: f.Shape) -> None:
    table, facts = standardised(shape), packaged()[file_stem(shape)]
    assert table.digest == facts["digest"]
    assert distance_from_law(shape, table) == pytest.approx(facts["distance"], rel=0.05)
    assert facts["distance"] < 3e-5
    rebuilt = build(shape)
    np.testing.assert_allclose(table.cells, rebuilt.cells, rtol=2e-5, atol=2e-6)


def test_every_packaged_file_is_listed() -> None:
    assert set(packaged()) == {file_stem(shape) for shape in PACKAGED}


def test_tails_reach_beyond_the_cells() -> None:
    """A million normal draws hold values beyond the last cell's midpoint; a table without refinement could not."""
    normal = table_of(f.Normal(mean=0.0, sd=1.0))
    drawn = Draws(11, 0, 1 << 21).table("tail", normal)
    edge = stats.norm.ppf(1 - 0.5 / CELLS)
    beyond = (np.abs(drawn) > edge).sum() / len(drawn)
    expected = 1 / CELLS
    assert abs(beyond - expected) < 5 * math.sqrt(expected / len(drawn))
    assert np.abs(drawn).max() > edge + 0.3
    words = Draws(11, 0, 1 << 21).streams.uint16("tail")
    assert (words == 0).any()
    assert (words == CELLS - 1).any()
    assert (drawn[words == 0] < normal.cells[1]).all()
    assert (drawn[words == CELLS - 1] > normal.cells[-2]).all()


def test_unknown_and_unfit_scipy_families_are_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'skewnorm'"):
        f.Scipy(name="skewnrm")
    with pytest.raises(ValueError, match="finite variance"):
        f.Scipy(name="cauchy")
    with pytest.raises(ValueError, match="shape parameters"):
        f.Scipy(name="skewnorm")
    with pytest.raises(ScenarioError, match="finite mean and variance"):
        table_of(f.Scipy(name="t", df=1.5))
    with pytest.raises(ScenarioError, match="finite mean and variance"):
        table_of(f.Scipy(name="gamma", a=-1.0))


def test_a_family_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantile_tables, "SECONDS_ALLOWED", 0.0)
    with pytest.raises(ScenarioError, match="to tabulate"):
        table_of(f.Scipy(name="skewnorm", a=2.5))


@pytest.mark.parametrize(("name", "shapes"), [
    ("skewnorm", {"a": 4.0}), ("gumbel_r", {}), ("johnsonsu", {"a": 1.0, "b": 2.0}), ("t", {"df": 5.0}),
])  # fmt: skip
def test_a_scipy_table_is_near_scipys_quantiles(name: str, shapes: dict[str, float]) -> None:
    law = getattr(stats, name)(**shapes)
    table = table_of(f.Scipy(name=name, **shapes))
    places = np.arange(40, CELLS - 40, 997)
    near = law.cdf(table.cells[places].astype(float))
    np.testing.assert_allclose(near, (places + 0.5) / CELLS, atol=3e-4)


def test_the_list_of_scipy_families_is_scipys() -> None:
    known = {
        name: tuple(part.strip() for part in (law.shapes or "").split(",") if part.strip())
        for name in dir(stats)
        if isinstance(law := getattr(stats, name), stats.rv_continuous)
    }
    listed = {name: shapes for name, (shapes, _, _) in SCIPY_FAMILIES.items()}
    assert set(REFUSED) <= set(known)
    for name in set(known) & set(listed):
        assert known[name] == listed[name]


@pytest.mark.parametrize("probability", [0.0, 1e-6, 0.07, 0.45, 0.5, 1 - 1e-6, 1.0])
def test_a_chance_is_exact(probability: float) -> None:
    paths = 1 << 21
    hits = int(Draws(4, 0, paths).chance("c", probability).sum())
    assert abs(hits - paths * probability) <= 5 * math.sqrt(paths * probability * (1 - probability)) + 1e-9


def test_a_chance_per_path_agrees_with_a_number() -> None:
    draws = Draws(4, 0, 4096)
    as_array = draws.chance("c", np.full(4096, 0.3, dtype=np.float32))
    as_number = draws.chance("c", float(np.float32(0.3)))
    assert (as_array == as_number).all()


def test_months_are_uniform() -> None:
    paths = 1 << 20
    counts = np.bincount(Draws(9, 0, paths).month("m"), minlength=13)[1:]
    assert counts.sum() == paths
    assert ((counts - paths / 12) ** 2 / (paths / 12)).sum() < 40  # chi2(11): 4e-5


def test_exact_functions() -> None:
    assert exp(1.0) == math.e
    assert log(2200 / 790) == pytest.approx(math.log(2200 / 790), rel=1e-15)
    assert yearly_probability(0.07) == pytest.approx(0.0676061800, abs=1e-9)
    assert 1 - (1 - yearly_probability(0.07)) ** 10 == pytest.approx(0.5034, abs=5e-5)


@pytest.mark.parametrize("function", [yearly_probability, monthly_factor])
def test_a_function_of_a_table_is_exact_in_every_cell(function: Function) -> None:
    law = f.Gamma(shape=2.0, mean=0.07)
    plain, mapped = table_of(law), table_of(law, function)
    for index in range(0, CELLS, 97):
        assert mapped.cells[index] == np.float32(function(float(plain.cells[index])))


@pytest.mark.parametrize("family", [
    f.StudentT(df=2.05, sd=1.0), f.Lognormal(mean=1.0, log_sd=2.0), f.Scipy(name="pareto", b=2.1),
    f.Scipy(name="lognorm", s=3.0),
])  # fmt: skip
def test_a_law_whose_tails_no_table_can_hold_is_refused(family: f.Family) -> None:
    with pytest.raises(ScenarioError, match="tails"):
        table_of(family)


@pytest.mark.parametrize("family", [
    f.StudentT(df=3.0, sd=1.0), f.Lognormal(mean=1.0, log_sd=1.0), f.Gamma(shape=0.3, mean=1.0), f.Beta(a=0.5, b=0.5),
])  # fmt: skip
def test_the_heaviest_laws_allowed_keep_their_quantiles(family: f.Family) -> None:
    shapes = {
        "student_t": lambda: stats.t(3.0, scale=1 / math.sqrt(3)), "gamma": lambda: stats.gamma(0.3, scale=1 / 0.3),
        "lognormal": lambda: stats.lognorm(1.0, scale=math.exp(-0.5)), "beta": lambda: stats.beta(0.5, 0.5),
    }  # fmt: skip
    law = shapes[family.key]()
    cells = table_of(family).cells.astype(float)
    for level in (0.1, 0.5, 0.9, 0.99):
        assert cells[int(level * CELLS)] == pytest.approx(law.ppf(level), rel=0.012, abs=2e-3)


def test_near_shapes_do_not_share_a_table() -> None:
    assert file_stem(f.StudentT(df=5.000004, sd=1.0).shape) != file_stem(f.StudentT(df=5.0, sd=1.0).shape)


@pytest.mark.parametrize("family", [
    f.StudentT(df=4.0, sd=0.08), f.Normal(mean=1.0, sd=2.0), f.Uniform(low=-1.0, high=3.0),
    f.Lognormal(mean=1.0, log_sd=0.5), f.Beta(a=8.0, b=2.0), f.Exponential(mean=0.7),
])  # fmt: skip
def test_a_survival_function_counts_the_cells_of_its_table(family: f.Family) -> None:
    """To within what its own cell is wide; on average over a cell, and so over the whole, exactly."""
    table = table_of(family)
    survival = table.survival
    x = np.linspace(table.cells[0], table.cells[-1], 100_000).astype(np.float32)
    found, exact = survival(x), CELLS - np.searchsorted(table.cells, x)
    steps = -np.diff(survival.chances[1:-1])
    assert (steps >= 0).all()
    assert np.abs(found - exact).max() <= steps.max() + 1
    assert abs((found - exact).mean()) < 0.05
    assert survival.chances.dtype == found.dtype == np.int32
    beyond = np.array([-np.inf, table.cells[0] - 1, table.cells[-1] + 1, np.inf], dtype=np.float32)
    assert survival(beyond).tolist() == [CELLS, CELLS, 0, 0]
    assert survival.most == pytest.approx(np.abs(table.cells).max(), rel=1e-3)


@pytest.mark.parametrize("value", [0.0, 0.3, -0.07])
def test_the_survival_function_of_a_number_is_certain_up_to_it(value: float) -> None:
    number = np.float32(value)
    x = np.array([-1, number - np.float32(1e-7), number, number + np.float32(1e-7), 1])
    of_one = table_of(f.Normal(mean=value, sd=0.0))
    for survival in (Survival.of_number(value), of_one.survival):
        assert survival(x.astype(np.float32)).tolist() == [CELLS, CELLS, CELLS, 0, 0]
        assert survival.most == pytest.approx(abs(value), abs=1e-7)


def test_a_survival_function_moves_with_its_distribution() -> None:
    standard, moved = (table_of(f.Normal(mean=mean, sd=sd)).survival for mean, sd in ((0.0, 1.0), (2.0, 0.5)))
    x = np.linspace(0.5, 3.5, 1_000).astype(np.float32)
    assert np.abs(standard.moved(2.0, 0.5)(x) - moved(x)).max() <= 14
    of_paths = standard.moved(np.full(1_000, 2, dtype=np.float32), np.full(1_000, 0.5, dtype=np.float32))
    assert of_paths(x).tolist() == standard.moved(2.0, 0.5)(x).tolist()

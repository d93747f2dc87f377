"""How tables are made: moments declared, functions mapped, shapes measured and refused, in words a user understands."""

from __future__ import annotations

import math
import warnings
from decimal import Decimal
from functools import partialmethod
from itertools import chain, repeat
from typing import Any

import numpy as np
import pytest
import scipy
from scipy import stats

from sim.distributions import families as f
from sim.distributions import quantile_tables
from sim.distributions.quantile_tables import CELLS, MIDDLE, TAIL, TAIL_CELLS, Quantiles, build, distance, table_of
from sim.errors import Fault, ScenarioError
from sim.numerics.exact import Function, exp, log, monthly_factor, yearly_probability

SHAPES: list[tuple[f.Family, Any]] = [
    (f.Normal(mean=3.0, sd=2.0), stats.norm()),
    (f.Exponential(mean=3.0), stats.expon()),
    (f.Uniform(low=2.0, high=5.0), stats.uniform()),
    (f.Triangular(low=1.0, mode=1.6, high=3.0), stats.triang(0.3)),
    (f.Lognormal(mean=3.0, log_sd=0.4), stats.lognorm(0.4)),
    (f.StudentT(df=6.0, mean=3.0, sd=2.0), stats.t(6.0)),
    (f.Beta(a=3.0, b=4.5, low=1.0, high=2.0), stats.beta(3.0, 4.5)),
    (f.Gamma(shape=2.5, mean=3.0), stats.gamma(2.5)),
    (f.Scipy(name="weibull_min", c=1.7, loc=2.0, scale=3.0), stats.weibull_min(1.7)),
]
"""A family, and its shape as scipy.stats has it before it is moved and scaled."""


@pytest.mark.parametrize(("family", "law"), SHAPES, ids=lambda each: getattr(each, "key", ""))
def test_a_shape_is_the_laws_before_it_is_standardised(family: f.Family, law: Any) -> None:
    mean, sd = float(law.mean()), float(law.std())
    assert quantile_tables._declared(family.shape) == pytest.approx((mean, sd), rel=1e-12)
    cells, low, high = quantile_tables._quantiles(family.shape)
    step = 1 / CELLS / TAIL_CELLS
    assert (len(cells), len(low), len(high)) == (CELLS, TAIL_CELLS, TAIL_CELLS)
    assert MIDDLE[[0, -1]].tolist() == [0.5 / CELLS, 1 - 0.5 / CELLS]
    assert TAIL[[0, -1]].tolist() == pytest.approx([step / 2, 1 / CELLS - step / 2])
    near = 1e-4 * sd if isinstance(family, f.Scipy) else 1e-9 * sd
    np.testing.assert_allclose(cells[::97], law.ppf(MIDDLE[::97]), rtol=1e-9, atol=near)
    np.testing.assert_allclose(low[::97], law.ppf(TAIL[::97]), rtol=1e-9, atol=near)
    np.testing.assert_allclose(high[::-97], law.isf(TAIL[::97]), rtol=1e-9, atol=near)


@pytest.mark.parametrize("family", [family for family, _ in SHAPES], ids=lambda family: family.key)
def test_a_light_tail_is_told_by_its_table_to_a_part_in_ten_thousand(family: f.Family) -> None:
    assert distance(family.shape) < 1e-4


def test_the_distance_of_a_heavy_tail_is_that_of_the_quantiles_that_rescaling_moves() -> None:
    """Recounted with scipy.stats: how much probability lies between a quantile and where it is moved to."""
    family = f.StudentT(df=2.5, sd=1.0)
    law, sd = stats.t(2.5), math.sqrt(2.5 / 0.5)
    cells, low, high = law.ppf(MIDDLE), law.ppf(TAIL), -law.ppf(TAIL)
    second = ((cells[1:-1] ** 2).sum() + ((low**2).sum() + (high**2).sum()) / TAIL_CELLS) / CELLS
    moved = cells * sd / math.sqrt(second)
    apart = np.abs(law.cdf(moved) - MIDDLE)[np.abs(moved - cells) > 1e-4 * sd]
    assert distance(family.shape) == pytest.approx(apart.max(), rel=1e-3)
    assert quantile_tables.DISTANCE_ALLOWED < distance(family.shape) < 0.1


def test_a_table_is_standardised_and_moved_by_mean_and_standard_deviation() -> None:
    one = build(f.Gamma(shape=2.5, mean=1.0).shape)
    assert {part.dtype for part in one._parts()} == {np.dtype(np.float32)}
    assert one.moments() == pytest.approx((0.0, 1.0), abs=1e-7)
    moved = one.moved(3.0, 0.5)
    for part, origin in zip(moved._parts(), one._parts(), strict=True):
        assert part.dtype == np.float32
        assert part.tolist() == (3.0 + 0.5 * origin.astype(float)).astype(np.float32).tolist()
    held = moved.within(2.5, 4.0)
    for part, origin in zip(held._parts(), moved._parts(), strict=True):
        assert part.dtype == np.float32
        assert part.tolist() == np.clip(origin, 2.5, 4.0).tolist()
    assert len({table.digest for table in (one, moved, held)}) == 3


def test_moments_are_of_what_is_drawn_each_end_cell_by_its_parts() -> None:
    cells = np.zeros(CELLS, dtype=np.float32)
    cells[0], cells[1], cells[-1] = 99, 3, 99
    low, high = np.full(TAIL_CELLS, 7, dtype=np.float32), np.full(TAIL_CELLS, 5, dtype=np.float32)
    low[: TAIL_CELLS // 2] = 9
    mean = (3 + 8 + 5) / CELLS
    second = (9 + (81 + 49) / 2 + 25) / CELLS
    assert Quantiles(cells, low, high).moments() == pytest.approx((mean, math.sqrt(second - mean**2)), rel=1e-12)


@pytest.mark.parametrize("function", [yearly_probability, monthly_factor])
def test_a_function_is_mapped_exactly_in_the_end_cells_too(function: Function) -> None:
    law = f.Gamma(shape=2.0, mean=0.07)
    plain = table_of(law)
    mapped = plain.mapped(function)
    assert mapped.digest == table_of(law, function).digest
    for before, after in ((plain.cells, mapped.cells), (plain.low, mapped.low), (plain.high, mapped.high)):
        assert after.dtype == np.float32
        assert after[::31].tolist() == [float(np.float32(function(float(value)))) for value in before[::31]]


class Asked(Function):
    """Notes what it is asked, and answers 7."""

    asked: list[float] = []  # noqa: RUF012  # cleared by the test

    def __call__(self, x: float) -> float:
        self.asked.append(x)
        return 7.0


@pytest.mark.parametrize(("constant", "sign", "rate"), [(0.0, 1.0, -1 / 12), (1.0, -1.0, -1.0)])
def test_where_numpys_exp_might_round_another_way_the_exact_function_is_asked(
    constant: float, sign: float, rate: float
) -> None:
    """The middle between two neighbours of single precision decides which one; 1e-14 beside it nothing is in doubt."""
    middle = 0.625 + 2.0**-25
    beside = np.array([0.0, 0.9, -0.9, 1.2, -1.2]) * 1e-14 * (1 + middle)
    exponent = [float((Decimal(middle + off) - Decimal(constant)) * int(sign)) for off in beside]
    values = np.array([log(e) / rate for e in exponent])
    Asked.asked.clear()
    rounded = quantile_tables._mapped(values, Asked(constant, sign, rate))
    assert rounded.dtype == np.float32
    assert rounded.tolist() == [7, 7, 7, np.float32(0.625 + 2.0**-24), 0.625]
    assert Asked.asked == values[:3].tolist()


def test_exponential_and_logarithm_are_rounded_correctly() -> None:
    assert exp(0.0) == 1.0
    assert exp(-1.5) == pytest.approx(math.exp(-1.5), rel=3e-16)
    assert log(exp(1.0)) == 1.0
    assert Function(constant=2.0, sign=-3.0, rate=0.5)(2.0) == 2.0 - 3.0 * math.e
    assert monthly_factor(12.0) == exp(-1.0)


def fault(family: f.Family) -> Fault:
    with pytest.raises(ScenarioError) as caught:
        table_of(family)
    (only,) = caught.value.faults
    return only


def test_a_family_that_no_table_fits_is_told_with_its_parameters_and_a_way_out() -> None:
    infinite = fault(f.Scipy(name="t", df=1.5))
    assert (infinite.file, infinite.line, infinite.code) == ("scenario", 0, "unfit-family")
    assert (infinite.field, infinite.value) == ("scipy.t", "df = 1.5")
    assert infinite.rule.startswith("a distribution needs finite variance and quick quantiles; this one ")
    assert infinite.rule.endswith(" has no finite mean and variance")
    assert infinite.remedy == "choose other parameters, or a family such as normal, triangular or beta"
    heavy = fault(f.Scipy(name="pareto", b=2.1))
    assert (heavy.field, heavy.value) == ("scipy.pareto", "b = 2.1")
    assert heavy.rule.endswith(" has tails that a table of quantiles loses")
    assert fault(f.Scipy(name="burr12", c=5.0, d=0.45)).value == "c = 5, d = 0.45"


NARROW = r"; this one is so narrow that all its quantiles are one number \[unfit-family\]"
GUMBEL = f.Scipy(name="gumbel_l", loc=0.125, scale=2.0)
"""A family that no other test tabulates: tables are kept once they are made."""


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """No quantiles of an earlier test."""
    quantile_tables._quantiles.cache_clear()


def quantiles_anew(shape: f.Shape) -> tuple[quantile_tables.Floats, ...]:
    """Computed, not remembered."""
    quantile_tables._quantiles.cache_clear()
    return quantile_tables._quantiles(shape)


def clock(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> None:
    """Lets processor time stand at `seconds` one after the other, and from then on at the last."""
    times = chain(seconds, repeat(seconds[-1]))
    monkeypatch.setattr(quantile_tables.time, "process_time", lambda: next(times))


def test_a_family_may_take_two_seconds_of_processor_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = quantile_tables._quantiles(GUMBEL.shape)
    clock(monkeypatch, 100.0, 101.5, 102.0)
    for part, before in zip(quantiles_anew(GUMBEL.shape), usual, strict=True):
        assert (part == before).all()
    clock(monkeypatch, 100.0, 102.1)
    quantile_tables._quantiles.cache_clear()
    slow = fault(GUMBEL)
    assert (slow.field, slow.value) == ("scipy.gumbel_l", "no shape parameters")
    assert slow.rule.endswith(" takes more than 2 s to tabulate")


@pytest.mark.parametrize("error", [RuntimeError, ValueError, FloatingPointError])
def test_a_family_whose_quantiles_fail_is_told_as_such(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(type(stats.gumbel_l), "_ppf", fails)
    failing = fault(GUMBEL)
    assert (failing.field, failing.value) == ("scipy.gumbel_l", "no shape parameters")
    assert failing.rule.endswith(" has no quantiles that SciPy can compute")


def test_the_moments_of_a_scipy_family_are_those_of_its_location_and_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    law = stats.gumbel_l(loc=0.125, scale=2.0)
    assert quantile_tables.scipy_moments(GUMBEL) == pytest.approx((law.mean(), law.std()), rel=1e-12)
    for moments in ((1.0, 0.0, 0.0, 0.0), (1.0, np.inf, 0.0, 0.0), (np.nan, 1.0, 0.0, 0.0), None):

        def known(*_: Any, found: Any = moments) -> Any:
            if found is None:
                raise ValueError
            return found

        monkeypatch.setattr(type(stats.gumbel_l), "_stats", known)
        assert fault(GUMBEL).rule.endswith(" has no finite mean and variance")


def test_what_scipy_warns_of_on_the_way_neither_shows_nor_stops_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the caller has set: warnings as errors, or NumPy to raise."""
    family = type(stats.gumbel_l)
    usual, moments = quantile_tables._quantiles(GUMBEL.shape), quantile_tables.scipy_moments(GUMBEL)
    quantile, known = family._ppf, family._stats

    def noisy(self: Any, *given: Any, of: Any) -> Any:
        warnings.warn("a series converges slowly", RuntimeWarning, stacklevel=1)
        np.ones(1) / np.zeros(1)
        return of(self, *given)

    monkeypatch.setattr(family, "_ppf", partialmethod(noisy, of=quantile))
    monkeypatch.setattr(family, "_stats", partialmethod(noisy, of=known))
    with warnings.catch_warnings(action="error"), np.errstate(all="raise"):
        assert quantile_tables.scipy_moments(GUMBEL) == moments
        found = quantiles_anew(GUMBEL.shape)
    assert all((part == before).all() for part, before in zip(found, usual, strict=True))


@pytest.mark.parametrize(("low", "width"), [(60.0, 2.0**-20), (3.125, 2.0**-26), (76.0, 2.0**-30), (-1e6, 1.0)])
def test_a_narrow_triangular_keeps_its_spread_wherever_it_stands(low: float, width: float) -> None:
    """All these bounds are floats exactly, so that the moments are those of the same triangle at 0."""
    mean, sd = f.Triangular(low=low, mode=low + width / 4, high=low + width).moments()
    assert mean == pytest.approx(low + width * 5 / 12, rel=1e-15)
    assert sd == pytest.approx(width * math.sqrt((1 + 1 / 16 - 1 / 4) / 18), rel=1e-12)


def test_a_symmetric_law_has_a_symmetric_table() -> None:
    cells, low, high = quantile_tables._quantiles(("scipy:logistic", ()))
    np.testing.assert_allclose(cells, -cells[::-1], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(low, -high[::-1], rtol=1e-12)


def test_a_shape_without_spread_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    flat = np.ones(CELLS), np.ones(TAIL_CELLS), np.ones(TAIL_CELLS)
    monkeypatch.setattr(quantile_tables, "_quantiles", lambda _: flat)
    with pytest.raises(ScenarioError, match=NARROW):
        build(("lognormal", (("log_sd", 0.123456),)))


def test_a_lognormal_too_narrow_for_its_own_formula_is_told_so() -> None:
    """exp(log_sd^2) - 1 is 0 there; the quantiles still differ."""
    with pytest.raises(ScenarioError, match=NARROW):
        build(("lognormal", (("log_sd", 1e-9),)))


def test_a_shape_of_scipys_is_evaluated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    original = quantile_tables._scipy_quantiles
    monkeypatch.setattr(quantile_tables, "_scipy_quantiles", lambda *shape: asked.append(shape) or original(*shape))
    shape = f.Scipy(name="gumbel_r").shape
    monkeypatch.delitem(quantile_tables.kept(), shape, raising=False)  # whatever ran before in this process
    build(shape)
    quantile_tables.distance(shape)
    assert len(asked) == 1


def test_a_family_that_the_installed_scipy_lacks_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(stats, "irwinhall")
    missing = fault(f.Scipy(name="irwinhall", n=3.0))
    assert (missing.field, missing.value) == ("scipy.irwinhall", "n = 3")
    assert missing.rule.endswith(f" is not in the installed SciPy {scipy.__version__}")
    with pytest.raises(ScenarioError, match=r"is not in the installed SciPy"):
        build(("scipy:irwinhall", (("n", 3.0),)))


def test_a_packaged_family_that_is_unfit_is_called_by_its_name() -> None:
    """Not as one of SciPy's, and not with itself as the way out."""
    with pytest.raises(ScenarioError) as caught:
        build(("student_t", (("df", 2.01),)))
    (fault,) = caught.value.faults
    assert (fault.field, fault.value) == ("student_t", "df = 2.01")
    assert "student_t" not in fault.remedy

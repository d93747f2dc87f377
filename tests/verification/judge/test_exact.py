"""What a table holds, to the last cell: moments, distance from the declared law, tails, support. No draw is made."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from judge.exact import ROUNDED, STEP, Held, held
from judge.judge import Control
from judge.laws import BUILT, MANY_SCIPY, RANGES, SCIPY, SHIPPED, TOO_HEAVY, words_of
from sim.distributions import families as f
from sim.distributions.build import PACKAGED
from sim.distributions.quantile_tables import Quantiles, table_of
from sim.errors import ScenarioError

LATER = [family for family in (*BUILT, *MANY_SCIPY, *RANGES) if family not in (*BUILT[:3], SCIPY[0])]
NORMAL = f.Normal(mean=0.3, sd=1.0)


@pytest.mark.parametrize("family", [*SHIPPED, *BUILT[:3], SCIPY[0]], ids=words_of)
def test_a_table_holds_its_law(family: f.Family) -> None:
    assert held(family).faults() == []


@pytest.mark.slow
@pytest.mark.parametrize("family", LATER, ids=words_of)
def test_a_table_of_any_range_holds_its_law(family: f.Family) -> None:
    assert held(family).faults() == []


def test_every_packaged_shape_is_among_them() -> None:
    assert {family.shape for family in SHIPPED} == set(PACKAGED)


def test_a_packaged_table_is_nearly_as_near_as_a_table_can_be() -> None:
    """Rescaling costs Student's t with 4 degrees most: it stretches its values by 1e-4.

    The integral of f from x to x (1 + c) is at most ln(1 + c) times the largest t f(t), whatever the scale. With 4
    degrees that is 3/8 t (1 + t^2/4)^(-5/2), largest at t = 1. Rounding twice moves a value by 2 * 2^-24 of itself.
    """
    found = [held(family) for family in (f.StudentT(df=4.0, sd=0.08), NORMAL)]
    most = 3 / 8 * 0.8**2.5
    assert found[0].distance < STEP + most * (found[0].moved + 2 * ROUNDED)
    assert found[0].distance > STEP + 0.99 * most * found[0].moved
    assert found[0].moved > 20 * found[1].moved


@pytest.mark.parametrize("family", TOO_HEAVY, ids=words_of)
def test_a_tail_that_no_table_holds_is_refused(family: f.Family) -> None:
    with pytest.raises(ScenarioError, match="tails"):
        table_of(family)


def higher(table: Quantiles) -> Quantiles:
    return Quantiles(*(part + np.float32(1e-6) for part in (table.cells, table.low, table.high)))


def wider(table: Quantiles) -> Quantiles:
    return Quantiles(*(part * np.float32(1.00001) for part in (table.cells, table.low, table.high)))


def shifted(table: Quantiles) -> Quantiles:
    """Each cell has its neighbour's value: the moments hardly move."""
    return Quantiles(np.roll(table.cells, 1), table.low, table.high)


def unrefined(table: Quantiles) -> Quantiles:
    return Quantiles(table.cells, np.full_like(table.low, table.cells[0]), np.full_like(table.high, table.cells[-1]))


def crossed(table: Quantiles) -> Quantiles:
    """The high end falls where it should rise."""
    return Quantiles(table.cells, table.low, table.high[::-1])


def outside(table: Quantiles) -> Quantiles:
    return Quantiles(table.cells, table.low, np.append(table.high[:-1], np.float32(1.001)))


def against(family: f.Family, wrong: Callable[[Quantiles], Quantiles]) -> Callable[[], list[str]]:
    return lambda: held(family, wrong(table_of(family))).faults()


CONTROLS = [
    Control("a table a millionth of a standard deviation too high", "mean_off", against(NORMAL, higher)),
    Control("a table a hundred-thousandth too wide", "sd_off", against(NORMAL, wider)),
    Control("a table with each value in the next cell", "distance", against(NORMAL, shifted)),
    Control("a table with each value in the next cell", "distance_moved", against(NORMAL, shifted)),
    Control("a table whose end cells have one value", "tail_off", against(NORMAL, unrefined)),
    Control("a table whose high end falls", "tail_off", against(NORMAL, crossed)),
    Control("a table of Student's t with 5 degrees for one with 4", "tail_off", lambda: held(
        f.StudentT(df=4.0, sd=1.0), table_of(f.StudentT(df=5.0, sd=1.0))).faults()),
    Control("a value outside the support", "beyond_support", against(f.Beta(a=8.0, b=2.0), outside)),
]  # fmt: skip


@pytest.mark.parametrize("control", CONTROLS, ids=str)
def test_a_wrong_table_is_told_apart(control: Control) -> None:
    assert control.told()[0]


def test_figures_are_plain() -> None:
    found: Held = held(f.Exponential(mean=0.7))
    assert found.row()["family"] == "exponential mean=0.7"
    assert set(found.row()) == {*found.__dataclass_fields__}
    assert found.row()["kurtosis_declared"] == 9.0

"""The clockwork of the benchmarks: works take turns, what is not done stops the run, slopes are slopes."""

from __future__ import annotations

from collections.abc import Callable
from importlib import util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "measure.py"


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    import sys

    spec = util.spec_from_file_location("measure_of_benchmarks", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def ticking(steps: list[float]) -> Callable[[], float]:
    """A clock that shows the running sum of `steps`."""
    shown = iter(np.cumsum([0.0, *steps]).tolist())
    return lambda: next(shown)


def test_works_take_turns_and_the_first_does_not_count(measure: ModuleType) -> None:
    calls: list[str] = []
    works = {name: measure.Work(lambda name=name: calls.append(name), lambda _: True, 2) for name in "ab"}
    seconds = measure.in_turns(works, 2, ticking([9, 0, 9, 0, 1, 0, 4, 0, 3, 0, 6]))
    assert calls == ["a", "b"] * 3
    assert seconds == {"a": [0.5, 1.5], "b": [2.0, 3.0]}


def test_work_that_is_not_done_is_no_figure(measure: ModuleType) -> None:
    works = {"lazy": measure.Work(lambda: 99, lambda paths: paths == 100)}
    with pytest.raises(AssertionError, match="lazy has not done its work"):
        measure.in_turns(works, 1)


def test_the_ratio_is_of_the_same_turns(measure: ModuleType) -> None:
    found = measure.ratio([1.0, 20.0, 3.0], [2.0, 4.0, 30.0])
    assert (found.middle, found.low, found.high) == (0.5, 0.1, 5.0)
    assert found.text(100, " %") == "50.0 % (10.0–500)"


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_slope(measure: ModuleType, power: float) -> None:
    sizes = np.array([10.0, 100.0, 1000.0])
    assert measure.slope(sizes, 3 * sizes**power) == pytest.approx(power)


def test_offset(measure: ModuleType) -> None:
    sizes = np.array([1, 2, 5, 40])
    assert measure.offset(sizes, 0.25 + 3.0 * sizes) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("value", "told"), [(0.01234, "0.0123"), (1.005, "1.00"), (123_456.0, "123,000"), (0.0, "0"), (-4.56, "-4.56")]
)
def test_three_digits(measure: ModuleType, value: float, told: str) -> None:
    assert measure.figure(value) == told

"""Each hand-written loop has the bits of what NumPy does in its place: words, look-ups, chances, histograms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.distributions.draws import Draws
from sim.distributions.families import Normal, StudentT, Uniform
from sim.engine.recorder import _count
from sim.kernels import engine
from sim.numerics.streams import STRETCH
from sim.results.counts import CELLS

pytest.importorskip("numba", reason="needs numba (pip install 'burdenshare[fast]')")

FAST = engine("fast")
BLOCKS = [(0, 1), (5, 1), (0, 16), (STRETCH - 3, 7), (0, STRETCH), (STRETCH, STRETCH), (100, 3 * STRETCH + 5),
          (7 * STRETCH + 1, 2 * STRETCH)]  # fmt: skip
"""Where they begin and how many paths they have: within a stretch, over its edge, from an odd one on."""

TABLES = (Normal(mean=0.5, sd=2), StudentT(mean=0, sd=1, df=4), Uniform(low=-1, high=3))


def pairs(first: int, paths: int, **more: Any) -> tuple[Draws, Draws]:
    return Draws(11, first, paths, **more), Draws(11, first, paths, **more, engine=FAST)


@pytest.mark.parametrize(("first", "paths"), BLOCKS)
def test_values_months_and_numbers(first: int, paths: int) -> None:
    plain, fast = pairs(first, paths)
    for period in range(2020, 2060):  # many, for a word at an end of a table comes once in 32,768
        family = TABLES[period % len(TABLES)]
        at: dict[str, Any] = {"ally": period % 7, "period": period}
        on = np.flatnonzero(plain.chance("on", 0.3, period=period))
        for where in (None, on, on[:3]):
            assert (
                fast.value("x", family, on=where, **at).tobytes() == plain.value("x", family, on=where, **at).tobytes()
            )
            assert fast.month("m", on=where, **at).tobytes() == plain.month("m", on=where, **at).tobytes()
        assert fast.whole("w", 31, **at).tobytes() == plain.whole("w", 31, **at).tobytes()


def test_the_ends_of_a_table() -> None:
    """Of two million draws some sixty lie in them: those are refined by the second word."""
    plain, fast = pairs(0, 1 << 21)
    words = plain.streams.uint16("x")
    assert np.count_nonzero(words == 0) > 3
    assert np.count_nonzero(words == 65_535) > 3
    on = np.flatnonzero((words == 0) | (words == 65_535) | (words == 7))
    for where in (None, on):
        assert fast.value("x", TABLES[1], on=where).tobytes() == plain.value("x", TABLES[1], on=where).tobytes()


@pytest.mark.parametrize(("first", "paths"), BLOCKS)
@pytest.mark.parametrize(
    "chances",
    [(0.02,), (0.02, 0.3), (0.3, 0.5, 0.9), (1.0, 0.5), (0.0, 0.5), (1 / 3, 1.0), (0.5, 0.0), (2.0**-20, 1.0)],
)
def test_stages(first: int, paths: int, chances: tuple[float, ...]) -> None:
    plain, fast = pairs(first, paths)
    for period in range(5):
        at = {"ally": 40, "period": period}
        (hits, masks), (found, decided) = (draws.stages("s", *chances, **at) for draws in (plain, fast))
        assert found.tobytes() == hits.tobytes()
        assert [each.tobytes() for each in decided] == [each.tobytes() for each in masks]


def test_words_on_a_threshold() -> None:
    """One path in 65,536 has the very word of a probability: the second word decides, here for all thresholds."""
    plain, fast = pairs(0, 1 << 18)
    tied = np.intp(0)
    for threshold in (0, 1, 1_000, 32_767, 65_534):
        chances = (threshold + 0.37) / 65_536, 0.999999, 0.5
        tied += np.count_nonzero(plain.streams.uint16("t") == threshold)
        (hits, masks), (found, decided) = (draws.stages("t", *chances) for draws in (plain, fast))
        assert found.tobytes() == hits.tobytes()
        assert [each.tobytes() for each in decided] == [each.tobytes() for each in masks]
    assert tied > 10


def test_chances_that_differ_by_path_and_variants_with_common_random_numbers() -> None:
    random = np.random.default_rng(1)
    chances = [random.uniform(0, 1, 4 * 5_000).astype(np.float32) for _ in range(2)]
    plain, fast = pairs(32, 5_000, variants=4)
    (hits, masks), (found, decided) = (draws.stages("s", *chances, ally=3) for draws in (plain, fast))
    assert found.tobytes() == hits.tobytes()
    assert decided[0].tobytes() == masks[0].tobytes()
    for where in (None, hits):
        assert fast.value("x", TABLES[0], on=where).tobytes() == plain.value("x", TABLES[0], on=where).tobytes()
    assert fast.stages("s", 0.2, 0.5)[0].tobytes() == plain.stages("s", 0.2, 0.5)[0].tobytes()


@pytest.mark.parametrize("paths", [0, 1, 3, 4, 5, 1_001])
def test_histograms(paths: int) -> None:
    cells = np.random.default_rng(paths).integers(0, 2 * CELLS, paths).astype(np.int32)
    plain, fast = (np.full(CELLS, 3, dtype=np.int64) for _ in range(2))
    if paths:
        _count(plain, cells)
    FAST.loops.counted(fast, cells)
    assert fast.tolist() == plain.tolist()
    assert fast.sum() == 3 * CELLS + paths

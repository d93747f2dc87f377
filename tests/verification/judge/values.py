"""What `Draws` gives, as checks: values of every family, functions of them, chances, months, whole numbers, variants.

`scale` multiplies the number of draws: 1 in the tests, more in the report.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from judge.exact import STEP, whole
from judge.judge import Check, binomial, cells, correlation, mean, trials
from judge.laws import SAMPLED, finite_moments, law_of, words_of
from sim.distributions import families as f
from sim.distributions.draws import Distributions, Draws, LocationScale
from sim.distributions.quantile_tables import CELLS, TAIL_CELLS, standardised, table_of
from sim.numerics.exact import monthly_factor, yearly_probability

SEED = 2032
BLOCK = 1 << 17
LONG = 1 << 23
"""Paths searched for words of the end cells."""
EDGES = np.arange(1, 64) / 64
Maker = Callable[..., Draws]

OF = (
    ("1 - exp(-rate)", f.Gamma(shape=2.0, mean=0.3), yearly_probability, lambda x: 1 - np.exp(-x)),
    ("exp(-decay / 12)", f.Uniform(low=0.01, high=0.1), monthly_factor, lambda x: np.exp(-x / 12)),
)
"""Functions of a value, each by its table and by NumPy."""
COUNTS = {"parameters/draw": 512, "parameters/geography": 3, "judge/whole": 7}
"""Whole numbers by their stream, the model's own and one that divides nothing."""
SPREADS = (f.Normal(mean=0.0, sd=1.0), f.StudentT(df=4.0, sd=1.0))
"""What the model draws with a mean and a spread of each path."""
PROBABILITIES = (1e-6, 0.07, 0.45, 0.5, 1 / 3, 1 - 1e-6)


def family_checks(family: f.Family, scale: int = 1, draws: Maker = Draws) -> list[Check]:
    """The values of one family: cells over the whole law, both refined tails, moments where the law has them."""
    name, law = words_of(family), law_of(family)
    edges, counts, sums = law.ppf(EDGES), np.zeros(len(EDGES) + 1, dtype=np.int64), np.zeros(3)
    for period in range(4 * scale):
        sample = draws(SEED, 0, BLOCK).value(f"judge/{name}", family, period=period)
        counts += _in_cells(sample, edges)
        sums += sums_of_powers(family, sample)
    found = [_over_cells(name, counts, _off(family, law)), *moment_checks(name, family, sums, int(counts.sum()))]
    return found + _tail_checks(name, family, law, scale, draws)


def sums_of_powers(family: f.Family, sample: NDArray[Any]) -> NDArray[np.float64]:
    """Of the standardised variable, so that all laws are judged in one unit; the first three."""
    law = law_of(family)
    scores = (sample.astype(np.float64) - float(law.mean())) / float(law.std())
    return np.array([scores.sum(), (scores**2).sum(), (scores**3).sum()])


def moment_checks(
    name: str, family: f.Family, sums: NDArray[np.float64], number: int, orders: tuple[int, ...] = (1, 2, 3)
) -> list[Check]:
    """Moments of the standardised variable, those of them that a mean of `number` values can estimate."""
    law, found = law_of(family), []
    values, below, above = whole(table_of(family))
    points, declared = (values - float(law.mean())) / float(law.std()), (0.0, 1.0, float(law.stats("s")))
    for order in orders:
        if finite_moments(family) > 2 * order:  # the power itself needs a variance
            seen = float(sums[order - 1]) / number
            found.append(
                mean(f"{name}: moment {order}", seen, number, declared[order - 1], points**order, above - below)
            )
    return found


def _off(family: f.Family, law: Any) -> float:
    """How far the table lies from the law at the cells' edges: at most three half steps, or the table is at fault."""
    values, below, _ = whole(table_of(family))
    off = float(np.abs(np.append(below, 1.0)[np.searchsorted(values, law.ppf(EDGES))] - EDGES).max())
    assert off <= 3 * STEP, (family, off)
    return off


def _in_cells(sample: NDArray[Any], edges: NDArray[Any]) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(edges, sample), minlength=len(edges) + 1)


def _over_cells(name: str, counts: NDArray[np.int64], off: float) -> Check:
    return cells(f"{name}: cells", counts, np.full(len(counts), 1 / len(counts)), off)


def _tail_checks(name: str, family: f.Family, law: Any, scale: int, draws: Maker) -> list[Check]:
    """How often each end cell comes, and the law inside it: only the 16 paths around such a word are drawn."""
    stream, number, found = f"judge/tail/{name}", LONG * scale, []
    ends: dict[int, list[int]] = {0: [], CELLS - 1: []}
    for first in range(0, number, LONG):
        words = draws(SEED, first, LONG).streams.uint16(stream)
        for word, paths in ends.items():
            paths += (first + np.flatnonzero(words == word)).tolist()
    for end, word, outer in (("low", 0, law.cdf), ("high", CELLS - 1, law.sf)):
        paths = ends[word]
        found.append(binomial(f"{name}: {end} end", len(paths), number, 1 / CELLS))
        inside = [draws(SEED, path, 1).value(stream, family)[0] for path in paths]
        # the probability further out than a value, 0 to 1: a sixteenth in each part, but near a bound of the support,
        # where rescaling moves by millionths (judge.exact states how far); there the table's own parts are declared
        entries = table_of(family).low if word == 0 else table_of(family).high
        seen, declared = (
            np.histogram(np.clip(outer(np.array(drawn, dtype=np.float64)) * CELLS, 0, 1), bins=16, range=(0, 1))[0]
            for drawn in (inside, entries)
        )
        found.append(cells(f"{name}: inside the {end} end", seen, declared / TAIL_CELLS))
    return found


def value_checks(scale: int = 1) -> list[Check]:
    """Every kind of family, functions of a value, the stretches of variants, means and spreads of each path."""
    found = [check for family in SAMPLED for check in family_checks(family, scale)]
    return found + function_checks(scale) + variant_checks() + spread_checks()


def spread_checks(draws: Maker = Draws) -> list[Check]:
    """Of paths with a mean and a spread of their own, each kind follows its own law."""
    moments = ((0.3, 1.0), (-1.5, 0.1), (1.5, 2.0))
    kind = np.arange(BLOCK) % len(moments)
    means, sds = (np.array(each, dtype=np.float32)[kind] for each in zip(*moments, strict=True))
    found = []
    for family in SPREADS:
        spread = LocationScale(standardised(family.shape), means, sds)
        value = draws(SEED, 0, BLOCK).value("judge/spread", spread)
        for index, (mean_of, sd_of) in enumerate(moments):
            own = family.model_copy(update={"mean": mean_of, "sd": sd_of})
            law = law_of(own)
            name = f"a path's own: {words_of(own)}"
            found.append(_over_cells(name, _in_cells(value[kind == index], law.ppf(EDGES)), _off(own, law)))
    return found


def function_checks(scale: int = 1, draws: Maker = Draws) -> list[Check]:
    """Functions of a value; rounding the function moves its distribution by less than half a step."""
    found = []
    for name, family, function, by_numpy in OF:
        law = law_of(family)
        edges, counts = np.sort(by_numpy(law.ppf(EDGES))), np.zeros(len(EDGES) + 1, dtype=np.int64)
        for period in range(scale):
            sample = draws(SEED, 0, BLOCK).value(f"judge/of/{name}", family, period=period, of=function)
            counts += _in_cells(sample, edges)
        found.append(_over_cells(name, counts, _off(family, law) + STEP))
    return found


def variant_checks(draws: Maker = Draws) -> list[Check]:
    """Each stretch follows its own law; with another random numbers for each, stretches do not know of each other."""
    laws = (f.Normal(mean=0.0, sd=1.0), f.Normal(mean=1.0, sd=2.0), f.Exponential(mean=0.5))
    found = []
    for common_random_numbers in (True, False):
        words = "common numbers" if common_random_numbers else "own numbers"
        value = draws(SEED, 0, BLOCK, len(laws), common_random_numbers=common_random_numbers).value(
            "judge/variants", Distributions(laws), period=common_random_numbers
        )
        stretches = value.reshape(len(laws), BLOCK)
        for law, stretch in zip(laws, stretches, strict=True):
            declared = law_of(law)
            found.append(_over_cells(
                f"{words}: {words_of(law)}", _in_cells(stretch, declared.ppf(EDGES)), _off(law, declared)
            ))  # fmt: skip
        if not common_random_numbers:
            scores = [stats.norm.ppf(law_of(law).cdf(stretch)) for law, stretch in zip(laws, stretches, strict=True)]
            held = np.clip(np.stack(scores), -6, 6)
            r = np.corrcoef(held)[np.triu_indices(len(laws), 1)]
            found.append(correlation("own numbers: between stretches", r, BLOCK))
    return found


def chance_checks(scale: int = 1, draws: Maker = Draws) -> list[Check]:
    """Chances of one number and of one a path, the words on a threshold, months."""
    number = (1 << 22) * scale
    made = draws(SEED, 0, number)
    found = [
        binomial(f"chance {p:g}", int(made.chance("judge/chance", p, period=index).sum()), number, p)
        for index, p in enumerate(PROBABILITIES)
    ]
    for p in (1 / 3, 29_491.5 / CELLS):
        threshold = np.floor(p * CELLS)
        hit = made.chance("judge/ties", p, period=int(threshold))
        on_it = hit[made.streams.uint16("judge/ties", period=int(threshold)) == threshold]
        found.append(binomial(f"chance {p:.3g}: on the threshold", int(on_it.sum()), len(on_it), p * CELLS - threshold))
    each = draws(SEED, 0, BLOCK).value("judge/each", f.Beta(a=2.0, b=5.0))
    hit = draws(SEED, 0, BLOCK).chance("judge/chance/each", each)
    for low in (0.0, 0.2, 0.4):
        some = (each >= low) & (each < low + 0.2)
        found.append(trials(f"chance a path, {low:g} to {low + 0.2:g}", int(hit[some].sum()), each[some]))
    small = np.full(BLOCK * 64, 1.25 / CELLS, dtype=np.float32)
    hit = draws(SEED, 0, len(small)).chance("judge/chance/small", small)
    found.append(binomial("chance a path, 1.25 words", int(hit.sum()), len(small), 1.25 / CELLS))
    long = draws(SEED, 0, BLOCK * 4 * scale)
    months = long.month("judge/month")
    found.append(cells("months", np.bincount(months, minlength=13)[1:], part_of_words(12)))
    for name, count in COUNTS.items():
        drawn = long.whole(name, count)
        found.append(cells(f"{name}, one of {count}", np.bincount(drawn, minlength=count), part_of_words(count)))
    kept = long.chance("parameters/in_earnest", 0.5)
    found.append(binomial("parameters/in_earnest", int(kept.sum()), len(kept), 0.5))
    return [*found, *apart_checks(long, kept)]


def apart_checks(long: Draws, kept: NDArray[np.bool_]) -> list[Check]:
    """Row, kept pledge and map of a path know nothing of each other: every combination as often as any."""
    rows, rules = (long.whole(name, count) for name, count in COUNTS.items() if name.startswith("parameters/"))
    parts = [part_of_words(count) for name, count in COUNTS.items() if name.startswith("parameters/")]
    counts = np.zeros((len(parts[0]), 2, len(parts[1])), dtype=np.int64)
    np.add.at(counts, (rows, kept.astype(np.intp), rules), 1)
    declared = parts[0][:, None, None] * 0.5 * parts[1][None, None, :]
    return [cells("row, kept pledge and map", counts.ravel(), np.broadcast_to(declared, counts.shape).ravel())]


def part_of_words(count: int) -> NDArray[np.float64]:
    """The page's rule, word by word: each of so many numbers has as many words as the next, or one more or fewer."""
    return np.bincount((np.arange(CELLS) * count) >> 16, minlength=count) / CELLS

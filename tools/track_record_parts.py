"""What each part of the drawn forecast is worth out of sample: `python tools/track_record_parts.py`, some two minutes.

Each row is a backtest of its own, with one part as it would be without the draw, or with one more that was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import hypot
from statistics import fmean

from pages import table

from sim.data.edition import outlook_known_in
from sim.data.tables import Tables, load_tables
from sim.evaluation.backtest.backtest import backtest
from sim.evaluation.backtest.estimates import Numbers, carried_on, packaged
from sim.evaluation.backtest.headline import Headline, headline
from sim.evaluation.backtest.origins import ORIGINS, Mode
from sim.scenario.schema import AllySection, Scenario

PATHS, SEED = 4_096, 2032

INFLATION_WEIGHT = 0.5
"""Of a surprise of prices, how much moves the share: budgets are partly indexed, or made up for within the year."""

UNKNOWN_SURPRISE_PCT = 2.0
"""Standard deviation of the surprise of prices where no outlook of the past shows it."""

NOISE = "outturn.noise.sd"

Change = Callable[[Scenario], Scenario]


@dataclass(frozen=True)
class Part:
    """One row: what is changed, in the estimates of each cutoff and in each scenario of the past."""

    title: str
    numbers: Callable[[Numbers], Numbers] = lambda numbers: numbers
    change: Change | None = None


def without(*names: str) -> Callable[[Numbers], Numbers]:
    """The estimates without these parameters, which are as shipped then."""
    return lambda numbers: {name: values for name, values in numbers.items() if not name.endswith(names)}


def with_source(**values: object) -> Change:
    """A scenario with another source of its parameters."""
    return lambda scenario: scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update=values)})


@lru_cache(maxsize=1)
def known() -> dict[int, Numbers]:
    """The packaged estimates, for every origin."""
    return carried_on(packaged(), ORIGINS)


def at_its_mean(numbers: Numbers) -> Numbers:
    """The noise of outlays at the mean of its draws: one number for all paths, which an ally's own can be added to."""
    return {**numbers, NOISE: [fmean(numbers[NOISE])] * len(numbers[NOISE])}


def price_surprise_pct(tables: Tables, iso3: str, base_year: int) -> float:
    """Root mean square of an ally's surprises of the deflator one year ahead, by outlooks before the base year; IMF."""
    errors = []
    for year in range(ORIGINS[0], base_year):
        edition, came = outlook_known_in(year), tables.gdp_row(iso3, year + 1)
        ahead = tables.outlook_of(iso3, edition).get(year + 1) if edition and edition[:4] == str(year) else None
        if ahead and came and ahead.deflator_pct is not None and came.deflator_pct is not None:
            errors.append(came.deflator_pct - ahead.deflator_pct)
    return hypot(*errors) / len(errors) ** 0.5 if errors else UNKNOWN_SURPRISE_PCT


def noisier_by_prices(scenario: Scenario) -> Scenario:
    """Each ally's noise of outlays wider by its own surprises of prices, as far as outlooks before the origin show."""
    tables, base_year = load_tables(), scenario.horizon.base_year
    common = fmean(known()[base_year][NOISE])
    own = {
        ally.iso3: hypot(common, INFLATION_WEIGHT * price_surprise_pct(tables, ally.iso3, base_year) / 100)
        for ally in tables.armed_allies()
    }
    return scenario.model_copy(update={"ally": {
        iso3: AllySection.model_validate({"outturn": {"noise": {"student_t": {"df": 4.0, "sd": sd}}}})
        for iso3, sd in own.items()
    }})  # fmt: skip


def at_level_1(scenario: Scenario) -> Scenario:
    """Past jumps of urgency at their own sizes, which are drawn too."""
    return scenario.model_copy(update={"urgency": scenario.urgency.model_copy(update={"level": 1.0})})


PARTS = (
    Part("as scored: everything drawn"),
    Part("the pledge as estimated on every path, none kept in earnest", change=with_source(in_earnest=0.0)),
    Part("past jumps of urgency sized by hand, knowing what followed", without("_jump")),
    Part("the headroom as shipped", without(".headroom_pct")),
    Part("the map by coasts alone", change=with_source(geography="coasts")),
    Part("the level of urgency at 1", change=at_level_1),
    Part("the noise of outlays at its mean", at_its_mean),
    Part("the same, wider by each ally's surprises of prices", at_its_mean, noisier_by_prices),
)  # fmt: skip


def scored(part: Part) -> Headline:
    """The backtest with one part changed."""
    numbers: Mapping[int, Numbers] = {cutoff: part.numbers(values) for cutoff, values in known().items()}
    test = backtest(paths=PATHS, seed=SEED, modes=[Mode.OUT_OF_SAMPLE], estimates=numbers, change=part.change)
    return headline(test, test.modes()[0])


def parts_table() -> str:
    """One row a part."""
    lines = []
    for part in PARTS:
        found = scored(part)
        ahead = found.horizons
        lines.append([
            part.title, figures(one.crps_ratio for one in ahead), figures(one.brier_ratio for one in ahead),
            figures(one.inside_90 for one in ahead), f"{found.counts_inside_90} of {found.counts}",
            "" if found.slope is None else f"{found.slope:.2f}",
        ])  # fmt: skip
    head = ["", "CRPS over the best baseline's", "Brier over the straight line's", "in the 90 % band", "count", "slope"]
    return table(lines, head)


def figures(values: Iterable[float]) -> str:
    """Parts of one, 1 to 5 years ahead."""
    return " ".join(f"{value:.2f}".removeprefix("0") for value in values)


if __name__ == "__main__":
    print(parts_table())

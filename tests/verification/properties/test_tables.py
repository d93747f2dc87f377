"""The tables of a run agree with each other: probabilities, quantiles, intervals, and the lines of the printed page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from properties.making import SHIPPED, holds_for, made, run, seeds, shipped
from properties.test_adding_up import check_counts
from sim.numerics.grid import printed
from sim.results.counts import PILLARS
from sim.results.summary import alliance_line, ally_lines, default_year
from sim.results.tables import LEVELS

KEY = ["iso3", "year"]


def check_tables(results: sim.Results) -> None:
    """Everything that holds between the tables of any run."""
    compliance, shares = results.compliance(), results.shares()
    check_probabilities(results, compliance)
    check_quantiles(shares)
    if results.record.description.yardstick("core") is not None:
        check_gap(results, compliance, shares)
        check_first_year(results, compliance)
    check_alliance(results, compliance)
    check_page(results, compliance, shares)


def check_probabilities(results: sim.Results, table: pd.DataFrame) -> None:
    """From 0 to 1, inside their intervals, those counted multiples of one path; none for an ally no target binds."""
    for pillar, rows in table.groupby("pillar"):
        aim = results.record.description.yardstick(pillar)
        assert aim is not None
        free = [] if aim.members is None else sorted(set(rows.iso3) - set(aim.members))
        assert sorted(set(rows.iso3[rows.probability.isna()])) == free
    table = table[table.probability.notna()]
    probability = table[["probability", "ci_low", "ci_high", "without_late_push"]]
    assert ((probability >= 0) & (probability <= 1)).all(axis=None)
    assert (table.ci_low <= table.probability).all()
    assert (table.probability <= table.ci_high).all()
    inside = table.probability.between(0, 1, inclusive="neither")
    assert (table.ci_low[inside] < table.probability[inside]).all()
    assert (table.ci_high[inside] > table.probability[inside]).all()
    assert (table.without_late_push <= table.probability).all()
    assert table.counted.between(0, 1).all()
    core, related = table.query("pillar == 'core'"), table.query("pillar == 'related'")
    assert (related.counted == related.probability).all()
    for counted in (table.counted, core.not_yet_due, related.without_late_push):
        whole = counted * results.paths_simulated
        np.testing.assert_allclose(whole, whole.round(), atol=1e-9)
    assert (core.in_force + core.not_yet_due).between(0, 1 + 1e-12).all()
    assert table.query("pillar != 'core'")[["in_force", "not_yet_due"]].isna().all(axis=None)


def check_quantiles(table: pd.DataFrame) -> None:
    """They never cross, and the mean lies between the ends of what they leave open."""
    levels = table[list(LEVELS)].to_numpy()
    assert (np.diff(levels, axis=1) >= 0).all()
    assert (levels >= 0).all()
    # A twentieth of the paths lie at or below q05 and may be 0; a twentieth above q95 are at most 20.47.
    low = 0.2 * levels[:, 0] + 0.25 * levels[:, 1] + 0.25 * levels[:, 2] + 0.2 * levels[:, 3]
    high = 0.05 * levels[:, 0] + 0.2 * levels[:, 1] + 0.25 * levels[:, 2] + 0.25 * levels[:, 3] + 0.2 * levels[:, 4]
    assert (table["mean"] >= low - 1e-9).all()
    assert (table["mean"] <= high + 0.05 * 20.47 + 1e-9).all()


def counted_without_late_push(results: sim.Results) -> pd.Series[float]:
    """The part of the paths on which what is spent meets the core target: by ally and year."""
    counts, description = results.record.counts, results.record.description
    core = PILLARS.index("core")
    met = (counts.arrays["compliant"][core] - counts.arrays["on_paper"][core]) / counts.paths
    index = pd.MultiIndex.from_product([[entry.iso3 for entry in description.allies], description.years], names=KEY)
    return pd.Series(met.ravel(), index)


def check_gap(results: sim.Results, compliance: pd.DataFrame, shares: pd.DataFrame) -> None:
    """Nothing is missing at a level where and only where at least so many paths comply."""
    core = results.record.description.yardstick("core")
    assert core is not None
    goal = int(printed(core.share_pct)) / 100
    gap = results.gap().set_index(KEY)
    allies = gap[gap.shortfall_pct_mean.notna()]
    met = counted_without_late_push(results).loc[allies.index]
    share = shares.query("pillar == 'core_spent'").set_index(KEY).loc[allies.index]
    reported = shares.query("pillar == 'core'").set_index(KEY).loc[allies.index]
    levels = allies[[f"shortfall_pct_{name}" for name in LEVELS]].to_numpy()
    assert (np.diff(levels, axis=1) >= 0).all()
    assert ((levels >= 0) & (levels <= goal + 1e-9)).all()
    for index, level in enumerate(LEVELS.values()):
        assert ((levels[:, index] < 0.005) == (met >= level - 1e-9)).all()
    short = goal - share["mean"]
    assert (allies.shortfall_pct_mean >= short - 1e-9).all()  # who is above makes up for nobody
    assert ((allies.shortfall_usd_bn_mean == 0) | (met < 1)).all()
    assert ((allies.on_paper_pct_mean >= 0) & (allies.on_paper_usd_bn_mean >= 0)).all()
    assert (allies.on_paper_pct_mean <= reported["mean"] - share["mean"] + 1e-9).all()  # a push may land above the goal
    groups = gap.shortfall_usd_bn_mean.unstack("year")
    national = groups.drop(index=["EUC", "NATO"])
    np.testing.assert_allclose(groups.loc["NATO"], national.sum(), rtol=1e-9)
    np.testing.assert_allclose(groups.loc["EUC"], national.drop(index="USA", errors="ignore").sum(), rtol=1e-9)


def check_first_year(results: sim.Results, compliance: pd.DataFrame) -> None:
    """First years sum to 1; whoever complies has begun to; the base year is certain or impossible."""
    table = results.first_year()
    description = results.record.description
    assert (table.probability_staying <= table.probability + 1e-12).all()
    assert table.probability.between(0, 1).all()
    met = compliance.query("pillar == 'core'").set_index(KEY).counted
    for iso3, rows in table.groupby("iso3"):
        assert rows.probability.sum() == pytest.approx(1)
        assert rows[rows.year.isna()].probability_staying.item() == 0
        start = rows[rows.year == description.base_year].probability.item()
        assert start in (0, 1)
        begun = rows[rows.year.notna()].set_index("year").probability.cumsum()
        for year in description.years:
            assert begun[year] >= met[iso3, year] - 1e-9
        staying = rows.probability_staying.sum()
        assert staying <= met[iso3, description.years[-1]] + 1e-9


def check_alliance(results: sim.Results, compliance: pd.DataFrame) -> None:
    """The number of compliant allies is a distribution whose mean is the sum of the probabilities as counted."""
    table = results.alliance()
    if table.empty:
        assert compliance.empty
        return
    by = table.groupby(["pillar", "year"])
    np.testing.assert_allclose(by.probability.sum(), 1)
    mean = (table.compliant * table.probability).groupby([table.pillar, table.year]).sum()
    sums = compliance.groupby(["pillar", "year"]).counted.sum()
    for place, expected in sums.items():
        assert mean[place] == pytest.approx(expected)
    if results.record.description.yardstick("core") is None:
        return
    for year, expected in counted_without_late_push(results).groupby("year").sum().items():
        assert mean["core_without_late_push", year] == pytest.approx(expected)


def check_page(results: sim.Results, compliance: pd.DataFrame, shares: pd.DataFrame) -> None:
    """The lines that `sim run` prints, which do without pandas, say what the tables say."""
    record = results.record
    year = default_year(record)
    of_year = shares[shares.year == year].set_index(["pillar", "iso3"])
    core, spent = of_year.loc["core"], of_year.loc["core_spent"]
    met = compliance.query("year == @year and probability.notna()").set_index(["iso3", "pillar"])
    yardstick = record.description.yardstick("core")
    for line in ally_lines(record, year):
        for band, table in ((line.spent, spent), (line.reported, core)):
            row = table.loc[line.entry.iso3]
            assert (band.q05, band.middle, band.q95) == (row.q05, row.q50, row.q95)
        assert set(line.chances) == {pillar for iso3, pillar in met.index if iso3 == line.entry.iso3}
        for pillar, chance in line.chances.items():
            told = met.loc[(line.entry.iso3, pillar)]
            assert (chance.probability, chance.ci_low, chance.ci_high, chance.without_late_push) == tuple(
                told[["probability", "ci_low", "ci_high", "without_late_push"]]
            )
        own = compliance.query("iso3 == @line.entry.iso3 and pillar == 'core' and probability >= 0.5").year.tolist()
        if "core" in line.chances and printed(line.entry.base_share_pct) >= printed(yardstick.share_pct):
            own = [record.description.base_year]
        assert line.first_year == (own[0] if own else None)
    page = alliance_line(record, year)
    for band, table in ((page.spent, spent), (page.reported, core)):
        assert band.middle == table["mean"]["EUC"]
    if page.counted is not None and page.many is not None and page.counted_without is not None:
        number = results.alliance().query("pillar == 'core' and year == @year")
        core = met.xs("core", level="pillar")
        assert page.counted.middle == pytest.approx(core.probability.sum())
        assert page.counted_without.middle == pytest.approx(core.without_late_push.sum())
        assert page.many.probability == pytest.approx(number[number.compliant >= page.threshold].probability.sum())
        assert page.counted_without.middle <= page.counted.middle
        assert page.many.without_late_push <= page.many.probability


@holds_for(6, 80, scenario=made(), seed=seeds)
def test_the_tables_of_a_made_scenario_agree(scenario: sim.Scenario, seed: int) -> None:
    check_tables(run(scenario, 40, seed))


@pytest.mark.parametrize("name", SHIPPED)
def test_counts_and_tables_of_a_shipped_scenario_agree(name: str) -> None:
    scenario = shipped(name)
    results = run(scenario, 80, 3)
    check_counts(results, scenario)
    check_tables(results)
    assert (results.record.counts.arrays["shares"][..., -1] == 0).all(), "a share ran off the grid"


@pytest.mark.parametrize(("name", "moves"), [("hague_2035", False), ("hague_2035_review", True)])
def test_not_yet_due_is_a_figure_only_where_a_review_puts_the_date_off(name: str, moves: bool) -> None:
    core = run(shipped(name), 48).compliance().query("pillar == 'core'")
    assert (core.in_force == core.probability).all()  # this review can only give time
    assert (core.not_yet_due > 0).any() == moves

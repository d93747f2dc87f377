"""Every table and every line against the paths it stands for, one by one, on a record made by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from results.made import ALLIES, MEMBERS, PATHS, TARGETS, YEARS, Made, made, without
from sim.record.counts import GROUPS, PILLARS
from sim.results import summary
from sim.results.dataset import dataset
from sim.results.intervals import Z95, wilson
from sim.results.results import Results
from sim.results.rows import compliance_rows

LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}


@pytest.fixture(scope="module")
def run() -> Made:
    return made()


def quantile(values: np.ndarray, level: float) -> float:
    """The smallest value with at least `level` of the values at or below it."""
    ordered = sorted(values.tolist())
    return ordered[math.ceil(level * len(ordered) - 1e-9) - 1]


def interval(hits: int, paths: int = PATHS) -> tuple[float, float]:
    """Wilson (1927): the probabilities p with |hits/paths - p| = z sqrt(p (1 - p) / paths)."""
    a, b, c = 1 + Z95**2 / paths, -(2 * hits / paths + Z95**2 / paths), (hits / paths) ** 2
    root = math.sqrt(max(b * b - 4 * a * c, 0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


@pytest.mark.parametrize("hits", [0, 1, 7, 20, 39, 40])
def test_the_wilson_interval_solves_its_equation(hits: int) -> None:
    low, high = wilson(np.array([hits]), PATHS)
    assert (low[0], high[0]) == pytest.approx(interval(hits), abs=1e-12)


def test_compliance_is_counted_path_by_path(run: Made) -> None:
    rows = {row[:4]: row for row in compliance_rows(run.record)}
    expected = 0
    for pillar in PILLARS:
        for ally, entry in enumerate(ALLIES):
            if pillar == "total" and entry.iso3 not in MEMBERS:
                continue
            for step, year in enumerate(YEARS):
                expected += 1
                met, paper = run.met(pillar)[ally, step], run.paper[pillar][ally, step]
                row = rows[entry.iso3, entry.name, year, pillar]
                force = run.in_force[ally, step].mean() if pillar == "core" else None
                low, high = interval(met.sum())
                assert row[4:6] == (TARGETS[pillar] / 100, met.mean())
                assert row[6:8] == pytest.approx((max(low, 0), min(high, 1)), abs=1e-12)
                assert row[8] == pytest.approx((met & ~paper).mean())
                assert row[9:] == (force, PATHS)
    assert len(rows) == expected
    table = Results(run.record).compliance()
    assert [tuple(row) for row in table.drop(columns="in_force").itertuples(index=False)] == [
        row[:9] + row[10:] for row in rows.values()
    ]
    assert table["in_force"].dtype == float


def test_shares_are_those_of_every_path(run: Made) -> None:
    table = Results(run.record).shares()
    assert len(table) == (len(ALLIES) + 2) * len(PILLARS) * len(YEARS)
    indexed = table.set_index(["iso3", "pillar", "year"])
    names = dict(zip(table["iso3"], table["ally"], strict=True))
    assert names == {e.iso3: e.name for e in ALLIES} | {"EUC": "Europe and Canada", "NATO": "NATO"}
    for number, pillar in enumerate(PILLARS):
        for step, year in enumerate(YEARS):
            values = {e.iso3: run.shares[pillar][ally, step] for ally, e in enumerate(ALLIES)}
            values |= {group: run.groups[place, number, step] for place, group in enumerate(GROUPS)}
            for iso3, paths in values.items():
                row = indexed.loc[(iso3, pillar, year)]
                assert row["mean"] == pytest.approx(paths.mean() / 100)
                assert [row[q] for q in LEVELS] == pytest.approx([quantile(paths, p) / 100 for p in LEVELS.values()])


def test_the_alliance_is_the_number_of_complying_allies_of_every_path(run: Made) -> None:
    table = Results(run.record).alliance().set_index(["pillar", "year", "compliant"])["probability"]
    tallies = {pillar: run.met(pillar) for pillar in PILLARS}
    tallies["core_without_late_push"] = run.met("core") & ~run.paper["core"]
    assert len(table) == 4 * len(YEARS) * (len(ALLIES) + 1)
    for tally, met in tallies.items():
        for step, year in enumerate(YEARS):
            for number in range(len(ALLIES) + 1):
                assert table[tally, year, number] == (met[:, step].sum(axis=0) == number).mean()
    left = Results(without(run.record, "related", "total")).alliance()
    assert set(left["pillar"]) == {"core", "core_without_late_push"}


def test_the_gap_is_what_is_missing_on_every_path(run: Made) -> None:
    table = Results(run.record).gap()
    assert table["iso3"].tolist() == [e.iso3 for e in ALLIES for _ in YEARS] + [g for g in GROUPS for _ in YEARS]
    indexed = table.set_index(["iso3", "year"])
    for ally, entry in enumerate(ALLIES):
        for step, year in enumerate(YEARS):
            row, missing = indexed.loc[(entry.iso3, year)], np.maximum(350 - run.shares["core"][ally, step], 0)
            assert row["ally"] == entry.name
            assert row["shortfall_pct_mean"] == pytest.approx(missing.mean() / 100)
            for level, p in LEVELS.items():
                assert row[f"shortfall_pct_{level}"] == pytest.approx(quantile(missing, p) / 100)
            assert row["shortfall_usd_bn_mean"] == pytest.approx(run.usd[ally, step].sum() * 100 / PATHS / 1000)
            cell = entry.gdp_usd_bn / 10_000
            assert row["shortfall_usd_bn_q95"] == pytest.approx(quantile(run.usd[ally, step], 0.95) * cell)
    for place, (group, gdp) in enumerate(zip(GROUPS, (5_500, 35_500), strict=True)):
        for step, year in enumerate(YEARS):
            row, cells = indexed.loc[(group, year)], run.group_usd[place, step]
            assert row["ally"] == {"EUC": "Europe and Canada", "NATO": "NATO"}[group]
            assert row[["shortfall_pct_mean", *(f"shortfall_pct_{level}" for level in LEVELS)]].isna().all()
            assert row["shortfall_usd_bn_mean"] == pytest.approx(cells.sum() * 100 / PATHS / 1000)
            assert row["shortfall_usd_bn_q95"] == pytest.approx(quantile(cells, 0.95) * gdp / 10_000)


def test_the_gap_of_those_whom_the_target_binds(run: Made) -> None:
    core = replace(run.record.description.yardsticks[0], members=("ITA",))
    bound = replace(run.record, description=replace(run.record.description, yardsticks=(core,)))
    assert Results(bound).gap()["iso3"].tolist() == ["ITA"] * 3 + ["EUC"] * 3 + ["NATO"] * 3
    assert set(Results(bound).first_year()["iso3"]) == {"ITA"}
    italy = summary.ally_lines(bound, 2028)
    assert [set(line.chances) for line in italy] == [set(), {"core"}, set(), set()]
    assert [line.first_year is None for line in italy] == [True, False, True, True]
    assert summary.alliance_line(bound, 2028).bound == 1


def test_tables_without_a_core_target_are_empty_and_keep_their_columns(run: Made) -> None:
    full, none = Results(run.record), Results(without(run.record, "core"))
    for name in ("gap", "first_year"):
        table: pd.DataFrame = getattr(none, name)()
        assert table.empty
        assert list(table.columns) == list(getattr(full, name)().columns)


def test_the_first_year_is_that_of_every_path(run: Made) -> None:
    table = Results(run.record).first_year()
    assert list(table.columns) == ["iso3", "ally", "year", "probability", "probability_staying"]
    assert table["year"].dtype == "Int64"
    assert len(table) == len(ALLIES) * (len(YEARS) + 2)
    for ally, entry in enumerate(ALLIES):
        rows = table[table["iso3"] == entry.iso3]
        assert set(rows["ally"]) == {entry.name}
        firsts = [run.first(ally, path) for path in range(PATHS)]
        for row in rows.itertuples(index=False):
            year = None if pd.isna(row.year) else int(row.year)
            assert row.probability == firsts.count(year) / PATHS
            staying = [path for path in range(PATHS) if firsts[path] == year and run.stays(ally, path)]
            assert row.probability_staying == len(staying) / PATHS


@pytest.mark.parametrize(("firsts", "year"), [
    ((20, 0, 0, 0, 20), 2026), ((0, 20, 0, 0, 20), 2027), ((0, 19, 0, 1, 20), 2029), ((0, 19, 0, 0, 21), None),
    ((14, 0, 0, 0, 26), None), ((0, 0, 0, 0, 40), None),
])  # fmt: skip
def test_half_of_the_paths_is_half_or_more(run: Made, firsts: tuple[int, ...], year: int | None) -> None:
    arrays = run.record.counts.arrays | {"first_year": np.array([firsts] * len(ALLIES))}
    lines = summary.ally_lines(replace(run.record, counts=replace(run.record.counts, arrays=arrays)), 2028)
    assert [line.first_year for line in lines] == [year] * len(ALLIES)


def test_a_pillar_without_a_target_has_no_rows_and_hides_no_other(run: Made) -> None:
    assert {row[3] for row in compliance_rows(without(run.record, "related"))} == {"core", "total"}


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_an_interval_holds_its_estimate_and_stays_a_probability(hits: int, more: int) -> None:
    low, high = wilson(np.array([hits]), hits + more)
    assert 0 <= low[0] <= hits / (hits + more) <= high[0] <= 1
    low, high = wilson(np.array([hits + more]), hits + more)
    assert 0 <= low[0] <= 1 == high[0]


def chance(hits: np.ndarray, without_push: np.ndarray, in_force: np.ndarray) -> tuple[float, ...]:
    return (hits.mean(), *_within(hits), without_push.mean(), *_within(without_push), in_force.mean())


def _within(hits: np.ndarray) -> tuple[float, float]:
    low, high = interval(int(hits.sum()))
    return max(low, 0.0), min(high, 1.0)


def numbers(found: summary.Chance) -> tuple[float, ...]:
    return (found.probability, found.ci_low, found.ci_high, found.without_late_push, found.without_low,
            found.without_high, found.in_force)  # fmt: skip


@pytest.mark.parametrize("year", YEARS)
def test_the_line_of_an_ally(run: Made, year: int) -> None:
    step = YEARS.index(year)
    lines = summary.ally_lines(run.record, year)
    assert [line.entry for line in lines] == list(ALLIES)
    for ally, line in enumerate(lines):
        core = run.shares["core"][ally, step]
        expected = [quantile(core, level) / 100 for level in (0.5, 0.05, 0.95)]
        assert [line.share.middle, line.share.q05, line.share.q95] == pytest.approx(expected)
        assert set(line.chances) == {"core", "related"} | ({"total"} if ALLIES[ally].iso3 in MEMBERS else set())
        for pillar, found in line.chances.items():
            met, paper = run.met(pillar)[ally, step], run.paper[pillar][ally, step]
            force = run.in_force[ally, step] if pillar == "core" else met
            assert numbers(found) == pytest.approx(chance(met, met & ~paper, force), abs=1e-12)
        firsts = sorted(first or 9999 for first in (run.first(ally, path) for path in range(PATHS)))
        half = firsts[PATHS // 2 - 1]  # the year by which half of the paths have complied
        assert line.first_year == (None if half == 9999 else half)


@pytest.mark.parametrize("year", YEARS)
def test_the_line_of_the_alliance(run: Made, year: int) -> None:
    step = YEARS.index(year)
    line = summary.alliance_line(run.record, year)
    met, honest = run.met("core")[:, step], (run.met("core") & ~run.paper["core"])[:, step]
    assert (line.bound, line.threshold) == (4, 3)  # two thirds of four, rounded up
    for band, values, unit in [
        (line.counted, met.sum(axis=0), 1), (line.counted_without, honest.sum(axis=0), 1),
        (line.totals, run.met("total")[:, step].sum(axis=0), 1), (line.average, run.groups[0, 0, step], 100),
    ]:  # fmt: skip
        assert band is not None
        expected = (values.mean() / unit, quantile(values, 0.05) / unit, quantile(values, 0.95) / unit)
        assert (band.middle, band.q05, band.q95) == pytest.approx(expected)
    many, many_honest = met.sum(axis=0) >= 3, honest.sum(axis=0) >= 3
    assert line.many is not None
    assert numbers(line.many) == pytest.approx(chance(many, many_honest, many), abs=1e-12)
    assert summary.expected_number(run.record, year) == pytest.approx(met.sum(axis=0).mean())
    assert summary.expected_number(run.record, year, "core_without_late_push") == pytest.approx(
        honest.sum(axis=0).mean()
    )


def test_the_threshold_is_twenty_where_more_than_twenty_are_bound(rutte_results: sim.Results) -> None:
    line = summary.alliance_line(rutte_results.record, 2032)
    assert (line.bound, line.threshold) == (31, 20)
    description = rutte_results.record.description
    for bound, threshold in [(21, 20), (20, 14), (1, 1)]:
        members = tuple(entry.iso3 for entry in description.allies[:bound])
        core = replace(description.yardsticks[0], members=members)
        record = replace(rutte_results.record, description=replace(description, yardsticks=(core,)))
        assert summary.alliance_line(record, 2032).threshold == threshold


def test_lines_without_targets(run: Made) -> None:
    line = summary.alliance_line(without(run.record, *PILLARS), 2028)
    assert (line.bound, line.counted, line.counted_without, line.many, line.totals) == (4, None, None, None, None)
    assert all(ally.chances == {} for ally in summary.ally_lines(without(run.record, *PILLARS), 2028))
    assert summary.alliance_line(without(run.record, "total"), 2028).totals is None
    assert summary.alliance_line(without(run.record, "core"), 2028).totals is not None


def test_the_year_shown_is_that_of_the_target_or_the_last(run: Made) -> None:
    assert summary.default_year(run.record) == 2028
    assert summary.default_year(without(run.record, "core")) == 2029
    late = replace(run.record.description.yardsticks[0], by=2035)
    record = replace(run.record, description=replace(run.record.description, yardsticks=(late,)))
    assert summary.default_year(record) == 2029
    with pytest.raises(sim.UsageError, match="the run simulates 2027 to 2029, not 2030"):
        summary.step_of(run.record, 2030)


def test_the_dataset_has_every_number_under_its_name(run: Made) -> None:
    data = dataset(without(run.record, "related"))
    assert dict(data.sizes) == {"pillar": 3, "ally": 4, "year": 3, "quantile": 5}
    assert data.coords["ally"].values.tolist() == [entry.iso3 for entry in ALLIES]
    assert data.coords["year"].values.tolist() == list(YEARS)
    assert data.coords["pillar"].values.tolist() == list(PILLARS)
    assert data.attrs == {"title": "made", "paths": PATHS, "seed": 11}
    assert (data["probability"].dims, data["probability"].attrs) == (("pillar", "ally", "year"), {"units": "1"})
    assert data["share_pct_quantile"].dims == ("quantile", "pillar", "ally", "year")
    assert data["share_pct_quantile"].attrs == {"units": "% of GDP"}
    assert np.isnan(data["probability"].sel(pillar="related")).all()
    for ally, entry in enumerate(ALLIES):
        for step, year in enumerate(YEARS):
            at = {"ally": entry.iso3, "year": year, "pillar": "core"}
            assert data["probability"].sel(at).item() == run.met("core")[ally, step].mean()
            for level in LEVELS.values():
                seen = data["share_pct_quantile"].sel({**at, "quantile": level}).item()
                assert seen == pytest.approx(quantile(run.shares["core"][ally, step], level) / 100)


def test_kept_paths_are_in_the_dataset(rutte_results: sim.Results) -> None:
    data = rutte_results.to_xarray()
    assert data["path_will"].dims == ("ally", "year", "path")
    assert (data["path_will"].values == rutte_results.paths("will")).all()


def test_results_show_what_they_are(run: Made) -> None:
    results = Results(run.record)
    assert repr(results) == "<Results: 'made', 40 paths, 2027-2029>"
    assert (results.title, results.paths_simulated, results.manifest) == ("made", 40, {"seed": 11})
    with pytest.raises(sim.UsageError) as none:
        results.paths("will")
    assert str(none.value) == "the run kept no paths of 'will' (kept: none); run it with keep=['will']"
    kept = replace(run.record, counts=replace(run.record.counts, kept={"will": np.zeros(1), "plan_pct": np.zeros(1)}))
    with pytest.raises(sim.UsageError, match=r"\(kept: will, plan_pct\); run it"):
        Results(kept).paths("share_pct")


def test_saved_and_opened_through_results(run: Made, tmp_path) -> None:
    results = Results(run.record)
    results.save(tmp_path / "run")
    opened = Results.open(tmp_path / "run")
    assert opened.digest() == results.digest()
    assert opened.record.description == run.record.description

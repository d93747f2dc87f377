"""Every table and every line against the paths it stands for, one by one, on a record made by hand."""

from __future__ import annotations

import math
from dataclasses import astuple, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from results.made import ALLIES, MANIFEST, MEMBERS, PATHS, TARGETS, YEARS, Made, made, without
from sim.results import summary
from sim.results.counts import CERTAIN, EXPECTED, GROUPS, PILLARS
from sim.results.dataset import dataset
from sim.results.facade import Results
from sim.results.intervals import Z95, wilson
from sim.results.rows import compliance_rows

LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}


@pytest.fixture(scope="module")
def run() -> Made:
    return made()


def quantile(values: np.ndarray, level: float) -> float:
    """The smallest value with at least `level` of the values at or below it."""
    ordered = sorted(values.tolist())
    return ordered[math.ceil(Fraction(str(level)) * len(ordered)) - 1]


def interval(hits: float, paths: int = PATHS) -> tuple[float, float]:
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
            for step, year in enumerate(YEARS):
                expected += 1
                if pillar == "total" and entry.iso3 not in MEMBERS:
                    row = rows[entry.iso3, entry.name, year, pillar]
                    assert row[4:] == (TARGETS[pillar] / 100, *[None] * 9, PATHS)
                    continue
                met, without = run.met(pillar)[ally, step], run.without(pillar)[ally, step]
                row, of_each = rows[entry.iso3, entry.name, year, pillar], run.probability(pillar)[ally, step]
                moved = (run.as_moved(ally, step).mean(), run.not_yet_due[ally, step].mean())
                force = moved if pillar == "core" else (None, None)
                low, high = interval(of_each.sum())
                assert row[4] == TARGETS[pillar] / 100
                assert row[5] == pytest.approx(of_each.mean(), abs=1e-15)
                assert row[6:8] == pytest.approx((max(low, 0), min(high, 1)), abs=1e-12)
                assert row[8:10] == (None, None)  # one row of parameters has no range
                assert row[10] == pytest.approx(without.mean())
                assert row[11:] == (*force, met.mean(), PATHS)
    assert len(rows) == expected
    table = Results(run.record).compliance()
    moved, drawn = ["in_force", "not_yet_due"], ["over_parameters_low", "over_parameters_high"]
    columns = table.drop(columns=[*moved, *drawn]).astype(object)
    assert [tuple(row) for row in columns.where(columns.notna(), None).itertuples(index=False)] == [
        row[:8] + row[10:11] + row[13:] for row in rows.values()
    ]
    assert [table[name].dtype.kind for name in (*moved, *drawn)] == ["f"] * 4


def test_shares_are_those_of_every_path(run: Made) -> None:
    table = Results(run.record).shares()
    pillars = [*PILLARS, "core_spent", "total_spent"]
    assert len(table) == (len(ALLIES) + 2) * len(pillars) * len(YEARS)
    shares = run.shares | {f"{pillar}_spent": paths for pillar, paths in run.spent.items()}
    of_groups = np.concatenate([run.groups, run.spent_groups], axis=1)
    indexed = table.set_index(["iso3", "pillar", "year"])
    names = dict(zip(table["iso3"], table["ally"], strict=True))
    assert names == {e.iso3: e.name for e in ALLIES} | {"EUC": "Europe and Canada", "NATO": "NATO"}
    for number, pillar in enumerate(pillars):
        for step, year in enumerate(YEARS):
            values = {e.iso3: shares[pillar][ally, step] for ally, e in enumerate(ALLIES)}
            values |= {group: of_groups[index, number, step] for index, group in enumerate(GROUPS)}
            for iso3, paths in values.items():
                row = indexed.loc[(iso3, pillar, year)]
                assert row["mean"] == int(paths.sum()) / (100 * PATHS)
                assert [row[q] for q in LEVELS] == [quantile(paths, p) / 100 for p in LEVELS.values()]


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
            row: Any = indexed.loc[(entry.iso3, year)]
            missing = np.maximum(350 - run.spent["core"][ally, step], 0)
            reported = np.maximum(350 - run.shares["core"][ally, step], 0)
            assert row["ally"] == entry.name
            assert row["shortfall_pct_mean"] == int(missing.sum()) / (100 * PATHS)
            assert row["on_paper_pct_mean"] == int((missing - reported).sum()) / (100 * PATHS)
            for level, p in LEVELS.items():
                assert row[f"shortfall_pct_{level}"] == quantile(missing, p) / 100
            cells, closed = run.spent_usd[ally, step], run.spent_usd[ally, step] - run.usd[ally, step]
            assert row["shortfall_usd_bn_mean"] == int(cells.sum()) / (10 * PATHS)
            assert row["on_paper_usd_bn_mean"] == int(closed.sum()) / (10 * PATHS)
            assert row["shortfall_usd_bn_q95"] == quantile(cells, 0.95) * int(entry.gdp_usd_bn) / 10_000
    for index, (group, gdp) in enumerate(zip(GROUPS, (5_500, 35_500), strict=True)):
        for step, year in enumerate(YEARS):
            row, cells = indexed.loc[(group, year)], run.spent_group_usd[index, step]
            assert row["ally"] == {"EUC": "Europe and Canada", "NATO": "NATO"}[group]
            none = ["shortfall_pct_mean", "on_paper_pct_mean", *(f"shortfall_pct_{level}" for level in LEVELS)]
            assert row[none].isna().all()
            assert row["shortfall_usd_bn_mean"] == int(cells.sum()) / (10 * PATHS)
            assert row["on_paper_usd_bn_mean"] == int((cells - run.group_usd[index, step]).sum()) / (10 * PATHS)
            assert row["shortfall_usd_bn_q95"] == quantile(cells, 0.95) * gdp / 10_000


def test_the_gap_of_those_whom_the_target_binds(run: Made) -> None:
    core = replace(run.record.description.yardsticks[0], members=("ITA",))
    bound = replace(run.record, description=replace(run.record.description, yardsticks=(core,)))
    gap = Results(bound).gap()
    assert set(gap["iso3"]) == {*(entry.iso3 for entry in ALLIES), "EUC", "NATO"}
    assert gap.dropna(subset="shortfall_usd_bn_mean")["iso3"].tolist() == ["ITA"] * 3 + ["EUC"] * 3 + ["NATO"] * 3
    assert gap[gap["iso3"] == "POL"].drop(columns=["iso3", "ally", "year"]).isna().all(axis=None)
    assert set(Results(bound).first_year()["iso3"]) == {"ITA"}
    italy = summary.ally_lines(bound, 2028)
    assert [set(line.chances) for line in italy] == [set(), {"core"}, set(), set()]
    assert [line.first_year is None for line in italy] == [True, False, True, True]
    assert summary.alliance_line(bound, 2028).bound == {"core": 1}


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


@pytest.mark.parametrize(("compliant", "year"), [
    ((20, 0, 0), 2027), ((19, 20, 19), 2028), ((19, 19, 21), 2029), ((19, 19, 19), None), ((0, 0, 40), 2029),
])  # fmt: skip
def test_the_first_year_of_half_is_the_first_in_which_half_of_the_paths_are_there(
    run: Made, compliant: tuple[int, ...], year: int | None
) -> None:
    """At once, not one after the other: 19 in each of three years may be all 40 paths, each there for a while."""
    expected = CERTAIN * np.array([[compliant] * len(ALLIES)] * len(EXPECTED))
    arrays = run.record.counts.arrays | {"expected": expected}
    lines = summary.ally_lines(replace(run.record, counts=replace(run.record.counts, arrays=arrays)), 2028)
    assert [line.first_year for line in lines] == [2026, year, year, year]  # Poland was there already


def test_a_pillar_without_a_target_has_no_rows_and_hides_no_other(run: Made) -> None:
    assert {row[3] for row in compliance_rows(without(run.record, "related"))} == {"core", "total"}


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_an_interval_holds_its_estimate_and_stays_a_probability(hits: int, more: int) -> None:
    low, high = wilson(np.array([hits]), hits + more)
    assert 0 <= low[0] <= hits / (hits + more) <= high[0] <= 1
    low, high = wilson(np.array([hits + more]), hits + more)
    assert 0 <= low[0] <= 1 == high[0]


def chance(*of_paths: np.ndarray, met: np.ndarray) -> tuple[float, ...]:
    """Of probabilities path by path, or of what came true."""
    return (*(number for each in of_paths for number in (each.mean(), *_within(each))), met.mean())


def _within(hits: np.ndarray) -> tuple[float, float]:
    low, high = interval(hits.sum())
    return max(low, 0.0), min(high, 1.0)


def numbers(found: summary.Chance) -> tuple[float, ...]:
    *figures, over_parameters = astuple(found)
    assert over_parameters is None
    return tuple(figures)


@pytest.mark.parametrize("year", YEARS)
def test_the_line_of_an_ally(run: Made, year: int) -> None:
    step = YEARS.index(year)
    lines = summary.ally_lines(run.record, year)
    assert [line.entry for line in lines] == list(ALLIES)
    for ally, line in enumerate(lines):
        for band, core in ((line.spent, run.spent["core"]), (line.reported, run.shares["core"])):
            expected = (*(quantile(core[ally, step], level) / 100 for level in (0.5, 0.05, 0.95)), 0.0)
            assert astuple(band) == expected
        assert set(line.chances) == {"core", "related"} | ({"total"} if ALLIES[ally].iso3 in MEMBERS else set())
        for pillar, found in line.chances.items():
            met, of_each = run.met(pillar)[ally, step], run.probability(pillar)[ally, step]
            force = run.as_moved(ally, step) if pillar == "core" else of_each
            waiting = run.not_yet_due[ally, step] if pillar == "core" else np.zeros_like(met)
            expected = chance(of_each, run.without(pillar)[ally, step], force, waiting, met=met)
            assert numbers(found) == pytest.approx(expected, abs=1e-12)
        there = [2026] if ALLIES[ally].base_share_pct >= 3.5 else []
        there += [year for year, of in zip(YEARS, run.probability("core")[ally], strict=True) if of.mean() >= 0.5]
        assert line.first_year == (there[0] if there else None)


@pytest.mark.parametrize("year", YEARS)
def test_the_line_of_the_alliance(run: Made, year: int) -> None:
    step = YEARS.index(year)
    line = summary.alliance_line(run.record, year)
    met, honest = run.met("core")[:, step], (run.met("core") & ~run.paper["core"])[:, step]
    assert (line.allies, line.bound, line.threshold) == (4, {"core": 4, "related": 4, "total": 3}, 3)
    number = {name: of.mean(axis=2).sum(axis=0)[step] for name, of in run.expected.items()}
    related = run.met("related")[:, step].sum(axis=0)
    for band, values, unit, middle in [
        (line.counted, met.sum(axis=0), 1, number["core"] / CERTAIN),
        (line.counted_without, honest.sum(axis=0), 1, number["core_without_late_push"] / CERTAIN),
        (line.totals, run.met("total")[:, step].sum(axis=0), 1, number["total"] / CERTAIN),
        (line.reported, run.groups[0, 0, step], 100, run.groups[0, 0, step].mean() / 100),
        (line.spent, run.spent_groups[0, 0, step], 100, run.spent_groups[0, 0, step].mean() / 100),
        (line.related, related, 1, related.mean()),
    ]:
        assert band is not None
        expected = (middle, quantile(values, 0.05) / unit, quantile(values, 0.95) / unit)
        assert (band.middle, band.q05, band.q95) == pytest.approx(expected)
    many, many_honest = met.sum(axis=0) >= 3, honest.sum(axis=0) >= 3
    assert line.many is not None
    assert numbers(line.many) == pytest.approx(
        chance(many, many_honest, many, np.zeros_like(many), met=many), abs=1e-12
    )
    for tally in ("core", "core_without_late_push"):
        assert summary.expected_number(run.record, year, tally) == pytest.approx(number[tally] / CERTAIN)
    assert summary.expected_number(run.record, year, "related") == pytest.approx(related.mean())


def test_the_threshold_is_twenty_where_more_than_twenty_are_bound(rutte_results: sim.Results) -> None:
    line = summary.alliance_line(rutte_results.record, 2032)
    assert (line.bound["core"], line.threshold) == (31, 20)
    description = rutte_results.record.description
    for bound, threshold in [(21, 20), (20, 14), (1, 1)]:
        members = tuple(entry.iso3 for entry in description.allies[:bound])
        core = replace(description.yardsticks[0], members=members)
        record = replace(rutte_results.record, description=replace(description, yardsticks=(core,)))
        assert summary.alliance_line(record, 2032).threshold == threshold


def test_lines_without_targets(run: Made) -> None:
    line = summary.alliance_line(without(run.record, *PILLARS), 2028)
    assert (line.bound, line.counted, line.counted_without, line.many) == ({}, None, None, None)
    assert (line.totals, line.related) == (None, None)
    assert all(ally.chances == {} for ally in summary.ally_lines(without(run.record, *PILLARS), 2028))
    assert summary.alliance_line(without(run.record, "total"), 2028).totals is None
    assert summary.alliance_line(without(run.record, "core"), 2028).totals is not None


def test_the_year_shown_is_that_of_the_target_or_the_last(run: Made) -> None:
    assert summary.default_year(run.record) == 2028
    assert summary.default_year(without(run.record, "core")) == 2028  # of the total
    assert summary.default_year(without(run.record, *PILLARS)) == 2029
    late = replace(run.record.description.yardsticks[0], by=2035)
    record = replace(run.record, description=replace(run.record.description, yardsticks=(late,)))
    assert summary.default_year(record) == 2029
    with pytest.raises(sim.UsageError, match="the run simulates 2027 to 2029, not 2030"):
        summary.step_of(run.record, 2030)


def test_the_dataset_has_every_number_under_its_name(run: Made) -> None:
    data = dataset(without(run.record, "related"))
    assert dict(data.sizes) == {"pillar": 3, "spent": 2, "ally": 4, "year": 3, "quantile": 5}
    assert data.coords["ally"].values.tolist() == [entry.iso3 for entry in ALLIES]
    assert data.coords["year"].values.tolist() == list(YEARS)
    assert data.coords["pillar"].values.tolist() == list(PILLARS)
    assert data.attrs == {"title": "made", "paths": PATHS, "seed": 11}
    assert (data["probability"].dims, data["probability"].attrs) == (("pillar", "ally", "year"), {"units": "1"})
    assert data["share_pct_quantile"].dims == ("quantile", "pillar", "ally", "year")
    assert data["share_pct_quantile"].attrs == {"units": "% of GDP"}
    for name in ("probability", "probability_counted"):
        assert np.isnan(data[name].sel(pillar="related")).all()
    for ally, entry in enumerate(ALLIES):
        for step, year in enumerate(YEARS):
            at = {"ally": entry.iso3, "year": year, "pillar": "core"}
            assert data["probability"].sel(at).item() == pytest.approx(run.probability("core")[ally, step].mean())
            assert data["probability_counted"].sel(at).item() == run.met("core")[ally, step].mean()
            for level in LEVELS.values():
                seen = data["share_pct_quantile"].sel({**at, "quantile": level}).item()
                assert seen == quantile(run.shares["core"][ally, step], level) / 100
                at_level = {"ally": entry.iso3, "year": year, "spent": "total", "quantile": level}
                seen = data["spent_share_pct_quantile"].sel(at_level).item()
                assert seen == quantile(run.spent["total"][ally, step], level) / 100


def test_kept_paths_are_in_the_dataset(rutte_results: sim.Results) -> None:
    data = rutte_results.to_xarray()
    assert data["path_will"].dims == ("ally", "year", "path")
    assert (data["path_will"].values == rutte_results.paths("will")).all()


def test_results_show_what_they_are(run: Made) -> None:
    results = Results(run.record)
    assert repr(results) == "<Results: 'made', 40 paths, 2027-2029>"
    assert (results.title, results.paths_simulated, results.manifest) == ("made", 40, MANIFEST)
    with pytest.raises(sim.UsageError) as none:
        results.paths("will")
    assert str(none.value) == "the run kept no paths of 'will' (kept: none); run it with keep=['will']"
    kept = replace(run.record, counts=replace(run.record.counts, kept={"will": np.zeros(1), "plan_pct": np.zeros(1)}))
    with pytest.raises(sim.UsageError, match=r"\(kept: will, plan_pct\); run it"):
        Results(kept).paths("share_pct")


def test_saved_and_opened_through_results(rutte_results: sim.Results, tmp_path: Path) -> None:
    rutte_results.save(tmp_path / "run")
    opened = Results.open(tmp_path / "run")
    assert opened.digest() == rutte_results.digest()
    assert opened.record.description == rutte_results.record.description

"""The tables of a comparison: each one function, each tidy, units in a column or a name."""

from __future__ import annotations

from dataclasses import astuple, fields

import pandas as pd

from sim.analysis.comparison.record import ComparisonRecord
from sim.analysis.comparison.rows import AllianceRow, PairRow, alliance_rows, pair_rows

CROSSINGS = (
    "iso3", "ally", "year", "pillar", "scenario", "probability_a", "probability_b", "crosses_half", "only_a_part",
    "only_b_part", "paths",
)  # fmt: skip
CHANGES = ("scenario", "path", "change", "value_a", "value_b")


def compliance(comparison: ComparisonRecord) -> pd.DataFrame:
    """Probability of compliance in the first scenario (A) and in another (B), by ally, year and pillar.

    Columns: iso3, ally, year, pillar (core, related, total, core_without_late_push), scenario (title of the other),
    probability_a, probability_b, difference (B less A), ci_low, ci_high (95 % of the difference, from the differences
    of stretches of 4,096 paths, of fewer than 8 from those path by path; Monte Carlo error only), only_a, only_b (paths
    that comply in one of them only, counted), low_a, high_a, low_b, high_b (95 % of either probability alone), paths.
    Each scenario is measured against its own yardstick; probabilities are those of `sim.results.tables.compliance`.
    Related and total rest on an assumption.
    """
    return pd.DataFrame([astuple(row) for row in pair_rows(comparison)], columns=_names(PairRow))


def alliance(comparison: ComparisonRecord) -> pd.DataFrame:
    """The alliance's expected figures in the first scenario (A) and in another (B), by year.

    Columns: scenario, year, measure (allies_core, allies_related, allies_total, allies_core_without_late_push;
    euc_spent: core, what Europe and Canada spend without what is closed on paper that year; euc_shortfall and
    nato_shortfall: money that it is short of the core target at prices and exchange rates of the base year), unit,
    expected_a, expected_b, difference (B less A), ci_low, ci_high (95 %, as in `compliance`), paths.
    """
    return pd.DataFrame([astuple(row) for row in alliance_rows(comparison)], columns=_names(AllianceRow))


def flips(comparison: ComparisonRecord) -> pd.DataFrame:
    """Who crosses one half between the scenarios, and the part of the paths that go either way.

    Columns: iso3, ally, year, pillar, scenario, probability_a, probability_b, crosses_half (up: likelier than not in
    the other only; down: in the first only; no: neither, or not beyond Monte Carlo error, 95 %), only_a_part and
    only_b_part (of all paths, those that comply in one only), paths.
    """
    rows = [
        (
            row.iso3, row.ally, row.year, row.pillar, row.scenario, row.probability_a, row.probability_b,
            row.crosses_half, row.only_a / row.paths, row.only_b / row.paths, row.paths,
        )
        for row in pair_rows(comparison)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(CROSSINGS))


def scenario_differences(comparison: ComparisonRecord) -> pd.DataFrame:
    """In what the scenarios differ from the first, resolved.

    Columns: scenario (title of the other), path ("will.mean", "event[crisis].rate"), change (added, removed, changed),
    value_a, value_b (in words: "normal(mean = 0.3, sd = 1)").
    """
    rows = [
        (title, change.path, change.change, change.value_before, change.value_after)
        for title, changes in zip(comparison.titles[1:], comparison.changes, strict=True)
        for change in changes
    ]
    return pd.DataFrame(rows, columns=list(CHANGES))


def _names(row: type[PairRow | AllianceRow]) -> list[str]:
    return [entry.name for entry in fields(row)]

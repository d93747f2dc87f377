"""The JSON document of a comparison: the printed page for machines, unrounded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sim.analysis.comparison.facade import Comparison
from sim.analysis.comparison.rows import AllianceRow, PairRow, alliance_rows, pair_rows
from sim.output.exports.units import MEAN_OF_RUNS
from sim.results.intervals import method
from sim.scenario.edit.compare import Difference
from sim.text.footnotes import ASSUMPTION, CLOSED_ON_PAPER, MONTE_CARLO

UNITS = {
    "probability_a, probability_b": "share of the simulated runs, 0 to 1, given the assumptions; a: the first "
    f"scenario; {MEAN_OF_RUNS}",
    "low_a, high_a, low_b, high_b": "95 % interval of either alone",
    "difference, ci_low, ci_high": "b less a, unit of what differs, and its 95 % interval from the differences run by "
    "run on common random numbers, Monte Carlo error only",
    "interval_method": "what the intervals come from: stretches, of 4,096 runs, or wilson, of single runs",
    "only_a, only_b": "simulated runs that comply in one of the two only, counted",
    "crosses_half": "likelier than not beyond Monte Carlo error: up: in b only; down: in a only; no: neither",
    "alliance.unit": "unit of expected_a, expected_b, difference, ci_low and ci_high of that line",
}


def document(comparison: Comparison, year: int, codes: frozenset[str] | None) -> dict[str, object]:
    """Everything the page shows, and the manifest; `codes` are the allies shown, None: all."""
    pairs = [row for row in pair_rows(comparison, year) if codes is None or row.iso3 in codes]
    figures = list(alliance_rows(comparison, year))
    return {
        "scenarios": [
            {
                "letter": letter,
                "title": description.title,
                "source": description.source,
                "description": description.description,
                "based_on": based_on or None,
                "target": {entry.pillar: asdict(entry) for entry in description.yardsticks},
                "years": list(description.years),
            }
            for letter, description, based_on in zip(
                comparison.letters, comparison.scenarios, comparison.based_on, strict=True
            )
        ],
        "base_year": comparison.scenarios[0].base_year,
        "years": list(comparison.years),
        "year": year,
        "paths": comparison.paths,
        "notes": list(comparison.notes()),
        "comparisons": [
            {
                "a": "A",
                "b": letter,
                "same": same,
                "allies": [_pair(row) for row in pairs if row.scenario == title],
                "alliance": [_figure(row) for row in figures if row.scenario == title],
                "scenario_differences": [_change(change) for change in changes],
            }
            for letter, title, same, changes in zip(
                comparison.letters[1:], comparison.titles[1:], comparison.same, comparison.changes, strict=True
            )
        ],
        "intervals": MONTE_CARLO,
        "interval_method": method(comparison.paths),
        "late_push": CLOSED_ON_PAPER,
        "assumption": ASSUMPTION,
        "units": UNITS,
        "manifest": dict(comparison.manifest),
    }


def _pair(row: PairRow) -> dict[str, Any]:
    assumed = {"assumption": True} if row.pillar in ("related", "total") else {}
    further = {"told_apart": row.told_apart, "crosses_half": row.crosses_half, **assumed}
    return {key: value for key, value in asdict(row).items() if key not in ("scenario", "paths")} | further


def _figure(row: AllianceRow) -> dict[str, Any]:
    assumed = {"assumption": True} if row.measure in ("allies_related", "allies_total") else {}
    further = {"told_apart": row.told_apart, **assumed}
    return {key: value for key, value in asdict(row).items() if key not in ("scenario", "paths")} | further


def _change(change: Difference) -> dict[str, Any]:
    return {"path": change.path, "change": change.change, "a": change.before, "b": change.after}

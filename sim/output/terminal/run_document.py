"""The JSON document of a run: the printed page for machines, unrounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import inf

from sim.analysis.sensitivity import HalfUrgency
from sim.output.exports.units import ABOVE_GRID, ALLIES, INTERVAL, MEAN_OF_RUNS, OF_GDP, OF_RUNS, OVER_PARAMETERS, PART
from sim.output.origins import mark, meaning, not_natos
from sim.results.counts import PILLARS
from sim.results.intervals import method
from sim.results.record import Record
from sim.results.summary import AllianceSummary, AllySummary, Band, Chance
from sim.text.footnotes import ASSUMPTION, CLOSED_ON_PAPER, MONTE_CARLO, SPENT

UNITS = {
    "*_share_pct": OF_GDP,
    "above_grid": f"{PART}; {ABOVE_GRID}",
    "base_share_own": "whose figure base_share_pct is, where it is not NATO's: null, or as on the page",
    "probability, without_late_push": f"{OF_RUNS}, given the assumptions; {MEAN_OF_RUNS}",
    "counted": f"{OF_RUNS}, that meet the target, counted one by one; the probability scatters less",
    "ci_low, ci_high": INTERVAL,
    "interval_method": "what the intervals of this run are: stretches or wilson",
    "over_parameters": f"{OVER_PARAMETERS}; of core_over_parameters, of the expected number of allies",
    "core_by_pledge": (
        f"{ALLIES} expected at the core target in runs that keep the pledge in earnest, and in the others; null: all "
        "runs keep it in one way"
    ),
    "expected, q05, q95": f"{ALLIES}; expected of core and total is the sum of their probabilities",
    "core_spent_share_pct": f"{OF_GDP}, as reported without what is closed on paper that year",
    "core, related, total": "of an ally; null: there is no such target, or it does not bind the ally",
    "first_year_half_at_target": (
        "first year in which at least half of the runs are at the core target, the base year by its figure; "
        "null: in none within the horizon, or the target does not bind the ally. The table first_year of Results and "
        "exports is another: of each run the year in which it first meets the target"
    ),
    "in_force, not_yet_due": (
        f"{OF_RUNS}: that meet the core target as a summit or review left it, and that do not, where its date was put "
        "off and has not come"
    ),
    "bound": "how many allies each target binds, and its count is of; null: there is no such target",
}


def document(
    record: Record, year: int, lines: Sequence[AllySummary], alliance: AllianceSummary, half: HalfUrgency | None
) -> dict[str, object]:
    """Everything the page shows, and the manifest."""
    description = record.description
    return {
        "title": description.title,
        "source": description.source,
        "description": description.description,
        "based_on": record.based_on or None,
        "target": {entry.pillar: asdict(entry) for entry in description.yardsticks},
        "base_year": description.base_year,
        "year": year,
        "paths": record.counts.paths,
        "allies": [_ally(line, record) for line in lines],
        "alliance": {
            "allies": alliance.bound.get("core", alliance.allies),
            "bound": {pillar: alliance.bound.get(pillar) for pillar in PILLARS},
            "core": _count(alliance.counted),
            "core_over_parameters": None if alliance.over_parameters is None else alliance.over_parameters._asdict(),
            "core_by_pledge": None if alliance.halves is None else asdict(alliance.halves),
            "core_without_late_push": _count(alliance.counted_without),
            "at_least": None if alliance.many is None else {"allies": alliance.threshold, **_chance(alliance.many)},
            "related": _assumed(alliance.related),
            "total": _assumed(alliance.totals),
            "europe_and_canada_spent_share_pct": _share(alliance.spent, "mean"),
            "europe_and_canada_reported_share_pct": _share(alliance.reported, "mean"),
        },
        "half_urgency": None if half is None else asdict(half),
        "intervals": MONTE_CARLO,
        "interval_method": method(record.counts.paths),
        "late_push": CLOSED_ON_PAPER,
        "spent": SPENT,
        "assumption": ASSUMPTION,
        "units": UNITS,
        "manifest": dict(record.manifest),
    }


def _ally(line: AllySummary, record: Record) -> dict[str, object]:
    chances: dict[str, object] = {}
    for pillar in ("core", "related", "total"):
        found = line.chances.get(pillar)
        assumed = {} if pillar == "core" else {"assumption": True}
        chances[pillar] = None if found is None else {**_chance(found), **assumed}
    return {
        "iso3": line.entry.iso3,
        "ally": line.entry.name,
        "base_share_pct": line.entry.base_share_pct,
        "base_share_estimated": line.entry.estimated,
        "base_share_own": meaning(record, mark(record, line.entry)) if not_natos(record, line.entry) else None,
        "core_spent_share_pct": _share(line.spent, "median"),
        "core_reported_share_pct": _share(line.reported, "median"),
        **chances,
        "first_year_half_at_target": line.first_year,
        "already": line.first_year == record.description.base_year if "core" in line.chances else None,
    }


def _chance(chance: Chance) -> dict[str, object]:
    return {
        "probability": chance.probability,
        "ci_low": chance.ci_low,
        "ci_high": chance.ci_high,
        "over_parameters": None if chance.over_parameters is None else chance.over_parameters._asdict(),
        "without_late_push": chance.without_late_push,
        "in_force": chance.in_force,
        "not_yet_due": chance.not_yet_due,
        "counted": chance.counted,
    }


def _assumed(band: Band | None) -> dict[str, object] | None:
    return None if band is None else {**_band(band, "expected"), "assumption": True}


def _count(band: Band | None) -> dict[str, object] | None:
    return None if band is None else _band(band, "expected")


def _share(band: Band, middle: str) -> dict[str, object]:
    """Null for what lies above the grid that shares are counted on, and the part of the runs that does."""
    figures = {middle: band.middle, "q05": band.q05, "q95": band.q95}
    counted = {name: None if value == inf else value for name, value in figures.items()}
    return {**counted, "above_grid": band.above}


def _band(band: Band, middle: str) -> dict[str, object]:
    return {middle: band.middle, "q05": band.q05, "q95": band.q95}

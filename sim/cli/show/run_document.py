"""The JSON document of a run: the printed page for machines, unrounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sim.exports.units import ALLIES, OF_GDP, OF_RUNS, WILSON
from sim.questions.leverage import HalfUrgency
from sim.record.record import Record
from sim.results.summary import AllianceLine, AllyLine, Band, Chance
from sim.words import ASSUMPTION, LATE_PUSH, MONTE_CARLO, SPENT

UNITS = {
    "*_share_pct": OF_GDP,
    "probability": f"{OF_RUNS}, given the assumptions",
    "ci_low, ci_high": WILSON,
    "expected, q05, q95": ALLIES,
    "core_spent_share_pct": f"{OF_GDP}, as reported without the late push of that year, which is on paper",
    "first_year_half_at_target": (
        "first year in which at least half of the runs are at the core target, the base year by its published figure; "
        "null: in none within the horizon. The table first_year of Results and exports is another: of each run the "
        "year in which it first meets the target"
    ),
    "in_force, not_yet_due": (
        f"{OF_RUNS}: that meet the core target as a summit or review left it, and that do not, where its date was put "
        "off and has not come"
    ),
}


def document(
    record: Record, year: int, lines: Sequence[AllyLine], alliance: AllianceLine, half: HalfUrgency | None
) -> dict[str, object]:
    """Everything the page shows, and the manifest."""
    description = record.description
    return {
        "title": description.title,
        "source": description.source,
        "description": description.description,
        "target": {entry.pillar: asdict(entry) for entry in description.yardsticks},
        "base_year": description.base_year,
        "year": year,
        "paths": record.counts.paths,
        "allies": [_ally(line, description.base_year) for line in lines],
        "alliance": {
            "allies": alliance.bound,
            "core": _count(alliance.counted),
            "core_without_late_push": _count(alliance.counted_without),
            "at_least": None if alliance.many is None else {"allies": alliance.threshold, **_chance(alliance.many)},
            "total": None if alliance.totals is None else {**_band(alliance.totals, "expected"), "assumption": True},
            "europe_and_canada_spent_share_pct": _band(alliance.spent, "mean"),
            "europe_and_canada_reported_share_pct": _band(alliance.reported, "mean"),
        },
        "half_urgency": None if half is None else asdict(half),
        "intervals": MONTE_CARLO,
        "late_push": LATE_PUSH,
        "spent": SPENT,
        "assumption": ASSUMPTION,
        "units": UNITS,
        "manifest": dict(record.manifest),
    }


def _ally(line: AllyLine, base: int) -> dict[str, object]:
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
        "core_spent_share_pct": _band(line.spent, "median"),
        "core_reported_share_pct": _band(line.reported, "median"),
        **chances,
        "first_year_half_at_target": line.first_year,
        "already": line.first_year == base,
    }


def _chance(chance: Chance) -> dict[str, object]:
    return {
        "probability": chance.probability,
        "ci_low": chance.ci_low,
        "ci_high": chance.ci_high,
        "without_late_push": chance.without_late_push,
        "in_force": chance.in_force,
        "not_yet_due": chance.not_yet_due,
    }


def _count(band: Band | None) -> dict[str, object] | None:
    return None if band is None else _band(band, "expected")


def _band(band: Band, middle: str) -> dict[str, object]:
    return {middle: band.middle, "q05": band.q05, "q95": band.q95}

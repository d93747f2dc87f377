"""What stands in the report beside its pictures, as words and rows ready for the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.numerics.grid import printed
from sim.output.charts.frames import PILLAR_WORDS
from sim.output.origins import mark, packaged, shares_sentence
from sim.output.report.sentences import ally_sentence
from sim.output.report.sources import citations
from sim.results.record import Record
from sim.results.summary import AllySummary, Chance, ally_lines, ranges_over_parameters
from sim.results.tables import gap
from sim.text.escaping import plain
from sim.text.figures import money, published_share, share, span, target
from sim.text.footnotes import NOT_BOUND, UNBOUND
from sim.text.probabilities import interval, likelihood, outward, percent


@dataclass(frozen=True)
class SheetCell:
    """A cell of a table: what is read, and what it is sorted by."""

    text: str
    value: float | str


@dataclass(frozen=True)
class Sheet:
    """A table of the page: columns with a note each, rows whose first cell heads them."""

    name: str
    caption: str
    columns: tuple[tuple[str, str], ...]  # head, and what it says at length
    rows: tuple[tuple[str, tuple[SheetCell, ...]], ...]  # the ally's code, and the cells


FACTS = {
    "paths": "simulated runs", "precision_points": "precision asked for, points", "scenario_digest": "scenario, sha256",
    "data_digest": "data tables, sha256", "stream_version": "version of the random numbers", "python": "Python",
    "numpy": "NumPy", "scipy": "SciPy", "simpy": "SimPy",
}  # fmt: skip
"""What the manifest's entries are called; the others by their own names."""

RANGE = ("Over parameters", "of 100 simulated runs; the central 90 % over the parameters drawn")
"""The column's head, and what it says at length."""

NEVER = 9_999
"""Sorts behind every year."""

MOST_SORTED = 100.0
"""Sorts behind every share that is counted, in the place of one that lies above."""


def allies_sheet(record: Record, year: int) -> Sheet:
    """Every ally in one year: share, band, probability with its interval, money short."""
    lines = sorted(ally_lines(record, year), key=_by_probability)
    core, base = record.description.yardstick("core"), record.description.base_year
    columns = [
        ("Ally", ""),
        (f"Share {base}", shares_sentence(record, record.description.allies)),
        (f"Median spent {year}", "half of the simulated runs spend that or less, % of GDP"),
        ("90 % band", f"where what is spent in {year} lies in 90 of 100 simulated runs, % of GDP"),
        (f"Median reported {year}", "the same with what is closed on paper that year"),
    ]
    if core:
        columns += [
            (
                f"Runs at {target(core.share_pct)} %",
                f"of 100 simulated runs, given the assumptions{_dash(record, 'core')}",
            ),
            RANGE if ranges_over_parameters(lines) else ("95 % interval", "Monte Carlo error only"),
            ("Spent only", "of 100 simulated runs; without what is closed on paper that year"),
            *((head, note) for head, note, _ in _moved(lines)),
            ("In words", "on the one fixed scale below"),
            (
                "First year",
                "the first in which half of the runs are at the target, also on paper; later years may have fewer",
            ),
            ("Short, USD bn", f"expected shortfall of what is spent to the target in {year}, prices of {base}"),
            ("Closed on paper, USD bn", "how much of it is closed on paper"),
        ]
    for aim in record.description.assumed:
        note = f"an assumption: NATO publishes no security-related outlays{_dash(record, aim.pillar)}"
        columns.append((f"Runs at {target(aim.share_pct)} % {PILLAR_WORDS[aim.pillar]}", note))
    short, moved = _short(record, year) if core else {}, [figure for _, _, figure in _moved(lines)]
    rows = [(line.entry.iso3, tuple(_cells(line, record, short, moved))) for line in lines]
    return Sheet("allies", f"The allies in {year}", tuple(columns), tuple(rows))


def _dash(record: Record, pillar: str) -> str:
    described = record.description
    return "" if len(described.bound(pillar)) == len(described.allies) else f"; {UNBOUND.removesuffix('.')}"


EstimateOf = Callable[[Chance], tuple[float, float, float]]
"""A probability of a target, with its interval."""


def _moved(lines: Sequence[AllySummary]) -> list[tuple[str, str, EstimateOf]]:
    """Columns of a core target that a summit or review has moved for some: head, note, figure."""
    cores = [line.chances["core"] for line in lines if "core" in line.chances]
    found: list[tuple[str, str, EstimateOf]] = []
    if any(chance.in_force != chance.probability for chance in cores):
        note = "of 100 simulated runs, met as a summit or review left the target"
        found.append(("As moved", note, lambda each: (each.in_force, each.in_force_low, each.in_force_high)))
    if any(chance.not_yet_due for chance in cores):
        note = "of 100 simulated runs, not met, where the date was put off and has not come"
        found.append(
            ("Not yet due", note, lambda each: (each.not_yet_due, each.not_yet_due_low, each.not_yet_due_high))
        )
    return found


def _cells(line: AllySummary, record: Record, short: Short, moved: Sequence[EstimateOf]) -> list[SheetCell]:
    entry, base = line.entry, record.description.base_year
    cells = [
        SheetCell(entry.name, entry.name),
        SheetCell(f"{published_share(entry.base_share_pct)}{mark(record, entry)}", entry.base_share_pct),
        SheetCell(share(line.spent.middle), min(line.spent.middle, MOST_SORTED)),
        SheetCell(span(line.spent.q05, line.spent.q95), min(line.spent.q05, MOST_SORTED)),
        SheetCell(share(line.reported.middle), min(line.reported.middle, MOST_SORTED)),
    ]
    core = line.chances.get("core")
    if record.description.yardstick("core"):
        if core is None:
            cells += [SheetCell(NOT_BOUND, -1.0)] * (7 + len(moved))
        else:
            when = (
                "already"
                if line.first_year == base
                else str(line.first_year or f"after {record.description.years[-1]}")
            )
            without = percent(core.without_late_push, core.without_low, core.without_high)
            cells += [
                SheetCell(percent(core.probability, core.ci_low, core.ci_high), core.probability),
                _ends(core),
                SheetCell(without, core.without_late_push),
                *(SheetCell(percent(*figure(core)), figure(core)[0]) for figure in moved),
                SheetCell(likelihood(core.probability), core.probability),
                SheetCell(when, line.first_year or NEVER),
                *(SheetCell(money(usd_bn), usd_bn) for usd_bn in short[entry.iso3]),
            ]
    for aim in record.description.assumed:
        found = line.chances.get(aim.pillar)
        cells.append(
            SheetCell(percent(found.probability, found.ci_low, found.ci_high), found.probability)
            if found
            else SheetCell(NOT_BOUND, -1.0)
        )
    return cells


def _ends(chance: Chance) -> SheetCell:
    """The range over parameters, or the Monte Carlo interval of a run that does not draw them."""
    if chance.over_parameters is None:
        return SheetCell(interval(chance.ci_low, chance.ci_high), chance.ci_low)
    return SheetCell(outward(*chance.over_parameters), chance.over_parameters.low)


def _by_probability(line: AllySummary) -> tuple[float, float, str]:
    core = line.chances.get("core")
    return (-core.probability if core else 1.0, -line.spent.middle, line.entry.name)


Short = dict[str, tuple[float, float]]
"""By ally: expected money short of what is spent, and how much of it is closed on paper, USD billion."""


def _short(record: Record, year: int) -> Short:
    table = gap(record)
    table = table[table.year == year]
    columns = (table.shortfall_usd_bn_mean.astype(float), table.on_paper_usd_bn_mean.astype(float))
    return dict(zip(table.iso3, zip(*columns, strict=True), strict=True))


def ally_sentences(record: Record, year: int) -> dict[str, str]:
    """A sentence on each ally, by code, for the place beside the chosen ally's fan."""
    core = record.description.yardstick("core")
    return {line.entry.iso3: plain(ally_sentence(line, core, year)) for line in ally_lines(record, year)}


def editions_sheet(record: Record) -> Sheet | None:
    """How the year before the base year reads in NATO's present edition and in the one a year before.

    None where the run had shares of the user's own, or there is no earlier edition.
    """
    tables = packaged(record, "shares", "share_vintages")
    if tables is None:
        return None
    year = record.description.base_year - 1
    editions = sorted({row.edition for row in tables.share_vintages if row.year == year})
    if len(editions) < 2:
        return None
    latest = editions[-1]
    whole = {e: sum(row.edition == e and row.year == year for row in tables.share_vintages) for e in editions[:-1]}
    before = max(editions[:-1], key=lambda edition: (whole[edition], edition))
    figures = {(row.iso3, row.edition): row.share_pct for row in tables.share_vintages if row.year == year}
    rows = []
    for entry in record.description.allies:
        old, new = figures.get((entry.iso3, before)), figures.get((entry.iso3, latest))
        if old is not None and new is not None:
            moved = (int(printed(new)) - int(printed(old))) / 100
            cells = (
                SheetCell(entry.name, entry.name),
                SheetCell(published_share(old), old),
                SheetCell(published_share(new), new),
                SheetCell(f"{moved:+.2f}".replace("-", "\u2212"), moved),
            )
            rows.append((entry.iso3, cells))
    rows.sort(key=lambda row: -abs(float(row[1][-1].value)))
    columns = (
        ("Ally", ""), (f"Edition {before}", "% of GDP, all outlays"), (f"Edition {latest}", "% of GDP, core outlays"),
        ("Change", "percentage points; mixes revision and definition; allies without a figure in both are left out"),
    )  # fmt: skip
    return Sheet("editions", f"The figure of {year} in two editions", columns, tuple(rows)) if rows else None


def sources(record: Record) -> list[str]:
    """What the figures are cited as, those of tables that the scenario leaves out excepted."""
    budget = json.loads(record.scenario).get("budget", {}) if record.scenario else {}
    switches = {"pledges": "pledges", "announced_paths": "announced_paths", "budgets": "adopted"}
    national = tuple(table for table, switch in switches.items() if budget.get(switch, True))
    return citations(record, ("shares", "gdp", *national, "elections"))


def facts(record: Record) -> list[tuple[str, str]]:
    """The manifest, as rows: what makes the run again, and proves it the same."""
    said = {
        key: value for key, value in record.manifest.items() if value not in (None, "") and not isinstance(value, dict)
    }
    rows = [(FACTS.get(key, key), str(value)) for key, value in said.items()]
    return [*rows, ("results, sha256", record.counts.digest())]

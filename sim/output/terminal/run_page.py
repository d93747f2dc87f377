"""The printed page of a run: title, table of allies, the alliance, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.analysis.sensitivity import HalfUrgency
from sim.output.origins import mark, shares_sentence
from sim.output.over_parameters import ranges_notes
from sim.output.terminal.console import NARROW, Page
from sim.output.terminal.layout import GAP, Column, fit, left_out, table
from sim.results.counts import SPENT as SPENT_PILLARS
from sim.results.record import Record, Yardstick
from sim.results.summary import AllianceSummary, AllySummary, Band, Chance
from sim.text.escaping import plain
from sim.text.figures import added, mean_share, number, published_share, share, span, target, whole
from sim.text.footnotes import (
    ASSUMPTION,
    BEYOND,
    CLOSED_ON_PAPER,
    CONDITIONAL,
    NOT_BOUND,
    P_MEANS,
    SPENT,
    UNBOUND,
)
from sim.text.probabilities import interval, of_100, outward, percent
from sim.text.sentences import allies, among, listed, runs

WORTH_CODES = 4  # rank of a column for which names give way to codes


def show(
    page: Page,
    record: Record,
    year: int,
    lines: Sequence[AllySummary],
    alliance: AllianceSummary,
    half: HalfUrgency | None,
) -> None:
    """Print the page."""
    description = record.description
    text_width = page.text_width
    page.print(Text(plain(description.title), style="bold"), width=text_width)
    page.print(Text(_subtitle(record, year)), width=text_width)
    if record.based_on:
        page.print(Text(plain(record.based_on)), width=text_width)
    page.print()
    columns = _columns(record, year, lines)
    kept, dropped = fit(columns, page.width)
    if any(column.rank <= WORTH_CODES for column in dropped):
        kept, dropped = fit([_codes(lines), *columns[1:]], page.width)
    page.print(table(kept))
    page.print()
    _show_alliance(page, record, year, alliance, half, text_width)
    page.print()
    precision = record.manifest.get("precision_points")
    beyond = any(band.q95 == inf for band in (*(line.reported for line in lines), alliance.reported))
    if beyond or alliance.reported.above:
        page.print(Text(BEYOND), width=text_width)
    for line in _footer(record, lines, [column.name for column in kept], left_out(dropped), half, precision):
        page.print(Text(line, style="dim"), width=text_width)


def _subtitle(record: Record, year: int) -> str:
    """What is measured, in which year: the core target, or whatever there is without one."""
    description = record.description
    counted = f"{runs(record.counts.paths)}{_precision(record)}, seed {record.manifest['seed']}"
    if description.main_pillar is None:
        return f"No target, so no probability; [targets.core] would set one. Year {year}. {counted}."
    none = "" if description.yardstick("core") else "No core target. "
    found = [aim for pillar in ("core", "total", "related") if (aim := description.yardstick(pillar))]
    shown = found if none else found[:1]
    targets = [f"{aim.pillar} {target(aim.share_pct)} % of GDP by {aim.by}{_remarks(record, aim)}" for aim in shown]
    by = shown[0].by
    due = "" if by == year else f", before it falls due in {by}" if year < by else ""
    return f"{none}Measured against {listed(targets)}. Year {year}{due}. {counted}."


def _remarks(record: Record, aim: Yardstick) -> str:
    return plain(f"x{record.description.remarks(aim)}").removeprefix("x")


def _precision(record: Record) -> str:
    points = record.manifest.get("precision_points")
    return "" if points is None else f", as many as a precision of {_points(points)} takes"


def _points(points: float) -> str:
    return f"{points:g} percentage point{'' if points == 1 else 's'}"


def _columns(record: Record, year: int, lines: Sequence[AllySummary]) -> list[Column]:
    """All columns; a higher rank is left out earlier."""
    description = record.description
    last = description.years[-1]
    columns = [
        Column("ally", "Ally", [line.entry.name for line in lines], 0, right=False),
        Column(
            f"share {description.base_year}",
            f"Share\n{description.base_year}",
            [_now(line, record) for line in lines],
            2,
        ),
        Column("median", f"Median\nspent\n{year}", [share(line.spent.middle) for line in lines], 1),
        Column("90 % band", f"90 %\nband\n{year}", [_band(line.spent) for line in lines], 3),
    ]
    if any(line.reported != line.spent for line in lines):
        reported = [share(line.reported.middle) for line in lines]
        columns.append(Column("median reported", f"Median\nreported\n{year}", reported, 4))
    core, related, total = (description.yardstick(pillar) for pillar in ("core", "related", "total"))
    if core:
        goal = f"≥{target(core.share_pct)}"
        columns += [
            Column("P core", f"P core\n{goal}", _probabilities(lines, "core"), 0),
            _range_column(lines),
            Column("P core spent only", "P core\nspent\nonly", _cells(lines, "core", _without), 4),
        ]
        bound = [line.chances["core"] for line in lines if "core" in line.chances]
        if any(chance.in_force != chance.probability for chance in bound):
            columns.append(Column("P core as moved", "P core\nas moved", _cells(lines, "core", _in_force), 4))
        if any(chance.not_yet_due for chance in bound):
            columns.append(Column("not yet due", "Not\nyet due", _cells(lines, "core", _not_yet_due), 4))
    if related:
        head = f"P related\n≥{target(related.share_pct)}\nassumption"
        columns.append(Column("P related", head, _probabilities(lines, "related"), 8, dim=True))
    if total:
        head = f"P total\n≥{target(total.share_pct)}\nassumption"
        columns.append(Column("P total", head, _probabilities(lines, "total"), 7, dim=True))
    if core:
        cells = [_first(line, description.base_year, last) for line in lines]
        columns.append(Column("first year", f"First year\nhalf at\n{goal}", cells, 6))
    return columns


def _codes(lines: Sequence[AllySummary]) -> Column:
    return Column("ally", "Ally", [line.entry.iso3 for line in lines], 0, right=False)


def _now(line: AllySummary, record: Record) -> str:
    return f"{published_share(line.entry.base_share_pct)}{mark(record, line.entry) or ' '}"


def _band(band: Band) -> str:
    return span(band.q05, band.q95)


def _chance(chance: Chance) -> str:
    return percent(chance.probability, chance.ci_low, chance.ci_high)


def _interval(chance: Chance) -> str:
    return interval(chance.ci_low, chance.ci_high)


def _range_column(lines: Sequence[AllySummary]) -> Column:
    """How far the parameters move the probability; where they are not drawn, how far another seed would."""
    if any(line.chances["core"].over_parameters for line in lines if "core" in line.chances):
        return Column("over parameters", "Over\nparam-\neters", _cells(lines, "core", _over_parameters), 1)
    return Column("95 % interval", "95 %\ninterval", _cells(lines, "core", _interval), 5)


def _over_parameters(chance: Chance) -> str:
    return "" if chance.over_parameters is None else outward(*chance.over_parameters)


def _without(chance: Chance) -> str:
    return percent(chance.without_late_push, chance.without_low, chance.without_high)


def _in_force(chance: Chance) -> str:
    return percent(chance.in_force, chance.in_force_low, chance.in_force_high)


def _not_yet_due(chance: Chance) -> str:
    """None is none here: a date that was not put off is due."""
    return percent(chance.not_yet_due, chance.not_yet_due_low, chance.not_yet_due_high) if chance.not_yet_due else "–"


def _cells(lines: Sequence[AllySummary], pillar: str, formatted: Callable[[Chance], str]) -> list[str]:
    return [formatted(line.chances[pillar]) if pillar in line.chances else NOT_BOUND for line in lines]


def _probabilities(lines: Sequence[AllySummary], pillar: str) -> list[str]:
    return _cells(lines, pillar, _chance)


def _first(line: AllySummary, base: int, last: int) -> str:
    if "core" not in line.chances:
        return NOT_BOUND
    if line.first_year is None:
        return f"after {last}"
    return "already" if line.first_year == base else str(line.first_year)


def _show_alliance(
    page: Page, record: Record, year: int, alliance: AllianceSummary, half: HalfUrgency | None, width: int
) -> None:
    core, related, total = (record.description.yardstick(pillar) for pillar in ("core", "related", "total"))
    facts: list[tuple[str, str]] = []
    bound, of = alliance.bound, alliance.allies
    if core and alliance.counted and alliance.counted_without and alliance.many:
        facts += [
            (f"Allies at {target(core.share_pct)} %", _counted(alliance.counted, bound["core"], of)),
            *_by_parameters(alliance, bound["core"], of),
            ("spent only", _counted(alliance.counted_without, bound["core"], of)),
        ]
        if half:
            facts.append(("less threatened", _halved(half, alliance.counted, bound["core"], of)))
        facts.append((
            f"At least {allies(alliance.threshold)}",
            f"{_spoken(alliance.many)}; spent only {_spoken_without(alliance.many)}",
        ))  # fmt: skip
    if related and alliance.related:
        text = f"{_counted(alliance.related, bound['related'], of)}; an assumption"
        facts.append((f"Allies at {target(related.share_pct)} % related", text))
    if total and alliance.totals:
        text = f"{_counted(alliance.totals, bound['total'], of)}; an assumption"
        facts.append((f"Allies at {target(total.share_pct)} % in total", text))
    spent, reported = alliance.spent, alliance.reported
    average = mean_share(spent.middle, spent.above)
    facts.append(("Europe and Canada", f"{average} % of GDP spent, {_band(spent)} in 90 of 100 runs"))
    if reported != spent:
        facts.append(("closed on paper", f"{added(reported.middle - spent.middle)} points of GDP on top"))
    page.print(Text(f"The alliance in {year}, given the assumptions", style="bold"), width=width)
    if width < NARROW:
        for name, text in facts:
            page.print(Text(name), width=width)
            page.print(Padding(Text(text), (0, 0, 0, GAP), expand=False), width=width)
        return
    grid = Table.grid(padding=(0, GAP, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for name, text in facts:
        grid.add_row(Text(name), Text(text))
    page.print(Padding(grid, (0, 0, 0, GAP), expand=False), width=width)


def _by_parameters(alliance: AllianceSummary, bound: int, of: int) -> Iterator[tuple[str, str]]:
    """What the drawn parameters make of the expected number."""
    if alliance.over_parameters:
        low, high = (number(each, bound) for each in alliance.over_parameters)
        yield "over parameters", f"{low} to {high} of {among(bound, of)} expected, by the parameters drawn"
    if alliance.halves:
        kept, not_kept = (number(each, bound) for each in (alliance.halves.in_earnest, alliance.halves.otherwise))
        yield (
            "kept in earnest",
            f"{kept} of {among(bound, of)} expected in runs that keep the pledge in earnest, {not_kept} in the others",
        )


def _counted(band: Band, bound: int, of: int) -> str:
    expected = f"{number(band.middle, bound)} of {among(bound, of)} expected"
    return f"{expected}, {whole(band.q05)}–{whole(band.q95)} in 90 of 100 runs"


def _halved(half: HalfUrgency, counted: Band, bound: int, of: int) -> str:
    """The short runs give the difference, on common random numbers; the run itself gives the level."""
    now, usual = number(counted.middle + half.difference, bound), number(counted.middle, bound)
    condition = "if governments felt half as threatened"
    if now == usual:
        return f"still {now} of {among(bound, of)} expected {condition}"
    return f"{now} of {among(bound, of)} expected instead of {usual} {condition}"


def _spoken(chance: Chance) -> str:
    spoken = of_100(chance.probability, chance.ci_low, chance.ci_high)
    return f"{spoken} ({_over_parameters(chance)} over parameters)" if chance.over_parameters else spoken


def _spoken_without(chance: Chance) -> str:
    return of_100(chance.without_late_push, chance.without_low, chance.without_high).removesuffix(" simulated runs")


def _footer(
    record: Record, lines: Sequence[AllySummary], kept: Sequence[str], narrow: str, half: HalfUrgency | None,
    precision: float | None,
) -> list[str]:  # fmt: skip
    notes = [narrow] if narrow else []
    notes.append(f"Shares are {shares_sentence(record, [line.entry for line in lines])}.")
    pillars = {aim.pillar for aim in record.description.yardsticks}
    if pillars:
        ranges = " ".join(ranges_notes(lines, record))
        means = f"{P_MEANS} {CONDITIONAL}" if pillars & set(SPENT_PILLARS) else P_MEANS
        notes += [means, ranges] if "over parameters" in kept else [f"{means} {ranges}"]
    shown = {pillar for pillar in pillars if any(name.startswith(f"P {pillar}") for name in kept)}
    if any(shown - line.chances.keys() for line in lines):
        notes.append(UNBOUND)
    if "core" in pillars or any(line.spent != line.reported for line in lines):
        notes.append(f"{CLOSED_ON_PAPER} {SPENT}")
    if precision is not None:
        reach = f"reaches as far as {_points(precision)} to either side"
        notes.append(f"Precision: no 95 % interval of a probability, of any ally, target and year, {reach}.")
    if "P core as moved" in kept:
        notes.append("As moved: met as a summit or review left the target.")
    if "not yet due" in kept:
        notes.append("Not yet due: not met, in runs in which the date was put off and has not come.")
    if "P related" in kept or "P total" in kept:
        notes.append(ASSUMPTION)
    if "first year" in kept:
        notes.append(
            "First year: the first in which at least half of the runs are at the core target, what is closed on paper "
            "included; later years may have fewer."
        )
    if half:
        notes.append("How threatened governments feel at the start is measured by nobody.")
    return notes

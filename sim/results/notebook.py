"""A run as a notebook shows it: what it is measured against, and every ally's probability in the target's year."""

from __future__ import annotations

from sim.record.counts import PILLARS
from sim.record.record import Record
from sim.results.summary import AllyLine, ally_lines, default_year
from sim.words import percent, runs, target
from sim.words.markup import LINE, card, element, text, yardstick

COLUMNS = 3
CELL = "text-align: {side}; padding: 0.1em 0.6em; border: none"


def html(record: Record) -> str:
    """The run as HTML: small, escaped, readable on light and dark."""
    description, paths = record.description, record.counts.paths
    stated = ((pillar, description.yardstick(pillar)) for pillar in PILLARS)
    lines = [yardstick(pillar, each.share_pct, each.by, each.agreed) for pillar, each in stated if each]
    first, last = description.years[0], description.years[-1]
    lines += [f"{first}–{last}, {runs(paths)}, seed {record.manifest['seed']}"]
    core = description.yardstick("core")
    if core is None:
        return card(description.title, [*lines, "No core target: nothing to comply with."])
    year = default_year(record)
    bound = [line for line in ally_lines(record, year) if "core" in line.chances]
    bound.sort(key=lambda line: (-line.chances["core"].probability, -line.spent.middle, line.entry.name))
    note = (
        f"In how many of 100 simulated runs an ally reports at least {target(core.share_pct)} % in {year}, given the "
        "assumptions; late pushes (compliance on paper) included."
    )
    return card(description.title, lines, _tables(bound), element("small", text(note)))


def _tables(lines: list[AllyLine]) -> str:
    """Narrow tables side by side, or below one another where there is no room."""
    height = -(-len(lines) // COLUMNS)
    parts = [lines[start : start + height] for start in range(0, len(lines), height)]
    tables = (element("table", element("tbody", *map(_row, part)), style=f"border-top: {LINE}") for part in parts)
    return element(
        "div", *tables, style="display: flex; flex-wrap: wrap; align-items: flex-start; gap: 0 1.5em; margin-top: 0.4em"
    )


def _row(line: AllyLine) -> str:
    chance = line.chances["core"]
    figure = percent(chance.probability, chance.ci_low, chance.ci_high)
    return element(
        "tr",
        element("td", text(line.entry.name), style=CELL.format(side="left")),
        element("td", text(figure), style=CELL.format(side="right")),
    )

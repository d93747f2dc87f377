"""A run as a notebook shows it: what it is measured against, and every ally's probability in the target's year."""

from __future__ import annotations

from sim.results.counts import PILLARS
from sim.results.record import Record
from sim.results.summary import AllySummary, ally_lines, default_year, ranges_over_parameters
from sim.text.figures import target
from sim.text.footnotes import ASSUMPTION, NOT_BOUND, UNBOUND, over_parameters
from sim.text.markup import LINE, card, element, text, yardstick
from sim.text.probabilities import outward, percent
from sim.text.sentences import runs

COLUMNS = 3
CELL = "text-align: {side}; padding: 0.1em 0.6em; border: none"


def html(record: Record) -> str:
    """The run as HTML: small, escaped, readable on light and dark."""
    description, paths = record.description, record.counts.paths
    stated = ((pillar, description.yardstick(pillar)) for pillar in PILLARS)
    lines = [yardstick(pillar, each.share_pct, each.by, description.remarks(each)) for pillar, each in stated if each]
    lines += [record.based_on] if record.based_on else []
    first, last = description.years[0], description.years[-1]
    lines += [f"{first}–{last}, {runs(paths)}, seed {record.manifest['seed']}"]
    pillar = description.main_pillar
    main = description.yardstick(pillar) if pillar else None
    if main is None:
        return card(description.title, [*lines, "No target: nothing to comply with."])
    year = default_year(record)
    shown = sorted(ally_lines(record, year), key=lambda line: _order(line, main.pillar))
    what = f"meets the {main.pillar} target in {year}, given the assumptions. {ASSUMPTION}"
    if main.pillar == "core":
        what = f"reports at least {target(main.share_pct)} % in {year}, given the assumptions; what is closed on paper "
        what += "is included."
    unbound = f" {UNBOUND}" if any(main.pillar not in line.chances for line in shown) else ""
    ranges = over_parameters(description.parameters.draws, halved=description.parameters.halved)
    drawn = f" In brackets: {ranges[0].lower()}{ranges[1:]}" if ranges_over_parameters(shown) else ""
    note = f"In how many of 100 simulated runs an ally {what}{drawn}{unbound}"
    return card(description.title, lines, _tables(shown, main.pillar), element("small", text(note)))


def _order(line: AllySummary, pillar: str) -> tuple[float, float, str]:
    """The most probable first, those not bound last."""
    chance = line.chances.get(pillar)
    return (-chance.probability if chance else 1.0, -line.spent.middle, line.entry.name)


def _tables(lines: list[AllySummary], pillar: str) -> str:
    """Narrow tables side by side, or below one another where there is no room."""
    height = -(-len(lines) // COLUMNS)
    parts = [lines[start : start + height] for start in range(0, len(lines), height)]
    tables = (
        element("table", element("tbody", *(_row(line, pillar) for line in part)), style=f"border-top: {LINE}")
        for part in parts
    )
    return element(
        "div", *tables, style="display: flex; flex-wrap: wrap; align-items: flex-start; gap: 0 1.5em; margin-top: 0.4em"
    )


def _row(line: AllySummary, pillar: str) -> str:
    chance = line.chances.get(pillar)
    figure = percent(chance.probability, chance.ci_low, chance.ci_high) if chance else NOT_BOUND
    drawn = f" ({outward(*chance.over_parameters)})" if chance and chance.over_parameters else ""
    return element(
        "tr",
        element("td", text(line.entry.name), style=CELL.format(side="left")),
        element("td", text(f"{figure}{drawn}"), style=CELL.format(side="right")),
    )

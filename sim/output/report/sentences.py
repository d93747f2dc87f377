"""The headline sentences of a run, made from its numbers: never more digits than the interval allows, no certainty."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.arguments import COUNTED_PCT
from sim.numerics.grid import Grid, money_grid
from sim.output.charts.frames import PILLAR_WORDS
from sim.output.over_parameters import halves_sentence, in_brackets, ranges_notes, span_of_number
from sim.results.counts import GROUPS, PILLARS
from sim.results.counts import SPENT as SPENT_PILLARS
from sim.results.intervals import quantile
from sim.results.record import Record, Yardstick
from sim.results.summary import (
    AllianceSummary,
    AllySummary,
    Band,
    Chance,
    alliance_line,
    ally_lines,
    expected_reach,
    ranges_over_parameters,
    step_of,
)
from sim.results.tables import gap
from sim.text.figures import added, money, number, share, target, whole
from sim.text.footnotes import BEYOND, CLOSED_ON_PAPER, CONDITIONAL, SPENT
from sim.text.probabilities import SCALE, likelihood, of_100, percent, scale_in_words
from sim.text.sentences import allies, listed

if TYPE_CHECKING:
    from sim.analysis.sensitivity import Sensitivity
from sim.text.rounding import nearest

TRACK_RECORD = (
    "Looking back, out of sample, the 90 % band for the number of allies at 2 % held the outcome in 41 of 50 "
    "overlapping forecasts, the bands of single shares in .89 to .93 of them: read the band of a number as too narrow.",
    "On whether an ally stands at 2 %, one to five years ahead, no simple baseline did better than the model; on how "
    "many do, the straight line did a year ahead. The odds the model stated look timid, no more than chance can make "
    "right ones look. At other targets there is no outcome to test it against yet.",
    "From the Decembers of 1999 to 2013, on SIPRI's figures, which it was not made with, it lost to the best simple "
    "baseline at every distance: the pledge of Riga was not kept, and its medians lay too high.",
)
"""What docs/track-record.md and docs/sipri-hindcast.md found; a test holds them together."""

EVEN = 0.45
"""Words from here on are told with names; of the others there are many."""

FEW = 5
"""Of so few allies a number says nothing that their names do not."""

LEAST_USD_BN = 0.05
"""Less is not told as money short."""

MOST_SHORT = 5
"""Allies that are named for holding most of the shortfall."""


def headlines(record: Record, year: int) -> list[str]:
    """What a reader should know first, most important first; at most six sentences."""
    core, line = record.description.yardstick("core"), alliance_line(record, year)
    average = (
        f"Europe and Canada together spend {_mean(line.spent)} % of GDP on average in {year}, {between(line.spent)} in "
        f"90 of 100 simulated runs{_besides(line)}."
    )
    if core is None:
        return [average, *_assumed(record, line)]
    found = [_count(line, core, year), _who(ally_lines(record, year), core, year), average, _money(record, core, year)]
    if line.many is not None and line.bound["core"] > FEW:
        found.append(f"At least {allies(line.threshold)} are there {in_runs(line.many)}.")
    return [*found, *_assumed(record, line)]


def _assumed(record: Record, line: AllianceSummary) -> list[str]:
    """The allies at the security-related target and at the total, each where there is one, in one sentence."""
    parts = []
    for aim in record.description.assumed:
        counted, at = (
            (line.related, "of GDP for security-related items")
            if aim.pillar == "related"
            else (line.totals, "in total, counting these items")
        )
        assert counted is not None
        bound = line.bound[aim.pillar]
        whom = allies(bound) if bound == line.allies else f"the {allies(bound)} that this target binds"
        parts.append(
            f"{number(counted.middle, bound)} of {whom} are expected at {target(aim.share_pct)} % {at}, "
            f"{whole(counted.q05)} to {whole(counted.q95)} in 90 of 100 simulated runs"
        )
    stamp = "An assumption, for NATO publishes no security-related outlays"
    return [f"{stamp}: {'; '.join(parts)}."] if parts else []


def between(band: Band) -> str:
    """Where 90 of 100 runs lie: "between 2.9 and 3.5 %", "above 20 %"."""
    if band.q05 == inf:
        return f"above {COUNTED_PCT:.0f} %"
    if band.q95 == inf:
        return f"above {share(band.q05)} %, and above {COUNTED_PCT:.0f} % in the highest,"
    return f"between {share(band.q05)} and {share(band.q95)} %"


def _mean(band: Band) -> str:
    return f"{'at least ' if band.above else ''}{share(band.middle)}"


def median(name: str, band: Band) -> str:
    """Where half of the runs have an ally, in a sentence without its end."""
    if band.middle == inf:
        return f"more than half of the simulated runs have {name} above {COUNTED_PCT:.0f} %"
    return f"half of the simulated runs have {name} at {share(band.middle)} % or below"


def caveats(record: Record, year: int) -> tuple[str, ...]:
    """What stands under the numbers of every page of a run on a year."""
    shown = record.counts.arrays["shares"][PILLARS.index("core")][..., -1]
    lines = ally_lines(record, year)
    kind = [CONDITIONAL] if any(line.chances.keys() & set(SPENT_PILLARS) for line in lines) else []
    ranges = ranges_notes(lines, record)
    return (*kind, *ranges, CLOSED_ON_PAPER, SPENT, *([BEYOND] if shown.any() else []))


def _besides(line: AllianceSummary) -> str:
    on_paper = line.reported.middle - line.spent.middle
    return f"; {added(on_paper)} points more are closed on paper" if on_paper > 0 else ""


def standing(record: Record) -> str:
    """What the targets are: agreed, or a proposal; said wherever the numbers are."""
    parts = []
    for aim in record.description.yardsticks:
        remarks = record.description.remarks(aim)
        parts.append(f"{PILLAR_WORDS[aim.pillar]} {target(aim.share_pct)} % of GDP by {aim.by}{remarks}")
    if not parts:
        return "The scenario has no target to measure against."
    return f"Measured against {listed(parts)}."


def ally_sentence(line: AllySummary, core: Yardstick | None, year: int) -> str:
    """One ally's odds in a sentence, with the word of the scale; or that no core target binds it."""
    chance = line.chances.get("core")
    if core is None or chance is None:
        why = (
            "The scenario has no core target"
            if core is None
            else f"The core target of {target(core.share_pct)} % of GDP by {core.by} does not bind {line.entry.name}"
        )
        return (
            f"{why}, so there are no odds of meeting it; {median(line.entry.name, line.spent)} in {year}, given the "
            "assumptions."
        )
    without = percent(chance.without_late_push, chance.without_low, chance.without_high)
    waiting = percent(chance.not_yet_due, chance.not_yet_due_low, chance.not_yet_due_high)
    put_off = f" In {spoken(waiting)} the target is not met, but its date was put off." if chance.not_yet_due else ""
    return (
        f"{line.entry.name} is at {target(core.share_pct)} % or above in {year}{early(core, year)} {in_runs(chance)}, "
        f"given the assumptions ({likelihood(chance.probability)}); spent only, in {spoken(without)}."
        f"{put_off}"
    )


def early(core: Yardstick, year: int) -> str:
    """What a reader must know of a year before the target's own, in brackets."""
    return f" (the target falls due in {core.by})" if year < core.by else ""


def in_runs(chance: Chance) -> str:
    """A probability with its runs, and with its range where parameters are drawn."""
    return f"{of_100(chance.probability, chance.ci_low, chance.ci_high)}{in_brackets(chance)}"


def spoken(figure: str) -> str:
    """A figure such as "<1" inside a sentence."""
    for sign, phrase in (("<", "fewer than "), (">", "more than "), ("~", "about ")):
        figure = figure.replace(sign, phrase)
    return figure


def _count(line: AllianceSummary, core: Yardstick, year: int) -> str:
    assert line.counted is not None
    assert line.counted_without is not None
    bound = line.bound["core"]
    between = f"between {whole(line.counted.q05)} and {whole(line.counted.q95)}"
    expected = number(line.counted.middle, bound)
    among = allies(bound) if bound == line.allies else f"the {allies(bound)} that the core target binds"
    by_parameters = f" ({span} by the parameters drawn)" if (span := span_of_number(line)) else ""
    halves = f" {sentence}" if (sentence := halves_sentence(line)) else ""
    return (
        f"{expected} of {among} are expected{by_parameters} at {target(core.share_pct)} % of GDP "
        f"or above in {year}{early(core, year)}, {between} in 90 of 100 simulated runs, given the assumptions; "
        f"spent only, {number(line.counted_without.middle, bound)}.{halves}"
    )


def _who(lines: Sequence[AllySummary], core: Yardstick, year: int) -> str:
    """The allies by the word of the scale, each with its runs, the highest first."""
    bound = sorted(
        (line for line in lines if "core" in line.chances), key=lambda line: -line.chances["core"].probability
    )
    spans = dict(scale_in_words())
    groups: dict[str, list[str]] = {word: [] for _, word in reversed(SCALE)}
    for line in bound:
        groups[likelihood(line.chances["core"].probability)].append(line.entry.name)
    above = [word for least, word in zip([0.0, *(bound for bound, _ in SCALE)], (w for _, w in SCALE), strict=False)
             if least >= EVEN]  # fmt: skip
    parts = [
        f"in {spans[word]} of 100 simulated runs ({word}) {listed(groups[word])}"
        for word in reversed(above)
        if groups[word]
    ]
    rest = sum(len(names) for word, names in groups.items() if word not in above)
    if rest:
        parts.append(f"in fewer than {100 * EVEN:.0f} {'all' if not parts else 'the other'} {rest}")
    return f"At {target(core.share_pct)} % in {year}, given the assumptions: {'; '.join(parts)}."


def _money(record: Record, core: Yardstick, year: int) -> str:
    table, counts, step = gap(record), record.counts, step_of(record, year)
    table = table[table.year == year].dropna(subset="shortfall_usd_bn_mean").set_index("iso3")
    if float(table.shortfall_usd_bn_mean["NATO"]) < LEAST_USD_BN:
        return f"No money is expected to be short of {target(core.share_pct)} % in {year}."
    usd = {}
    for index, group in enumerate(GROUPS):
        members = [e for e in record.description.allies if group == "NATO" or e.europe_canada]
        cells = counts.arrays["spent_group_shortfall_usd"][index, step]
        grid = money_grid(entry.gdp_usd_bn for entry in members)
        low, high = (_counted_usd(cells, level, grid) for level in (0.05, 0.95))
        usd[group] = (money(float(table.shortfall_usd_bn_mean[group])), f"{low} to {high}")
    first = table.drop(index=list(GROUPS)).sort_values("shortfall_usd_bn_mean", ascending=False).head(MOST_SHORT)
    part = float(first.shortfall_usd_bn_mean.sum()) / float(table.shortfall_usd_bn_mean["NATO"])
    on_paper = float(table.on_paper_usd_bn_mean["NATO"])
    closed = f" Of it, USD {money(on_paper)} bn is closed on paper." if on_paper > 0 else ""
    return (
        "On average over the simulated runs, given the assumptions, what is spent is USD "
        f"{usd['NATO'][0]} bn a year short of {target(core.share_pct)} % in {year}, {usd['NATO'][1]} in 90 of 100 "
        f"(prices and exchange rates of {record.description.base_year}); of Europe and Canada {usd['EUC'][0]}, "
        f"{usd['EUC'][1]}. "
        f"{_part(part)} to {_holders(first)} (USD bn).{closed}"
    )


def _counted_usd(cells: NDArray[np.int64], level: float, grid: Grid) -> str:
    """A quantile of money short; above the grid, of which no more is known, "more than" its end."""
    found = float(quantile(cells, level, grid, open_end=True))
    return money(found) if found < inf else f"more than {money(float(grid.values(len(cells) - 2)))}"


def _part(part: float) -> str:
    tenths = int(nearest(10 * part))
    return "The average falls" if tenths >= 10 else f"About {max(1, tenths)} tenths of the average fall"


def _holders(first: pd.DataFrame) -> str:
    return listed(
        f"{ally} {money(float(usd))}" for ally, usd in zip(first.ally, first.shortfall_usd_bn_mean, strict=True)
    )


TENTH = 0.1
"""Of an ally: a smaller move of the expected number is none."""


def sensitivity_rows(sensitivities: Sequence[Sensitivity], record: Record) -> list[tuple[str, str]]:
    """What other assumptions do: the assumption, and the expected number of allies; in tenths where whole ones hide it.

    Single rows may still read the same: what one assumption moves, another does not.
    """
    of = len(record.description.bound("core"))
    rows = [(each.assumption, number(each.expected, of)) for each in sensitivities]
    if len({figure for _, figure in rows}) > 1 or _furthest(sensitivities) < TENTH:
        return rows
    return [(each.assumption, number(each.expected, of, tenths=True)) for each in sensitivities]


def ranges_say(record: Record, year: int) -> str:
    """What the ranges of a report hold, and what they leave to other assumptions."""
    if ranges_over_parameters(ally_lines(record, year)):
        parameters = record.description.parameters
        drawn = ", not even how the map is read, which is drawn too" if parameters.geography == "drawn" else ""
        held = ["the rows of estimated parameters"] if parameters.draws > 1 else []
        held += ["whether the pledge is kept in earnest"] if parameters.halved else []
        return f"The ranges over parameters hold {listed(held)}, and no other assumption{drawn}."
    return "The intervals on this page say what other random numbers would change."


def sensitivities_sentence(sensitivities: Sequence[Sensitivity], record: Record, year: int) -> str:
    """What other assumptions do to the expected number of allies, compared with what other random numbers do."""
    moved = _furthest(sensitivities)
    if moved < TENTH:
        return (
            "Other assumptions can move the expected number of allies; one at a time, all else and all random "
            "numbers the same, none of these moves it by a tenth of an ally:"
        )
    further = "further" if moved > expected_reach(record, year) else "too"
    return (
        f"Other assumptions move the expected number of allies {further}; here one at a time, all else and all "
        "random numbers the same:"
    )


def _furthest(sensitivities: Sequence[Sensitivity]) -> float:
    """How far any assumption moves the expected number from that of the run itself, which is the first."""
    return max((abs(each.expected - sensitivities[0].expected) for each in sensitivities), default=0.0)

"""The headline sentences of a run, made from its numbers: never more digits than the interval allows, no certainty."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.charts.frames import PILLAR_WORDS
from sim.record.record import Record, Yardstick
from sim.results.summary import AllianceLine, AllyLine, Chance, alliance_line, ally_lines
from sim.results.tables import gap
from sim.words import SCALE, likelihood, listed, money, number, of_100, percent, share, target

MOST_SHORT = 5
"""Allies that are named for holding most of the shortfall."""


def headlines(record: Record, year: int) -> list[str]:
    """What a reader should know first, most important first; at most six sentences."""
    core, line = record.description.yardstick("core"), alliance_line(record, year)
    average = (
        f"Europe and Canada together spend {share(line.average.middle)} % of GDP on average in {year}, between "
        f"{share(line.average.q05)} and {share(line.average.q95)} % in 90 of 100 simulated runs."
    )
    if core is None:
        return [average]
    found = [_count(line, core, year), _who(ally_lines(record, year), core, year), average, _money(record, core, year)]
    if line.many is not None:
        low, high = line.many.ci_low, line.many.ci_high
        found.append(f"At least {line.threshold} allies are there {of_100(line.many.probability, low, high)}.")
    total = record.description.yardstick("total")
    if total is not None and line.totals is not None:
        found.append(
            f"An assumption: counting the security-related pillar, {number(line.totals.middle, line.bound)} allies are "
            f"expected at {target(total.share_pct)} % in total."
        )
    return found


def standing(record: Record) -> str:
    """What the targets are: agreed, or a proposal; said wherever the numbers are."""
    parts = []
    for aim in record.description.yardsticks:
        agreed = f" ({aim.agreed})" if aim.agreed else ""
        parts.append(f"{PILLAR_WORDS[aim.pillar]} {target(aim.share_pct)} % of GDP by {aim.by}{agreed}")
    if not parts:
        return "The scenario has no target to measure against."
    return f"Measured against {listed(parts)}."


def ally_sentence(line: AllyLine, core: Yardstick, year: int) -> str:
    """One ally's odds in a sentence, with the word of the scale."""
    chance = line.chances["core"]
    without = percent(chance.without_late_push, chance.without_low, chance.without_high)
    return (
        f"{line.entry.name} is at {target(core.share_pct)} % or above in {year} {told(chance)}, given the assumptions "
        f"({likelihood(chance.probability)}); without a late push on paper in {spoken(without)}."
    )


def told(chance: Chance) -> str:
    """A probability with its runs."""
    return of_100(chance.probability, chance.ci_low, chance.ci_high)


def spoken(figure: str) -> str:
    """A figure such as "<1" inside a sentence."""
    for sign, words in (("<", "fewer than "), (">", "more than "), ("~", "about ")):
        figure = figure.replace(sign, words)
    return figure


def _count(line: AllianceLine, core: Yardstick, year: int) -> str:
    assert line.counted is not None
    assert line.counted_without is not None
    between = f"between {number(line.counted.q05, line.bound)} and {number(line.counted.q95, line.bound)}"
    expected = number(line.counted.middle, line.bound)
    return (
        f"{expected} of {line.bound} allies are expected at {target(core.share_pct)} % of GDP "
        f"or above in {year}, {between} in 90 of 100 simulated runs, given the assumptions; "
        f"{number(line.counted_without.middle, line.bound)} without late pushes on paper."
    )


def _who(lines: Sequence[AllyLine], core: Yardstick, year: int) -> str:
    """The allies by the word of the scale, the highest first."""
    bound = sorted(
        (line for line in lines if "core" in line.chances), key=lambda line: -line.chances["core"].probability
    )
    groups: dict[str, list[str]] = {word: [] for _, word in reversed(SCALE)}
    for line in bound:
        groups[likelihood(line.chances["core"].probability)].append(line.entry.name)
    parts = [f"{word}: {listed(names)}" for word, names in groups.items() if names and word in _ABOVE_EVEN]
    rest = sum(len(names) for word, names in groups.items() if word not in _ABOVE_EVEN)
    if rest:
        parts.append(f"less than even: {'all' if not parts else 'the other'} {rest}")
    return f"At {target(core.share_pct)} % in {year}, {'; '.join(parts)}."


_ABOVE_EVEN = {word for bound, word in SCALE if bound > 0.45 + 1e-9}


def _money(record: Record, core: Yardstick, year: int) -> str:
    table = gap(record)
    table = table[table.year == year].set_index("iso3")
    whole = float(table.shortfall_usd_bn_mean["NATO"])
    allies = table.drop(index=["NATO", "EUC"]).sort_values("shortfall_usd_bn_mean", ascending=False)
    if whole < 0.05:
        return f"No money is expected to be short of {target(core.share_pct)} % in {year}."
    first = allies.head(MOST_SHORT)
    return (
        f"USD {money(whole)} bn a year are expected to be short of {target(core.share_pct)} % in {year} (prices of "
        f"{record.description.base_year}): {_holders(first)} (USD bn) hold{'s' if len(first) == 1 else ''} "
        f"{percent_of(float(first.shortfall_usd_bn_mean.sum()), whole)} of it."
    )


def _holders(first: pd.DataFrame) -> str:
    return listed(
        f"{ally} {money(float(usd))}" for ally, usd in zip(first.ally, first.shortfall_usd_bn_mean, strict=True)
    )


def percent_of(part: float, whole: float) -> str:
    """A part in whole per cent, never 0 or 100: "86 %"."""
    return f"{min(99, max(1, round(100 * part / whole)))} %"

"""`ComparisonRecord`: scenarios compared with the first of them on common random numbers; it needs no pandas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

from sim.analysis.comparison.paired_counts import PairedCounts
from sim.results.counts import PILLARS
from sim.results.record import Description
from sim.scenario.edit.compare import Difference
from sim.text.figures import target
from sim.text.sentences import based_on


@dataclass(frozen=True, eq=False)
class ComparisonRecord:
    """Two or more scenarios on common random numbers; the first is A, each other is compared with it."""

    scenarios: tuple[Description, ...]
    years: tuple[int, ...]  # those that all simulate
    joint: PairedCounts = field(repr=False)
    changes: tuple[tuple[Difference, ...], ...] = field(repr=False)  # of each other: in what it differs from the first
    manifest: Mapping[str, Any] = field(repr=False)

    @property
    def paths(self) -> int:
        """Simulated runs of each scenario.

        >>> import sim
        >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
        >>> comparison.paths
        2000
        """
        return self.joint.paths

    @property
    def same(self) -> tuple[bool, ...]:
        """Of each other: whether it simulates the same as the first, so that no run can tell them apart.

        >>> import sim
        >>> scenario = sim.load("rutte_2032")
        >>> sim.compare(scenario, scenario.model_copy(update={"title": "Another title"}), paths=320).same
        (True,)
        """
        return tuple(not changes for changes in self.changes)

    @property
    def year(self) -> int:
        """The year to look at: that of the first scenario's core target where all simulate it, else their last.

        >>> import sim
        >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
        >>> comparison.year
        2032
        """
        return default_year(self.scenarios[0], self.years)

    @property
    def based_on(self) -> tuple[str, ...]:
        """Of each: on which file it builds and what it sets otherwise, in a sentence; "" where it extends none.

        >>> import sim
        >>> retreat = sim.load("us_retrenchment")
        >>> print(sim.compare(sim.load("rutte_2032"), retreat, paths=320).based_on[1])
        Based on rutte_2032, changed: event[us_withdrawal] added.
        """
        return tuple(based_on(facts) for facts in self.manifest["builds_on"])

    @property
    def letters(self) -> str:
        """What the scenarios are called for short: "ABC".

        >>> import sim
        >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
        >>> comparison.letters
        'AB'
        """
        return ascii_uppercase[: len(self.scenarios)]

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles, told apart by their letter where one stands twice.

        >>> import sim
        >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
        >>> comparison.titles[1]
        '3.5 + 1.5 by 2035 (The Hague, June 2025)'
        """
        titles = [description.title for description in self.scenarios]
        return tuple(
            f"{title} ({letter})" if titles.count(title) > 1 else title
            for title, letter in zip(titles, self.letters, strict=True)
        )

    def notes(self) -> tuple[str, ...]:
        """What must be known before a difference is read: other yardsticks, years or members, what is left out.

        >>> import sim
        >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
        >>> print(comparison.notes()[1])
        They end in different years (A 2032, B 2035): compared to 2032.
        """
        return tuple(_notes(self))


def default_year(first: Description, years: tuple[int, ...]) -> int:
    """The year of the first scenario's core target if all simulate it, else their last common year."""
    core = first.yardstick("core")
    return core.by if core and core.by in years else years[-1]


def yardstick_in_words(description: Description, pillars: Iterable[str] = ("core",)) -> str:
    """ "core 3.5 %, total 5 % of GDP by 2032", or that there is none."""
    text = ""
    found = [(pillar, description.yardstick(pillar)) for pillar in pillars]
    for (pillar, entry), (_, after) in zip(found, [*found[1:], ("", None)], strict=True):
        if entry is None:
            text += f"no {pillar} target, "
            continue
        due = "" if after and after.by == entry.by else f" of GDP by {entry.by}"
        text += f"{pillar} {target(entry.share_pct)} %{due}, "
    return text.removesuffix(", ")


def _notes(comparison: ComparisonRecord) -> Iterator[str]:
    described = comparison.scenarios
    lettered = list(zip(comparison.letters, described, strict=True))
    found = {pillar: [entry.yardstick(pillar) for entry in described] for pillar in PILLARS}
    unlike = [
        pillar for pillar, each in found.items() if len({entry and (entry.share_pct, entry.by) for entry in each}) > 1
    ]
    if unlike:
        each = "; ".join(f"{letter}: {yardstick_in_words(entry, unlike)}" for letter, entry in lettered)
        yield f"Each is measured against its own yardstick. {each}."
    for pillar in unlike:
        if None in found[pillar]:
            yield f"Where a scenario has no {pillar} target, {pillar} is not compared."
    for pillar, targets in found.items():
        if len({entry.members and frozenset(entry.members) for entry in targets if entry}) > 1:
            yield (
                f"The {pillar} targets bind different allies: one by one only those are compared whom both bind, and "
                "a count of allies is of those bound in its scenario."
            )
    if len({entry.years[-1] for entry in described}) > 1:
        ends = ", ".join(f"{letter} {entry.years[-1]}" for letter, entry in lettered)
        yield f"They end in different years ({ends}): compared to {comparison.years[-1]}."
    for letter, same in zip(comparison.letters[1:], comparison.same, strict=True):
        if same:
            yield f"A and {letter} simulate the same: every difference is exactly 0."

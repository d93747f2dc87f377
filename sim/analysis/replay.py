"""One simulated run told with its dates: events, elections, budgets and outturns of a single path.

The path's block of sixteen is simulated again, with an onlooker on one of its lanes; the bits are those of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import arguments
from sim.distributions.draws import Draws
from sim.engine.block import run_block
from sim.engine.observer import Observer
from sim.engine.parameter_rows import ParameterRows, PathParameters
from sim.execution.simulate import describe, tabulate
from sim.model.state import AllyState, Hit, World
from sim.numerics.arrays import Array, at
from sim.numerics.grid import printed, reaches
from sim.results.record import Yardstick
from sim.scenario.edit.compare import builds_on
from sim.scenario.schema import Scenario
from sim.text.sentences import based_on

DROPS = "It drops what was pledged or announced."
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Entry:
    """One dated sentence of a story."""

    year: int
    month: int  # 1 to 12
    iso3: str | None  # None: the alliance
    kind: str  # "start", "event", "budget" or "outturn"
    text: str
    before: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)
    dropped: bool = False  # whether a government lets go of what was pledged or announced

    def sentences(self, drops: str = DROPS) -> str:
        """The text, and what is said where something is dropped."""
        return f"{self.text} {drops}" if self.dropped else self.text

    def __str__(self) -> str:
        moved = ", ".join(f"{name} {self.before[name]:.2f} -> {now:.2f}" for name, now in self.after.items())
        return f"{MONTHS[self.month - 1]} {self.year}  {self.sentences()}{f' ({moved})' if moved else ''}"


@dataclass(frozen=True)
class Outcome:
    """What one ally reported for one year."""

    iso3: str
    ally: str
    year: int
    reported_pct: float
    spent_pct: float  # without what is closed on paper that year

    def reaches(self, aim: Yardstick) -> bool:
        """Whether the report meets a core target, both as NATO prints them."""
        return bool(reaches(printed(self.reported_pct), aim.share_pct))

    def on_paper(self, aim: Yardstick) -> bool:
        """Whether it is there on paper only, by what was closed so that year."""
        return self.reaches(aim) and not reaches(printed(self.spent_pct), aim.share_pct)


@dataclass(frozen=True)
class Story:
    """One of the simulated runs, in order of its dates.

    >>> import sim
    >>> story = sim.replay(sim.load("rutte_2032"), path=48_213)
    >>> print(story.standing.partition(":")[0])
    Path 48,213 of seed 2032 (parameter draw 40, the pledge is not kept in earnest)
    """

    title: str
    path: int
    seed: int
    entries: tuple[Entry, ...]

    runs: int  # paths that the scenario asks for
    parameters: PathParameters  # what the path took from the table of parameter draws
    based_on: str = ""  # on which file the scenario builds, and what it changes
    core: Yardstick | None = None  # what compliance is measured against
    outcomes: tuple[Outcome, ...] = ()  # ally by ally, year by year

    def of(self, *iso3: str) -> Story:
        """What concerns some allies: their own entries and outcomes, and the alliance's events.

        >>> import sim
        >>> story = sim.replay(sim.load("rutte_2032"), path=48_213)
        >>> {entry.iso3 for entry in story.of("BGR").entries if entry.iso3}
        {'BGR'}
        """
        return replace(
            self,
            entries=tuple(entry for entry in self.entries if entry.iso3 in (None, *iso3)),
            outcomes=tuple(outcome for outcome in self.outcomes if outcome.iso3 in iso3),
        )

    @property
    def year(self) -> int:
        """The year of the core target if it lies in the run, else the last one.

        >>> import sim
        >>> story = sim.replay(sim.load("rutte_2032"), path=48_213)
        >>> story.year
        2032
        """
        years = [outcome.year for outcome in self.outcomes]
        return self.core.by if self.core and self.core.by in years else max(years)

    def met(self, year: int) -> tuple[Outcome, ...]:
        """Who is at the core target in a year, of those it binds; the highest report first.

        >>> import sim
        >>> story = sim.replay(sim.load("rutte_2032"), path=48_213)
        >>> [outcome.ally for outcome in story.met(2032)][:3]
        ['Latvia', 'Lithuania', 'Estonia']
        """
        core = self.core
        if core is None:
            return ()
        there = [o for o in self.outcomes if o.year == year and core.binds(o.iso3) and o.reaches(core)]
        return tuple(sorted(there, key=lambda outcome: -outcome.reported_pct))

    def turns(self, most: int) -> tuple[tuple[Outcome, Outcome], ...]:
        """The largest changes of a report from one year to the next, in order of their dates.

        >>> import sim
        >>> story = sim.replay(sim.load("rutte_2032"), path=48_213)
        >>> [(after.ally, after.year) for before, after in story.turns(2)]
        [('Canada', 2028), ('Estonia', 2028)]
        """
        pairs = [
            (before, after)
            for before, after in pairwise(sorted(self.outcomes, key=lambda outcome: (outcome.iso3, outcome.year)))
            if before.iso3 == after.iso3
        ]
        largest = sorted(pairs, key=lambda pair: -abs(pair[1].reported_pct - pair[0].reported_pct))[:most]
        return tuple(sorted(largest, key=lambda pair: (pair[1].year, pair[1].ally)))

    @property
    def standing(self) -> str:
        """What a single path is worth, in a sentence; which parameters it took, where they are drawn.

        >>> import sim
        >>> story = sim.replay(sim.load("rutte_2032"), path=48_213)
        >>> print(story.standing.partition(":")[0])
        Path 48,213 of seed 2032 (parameter draw 40, the pledge is not kept in earnest)
        """
        among = f"{self.runs:,}" if self.path < self.runs else "the"
        taken = f" ({self.parameters})" if str(self.parameters) else ""
        return f"Path {self.path:,} of seed {self.seed}{taken}: one of {among} simulated runs, given the assumptions."

    def __str__(self) -> str:
        head = [self.title, self.based_on, self.standing] if self.based_on else [self.title, self.standing]
        return "\n".join([*head, *map(str, self.entries)])


def replay(scenario: Scenario, path: int, seed: int | None = None) -> Story:
    """Tell one path of a scenario; the seed is the scenario's unless given.

    Raises:
        UsageError: no path or seed that a run can have.
        ScenarioError: a distribution that no table fits.
    """
    path = arguments.whole("path", path, range(arguments.MOST_PATHS))
    seed = arguments.seed(scenario.run.seed if seed is None else seed)
    tabulate(scenario)
    teller = Storyteller(scenario.horizon.last_year)
    run_block(scenario, seed, path, 1, observer=teller)
    taken = ParameterRows(scenario, Draws(seed, path, 1)).of_path(0)
    # Month by month; in December each ally's outturn, then the budget adopted on it.
    entries = sorted(teller.entries, key=_order)
    return Story(
        scenario.title, path, seed, tuple(entries), scenario.run.paths, taken, based_on(builds_on(scenario)),
        describe(scenario).yardstick("core"), tuple(teller.outcomes),
    )  # fmt: skip


def _order(entry: Entry) -> tuple[int, int, int, str]:
    yearly = ("outturn", "budget")
    if entry.kind not in yearly:
        return entry.year, entry.month, 0, ""
    return entry.year, entry.month, 1, f"{entry.iso3} {yearly.index(entry.kind)}"


class Storyteller(Observer):
    """Writes down what happens on the one path of a block."""

    asks_for_changes = True

    def __init__(self, last_year: int) -> None:
        self.entries: list[Entry] = []
        self._last = last_year
        self.outcomes: list[Outcome] = []
        self._path = np.array([0])
        self._world: World | None = None

    def begin(self, world: World) -> None:
        """December of the base year."""
        self._world = world
        urgency = self._at(world.urgency.level(world.calendar.month_of(world.calendar.base_year, 12)))
        self._say(None, "start", f"Urgency stands at {urgency:.2f}.")
        for ally in world.allies.values():
            known = f"NATO prints {ally.base_share_pct:.2f}"
            text = (
                f"{ally.in_prose} spends {self._at(ally.share_pct):.2f} % of GDP ({known}); "
                f"its norm is {self._at(ally.norm_pct):.2f}, its will {self._at(ally.will):+.2f}."
            )
            self._say(ally.iso3, "start", text)
            for year in sorted(ally.budgets):
                self._say(ally.iso3, "start", self._known(ally, year))

    def _known(self, ally: AllyState, year: int) -> str:
        """A budget that is known before the run; the first one is adopted before anybody can drop its draft."""
        own = ally.budgets[year]
        stage = "a draft" if own.stage == "draft" else own.stage
        dropped = ", unless a new government drops it" if own.holds is not None and year > ally.base_year + 1 else ""
        return (
            f"the budget of {ally.in_prose} for {year} is {stage}: {own.share_pct:.2f} % of GDP on NATO's basis. "
            f"{self._at(own.weight):.2f} of its plan follows it{dropped}."
        )

    @contextmanager
    def happening(self, describe: Callable[[Hit], str], ally: AllyState | None, hit: Hit) -> Iterator[None]:
        """Note what moved, where it hits the path."""
        if not hit.paths.size:
            yield
            return
        before = self._snapshot(ally)
        yield
        after = {name: now for name, now in self._snapshot(ally).items() if now != before[name]}
        text = describe(hit.at(self._path))
        if after.pop("governments", None) is not None:
            text += " A new government takes office."
        pledges = before.get("pledges in force", 0)
        dropped = after.pop("pledges in force", pledges) < pledges
        self._say(ally.iso3 if ally else None, "event", text, {name: before[name] for name in after}, after, dropped)

    def budget(self, ally: AllyState, year: int, desired_pct: Array) -> None:
        """The budget of a year."""
        assert ally.next_plan_pct is not None
        planned, target = self._at(ally.share_pct) + self._at(ally.next_plan_pct), self._at(ally.target_pct)
        text = f"{ally.in_prose} plans {planned:.2f} % for {year}; it wants {self._at(desired_pct):.2f}"
        if target > 0:
            text += f" and follows a target of {target:.2f} by {self._at(ally.due):.0f}"
        self._say(ally.iso3, "budget", text + ".")

    def outturn(self, ally: AllyState, year: int) -> None:
        """The outturn of a year."""
        pushed = ally.pushed is not None and ally.pushed.size > 0
        surprise = self._at(ally.surprise_pct)
        text = f"{ally.in_prose} reports {self._printed(ally.reported_pct)} % for {year}"
        text += f" (growth surprise {surprise:+.1f} points)."
        if pushed:
            text += f" It spent {self._printed(ally.spent_pct)}: the rest is closed on paper."
        if year < self._last:
            text += f" Its budgets go on from {self._at(ally.share_pct):.2f}."
        self._say(ally.iso3, "outturn", text)
        figures = self._at(ally.reported_pct), self._at(ally.spent_pct)
        self.outcomes.append(Outcome(ally.iso3, ally.name, year, *figures))

    def _snapshot(self, ally: AllyState | None) -> dict[str, float]:
        assert self._world is not None
        if ally is None:
            world = self._world
            core = {f"{name} target": self._at(target.share_pct) for name, target in world.targets.items()}
            due = {f"{name} year": self._at(target.by) for name, target in world.targets.items()}
            return {"urgency": self._at(world.urgency.level(world.calendar.month)), **core, **due}
        return {
            "will": self._at(ally.will),
            "share": self._at(ally.share_pct),
            "norm": self._at(ally.norm_pct),
            "governments": self._at(ally.changes),
            "pledges in force": float(sum(self._at(holds) for holds in ally.in_force())),
        }

    def _printed(self, share_pct: Array | None) -> str:
        """A share as NATO prints it, and as it is held against a target."""
        assert share_pct is not None
        return f"{int(printed(share_pct[self._path])[0]) / 100:.2f}"

    def _at(self, value: float | NDArray[Any] | None) -> float:
        assert value is not None
        return float(np.ravel(at(value, self._path))[0])

    def _say(
        self, iso3: str | None, kind: str, text: str, before: dict[str, float] | None = None,
        after: dict[str, float] | None = None, dropped: bool = False,
    ) -> None:  # fmt: skip
        assert self._world is not None
        calendar = self._world.calendar
        at = max(calendar.month, 11)  # what holds at the start is told in December of the base year
        text = text[0].upper() + text[1:]
        self.entries.append(
            Entry(calendar.base_year + at // 12, at % 12 + 1, iso3, kind, text, before or {}, after or {}, dropped)
        )

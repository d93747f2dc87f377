"""What a December is worth: compliance with the three pillars, what a late push alone brought, and money short.

Those who take the outcomes only count them, or keep them path by path. When a printed share reaches a target,
`sim.numerics.grid.reaches` says for the whole package.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Mask, Paths
from sim.kernels import Engine
from sim.model.equations.outturn import total
from sim.model.equations.related import counted
from sim.model.state import AllyState, World
from sim.numerics.arrays import Array, Value, at, positive
from sim.numerics.grid import Centi, printed, reaches
from sim.results.counts import GROUPS, PILLARS, SPENT
from sim.scenario.schema import Scenario

CORE, RELATED, TOTAL = range(len(PILLARS))
EUROPE_CANADA, ALLIANCE = range(len(GROUPS))
LIFTED = tuple(PILLARS.index(pillar) for pillar in SPENT)
"""The pillars that a late push lifts, as places among all."""

CORE_SPENT, TOTAL_SPENT = range(len(SPENT))

Exact = NDArray[np.float64]
"""Whole numbers, which float64 adds up exactly."""


class Yardsticks:
    """What compliance is measured against, by pillar: `targets` and, in hundredths as printed, `goals`.

    None where a pillar has no target.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.targets = tuple(scenario.yardstick(pillar) for pillar in PILLARS)
        self.goals = tuple(int(printed(target.share_pct)) if target else None for target in self.targets)

    def goal(self, pillar: int, iso3: str) -> int | None:
        """What a pillar's target asks of an ally, in hundredths; None where none binds it."""
        target = self.targets[pillar]
        bound = target is not None and (target.members is None or iso3 in target.members)
        return self.goals[pillar] if bound else None

    def met(self, pillar: int, iso3: str, prints: Centi, besides: Mask | None = None) -> Mask | None:
        """Where an ally's printed share meets a pillar's target; None where none binds it.

        `besides` is where something else is met that this needs: the total needs the core.
        """
        target = self.targets[pillar]
        if target is None or self.goal(pillar, iso3) is None:
            return None
        reached = reaches(prints, target.share_pct)
        return reached if besides is None else reached & besides


@dataclass(frozen=True, eq=False, slots=True)
class LatePush:
    """What is spent where an ally's late push made the report, and what there is on paper only.

    paths, (pushed,): where it did
    prints, by SPENT, int32 (pushed,): the share spent, in hundredths
    on_paper, by SPENT, bool (pushed,): where compliance is by the late push alone; None where no target binds the ally
    shortfall_usd_m, float32 (pushed,): money that what is spent is short of the core target, in whole million USD of
        the base year; None where none binds the ally
    on_paper_usd_m, float64 (pushed,): of it, what the late push closes on paper; None as before
    """

    paths: Paths
    prints: tuple[Centi, ...]
    on_paper: tuple[Mask | None, ...]
    shortfall_usd_m: Array | None
    on_paper_usd_m: Exact | None


@dataclass(frozen=True, eq=False, slots=True)
class AllyOutcome:
    """An ally's December, as reported.

    row: its place among the allies
    prints, by pillar, int32 (paths,): the share in hundredths, of the security-related what counts
    met, by pillar, bool (paths,): where the target is met; None where none binds the ally
    shortfall_usd_m, float32 (paths,): money short of the core target, in whole million USD of the base year; None where
        none binds the ally
    push: None where the block has no late push of this ally and year
    """

    row: int
    state: AllyState
    prints: tuple[Centi, ...]
    met: tuple[Mask | None, ...]
    shortfall_usd_m: Array | None
    push: LatePush | None


@dataclass(frozen=True, eq=False, slots=True)
class GroupOutcome:
    """The December of Europe and Canada, or of the alliance.

    group: its place among GROUPS
    prints, by pillar, int32 (paths,): the average share weighted by GDP, as reported, in hundredths
    shortfall_usd_m, float64 (paths,): money that its allies are short of the core target together, as reported, in
        whole million USD of the base year
    pushed, (pushed,): where a late push of some ally made a part of the average
    spent_prints, by SPENT, int32 (pushed,): the average share spent there
    on_paper_usd_m, float64 (pushed,): money short that late pushes close on paper there
    """

    group: int
    prints: tuple[Centi, ...]
    shortfall_usd_m: Exact
    pushed: Paths
    spent_prints: tuple[Centi, ...]
    on_paper_usd_m: Exact


def outcomes(world: World, yardsticks: Yardsticks, caps: Sequence[Value]) -> Iterator[AllyOutcome | GroupOutcome]:
    """A December of all allies and groups, read when everything else of the month is done.

    `caps` is what counts of each ally's security-related outlays at most, % of GDP. First the allies of Europe and
    Canada and their group, then the others and the alliance: a sum of shares has its bits from this order.
    """
    sums = Sums(world.draws.paths)
    for group in (EUROPE_CANADA, ALLIANCE):
        for row, state in enumerate(world.allies.values()):
            if state.europe_canada is (group == EUROPE_CANADA):
                yield _of_ally(row, state, yardsticks, caps[row], sums, world.draws.engine)
        yield _of_group(group, sums)


def _of_ally(
    row: int, state: AllyState, yardsticks: Yardsticks, cap_pct: Value, sums: Sums, engine: Engine
) -> AllyOutcome:
    """An ally's outcome, which enters the sums."""
    core, gdp = state.reported_pct, state.gdp_usd_bn
    assert core is not None
    goals = (yardsticks.goal(pillar, state.iso3) for pillar in range(len(PILLARS)))
    core_prints, related_prints, total_prints, *met, short = engine(reckoned)(
        core, state.related_pct, gdp, sums.gdp, sums.core, sums.related, sums.shortfall_usd_m, cap_pct, *goals
    )
    prints = core_prints, related_prints, total_prints
    push = None
    if state.pushed is not None:
        related = counted(state.related_pct[state.pushed], cap_pct=at(cap_pct, state.pushed))
        push = _of_push(state, state.pushed, yardsticks, related, met, short)
        sums.add_on_paper(push.paths, gdp, core, state.spent_pct, push.on_paper_usd_m)
    return AllyOutcome(row, state, prints, tuple(met), short, push)


def reckoned(
    core_pct: Array, related_pct: Array, gdp_usd_bn: Array, of_gdp: Array, of_core: Array, of_related: Array,
    of_shortfall: Exact, cap_pct: Value, core_goal: int | None, related_goal: int | None, total_goal: int | None,
) -> tuple[Centi, Centi, Centi, Mask | None, Mask | None, Mask | None, Array | None]:  # fmt: skip
    """An ally's December: prints by pillar, where its goals are met, money short; it enters the sums `of_...`."""
    related = counted(related_pct, cap_pct=cap_pct)
    core_prints, related_prints, total_prints = map(printed, (core_pct, related, total(core_pct, related)))
    of_gdp += gdp_usd_bn
    of_core += gdp_usd_bn * core_pct
    of_related += gdp_usd_bn * related
    at_core = None if core_goal is None else core_prints >= core_goal
    at_related = None if related_goal is None else related_prints >= related_goal
    at_total = None if total_goal is None else total_prints >= total_goal
    if at_total is not None and at_core is not None:
        at_total = at_total & at_core  # the total needs the core
    short = None
    if core_goal is not None:
        short = short_usd_m(core_goal, core_prints, gdp_usd_bn)
        of_shortfall += short
    return core_prints, related_prints, total_prints, at_core, at_related, at_total, short


def _of_push(
    state: AllyState, paths: Paths, yardsticks: Yardsticks, related: Array, met: Sequence[Mask | None],
    reported_usd_m: Array | None,
) -> LatePush:  # fmt: skip
    """What a late push alone brought: only its own paths can differ. `related` is what counts there."""
    assert state.spent_pct is not None
    spent = state.spent_pct[paths]
    prints = printed(spent), printed(total(spent, related))
    at_core = yardsticks.met(CORE, state.iso3, prints[CORE_SPENT])
    without = at_core, yardsticks.met(TOTAL, state.iso3, prints[TOTAL_SPENT], at_core)
    on_paper = tuple(
        None if as_reported is None or as_spent is None else as_reported[paths] & ~as_spent
        for as_reported, as_spent in zip((met[CORE], met[TOTAL]), without, strict=True)
    )
    goal, short, closed = yardsticks.goal(CORE, state.iso3), None, None
    if goal is not None and reported_usd_m is not None:
        short = short_usd_m(goal, prints[CORE_SPENT], state.gdp_usd_bn[paths])
        closed = short.astype(np.float64) - reported_usd_m[paths]
    return LatePush(paths, prints, on_paper, short, closed)


def _of_group(group: int, sums: Sums) -> GroupOutcome:
    pushed = sums.pushed
    return GroupOutcome(
        group=group,
        prints=tuple(printed(share) for share in sums.shares_pct),
        shortfall_usd_m=sums.shortfall_usd_m.copy(),  # the sums go on
        pushed=pushed,
        spent_prints=tuple(printed(share) for share in sums.spent_pct(pushed)),
        on_paper_usd_m=sums.on_paper_usd_m[pushed],
    )


class Sums:
    """Running sums of a group of allies over one December; of money short exact, in whole numbers."""

    def __init__(self, size: int) -> None:
        # averages in float32, like all state; money in float64, where sums of whole millions are exact
        self.gdp, self.core, self.related = (np.zeros(size, dtype=np.float32) for _ in range(3))
        self.shortfall_usd_m, self.on_paper_usd_m = (np.zeros(size, dtype=np.float64) for _ in range(2))
        self._on_paper = np.zeros(size, dtype=np.float32)

    def add_on_paper(
        self, paths: Paths, gdp_usd_bn: Array, reported_pct: Array, spent_pct: Array | None, closed_usd_m: Exact | None
    ) -> None:
        """What an ally's late push added on some paths, reported and not spent, and closed of the money short."""
        assert spent_pct is not None
        self._on_paper[paths] += gdp_usd_bn[paths] * (reported_pct[paths] - spent_pct[paths])
        if closed_usd_m is not None:
            self.on_paper_usd_m[paths] += closed_usd_m

    @property
    def shares_pct(self) -> tuple[Array, Array, Array]:
        """The group's average shares by pillar, weighted by GDP."""
        return self.core / self.gdp, self.related / self.gdp, (self.core + self.related) / self.gdp

    @property
    def pushed(self) -> Paths:
        """Where a late push of some ally made a part of the group's average."""
        return np.flatnonzero(self._on_paper)

    def spent_pct(self, paths: Paths) -> tuple[Array, Array]:
        """The group's average shares on some paths by the pillars that late pushes lift, without these."""
        gdp, core = self.gdp[paths], self.core[paths] - self._on_paper[paths]
        return core / gdp, (core + self.related[paths]) / gdp


def short_usd_m(goal: int, prints: Centi, gdp_usd_bn: Array) -> Array:
    """Money that printed shares are short of a goal, both in hundredths, in whole million USD of the base year."""
    short = positive((goal - prints).astype(np.float32))  # hundredths of a point
    # 0.1: a hundredth of a point of a billion is a tenth of a million
    usd_m: Array = np.floor(short * (gdp_usd_bn * np.float32(0.1)) + 0.5)
    return usd_m

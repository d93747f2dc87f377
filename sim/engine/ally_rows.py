"""Will, growth and budgets of several allies in one call, each a row of the arrays.

For few paths a call of NumPy takes longer than its work. So neighbours whose rows are short are computed together, when
the first of them has its turn; of many paths each ally is computed alone. No bit depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

import numpy as np

from sim.engine.ally import AllyProcess
from sim.engine.clock import Clock, Process
from sim.model.calendar import Phase
from sim.model.declaring import FrozenModel
from sim.model.equations import budget
from sim.model.equations.ally_year import budgeting, january
from sim.model.equations.targets import followed, years_left
from sim.model.state import World
from sim.numerics.arrays import Array, Bound, Value

WORTH_A_CALL = 16_384
"""Values of an array beyond which calls cost little, and more would not stay in the processor's cache."""

Stacked = TypeVar("Stacked", bound=FrozenModel)


class AllyRows:
    """Some allies, all in Europe and Canada or none: arrays are (allies, paths), or (paths,) of a single one."""

    def __init__(self, allies: Sequence[AllyProcess], world: World) -> None:
        """`allies` follow one another in the world."""
        self._allies, self._world, first, engine = allies, world, allies[0].state, world.draws.engine
        self._january, self._budgeting, self._incline = engine(january), engine(budgeting), engine(budget.inclined)
        # of the world's array, on which elections act for all allies at once
        self._will = first.will if len(allies) == 1 else world.will[first.row : first.row + len(allies)]
        self._will_parameters = together([ally.will_parameters for ally in allies])
        self._budget_parameters = together([ally.budget_parameters for ally in allies])
        self._room = rows([ally.room for ally in allies])
        self._desired_cap = rows([ally.desired_cap for ally in allies])
        self._headroom = rows([ally.headroom for ally in allies])
        self._inclined: tuple[int, Array] | None = None
        self.desired_pct: list[Array] = []  # to be taken out in turn

    def live(self, clock: Clock, index: int) -> Process:
        """One ally's life: the base year's December, then a January and a December of every year.

        What all of the rows do alike is done in the turn of the first.
        """
        ally = self._allies[index]
        state, years = ally.state, ally.years
        yield clock.at(clock.month_of(years.base, 12), Phase.BUDGET, ally.rank)
        self.adopt_budget(index, years.base + 1)
        for year in years.simulated:
            yield clock.at(clock.month_of(year, 1), Phase.MACRO, ally.rank)
            # two plans, because next year's is adopted before this year is recorded
            state.plan_pct = state.next_plan_pct
            if index == 0:
                self.begin_year(year)
            yield clock.at(clock.month_of(year, 12), Phase.OUTTURN, ally.rank)
            ally.spend(year, row(self.inclined(), index))
            ally.observer.outturn(state, year)
            if year < years.last:
                yield clock.at(clock.month_of(year, 12), Phase.BUDGET, ally.rank)
                self.adopt_budget(index, year + 1)

    def adopt_budget(self, index: int, year: int) -> None:
        """One ally's budget, in December of the year before `year`."""
        if index == 0:
            self.plan(year)
        self._allies[index].adopt_budget(year, self.desired_pct.pop(0))

    def begin_year(self, year: int) -> None:
        """Equations 2 and 4, in January."""
        world, w = self._world, self._will_parameters
        gdp, losses, loss = self._of_states("gdp_usd_bn"), [ally.state.growth_loss_pct for ally in self._allies], None
        if any(each is not None for each in losses):
            loss = rows([0.0 if each is None else each for each in losses])
        self._will[:], surprise, grown = self._january(
            self._will, gdp, self._of_states("share_pct"),
            # nobody is a peer of itself, and the United States are not in the sums of Europe and Canada
            gdp if self._allies[0].state.europe_canada else 0.0,
            world.europe_canada_outlays_usd_bn, world.europe_canada_gdp_usd_bn,
            mean_will=w.mean,
            will_noise=rows([ally.draw("will/noise", ally.will_parameters.noise, year) for ally in self._allies]),
            reversion=w.reversion, peer=w.peer, common=world.common_surprise_pct,
            own_surprise=rows([ally.own_surprise_pct(year) for ally in self._allies]), loss_pct=loss,
            expected_pct=rows([ally.expected_growth_pct(year) for ally in self._allies]),
        )  # fmt: skip
        # losses are emptied when read: a recession takes from the growth of its own year only
        self._keep(surprise_pct=surprise, gdp_usd_bn=grown, growth_loss_pct=None)

    def plan(self, year: int) -> None:
        """Equations 5 and 6 but for what is announced, in December of the year before `year`."""
        urgency, month, b = self._world.urgency, self._world.calendar.month, self._budget_parameters
        targets = [followed(ally.state, ally.targets, ally.inputs.commitment) for ally in self._allies]
        target, due, commitment = (rows(each) for each in zip(*targets, strict=True))
        willing, norm, desired, plan = self._budgeting(
            self._of_states("norm_pct"), self._of_states("share_pct"), self._will, self.inclined(),
            urgency.shared(month, budget.felt, weight=b.threat_urgency), urgency.saturated(month),
            target_pct=target, commitment=commitment, years_left=years_left(due, year),
            speed_up=urgency.shared(
                month, budget.speed_up, speed=b.speed, speed_urgency=b.speed_urgency, speed_max=b.speed_max
            ),
            room=self._room, threat_weight=rows([ally.threat_weight for ally in self._allies]),
            norm_learning=b.norm_learning, pledge_weight=b.pledge_weight, desired_cap_pct=self._desired_cap,
            speed_down=b.speed_down, deadline_weight=b.deadline_weight, headroom_pct=self._headroom,
            headroom_weight=b.headroom_weight, max_rise_pct=b.max_rise_pct, max_rise=b.max_rise, max_fall=b.max_fall,
        )  # fmt: skip
        self._keep(norm_pct=norm, next_plan_pct=plan, willing=willing)
        for ally, chosen in zip(self._allies, targets, strict=True):
            ally.state.target_pct, ally.state.due = chosen.share_pct, chosen.due
        self.desired_pct = [row(desired, index) for index in range(len(self._allies))]

    def inclined(self) -> Array:
        """link(u + A), computed once a December: the year's outturn and the next year's budget share it."""
        month = self._world.calendar.month
        if self._inclined is None or self._inclined[0] != month:
            self._inclined = month, self._incline(self._will, self._world.urgency.level(month))
        return self._inclined[1]

    def _of_states(self, name: str) -> Array:
        found: Array = np.asarray(rows([getattr(ally.state, name) for ally in self._allies]))
        return found

    def _keep(self, **computed: Value | None) -> None:
        for name, value in computed.items():
            for index, ally in enumerate(self._allies):
                setattr(ally.state, name, row(value, index))


def in_rows(allies: Sequence[AllyProcess], world: World) -> Iterator[tuple[AllyRows, int]]:
    """The rows of each ally and its index there: as many together as are worth a call."""
    most = max(1, WORTH_A_CALL // world.draws.paths)
    for _, group in groupby(allies, key=lambda ally: ally.state.europe_canada):
        members = list(group)
        for first in range(0, len(members), most):
            some = members[first : first + most]
            found = AllyRows(some, world)
            yield from ((found, index) for index in range(len(some)))


def rows(values: Sequence[Bound]) -> Any:
    """What several allies have, float32 (allies, paths), or (allies, 1) of numbers; what they share as it is."""
    first, *others = values
    if all(value is first for value in others):
        return first
    if any(isinstance(value, np.ndarray) and value.ndim for value in values):
        found = np.empty((len(values), max(np.size(value) for value in values)), dtype=np.float32)
        for index, value in enumerate(values):
            found[index] = value
        return found
    numbers = set(values)
    return first if len(numbers) == 1 else np.array(values, dtype=np.float32)[:, np.newaxis]


def row(value: Value | None, index: int) -> Any:
    """What one ally has of such rows."""
    return value[index] if isinstance(value, np.ndarray) and value.ndim > 1 else value


def together(sections: Sequence[Stacked]) -> Stacked:
    """The numbers and arrays of a section of several allies as rows."""
    first = sections[0]
    if all(section is first for section in sections):
        return first
    fields = {name: [getattr(section, name) for section in sections] for name in type(first).model_fields}
    return first.model_copy(update={
        name: rows(values)
        for name, values in fields.items()
        if all(isinstance(value, float | np.ndarray) for value in values)
    })  # fmt: skip

"""One ally's life: what it does in January and December of every year, and when it votes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.data.rows import BudgetRow
from sim.distributions.draws import Paths, Prepared
from sim.engine.clock import Clock, Process
from sim.engine.drawn_parameters import Parameters
from sim.engine.inputs import AllyInputs
from sim.engine.observer import Observer
from sim.kernels import Engine
from sim.model.calendar import FIRST_ALLY_RANK, Phase, Years
from sim.model.equations import budget, outturn
from sim.model.equations.ally_year import budgeting, january, spending
from sim.model.equations.targets import followed, years_left
from sim.model.parameters import Budget, Growth, Outturn, Related, Will
from sim.model.state import AllyState, Hit, OwnBudget, Politics, TargetInForce, World
from sim.numerics.arrays import Array, Value, at, broadcast, positive, select


class AllyProcess:
    """An ally's processes over the state of one block."""

    def __init__(
        self,
        inputs: AllyInputs,
        parameters: Parameters,
        world: World,
        targets: Sequence[TargetInForce],
        years: Years,
        row: int,
        observer: Observer,
        engine: Engine,
        *,
        ever_bound: bool,
    ) -> None:
        """`targets` are the alliance's core targets on this ally; `row` is its place among the allies.

        `ever_bound` says whether the ally may have a pledge, path or draft of its own, which a new government can drop.
        """
        self.inputs, self.world, self.targets, self.years = inputs, world, targets, years
        self._january, self._spending, self._budgeting = engine(january), engine(spending), engine(budgeting)
        self.rank, self.observer, self.ever_bound = FIRST_ALLY_RANK + row, observer, ever_bound
        self.growth_parameters, self.will_parameters = parameters.of(Growth, inputs), parameters.of(Will, inputs)
        self.budget_parameters, self.outturn_parameters = parameters.of(Budget, inputs), parameters.of(Outturn, inputs)
        self.related_parameters = parameters.of(Related, inputs)
        self.state = self._start(years.base, row)
        self._inclination: tuple[int, Array] | None = None
        sd_pct = self.growth_parameters.sd_pct
        self.growth_sd = inputs.growth_sd_pct if sd_pct is None else sd_pct
        self.exposure = parameters.rows.exposure(inputs)
        b = self.budget_parameters
        # once for the run: debt and deficit are facts of the start, and nothing in the model moves them
        self.room = budget.fiscal_room(
            inputs.debt_pct, inputs.deficit_pct, loss=b.room_loss,
            debt_from_pct=b.room_debt_from_pct, debt_span_pct=b.room_debt_span_pct,
            deficit_from_pct=b.room_deficit_from_pct, deficit_span_pct=b.room_deficit_span_pct,
        )  # fmt: skip
        self.desired_cap = budget.at_exposure(b.desired_cap_pct, b.desired_cap_exposure, self.exposure)
        self.headroom = budget.at_exposure(b.headroom_pct, b.headroom_exposure, self.exposure)

    def live(self, clock: Clock) -> Process:
        """The base year's December, then a January and a December of every year."""
        yield clock.at(clock.month_of(self.years.base, 12), Phase.BUDGET, self.rank)
        self.adopt_budget(self.years.base + 1)
        for year in self.years.simulated:
            yield clock.at(clock.month_of(year, 1), Phase.MACRO, self.rank)
            # two plans, because next year's is adopted before this year is recorded
            self.state.plan_pct = self.state.next_plan_pct
            self.begin_year(year)
            yield clock.at(clock.month_of(year, 12), Phase.OUTTURN, self.rank)
            self.spend(year)
            self.observer.outturn(self.state, year)
            if year < self.years.last:
                yield clock.at(clock.month_of(year, 12), Phase.BUDGET, self.rank)
                self.adopt_budget(year + 1)

    def begin_year(self, year: int) -> None:
        """Equations 2 and 4, in January."""
        world, state, g, w = self.world, self.state, self.growth_parameters, self.will_parameters
        # emptied when read: a recession takes from the growth of its own year only
        loss, state.growth_loss_pct = state.growth_loss_pct, None
        will, state.surprise_pct, state.gdp_usd_bn = self._january(
            state.will, state.gdp_usd_bn, state.share_pct,
            # nobody is a peer of itself, and the United States are not in the sums of Europe and Canada
            state.gdp_usd_bn if state.europe_canada else 0.0,
            world.europe_canada_outlays_usd_bn, world.europe_canada_gdp_usd_bn,
            mean_will=state.mean_will, will_noise=self._draw("will/noise", w.noise, year), reversion=w.reversion,
            peer=w.peer, common=world.common_surprise_pct,
            ally_noise=self._draw("growth/ally_noise", g.ally_noise, year), sd_pct=self.growth_sd, loss_pct=loss,
            forecast_pct=self.inputs.forecast_pct[year], shift_pct=g.forecast_shift_pct,
        )  # fmt: skip
        # in place: it is a row of the world's array, on which elections act for all allies at once
        state.will[:] = will

    def adopt_budget(self, year: int) -> None:
        """Equations 5 and 6, in December of the year before `year`."""
        world, state, b = self.world, self.state, self.budget_parameters
        urgency, month = world.urgency, world.calendar.month
        target, due, commitment = followed(state, self.targets, self.inputs.commitment)
        willing, state.norm_pct, desired, plan = self._budgeting(
            state.norm_pct, state.share_pct, state.will, self._inclined(),
            urgency.shared(month, budget.felt, weight=b.threat_urgency), urgency.saturated(month),
            target_pct=target, commitment=commitment, years_left=years_left(due, year),
            speed_up=urgency.shared(
                month, budget.speed_up, speed=b.speed, speed_urgency=b.speed_urgency, speed_max=b.speed_max
            ),
            room=self.room, exposure=self.exposure, threat_weight=b.threat_weight, norm_learning=b.norm_learning,
            pledge_weight=b.pledge_weight, desired_cap_pct=self.desired_cap, speed_down=b.speed_down,
            deadline_weight=b.deadline_weight, headroom_pct=self.headroom, headroom_weight=b.headroom_weight,
            max_rise_pct=b.max_rise_pct, max_rise=b.max_rise, max_fall=b.max_fall,
        )  # fmt: skip
        state.next_plan_pct = self._toward_announced(plan, year, first=year == self.years.base + 1)
        state.willing, state.target_pct, state.due = willing, target, due
        self.observer.budget(self.state, year, desired)

    def spend(self, year: int) -> None:
        """Equations 7, 8 and the security-related part of 9, in December."""
        state, o, r = self.state, self.outturn_parameters, self.related_parameters
        assert state.plan_pct is not None
        before = state.share_pct
        state.share_pct, reported, state.related_pct = self._spending(
            before, state.plan_pct, state.surprise_pct, state.related_pct, self._inclined(),
            execution=self._draw("outturn/execution", o.execution, year),
            noise=self._draw("outturn/noise", o.noise, year),
            reporting=self._draw("outturn/reporting", o.reporting, year),
            related_noise=self._draw("related/noise", r.noise, year),
            floor_pct=o.floor_pct, related_speed=r.speed, related_scale_pct=r.scale_pct,
        )  # fmt: skip
        # one array for both; where a push tells them apart, the report is copied first
        state.spent_pct = state.reported_pct = reported
        state.pushed = None
        self._push_late(year, before, reported)

    def _push_late(self, year: int, before: Array, reported: Array) -> None:
        """What is closed on paper; `before` is the share of the year before."""
        state, o = self.state, self.outturn_parameters
        # what is not needed is not drawn: every draw has an address, so that leaving one out moves no other
        if not o.late_push or np.min(state.due) > year:
            return
        # what was reclassified in 2025 cannot be once more
        reach = o.late_push_reach_2025_pct if year <= 2025 else o.late_push_reach_pct
        possible = outturn.late_push_open(
            before, reported, state.target_pct, state.due <= year, reach_pct=reach, reach=o.late_push_reach
        )
        if not possible.any():
            return
        saturated = self.world.urgency.saturated(self.world.calendar.month)
        chance = outturn.late_push_probability(state.willing, saturated, weight=o.late_push_weight)
        hit = self._hit("outturn/late_push", year, np.flatnonzero(possible))
        pushed = hit.at(hit.chosen("chance", chance))
        if not pushed.paths.size:
            return
        target = np.asarray(at(state.target_pct, pushed.paths), dtype=np.float32)  # a number where all paths agree
        excess = pushed.draw("excess", o.late_push_excess)
        state.reported_pct = reported.copy()
        state.reported_pct[pushed.paths], state.share_pct[pushed.paths] = outturn.pushed(
            state.share_pct[pushed.paths], target, excess
        )
        state.pushed = pushed.paths

    def _inclined(self) -> Array:
        """link(u + A), computed once a December: the year's outturn and the next year's budget share it."""
        month = self.world.calendar.month
        if self._inclination is None or self._inclination[0] != month:
            self._inclination = month, budget.inclined(self.state.will, self.world.urgency.level(month))
        return self._inclination[1]

    def _toward_announced(self, plan: Array, year: int, *, first: bool) -> Array:
        """The plan drawn toward the year's budget where the data hold one, elsewhere toward the announced path."""
        b, before, own = self.budget_parameters, plan, self.state.budgets.pop(year, None)
        if own is not None and own.holds is None:
            return self._toward(before, own.share_pct, own.weight)
        for path in self.state.announced:
            announced = path.share_pct(year)
            if announced is None:
                continue
            weight = b.path_weight_first if first else b.path_weight_firm if path.firm else b.path_weight_plan
            plan = select(path.holds, self._toward(before, announced, weight), plan)
        if own is not None and own.holds is not None:
            plan = select(own.holds, self._toward(before, own.share_pct, own.weight), plan)
        return plan

    def _toward(self, plan: Array, share_pct: float, weight: Value) -> Array:
        b, share = self.budget_parameters, self.state.share_pct
        step = budget.within_reach(
            share_pct - share, share, max_rise_pct=b.max_rise_pct, max_rise=b.max_rise, max_fall=b.max_fall
        )
        return budget.toward_announced(plan, step, weight)

    def _hit(self, stream: str, year: int, paths: Paths) -> Hit:
        return Hit(self.world.draws, stream, year, paths, self.inputs.code)

    def _draw(self, name: str, distribution: Prepared, year: int) -> Value:
        return self.world.draws.value(name, distribution, ally=self.inputs.code, period=year)

    def _known(self, row: BudgetRow, size: int) -> OwnBudget:
        """A budget of the data: a draft holds on all paths for now."""
        b = self.budget_parameters
        if row.stage == "draft":
            return OwnBudget(row.share_pct, row.stage, b.draft_weight, np.ones(size, dtype=np.bool_))
        return OwnBudget(row.share_pct, row.stage, b.adopted_weight, None)

    def _start(self, base_year: int, row: int) -> AllyState:
        """Equation 1, and the start of equations 4 and 9."""
        inputs, world, size, w = self.inputs, self.world, self.world.draws.paths, self.will_parameters
        error = self.outturn_parameters.base_error if inputs.estimated else 0.0
        mean_will: Value = w.mean
        world.will[row] = mean_will
        return AllyState(
            iso3=inputs.iso3,
            code=inputs.code,
            name=inputs.name,
            europe_canada=inputs.europe_canada,
            share_pct=broadcast(outturn.base_year(inputs.base_share_pct, error), size),
            norm_pct=broadcast(inputs.norm_pct, size),
            row=row,
            will=world.will[row],
            last_vote=world.last_vote[row],
            changes=None if world.changes is None else world.changes[row],
            mean_will=mean_will,
            related_pct=positive(broadcast(self.related_parameters.start, size)),
            gdp_usd_bn=broadcast(inputs.gdp_usd_bn, size),
            base_share_pct=inputs.base_share_pct,
            base_year=base_year,
            budgets={row.year: self._known(row, size) for row in inputs.budgets},
            politics=Politics(
                change_at_election=w.change_at_election,
                change_between_elections=w.change_between_elections,
                jump=w.change_jump,
                lapse_probability=w.lapse_probability,
            ),
        )

"""One ally's life: what it does in January and December of every year, and when it votes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.data.rows import BudgetRow
from sim.distributions.draws import Paths, Prepared
from sim.engine.clock import Clock, Process
from sim.engine.conditional import Conditional, Open
from sim.engine.drawn_parameters import Parameters
from sim.engine.inputs import AllyInputs
from sim.engine.observer import Observer
from sim.model.calendar import FIRST_ALLY_RANK, Phase, Years
from sim.model.equations import budget, growth, outturn, related, will
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
        *,
        ever_bound: bool,
        conditional: Conditional | None = None,
    ) -> None:
        """`targets` are the alliance's core targets on this ally; `row` is its place among the allies.

        `ever_bound` says whether the ally may have a pledge, path or draft of its own, which a new government can drop;
        `conditional` is told of every December, where somebody asks for its probabilities.
        """
        self.inputs, self.world, self.targets, self.years = inputs, world, targets, years
        self.rank, self.observer, self.ever_bound = FIRST_ALLY_RANK + row, observer, ever_bound
        self.conditional = conditional
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
            self.drift(year)
            self.grow(year)
            yield clock.at(clock.month_of(year, 12), Phase.OUTTURN, self.rank)
            # spending makes a new array, so this one stays the share of the year before
            before = self.state.share_pct
            money = self.spend(year)
            self.report(year, before, money)
            self.observer.outturn(self.state, year)
            if year < self.years.last:
                yield clock.at(clock.month_of(year, 12), Phase.BUDGET, self.rank)
                self.adopt_budget(year + 1)

    def drift(self, year: int) -> None:
        """Equation 4, in January."""
        world, state = self.world, self.state
        # nobody is a peer of itself, and the United States are not in the sums of Europe and Canada
        own_gdp: Value = state.gdp_usd_bn if state.europe_canada else 0.0
        own_outlays = own_gdp * state.share_pct
        peers = will.peer_average(
            world.europe_canada_outlays_usd_bn, world.europe_canada_gdp_usd_bn, own_outlays, own_gdp
        )
        noise = self._draw("will/noise", self.will_parameters.noise, year)
        # in place: it is a row of the world's array, on which elections act for all allies at once
        state.will[:] = will.drift(
            state.will,
            state.mean_will,
            noise,
            peers,
            state.share_pct,
            reversion=self.will_parameters.reversion,
            peer=self.will_parameters.peer,
        )

    def grow(self, year: int) -> None:
        """Equation 2, in January."""
        world, state = self.world, self.state
        noise = self._draw("growth/ally_noise", self.growth_parameters.ally_noise, year)
        # emptied when read: a recession takes from the growth of its own year only
        loss, state.growth_loss_pct = state.growth_loss_pct, None
        surprise = growth.surprise(world.common_surprise_pct, noise, self.growth_sd, loss)
        state.surprise_pct = surprise
        state.gdp_usd_bn = growth.next_gdp(
            state.gdp_usd_bn, self.inputs.forecast_pct[year], self.growth_parameters.forecast_shift_pct, surprise
        )

    def adopt_budget(self, year: int) -> None:
        """Equations 5 and 6, in December of the year before `year`."""
        world, state, b = self.world, self.state, self.budget_parameters
        urgency, month, share = world.urgency, world.calendar.month, state.share_pct
        target, due, commitment = followed(state, self.targets, self.inputs.commitment)
        willing = budget.willingness(self._inclined(), commitment=commitment)
        premium = budget.threat_premium(
            state.will, urgency.shared(month, budget.felt, weight=b.threat_urgency), urgency.saturated(month),
            exposure=self.exposure, weight=b.threat_weight,
        )  # fmt: skip
        state.norm_pct = budget.learned_norm(state.norm_pct, share, premium, learning=b.norm_learning)
        desired = budget.desired_share(
            state.norm_pct, premium, willing, target, pledge_weight=b.pledge_weight, cap_pct=self.desired_cap
        )
        speed_up = urgency.shared(
            month, budget.speed_up, speed=b.speed, speed_urgency=b.speed_urgency, speed_max=b.speed_max
        )
        pull = budget.pull(desired, share, speed_up, self.room, speed_down=b.speed_down)
        pledged = budget.pledged_step(target, share, years_left(due, year), self.room, weight=b.deadline_weight)
        plan = budget.plan(
            pull, pledged, willing, share, headroom_pct=self.headroom, headroom_weight=b.headroom_weight,
            max_rise_pct=b.max_rise_pct, max_rise=b.max_rise, max_fall=b.max_fall,
        )  # fmt: skip
        state.next_plan_pct = self._toward_announced(plan, year, first=year == self.years.base + 1)
        state.willing, state.target_pct, state.due = willing, target, due
        self.observer.budget(self.state, year, desired)

    def spend(self, year: int) -> Array:
        """Equation 7 and the security-related part of 9, in December: what the year's budget came to."""
        state, o = self.state, self.outturn_parameters
        assert state.plan_pct is not None
        money = outturn.budgeted(state.share_pct, state.plan_pct, self._draw("outturn/execution", o.execution, year))
        state.share_pct = outturn.outturn(
            money, state.share_pct, self._draw("outturn/noise", o.noise, year), state.surprise_pct,
            floor_pct=o.floor_pct,
        )  # fmt: skip
        r = self.related_parameters
        noise = self._draw("related/noise", r.noise, year)
        state.related_pct = related.next_related(
            state.related_pct, self._inclined(), noise, speed=r.speed, scale_pct=r.scale_pct
        )
        return money

    def report(self, year: int, before: Array, money: Array) -> None:
        """Equation 8, in December; `before` is the share of the year before, `money` what the budget came to."""
        state, o = self.state, self.outturn_parameters
        noise = self._draw("outturn/reporting", o.reporting, year)
        reported = outturn.reported(state.share_pct, noise)
        # one array for both; where a push tells them apart, the report is copied first
        state.spent_pct = state.reported_pct = reported
        state.pushed = None
        closing = self._close_on_paper(year, before, reported)
        if self.conditional is not None:
            counted = related.counted(state.related_pct, cap_pct=self.related_parameters.counted_cap_pct)
            self.conditional.add(state.row, state.iso3, Open(
                before, money, state.surprise_pct, o.noise, o.floor_pct, noise,
                state.target_pct, o.late_push_excess, closing, counted,
            ))  # fmt: skip

    def _close_on_paper(self, year: int, before: Array, reported: Array) -> Array | None:
        """A late push where it comes: its probability where a report falls short; None where there is none."""
        state, o = self.state, self.outturn_parameters
        # what is not needed is not drawn: every draw has an address, so that leaving one out moves no other
        if not o.late_push or np.min(state.due) > year:
            return None
        # what was reclassified in 2025 cannot be once more
        reach = o.late_push_reach_2025_pct if year <= 2025 else o.late_push_reach_pct
        in_reach = outturn.late_push_in_reach(
            before, state.target_pct, state.due <= year, reach_pct=reach, reach=o.late_push_reach
        )
        if not in_reach.any():
            return None
        saturated = self.world.urgency.saturated(self.world.calendar.month)
        chance = outturn.late_push_probability(state.willing, saturated, weight=o.late_push_weight)
        possible = np.flatnonzero(outturn.late_push_open(reported, state.target_pct, in_reach))
        if possible.size:
            self._push(self._hit("outturn/late_push", year, possible), chance, reported)
        return chance * in_reach

    def _push(self, hit: Hit, chance: Array, reported: Array) -> None:
        """Close on paper what a chance decides of what is possible."""
        state, pushed = self.state, hit.at(hit.chosen("chance", chance))
        if not pushed.paths.size:
            return
        target = np.asarray(at(state.target_pct, pushed.paths), dtype=np.float32)  # a number where all paths agree
        excess = pushed.draw("excess", self.outturn_parameters.late_push_excess)
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

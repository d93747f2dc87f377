"""One path of a scenario, month by month: who does what in which phase, and what is drawn for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

from reference import equations as eq
from reference.bounded import NEAR, Number, larger, single
from reference.defaults import EVENT_PARAMETERS, HISTORY, PARAMETERS, PATH, RULES
from reference.facts import Ally, Column, Source, Table, armed, early_election_rate, forecast, parameter, whole
from reference.random_numbers import Quantiles, RandomNumbers, exponential, probability_of

CALENDAR = range(2021, 2036)
"""The years that the table of elections covers."""
WITHOUT_CALENDAR = 0.25
LONG_AGO = -1000


class World:
    """What is the same on every path of a scenario."""

    def __init__(self, scenario: Table) -> None:
        self.scenario = whole(scenario)
        self.base = self.scenario["horizon"]["base_year"]
        self.last = self.scenario["horizon"]["last_year"]
        self.allies = [Ally(row, self.scenario) for row in armed()]
        self.targets = dict(sorted(self.scenario["targets"].items()))
        self.events = self.scenario["event"]
        self.years = range(self.base + 1, self.last + 1)
        self.tables: dict[int, Quantiles] = {}
        self.source = Source(self.scenario)
        self.specs: dict[tuple[str, str], Table] = {}  # distributions whose numbers are the same on all paths


class Government:
    """The state of one ally on one path."""

    share: Number
    norm: Number
    will: Number
    related: Number
    gdp: Number
    report: Number
    unpushed: Number  # the report before a late push
    recorded: tuple[Number, Number]  # share and GDP of last December
    early: int | None  # the month of the year's early election

    def __init__(self, facts: Ally) -> None:
        self.facts = facts
        self.parameters: dict[tuple[str, str], Number] = {}
        self.surprise: Number = 0.0
        self.next_plan: Number = 0.0
        self.plan: Number = 0.0
        self.next_course: tuple[Number, Number, int] = (0.0, 0.0, eq.NOBODY)  # w, T, by
        self.course = self.next_course
        self.last_vote = LONG_AGO
        self.pledges: list[Table] = []
        self.path: Table | None = None
        self.budgets = dict(facts.budgets)
        self.pushed = False

    def drop(self) -> None:
        """A new government drops what was pledged, announced and drafted; no law."""
        self.pledges, self.path = [], None
        self.budgets = {year: voted for year, voted in self.budgets.items() if not voted["draft"]}


class Path:
    """One path: `run` gives the rows of its allies, year by year."""

    def __init__(self, world: World, seed: int, path: int, number: Callable[[float], Number] = float) -> None:
        self.world = world
        self.random = RandomNumbers(seed, path, world.tables)
        self.number = number
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.governments = [Government(facts) for facts in world.allies]
        self.by_code = {government.facts.iso3: government for government in self.governments}
        self.common: dict[tuple[str, str], Number] = {}
        self.targets = {
            name: {
                "share": number(target["share_pct"]),
                "single": single(target["share_pct"]),  # to the bit, for of equal targets the first is followed
                "by": target["by"],
                "commitment": target.get("commitment", 1.0),
            }
            for name, target in world.targets.items()
        }
        self.hits: dict[int, list[Table]] = {}  # by month: the events that hit this path
        self.loss_all: Number = 0.0
        self.loss_own: dict[str, Number] = {}
        self.year = world.base
        self.month = 11
        self.row, self.rule = self.taken()

    # Where parameters come from

    def taken(self) -> tuple[int, str]:
        """The row of the table of draws that this path takes, those with the pledge kept behind, and its map."""
        source = self.world.source
        row = self.random.whole("parameters/draw", len(source.rows)) if len(source.rows) > 1 else 0
        if self.random.chance(source.in_earnest, "parameters/in_earnest", 0, 0):
            row += len(source.rows)
        if source.geography == "drawn":
            return row, RULES[self.random.whole("parameters/geography", len(RULES))]
        return row, source.geography

    def left_to_rows(self, section: str, name: str, own: Table) -> dict[str, Column]:
        """The columns of a parameter that no file says."""
        return {} if name in own.get(section, {}) else self.world.source.columns.get((section, name), {})

    def in_row(self, column: Column) -> Number:
        """A number of this path's row: float32 where it differs by path."""
        return column[0] if same(column) else self.number(single(column[self.row]))

    def by_rows(
        self, section: str, name: str, columns: dict[str, Column], stream: str, ally: int, period: int
    ) -> Number:
        """A parameter from its columns: a number, or a draw whose mean and sd are this path's."""
        if "" in columns:
            return self.in_row(columns[""])
        ((family, shipped),) = PARAMETERS[section][name][0].items()
        if all(map(same, columns.values())):
            spec = self.world.specs.setdefault(
                (section, name), {family: {**shipped, **{part: column[0] for part, column in columns.items()}}}
            )
            return self.drawn(spec, stream, ally, period)
        standard = self.world.specs.setdefault((section, name), {family: {**shipped, "mean": 0.0, "sd": 1.0}})
        mean, sd = (self.in_row(columns[part]) if part in columns else shipped[part] for part in ("mean", "sd"))
        return self.drawn(standard, stream, ally, period) * sd + mean

    def exposure(self, facts: Ally) -> Number:
        """How near an ally lies to Russia by this path's map: float32 where maps differ and each path has its own."""
        drawn = self.world.source.geography == "drawn" and not same(tuple(facts.exposures.values()))
        near = facts.exposures[self.rule]
        return self.number(single(near)) if drawn else near

    # Draws and parameters

    def drawn(self, spec: Any, name: str, ally: int, period: int) -> Number:
        """A number as it is, a distribution by its draw."""
        return self.number(self.random.value(spec, name, ally, period)) if isinstance(spec, dict) else spec

    def rate(self, spec: Any, name: str, ally: int, more: float = 0.0) -> float:
        """The yearly probability that belongs to a rate: of every entry of the table, where it is a distribution."""
        if isinstance(spec, dict):
            return single(probability_of(self.random.value(spec, name, ally, 0) + more))
        return probability_of(spec + more)

    def of(self, section: str, name: str, government: Government | None = None) -> Number:
        """A parameter that is drawn once, of an ally or of the alliance."""
        if government is None:
            store, own, ally = self.common, {}, 0
        else:
            store, own, ally = government.parameters, government.facts.own, government.facts.numeric
        if (section, name) not in store:
            if government is not None and PARAMETERS[section][name][1] == PATH and name not in own.get(section, {}):
                store[section, name] = self.of(section, name)
            else:
                store[section, name] = self.value(section, name, own, f"param/{section}.{name}", ally, 0)
        return store[section, name]

    def yearly(self, section: str, name: str, stream: str, government: Government) -> Number:
        """A parameter that is drawn every year."""
        return self.value(section, name, government.facts.own, stream, government.facts.numeric, self.year)

    def value(self, section: str, name: str, own: Table, stream: str, ally: int, period: int) -> Number:
        """A parameter as a file says it, or as this path's row has it."""
        if columns := self.left_to_rows(section, name, own):
            return self.by_rows(section, name, columns, stream, ally, period)
        return self.drawn(parameter(self.world.scenario, section, name, own), stream, ally, period)

    # Urgency: B = A / D

    def decay(self, months: int) -> Number:
        """D: what is left after so many months."""
        spec = parameter(self.world.scenario, "urgency", "decay", {})
        if columns := self.left_to_rows("urgency", "decay", {}):
            left = exponential(-columns[""][0 if same(columns[""]) else self.row] / 12)
            return power(left, months) if same(columns[""]) else self.number(power(single(left), months))
        if isinstance(spec, dict):
            return self.number(power(single(exponential(-float(self.of("urgency", "decay")) / 12)), months))
        return power(exponential(-spec / 12), months)

    def start_urgency(self) -> None:
        """What history has left, times the path's level."""
        now = self.world.base * 12 + 11
        past: Number = 0.0
        for year, month, size in HISTORY:
            months = now - (year * 12 + month - 1)
            if months >= 0:
                past = past + self.of("urgency", size) * self.decay(months)
        self.level = self.number_of(past * self.of("urgency", "level") / self.decay(11))

    def number_of(self, x: Number) -> Number:
        """A number that becomes part of the state."""
        return self.number(x) if isinstance(x, (float, int)) else x

    @property
    def urgency(self) -> Number:
        """A, of this month."""
        return self.level * self.decay(self.month)

    def add_urgency(self, jump: Number) -> None:
        """A jump, which does not bring urgency below 0."""
        self.level = larger(self.level + jump / self.decay(self.month), 0.0)

    # The course of a path

    def run(self) -> dict[tuple[str, int], dict[str, Any]]:
        """From December of the base year to December of the last."""
        self.start()
        for year in self.world.years:
            self.year = year
            for month in range(12):
                self.month = 12 * (year - self.world.base) + month
                if month == 0:
                    self.macro()
                self.urgent_events()
                self.elections()
                self.summits()
            self.outturns()
            if year < self.world.last:
                self.budgets()
            self.record()
        return self.rows

    def start(self) -> None:
        """December of the base year."""
        number = self.number
        for one in self.governments:
            facts = one.facts
            share = facts.start
            if facts.estimate:
                share = eq.base_share(share, self.of("outturn", "base_error", one))
            one.share = self.number_of(share)
            one.norm = number(facts.norm)
            one.will = self.number_of(self.of("will", "mean", one))
            one.related = larger(self.number_of(self.of("related", "start", one)), 0.0)
            one.gdp = number(facts.gdp)
        self.start_urgency()
        for event in self.world.events:
            at_start = event["kind"] == "past_crisis" or ("when" not in event and "rate" not in event)
            if at_start and self.occurs(event):
                self.strike(event)
        self.budgets()
        self.sums()

    # Events

    def occurs(self, event: Table) -> bool:
        """Whether a dated event, or one of the start, hits this path."""
        spec = event.get("probability", 0.0 if event["kind"] == "review" else 1.0)
        name = event["name"]
        chance = float(self.drawn(spec, f"param/event.{name}.probability", 0, 0))
        return self.random.chance(chance, f"event/{name}/occurs", 0, self.year)

    def choose(self) -> None:
        """January: the events of the year and their months; recessions strike at once."""
        for event in self.world.events:
            name, recession = event["name"], event["kind"] == "recession"
            first = 12 * (self.year - self.world.base)
            if "rate" in event:
                chance = self.rate(event["rate"], f"param/event.{name}.rate", 0)
                if not self.random.chance(chance, f"event/{name}/occurs", 0, self.year):
                    continue
                month = 1 if recession else self.random.month(f"event/{name}/month", 0, self.year)
            elif "when" in event and int(event["when"][:4]) == self.year:
                if not self.occurs(event):
                    continue
                month = int(event["when"][5:])
            else:
                continue
            if recession:
                self.strike(event)
            else:
                self.hits.setdefault(first + month - 1, []).append(event)

    def each_time(self, event: Table) -> Number:
        """The parameter that is drawn each time the event happens."""
        name, default = EVENT_PARAMETERS[event["kind"]]
        return self.drawn(event.get(name, default), f"event/{event['name']}/{name}", 0, self.year)

    def hitting(self, *kinds: str) -> list[Table]:
        """The events of this month that are of some kinds, in their order."""
        return [event for event in self.hits.get(self.month, []) if event["kind"] in kinds]

    def strike(self, event: Table) -> None:
        """What an event does."""
        match event["kind"]:
            case "crisis" | "us_retrenchment":
                self.add_urgency(self.each_time(event))
            case "past_crisis":
                year, month = event["when"].split("-")
                since = 12 * (self.world.base - int(year)) + 12 - int(month)
                self.add_urgency(self.each_time(event) * self.decay(since))
            case "past_jump":
                self.add_urgency(self.of("urgency", event["jump"]))
            case "detente":
                self.level = self.level * self.each_time(event)
            case "shock":
                self.shock(event, self.each_time(event))
            case "recession" if "ally" in event:
                self.loss_own[event["ally"]] = self.loss_own.get(event["ally"], 0.0) + self.each_time(event)
            case "recession":
                self.loss_all = self.loss_all + self.each_time(event)
            case "summit":
                target = self.targets[event.get("target", "core")]
                if "share_pct" in event:
                    target["share"] = self.number(event["share_pct"])
                    target["single"] = single(event["share_pct"])
                target["by"] = event.get("by", target["by"])
                target["commitment"] = event.get("commitment", target["commitment"])
            case "review":
                target = self.targets[event.get("target", "core")]
                target["by"] += event.get("years_later", 0)
                if event.get("change_pct", 0.0):
                    target["share"] = larger(target["share"] + event["change_pct"], 0.0)
                    target["single"] = max(single(target["single"] + single(event["change_pct"])), 0.0)
            case "pledge":
                one = self.by_code[event["ally"]]
                pledge = {"share": self.number(event["share_pct"]), "by": event["by"],
                          "single": single(event["share_pct"]),
                          "commitment": event.get("commitment", 1.0), "opt_out": event.get("opt_out", False),
                          "name": event["name"]}  # fmt: skip
                one.pledges = [held for held in one.pledges if held["name"] != event["name"]] + [pledge]
            case "announced_path":
                one = self.by_code[event["ally"]]
                start = {"year": self.world.base, "share_pct": one.facts.start}
                one.path = {**event, "points": [start, *event["points"]]}

    def shock(self, event: Table, amount: Number) -> None:
        """`amount` is added to a state, of one ally or of all."""
        if event["state"] == "urgency":
            self.add_urgency(amount)
            return
        for one in [self.by_code[event["ally"]]] if "ally" in event else self.governments:
            match event["state"]:
                case "will":
                    one.will = one.will + amount
                case "share_pct":
                    one.share = larger(one.share + amount, 0.0)
                case "norm_pct":
                    one.norm = larger(one.norm + amount, 0.0)
                case "related_pct":
                    one.related = larger(one.related + amount, 0.0)
                case "gdp_pct":
                    one.gdp = one.gdp * (1 + amount / 100)

    # Phases

    def macro(self) -> None:
        """January: recessions, the common growth, then each ally's will and growth."""
        self.loss_all, self.loss_own = 0.0, {}
        self.choose()
        scenario, year = self.world.scenario, self.year
        probability = self.of("growth", "recession_probability")
        recession = self.number(float(self.random.chance(float(probability), "growth/recession", 0, year)))
        factor = self.drawn(parameter(scenario, "growth", "factor", {}), "growth/factor", 0, year)
        common = eq.common_factor(factor, probability, self.of("growth", "recession_depth_pct"), recession)
        for one in self.governments:
            self.drift(one)
        for one in self.governments:
            facts = one.facts
            sd = self.of("growth", "sd_pct", one)
            one.surprise = eq.surprise(
                common, self.loss_all, facts.growth_sd if sd is None else sd,
                self.yearly("growth", "ally_noise", "growth/ally_noise", one), self.loss_own.get(facts.iso3, 0.0),
            )  # fmt: skip
            one.gdp = eq.next_gdp(
                one.gdp, forecast(facts.iso3, self.world.base, year), self.of("growth", "forecast_shift_pct", one),
                one.surprise,
            )  # fmt: skip

    def drift(self, one: Government) -> None:
        """Will, by last December's shares."""
        average = eq.peer_average(*self.peers, *one.recorded, one.facts.iso3 != "USA")
        one.will = eq.drift(
            one.will, self.of("will", "mean", one), self.of("will", "reversion", one),
            self.yearly("will", "noise", "will/noise", one), self.of("will", "peer", one), average, one.share,
        )  # fmt: skip

    def urgent_events(self) -> None:
        """Phase `EVENT`."""
        for event in self.hitting("crisis", "us_retrenchment", "detente", "shock", "past_jump"):
            self.strike(event)

    def elections(self) -> None:
        """Phase `ELECTION`: those that are events, then each ally."""
        for event in self.hitting("election"):
            one = self.by_code[event["ally"]]
            name = event["name"]
            chance = self.of("will", "change_at_election", one)
            if "change_probability" in event:
                chance = self.drawn(event["change_probability"], f"param/event.{name}.change_probability", 0, 0)
            self.vote(one, f"event/{name}", float(chance))
        month = self.month % 12 + 1
        for one in self.governments:
            if month == 1:
                self.change(one, "government", "government/change", self.chance_of_fall(one))
                one.early = self.early_month(one)
            usual = self.chance(one, "change_at_election")
            if one.early == month:
                one.last_vote = self.month
                self.change(one, "election/early", "election/early/occurs", both(self.chance_of_early(one), usual))
            if (self.year, month) in one.facts.calendar and self.month - one.last_vote > 12:
                one.last_vote = self.month
                self.change(one, "election/scheduled", "election/scheduled/change", usual)

    def chance(self, one: Government, name: str) -> Chance:
        """A probability of the section [will]."""
        spec = parameter(self.world.scenario, "will", name, one.facts.own)
        return float(self.of("will", name, one)), isinstance(spec, dict)

    def chance_of_fall(self, one: Government) -> Chance:
        """That a government falls between elections."""
        spec = parameter(self.world.scenario, "will", "change_between_elections", one.facts.own)
        address = one.facts.numeric if "change_between_elections" in one.facts.own.get("will", {}) else 0
        return self.rate(spec, "param/will.change_between_elections", address), isinstance(spec, dict)

    def chance_of_early(self, one: Government) -> Chance:
        """Of an early election this year."""
        spec = parameter(self.world.scenario, "will", "early_election_rate", one.facts.own)
        spec = early_election_rate(one.facts.iso3) if spec is None else spec
        more = 0.0 if self.year in CALENDAR else WITHOUT_CALENDAR
        return self.rate(spec, "param/will.early_election_rate", one.facts.numeric, more), isinstance(spec, dict)

    def early_month(self, one: Government) -> int:
        """The month of this year's early election, 0 without one."""
        chance, _ = self.chance_of_early(one)
        if not self.random.chance(chance, "election/early/occurs", one.facts.numeric, self.year):
            return 0
        return self.random.month("election/early/month", one.facts.numeric, self.year)

    def vote(self, one: Government, stream: str, probability: float) -> None:
        """An election that is an event: words of its own for a change and for what it drops."""
        one.last_vote = self.month
        if self.random.chance(probability, f"{stream}/change", 0, self.year):
            self.jump(one, stream, 0)
            if self.random.chance(self.chance(one, "lapse_probability")[0], f"{stream}/lapse", 0, self.year):
                one.drop()

    def change(self, one: Government, stream: str, name: str, chance: Chance) -> None:
        """Perhaps a new government, and perhaps no pledge and no path any more: one word decides both."""
        ally, lapse = one.facts.numeric, self.chance(one, "lapse_probability")
        if self.random.chance(chance[0], name, ally, self.year):
            self.jump(one, stream, ally)
            if self.random.chance(both(chance, lapse)[0], name, ally, self.year):
                one.drop()

    def jump(self, one: Government, stream: str, ally: int) -> None:
        """The will of a new government."""
        spec = parameter(self.world.scenario, "will", "change_jump", one.facts.own)
        one.will = one.will + self.drawn(spec, f"{stream}/jump", ally, self.year)

    def summits(self) -> None:
        """Phase `SUMMIT`: what changes targets, pledges and paths."""
        for event in self.hitting("summit", "review", "pledge", "announced_path"):
            self.strike(event)

    def outturns(self) -> None:
        """Phase `OUTTURN`: each ally spends, then reports."""
        urgency = self.urgency
        for one in self.governments:
            NEAR.place = f"{one.facts.iso3} {self.year}"
            one.plan, one.course = one.next_plan, one.next_course
            willing, target, by = one.course
            former = one.share
            execution = self.yearly("outturn", "execution", "outturn/execution", one)
            noise = self.yearly("outturn", "noise", "outturn/noise", one)
            one.share = eq.outturn(
                former, one.plan, execution, noise, one.surprise, self.of("outturn", "floor_pct", one)
            )
            one.report = eq.reported(one.share, self.yearly("outturn", "reporting", "outturn/reporting", one))
            one.unpushed = one.report
            reach_pct = "late_push_reach_2025_pct" if self.year <= 2025 else "late_push_reach_pct"
            if parameter(self.world.scenario, "outturn", "late_push", one.facts.own) and eq.late_push_open(
                one.report, target, by, self.year, former, self.of("outturn", reach_pct, one),
                self.of("outturn", "late_push_reach", one),
            ):  # fmt: skip
                chance = eq.late_push_probability(self.of("outturn", "late_push_weight", one), willing, urgency)
                if self.random.fraction("outturn/late_push/chance", one.facts.numeric, self.year) < chance:
                    excess = self.yearly("outturn", "late_push_excess", "outturn/late_push/excess", one)
                    one.report = eq.pushed(target, excess)
                    one.share = eq.pushed_outlays(one.share, target)
            one.related = eq.next_related(
                one.related, self.of("related", "speed", one), self.of("related", "scale_pct", one), one.will, urgency,
                self.yearly("related", "noise", "related/noise", one),
            )  # fmt: skip

    def budgets(self) -> None:
        """Phase `BUDGET`: each ally adopts the budget of the next year."""
        urgency = self.urgency
        for one in self.governments:
            NEAR.place = f"{one.facts.iso3} {self.year}"
            self.budget(one, urgency)

    def budget(self, one: Government, urgency: Number) -> None:
        """Equations 5 and 6."""
        year, exposure, share = self.year + 1, self.exposure(one.facts), one.share
        its = {name: self.of("budget", name, one) for name, (_, drawn) in PARAMETERS["budget"].items() if drawn == PATH}
        commitment, target, by = self.followed(one)
        willing = eq.willingness(commitment, one.will, urgency)
        premium = eq.threat_premium(its["threat_weight"], exposure, one.will, its["threat_urgency"], urgency)
        one.norm = eq.learned_norm(one.norm, its["norm_learning"], share, premium)
        cap = eq.at_exposure(its["desired_cap_pct"], its["desired_cap_exposure"], exposure)
        desired = eq.desired_share(one.norm, its["pledge_weight"], willing, target, premium, cap)
        room = eq.fiscal_room(
            its["room_loss"], self.number(one.facts.debt), its["room_debt_from_pct"], its["room_debt_span_pct"],
            self.number(one.facts.deficit),
            its["room_deficit_from_pct"], its["room_deficit_span_pct"],
        )  # fmt: skip
        pulled = eq.pull(
            desired, share, urgency, room, its["speed"], its["speed_urgency"], its["speed_max"], its["speed_down"]
        )
        pledged = eq.pledged_step(target, share, by, year, its["deadline_weight"], room)
        headroom = eq.at_exposure(its["headroom_pct"], its["headroom_exposure"], exposure)
        step = eq.held_back(pulled, pledged, willing, share, its["headroom_weight"], headroom)
        limits = (its["max_fall"], its["max_rise_pct"], its["max_rise"])
        plan = eq.within_reach(step, share, *limits)
        voted = one.budgets.get(year)
        announced = None if one.path is None else share_on(one.path["points"], year)
        if voted is not None:
            weight = its["draft_weight" if voted["draft"] else "adopted_weight"]
            plan = eq.toward_announced(plan, eq.within_reach(voted["share_pct"] - share, share, *limits), weight)
        elif announced is not None:
            weight = its["path_weight_firm" if one.path.get("firm", False) else "path_weight_plan"]
            weight = its["path_weight_first"] if year == self.world.base + 1 else weight
            plan = eq.toward_announced(plan, eq.within_reach(announced - share, share, *limits), weight)
        one.next_plan, one.next_course = plan, (willing, target, by)

    def followed(self, one: Government) -> tuple[float, Number, int]:
        """Commitment, share and year of the target that an ally steers by."""
        opt_outs = [held for held in one.pledges if held["opt_out"] and held["commitment"] > 0]
        if opt_outs:
            held = opt_outs[-1]
            return held["commitment"], held["share"], held["by"]
        choice = []
        for name, target in self.world.targets.items():
            members = target.get("members")
            if target.get("pillar", "core") == "core" and (members is None or one.facts.iso3 in members):
                now = self.targets[name]
                choice.append((min(now["commitment"], one.facts.commitment), now))
        choice += [(held["commitment"], held) for held in one.pledges if not held["opt_out"]]
        best, found = None, (0.0, self.number(0.0), eq.NOBODY)
        for commitment, target in choice:
            place = (single(single(commitment) * target["single"]), -target["by"])
            if commitment > 0 and (best is None or place > best):
                best, found = place, (commitment, target["share"], target["by"])
        return found

    # December

    def sums(self) -> None:
        """What the peers' average is read from."""
        money: Number = 0.0
        gdp: Number = 0.0
        for one in self.governments:
            one.recorded = (one.share, one.gdp)
            if one.facts.iso3 != "USA":
                money, gdp = money + one.share * one.gdp, gdp + one.gdp
        self.peers = (money, gdp)

    def record(self) -> None:
        """Phase `RECORD`."""
        self.sums()
        for one in self.governments:
            cap = self.of("related", "counted_cap_pct", one)
            counts = eq.counted(one.related, cap)
            self.rows[one.facts.iso3, self.year] = {
                "share_pct": one.share, "reported_pct": one.report, "related_pct": one.related, "plan_pct": one.plan,
                "will": one.will, "gdp_usd_bn": one.gdp, "spent_pct": one.unpushed, "cap_pct": cap,
                "counted_pct": counts, "total_pct": eq.total(one.report, counts),
                "in_force": {name: (target["share"], target["by"]) for name, target in self.targets.items()},
            }  # fmt: skip


def same(column: Column) -> bool:
    """Whether a number is the same in all rows: then it stays a double."""
    return len(set(column)) == 1


Chance = tuple[float, bool]
"""A probability, and whether it differs by path."""


def both(one: Chance, other: Chance) -> Chance:
    """The probability that two things come true, one after the other: in float32 if it differs by path."""
    (a, varies), (b, also) = one, other
    return (single(single(a) * single(b)), True) if varies or also else (a * b, False)


def share_on(points: list[Table], year: int) -> float | None:
    """The share of an announced path in a year: straight between its points, none outside them."""
    for before, after in pairwise(points):
        if before["year"] <= year <= after["year"]:
            part = (year - before["year"]) / (after["year"] - before["year"])
            return float(before["share_pct"] + part * (after["share_pct"] - before["share_pct"]))
    if len(points) == 1 and points[0]["year"] == year:
        return float(points[0]["share_pct"])
    return None


@lru_cache(maxsize=100_000)
def power(x: float, months: int) -> float:
    """The m-th power by repeated multiplication; of the inverse for what lies before month 0."""
    found = 1.0
    for _ in range(months):
        found *= x
    return found

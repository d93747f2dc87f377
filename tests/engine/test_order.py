"""What happens first inside a month is declared, never a matter of which process was started first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.data.tables import Replacement
from sim.distributions.draws import Draws
from sim.engine import block
from sim.engine.alliance import happens_at_start
from sim.engine.clock import Clock, Process
from sim.engine.drawn_parameters import Parameters
from sim.engine.elections import EARLY, GOVERNMENT, SCHEDULED
from sim.engine.observer import Observer
from sim.model.calendar import Years
from sim.model.events.crisis import Crisis
from sim.model.state import AllyState, Hit, World
from sim.numerics.arrays import Array
from sim.scenario.loading.load import reload

EVERY_EVENT = Path(__file__).parents[1] / "scenarios" / "valid" / "every_event.toml"

MIXED = """
[horizon]
last_year = 2029
[targets.core]
share_pct = 3.5
by = 2028
[will]
early_election_rate = 1.0
change_between_elections = 1.0
[[event]]
name = "april"
kind = "crisis"
rate = 5.0
[[event]]
name = "beth"
kind = "crisis"
when = "2028-05"
[[event]]
name = "carol"
kind = "crisis"
rate = 5.0
[[event]]
name = "dora"
kind = "crisis"
when = "2028-05"
[[event]]
name = "slump_one"
kind = "recession"
rate = 5.0
[[event]]
name = "slump_two"
kind = "recession"
when = "2028-05"
[[event]]
name = "slump_three"
kind = "recession"
rate = 5.0
[[event]]
name = "vote"
kind = "election"
ally = "FRA"
when = "2028-01"
[[event]]
name = "word"
kind = "summit"
when = "2028-01"
commitment = 0.5
"""
"""Random and dated events by turns. Each random one comes on nearly all paths each year."""

Entry = tuple[int, int, str, str]
"""Year, month, what happened, and to whom."""


class Log(Observer):
    """Everything that happens, in the order in which it does."""

    def begin(self, world: World) -> None:
        self.clock = world.calendar
        self.entries: list[Any] = []
        self.hits: list[Any] = []

    @contextmanager
    def happening(self, words: Callable[[Hit], str], ally: AllyState | None, hit: Hit) -> Iterator[None]:
        yield
        self.note(hit.stream, "all" if ally is None else ally.iso3)
        self.hits.append(hit.paths.tolist())

    def budget(self, ally: AllyState, year: int, desired_pct: Array) -> None:
        self.note(f"budget {year}", ally.iso3)

    def outturn(self, ally: AllyState, year: int) -> None:
        self.note(f"outturn {year}", ally.iso3)

    def record(self, year: int) -> None:
        self.note(f"record {year}", "all")

    def note(self, what: str, whose: str) -> None:
        self.entries.append((self.clock.year, self.clock.month % 12 + 1, what, whose))

    def of(self, year: int, month: int) -> list[tuple[str, str]]:
        return [entry[2:] for entry in self.entries if entry[:2] == (year, month)]


def logged(scenario: sim.Scenario, patch: pytest.MonkeyPatch, clock: type[Clock] = Clock) -> Log:
    """A run of 64 paths; the sums that close a year are noted as well."""
    log, draws = Log(), Draws(7, 0, 64)

    def close_year(world: World) -> None:
        log.note("close", "all")
        closing(world)

    closing = World.close_year
    with patch.context() as patched:
        patched.setattr(World, "close_year", close_year)
        patched.setattr(block, "Clock", clock)
        block.BlockSimulation(scenario, Parameters((scenario,), draws), draws, log).run(log.record)
    return log


class Backwards(Clock):
    """Starts what lives on it in the reverse of the order in which it was asked to."""

    def __init__(self, base_year: int) -> None:
        super().__init__(base_year)
        self.waiting: list[Process] = []

    def start(self, process: Process) -> None:
        self.waiting.append(process)

    def run(self, last_year: int) -> None:
        for process in reversed(self.waiting):
            super().start(process)
        super().run(last_year)


@pytest.mark.parametrize("name", ["every event", "mixed"])
def test_the_order_of_starting_moves_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = sim.load(EVERY_EVENT) if name == "every event" else sim.loads(MIXED)
    forwards, backwards = logged(scenario, monkeypatch), logged(scenario, monkeypatch, Backwards)
    assert backwards.entries == forwards.entries
    assert backwards.hits == forwards.hits
    assert len({what for *_, what, _ in forwards.entries}) > 12
    keep = ["share_pct", "reported_pct", "will"]
    digest = block.run_block(scenario, 7, 0, 64, keep).digest()
    monkeypatch.setattr(block, "Clock", Backwards)
    assert block.run_block(scenario, 7, 0, 64, keep).digest() == digest


def test_a_december_is_outturns_budgets_sums_and_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    log = logged(sim.loads(MIXED), monkeypatch)
    allies = [whose for what, whose in log.of(2026, 12) if what == "budget 2027"]
    assert len(allies) == 31
    yearly = ("outturn", "budget", "close", "record")
    for year in (2026, 2027, 2028, 2029):
        found = [entry for entry in log.of(year, 12) if entry[0].startswith(yearly)]
        outturns = [(f"outturn {year}", ally) for ally in allies] if year > 2026 else []
        budgets = [(f"budget {year + 1}", ally) for ally in allies] if year < 2029 else []
        record = [(f"record {year}", "all")] if year > 2026 else []
        assert found == [*outturns, *budgets, ("close", "all"), *record]


def test_events_of_a_month_come_by_phase_then_by_name_dated_or_random(monkeypatch: pytest.MonkeyPatch) -> None:
    log = logged(sim.loads(MIXED), monkeypatch)
    events = [what.removeprefix("event/") for what, _ in log.of(2028, 5) if what.startswith("event/")]
    assert [name for name in events if len(name) in (4, 5)] == ["april", "beth", "carol", "dora"]
    january = [what.removeprefix("event/") for what, whose in log.of(2028, 1) if whose in ("all", "FRA")]
    kinds = [name for name, _ in groupby(january)]
    assert [name for name in kinds if name not in ("us_retrenchment", "crisis", "detente", "april", "carol")] == [
        "slump_one", "slump_three", "slump_two", "vote", GOVERNMENT, EARLY, "word",
    ]  # fmt: skip


def test_recessions_act_in_january_and_other_random_events_in_every_month(monkeypatch: pytest.MonkeyPatch) -> None:
    log = logged(sim.loads(MIXED), monkeypatch)
    months = {
        name: {entry[1] for entry in log.entries if entry[2] == f"event/{name}"} for name in ("slump_one", "april")
    }
    assert months == {"slump_one": {1}, "april": set(range(1, 13))}
    years = {entry[0] for entry in log.entries if entry[2] == "event/slump_one"}
    assert years == {2027, 2028, 2029}


def test_a_year_without_a_hit_is_not_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 paths at 0.01 a year: about every second year has a hit."""
    text = "[horizon]\nlast_year = 2066\n" + '[[event]]\nname = "rare"\nkind = "crisis"\nrate = 0.01\n'
    log = logged(sim.loads(text), monkeypatch)
    years = {entry[0] for entry in log.entries if entry[2] == "event/rare"}
    gaps = set(range(2027, 2067)) - years
    assert any(max(years) > gap for gap in gaps)
    draws, chance = Draws(7, 0, 64), -np.expm1(-0.01)
    assert years == {
        year for year in range(2027, 2067) if draws.chance("event/rare/occurs", float(chance), period=year).any()
    }


def test_a_vote_in_the_month_of_the_calendars_makes_that_void(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elections that are events come before those of the calendar."""
    text = "[horizon]\nlast_year = 2031\n[will]\nearly_election_rate = 0.0\n"
    event = '[[event]]\nname = "snap"\nkind = "election"\nally = "FIN"\nwhen = "2031-04"\n'
    for added, held in ((event, "event/snap"), ("", SCHEDULED)):
        log = logged(sim.loads(text + added), monkeypatch)
        assert [what for what, whose in log.of(2031, 4) if whose == "FIN"] == [held]


@pytest.mark.parametrize(("before", "held"), [("2030,4", False), ("2030,3", True)])
def test_a_vote_of_the_calendar_makes_the_next_void_within_a_year(
    before: str, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of elections in which Finland votes in the spring of 2030 as well as in April 2031."""
    table = resources.files("sim.data").joinpath("tables", "elections.csv").read_text("utf-8")
    table += f"FIN,{before},,parliamentary,1,scheduled,,assumed\n"
    text = '[horizon]\nlast_year = 2031\n[data]\nelections = "own.csv"\n[will]\nearly_election_rate = 0.0\n'
    log = logged(reload(text, {"elections": Replacement("own.csv", table)}), monkeypatch)
    votes = [entry[:2] for entry in log.entries if entry[2:] == (SCHEDULED, "FIN")]
    year, month = map(int, before.split(","))
    assert votes == [(2027, 4), (year, month), *[(2031, 4)] * held]


@pytest.mark.parametrize(("when", "start"), [(None, True), ("2025-11", True), ("2026-05", True), ("2027-01", False)])
def test_what_has_no_date_or_one_before_the_run_is_a_fact_of_the_start(when: str | None, start: bool) -> None:
    event = Crisis(kind="crisis", name="storm", when="2027-01").model_copy(update={"when": when})
    assert happens_at_start(event, Years(2026, 2032)) is start
    assert not happens_at_start(Crisis(kind="crisis", name="storm", rate=0.1), Years(2026, 2032))


def test_many_facts_of_the_start_move_no_event_of_a_month() -> None:
    """A recession comes before the common growth of its January, however many pledges hold from the start."""
    header = "iso3,target_pct,target_year,measure,announced,actor,status,source,note,role"
    rows = [f"ITA,2.5,2032,measure {index},2020-01-01,,law,,,pledge" for index in range(600)]
    event = '[[event]]\nname = "slump"\nkind = "recession"\nwhen = "2027-05"\nsize_pct = 20.0\n'
    text = "[horizon]\nlast_year = 2028\n" + event
    pledges = {"pledges": Replacement("p.csv", "\n".join([header, *rows]))}
    few, many = (
        sim.simulate(scenario, 16, 1, executor="serial", keep=["gdp_usd_bn"]).paths("gdp_usd_bn")
        for scenario in (sim.loads(text), reload(text, pledges))
    )
    assert (few == many).all()


def test_from_january_on_the_plan_of_an_ally_is_this_years() -> None:
    """What an event of the spring reads is what the run keeps of that year, not of the year before."""
    event = '[[event]]\nname = "storm"\nkind = "crisis"\nwhen = "2028-03"\n'
    scenario, draws, seen = sim.loads("[horizon]\nlast_year = 2028\n" + event), Draws(7, 0, 64), {}

    class Onlooker(Observer):
        def begin(self, world: World) -> None:
            self.world = world

        @contextmanager
        def happening(self, words: Callable[[Hit], str], ally: AllyState | None, hit: Hit) -> Iterator[None]:
            if hit.stream == "event/storm":
                seen.update({iso3: one.plan_pct for iso3, one in self.world.allies.items()})
            yield

    block.BlockSimulation(scenario, Parameters((scenario,), draws), draws, Onlooker()).run(lambda year: None)
    kept = block.run_block(scenario, 7, 0, 64, ["plan_pct"]).kept["plan_pct"]
    for row, (iso3, plan) in enumerate(seen.items()):
        assert plan is not None, iso3
        assert plan.tobytes() == kept[row, -1].tobytes() != kept[row, -2].tobytes(), iso3
    assert len(seen) == len(kept)

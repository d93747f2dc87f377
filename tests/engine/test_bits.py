"""The same scenario and seed give the same bits, however they are written and computed."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.engine.block import run_block
from sim.engine.observer import Observer
from sim.model.state import AllyState, World
from sim.numerics.grid import printed
from sim.results.counts import KEEPABLE

SCENARIOS = Path(__file__).parents[2] / "scenarios"

SHUFFLED = """
title = "order"
[horizon]
last_year = 2030
[targets.core]
share_pct = 3.5
by = 2030
"""
TABLES = [
    '[ally.ITA]\ndebt_pct = 120.0\n[ally.ITA.will]\nmean = { normal = { mean = 0.8, sd = 0.5 } }\n',
    '[ally.ESP.budget]\npledges = false\n',
    '[ally.POL]\nexposure = 0.95\n',
    '[[event]]\nname = "storm"\nkind = "crisis"\nrate = 0.3\n',
    '[[event]]\nname = "calm"\nkind = "detente"\nwhen = "2028-03"\nprobability = 0.5\n',
    '[[event]]\nname = "slump"\nkind = "recession"\nally = "DEU"\nrate = 0.2\n'
    "size_pct = { uniform = { low = 1.0, high = 6.0 } }\n",
    '[[event]]\nname = "snap"\nkind = "election"\nally = "FRA"\nwhen = "2027-10"\n',
]  # fmt: skip


def test_a_longer_run_begins_with_the_shorter(rutte: sim.Scenario) -> None:
    short = sim.simulate(rutte, paths=3_000, seed=9, executor="serial", keep=["share_pct"]).paths("share_pct")
    long = sim.simulate(rutte, paths=9_000, seed=9, executor="serial", keep=["share_pct"]).paths("share_pct")
    assert (long[:, :, :3_000] == short).all()


def test_the_order_of_the_file_changes_no_bit() -> None:
    digests = set()
    for seed in range(3):
        tables = list(TABLES)
        random.Random(seed).shuffle(tables)
        scenario = sim.loads(SHUFFLED + "\n".join(tables))
        digests.add((scenario.digest, sim.simulate(scenario, paths=512, seed=1, executor="serial").digest()))
    assert len(digests) == 1


@pytest.mark.parametrize("kind", ["crisis", "detente", "us_retrenchment", "recession"])
def test_an_event_that_never_happens_changes_no_number(kind: str) -> None:
    event = f'[[event]]\nname = "never"\nkind = "{kind}"\nrate = 0.0\n'
    without = sim.simulate(sim.loads(SHUFFLED), paths=512, seed=1, executor="serial")
    shuffled = sim.simulate(sim.loads(SHUFFLED + event), paths=512, seed=1, executor="serial")
    assert shuffled.digest() == without.digest()
    often = sim.simulate(sim.loads(SHUFFLED + event.replace("0.0", "0.5")), paths=512, seed=1, executor="serial")
    assert often.digest() != without.digest()


class Watcher(Observer):
    """Notes the type of every array of the states and of the world."""

    def __init__(self) -> None:
        self.types: dict[str, set[np.dtype]] = {}

    def begin(self, world: World) -> None:
        self.world = world

    def outturn(self, ally: AllyState, year: int) -> None:
        month = self.world.calendar.month
        seen = {**vars(ally), **vars(self.world), "urgency": self.world.urgency.level(month)}
        for target in self.world.targets.values():
            seen |= {f"target {name}": value for name, value in vars(target).items()}
        for name, value in seen.items():
            if isinstance(value, np.ndarray) and value.ndim and np.issubdtype(value.dtype, np.floating):
                self.types.setdefault(name, set()).add(value.dtype)


def test_a_replayed_path_has_the_bits_of_the_run(rutte: sim.Scenario, rutte_results: sim.Results) -> None:
    path = 1_237
    alone = run_block(rutte, 2032, path - path % 16, 16, KEEPABLE)
    for name in KEEPABLE:
        assert (alone.kept[name][:, :, path % 16] == rutte_results.paths(name)[:, :, path]).all()


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_hot_path_is_float32(file: Path) -> None:
    """A float64 that slips in would be rounded another way on another block."""
    watcher = Watcher()
    run_block(sim.load(file), 1, 0, 16, observer=watcher)
    expected = {"share_pct", "norm_pct", "will", "surprise_pct", "willing", "europe_canada_outlays_usd_bn"}
    assert expected <= set(watcher.types)
    assert {dtype for types in watcher.types.values() for dtype in types} == {np.dtype(np.float32)}


def test_the_hot_path_is_float32_with_random_parameters() -> None:
    laws = "{ uniform = { low = 0.04, high = 0.08 } }"
    text = f"""
[targets.core]
share_pct = 3.5
by = 2030
[growth]
sd_pct = {{ uniform = {{ low = 1.0, high = 2.0 }} }}
forecast_shift_pct = {laws}
recession_probability = {laws}
[urgency]
decay = {laws}
[will]
reversion = {laws}
peer = {laws}
change_between_elections = {laws}
early_election_rate = {laws}
lapse_probability = {laws}
[budget]
threat_weight = {{ uniform = {{ low = 4.0, high = 8.0 }} }}
norm_learning = {laws}
pledge_weight = {laws}
room_loss = {laws}
room_debt_from_pct = {{ uniform = {{ low = 50.0, high = 70.0 }} }}
speed = {laws}
speed_down = {laws}
deadline_weight = {laws}
headroom_pct = {{ uniform = {{ low = 2.5, high = 3.5 }} }}
max_fall = {laws}
path_weight_first = {laws}
[outturn]
floor_pct = {laws}
late_push_reach_pct = {laws}
[related]
speed = {laws}
counted_cap_pct = {{ uniform = {{ low = 1.0, high = 2.0 }} }}
[[event]]
name = "look"
kind = "review"
when = "2028-06"
probability = {laws}
years_later = 2
"""
    watcher = Watcher()
    scenario = sim.loads(text)
    whole = run_block(scenario, 1, 0, 320, KEEPABLE, watcher)
    assert {dtype for types in watcher.types.values() for dtype in types} == {np.dtype(np.float32)}
    part = run_block(scenario, 1, 160, 16, KEEPABLE)
    for name in KEEPABLE:
        assert (part.kept[name] == whole.kept[name][:, :, 160:176]).all()


def test_replay_tells_the_path(rutte: sim.Scenario, rutte_results: sim.Results) -> None:
    story = sim.replay(rutte, path=1_237, seed=2032)
    italy = story.of("ITA")
    assert {entry.iso3 for entry in italy.entries} <= {None, "ITA"}
    reported, outturn = rutte_results.paths("reported_pct"), rutte_results.paths("share_pct")
    place = [entry.iso3 for entry in rutte_results.record.description.allies].index("ITA")
    outturns = [entry for entry in italy.entries if entry.kind == "outturn"]
    assert len(outturns) == 6
    for step, entry in enumerate(outturns):
        assert f"reports {printed(reported[place, step, 1_237]) / 100:.2f} %" in entry.text
        assert (f" Its budgets go on from {outturn[place, step, 1_237]:.2f}." in entry.text) is (step < 5)
    dates = [(entry.year, entry.month) for entry in story.entries]
    assert dates == sorted(dates)


def test_a_negative_path_is_refused(rutte: sim.Scenario) -> None:
    with pytest.raises(sim.UsageError, match=r"^path must be a whole number from 0 to 999,999,999, not -1$"):
        sim.replay(rutte, path=-1)

"""A path is what it is: told alone, in a longer run, in another block, it has the same bits and the same figures."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import strategies as st

import sim
from properties.making import TALLY, holds_for, made, run, seeds, shipped
from sim.analysis.replay import Story
from sim.engine.block import run_block
from sim.numerics.grid import printed
from sim.results.counts import KEEPABLE

NUMBER = r"(-?\d+\.\d\d)"
OUTTURN = re.compile(rf"reports {NUMBER} % for (\d+) \(growth surprise ([+-]\d+\.\d) points\)")
PUSHED = re.compile(rf"It spent {NUMBER}: the rest is closed on paper\.")
BASE = re.compile(rf"Its budgets go on from {NUMBER}\.")
BUDGET = re.compile(rf"plans {NUMBER} % for (\d+); it wants {NUMBER}")
START = re.compile(
    rf"spends {NUMBER} % of GDP \(NATO prints {NUMBER}\); its norm is {NUMBER}, its will ([+-]\d+\.\d\d)\."
)


KNOWN = re.compile(
    rf"The budget of .+ for (\d+) is .+: {NUMBER} % of GDP on NATO's basis\. {NUMBER} of its plan follows it\."
)


def read(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    """The figures that a sentence of this pattern has."""
    found = pattern.search(text)
    assert found is not None
    return found


def check_story(story: Story, results: sim.Results, path: int) -> None:
    """Each sentence of a story has the figures of the run's path."""
    description = results.record.description
    places = {entry.iso3: index for index, entry in enumerate(description.allies)}
    names = ("share_pct", "plan_pct", "reported_pct", "spent_pct")
    share, plan, reported, spent = (results.paths(name)[:, :, path] for name in names)
    told = dict.fromkeys(("start", "event", "budget", "outturn"), 0)
    before = {}
    for entry in story.entries:
        known = KNOWN.fullmatch(entry.text)
        if known:  # a budget that the data have, told at the start
            assert (entry.kind, entry.year) == ("start", description.base_year)
            assert int(known[1]) > description.base_year
            assert 0 <= float(known[3]) <= 1
            continue
        told[entry.kind] += 1
        if entry.iso3 is None or entry.kind == "event":
            continue
        index = places[entry.iso3]
        if entry.kind == "start":
            before[index] = read(START, entry.text)[1]
            assert read(START, entry.text)[2] == f"{description.allies[index].base_share_pct:.2f}"
        elif entry.kind == "outturn":
            figures = read(OUTTURN, entry.text)
            step = int(figures[2]) - description.base_year - 1
            assert (entry.year, entry.month) == (int(figures[2]), 12)
            assert figures[1] == f"{printed(reported[index, step]) / 100:.2f}"
            pushed, base = PUSHED.search(entry.text), BASE.search(entry.text)
            assert (pushed is None) is bool(spent[index, step] == reported[index, step])
            assert pushed is None or pushed[1] == f"{printed(spent[index, step]) / 100:.2f}"
            assert (base is None) is (step == len(description.years) - 1)
            assert base is None or base[1] == f"{share[index, step]:.2f}"
        else:
            figures = read(BUDGET, entry.text)
            step = int(figures[2]) - description.base_year - 1
            assert (entry.year, entry.month) == (int(figures[2]) - 1, 12)
            if step > 0:
                assert figures[1] == f"{float(share[index, step - 1]) + float(plan[index, step]):.2f}"
            else:  # the start's share is told in hundredths only
                assert abs(float(figures[1]) - float(before[index]) - float(plan[index, 0])) <= 0.01 + 1e-6
    allies, years = len(places), len(description.years)
    assert (told["start"], told["budget"], told["outturn"]) == (allies + 1, allies * years, allies * years)
    dates = [(entry.year, entry.month) for entry in story.entries]
    assert dates == sorted(dates)


@holds_for(5, 60, scenario=made(), seed=seeds, path=st.integers(0, 39))
def test_a_replayed_path_has_the_bits_and_the_figures_of_the_run(scenario: sim.Scenario, seed: int, path: int) -> None:
    results = run(scenario, 40, seed)
    TALLY.runs += 2
    alone = run_block(scenario, seed, path - path % 16, 16, KEEPABLE)
    for name in KEEPABLE:
        assert (alone.kept[name][:, :, path % 16] == results.paths(name)[:, :, path]).all(), name
    check_story(sim.replay(scenario, path, seed), results, path)


@holds_for(3, 40, scenario=made(3), seed=seeds, path=st.integers(10**6, 10**9))
def test_a_path_far_out_has_the_bits_of_any_block_it_stands_in(scenario: sim.Scenario, seed: int, path: int) -> None:
    first = path - path % 16
    TALLY.runs += 2
    alone = run_block(scenario, seed, first, 16, KEEPABLE)
    among = run_block(scenario, seed, first - 32, 64, KEEPABLE)
    for name in KEEPABLE:
        assert (alone.kept[name] == among.kept[name][:, :, 32:48]).all(), name


@holds_for(4, 40, scenario=made(), seed=seeds, paths=st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_a_longer_run_begins_with_the_shorter(scenario: sim.Scenario, seed: int, paths: tuple[int, int]) -> None:
    short, more = paths
    one, two = run(scenario, short, seed), run(scenario, short + more, seed)
    for name in KEEPABLE:
        assert np.array_equal(two.paths(name)[:, :, :short], one.paths(name)), name
    for name, array in one.record.counts.arrays.items():
        rest = two.record.counts.arrays[name] - array
        assert (rest >= 0).all(), name  # what the other paths were counted for
    assert (two.record.counts.arrays["shares"].sum(axis=-1) == short + more).all()


def test_the_late_pushes_that_are_told_are_those_that_are_counted() -> None:
    """Over all paths of a run: lifted from below the yardstick to it or above, in words and in the counts on paper."""
    scenario = shipped("rutte_2032")
    results = run(scenario, 8, 7)
    told = 0
    for path in range(8):
        story = sim.replay(scenario, path, 7)
        check_story(story, results, path)
        for entry in story.entries:
            if entry.kind == "outturn" and (pushed := PUSHED.search(entry.text)):
                told += float(pushed[1]) < 3.5 <= float(read(OUTTURN, entry.text)[1])
    assert told == results.record.counts.arrays["on_paper"][0].sum() > 0

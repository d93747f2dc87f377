"""Time and memory as paths, allies, years and events grow: slopes in log-log paper, and what does not grow."""

from __future__ import annotations

import csv
import tomllib
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli_w

import sim
from benchmarks.alone import alone
from benchmarks.measure import Spread, figure, in_turns, offset, ratio, slope, spread
from benchmarks.product import ALLIES, FILE, MAIN, ROOT, block
from benchmarks.report import Found, Line, verdict
from sim.execution.simulate import BLOCK
from sim.scenario.schema import Scenario

TURNS = 3
PATHS, LEAST_PATHS = (1_000, 10_000, 100_000, 300_000, 1_000_000), 16
ALLY_STEPS, YEAR_STEPS, EVENT_STEPS = (3, 6, 11, 18, 25, 31), (1, 2, 5, 10, 20, 40), (0, 3, 6, 12, 25, 50)
TENFOLD = (100_000, 1_000_000)
LARGE = {"paths": 100_000, "allies": 11, "years": 10, "events": 12}
"""From where on the slope is fitted."""

WORDS = {"events": f"random events on {ALLY_STEPS[0]} allies"}

NEAR = 0.1
"""A slope this near to 1 is 1."""

FLAT_REACH = 1.1
ALWAYS = ("USA", "NOR")
"""Allies that no table can leave out: the packaged defaults say how they differ."""


@dataclass(frozen=True)
class Axis:
    """What was measured along one axis: sizes, seconds of processor time and MB, and what is left at size 0."""

    sizes: tuple[int, ...]
    seconds: list[float]
    memory_mb: list[float]
    seconds_at_0: float
    memory_mb_at_0: float

    def slopes(self, name: str) -> dict[str, float]:
        """Of time and memory over the large end, as they are and beyond what is there at size 0."""
        large = [index for index, size in enumerate(self.sizes) if size >= LARGE[name]]
        sizes = [self.sizes[index] for index in large]
        found = {}
        for what, values, rest in (
            ("seconds", self.seconds, self.seconds_at_0), ("memory", self.memory_mb, self.memory_mb_at_0),
        ):  # fmt: skip
            beyond = [values[index] - rest for index in large]
            found[what] = slope(sizes, [values[index] for index in large])
            found[f"{what}_beyond"] = slope(sizes, beyond) if min(beyond) > 0 else 0.0
        return found


def scaling() -> Found:
    """Every axis."""
    axes = {"paths": _paths(), "allies": _allies(), "years": _years(), "events": _events()}
    slopes = {name: axis.slopes(name) for name, axis in axes.items()}
    lines = [line for name, axis in axes.items() for line in _lines(name, axis, slopes[name])]
    beside = _events_beside_allies()
    label = f"a block of {ALLIES} allies with {EVENT_STEPS[-1]} random events over one without any"
    figures = {name: vars(axis) | {"slopes": slopes[name]} for name, axis in axes.items()}
    return Found([*lines, Line(label, f"{beside.text()} times")], figures | {
        "events_beside_allies": beside.kept(), "block": BLOCK, "least_paths": LEAST_PATHS, "turns": TURNS,
        "large": LARGE,
    })  # fmt: skip


def memory() -> Found:
    """The most memory of a process of its own: ten times the paths."""
    small, large = (_alone(paths)["memory_mb"] for paths in TENFOLD)
    line = Line(f"most memory of a process, {TENFOLD[1]:,} paths over {TENFOLD[0]:,}", f"{figure(large / small)} times "
                f"({figure(large)} MB)", f"≤ {FLAT_REACH} times", verdict(large / small <= FLAT_REACH))  # fmt: skip
    return Found([line], {"small_mb": small, "large_mb": large})


def _lines(name: str, axis: Axis, slopes: Mapping[str, float]) -> list[Line]:
    span = f"{axis.sizes[0]:,} to {axis.sizes[-1]:,} {WORDS.get(name, name)}, from {LARGE[name]:,} on: slope"
    rest = {"paths": f"of {LEAST_PATHS} paths", "events": "without any"}.get(name, "at 0 by a straight line")
    near = abs(slopes["seconds_beyond"] - 1) <= NEAR
    time = Line(
        f"time, {span} beyond an offset, the time {rest}",
        f"{slopes['seconds_beyond']:.2f} beyond {figure(1000 * axis.seconds_at_0)} ms; {slopes['seconds']:.2f} with it",
        f"1 ± {NEAR:g}", verdict(near),
    )  # fmt: skip
    grown = f"{figure(axis.memory_mb[0])} to {figure(axis.memory_mb[-1])} MB"
    flat = name == "paths"
    steep = slopes["memory" if flat else "memory_beyond"]
    memory = Line(
        f"memory, {span}" + ("" if flat else f" beyond that {rest}"), f"{steep:.2f}; {grown}",
        f"0 ± {NEAR:g}" if flat else f"at most {1 + NEAR:g}", verdict(steep <= (NEAR if flat else 1 + NEAR)),
    )  # fmt: skip
    return [time, memory]


def _alone(paths: int) -> dict[str, Any]:
    """The main scenario in a process of its own, as often as makes some tenths of a second."""
    return alone(FILE, paths, turns=max(1, 50_000 // paths), warm=True)


def _paths() -> Axis:
    """In processes of their own: a run of 16 paths is what a block costs whatever it holds."""
    found = [_alone(paths) for paths in PATHS]
    rest = alone(FILE, LEAST_PATHS, turns=9, warm=True)
    seconds = [spread(each["thread_s"]).middle for each in found]
    return Axis(PATHS, seconds, [each["memory_mb"] for each in found], spread(rest["thread_s"]).middle,
                rest["memory_mb"])  # fmt: skip


def _allies() -> Axis:
    """As few as a user's own table of allies can have, up to all."""
    return _axis(ALLY_STEPS, [with_allies(number) for number in ALLY_STEPS])


def _years() -> Axis:
    """To 40 years, the most that a scenario takes."""
    raw = tomllib.loads(FILE.read_text("utf-8"))
    base = MAIN.horizon.base_year
    scenarios = []
    for years in YEAR_STEPS:
        raw["horizon"] = {"base_year": base, "last_year": base + years}
        scenarios.append(sim.loads(tomli_w.dumps(raw)))
    return _axis(YEAR_STEPS, scenarios)


def _events() -> Axis:
    """On the fewest allies: beside 31 the noise of their own time is as large as what some events take."""
    return _axis(EVENT_STEPS, with_events(with_allies(ALLY_STEPS[0]), EVENT_STEPS))


def with_events(scenario: Scenario, numbers: Sequence[int]) -> list[Scenario]:
    """The scenario with so many random events and no others: crises of the usual rate.

    They are small: they cost what a crisis costs, and change little else.
    """
    size = {"exponential": {"mean": 0.001}}
    scares = [
        {"name": f"scare_{number}", "kind": "crisis", "rate": 0.07, "size": size} for number in range(max(numbers))
    ]
    loaded = [event for event in sim.loads(tomli_w.dumps({"event": scares})).event if event.name.startswith("scare_")]
    return [scenario.model_copy(update={"event": tuple(loaded[:number])}) for number in numbers]


def _events_beside_allies() -> Spread:
    """The most events and none, on the main scenario: the one's time over the other's."""
    none, most = with_events(MAIN, (0, EVENT_STEPS[-1]))
    seconds = in_turns({"none": block(BLOCK, none), "most": block(BLOCK, most)}, TURNS)
    return ratio(seconds["most"], seconds["none"])


def with_allies(number: int) -> Scenario:
    """The main scenario on a table of allies in which all but some have no armed forces, so that they do not count.

    The table must name every ally that the packaged tables name. The United States and Norway, of which the packaged
    defaults say something, are always among those that count; with nobody beside them Norway would have no peers in
    Europe, so that 3 are the fewest.
    """
    with (ROOT / "sim" / "data" / "tables" / "allies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    armed = [row["iso3"] for row in rows if row["armed_forces"] == "1" and row["iso3"] not in ALWAYS]
    chosen = {*ALWAYS, *(armed[::2] + armed[1::2])[: number - len(ALWAYS)]}
    text = StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | {"armed_forces": int(row["iso3"] in chosen)} for row in rows)
    with TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "allies.csv").write_text(text.getvalue(), encoding="utf-8")
        named = FILE.read_text("utf-8") + '\n[data]\nallies = "allies.csv"\n'
        (work / "some.toml").write_text(named, encoding="utf-8")
        return sim.load(work / "some.toml")


def _axis(sizes: Sequence[int], scenarios: Sequence[Scenario]) -> Axis:
    """One block of each scenario: time by turns, memory as Python and NumPy have allocated it at most."""
    works = {str(size): block(BLOCK, scenario) for size, scenario in zip(sizes, scenarios, strict=True)}
    times = in_turns(works, TURNS)
    seconds = [spread(times[str(size)]).middle * BLOCK for size in sizes]
    held = []
    for work in works.values():
        tracemalloc.start()
        work.run()
        held.append(tracemalloc.get_traced_memory()[1] / 2**20)
        tracemalloc.stop()
    if sizes[0] == 0:
        return Axis(tuple(sizes[1:]), seconds[1:], held[1:], seconds[0], held[0])
    return Axis(tuple(sizes), seconds, held, offset(sizes, seconds), offset(sizes, held))


assert ALLY_STEPS[-1] == ALLIES

"""Runs extended, saved, broken off, opened and replayed in any order: a place always holds what the model says it does.

The model knows one thing: the digest of the results belongs to the digest of the scenario, the seed and the paths.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule

import sim
from properties.making import LONG, TALLY, run
from properties.test_paths import check_story
from sim.engine.block import Job, run_job
from sim.files import writing
from sim.results.counts import KEEPABLE
from sim.scenario.edit.change import number, with_numbers

BASE = sim.loads(
    "[parameters]\nuse = 'shipped'\n[horizon]\nlast_year = 2028\n[targets.core]\nshare_pct = 2.5\nby = 2027\n"
    "[targets.total]\npillar = 'total'\nshare_pct = 3.0\nby = 2028\n"
    "[[event]]\nname = 'storm'\nkind = 'crisis'\nrate = 0.5\n"
)
NUMBERS = ("budget.speed", "will.mean.mean", "outturn.noise.df")
Key = tuple[str, int, int]  # scenario digest, seed, paths
Made = tuple[sim.Scenario, sim.Results]

names = st.sampled_from(("a", "b"))


class Damaged:
    """What the model holds of a place whose files no longer match their digest."""


@contextmanager
def fails_at(call: int, error: BaseException) -> Iterator[list[str]]:
    """The `call`-th step by which a run gets to the disk fails; the steps taken are yielded."""
    taken: list[str] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            taken.append(name)
            if len(taken) == call:
                raise error
            return real(*args, **kwargs)

        return step

    steps = [(np, "savez_compressed"), (np, "save"), (Path, "chmod"), (Path, "write_text"), (Path, "rename")]
    steps += [(writing, "exchange")]
    patches = [patch.object(owner, name, counted(name, getattr(owner, name))) for owner, name in steps]
    for each in patches:
        each.start()
    try:
        yield taken
    finally:
        for each in patches:
            each.stop()


class Runs(RuleBasedStateMachine):
    """Two places on the disk and any number of runs in memory."""

    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.digests: dict[Key, str] = {}
        self.places: dict[str, Key | Damaged] = {}
        TALLY.examples += 1

    def teardown(self) -> None:
        """Whatever has happened, every place is as the model has it."""
        try:
            for name in self.places:
                self.look(name)
        finally:
            shutil.rmtree(self.folder)

    def key(self, made: Made) -> Key:
        """What a run is known by; its digest is the first one seen, ever after."""
        scenario, results = made
        key = scenario.digest, int(results.manifest["seed"]), results.paths_simulated
        assert results.digest() == self.digests.setdefault(key, results.digest())
        return key

    def look(self, name: str) -> sim.Results | None:
        """Open a place and compare it with the model."""
        held = self.places.get(name)
        if held is None:
            assert not (self.folder / name).exists()
        if not isinstance(held, tuple):
            with pytest.raises(sim.RunError):
                sim.Results.open(self.folder / name)
            return None
        opened = sim.Results.open(self.folder / name)
        assert opened.digest() == self.digests[held]
        assert (opened.manifest["scenario_digest"], opened.manifest["seed"], opened.paths_simulated) == held
        return opened

    @rule(target=runs, seed=st.integers(0, 1), sixteens=st.integers(1, 3))
    def simulate(self, seed: int, sixteens: int) -> Made:
        """A run from its beginning."""
        made = BASE, run(BASE, 16 * sixteens, seed)
        self.key(made)
        return made

    @rule(target=runs, made=runs, more=st.integers(1, 2), turned=st.booleans())
    def extend(self, made: Made, more: int, turned: bool) -> Any:
        """The next paths beside those there are: what a run of all of them would have left."""
        scenario, results = made
        paths, record = results.paths_simulated, results.record
        if paths + 16 * more > 64:
            return multiple()
        job = Job(scenario, int(results.manifest["seed"]), paths, 16 * more, 16, KEEPABLE)
        TALLY.runs += 1
        rest = run_job(job)
        counts = rest.merged(record.counts) if turned else record.counts.merged(rest)
        manifest = {**record.manifest, "paths": counts.paths}
        longer = scenario, sim.Results(replace(record, counts=counts, manifest=manifest))
        self.key(longer)
        return longer

    @rule(target=runs, made=runs, name=st.sampled_from(NUMBERS), part=st.sampled_from((0.5, 0.9)))
    def change(self, made: Made, name: str, part: float) -> Any:
        """Another number is another scenario with results of its own; changed back it is the former."""
        scenario, results = made
        former = number(scenario, name)
        other = with_numbers(scenario, {name: former * part + 1.5 * (name == "outturn.noise.df")})
        assert other.digest != scenario.digest
        assert with_numbers(other, {name: former}).digest == scenario.digest
        again = other, run(other, 16, int(results.manifest["seed"]))
        self.key(again)
        back = with_numbers(other, {name: former})
        return multiple(again, (back, run(back, 16, int(results.manifest["seed"]))))

    @rule(made=runs, name=names)
    def save(self, made: Made, name: str) -> None:
        """Into an empty place or over a former run."""
        made[1].save(self.folder / name)
        self.places[name] = self.key(made)
        self.tidy()

    @rule(made=runs, name=names, call=st.integers(1, 14), full=st.booleans())
    def break_off(self, made: Made, name: str, call: int, full: bool) -> None:
        """A full disk or an interrupt at some step: the former run whole, or the new one, and nothing beside them."""
        error = OSError(28, "No space left on device") if full else KeyboardInterrupt()
        try:
            with fails_at(call, error) as taken:
                made[1].save(self.folder / name)
        except (sim.RunError, KeyboardInterrupt):
            assert len(taken) >= call
        else:
            assert len(taken) < call
            self.places[name] = self.key(made)
        self.look(name)
        self.tidy()

    @rule(target=runs, name=names)
    def open(self, name: str) -> Any:
        """A place as the model has it; a run that was opened is as good as one that was made."""
        opened = self.look(name)
        if opened is None or opened.manifest["scenario_digest"] != BASE.digest:
            return multiple()
        return BASE, opened

    @rule(name=names, file=st.sampled_from(("will.npy", "manifest.json")))
    def damage(self, name: str, file: str) -> None:
        """Half a file is refused, and does not keep the place from being saved over."""
        if name in self.places:
            whole = (self.folder / name / file).read_bytes()
            (self.folder / name / file).write_bytes(whole[: len(whole) // 2])
            self.places[name] = Damaged()
            self.look(name)

    @rule(made=runs, path=st.integers(0, 47))
    def replay(self, made: Made, path: int) -> None:
        """A path told has the figures of the run."""
        scenario, results = made
        path %= results.paths_simulated
        check_story(sim.replay(scenario, path, int(results.manifest["seed"])), results, path)

    @rule(made=runs)
    def export(self, made: Made) -> None:
        """The dataset says what the table says; a run that was looked at is still the same."""
        probability = made[1].to_xarray().probability
        for row in made[1].compliance().itertuples():
            assert probability.sel(pillar=row.pillar, ally=row.iso3, year=row.year) == row.probability
        self.key(made)

    def tidy(self) -> None:
        """Nothing lies in the folder but the places."""
        assert {entry.name for entry in self.folder.iterdir()} == set(self.places)


Runs.TestCase.settings = settings(
    max_examples=40 if LONG else 5, stateful_step_count=25 if LONG else 12, derandomize=True, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip
TestRuns = Runs.TestCase


def refused(place: Path) -> str:
    """How an attempt to open a place ends."""
    try:
        sim.Results.open(place)
    except Exception as error:  # by name, so that nothing holds on to the file it had open
        return type(error).__name__
    return "opened"


@pytest.mark.parametrize("part", ["half", "nothing", "a byte is another"])
def test_damaged_counts_are_refused(part: str, tmp_path: Path) -> None:
    run(BASE, 16).save(tmp_path / "run")
    file = tmp_path / "run" / "counts.npz"
    whole = file.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    file.write_bytes({"half": whole[:middle], "nothing": b"", "a byte is another": flipped}[part])
    assert refused(tmp_path / "run") == "RunError"

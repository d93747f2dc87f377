"""The contract's own control: whatever breaks it is seen."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sim
from fuzz import contract
from fuzz.contract import MAIN, Broken, Case, Planted, judge, within

FAULT = sim.Fault(MAIN, 2, "will.men", "1", "is not a key of this table", "did you mean mean?", "unknown-key")
CASE = Case("made", {MAIN: b"[will]\nmen = 1\n"})
SOUND = Case("made", {MAIN: b"[will]\nmean = 1\n"}, sound=True)


def told(monkeypatch: pytest.MonkeyPatch, *faults: sim.Fault) -> None:
    """Let every file be refused with these faults."""

    def load(_: Path) -> sim.Scenario:
        raise sim.ScenarioError(faults)

    monkeypatch.setattr(sim, "load", load, raising=False)


def what(case: Case, folder: Path, **more: bool) -> str:
    with pytest.raises(Broken) as caught:
        judge(case, folder, **more)
    return caught.value.what


def test_what_keeps_the_contract_passes(tmp_path: Path) -> None:
    assert judge(CASE, tmp_path).codes == ("unknown-key",)
    assert judge(SOUND, tmp_path, run=True).ran == "ran"
    assert list(tmp_path.iterdir()) == []


BAD = {
    "no file, rule or remedy: unknown-key": [replace(FAULT, remedy="")],
    "unknown code": [replace(FAULT, code="odd")],
    "no value: wrong-type": [replace(FAULT, code="wrong-type", value="")],
    "not one printable line: unknown-key": [replace(FAULT, value="\x1b[31m")],
    "no such line: unknown-key": [replace(FAULT, line=4)],
    "no line: unknown-key": [replace(FAULT, line=0)],
    "no such file: unknown-key": [replace(FAULT, file="other.toml")],
    "faults repeated or out of order": [FAULT, replace(FAULT, line=1)],
    "number of faults": [],
}


@pytest.mark.parametrize("name", BAD)
def test_a_fault_that_nobody_can_act_on_is_seen(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, *BAD[name])
    assert what(CASE, tmp_path) == name
    told(monkeypatch, FAULT)
    assert judge(CASE, tmp_path).codes == ("unknown-key",)


def test_a_rule_over_two_lines_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, replace(FAULT, rule="must be\nright"))
    assert what(CASE, tmp_path) == "not one printable line: unknown-key"


def test_another_error_is_seen_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(_: Path) -> sim.Scenario:
        raise RecursionError

    monkeypatch.setattr(sim, "load", stumble, raising=False)
    assert what(CASE, tmp_path) == "RecursionError in test_contract.py:stumble"


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_what_takes_too_long_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = sim.load

    def slow(file: Path) -> sim.Scenario:
        burn(0.2)
        return load(file)

    monkeypatch.setattr(sim, "load", slow, raising=False)
    assert judge(SOUND, tmp_path).seconds > 0.2
    monkeypatch.setattr(contract, "SECONDS", 0.1)
    assert what(SOUND, tmp_path) == "slow"


def test_what_never_ends_is_stopped() -> None:
    with pytest.raises(Broken, match="endless"), within(0.1):
        burn(60)
    with within(0.1):
        burn(0.01)
    burn(0.15)  # the alarm is off again


def test_a_planted_fault_that_is_not_told_is_seen(tmp_path: Path) -> None:
    def planted(line: int, code: str, *also: int) -> Case:
        return replace(CASE, planted=(Planted("x", MAIN, line, frozenset({code}), frozenset(also)),))

    assert judge(planted(2, "unknown-key"), tmp_path).codes == ("unknown-key",)
    assert what(planted(2, "wrong-type"), tmp_path) == "not found: x"
    assert what(planted(1, "unknown-key"), tmp_path) == "not found: x"
    two = replace(CASE, files={MAIN: b"[will]\nmen = 1\nmaen = 1\n"})
    assert what(replace(two, planted=planted(2, "unknown-key").planted), tmp_path).startswith(
        "told of a line that is right"
    )
    assert judge(replace(two, planted=planted(2, "unknown-key", 3).planted), tmp_path).codes == ("unknown-key",) * 2
    assert (
        what(replace(SOUND, sound=False, planted=planted(2, "unknown-key").planted), tmp_path)
        == "accepted though faulty: x"
    )
    assert what(replace(CASE, sound=True), tmp_path) == "refused though sound: unknown-key"


def test_a_dump_that_means_something_else_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sim, "dump", lambda _: "[will]\nmean = 2\n", raising=False)
    assert what(SOUND, tmp_path) == "dumped to another digest"
    assert judge(SOUND, tmp_path, dump=False).codes == ()


def _overflow(*_: object, **__: object) -> sim.Results:
    warnings.warn("overflow", RuntimeWarning, stacklevel=2)
    raise AssertionError("not reached")


def _zero(*_: object, **__: object) -> sim.Results:
    raise ZeroDivisionError


def _without_remedy(*_: object, **__: object) -> sim.Results:
    raise sim.ScenarioError((replace(FAULT, remedy=""),))


RUNS: dict[str, Callable[..., sim.Results]] = {
    "run: RuntimeWarning in test_contract.py:_overflow": _overflow,
    "run: ZeroDivisionError in test_contract.py:_zero": _zero,
    "run: fault without rule or remedy: unknown-key": _without_remedy,
}


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_fails_is_seen(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sim, "simulate", RUNS[name])
    assert what(SOUND, tmp_path, run=True) == name
    assert judge(SOUND, tmp_path).ran == ""


def test_a_run_that_loses_paths_or_numbers_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate = sim.simulate

    def losing(scenario: sim.Scenario, **more: object) -> sim.Results:
        found = simulate(scenario, **more)  # type: ignore[arg-type]
        found.record.counts.kept["share_pct"][0, 0, 0] = np.nan
        return found

    monkeypatch.setattr(sim, "simulate", losing)
    assert what(SOUND, tmp_path, run=True) == "run: not finite"

    def uncounted(scenario: sim.Scenario, **more: object) -> sim.Results:
        found = simulate(scenario, **more)  # type: ignore[arg-type]
        found.record.counts.arrays["shares"][0, 0, 0, 0] += 1
        return found

    monkeypatch.setattr(sim, "simulate", uncounted)
    assert what(SOUND, tmp_path, run=True) == "run: paths not counted"

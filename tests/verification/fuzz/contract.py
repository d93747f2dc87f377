"""What must hold of every file a user gives us, however wrong: a scenario, or faults that can be acted on, at once."""

from __future__ import annotations

import json
import signal
import time
import traceback
import warnings
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.data.reader import MAX_FAULTS
from sim.scenario.loading.checks.codes import CODES

MAIN = "case.toml"
SECONDS = 2.0
"""Processor time in which a file is read, or refused."""
RUN_SECONDS = 20.0
"""Of a run of 16 paths: forty years take 2 s, and SciPy may take 2 s for each family it tabulates."""

DATA_CODES = frozenset({
    "not-a-whole-number", "not-a-number", "not-finite", "not-a-flag", "too-long", "too-many-faults", "too-large",
    "nul-byte", "control-character", "empty-table", "too-many-rows", "row-length", "bad-csv", "missing-column",
    "extra-column", "repeated-column", "blank", "unknown-choice", "out-of-range", "bad-code", "bad-format", "duplicate",
    "missing-ally", "unknown-table", "unknown-ally", "no-armed-forces", "bad-date", "alliance-role", "too-many",
    "implausible", "wrong-separator", "wide-table", "wrong-table", "no-header",
})  # fmt: skip
"""Codes of faults in a user's table."""
OF_THE_WHOLE = frozenset({"too-large", "no-such-file", "not-a-file", "missing-ally", "too-many-faults", "too-many"})
"""Faults of a file and of no line in it."""
SHOWN = frozenset({
    "wrong-type", "not-finite", "out-of-range", "unknown-choice", "bad-month", "bad-code", "not-a-number",
    "not-a-whole-number", "not-a-flag", "unknown-kind", "bad-format",
})  # fmt: skip
"""Faults of a value: it must be shown."""
LONGEST = 4_000
"""Characters of one fault: places may be 16 names of 60 characters, and a remedy may list 31 keys."""


class Broken(AssertionError):
    """The contract is broken; `what` is short and the same for the same cause."""

    def __init__(self, what: str, told: str = "") -> None:
        super().__init__(f"{what}\n{told}" if told else what)
        self.what = what


@dataclass(frozen=True)
class Planted:
    """A fault put in on purpose: one of `codes` must be reported on `line`; `also` are lines it may spoil besides."""

    name: str
    file: str
    line: int
    codes: frozenset[str]
    also: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Case:
    """The files of a folder; the scenario is `case.toml`."""

    kind: str
    files: dict[str, bytes]
    planted: tuple[Planted, ...] = ()
    sound: bool = False  # made without any fault: must be accepted

    def written(self) -> str:
        """The case as JSON."""
        files: dict[str, Any] = {}
        for name, content in self.files.items():
            try:
                files[name] = content.decode()
            except UnicodeDecodeError:
                files[name] = {"base64": b64encode(content).decode()}
        planted = [
            [one.name, one.file, one.line, sorted(one.codes), sorted(one.also)] for one in self.planted
        ]  # fmt: skip
        facts = {"kind": self.kind, "files": files, "planted": planted, "sound": self.sound}
        return json.dumps(facts, indent=1, ensure_ascii=True)

    @classmethod
    def read(cls, text: str) -> Case:
        """A case from its JSON."""
        facts = json.loads(text)
        files = {
            name: b64decode(content["base64"]) if isinstance(content, dict) else content.encode()
            for name, content in facts["files"].items()
        }
        planted = tuple(
            Planted(name, file, line, frozenset(codes), frozenset(also))
            for name, file, line, codes, also in facts["planted"]
        )
        return cls(facts["kind"], files, planted, facts["sound"])


@dataclass(frozen=True)
class Verdict:
    """What became of a case that kept the contract."""

    codes: tuple[str, ...]  # empty where it was accepted
    seconds: float
    ran: str = ""  # "", "ran", or the codes with which the run refused it


class _Endless(BaseException):
    """Far beyond the time allowed."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Stop what takes more processor time than that, so that a hang is a finding and not a standstill."""

    def stop(*_: object) -> None:
        raise _Endless

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except _Endless:
        raise Broken("endless", f"stopped after {seconds:g} s") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def judge(case: Case, folder: Path, *, dump: bool = True, run: bool = False) -> Verdict:
    """Read a case in `folder`; where it is accepted also dump and reread it, simulate 16 paths; raises Broken."""
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    try:
        return _judged(case, folder, dump, run)
    finally:
        for name in case.files:
            (folder / name).unlink()


def _judged(case: Case, folder: Path, dump: bool, run: bool) -> Verdict:
    scenario, faults, seconds = _read(folder)
    if seconds > SECONDS:  # the cyclic garbage of earlier cases is not this one's
        seconds = min(seconds, _read(folder)[2])
        if seconds > SECONDS:
            raise Broken("slow", f"{seconds:.2f} s")
    if scenario is None:
        check_faults(faults, case, folder)
        if case.sound:
            raise Broken(f"refused though sound: {faults[0].code}", str(faults[0]))
        _check_planted(faults, case, folder)
        return Verdict(tuple(fault.code for fault in faults), seconds)
    if case.planted:
        raise Broken(f"accepted though faulty: {case.planted[0].name}", "\n".join(map(str, case.planted)))
    if dump:
        _check_dump(scenario)
    return Verdict((), seconds, _run(scenario) if run else "")


def _read(folder: Path) -> tuple[sim.Scenario | None, tuple[sim.Fault, ...], float]:
    begin = time.process_time()
    try:
        with within(20 * SECONDS):
            scenario = sim.load(folder / MAIN)
    except sim.ScenarioError as error:
        return None, error.faults, time.process_time() - begin
    except Broken:
        raise
    except Exception as error:
        raise Broken(_cause(error), "".join(traceback.format_exception(error))) from None
    return scenario, (), time.process_time() - begin


def _cause(error: Exception) -> str:
    """The error and where: the innermost function of ours, which is the same in every version of Python."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(sim.__file__).parent in Path(frame.filename).parents]
    last = (ours or frames)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.name}"


def check_faults(faults: tuple[sim.Fault, ...], case: Case, folder: Path) -> None:
    """Every fault has a known code, a place, a rule and a remedy, the value where there is one, and is printable."""
    if not faults or len(faults) > MAX_FAULTS + 1:
        raise Broken("number of faults", str(len(faults)))
    cut = faults[-1].code == "too-many-faults"  # this one stands at the end, wherever its file would be
    if not cut and list(faults) != sorted(set(faults)):
        raise Broken("faults repeated or out of order", "\n".join(map(str, faults)))
    for fault in faults:
        if fault.code not in CODES and fault.code not in DATA_CODES:
            raise Broken("unknown code", str(fault))
        if not (fault.file and fault.rule and fault.remedy):
            raise Broken(f"no file, rule or remedy: {fault.code}", str(fault))
        if not fault.value and fault.code in SHOWN:
            raise Broken(f"no value: {fault.code}", str(fault))
        said = f"{fault.file}{fault.field}{fault.value}{fault.rule}{fault.remedy}"
        if not said.isprintable() or len(said) > LONGEST:
            raise Broken(f"not one printable line: {fault.code}", repr(said[:LONGEST]))
        name = Path(fault.file).name
        if name in case.files:
            text = case.files[name].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if not 0 <= fault.line <= text.count(b"\n") + 1:
                raise Broken(f"no such line: {fault.code}", str(fault))
            if fault.line == 0 and fault.code not in OF_THE_WHOLE:
                raise Broken(f"no line: {fault.code}", str(fault))
        elif "(packaged)" not in fault.file:
            raise Broken(f"no such file: {fault.code}", str(fault))


def _check_planted(faults: tuple[sim.Fault, ...], case: Case, folder: Path) -> None:
    """Each planted fault is told on its line; nothing is told of lines that are right."""
    if not case.planted:
        return
    told = {(Path(fault.file).name, fault.line, fault.code) for fault in faults}
    for one in case.planted:
        if not any((one.file, one.line, code) in told for code in one.codes):
            raise Broken(f"not found: {one.name}", "\n".join([str(one), *map(str, faults)]))
    spoilt = {(one.file, line) for one in case.planted for line in (one.line, *one.also)}
    for fault in faults:
        if (Path(fault.file).name, fault.line) not in spoilt:
            names = "+".join(sorted({one.name for one in case.planted}))
            raise Broken(f"told of a line that is right: {fault.code} beside {names}", str(fault))


def _check_dump(scenario: sim.Scenario) -> None:
    from sim.scenario.loading.load import reload

    try:
        again = reload(sim.dump(scenario), scenario.replacements)
    except Exception as error:
        raise Broken(f"dump: {_cause(error)}", "".join(traceback.format_exception(error))) from None
    if again.digest != scenario.digest:
        raise Broken("dumped to another digest", f"{again.digest} {scenario.digest}")


def _run(scenario: sim.Scenario) -> str:
    try:
        with within(RUN_SECONDS), warnings.catch_warnings():
            warnings.simplefilter("error")
            found = sim.simulate(scenario, paths=16, seed=1, executor="serial", keep=["share_pct", "gdp_usd_bn"])
    except sim.ScenarioError as error:
        for fault in error.faults:
            if not (fault.file and fault.rule and fault.remedy and fault.code) or not str(fault.rule).isprintable():
                raise Broken(f"run: fault without rule or remedy: {fault.code}", str(fault)) from None
        return error.faults[0].code
    except sim.UsageError:
        return "usage"
    except Broken:
        raise
    except Exception as error:
        raise Broken(f"run: {_cause(error)}", "".join(traceback.format_exception(error))) from None
    counts = found.record.counts
    if not (counts.arrays["shares"].sum(axis=-1) == 16).all():
        raise Broken("run: paths not counted")
    if not all(np.isfinite(kept).all() for kept in counts.kept.values()):
        raise Broken("run: not finite")
    return "ran"

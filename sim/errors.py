"""Everything that can be wrong with what a user gives us, said so that it can be put right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    r"""One thing wrong in a scenario or data file: the place, the value, the rule it breaks, the remedy.

    >>> import sim
    >>> try:
    ...     sim.loads("[budget]\nheadrom_pct = 2.5", "mine.toml")
    ... except sim.ScenarioError as error:
    ...     fault = error.faults[0]
    >>> (fault.file, fault.line, fault.field, fault.code)
    ('mine.toml', 2, 'budget.headrom_pct', 'unknown-key')
    >>> fault.remedy
    'did you mean headroom_pct?'
    """

    file: str
    line: int  # 1-based; 0 where the fault concerns the whole file
    field: str  # dotted, as in the file: "will.mean", "event[crisis].rate"; "" for the whole file
    value: str  # what stands there, shortened
    rule: str  # what must hold
    remedy: str  # what to write instead
    code: str  # stable short name of the kind of fault: "unknown-key"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"{self.field} = {self.value}" if self.field and self.value else self.field or self.value
        parts = [part for part in (where, subject, f"{self.rule} [{self.code}]") if part]
        return ": ".join(parts) + (f"\n  remedy: {self.remedy}" if self.remedy else "")


class SimError(Exception):
    """Any error the user can do something about; `exit_code` is the command line's.

    >>> import sim
    >>> try:
    ...     sim.load("hague")
    ... except sim.SimError as error:
    ...     print(type(error).__name__, error.exit_code)
    ScenarioError 3
    """

    exit_code = 1


class ScenarioError(SimError):
    r"""A scenario or data file that cannot be used; `faults` holds every fault found, in the order of the file.

    >>> import sim
    >>> try:
    ...     sim.loads("titel = 1\n[budget]\nspeed = 7", "mine.toml")
    ... except sim.ScenarioError as error:
    ...     print(*(f"line {fault.line}: {fault.code}" for fault in error.faults), sep="\n")
    line 1: unknown-key
    line 3: out-of-range
    """

    exit_code = 3

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)  # SimPy rebuilds an exception from its args alone

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault found.

        >>> import sim
        >>> try:
        ...     sim.loads('title = 5', "mine.toml")
        ... except sim.ScenarioError as error:
        ...     print(len(error.faults), error.faults[0].field)
        1 title
        """
        return self.args[0]  # type: ignore[no-any-return]  # args is untyped

    def __str__(self) -> str:
        count = len(self.faults)
        return f"{count} fault{'s' if count != 1 else ''}\n" + "\n".join(str(fault) for fault in self.faults)


class UsageError(SimError):
    """A call that asks for something impossible (a negative number of paths, an unknown column).

    >>> import sim
    >>> try:
    ...     sim.simulate(sim.load("rutte_2032"), paths=-1)
    ... except sim.UsageError as error:
    ...     print(error.exit_code)
    2
    """

    exit_code = 2


class RunError(SimError):
    """A saved run that cannot be read or does not belong together.

    >>> import sim
    >>> try:
    ...     sim.Results.open("nowhere")
    ... except sim.RunError as error:
    ...     print(error.exit_code)
    5
    """

    exit_code = 5


class MissingExtra(SimError):
    """What was asked for needs packages that are installed on request only."""

    exit_code = 5

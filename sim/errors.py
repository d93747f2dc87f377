"""Everything that can be wrong with what a user gives us, said so that it can be put right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a scenario or data file: the place, the value, the rule it breaks, the remedy."""

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
    """Any error the user can do something about; `exit_code` is the command line's."""

    exit_code = 1


class ScenarioError(SimError):
    """A scenario or data file that cannot be used; `faults` holds every fault found, in the order of the file."""

    exit_code = 3

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)  # SimPy rebuilds an exception from its args alone

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault found."""
        return self.args[0]  # type: ignore[no-any-return]  # args is untyped

    def __str__(self) -> str:
        count = len(self.faults)
        return f"{count} fault{'s' if count != 1 else ''}\n" + "\n".join(str(fault) for fault in self.faults)


class UsageError(SimError):
    """A call that asks for something impossible (a negative number of paths, an unknown column)."""

    exit_code = 2


class RunError(SimError):
    """A saved run that cannot be read or does not belong together."""

    exit_code = 5


class MissingExtra(SimError):
    """What was asked for needs packages that are installed on request only."""

    exit_code = 5

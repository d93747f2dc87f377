"""The clock of a block: months on one SimPy environment.

SimPy fires events of one time in the order of their creation. Here the order is physics, so it is declared:
every event carries a phase of `sim.model.calendar` and, inside the phase, a rank.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy import Environment, Event

from sim.model.calendar import RANKS, Phase

Process = Generator[Event, Any, None]


class Clock:
    """Months since January of the base year, over one SimPy environment."""

    def __init__(self, base_year: int) -> None:
        self.base_year = base_year
        self.env = Environment()

    @property
    def month(self) -> int:
        """The current month: 0 is January of the base year."""
        return int(self.env.now)

    @property
    def year(self) -> int:
        """The current calendar year."""
        return self.base_year + self.month // 12

    def month_of(self, year: int, month: int) -> int:
        """The month number of a calendar month (1 to 12)."""
        return (year - self.base_year) * 12 + month - 1

    def at(self, month: int, phase: Phase, rank: int = 0) -> Event:
        """An event that fires in `month`, in its phase, after all lower ranks of that phase."""
        if not 0 <= rank < RANKS:
            raise ValueError(f"rank {rank} is not in 0..{RANKS - 1}")
        event = Event(self.env)
        event._ok, event._value = True, None  # triggered, as simpy.Timeout does for itself
        # SimPy's stub knows the priorities 0 and 1 only; its queue orders any whole number.
        self.env.schedule(event, phase * RANKS + rank, month - self.month)  # type: ignore[arg-type]
        return event

    def start(self, process: Process) -> None:
        """Let a process live on this clock."""
        self.env.process(process)

    def run(self, last_year: int) -> None:
        """Run to the end of December of `last_year`, that month's last phase included."""
        self.env.run(until=self.at(self.month_of(last_year, 12), Phase.END))

"""The calendar of the model: whole months, and a declared order of what happens inside one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

RANKS = 1_000
"""Places in the order of one phase: ranks from 0 to 999."""

# events have the ranks below: a scenario has 300 at most
COMMON_GROWTH_RANK = 500
ELECTIONS_RANK = 500
FIRST_ALLY_RANK = 501
RECORDER_RANK = 1


class Phase(IntEnum):
    """What happens in a month, in this order; most months hold nothing but an event or an election.

    ======== ========= ==================================================================================
    phase    months    what happens, in the order of ranks
    ======== ========= ==================================================================================
    MACRO    January   events: `recession` (from rank 0); the alliance's common growth
                       (`COMMON_GROWTH_RANK`); then each ally: its will drifts, and it grows (from
                       `FIRST_ALLY_RANK`); random events draw the month in which they will come
    EVENT    any       events: `us_retrenchment`, `crisis`, `detente`, `past_crisis`, `past_jump`, `shock`
    ELECTION any       events: `election`; then all other elections (`ELECTIONS_RANK`), in January after
                       governments that fall between elections
    SUMMIT   any       events: `summit`, `review`, `pledge`, `announced_path`: they find what the month's
                       other events and votes have left
    OUTTURN  December  each ally spends: execution of this year's budget, security-related outlays, the report
    BUDGET   December  each ally adopts next year's budget, after all have reported this one
    RECORD   December  the alliance's sums are closed, then the year is counted (`RECORDER_RANK`)
    END      December  the last of the run
    ======== ========= ==================================================================================
    """

    # not 0: times RANKS, every phase then lies above SimPy's own priorities, 0 and 1
    MACRO = 1
    EVENT = 2
    ELECTION = 3
    SUMMIT = 4
    OUTTURN = 5
    BUDGET = 6
    RECORD = 7
    END = 8


@dataclass(frozen=True)
class Years:
    """The base year and the last year simulated."""

    base: int
    last: int

    @property
    def simulated(self) -> range:
        """The years after the base year, to the last."""
        return range(self.base + 1, self.last + 1)


class Calendar(Protocol):
    """What the model may ask about time. The engine's clock answers; nothing in the model waits for anything."""

    base_year: int

    @property
    def month(self) -> int:
        """The current month: 0 is January of the base year."""

    @property
    def year(self) -> int:
        """The current calendar year."""

    def month_of(self, year: int, month: int) -> int:
        """The number of a calendar month (1 to 12)."""


def split_month(text: str) -> tuple[int, int]:
    """`"2028-05"` as (2028, 5).

    >>> split_month("2028-05")
    (2028, 5)
    """
    year, month = text.split("-")
    return int(year), int(month)

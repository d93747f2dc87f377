"""What the report tells beside its record, and whoever asks the model makes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Narrative:
    """One simulated run, told with its dates."""

    rank: str  # "The 5th of 100", by the number of allies at the target
    path: int
    outcome: str  # a sentence
    entries: tuple[tuple[str, str], ...]  # date and event
    command: str  # what tells the whole of it


@dataclass(frozen=True)
class Sensitivity:
    """One assumption otherwise, all else and all random numbers the same."""

    assumption: str
    expected: float  # number of allies at the core target

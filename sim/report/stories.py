"""What the report tells of single runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """One simulated run, told with its dates."""

    rank: str  # "the 5th of 100", by the number of allies at the target
    path: int
    outcome: str  # a sentence
    entries: tuple[tuple[str, str], ...]  # date and words
    command: str  # what tells the whole of it

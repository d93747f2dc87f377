"""What charts of probability share: which yardstick, which year, and how both are said."""

from __future__ import annotations

from sim.record.record import Record, Yardstick
from sim.results.summary import default_year, step_of
from sim.words import target

PILLARS = {"core": "core", "related": "security-related", "total": "total"}

ROW = 19
"""Height of an ally's row."""

RUNS = "simulated runs of 100"


def aim_of(record: Record, pillar: str) -> Yardstick:
    """The yardstick of a pillar; raises ValueError where there is none."""
    aim = record.description.yardstick(pillar)
    if aim is None:
        raise ValueError(f"the run has no target for the {PILLARS.get(pillar, pillar)} pillar")
    return aim


def year_of(record: Record, year: int | None) -> int:
    """The year, or that of the core target; raises UsageError for one that is not simulated."""
    return default_year(record) if year is None else record.description.years[step_of(record, year)]


def measured(aim: Yardstick) -> str:
    """What a chart measures against, and whether it was agreed."""
    agreed = f" ({aim.agreed})" if aim.agreed else ""
    return f"Measured against {PILLARS[aim.pillar]} {target(aim.share_pct)} % of GDP by {aim.by}{agreed}."

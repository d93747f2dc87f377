"""What moved from the frozen forecast before the last to the last: a part of docs/forecasts.md, written by `make docs`.

Between two forecasts as shipped lies what became of equations and data, between the last one's two forecasters what
drawing the parameters does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pages import rewrite, table

from sim.evaluation.forecasts.files import read
from sim.evaluation.forecasts.schema import SHIPPED, Forecast, Frozen

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "forecasts.md"
DRAWN = "drawn"
LARGEST = 4
"""Allies that are named for having moved the most."""


def forecast_of(frozen: Frozen, forecaster: str, scenario: str) -> Forecast:
    """What a forecaster of a file says of one scenario."""
    (whole,) = (each for each in frozen.forecasters if each.name == forecaster)
    (found,) = (each for each in whole.scenarios if each.name == scenario)
    return found


def chances(forecast: Forecast) -> dict[str, float]:
    """The probability of being at the target when it is due, by ally, in its English name."""
    return {
        cell.ally: cell.at_target[0]
        for cell in forecast.shares
        if cell.year == forecast.target.by and cell.at_target is not None and cell.iso3 != "EUC"
    }


def expected(forecast: Forecast) -> float:
    """Allies at the target when it is due."""
    return sum(chances(forecast).values())


def moves(before: Forecast, after: Forecast) -> str:
    """The allies whose probability moved the most, with the percentage points."""
    one, other = chances(before), chances(after)
    largest = sorted(one, key=lambda ally: -abs(other[ally] - one[ally]))[:LARGEST]
    return ", ".join(f"{ally} {100 * (other[ally] - one[ally]):+.0f}" for ally in largest)


def rows(last: Frozen, former: Frozen) -> Iterator[list[str]]:
    """Two rows a scenario: from the former forecast to the last as shipped, and from there to that with draws."""
    for scenario in (each.name for each in last.scenarios):
        old, new = (forecast_of(each, SHIPPED, scenario) for each in (former, last))
        drawn = forecast_of(last, DRAWN, scenario)
        steps = (("equations and data, parameters as shipped", old, new), ("parameters drawn", new, drawn))
        for step, before, after in steps:
            yield [
                f"`{scenario}`, {after.target.by}", step, f"{expected(before):.1f} to {expected(after):.1f}",
                moves(before, after),
            ]  # fmt: skip


def moved(folder: Path) -> str:
    """The table of the two last frozen forecasts of a folder, by their dates."""
    former, last = (read(file) for file in sorted(folder.glob("*.json"))[-2:])
    head = ["scenario, year due", "what changed", "allies expected at the target", "largest moves, percentage points"]
    return f"From {former.date} to {last.date}:\n\n{table(rows(last, former), head)}"


if __name__ == "__main__":
    rewrite(PAGE, "<!-- moved -->", "<!-- end of moved -->", f"\n{moved(ROOT / 'forecasts')}\n")

"""`sim score`: a frozen forecast against the figures that have come since."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sim.data.tables import Tables
    from sim.evaluation.forecasts.schema import Frozen
    from sim.evaluation.forecasts.scoring import Scores

UNITS = {
    "brier": "squared distance of a probability from what came, 0 to 1",
    "log": "-ln of the probability given to what came, within log_score_floor",
    "threshold_*": "the same for reporting at least each of thresholds_pct",
    "crps": "percentage points of GDP, from the quantiles: the weighted interval score",
    "interval": "interval scores of the central intervals of coverages, percentage points of GDP",
    "coverage": "part of the published shares inside the central intervals of coverages",
    "number_rps": "ranked probability score of the number of allies at the target, allies",
}


@click.command(short_help="Score a frozen forecast.")
@click.argument("file")
@click.option("--data", metavar="CSV", help="A later edition of the table `shares`; the packaged one unless given.")
@click.option("--aggregates", metavar="CSV", help="A later edition of `aggregates`, for Europe and Canada.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, every ally included.")
def command(file: str, data: str | None, aggregates: str | None, as_json: bool) -> None:
    """Score the frozen forecast FILE against the published figures: Brier, log score, CRPS, coverage, by year.

    Where the file holds several forecasters, each is scored apart, then all of them side by side. Where no figure has
    come yet, it says what will be scored when.

    \b
    sim score forecasts/2026-11.json
    sim score forecasts/2026-11.json --data shares_2029.csv
    """
    from sim.evaluation.forecasts.files import digest_of, read

    frozen = read(file)
    tables, edition = _tables(data, aggregates)
    from sim.evaluation.forecasts.scoring import COVERAGES, score, side_by_side

    scores = score(frozen, tables)
    if as_json:
        from sim.output.terminal.console import write_json

        write_json({
            "forecast": {
                "file": file, "date": frozen.date, "sha256": digest_of(frozen), "burdenshare": frozen.burdenshare,
            },
            "forecasters": [{"name": entry.name, "description": entry.description} for entry in frozen.forecasters],
            "figures": edition,
            "thresholds_pct": frozen.thresholds_pct,
            "log_score_floor": frozen.log_score_floor,
            "coverages": COVERAGES,
            "units": UNITS,
            "scores": [asdict(line) for line in scores.lines],
            "side_by_side": [asdict(row) for row in side_by_side(scores.lines)],
            "cases": [asdict(case) for case in scores.cases],
            "waiting": scores.waiting,
        })  # fmt: skip
        return
    _show(frozen, scores, edition, tables)


def _tables(data: str | None, aggregates: str | None) -> tuple[Tables, str]:
    """The figures to score against, and what they are called."""
    from sim.data.catalogue import catalogue
    from sim.data.tables import Replacement, load_tables
    from sim.scenario.loading.reading import MAX_TABLE_BYTES, text_of

    given = {"shares": data, "aggregates": aggregates}
    replaced = {
        name: Replacement(file, text_of(Path(file), file, MAX_TABLE_BYTES)) for name, file in given.items() if file
    }
    packaged = next(f"{info.publisher}, {info.edition}" for info in catalogue() if info.name == "shares")
    return load_tables(replaced), data or packaged


def _show(frozen: Frozen, scores: Scores, edition: str, tables: Tables) -> None:
    from sim.output.terminal.console import page
    from sim.output.terminal.score_page import show

    show(page(), frozen, scores, edition, max(row.year for row in tables.shares))

"""The printed page of a calibration, and its JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, log10
from typing import Any

import numpy as np
from rich.text import Text

from sim.data.edition import FIRST_YEAR
from sim.evaluation.calibration.calibrate import Calibration, table
from sim.evaluation.calibration.evidence import HORIZONS
from sim.evaluation.calibration.fragment import by_cutoff
from sim.evaluation.calibration.objective import Objective
from sim.evaluation.calibration.parameters import MIDDLE
from sim.evaluation.calibration.uncertainty import GRID, REPLICATES
from sim.model.estimated import ESTIMATED, Estimated
from sim.output.terminal import layout
from sim.output.terminal.console import Page
from sim.output.terminal.layout import Column, fit, left_out
from sim.text.sentences import runs

FEW_YEARS = 5  # below it, resampling years tells little of how histories differ

ParameterRow = Mapping[str, Any]

IN_SAMPLE = (
    "CRPS: mean distance of forecasts from what came, in percentage points of GDP; small is good. In-sample: these are "
    "the figures that the estimate was made from, so it scores better on them than on any others."
)
INTERVAL = (
    f"90 %: the central interval over {REPLICATES:,} histories whose years, and the value that is pulled to, were "
    "drawn anew, each moving the estimate by one Newton step; 90 % of the range where the figures say nothing. It "
    "knows nothing of other equations or ranges."
)
MOMENTS = "By moments: the estimate that matches moments of the shares, in the place of the score."
RISE = (
    "Rise: of the objective, which is the score and the pull to the middle of the ranges, in percent of the score at "
    "the middle, where the number is held at the low or the high end of its range and the others give way. The pull "
    "alone makes {:.1f} from the middle."
)
NOT_PINNED = (
    "Not pinned by the figures: {}. There the estimate shows the middle of the range, which was chosen before any "
    "figure was seen, more than it shows the figures."
)
FEW = "So few years cannot tell how much histories differ: the intervals are too narrow, and nothing counts as known."
QUICK = "A quick estimate: without second opinion and profiles."
YES = {"pinned": "yes", "partly": "partly", "not pinned": "no"}
EVENTS = "The events after each December are given: the estimate asks how budgets answered, not what could be foreseen."


def show(page: Page, found: Calibration) -> None:
    """Print the page of one cutoff."""
    width, rows = page.text_width, table(found)
    page.print(
        Text(f"Parameters estimated from the shares of {FIRST_YEAR} to {found.cutoff}", style="bold"), width=width
    )
    page.print(Text(_basis(found)), width=width)
    page.print()
    page.print(Text("Mean CRPS, in-sample"), width=width)
    for name, score in zip(("middle of the ranges", "as shipped", "estimate"), _scores(found).values(), strict=True):
        page.print(Text(f"  {name:<22}{score:.4f}"))
    page.print()
    kept, dropped = fit(_columns(rows), page.width)
    page.print(layout.table(kept))
    page.print()
    for line in _verdicts(rows, found):
        page.print(Text(line), width=width)
    page.print()
    for line in _notes([column.name for column in kept], _left_out(dropped), found):
        page.print(Text(line, style="dim"), width=width)


def show_every(page: Page, founds: Sequence[Calibration]) -> None:
    """Print the page of all cutoffs."""
    width, numbers = page.text_width, by_cutoff(founds)
    first = founds[0]
    page.print(Text("Parameters estimated with the shares up to each cutoff", style="bold"), width=width)
    basis = f"Edition {first.edition}. {_runs(first)}. {min(numbers)}: no figure seen yet, the middle of every range."
    page.print(Text(basis), width=width)
    page.print()
    columns = [_names([{"parameter": each.name} for each in ESTIMATED], 0)]
    for rank, cutoff in enumerate(sorted(numbers, reverse=True)):
        cells = [_number(numbers[cutoff][each.name], each) for each in ESTIMATED]
        columns.insert(1, Column(str(cutoff), str(cutoff), cells, rank))
    kept, dropped = fit(columns, page.width)
    page.print(layout.table(kept))
    page.print()
    scores = [_scores(found) for found in founds]
    grid = [Column("cutoff", "Cutoff", [str(found.cutoff) for found in founds], 0)]
    grid += [Column(name, f"CRPS\n{name}", [f"{score[name]:.4f}" for score in scores], 0) for name in scores[0]]
    page.print(layout.table(grid))
    page.print()
    for line in (_left_out(dropped), IN_SAMPLE, EVENTS):
        if line:
            page.print(Text(line, style="dim"), width=width)


def document(found: Calibration) -> dict[str, object]:
    """Everything of one cutoff, for --json."""
    blank = {"rise": None, "by_moments": None}
    return {
        **_facts(found),
        "scores": {"unit": "mean CRPS, percentage points of GDP", "in_sample": True, **_scores(found)},
        "interval": f"q05 to q95 over {REPLICATES} histories whose years and prior were drawn anew",
        "rise": {"unit": "of the objective, in scores at the middle", "held_at_part_of_range": GRID.tolist()},
        "parameters": [{**blank, **row} for row in table(found)],
    }


def document_of_every(founds: Sequence[Calibration]) -> dict[str, object]:
    """The numbers and scores of all cutoffs, for --json."""
    return {
        "edition": founds[0].edition,
        "paths": founds[0].paths,
        "seed": founds[0].seed,
        "scores": {
            "unit": "mean CRPS, percentage points of GDP",
            "in_sample": True,
            "cutoffs": {
                str(found.cutoff): {"years": found.years, "cells": found.cells, **_scores(found)} for found in founds
            },
        },
        "cutoffs": {str(cutoff): numbers for cutoff, numbers in by_cutoff(founds).items()},
    }


def _notes(kept: Sequence[str], narrow: str, found: Calibration) -> list[str]:
    """What the page and each of its columns means."""
    notes = [narrow, IN_SAMPLE, EVENTS]
    if "90 % interval" in kept:
        notes.append(INTERVAL)
    if "by moments" in kept:
        notes.append(MOMENTS)
    if {"rise at the low end", "rise at the high end"} & set(kept):
        notes.append(RISE.format(100 * _pull(found)))
    if found.by_moments is None:
        notes.append(QUICK)
    return [note for note in notes if note]


def _left_out(dropped: Sequence[Column]) -> str:
    return left_out(dropped).replace(", --csv or --json show", " or --json shows")


def _pull(found: Calibration) -> float:
    """What the pull adds to the objective where one parameter stands at an end of its range, the others in the middle.

    In units of the score at the middle.
    """
    end = MIDDLE.copy()
    end[0] = 1.0
    return float(Objective(np.asarray, MIDDLE, 1.0, found.years).prior(end[None])[0])


def _facts(found: Calibration) -> dict[str, object]:
    return {name: getattr(found, name) for name in ("cutoff", "edition", "paths", "seed", "years", "cells")}


def _scores(found: Calibration) -> dict[str, float]:
    """Mean CRPS by what it is the score of."""
    return {"middle": found.middle_score, "shipped": found.shipped_score, "estimate": found.score}


def _basis(found: Calibration) -> str:
    years = f"{found.years} year{'s' if found.years > 1 else ''}"
    cells = f"{found.cells} forecast{'s' if found.cells > 1 else ''} of all allies' shares"
    return f"Edition {found.edition}: {years}, {cells}, up to {HORIZONS} years ahead. {_runs(found)}."


def _runs(found: Calibration) -> str:
    return f"{runs(found.paths)} of each, seed {found.seed}"


def _columns(rows: Sequence[ParameterRow]) -> list[Column]:
    """All columns; a higher rank is left out earlier."""
    intervals = [_range(row["q05"], row["q95"], each) for row, each in _with(rows)]
    columns = [
        _names(rows, 0),
        Column("what it is", "What it is", [str(row["title"]) for row in rows], 9, right=False),
        Column("range", "Range", [_range(row["low"], row["high"], each) for row, each in _with(rows)], 4),
        Column("shipped", "Shipped", [_number(row["shipped"], each) for row, each in _with(rows)], 2),
        Column("estimate", "Estimate", [_number(row["estimate"], each) for row, each in _with(rows)], 0),
        Column("90 % interval", "90 %\ninterval", intervals, 1),
        Column("verdict", "Figures\npin it", [YES[str(row["verdict"])] for row in rows], 3, right=False),
    ]
    if "by_moments" not in rows[0]:
        return columns
    return [
        *columns,
        Column("by moments", "By\nmoments", [_number(row["by_moments"], each) for row, each in _with(rows)], 5),
        Column("rise at the low end", "Rise\nlow\n%", [_rise(row["rise"][0]) for row in rows], 7),
        Column("rise at the high end", "Rise\nhigh\n%", [_rise(row["rise"][-1]) for row in rows], 6),
    ]


def _names(rows: Sequence[ParameterRow], rank: int) -> Column:
    return Column("parameter", "Parameter", [str(row["parameter"]) for row in rows], rank, right=False)


def _with(rows: Sequence[ParameterRow]) -> list[tuple[ParameterRow, Estimated]]:
    return list(zip(rows, ESTIMATED, strict=True))


def _number(value: float, each: Estimated) -> str:
    """A value of a parameter, to a hundredth of its range or finer."""
    decimals = max(0, 2 - floor(log10(each.high - each.low)))
    return f"{value + 0.0:.{decimals}f}"


def _range(low: float, high: float, each: Estimated) -> str:
    return f"{_number(low, each)} to {_number(high, each)}"


def _rise(part: float) -> str:
    return "<0.1" if 0 < part < 0.0005 else f"{100 * part:.1f}"


def _verdicts(rows: Sequence[ParameterRow], found: Calibration) -> list[str]:
    """Which parameters the figures pin, in words."""
    by_verdict = {
        verdict: ", ".join(row["parameter"] for row in rows if row["verdict"] == verdict)
        for verdict in ("pinned", "partly")
    }
    by_verdict["not pinned"] = ", ".join(
        f"{row['parameter']} ({row['title']})" for row in rows if row["verdict"] == "not pinned"
    )
    templates = {"pinned": "Pinned by the figures: {}.", "partly": "Partly pinned: {}.", "not pinned": NOT_PINNED}
    lines = [templates[verdict].format(names) for verdict, names in by_verdict.items() if names]
    return lines + ([FEW] if found.years < FEW_YEARS else [])

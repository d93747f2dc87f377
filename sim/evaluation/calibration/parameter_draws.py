"""The table `parameter_draws` that an estimation leaves: the estimate, and draws as unsure as it is."""

from __future__ import annotations

import csv
import io
import os

from sim.evaluation.calibration import fragment
from sim.evaluation.calibration.calibrate import Calibration
from sim.evaluation.calibration.parameters import numbers_at
from sim.files.writing import write_text
from sim.model.estimated import ESTIMATED

DRAWS = 512
"""Rows behind the estimate: each 128 of the words that choose one, and every parameter of them evenly spread."""

HEADER = ("draw", *(each.column for each in ESTIMATED))


def table(found: Calibration) -> str:
    """The table as CSV: draw 0 is the estimate, then DRAWS of the block bootstrap, equally likely."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HEADER)
    for draw, point in enumerate([found.estimate.point, *found.uncertainty.resampled[:DRAWS]]):
        numbers = numbers_at(point)
        rows.writerow([draw, *(numbers[each.name] for each in ESTIMATED)])
    return text.getvalue()


def check_destination(out: str | os.PathLike[str]) -> None:
    """Refuse a place that holds anything but such a table, before the work; leaves nothing behind.

    Raises:
        RunError: something else stands there, or it cannot be written.
    """
    fragment.check_destination(out, ",".join(HEADER))


def write(found: Calibration, out: str | os.PathLike[str]) -> None:
    """Write the table, beside its place and then renamed; a former one is replaced.

    Raises:
        RunError: something else stands there, or it cannot be written.
    """
    check_destination(out)
    write_text(table(found), out)

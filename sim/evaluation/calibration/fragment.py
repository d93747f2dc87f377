"""What an estimation leaves as TOML: a fragment that scenarios extend, and the table of all cutoffs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sim.distributions.scalar import Scalar, written
from sim.errors import RunError
from sim.evaluation.backtest.estimates import Numbers
from sim.evaluation.backtest.origins import FIRST
from sim.evaluation.calibration.calibrate import Calibration, table
from sim.evaluation.calibration.parameters import MIDDLE, numbers_at
from sim.evaluation.calibration.uncertainty import from_the_ranges
from sim.files.writing import try_write, write_text
from sim.model.estimated import ESTIMATED
from sim.model.sections import SECTIONS
from sim.scenario.edit.change import with_numbers
from sim.scenario.loading.load import loads

DRAWS = 64
"""Values of each parameter that the backtest forecasts with."""

MARK = "# Written by `sim calibrate"
"""How a file of ours begins: no other is overwritten."""


def fragment(found: Calibration) -> str:
    """The estimate as a scenario file, to be extended by one that says what is simulated.

    A number inside a distribution cannot be given alone: the distribution is written whole, the rest of it as shipped.
    """
    scenario = with_numbers(loads(""), found.numbers)
    asked = f"--cutoff {found.cutoff}" + ("" if found.by_moments else " --quick")
    lines = [
        _header(asked, found.edition, found.paths, found.seed),
        "# Beside each number: its range, the 90 % interval, and whether the figures pin it.",
        f"title = {_text(f'Parameters estimated from the shares of {FIRST} to {found.cutoff}')}",
        f"source = {_text(f'estimated on NATO, Defence Expenditure of NATO Countries, edition {found.edition}')}",
        f"description = {_text(_described(found))}",
        "",
        "[parameters]",
        'use = "shipped" # what is not estimated; no parameter is drawn',
    ]
    remarks = _remarks(found)
    for section in (each.name for each in SECTIONS):
        fields = list(dict.fromkeys(name.split(".")[1] for name in remarks if name.startswith(f"{section}.")))
        if not fields:
            continue
        lines += ["", f"[{section}]"]
        for field in fields:
            distribution = getattr(getattr(scenario, section), field)
            alone = remarks.get(f"{section}.{field}")
            if alone is None:  # a distribution: a remark for each of its estimated numbers
                inside = (name for name in remarks if name.startswith(f"{section}.{field}."))
                lines += [f"# {name.rpartition('.')[2]}: {remarks[name]}" for name in inside]
            lines.append(f"{field} = {_inline(distribution)}" + (f" # {alone}" if alone else ""))
    return "\n".join(lines) + "\n"


def by_cutoff(founds: Iterable[Calibration]) -> dict[int, dict[str, float]]:
    """The estimate of each cutoff; at the first, when no later figure has been seen, the middle of every range."""
    return {FIRST: numbers_at(MIDDLE)} | {found.cutoff: found.numbers for found in founds}


def draws_by_cutoff(founds: Iterable[Calibration], seed: int) -> dict[int, Numbers]:
    """The parameters of each cutoff as unsure as they are: equally likely values; at the first, all over the ranges."""
    unsure = {FIRST: from_the_ranges(seed)} | {found.cutoff: found.uncertainty for found in founds}
    values: dict[int, Numbers] = {}
    for cutoff, each in unsure.items():
        points = [numbers_at(point) for point in each.resampled[:DRAWS]]
        values[cutoff] = {name: [float(f"{point[name]:.4g}") for point in points] for name in points[0]}
    return values


def every(estimates: Mapping[int, Numbers], edition: str, paths: int, seed: int) -> str:
    """The parameters by cutoff, as the backtest reads them."""
    lines = [
        _header("--every", edition, paths, seed),
        "# The parameters as estimated with the shares up to each cutoff and none after it: equally likely values of",
        f"# the block bootstrap; those at one place belong together. {FIRST}: no figure seen yet, all over the ranges.",
    ]
    for cutoff in sorted(estimates):
        lines += ["", f"[cutoff.{cutoff}]"]
        lines += [f"{_text(name)} = {list(values)!r}" for name, values in sorted(estimates[cutoff].items())]
    return "\n".join(lines) + "\n"


def check_destination(out: str | os.PathLike[str], mark: str = MARK) -> None:
    """Refuse a place that cannot become a file of ours, before the work; leaves nothing behind. `mark` begins ours.

    Raises:
        RunError: something else stands there, or it cannot be written.
    """
    file = Path(out)
    try:
        ours = not file.exists() or (file.is_file() and _begins_with(mark, file))
    except OSError as error:
        raise RunError(f"cannot write {out}: {error.strerror or error}") from error
    if not ours:
        raise RunError(f"{out} exists and was not written by `sim calibrate`; choose another file")
    try_write(out)


def _begins_with(mark: str, file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(1_000).startswith(mark.encode())


def write(text: str, out: str | os.PathLike[str]) -> None:
    """Write the file, beside its place and then renamed; a former one of ours is replaced.

    Raises:
        RunError: something else stands there, or it cannot be written.
    """
    check_destination(out)
    write_text(text, out)


def _header(asked: str, edition: str, paths: int, seed: int) -> str:
    return f"{MARK} {asked} --vintage {edition} --paths {paths} --seed {seed}`."


def _described(found: Calibration) -> str:
    years = f"{FIRST + 1} to {found.cutoff}" if found.years > 1 else f"{found.cutoff}"
    return (
        f"{len(ESTIMATED)} parameters, estimated: with them the model's forecasts of the shares of {years}, each from "
        "a December before and with the events after it given, came closest to what came, by the mean CRPS. Everything "
        "else is as shipped. Where the figures do not pin a number, it stands near the middle of the range it was "
        "given beforehand."
    )


def _remarks(found: Calibration) -> dict[str, str]:
    """What is said of each estimated number."""
    return {
        str(row["parameter"]): f"{row['title']}; range {row['low']:g} to {row['high']:g}; "
        f"90 %: {row['q05']:.3g} to {row['q95']:.3g}; {row['verdict']}"
        for row in table(found)
    }


def _inline(value: Scalar) -> str:
    """A number or a distribution on one line of TOML."""
    raw = written(value)
    if isinstance(raw, dict):
        return "{ " + ", ".join(f"{key} = {_inline(inner)}" for key, inner in raw.items()) + " }"
    return _text(raw) if isinstance(raw, str) else repr(raw)


def _text(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)

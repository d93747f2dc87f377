"""What commands are given: scenario files and saved runs. One in the place of the other is answered with the command
that takes it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.text.escaping import plain

if TYPE_CHECKING:
    from sim.results.record import Record
    from sim.scenario import Scenario


def scenario(file: str) -> Scenario:
    """The scenario of a file.

    Raises:
        click.UsageError: it is a saved run or a frozen forecast.
        ScenarioError: it has faults.
    """
    from sim.scenario import load

    check_scenario(file)
    return load(file)


def check_scenario(file: str) -> None:
    """Refuse a saved run or a frozen forecast in the place of a scenario file. Raises click.UsageError."""
    path, name = Path(file), shlex.quote(plain(file))
    if (path / "manifest.json").is_file():
        raise click.UsageError(
            f"{plain(file)} is a saved run, and this takes scenario files. It is shown by `sim report {name}`, "
            f"`sim chart fan {name} --out fan.svg` and `sim brief ALLY {name}`."
        )
    if path.suffix.lower() == ".json" and path.is_file():
        raise click.UsageError(
            f"{plain(file)} is a JSON file, and this takes scenario files, in TOML. A frozen forecast is judged by "
            f"`sim score {name}`."
        )


def saved_run(folder: str) -> Record:
    """The run saved in a folder.

    Raises:
        click.UsageError: it is a scenario file, or a file of a saved run.
        RunError: it cannot be read.
    """
    from sim.results.record import Record

    path, name = Path(folder), shlex.quote(plain(folder))
    if path.suffix.lower() == ".toml" or (not path.exists() and _is_shipped(folder)):
        out = shlex.quote(f"runs/{plain(path.stem)}")
        raise click.UsageError(
            f"{plain(folder)} is a scenario, and this takes a saved run: `sim run {name} --out {out}` makes one, then "
            f"name {out}."
        )
    if path.is_file() and (path.parent / "manifest.json").is_file():
        raise click.UsageError(f"{plain(folder)} is a file of a saved run; name its folder, {path.parent}.")
    return Record.open(folder)


def _is_shipped(name: str) -> bool:
    from sim.scenario import shipped

    return name in shipped.files()

"""`sim init`: a scenario file to start from."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command(short_help="Write a scenario file to start from.")
@click.argument("file")
@click.option("--extends", "base", metavar="NAME", help="The shipped scenario that it builds on.  [rutte_2032]")
def command(file: str, base: str | None) -> None:
    """Write a scenario to FILE: it builds on a shipped one, and shows in comments what it can say otherwise.

    A file that is there stays as it is, and no file takes the name of a shipped scenario.

    \b
    sim init my.toml
    sim init later.toml --extends hague_2035
    """
    from sim.errors import RunError, UsageError
    from sim.output.terminal.console import say
    from sim.scenario import shipped
    from sim.scenario.starting import BASE, start
    from sim.text.escaping import plain
    from sim.text.suggestions import did_you_mean

    path, name = Path(file), BASE if base is None else base.removesuffix(shipped.ENDING)
    if path.suffix != shipped.ENDING:
        raise UsageError(f"{plain(file)} must end in {shipped.ENDING}")
    if name not in shipped.files():
        hint = did_you_mean(name, shipped.files()) or f"There are {', '.join(shipped.files())}."
        raise UsageError(f"--extends: no shipped scenario is called {plain(name)!r}. {hint}")
    if path.stem in shipped.files():
        raise UsageError(
            f"{plain(file)} must not be called as a shipped scenario is: in its folder the name {path.stem} would "
            f"mean the file, which then extends itself; choose another name, such as my_{path.name}"
        )
    if os.path.lexists(path):
        raise UsageError(f"{plain(file)} is there already, and stays as it is; name another file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:  # x: never over what is there
            stream.write(start(name, path.name))
    except (OSError, ValueError) as error:
        raise RunError(f"cannot write {plain(file)}: {getattr(error, 'strerror', None) or error}") from error
    say(file)

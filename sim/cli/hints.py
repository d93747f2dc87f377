"""What somebody meant whose command line cannot be read: a sentence behind click's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

_EXTRA: Final = re.compile(r"Got unexpected extra arguments? \((.*)\)")
OF_SCENARIOS: Final = ("run", "check", "compare", "freeze", "replay")
"""Commands whose first words are scenarios."""

PICTURES: Final = (".svg", ".png", ".pdf", ".json")
OTHER_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "--output": ("--out",), "-o": ("--out",), "--save": ("--out",), "--file": ("--out",), "--dir": ("--out",),
    "--n": ("--paths",), "-n": ("--paths",), "--runs": ("--paths",), "--simulations": ("--paths",),
    "--iterations": ("--paths",), "--samples": ("--paths",), "--jobs": ("--workers",), "-j": ("--workers",),
    "--processes": ("--workers",), "--threads": ("--workers",), "--country": ("--ally",), "--countries": ("--ally",),
    "--allies": ("--ally",), "-f": ("--format",), "--type": ("--format",), "--order": ("--sort",), "--by": ("--sort",),
    "--horizon": ("--year", "--to"), "--random-seed": ("--seed",), "--dark": ("--theme",),
}  # fmt: skip
"""What options are called elsewhere, with ours of that meaning."""


def meant(error: click.ClickException, args: Sequence[str]) -> str:
    """The sentence for an error of the words `args`; empty where there is none."""
    context = getattr(error, "ctx", None)
    if context is None or context.command is None:
        return ""
    if isinstance(error, click.NoSuchOption):
        known = {flag for param in context.command.params for flag in param.opts}
        other = next((flag for flag in OTHER_OPTIONS.get(error.option_name, ()) if flag in known), None)
        return f"Here it is called {other}." if other else ""
    if isinstance(error, click.MissingParameter):
        example = re.search(rf"^\s*(sim {context.info_name} .*)$", context.command.help or "", re.MULTILINE)
        hint = f"For example: {example[1]}" if example else ""
        if context.info_name in OF_SCENARIOS and error.param in context.command.params[:1]:
            from sim.scenario import shipped

            hint = f"{shipped.listed()} {hint}"
        return hint
    if found := _EXTRA.match(error.message):
        return _of_extra(context, found[1].split(" "), args)
    if context.info_name == "chart" and isinstance(error, click.BadParameter):
        picture = next((word for word in args if word.lower().endswith(PICTURES)), "fan.svg")
        return f"The picture's file stands behind --out: sim chart fan RUN --out {picture}"
    return ""


def _of_extra(context: click.Context, extra: list[str], args: Sequence[str]) -> str:
    from sim.data.countries import look_up
    from sim.scenario import shipped

    options = {param.name for param in context.command.params}
    named = all((found := look_up(word)) and not found.group for word in extra)
    if "--ally" in args and named and "allies" in options:
        before = list(args)[args.index("--ally") + 1]
        return f"Several allies stand with commas: --ally {','.join([before, *extra])}"
    first = next((str(context.params[key]) for key in ("file", "run") if context.params.get(key)), "")
    files = all(word.endswith(".toml") or word in shipped.files() or Path(word).is_file() for word in extra)
    if context.info_name == "run" and files:
        return f"Several scenarios are compared: sim compare {first} {' '.join(extra)}"
    if "allies" in options and named:
        return f"An ally stands behind --ally: --ally {','.join(extra)}"
    if "run" in options:
        return f"One run at a time: sim {context.info_name} for each."
    return ""

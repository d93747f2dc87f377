"""No year and no edition is typed in the package that a new edition of the tables would make wrong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.data.edition import in_words, outlooks
from sim.data.tables import load_tables

ROOT = Path(__file__).parents[2] / "sim"
DATA = {"data/edition.py"}
"""Where editions are at home, beside the tables and their descriptions."""

YEAR = re.compile(r"\b20(?:2[4-9]|[3-9]\d)(?:-\d\d)?\b")
"""A year or month that is near: the name of a scenario, rutte_2032, is none."""

KEYS = {row.edition for row in load_tables().share_vintages} | set(outlooks())
EDITIONS = re.compile("|".join(sorted(re.escape(words) for key in KEYS for words in (key, in_words(key)))))
"""Every edition that the tables know, as key and in words."""

EXAMPLE, SEED, LATER = "an example of how it is written", "the seed of every draw", "where a horizon ends unless asked"
HAGUE = "agreed in The Hague in June 2025, due in 2035: a fact"
ON_PAPER = "allies arrived at 2 % on paper in 2025: what happened then, by which the parameter is named"
ALLOWED = {
    ("arguments.py", "April 2026"): "the source of Ukraine's share of 2025",
    ("analysis/sensitivity.py", "2025"): ON_PAPER,
    ("analysis/stories.py", "2048"): "no year",
    ("cli/commands/backtest.py", "2032"): SEED,
    ("cli/commands/calibrate.py", "2032"): SEED,
    ("cli/commands/export.py", "2026-11"): EXAMPLE,
    ("cli/commands/freeze.py", "2035"): HAGUE,
    ("distributions/quantile_tables.py", "2049"): "no year",
    ("engine/ally.py", "2025"): ON_PAPER,
    ("evaluation/backtest/backtest.py", "2032"): SEED,
    ("evaluation/backtest/sipri.py", "2032"): SEED,
    ("evaluation/backtest/baselines.py", "2024"): "agreed in Wales in 2014, due in 2024: a fact",
    ("evaluation/backtest/baselines.py", "2025"): HAGUE,
    ("evaluation/backtest/baselines.py", "2035"): HAGUE,
    ("evaluation/calibration/calibrate.py", "2032"): SEED,
    ("evaluation/forecasts/making.py", "2035"): HAGUE,
    ("evaluation/forecasts/schema.py", "2026-11"): EXAMPLE,
    ("evaluation/forecasts/schema.py", "2099"): "the last year that a date can have",
    ("model/equations/urgency.py", "2025"): "the warnings of the United States of February 2025",
    ("model/estimated.py", "2025"): "the warnings of the United States of February 2025",
    ("model/events/base.py", "2028-05"): EXAMPLE,
    ("model/parameters.py", "2025"): ON_PAPER,
    ("model/parameters.py", "2032"): f"{SEED}; {LATER}",
    ("output/report/brief.py", "2025"): ON_PAPER,
    ("output/report/templates/report.html.j2", "2026"): "what the parameters were chosen on stays, whatever comes",
    ("scenario/loading/checks/messages.py", "2028"): EXAMPLE,
    ("scenario/loading/checks/messages.py", "2028-05"): EXAMPLE,
    ("scenario/loading/checks/messages.py", "2032"): EXAMPLE,
    ("scenario/reference.py", "2028-05"): EXAMPLE,
    ("scenario/start.toml", "2028-05"): EXAMPLE,
    ("scenario/start.toml", "2030"): EXAMPLE,
}
"""By file and literal, why no edition moves it."""


def in_code(text: str) -> Iterator[str]:
    """Years in the code of a module, and editions in its docstrings; `evidence=` says what a number was found on."""
    tree = ast.parse(text)
    docstrings, provenance = set[ast.AST](), set[ast.AST]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            docstrings.add(node.value)
        elif isinstance(node, ast.keyword) and node.arg == "evidence":
            provenance |= set(ast.walk(node.value))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or node in provenance:
            continue
        if type(node.value) is int and YEAR.fullmatch(str(node.value)):
            yield str(node.value)
        elif isinstance(node.value, str):
            told = "\n".join(line for line in node.value.splitlines() if not line.lstrip().startswith(">>>"))
            yield from EDITIONS.findall(told) if node in docstrings else YEAR.findall(node.value)


def in_package() -> Iterator[tuple[str, str]]:
    """File and literal, of everything in the package that is no table of the data."""
    for place in sorted(ROOT.rglob("*")):
        file = place.relative_to(ROOT).as_posix()
        if place.suffix == ".py" and file not in DATA:
            yield from ((file, literal) for literal in in_code(place.read_text("utf-8")))
        elif place.suffix in (".j2", ".typ") or file == "scenario/start.toml":
            yield from ((file, literal) for literal in YEAR.findall(place.read_text("utf-8")))


def test_no_year_and_no_edition_is_typed_but_what_stays_true() -> None:
    assert set(in_package()) == ALLOWED.keys()
    assert all(ALLOWED.values())


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("LAST = 2026", ["2026"]),
        ('told = f"NATO, July {2026}"', ["2026"]),
        ('told = f"{who}, July 2026"', ["2026"]),
        ('default = "2026-07"', ["2026-07"]),
        ('"""Shares; NATO, July 2026."""', ["July 2026"]),
        ('def f():\n    """By April 2026."""', ["April 2026"]),
        ('LAST = 1\n"""Known from 2025-10 on."""', ["2025-10"]),
        ('"""From 2014 to 2026, as in rutte_2032."""', []),
        ('"""An edition.\n\n>>> in_words("2026-07")\n"""', []),
        ('parameter(1.0, "weight", evidence="NATO July 2026: " "2025")', []),
        ('parameter(1.0, "weight of 2025")', ["2025"]),
        ('first, name, many, share = 2014, "rutte_2032", 20_260, 20.26', []),
    ],
)
def test_the_reader_sees_a_literal(code: str, found: list[str]) -> None:
    """The control: what is typed is seen, in numbers, texts and docstrings, and nothing else."""
    assert list(in_code(code)) == found

"""docs/compare.md: its example runs, its figures are those of the model."""

from __future__ import annotations

import re
from math import sqrt
from pathlib import Path

import pytest

import sim
from sim.results.intervals import Z95
from support import present

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")


def test_the_python_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    exec(compile(code.replace("20_000", "32"), "compare.md", "exec"), names)
    assert names["comparison"].paths == 32


def test_the_example_is_what_the_model_says() -> None:
    said = r"in (\d+) fewer of 100 simulated runs .* give or take (\S+) with\s+the pairs and (\S+) without"
    fewer, paired, unpaired = map(float, present(re.search(said, PAGE)).groups())
    a, b = (sim.load(ROOT / "scenarios" / f"{name}.toml") for name in ("rutte_2032", "hague_2035"))
    table = sim.compare(a, b, paths=20_000, executor="serial").compliance()
    row = table.query("iso3 == 'DEU' and year == 2032 and pillar == 'core'").iloc[0]
    assert round(-100 * row["difference"]) == fewer
    assert round(50 * (row["ci_high"] - row["ci_low"]), 1) == paired
    variance = sum(p * (1 - p) for p in (row["probability_a"], row["probability_b"]))
    assert round(100 * Z95 * sqrt(variance / row["paths"]), 1) == unpaired

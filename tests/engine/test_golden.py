"""The numbers of the main scenario, pinned: they change only with the model, the data or STREAM_VERSION.

`python tests/engine/test_golden.py` writes them anew.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import sim

HERE = Path(__file__).parent
TABLE = HERE / "rutte_2032.csv"
DIGESTS = HERE / "digests.json"
SCENARIOS = HERE.parents[1] / "scenarios"
FILES = sorted(SCENARIOS.glob("*.toml"))


def table() -> list[list[str]]:
    """Core compliance in 2032 by ally: probability and without late push, of 4,096 paths."""
    rows = sim.simulate(sim.load(SCENARIOS / "rutte_2032.toml"), paths=4_096, seed=2032, executor="serial").compliance()
    core = rows.query("pillar == 'core' and year == 2032")
    return [
        [row.iso3, f"{row.probability:.4f}", f"{row.without_late_push:.4f}"] for row in core.itertuples(index=False)
    ]


def digest(file: Path) -> str:
    """The digest of 512 paths of a scenario."""
    return sim.simulate(sim.load(file), paths=512, seed=2032, executor="serial").digest()


def digests() -> dict[str, str]:
    """Of every shipped scenario."""
    return {file.stem: digest(file) for file in FILES}


def test_the_golden_table() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        assert table() == list(csv.reader(file))[1:]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_golden_digest(file: Path) -> None:
    assert digest(file) == json.loads(DIGESTS.read_text(encoding="utf-8"))[file.stem]


def test_every_scenario_has_its_digest() -> None:
    assert set(json.loads(DIGESTS.read_text(encoding="utf-8"))) == {file.stem for file in FILES}


if __name__ == "__main__":
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["iso3", "probability", "without_late_push"], *table()])
    DIGESTS.write_text(json.dumps(digests(), indent=1) + "\n", encoding="utf-8")

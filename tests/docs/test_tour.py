"""docs/tour.ipynb runs from top to bottom, and what it shows is what the program computes."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest

import sim

DOCS = Path(__file__).parents[2] / "docs"
TOUR = DOCS / "tour.ipynb"


def stored() -> Any:
    return nbformat.read(TOUR, as_version=4)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def executed() -> Any:
    """The notebook with its outputs, by a kernel of this environment."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's own machinery
        from nbclient import NotebookClient

        notebook = stored()
        client = NotebookClient(
            notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(DOCS)}}
        )
        asyncio.run(client.async_execute())
    return notebook


def shown(notebook: Any, part: str, kind: str = "text/plain") -> str:
    """What the only cell with `part` in its code shows."""
    (cell,) = [cell for cell in notebook.cells if cell.cell_type == "code" and part in cell.source]
    texts = [each.text if each.output_type == "stream" else each.data[kind] for each in cell.outputs]
    return "\n".join(texts)


def test_it_is_stored_without_outputs() -> None:
    cells = [cell for cell in stored().cells if cell.cell_type == "code"]
    assert cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)


def test_it_is_a_valid_notebook() -> None:
    nbformat.validate(stored())


def test_every_cell_ran_and_none_warned(executed: Any) -> None:
    cells = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [each for cell in cells for each in cell.outputs if each.get("name") == "stderr"]


def test_the_table_is_that_of_the_run(executed: Any) -> None:
    results = sim.simulate(sim.load(DOCS.parent / "scenarios" / "rutte_2032.toml"), paths=8_000, executor="serial")
    core = results.compliance().query("pillar == 'core' and year == 2032").set_index("ally")
    lines = shown(executed, "core = compliance").splitlines()
    for ally in ("Germany", "Romania", "Bulgaria"):
        (line,) = [line for line in lines if f" {ally} " in line]
        assert line.split()[2] == f"{core['probability'][ally]:.2f}"
    germany = core.loc["Germany"]
    assert f"<td>{germany['ci_low']:.2f}</td>" in shown(executed, "core = compliance", "text/html")


def test_scenario_and_run_show_themselves(executed: Any) -> None:
    scenario, run = (shown(executed, part, "text/html") for part in ("scenario = sim.load(", "keep=["))
    assert "not agreed: proposed in June 2025" in scenario
    assert "8,000 simulated runs" in run
    assert run.count("<tr>") == 31


def test_the_told_path_is_that_of_the_command_line(executed: Any) -> None:
    story = sim.replay(sim.load(DOCS.parent / "scenarios" / "rutte_2032.toml"), 4821).of("DEU")
    assert str(story) in shown(executed, "sim.replay")


def test_the_pictures_are_charts_of_the_run(executed: Any) -> None:
    pictures = [shown(executed, f'draw("{kind}"', "image/svg+xml") for kind in ("fan", "ranked")]
    for picture, title in zip(
        pictures, ("Germany: core defence spending, % of GDP", "Who meets 3.5 % in 2032"), strict=True
    ):
        assert picture.startswith("<svg")
        assert title in picture


def test_a_comparison_is_paired(executed: Any) -> None:
    rows = [line.split() for line in shown(executed, "sim.compare").splitlines()[1:]]
    assert all(float(row[-3]) > 0.05 and float(row[-2]) < float(row[-3]) < float(row[-1]) for row in rows)


def test_the_saved_run_is_the_same(executed: Any) -> None:
    assert shown(executed, "results.save") == "True"


def test_a_lower_headroom_lowers_some(executed: Any) -> None:
    changes = [float(line.split()[-1]) for line in shown(executed, "slower =").splitlines()[1:6]]
    assert changes == sorted(changes)
    assert changes[0] < -0.2

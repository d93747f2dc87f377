"""When a verification is stale: where the code it was found on says something else to a machine, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

import evidence

CODE = '''"""What it is."""

import math

PI = 3.0
"""Nearly."""


def area(r):
    """Of a circle."""
    return PI * r**2
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(evidence, "ROOT", tmp_path)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "circle.py").write_text(CODE)
    (tmp_path / "model" / "table.csv").write_text("r\n1\n")
    return tmp_path / "model"


def changed(folder: Path, file: str, before: str, after: str) -> bool:
    was, place = evidence.digest(["model"]), folder / file
    text = place.read_text()
    assert before in text
    place.write_text(text.replace(before, after))
    return evidence.digest(["model"]) != was


@pytest.mark.parametrize(
    ("before", "after"),
    [("What it is.", "What it was."), ("Nearly.", "Roughly."), ("Of a circle.", "Of a disc."),
     ("PI * r**2", "PI * r**2  # in metres"), ("PI * r**2", "(PI * r ** 2)"),
     ("import math\n", "# maths\nimport math\n")],
)  # fmt: skip
def test_what_only_people_read_makes_no_proof_stale(folder: Path, before: str, after: str) -> None:
    assert not changed(folder, "circle.py", before, after)


@pytest.mark.parametrize(("before", "after"), [("3.0", "3.1"), ("r**2", "r**3"), ("return PI * r**2", 'return "area"')])
def test_a_change_of_code_does(folder: Path, before: str, after: str) -> None:
    assert changed(folder, "circle.py", before, after)


def test_every_byte_of_a_table_does(folder: Path) -> None:
    assert changed(folder, "table.csv", "1\n", "1 \n")


def test_a_file_that_moves_does_not_and_one_that_goes_does(folder: Path) -> None:
    was = evidence.digest(["model"])
    (folder / "shapes").mkdir()
    (folder / "circle.py").rename(folder / "shapes" / "round.py")
    assert evidence.digest(["model"]) == was
    (folder / "shapes" / "round.py").unlink()
    assert evidence.digest(["model"]) != was

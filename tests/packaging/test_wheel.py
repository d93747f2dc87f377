"""The wheel holds what a user without the project's tree needs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGED = {".py", ".toml", ".csv", ".npy", ".j2", ".css", ".js", ".typed", ".typ"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    call = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(call, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_it_holds_the_package_and_the_scenarios(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        inside = {name: file.read(name) for name in file.namelist() if name.startswith("sim/")}
    code = [place for place in (ROOT / "sim").rglob("*") if place.suffix in PACKAGED and place.is_file()]
    wanted = {place.relative_to(ROOT).as_posix(): place.read_bytes() for place in code}
    wanted |= {f"sim/scenario/shipped/{file.name}": file.read_bytes() for file in (ROOT / "scenarios").glob("*.toml")}
    assert inside == wanted


def test_its_scenarios_are_known_by_name_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path / "installed")
    (tmp_path / "empty").mkdir()
    told = "import sim, sys; print(sim.__file__); sim.load('hague_2035_review'); print(sim.load('rutte_2032').title)"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=tmp_path / "empty", check=True, capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
    )  # fmt: skip
    where, title = done.stdout.splitlines()
    assert where == str(tmp_path / "installed" / "sim" / "__init__.py")
    assert title.startswith("3.5 + 1.5 by 2032")

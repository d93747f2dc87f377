"""What is installed: locked with hashes, from no place in particular, and free to be used and passed on."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNNING, TESTING = "requirements.lock", "requirements-dev.lock"
PLACES = re.compile(r"https?:|file:|(?<![\w.])/\w|--(?:extra-)?index-url|--find-links|-e |git\+|\\\\")
GPL = re.compile(r"\bA?L?GPL|GNU (?:Affero |Lesser |Library )?General Public", re.IGNORECASE)
TOO_LARGE = {"pyarrow", "playwright", "sphinx", "mypy", "ipykernel"}
"""What only tests, verification or pages take."""


def pinned(lock: str) -> dict[str, list[str]]:
    """The versions of each package; some depend on the Python."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE):
        found.setdefault(name, []).append(version)
    return found


def licence(package: Distribution) -> str:
    """What its metadata say of its licence in a word: an expression, or a classifier, or the first line of a text."""
    facts = package.metadata
    classifiers = [each for each in facts.get_all("Classifier") or () if each.startswith("License ::")]
    expression = facts.get("License-Expression") or "; ".join(classifiers) or (facts.get("License") or "")
    return expression.strip().partition("\n")[0]


@pytest.mark.parametrize("lock", [RUNNING, TESTING])
def test_a_lock_has_hashes_and_names_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not PLACES.search(text)
    entries = re.findall(r"^[a-z0-9-]+==.*(?:\n {4}--hash=.*)*", text, re.MULTILINE)
    assert len(entries) == sum(map(len, pinned(lock).values())) > 20
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("place", ["--index-url https://x.org/simple", "x @ file:///tmp/x", "# via /opt/wheels"])
def test_the_eye_for_places_sees_one(place: str) -> None:
    assert PLACES.search(place)


def test_there_is_no_other_lock() -> None:
    assert {file.name for file in ROOT.glob("*.lock")} == {RUNNING, TESTING}
    assert not list(ROOT.glob("pylock*.toml"))


def test_what_runs_is_what_is_tested() -> None:
    """One environment in two steps: the second adds, and changes nothing that runs."""
    running, testing = pinned(RUNNING), pinned(TESTING)
    assert {name: testing.get(name) for name in running} == running
    assert TOO_LARGE.isdisjoint(running)
    assert {"hatchling", "editables", "xlsxwriter"} <= running.keys()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {re.split(r"[^\w-]", each)[0].lower() for each in project["dependencies"]}
    assert named <= pinned(RUNNING).keys()


def test_nothing_that_runs_is_under_the_gpl() -> None:
    told = {}
    for name in pinned(RUNNING):
        try:
            told[name] = licence(distribution(name))
        except PackageNotFoundError:  # for another Python or system
            continue
    assert len(told) > 25
    assert {name: text for name, text in told.items() if not text or GPL.search(text)} == {}


@pytest.mark.parametrize(
    ("metadata", "bad"),
    [
        ("License-Expression: GPL-2.0-or-later", True),
        ("Classifier: License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", True),
        ("License: AGPL-3.0", True),
        ("License: BSD\n  bundled: libgfortran, GPL with the exception of its runtime", False),
        ("License-Expression: MPL-2.0", False),
    ],
)
def test_the_eye_for_licences_sees_one(metadata: str, bad: bool, tmp_path: Path) -> None:
    folder = tmp_path / "x-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: x\nVersion: 1\n{metadata}\n")
    assert bool(GPL.search(licence(Distribution.at(folder)))) is bad

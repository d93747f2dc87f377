"""Every file of tests/scenarios/invalid has one fault; its first line says which, where, and in what words."""

import re
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import load
from sim.scenario.loading.checks.codes import CODES

FOLDER = Path(__file__).parent.parent / "scenarios" / "invalid"
FILES = sorted(file for file in FOLDER.glob("*.toml") if not file.name.startswith("_"))
EXPECTED = re.compile(r"# expect: (?P<code>[a-z0-9-]+) line (?P<line>\d+)(?: of (?P<file>\S+))?: (?P<words>.+)")


def test_there_are_many_kinds_of_bad_file() -> None:
    assert len(FILES) >= 30


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_one_fault_each(file: Path) -> None:
    """Code, file, line and words are those expected; rule and remedy are there; nothing else is found."""
    first = file.read_bytes().split(b"\n")[0].decode()
    expected = EXPECTED.fullmatch(first)
    assert expected is not None, first
    with pytest.raises(ScenarioError) as caught:
        load(file)
    (fault,) = caught.value.faults
    assert expected["words"] in str(fault)
    assert (fault.code, fault.line) == (expected["code"], int(expected["line"]))
    assert Path(fault.file) == FOLDER / (expected["file"] or file.name)
    assert fault.code in CODES
    assert fault.rule
    assert fault.remedy
    assert "\n" not in f"{fault.field}{fault.value}{fault.rule}{fault.remedy}"
    assert fault.value == "" or len(fault.value) < 70

"""`tools/examples.py` writes what examples print, leaves the rest as it is and names what raises."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import examples

MODULE = '''"""A module.

>>> 1 + 1
3
>>> for number in range(2):
...     print(number)
7
>>> "stays"
'stays'
>>> "shorter"
'so'
'long'
"""


class Some:
    """Something.

    >>> print("two", "lines", sep=chr(10))
    one
    >>> 1 / 0
    0
    """

    @property
    def half(self) -> float:
        """Half.

        >>> 1 / 2
        0.4
        """
        return 0.5
'''


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(examples, "ROOT", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    made = tmp_path / "made_for_renewal.py"
    made.write_text(MODULE, "utf-8")
    return made


def test_what_is_printed_takes_the_place_of_what_was_written(file: Path) -> None:
    changed, raised = examples.renewed(file)
    wanted = MODULE
    for was, is_now in (
        ("3", "2"),
        ("7", "0\n1"),
        ("'so'\n'long'", "'shorter'"),
        ("    one", "    two\n    lines"),
        ("        0.4", "        0.5"),
    ):
        wanted = wanted.replace(f"\n{was}\n", f"\n{is_now}\n")
    assert file.read_text("utf-8") == wanted
    assert changed == 5
    assert len(raised) == 1
    assert "division by zero" in raised[0]


@pytest.mark.parametrize(("raised", "code"), [([], 0), (["some, line 3: division by zero"], 1)])
def test_what_raises_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], raised: list[str], code: int
) -> None:
    monkeypatch.chdir(tmp_path)  # it goes elsewhere itself
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "one.py").write_text('"""One.\n\n>>> 1\n1\n"""\n')
    monkeypatch.setattr(examples, "ROOT", tmp_path)
    monkeypatch.setattr(examples, "renewed", lambda file: (0, raised))
    assert examples.main() == code
    assert capsys.readouterr().err == "".join(f"raised: {line}\n" for line in raised)

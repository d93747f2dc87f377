"""What could not be tested is said in one line; where everything must pass, it has failed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
TESTS = """
import pytest

@pytest.mark.skipif(True, reason="needs a telescope (apt-get install telescope)")
@pytest.mark.parametrize("star", [1, 2])
def test_stars(star): ...

def test_moon():
    pytest.skip("new moon")

@pytest.mark.xfail(strict=True, reason="flat")
def test_earth():
    assert False

def test_sun(): ...
"""
A_WHOLE_FILE = 'import pytest\npytest.skip("no sky", allow_module_level=True)\n'


@pytest.mark.parametrize("no_skips", ["", "1"])
def test_what_is_not_tested_is_said_or_has_failed(tmp_path: Path, no_skips: str) -> None:
    shutil.copy(CONFTEST, tmp_path)
    (tmp_path / "test_sky.py").write_text(TESTS)
    (tmp_path / "test_none.py").write_text(A_WHOLE_FILE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors", "."],
        cwd=tmp_path, env={**os.environ, "NO_SKIPS": no_skips, "PYTEST_ADDOPTS": ""}, capture_output=True, text=True,
    )  # fmt: skip
    told = "Not tested here: needs a telescope (apt-get install telescope): 2 tests; new moon: 1 test; no sky: 1 test."
    if no_skips:
        assert done.returncode == 1
        assert "1 failed, 1 passed, 1 xfailed, 3 errors" in done.stdout
        assert "new moon; with NO_SKIPS every test must be run" in done.stdout
        assert "Not tested" not in done.stdout
    else:
        assert done.returncode == 0
        assert told in done.stdout.splitlines()

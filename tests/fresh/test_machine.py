"""The bare machine is bare: what the two commands find there, and what they do not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fresh.machine import bare, hidden, megabytes

ELSEWHERE = (
    "chromium", "chromium-browser", "google-chrome", "git", "uv", "pip", "pip3", "python", "gcc", "cc", "node", "npm",
    "pdfinfo", "pdftoppm", "localedef", "apt-get", "curl", "sim", "pytest", "perl", "bash", "ldconfig",
)  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("CI", "PYTHONPATH", "NO_SKIPS", "VIRTUAL_ENV", "PIP_TIMEOUT"):
        monkeypatch.setenv(name, "7")
    return bare(tmp_path / "machine")


def test_it_has_python_make_and_a_shell_and_nothing_else(machine: dict[str, str]) -> None:
    found = {tool for tool in ELSEWHERE if shutil.which(tool, path=machine["PATH"])}
    assert found == set()
    assert all(shutil.which(tool, path=machine["PATH"]) for tool in ("python3", "make", "sh", "touch", "rm"))
    assert list(Path(machine["HOME"]).iterdir()) == []


def test_nothing_of_this_environment_is_in_it_but_the_way_to_packages(machine: dict[str, str]) -> None:
    assert {"CI", "PYTHONPATH", "NO_SKIPS", "VIRTUAL_ENV"}.isdisjoint(machine)
    assert machine["PIP_TIMEOUT"] == "7"


def test_its_python_is_the_one_below_this_environment(machine: dict[str, str]) -> None:
    code = "import sys; print(sys.version); print(sys.prefix == sys.base_prefix)"
    done = subprocess.run(["python3", "-c", code], env=machine, capture_output=True, text=True, check=True)
    assert done.stdout == f"{sys.version}\nTrue\n"


def test_libraries_and_fonts_of_the_system_are_hidden_or_it_says_why(machine: dict[str, str], tmp_path: Path) -> None:
    prefix, why = hidden(tmp_path)
    if why:
        assert (prefix, why.startswith("libraries and fonts of the system are in reach: ")) == ([], True)
        return
    code = (
        "import ctypes, glob, os\n"
        "assert not os.path.isdir('/usr/share/fonts') or os.listdir('/usr/share/fonts') == []\n"
        "for name in glob.glob('/usr/lib/*/libpango*') + glob.glob('/usr/lib/*/libfontconfig*'):\n"
        "    try: ctypes.CDLL(name)\n"
        "    except OSError: continue\n"
        "    raise SystemExit(name)\n"
    )
    subprocess.run([*prefix, "python3", "-c", code], env=machine, check=True)


def test_megabytes_are_those_on_disk(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"x" * 3_000_000)
    (tmp_path / "c").symlink_to("a/b")
    assert megabytes(tmp_path) == 3

"""`sim export RUN --format FORM --out PLACE`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Said, call  # noqa: F401 (a fixture)
from exports.reading import READERS, expected, head, read_netcdf
from sim.output.exports import FORMS
from sim.results.facade import Results
from sim.results.record import Record


@pytest.fixture
def run(record: Record, tmp_path: Path) -> Path:
    record.save(tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_saved_run_is_exported(form: str, call, run: Path, results: Results, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    place = tmp_path / "out"
    said = call("export", run, "--format", form, "--out", place)
    assert said == Said(0, f"Exported to {place}\n", "")
    if form in READERS:
        assert READERS[form](place) == expected(results)
    else:
        assert read_netcdf(place).attrs["title"] == results.title
    if form != "excel":
        assert head(form, place)["manifest"] == results.manifest


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["nowhere", "--format", "csv", "--out", "out"], 5, "nowhere is not a saved run"),
        (["file", "--format", "csv", "--out", "out"], 2, "file is a file: csv exports the folder of a saved run"),
        (["run", "--format", "csv", "--out", "run"], 5, "not an export of the format csv"),
        (["run", "--format", "csv", "--out", "file"], 5, "remedy: choose another place"),
        (["run", "--format", "json", "--out", "file/out"], 5, "cannot write to file"),
        (["run", "--format", "json", "--out", "out", "--date", "2026-11"], 2, "--date: only a hub has one"),
        (["run", "--format", "json", "--out", "out", "--repository", "a/b"], 2, "--repository: only a hub has one"),
        (["run", "--format", "hubverse", "--out", "out", "--repository", "a"], 2, "is written owner/name"),
        (["run", "--format", "ods", "--out", "out"], 2, "'ods' is not one of 'csv', 'parquet', 'excel', 'json', 'net"),
        (["run", "--format", "json"], 2, "Missing option '--out'"),
    ],
)
def test_the_command_refuses(  # type: ignore[no-untyped-def]
    call, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], code: int, words: str  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("mine")
    said = call("export", *args)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert "Traceback" not in said.err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "run"]
    assert Path("file").read_text() == "mine"


def test_a_missing_extra_is_exit_code_5(  # type: ignore[no-untyped-def]
    call, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    said = call("export", run, "--format", "excel", "--out", tmp_path / "out.xlsx")
    assert (said.code, said.out) == (5, "")
    assert "needs the extra excel: pip install 'burdenshare[excel]'" in said.err


def test_the_help_names_every_format_and_extra(call) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    said = call("export", "--help")
    assert (said.code, said.err) == (0, "")
    for name, form in FORMS.items():
        (line,) = [line for line in said.out.split("\n") if line.startswith(f"  {name} ")]
        assert (f"(extra: {form.extra})" in line) == bool(form.extra)
        assert ("a folder:" in line) == form.folder
    assert "sim export runs/rutte_2032 --format excel --out rutte_2032.xlsx" in said.out


def test_a_format_without_an_extra_imports_none(run: Path, tmp_path: Path) -> None:
    code = "import sys; from sim.cli import app; app.run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    args = ["export", str(run), "--format", "csv", "--out", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    loaded = set(done.stderr.split())
    assert not loaded & {"xlsxwriter", "xarray", "h5netcdf", "simpy", "scipy.stats", "sim.engine"}

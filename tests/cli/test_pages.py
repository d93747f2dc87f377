"""`sim report`, `sim brief`, the report of `sim run --out`, and the chart of `sim compare`."""

from __future__ import annotations

import html
import json
import shlex
from pathlib import Path

import pytest
from pypdf import PdfReader

from cli.conftest import HEAD, TARGETS, Call
from support import present

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run with its report."""
    from sim.cli import app

    folder = tmp_path_factory.mktemp("pages")
    (folder / "a.toml").write_text(HEAD + TARGETS)
    assert app.run(["run", str(folder / "a.toml"), "--out", str(folder / "run"), "--no-half"]) == 0
    return folder / "run"


def test_a_saved_run_has_its_report_unless_told_otherwise(run: Path, call: Call, tmp_path: Path) -> None:
    assert (run / "report.html").read_text("utf-8").startswith("<!doctype html>")
    (tmp_path / "b.toml").write_text(HEAD + TARGETS)
    said = call("run", tmp_path / "b.toml", "--out", tmp_path / "b", "--no-half", "--no-report")
    assert said.code == 0
    assert "Report" not in said.err
    assert not (tmp_path / "b" / "report.html").exists()


def test_the_report_says_what_the_file_sets_otherwise(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + TARGETS)
    (tmp_path / "b.toml").write_text('extends = "a.toml"\ntitle = "B"\n[will]\npeer = 0.11\n')
    said = call("run", tmp_path / "b.toml", "--out", tmp_path / "run", "--no-half")
    assert f"Report in {tmp_path / 'run' / 'report.html'}" in said.err
    page = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert "Set otherwise than in A proposal, not adopted:" in page
    assert "<code>will.peer</code></th><td>0.05</td><td>0.11</td>" in page
    builds_on = json.loads((tmp_path / "run" / "manifest.json").read_text())["manifest"]["builds_on"]
    changes = [["will.peer", "0.05", "0.11"]]
    assert builds_on == {"name": "a", "title": "A proposal, not adopted", "changes": changes}


def test_report_writes_where_it_is_told_and_prints_where(run: Path, call: Call, tmp_path: Path) -> None:
    said = call("report", run, "--out", tmp_path / "new" / "page.html", "--year", 2029)
    assert (said.code, said.out) == (0, f"{tmp_path / 'new' / 'page.html'}\n")
    assert "The allies in 2029" in (tmp_path / "new" / "page.html").read_text("utf-8")
    (run / "report.html").unlink()
    assert call("report", run).out == f"{run / 'report.html'}\n"
    assert (run / "report.html").is_file()


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["--year", 2040], 2, "the run simulates 2027 to 2030, not 2040"),
        (["--out", "."], 2, "is a folder; name the file to write"),
        (["--out", "manifest.json"], 2, "must end in .html"),
        (["--out", "a.toml/x.html"], 5, "cannot write to a.toml"),
    ],
)
def test_report_refuses_what_cannot_be(
    run: Path, call: Call, args: list[object], code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.toml").write_text("")
    said = call("report", run, *args)
    assert (said.code, said.out) == (code, "")
    assert told in said.err
    assert [file.name for file in tmp_path.iterdir()] == ["a.toml"]


def test_a_base_that_is_only_a_part_loses_no_run(call: Call, tmp_path: Path) -> None:
    (tmp_path / "part.toml").write_text(HEAD + "[targets.core]\nshare_pct = 3.5\n")
    (tmp_path / "whole.toml").write_text('extends = "part.toml"\n[targets.core]\nby = 2029\n')
    said = call("run", tmp_path / "whole.toml", "--out", tmp_path / "run", "--no-half")
    assert said.code == 0
    builds_on = json.loads((tmp_path / "run" / "manifest.json").read_text())["manifest"]["builds_on"]
    assert builds_on == {"name": "part", "title": "part", "changes": []}
    assert "Based on part." in said.out


def test_the_command_of_a_story_can_be_copied_into_a_shell(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a b;c.toml").write_text(HEAD + TARGETS)
    call("run", tmp_path / "a b;c.toml", "--out", tmp_path / "run", "--no-half")
    page = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert f"sim replay {shlex.quote(str(tmp_path / 'a b;c.toml'))} --path" in html.unescape(page)


def test_no_run_there(call: Call, tmp_path: Path) -> None:
    for command in (["report", tmp_path], ["brief", "ITA", tmp_path]):
        said = call(*command)
        assert said.code == 5
        assert "is not a saved run" in said.err


def test_a_brief_as_html_and_pdf(run: Path, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("brief", "italy", run).out == "brief-ITA.html\n"
    assert "<h1>Italy</h1>" in Path("brief-ITA.html").read_text("utf-8")
    assert call("brief", "ESP", run, "--out", "x/spain.pdf").out == "x/spain.pdf\n"
    assert present(PdfReader("x/spain.pdf").metadata).title == "Spain: A proposal, not adopted"


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["Itly"], 2, "Did you mean"),
        (["ITA", "--out", "x.doc"], 2, "x.doc must end in .html or .pdf"),
        (["Iceland"], 2, "no armed forces"),
        (["ITA", "--year", 1999], 2, "not 1999"),
    ],
)
def test_brief_refuses_what_cannot_be(
    run: Path, call: Call, args: list[object], code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name, *options = args
    said = call("brief", name, run, *options)
    assert (said.code, said.out) == (code, "")
    assert told in said.err
    assert not list(tmp_path.iterdir())


def test_brief_without_a_run_says_where_one_would_be(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = call("brief", "ITA")
    assert said.code == 2
    assert "there is no run in runs/rutte_2032" in said.err
    assert "sim run SCENARIO --out runs/rutte_2032" in said.err


def test_compare_draws_its_chart(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + TARGETS)
    (tmp_path / "b.toml").write_text('extends = "a.toml"\ntitle = "B"\n[will]\nmean = 2.0\n')
    a, b = tmp_path / "a.toml", tmp_path / "b.toml"
    said = call("compare", a, b, "--chart", tmp_path / "c.json")
    assert said.code == 0
    assert "Chart in" in said.err
    chart = json.loads((tmp_path / "c.json").read_text())
    assert chart["title"]["subtitle"][:2] == ["A: A proposal, not adopted", "B: B"]
    for wrong, told in (((a, b, a), "draws two scenarios"), ((a, b), "must end in one of")):
        said = call("compare", *wrong, "--chart", tmp_path / "c.gif")
        assert said.code == 2
        assert told in said.err

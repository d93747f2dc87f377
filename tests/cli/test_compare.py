"""`sim compare`: the page, its document, what it refuses, and that it fits."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

import sim
from cli.test_interrupt import alive, time_used, until
from cli.test_terminal import COLOUR, ESCAPE, on_terminal
from support import present

Call = Callable[..., Any]
QUICK = ("--workers", 1)


@pytest.fixture
def willing(scenario: Path) -> Path:
    """The proposal with more will, a later total, and Italy's debt forgiven."""
    file = scenario.with_name("willing.toml")
    file.write_text(
        'extends = "proposal.toml"\ntitle = "More will"\n[will]\nmean = 0.6\n[targets.total]\nby = 2030\n'
        "[ally.ITA]\ndebt_pct = 60.0\n"
    )
    return file


def rows(text: str) -> list[str]:
    lines = text.split("\n")
    rule = next(index for index, line in enumerate(lines) if line.startswith("───"))
    ends = ("Cannot be told", "Most moved", "Nobody", "Likelier")
    return lines[rule + 1 : next(index for index in range(rule, len(lines)) if lines[index].startswith(ends))]


def test_the_page_says_what_it_must(call: Call, scenario: Path, willing: Path) -> None:
    said = call("compare", scenario, willing, *QUICK, "--paths", 2000)
    assert (said.code, said.err) == (0, "")
    text = " ".join(said.out.split())
    assert said.out.startswith("A  A proposal, not adopted\nB  More will\n")
    assert "2,000 simulated runs of each on common random numbers, seed 7" in text
    assert "own yardstick. A: total 5 % of GDP by 2029; B: total 5 % of GDP by 2030" in text
    said_of = r"Most moved: in B, [\w ]+ meets its core target in \d+ more of 100 simulated runs than in A, "
    assert re.search(said_of + "given the assumptions", text)
    assert "will.mean drawn -> 0.6" in text
    assert "targets.total.by 2029 -> 2030" in text
    assert "ally.ITA.debt_pct not set -> 60" in text
    assert "Monte Carlo error only" in text
    assert "rest on an assumption" in text
    assert text.count("an assumption") >= 3
    assert "will fail" not in text
    assert "100 %" not in text


def test_those_that_cannot_be_told_from_0_stand_in_one_line(call: Call, scenario: Path, willing: Path) -> None:
    page = call("compare", scenario, willing, *QUICK).out
    folded = int(present(re.search(r"Cannot be told from 0 \((\d+)\)", page))[1])
    assert 0 < folded < 31
    assert len(rows(page)) == 31 - folded
    assert not {"about 0", "unclear"} & {re.split(r"\s{2,}", line)[3] for line in rows(page)}
    every = call("compare", scenario, willing, *QUICK, "--all").out
    assert "Cannot be told" not in every
    assert len(rows(every)) == 31
    assert {"about 0", "unclear"} & {re.split(r"\s{2,}", line)[3] for line in rows(every)}


def test_the_largest_difference_comes_first(call: Call, scenario: Path, willing: Path) -> None:
    order = [line[:16].strip() for line in rows(call("compare", scenario, willing, *QUICK, "--all").out)]
    table = sim.compare(sim.load(scenario), sim.load(willing), executor="serial").compliance()
    core = table.query("year == 2029 and pillar == 'core'")
    size = dict(zip(core["ally"], core["difference"].abs(), strict=True))
    assert [size[ally] for ally in order] == sorted(size.values(), reverse=True)


def test_allies_and_a_year_can_be_chosen(call: Call, scenario: Path, willing: Path) -> None:
    said = call("compare", scenario, willing, *QUICK, "--ally", "turkey", "--ally", "LTU", "--year", 2028)
    assert {line[:10].strip() for line in rows(said.out)} == {"Türkiye", "Lithuania"}
    assert "Year 2028, before the core target of A, B falls due" in said.out


def test_json_is_one_document_that_agrees_with_the_comparison(call: Call, scenario: Path, willing: Path) -> None:
    document = json.loads(call("compare", scenario, willing, scenario, *QUICK, "--json").out)
    a, b = sim.load(scenario), sim.load(willing)
    comparison = sim.compare(a, b, a, executor="serial")
    assert (document["year"], document["paths"], document["manifest"]["seed"]) == (2029, 320, 7)
    assert [entry["letter"] for entry in document["scenarios"]] == ["A", "B", "C"]
    first, second = document["comparisons"]
    table = comparison.compliance().query("scenario == 'More will'").set_index(["iso3", "year", "pillar"])
    assert len(first["allies"]) == 31 * 4
    for row in first["allies"]:
        expected = table.loc[(row["iso3"], row["year"], row["pillar"])]
        for name in ("probability_a", "probability_b", "difference", "ci_low", "ci_high", "only_a", "only_b"):
            assert row[name] == expected[name]
        assert row.get("assumption", False) is (row["pillar"] in ("related", "total"))
    assert {change["path"] for change in first["scenario_differences"]} == {
        "will.mean", "targets.total.by", "ally.ITA.debt_pct"
    }  # fmt: skip
    assert {row["unit"] for row in first["alliance"]} == {"allies", "% of GDP", "USD billion"}
    assert second["same"]
    assert second["scenario_differences"] == []
    assert all(row["difference"] == row["ci_low"] == row["ci_high"] == 0 for row in second["allies"])
    assert "alliance.unit" in document["units"]


def test_the_same_file_twice_differs_nowhere(call: Call, scenario: Path) -> None:
    page = call("compare", scenario, scenario, *QUICK).out
    assert "A and B simulate the same: every difference is exactly 0." in page
    assert "Cannot be told from 0 (31)" in page
    assert "In nothing that is simulated." in page


def test_without_a_common_target_the_alliance_remains(call: Call, scenario: Path, aimless: Path) -> None:
    said = call("compare", aimless, scenario, *QUICK)
    assert said.code == 0
    assert "no target in common" in said.out
    assert "Europe and Canada" in said.out
    assert "A: no core target" in " ".join(said.out.split())


def test_a_related_target_alone_is_called_an_assumption(call: Call, aimless: Path) -> None:
    text = aimless.read_text() + '[targets.related]\npillar = "related"\nshare_pct = 1.5\nby = 2029\n'
    files = [aimless.with_name(f"{name}.toml") for name in "ab"]
    files[0].write_text(text)
    files[1].write_text(text + "[related]\nscale_pct = 2.5\n")
    page = call("compare", *files, *QUICK).out
    assert re.search(r"Most moved: .* meets its related target in .* given the\s+assumptions; an assumption", page)
    assert "P related" in page


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_the_page_fits_every_terminal(scenario: Path, willing: Path, columns: int) -> None:
    code, sent = on_terminal(columns, "compare", scenario, willing, *QUICK, "--all")
    lines = [ESCAPE.sub("", line).rstrip("\r") for line in sent.split("\n")]
    lines = lines[next(index for index, line in enumerate(lines) if "A proposal, not adopted" in line) :]
    assert code == 0
    assert max(map(cell_len, lines)) <= columns
    text = " ".join(" ".join(lines).split())
    assert "…" not in text
    assert ("Left out for want of width: related, total" in text) == (columns < 100)
    assert ("Lithuania" in text) == (columns > 40)
    rule = next(index for index, line in enumerate(lines) if line.startswith("───"))
    assert all(re.search(r"\d|unclear", line) for line in lines[rule + 1 : rule + 32])  # one line an ally


def test_progress_and_colour_on_a_terminal_only(call: Call, scenario: Path, willing: Path) -> None:
    _, sent = on_terminal(100, "compare", scenario, willing, *QUICK, "--paths", 640)
    assert "Comparing" in sent
    _, plain = on_terminal(100, "compare", scenario, willing, *QUICK, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", plain)
    said = call("compare", scenario, willing, *QUICK)
    assert said.err == ""
    assert not COLOUR.search(said.out)
    assert all(line == line.rstrip() for line in said.out.split("\n"))


def test_an_ascii_terminal_loses_nothing(process: Call, scenario: Path, willing: Path) -> None:
    said = process("compare", scenario, willing, *QUICK, "--all", PYTHONIOENCODING="ascii")
    assert (said.code, said.err) == (0, "")
    assert said.out.isascii()
    assert "will.mean drawn -> 0.6" in " ".join(said.out.split())
    assert "?" not in said.out


def test_one_file_is_a_usage_error(call: Call, scenario: Path) -> None:
    said = call("compare", scenario)
    assert (said.code, said.out) == (2, "")
    assert "takes two scenario files or more" in said.err
    assert call("compare").code == 2


def test_more_than_ten_are_refused(call: Call, scenario: Path) -> None:
    said = call("compare", *[scenario] * 11)
    assert said.code == 2
    assert "2 to 10 scenarios, not 11" in said.err


def test_the_faults_of_all_files_come_at_once(call: Call, scenario: Path, faulty: Path) -> None:
    said = call("compare", scenario.with_name("propsal.toml"), faulty, faulty)
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("2 faults\n")
    assert 'did you mean "proposal.toml"?' in said.err
    assert "meen" in said.err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--year", "2031"), "2027 to 2030 in common, not 2031"),
        (("--ally", "germny"), "Did you mean Germany (DEU)?"),
        (("--ally", "iceland"), "no armed forces"),
        (("--paths", "0"), "paths must be a whole number from 1"),
        (("--workers", "0"), "workers must be a whole number from 1"),
    ],
)
def test_impossible_wishes_are_usage_errors(
    call: Call, scenario: Path, willing: Path, args: tuple[str, ...], words: str
) -> None:
    said = call("compare", scenario, willing, *args)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_scenarios_that_cannot_be_compared_are_refused(call: Call, scenario: Path) -> None:
    early = scenario.with_name("early.toml")
    early.write_text("[horizon]\nbase_year = 2020\nlast_year = 2029\n")
    said = call("compare", scenario, early)
    assert said.code == 2
    assert "one base year" in said.err


def test_pandas_is_not_needed(scenario: Path, willing: Path) -> None:
    code = "import sys; from sim.cli import app; app.run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    for form in ((), ("--json",)):
        line = [sys.executable, "-c", code, "compare", str(scenario), str(willing), "--workers", "1", *form]
        done = subprocess.run(line, capture_output=True, text=True, timeout=60)
        assert not {"pandas", "scipy.stats"} & set(done.stderr.split("\n")[-2].split())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_a_long_comparison_can_be_interrupted(scenario: Path, willing: Path) -> None:
    line = [sys.executable, "-m", "sim", "compare", str(scenario), str(willing), "--paths", "90000000"]
    running = subprocess.Popen(
        [*line, "--workers", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert until(lambda: sum(time_used(pid) > 1.0 for pid in alive(running.pid)) >= 2)
        os.killpg(running.pid, signal.SIGINT)
        said, complained = running.communicate(timeout=5)
    finally:
        running.kill()
        running.wait()
    assert (running.returncode, said) == (130, "")
    assert "Traceback" not in complained
    assert until(lambda: not alive(running.pid), 5)

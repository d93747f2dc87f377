"""`sim run`: the table, its order and choice, JSON, CSV, and where a run is saved."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import RunError
from sim.results.record import Record

Call = Callable[..., Any]
QUICK = ("--no-half", "--workers", 1)


def rows(page: str) -> list[str]:
    """The lines between the table's rule and the first empty one."""
    return page.split("─\n", 1)[1].split("\n\n", 1)[0].split("\n")


def test_the_page_says_what_it_is_and_what_it_rests_on(call: Call, scenario: Path) -> None:
    said = call("run", scenario, *QUICK)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(
        "A proposal, not adopted\nMeasured against core 3.5 % of GDP by 2029. Year 2029. 320 simulated runs"
    )
    assert len(rows(said.out)) == 31
    for words in (
        "given the assumptions",
        "Monte Carlo error only",
        "Closed on paper: the last distance to a target",
        "NATO publishes no ally's security-related outlays",
        "assumption",
        "e: an estimate",
        "At least 20 allies",
        "Europe and Canada",
    ):
        assert words in " ".join(said.out.split())
    assert " 0 " not in said.out
    assert " 100 of" not in said.out.replace("of 100", "")
    assert all(line == line.rstrip() for line in said.out.split("\n"))
    assert max(map(len, said.out.split("\n"))) <= 118
    assert "Left out" not in said.out


HALF = "if governments felt half as threatened"


def test_half_the_urgency_lowers_the_count(call: Call, scenario: Path) -> None:
    page = call("run", scenario, "--workers", 1, "--json").out
    document = json.loads(page)
    difference, expected = document["half_urgency"]["difference"], document["alliance"]["core"]["expected"]
    assert -6 < difference < -1
    line = next(line for line in call("run", scenario, "--workers", 1).out.split("\n") if HALF in line)
    assert f" {expected + difference:.0f} of 31 expected instead of {expected:.0f}" in line
    assert HALF not in call("run", scenario, *QUICK).out


def test_json_is_one_document_that_agrees_with_the_results(call: Call, scenario: Path) -> None:
    said = call("run", scenario, *QUICK, "--json")
    document = json.loads(said.out)
    results = sim.simulate(sim.load(scenario), executor="serial")
    table = results.compliance().set_index(["iso3", "year", "pillar"])
    assert document["year"] == 2029
    assert document["paths"] == 320
    assert document["manifest"]["seed"] == 7
    assert document["title"] == "A proposal, not adopted"
    assert "Monte Carlo error only" in document["intervals"]
    assert document["half_urgency"] is None
    assert len(document["allies"]) == 31
    shares = results.shares().query("year == 2029").set_index(["iso3", "pillar"])
    for ally in document["allies"]:
        for pillar in ("core", "related", "total"):
            expected = table.loc[(ally["iso3"], 2029, pillar)]
            for column in ("probability", "ci_low", "ci_high", "without_late_push"):
                assert ally[pillar][column] == expected[column]
        assert ally["related"]["assumption"] is ally["total"]["assumption"] is True
        for kind, pillar in (("reported", "core"), ("spent", "core_spent")):
            row = shares.loc[(ally["iso3"], pillar)]
            band = {"median": row["q50"], "q05": row["q05"], "q95": row["q95"], "above_grid": row["above_grid"]}
            assert ally[f"core_{kind}_share_pct"] == band
    core = results.compliance().query("year == 2029 and pillar == 'core'")
    assert document["alliance"]["core"]["expected"] == pytest.approx(core["probability"].sum(), rel=1e-12)
    assert document["interval_method"] == "wilson"


def test_the_alliance_counts_at_least_twenty(call: Call, scenario: Path) -> None:
    scenario.write_text(scenario.read_text().replace("share_pct = 3.5", "share_pct = 2.5"))
    alliance = json.loads(call("run", scenario, *QUICK, "--json").out)["alliance"]
    table = sim.simulate(sim.load(scenario), executor="serial").alliance().query("year == 2029 and compliant >= 20")
    chances = table.groupby("pillar")["probability"].sum()
    assert alliance["at_least"]["allies"] == 20
    assert 0.1 < alliance["at_least"]["probability"] < 0.9
    assert alliance["at_least"]["probability"] == pytest.approx(chances["core"])
    assert alliance["at_least"]["without_late_push"] == pytest.approx(chances["core_without_late_push"])


def test_csv_is_the_compliance_table(call: Call, scenario: Path) -> None:
    said = call("run", scenario, *QUICK, "--csv")
    table = sim.simulate(sim.load(scenario), executor="serial").compliance()
    assert said.out == table.to_csv(index=False, lineterminator="\n")


def test_csv_can_be_cut_to_allies_and_a_year(call: Call, scenario: Path) -> None:
    text = call("run", scenario, *QUICK, "--csv", "--ally", "ita", "--year", 2028).out
    found = list(csv.DictReader(io.StringIO(text)))
    assert [(row["iso3"], row["year"], row["pillar"]) for row in found] == [
        ("ITA", "2028", pillar) for pillar in ("core", "related", "total")
    ]


def test_json_and_csv_exclude_each_other(call: Call, scenario: Path) -> None:
    assert call("run", scenario, "--json", "--csv").code == 2


def test_allies_are_known_by_code_and_by_name(call: Call, scenario: Path) -> None:
    page = call("run", scenario, *QUICK, "--ally", "usa", "--ally", "Turkey", "--ally", "north macedonia").out
    assert {line[:15].strip() for line in rows(page)} == {"United States", "Türkiye", "North Macedonia"}


def test_an_ally_that_is_never_counted_is_refused(call: Call, scenario: Path) -> None:
    said = call("run", scenario, "--ally", "iceland")
    assert said.code == 2
    assert "Iceland has no armed forces" in said.err


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("name", lambda ally: ally["ally"].replace("ü", "u")),
        ("iso3", lambda ally: ally["iso3"]),
        ("share", lambda ally: -ally["base_share_pct"]),
        ("median", lambda ally: -ally["core_spent_share_pct"]["median"]),
        ("probability", lambda ally: -ally["core"]["probability"]),
        ("spent-only", lambda ally: -ally["core"]["without_late_push"]),
        ("related", lambda ally: -ally["related"]["probability"]),
        ("total", lambda ally: -ally["total"]["probability"]),
        ("first-year", lambda ally: ally["first_year_half_at_target"] or 9999),
    ],
)
def test_each_order_is_an_order(call: Call, scenario: Path, sort: str, key: Callable[[Any], Any]) -> None:
    keys = [key(ally) for ally in json.loads(call("run", scenario, *QUICK, "--json", "--sort", sort).out)["allies"]]
    assert keys == sorted(keys)
    assert len(set(keys)) > 3


def test_the_year_shown_can_be_chosen(call: Call, scenario: Path) -> None:
    page = call("run", scenario, *QUICK, "--year", 2027).out
    assert "Year 2027, before it falls due in 2029." in page
    assert "The alliance in 2027" in page
    said = call("run", scenario, "--year", 2031)
    assert said.code == 2
    assert "--year: the scenario simulates 2027 to 2030, not 2031" in said.err


def test_seed_and_paths_are_the_scenarios_unless_given(call: Call, scenario: Path) -> None:
    page = call("run", scenario, *QUICK, "--json", "--paths", 16, "--seed", 8).out
    manifest = json.loads(page)["manifest"]
    assert (manifest["paths"], manifest["seed"]) == (16, 8)
    assert call("run", scenario, "--paths", 0).code == 2
    assert call("run", scenario, "--workers", 0).code == 2


def test_few_runs_show_few_digits(call: Call, scenario: Path) -> None:
    page = call("run", scenario, *QUICK, "--paths", 32).out
    assert "~" in page
    assert ">99" not in page


def test_a_scenario_without_targets_shows_shares(call: Call, aimless: Path) -> None:
    said = call("run", aimless)
    assert said.code == 0
    assert "No target, so no probability; [targets.core] would set one. Year 2030." in " ".join(said.out.split())
    assert "P core" not in said.out
    assert "spent only" not in said.out
    assert "on paper" in said.out, "allies have pledges of their own"
    assert len(rows(said.out)) == 31
    document = json.loads(call("run", aimless, "--json").out)
    assert document["alliance"]["core"] is document["half_urgency"] is None
    assert document["allies"][0]["core"] is None
    assert call("run", aimless, "--csv").out.count("\n") == 1
    assert call("run", aimless, "--sort", "probability").code == 2


def test_a_target_of_some_allies_leaves_the_others_blank(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    target = '[targets.core]\nshare_pct = 3.0\nby = 2030\nmembers = ["EST", "ITA", "ESP"]\n'
    file.write_text(f'title = "Three"\nrun = {{ paths = 160 }}\n{target}')
    said = call("run", file, *QUICK)
    assert " of the 3 bound expected" in said.out
    assert "At least 2 allies" in said.out
    assert sum(line.endswith("–") for line in rows(said.out)) == 28


def test_a_deadline_beyond_the_horizon_shows_the_last_year(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "later.toml"
    file.write_text("run = { paths = 160 }\n[targets.core]\nshare_pct = 3.5\nby = 2035\n")
    assert "Year 2032, before it falls due in 2035." in call("run", file, *QUICK).out


def test_a_faulty_scenario_is_exit_3_with_its_line(call: Call, faulty: Path) -> None:
    said = call("run", faulty)
    assert (said.code, said.out) == (3, "")
    assert f"{faulty}:17: will.meen" in said.err
    assert "remedy:" in said.err
    assert call("run", faulty.with_name("nothing.toml")).code == 3


def test_a_run_is_saved_and_said_so(call: Call, scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "run"
    said = call("run", scenario, *QUICK, "--out", out)
    assert said.err == f"Saved in {out}\nReport in {out / 'report.html'}\n"
    assert sim.Results.open(out).digest() == sim.simulate(sim.load(scenario), executor="serial").digest()
    again = call("run", scenario, *QUICK, "--out", out, "--seed", 8)
    assert again.code == 0
    replaced = sim.load(scenario)
    former = f"{replaced.title}, {replaced.run.paths:,} runs, seed {replaced.run.seed}"
    assert again.err.startswith(f"Saved in {out}, in place of: {former}\n")
    assert sim.Results.open(out).manifest["seed"] == 8
    whole = (out / "manifest.json").read_text("utf-8")
    for broken in (whole[:60], whole[:1_000], whole.replace('"seed"', '"sown"'), f"{whole}\x00"):
        (out / "manifest.json").write_text(broken, "utf-8")
        once_more = call("run", scenario, *QUICK, "--out", out)
        assert once_more.code == 0
        assert once_more.err.startswith(f"Saved in {out}\n")
    for other in (
        "{",
        "[]",
        '{"description": 3}',
        "[" * 100_000,
        whole.replace(" ", ""),
    ):  # anybody's, and not replaced
        (out / "manifest.json").write_text(other, "utf-8")
        refused = call("run", scenario, *QUICK, "--out", out)
        assert (refused.code, refused.out) == (5, "")
        assert f"{out} exists and is not a saved run; nothing was changed" in refused.err
        assert (out / "manifest.json").read_text("utf-8") == other
    assert [entry.name for entry in out.parent.iterdir()] == ["run"]


def test_no_report_is_written_beside_another_run(
    call: Call, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved there by somebody else while this one was being shown."""
    out = tmp_path / "run"
    other = sim.simulate(sim.load(scenario), paths=16, executor="serial")
    monkeypatch.setattr("sim.cli.commands.run._print", lambda *_, **__: other.save(out))
    said = call("run", scenario, *QUICK, "--out", out)
    assert said.code == 0
    assert said.err == f"Saved in {out}\n{out} holds another run by now: no report of this one is written there.\n"
    assert not (out / "report.html").exists()


@pytest.fixture
def never_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise AssertionError("the run must not start")

    monkeypatch.setattr("sim.execution.simulate.simulate", failing)


@pytest.mark.usefixtures("never_run")
def test_a_place_that_cannot_be_written_is_refused_before_the_run(call: Call, scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "x", tmp_path, "/proc/burdenshare/x"):
        said = call("run", scenario, "--out", place)
        assert (said.code, said.out) == (5, "")
        assert said.err.startswith("Error: ")
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "proposal.toml"]


def test_a_failed_run_leaves_the_former_one_whole(
    call: Call, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    call("run", scenario, *QUICK, "--out", out)
    digest = sim.Results.open(out).digest()
    monkeypatch.setattr("sim.execution.simulate.run_job", lambda _: 1 / 0)
    assert call("run", scenario, *QUICK, "--out", out).code == 1
    assert sim.Results.open(out).digest() == digest
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["proposal.toml", "run"]


def test_a_run_that_cannot_be_saved_is_shown_even_so(
    call: Call, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise RunError("cannot write: No space left on device")

    monkeypatch.setattr(Record, "save", full)
    said = call("run", scenario, *QUICK, "--out", tmp_path / "run")
    assert said.code == 5
    assert len(rows(said.out)) == 31
    assert said.err == "Error: cannot write: No space left on device\n"

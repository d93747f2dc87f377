"""`sim check`, `schema`, `data` and `replay`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.replay import Entry
from sim.data.catalogue import catalogue
from sim.data.edition import LAST_YEAR
from sim.data.tables import load_tables

Call = Callable[..., Any]


def test_check_says_ok_in_a_line_per_file(call: Call, scenario: Path, aimless: Path) -> None:
    said = call("check", scenario, aimless)
    digests = [sim.load(file).digest[:12] for file in (scenario, aimless)]
    targets = "core 3.5 % by 2029, related 1.5 % by 2029, total 5 % by 2029"
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"ok  {scenario}: A proposal, not adopted; 2027–2030; {targets}; digest {digests[0]}\n"
        f"ok  {aimless}: A proposal, not adopted; 2027–2030; no target, so no probability; digest {digests[1]}\n"
    )


def test_check_goes_on_after_a_fault(call: Call, faulty: Path, scenario: Path) -> None:
    said = call("check", faulty, scenario)
    assert said.code == 3
    assert said.out.startswith(f"ok  {scenario}")
    assert f"{faulty}:17: will.meen" in said.err
    assert f"{scenario}" not in said.err


def test_check_as_json_holds_the_faults(call: Call, faulty: Path, scenario: Path) -> None:
    said = call("check", faulty, scenario, "--json")
    document = json.loads(said.out)
    assert (said.code, said.err, document["ok"]) == (3, "", False)
    bad, good = document["files"]
    assert (bad["ok"], bad["faults"][0]["line"], bad["faults"][0]["field"]) == (False, 17, "will.meen")
    assert (good["ok"], good["digest"]) == (True, sim.load(scenario).digest)


def test_check_needs_a_file(call: Call) -> None:
    assert call("check").code == 2


def test_the_schema_is_json(call: Call) -> None:
    schema = json.loads(call("schema").out)
    assert schema["type"] == "object"
    assert {"title", "targets", "event"} <= set(schema["properties"])


def test_data_lists_every_table(call: Call) -> None:
    page = call("data").out
    listed = json.loads(call("data", "--json").out)["tables"]
    assert [entry["name"] for entry in listed] == [info.name for info in catalogue()]
    assert call("data", "--csv").out.count("\n") > len(listed)
    for info in catalogue():
        assert info.name in page
        assert info.cutoff.isoformat() in page
        assert f"{info.rows:,}" in page


@pytest.mark.parametrize("name", [info.name for info in catalogue() if info.name != "allies"])
def test_data_prints_any_table(call: Call, name: str) -> None:
    info = next(info for info in catalogue() if info.name == name)
    page = call("data", name)
    assert page.code == 0
    assert "Left out" not in page.out
    assert info.citation.split(",")[0] in page.out
    text = call("data", name, "--csv").out
    found = list(csv.DictReader(io.StringIO(text)))
    assert len(found) == info.rows
    assert list(found[0]) == [column.name for column in info.columns]
    assert len(json.loads(call("data", name, "--json").out)["rows"]) == info.rows


def test_what_an_ally_is_taken_to_be_is_said_as_the_scenario_has_it(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        "[budget]\nnorm_years = 3\n[ally.ITA]\nnorm_pct = 1.7\n[ally.FRA.budget]\nnorm_years = 1\n", "utf-8"
    )

    def said(ally: str, *more: object) -> str:
        return " ".join(call("data", "allies", ally, *more).out.split())

    shares = {row.year: row.share_pct for row in load_tables().shares_of("DEU")}
    three = np.mean([shares[year] for year in range(max(shares) - 2, max(shares) + 1)])
    assert "% of GDP, the mean of 5 years." in said("germany")
    assert f"Habit: {three:.2f} % of GDP, the mean of 3 years." in said("germany", "--scenario", file)
    assert "Habit: 1.70 % of GDP, set by the scenario." in said("italy", "--scenario", file)
    assert "% of GDP, that of the base year." in said("france", "--scenario", file)


def test_the_allies_whose_exposure_is_a_judgement_are_read_from_the_table(call: Call, tmp_path: Path) -> None:
    header = "iso3,distance_moscow_km,land_border_russia,near_coast,black_sea_only,exposure_override,note"
    (tmp_path / "g.csv").write_text(f"{header}\nFIN,892,1,1,0,,\nESP,3400,0,0,0,0.5,own\n", "utf-8")
    (tmp_path / "own.toml").write_text('[data]\ngeography = { file = "g.csv", overlay = true }\n', "utf-8")
    own = " ".join(call("data", "allies", "--scenario", tmp_path / "own.toml").out.split())
    assert "from geography, for Finland and Norway by judgement;" in " ".join(call("data", "allies").out.split())
    assert "from geography, for Norway and Spain by judgement;" in own


def test_data_of_some_allies(call: Call) -> None:
    found = list(csv.DictReader(io.StringIO(call("data", "gdp", "italy", "esp", "--csv").out)))
    assert {row["iso3"] for row in found} == {"ITA", "ESP"}
    said = call("data", "russia", "italy")
    assert said.code == 2
    assert "not by ally" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ("UK,Turkey", "holland"),
        ("GB", "Türkiye*", "NLD"),
        ("gbr; tur; nld",),
        ("Netherlands, Kingdom of the", "uk, TR"),
    ],
)
def test_allies_by_everyday_names_and_with_commas(call: Call, words: tuple[str, ...]) -> None:
    found = csv.DictReader(io.StringIO(call("data", "gdp", *words, "--csv").out))
    assert {row["iso3"] for row in found} == {"GBR", "TUR", "NLD"}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Ukraine", "Ukraine is not a member of NATO; `sim data allies` lists the allies."),
        ("EU", "European Union is a group, no ally; here only allies can be chosen."),
        ("Europe and Canada", "here only allies can be chosen. `sim chart fan` draws it."),
        ("Island,germny", "No ally 'germny'. Did you mean Germany (DEU)?"),
        ("Island,germny", "Iceland has no armed forces and is never counted."),
        ("", "No ally ''."),
    ],
)
def test_what_is_no_ally_is_said_to_be_what_it_is(call: Call, scenario: Path, word: str, said: str) -> None:
    """In every command that takes a scenario: all wrong words at once, before any work."""
    for command in (("run",), ("compare", scenario), ("replay", "--path", 1)):
        answer = call(*command, scenario, "--ally", word)
        assert (answer.code, answer.out) == (2, "")
        assert said in answer.err


def test_unknown_stays_blank_and_never_becomes_0(call: Call) -> None:
    rows = {row["iso3"]: row for row in json.loads(call("data", "allies", "--json").out)["allies"]}
    iceland = rows["ISL"]
    assert len(rows) == 32
    assert iceland[f"share_{LAST_YEAR}_pct"] is None
    assert iceland["exposure"] is None
    line = next(line for line in call("data", "allies").out.split("\n") if line.startswith("ISL"))
    assert "0.00" not in line
    assert rows["USA"]["early_elections_per_year"] == rows["NOR"]["early_elections_per_year"] == 0
    assert rows["DEU"]["own_pledge"] == "3.5 by 2029"
    assert rows["ESP"]["own_pledge"] == "2.1 by 2035 (opt-out)"
    assert rows["ITA"][f"share_{LAST_YEAR}_status"] == "estimate"
    assert rows["ITA"]["next_election"] == "2027-12"


def test_data_of_one_ally_tells_all_that_is_known(call: Call) -> None:
    page = call("data", "allies", "ita").out
    share = load_tables().share("ITA", LAST_YEAR)
    assert share
    assert f"{LAST_YEAR}     {share.share_pct:.2f}e" in page
    for words in ("Italy (ITA)", "Elections", "Targets and statements on record", "Announced path"):
        assert words in page
    document = json.loads(call("data", "allies", "ita", "--json").out)["allies"][0]
    assert {"years", "elections", "statements", "announced_path", "budgets", "geography"} <= set(document)
    years = list(csv.DictReader(io.StringIO(call("data", "allies", "ita", "--csv").out)))
    assert [row["year"] for row in years[:2]] == ["2014", "2015"]
    assert "No armed forces" in call("data", "allies", "iceland").out


def test_replay_tells_the_path_of_the_run(call: Call, scenario: Path) -> None:
    said = call("replay", scenario, "--path", 33, "--full")
    assert said.code == 0
    assert said.out.split("\n", 1)[1].startswith("Path 33 of seed 7 (parameter draw ")
    assert max(map(len, said.out.split("\n"))) <= 80
    results = sim.simulate(sim.load(scenario), executor="serial", keep=["reported_pct"])
    place = [entry.iso3 for entry in results.record.description.allies].index("EST")
    reported = results.paths("reported_pct")[place, -1, 33]
    assert f"Estonia reports {reported:.2f} % for 2030" in " ".join(said.out.split())


def test_a_replay_says_first_who_meets_the_target(call: Call, scenario: Path) -> None:
    short, whole = call("replay", scenario, "--path", 33).out, call("replay", scenario, "--path", 33, "--full").out
    results = sim.simulate(sim.load(scenario), executor="serial", keep=["reported_pct"])
    names = [entry.name for entry in results.record.description.allies]
    shares = results.paths("reported_pct")[:, :, 33]
    counts = (np.floor(100 * shares + 0.5) >= 350).sum(axis=0).tolist()
    words = " ".join(short.split())
    assert f"Core 3.5 % of GDP by 2029: {counts[2]} of 31 meet it in 2029" in words
    assert f"year by year: {', '.join(f'{2027 + step} {count}' for step, count in enumerate(counts))}." in words
    at, below = words.split("At it: ")[1].split("How many")[0].split("Below it: ")
    for name, share in zip(names, shares[:, 2], strict=True):
        assert f"{name} {share:.2f}" in (at if share >= 3.495 else below)
    assert "of all with --full" in words
    assert " ".join(whole.split()).startswith(words.split(" What happened")[0])
    turn = max(((abs(after - before), name) for name, row in zip(names, shares, strict=True)
                for before, after in pairwise(row)))  # fmt: skip
    assert turn[1] in words.split("The largest turns")[1]
    assert len(short.splitlines()) < 60 < len(whole.splitlines())


def test_a_late_push_is_told_as_one(call: Call, scenario: Path) -> None:
    stories = [json.loads(call("replay", scenario, "--path", path, "--json").out) for path in range(33, 49)]
    pushed = [o for told in stories for o in told["outcomes"] if o["on_paper"]]
    assert all(o["met"] and o["spent_pct"] < 3.495 <= o["reported_pct"] + 0.005 for o in pushed)
    assert pushed, "other paths would have one"


def test_replay_of_one_ally(call: Call, scenario: Path) -> None:
    said = call("replay", scenario, "--path", 33, "--ally", "estonia", "--seed", 8, "--json")
    document = json.loads(said.out)
    assert (document["path"], document["seed"]) == (33, 8)
    assert {entry["iso3"] for entry in document["entries"]} <= {"EST", None}
    dates = [(entry["year"], entry["month"]) for entry in document["entries"]]
    assert dates == sorted(dates)


def test_replay_tells_each_allys_outturn_before_its_budget(call: Call, scenario: Path) -> None:
    entries = json.loads(call("replay", scenario, "--path", 33, "--json").out)["entries"]
    yearly = [entry for entry in entries if entry["year"] == 2028 and entry["kind"] in ("outturn", "budget")]
    assert [entry["kind"] for entry in yearly] == ["outturn", "budget"] * 31
    assert [entry["iso3"] for entry in yearly[::2]] == [entry["iso3"] for entry in yearly[1::2]]


def test_a_government_that_drops_a_pledge_is_a_fact_of_which_pages_make_words(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("replay", "rutte_2032", "--path", 48_213)
    entries = json.loads(call(*command, "--json").out)["entries"]
    dropping = [entry for entry in entries if entry["dropped"]]
    assert len({entry["iso3"] for entry in dropping}) >= 3
    assert all(entry["text"].endswith(" It drops what was pledged or announced.") for entry in dropping)
    assert sum("It drops" in entry["text"] for entry in entries) == len(dropping)
    said = call(*command).out
    monkeypatch.setattr(Entry.sentences, "__defaults__", ("Words of another language.",))
    assert call(*command).out == said, "the short page lists them by the fact"
    assert "Words of another" in call(*command, "--full").out


def test_replay_needs_a_path(call: Call, scenario: Path) -> None:
    assert call("replay", scenario).code == 2
    assert call("replay", scenario, "--path", -1).code == 2

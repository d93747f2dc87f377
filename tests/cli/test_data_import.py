"""`sim data import` and `sim data --scenario`: from a publisher's file to a run, as a user types it."""

import json
from pathlib import Path

import pytest

from importing.publishers import nato
from sim.cli.app import run
from sim.data.edition import ESTIMATED_YEARS, LAST_YEAR, name_of
from sim.data.tables import load_tables
from support import present


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    tables = load_tables()
    columns = [
        lambda iso3, year, column=column: getattr(tables.share(iso3, year), column)
        for column in ("share_pct", "outlays_usd_m", "equipment_share_pct")
    ]
    (tmp_path / "nato.xlsx").write_bytes(nato(LAST_YEAR, *columns, range(2014, LAST_YEAR + 1), ESTIMATED_YEARS[0]))
    return tmp_path


def test_from_natos_workbook_to_a_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "import", "nato.xlsx", "--out", "mine.csv"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{len(load_tables().shares)} rows of shares written to mine.csv" in told.err
    assert "Left out, a total: NATO Europe and Canada, NATO Total." in told.err
    Path("mine.toml").write_text('[targets.core]\nshare_pct = 3.5\nby = 2032\n[data]\nshares = "mine.csv"\n')
    Path("packaged.toml").write_text("[targets.core]\nshare_pct = 3.5\nby = 2032\n")
    found = []
    for scenario in ("mine.toml", "packaged.toml"):
        assert run(["run", scenario, "--paths", "200", "--json", "--no-half"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    own, packaged = ([ally.pop("base_share_own") for ally in each["allies"]] for each in found)
    assert (set(own), set(packaged)) == ({"own figures (mine.csv)"}, {None})
    assert found[0]["allies"] == found[1]["allies"]


def test_nothing_is_replaced_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.csv").write_text("mine")
    assert run(["data", "import", "nato.xlsx", "--out", "mine.csv"]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert Path("mine.csv").read_text() == "mine"
    assert run(["data", "import", "nato.xlsx", "--out", "mine.csv", "--force"]) == 0
    assert Path("mine.csv").read_text().startswith("iso3,year")


def test_the_table_goes_to_stdout_and_the_summary_does_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("wide.csv").write_text("Land;2025;2026e\nDeutschland;2,22;2,69\nAtlantis;1,0;1,1\n")
    assert run(["data", "import", "wide.csv"]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[1:] == ["DEU,2025,2.22,actual,,,", "DEU,2026,2.69,estimate,,,"]
    assert "Left out, no ally: Atlantis." in told.err
    assert "overlay = true" in told.err
    assert run(["data", "import", "wide.csv", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["csv"] == told.out
    assert document["skipped"] == [{"sheet": "wide.csv", "line": 3, "what": "Atlantis 1,0 1,1"[:8], "why": "no ally"}]


def test_a_file_that_is_no_table_is_exit_code_3(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("wide.csv").write_text("Country,2025,2026\nGermany,two,2.2\n")
    assert run(["data", "import", "wide.csv"]) == 3
    assert "DEU 2025 = two: must be a number" in capsys.readouterr().err
    assert run(["data", "import", "none.csv"]) == 3
    assert run(["data", "import", "wide.csv", "--edition", "2026"]) == 2


def test_the_tables_in_force_in_a_scenario(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.csv").write_text("iso3,year,share_pct,status,outlays_usd_m,equipment_share_pct,first_estimate_pct\n"
                                f"PRT,{LAST_YEAR},2.6,estimate,,,\n")  # fmt: skip
    Path("own.toml").write_text('[data]\nshares = { file = "mine.csv", overlay = true }\nrussia = 1\n')
    assert run(["data", "--scenario", "own.toml"]) == 3
    Path("own.toml").write_text('[data]\nshares = { file = "mine.csv", overlay = true }\n')
    capsys.readouterr()
    assert run(["data", "--scenario", "own.toml", "--json"]) == 0
    tables = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)["tables"]}
    assert tables["shares"]["edition"] == f"1 row of mine.csv over {name_of()}"
    assert tables["gdp"]["edition"] == name_of("gdp")
    assert run(["data", "shares", "PRT", "--scenario", "own.toml", "--csv"]) == 0
    assert f"PRT,{LAST_YEAR},2.6,estimate,,," in capsys.readouterr().out
    assert run(["data", "gdp", "--csv"]) == 0
    Path("own.csv").write_text(capsys.readouterr().out)
    Path("own.toml").write_text('[data]\ngdp = "own.csv"\n')
    assert run(["data", "gdp", "PRT", "--scenario", "own.toml"]) == 0
    told = capsys.readouterr().out
    years = [row.year for row in load_tables().gdp if row.iso3 == "PRT"]
    assert f"own.csv, own table; {1 + max(years) - min(years)} of {len(load_tables().gdp):,} rows" in told
    assert "cut-off" not in told
    Path("own.toml").write_text('[data]\nshares = { file = "mine.csv", overlay = true }\n')
    for own, share in (
        (["--scenario", "own.toml"], 2.6),
        ([], present(load_tables().share("PRT", LAST_YEAR)).share_pct),
    ):
        assert run(["data", "allies", "--json", *own]) == 0
        everybody = json.loads(capsys.readouterr().out)["allies"]
        assert [ally[f"share_{LAST_YEAR}_pct"] for ally in everybody if ally["iso3"] == "PRT"] == [share]

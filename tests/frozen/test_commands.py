"""`sim freeze`, `score` and `export`."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from frozen.conftest import DATE
from sim.data.edition import LAST_YEAR
from sim.evaluation.forecasts import files
from sim.evaluation.forecasts.making import FORECASTERS
from sim.evaluation.forecasts.schema import AS_SHIPPED, Frozen
from support import as_shipped

Call = Callable[..., Any]
Edition = Callable[..., Path]
SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
RUTTE, HAGUE = SCENARIOS / "rutte_2032.toml", SCENARIOS / "hague_2035.toml"
SMALL = ("--date", DATE, "--paths", 320, "--seed", 7, "--workers", 1)


@pytest.fixture
def file(frozen: Frozen, tmp_path: Path) -> Path:
    files.write(frozen, tmp_path / "2026-11.json")
    return tmp_path / "2026-11.json"


def test_freeze_writes_the_forecast_and_says_its_digest(call: Call, by_all: Frozen, tmp_path: Path) -> None:
    out = tmp_path / "forecasts" / "2026-11.json"
    said = call("freeze", RUTTE, HAGUE, *SMALL, "--out", out)
    assert (said.code, said.err) == (0, "")
    assert out.read_text("utf-8") == files.text(by_all)
    assert f"Frozen in {out}\n  drawn: {FORECASTERS['drawn'][0]}\n    rutte_2032: " in said.out
    assert said.out.index("  drawn: ") < said.out.index(f"  shipped: {AS_SHIPPED}\n    rutte_2032: ")
    assert (
        f"rutte_2032: 31 allies and Europe and Canada, {LAST_YEAR + 1}–2035; 320 simulated runs, seed 7. The scenario's"
        in said.out
    )
    assert "it was simulated to 2035" in said.out
    assert said.out.endswith(f"  sha256 {files.digest_of(by_all)}\n")
    again = call("freeze", RUTTE, HAGUE, *SMALL, "--out", out)
    assert again.code == 0
    assert f"{out} holds this forecast already\n" in again.out


def test_the_help_of_freeze_names_every_forecaster(call: Call) -> None:
    said = " ".join(call("freeze", "--help").out.split())
    assert "Two forecasters" in said
    assert all(f'"{name}"' in said for name in FORECASTERS)
    assert f'"{next(iter(FORECASTERS))}", which leads' in said
    assert len(FORECASTERS) == 2


def test_freeze_as_json(call: Call, tmp_path: Path) -> None:
    said = call("freeze", RUTTE, *SMALL, "--to", 2028, "--out", tmp_path / "f.json", "--json")
    document = json.loads(said.out)
    assert document["sha256"] == files.digest_of(files.read(tmp_path / "f.json"))
    assert document["written"] is True
    said_of = {forecaster["name"]: forecaster["description"] for forecaster in document["forecasters"]}
    assert list(said_of.items()) == [(name, description) for name, (description, _) in FORECASTERS.items()]
    for forecaster in document["forecasters"]:
        (scenario,) = forecaster["scenarios"]
        assert (scenario["name"], scenario["last_year"], scenario["paths"]) == ("rutte_2032", 2028, 320)
        assert scenario["scenario_digest"] == sim.load(RUTTE).digest


def test_freeze_replaces_no_forecast(call: Call, file: Path) -> None:
    before = file.read_bytes()
    said = call("freeze", RUTTE, *SMALL, "--to", 2028, "--out", file)
    assert (said.code, said.out) == (2, "")
    assert "what is frozen is not replaced" in said.err
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ([RUTTE, RUTTE, "--date", DATE, "--out", "f.json"], 2, "Two scenarios are called rutte_2032"),
        ([RUTTE, "--date", "November", "--out", "f.json"], 2, "--date: a date is written YYYY-MM or YYYY-MM-DD"),
        (
            [RUTTE, "--date", "1999-01", "--out", "f.json"],
            2,
            "1999-01: the year of a date lies from 2000 to 2099",
        ),
        ([RUTTE, "--date", "2026-11-31", "--out", "f.json"], 2, "--date: 2026-11-31: that month has the days 01 to 30"),
        ([RUTTE, "--date", "2035-01", "--out", "f.json"], 2, "a forecast is dated before what it forecasts"),
        (["wales_2014", "--date", DATE, "--out", "f.json"], 2, "there is `sim backtest`"),
        (
            [RUTTE, "--date", DATE, "--out", "f.json", "--to", LAST_YEAR],
            2,
            f"between {LAST_YEAR + 1} and {LAST_YEAR + 40}",
        ),
        ([RUTTE, "--date", DATE, "--out", "f.json", "--paths", "0"], 2, "paths must be a whole number from 1"),
        ([RUTTE, "--out", "f.json"], 2, "Missing option '--date'"),
        ([RUTTE, "--date", DATE], 2, "Missing option '--out'"),
        (["nowhere.toml", "--date", DATE, "--out", "f.json"], 3, "no-such-file"),
        ([RUTTE, "--date", DATE, "--out", "taken.json"], 3, "must be a frozen forecast"),
        ([RUTTE, "--date", DATE, "--out", "taken.json/f.json"], 5, "cannot write to"),
    ],
)
def test_freeze_refuses(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[object], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken.json").write_text("{}")
    said = call("freeze", *args)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken.json"]


def test_score_says_plainly_that_nothing_is_known_yet(call: Call, file: Path) -> None:
    said = call("score", file)
    text = " ".join(said.out.split())
    assert (said.code, said.err) == (0, "")
    assert f"Forecast of {DATE}: rutte_2032, hague_2035" in text
    assert (
        f"Nothing can be scored yet: the figures end with {LAST_YEAR}, the forecast begins with {LAST_YEAR + 1}."
        in text
    )
    assert f"Without a figure: {LAST_YEAR + 1} to 2035." in text
    assert f"from the summer of {LAST_YEAR + 1} on, by its actual figure from that of {LAST_YEAR + 3} on" in text
    document = json.loads(call("score", file, "--json").out)
    assert (document["scores"], document["cases"], document["waiting"]) == ([], [], list(range(LAST_YEAR + 1, 2036)))


def test_score_against_a_later_edition(call: Call, file: Path, edition: Edition) -> None:
    later = edition(3.6, LAST_YEAR + 1, LAST_YEAR + 2)
    said = call("score", file, "--data", later)
    text = " ".join(said.out.split())
    assert (said.code, said.err) == (0, "")
    assert f"Figures:{later}." in "".join(said.out.split())  # wherever a long path is folded
    assert text.count("31 of 31 allies, estimate") == 4
    assert f"Without a figure: {LAST_YEAR + 3} to 2035." in text
    assert "given the assumptions" in text
    assert "Nothing can be scored" not in text
    assert "No forecast" not in text
    assert max(map(len, said.out.split("\n"))) <= 118
    document = json.loads(call("score", file, "--data", later, "--json").out)
    assert len(document["cases"]) == 2 * 2 * 31
    line = document["scores"][0]
    assert (line["scenario"], line["year"], line["number"]) == ("rutte_2032", LAST_YEAR + 1, 31)
    assert 20 < line["number_rps"] <= 31
    of_line = [c for c in document["cases"] if (c["scenario"], c["year"]) == ("rutte_2032", LAST_YEAR + 1)]
    assert line["brier"] == pytest.approx(sum(case["brier"] for case in of_line) / 31)
    shown = next(text for text in said.out.split("\n") if f"rutte_2032  {LAST_YEAR + 1}" in text)
    assert f"{line['brier']:.2f}" in shown
    assert f"{line['crps']:.2f}" in shown


def test_score_of_several_forecasters(call: Call, two: Frozen, edition: Edition, tmp_path: Path) -> None:
    file, later = tmp_path / "two.json", edition(3.6, LAST_YEAR + 1)
    files.write(two, file)
    said = call("score", file, "--data", later)
    assert (said.code, said.err) == (0, "")
    parts = [said.out.index(words) for words in ("shipped: As shipped.", "half: Half the urgency.", "Side by side")]
    assert parts == sorted(parts)
    document = json.loads(call("score", file, "--data", later, "--json").out)
    assert document["forecasters"] == [
        {"name": "shipped", "description": "As shipped."}, {"name": "half", "description": "Half the urgency."},
    ]  # fmt: skip
    assert [(line["forecaster"], line["scenario"]) for line in document["scores"]] == [
        (forecaster, scenario) for forecaster in ("shipped", "half") for scenario in ("rutte_2032", "hague_2035")
    ]
    assert {case["forecaster"] for case in document["cases"]} == {"shipped", "half"}
    rutte, _ = document["side_by_side"]
    shipped, _, half, _ = document["scores"]
    for name in ("brier", "log", "crps", "number_rps"):
        assert rutte[name] == {"shipped": shipped[name], "half": half[name]}
        assert shipped[name] < half[name]  # 3.6 % for all is nearer to what the more urgent one says
    for section, line in ((said.out[parts[0] : parts[1]], shipped), (said.out[parts[1] : parts[2]], half)):
        (shown,) = (text for text in section.split("\n") if text.startswith("rutte_2032"))
        assert f" {line['brier']:.2f} " in shown
        assert shown.endswith(f"{line['number_rps']:.2f}")
    compared = next(line for line in said.out[parts[2] :].split("\n") if "rutte_2032" in line)
    assert compared.split()[:4] == ["rutte_2032", str(LAST_YEAR + 1), "31", "allies"]
    pairs = [(shipped[name], half[name]) for name in ("crps", "brier", "log", "number_rps")]
    assert compared.split()[4:] == [f"{score:.2f}" for pair in pairs for score in pair]


def test_the_forecast_with_drawn_parameters_leads(call: Call, by_all: Frozen, edition: Edition, tmp_path: Path) -> None:
    """In the file, on the page, in its sentence, side by side and in the document."""
    file, later = tmp_path / "f.json", edition(3.6, LAST_YEAR + 1)
    files.write(by_all, file)
    assert [entry["name"] for entry in json.loads(file.read_text("utf-8"))["forecasters"]] == ["drawn", "shipped"]
    said = call("score", file, "--data", later)
    assert (said.code, said.err) == (0, "")
    drawn, shipped, together = (
        said.out.index(words) for words in ("drawn: Every scenario", "shipped: Every scenario", "Side by side")
    )
    assert drawn < shipped < together
    names = [word for word in said.out[together:].split("\n")[2].split() if word in FORECASTERS]
    assert names == ["drawn", "shipped"] * 4
    assert "The forecast is that of drawn; beside it shipped, on the same scenarios and figures." in said.out
    document = json.loads(call("score", file, "--data", later, "--json").out)
    assert [entry["name"] for entry in document["forecasters"]] == ["drawn", "shipped"]
    assert [list(row["crps"]) for row in document["side_by_side"]] == [["drawn", "shipped"]] * 2


def test_one_forecaster_has_no_title_and_nothing_to_be_compared_with(call: Call, file: Path, edition: Edition) -> None:
    out = call("score", file, "--data", edition(3.6, LAST_YEAR + 1)).out
    assert "Side by side" not in out
    assert "The forecast is that of" not in out
    assert AS_SHIPPED not in out


@pytest.mark.parametrize(("text", "words"), [
    ("Defence expenditure, % of GDP\n\nCountry;2026;2027\nGermany;2,7;2,9\n", "sim data import"),
    ("iso3,year,growth_pct,nominal_usd_bn\nDEU,2027,1.0,5000\n", "these are columns of the table gdp"),
])  # fmt: skip
def test_score_against_another_layout_is_one_fault(
    call: Call, file: Path, tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "wq.csv").write_text(text)
    said = call("score", file, "--data", tmp_path / "wq.csv")
    assert (said.code, said.err.count("remedy:")) == (3, 1)
    assert words in " ".join(said.err.split())


def test_score_names_years_that_were_known_before(
    call: Call, by_hand: Frozen, edition: Edition, tmp_path: Path
) -> None:
    """The first estimate of a year is printed in its summer."""
    for date, words in (
        ("2027-06", ""), ("2027-08", "2027 had"), ("2028-07", "2027 had"), ("2028-11-03", "2027 to 2028 had"),
    ):  # fmt: skip
        late = tmp_path / f"{date}.json"
        files.write(by_hand.model_copy(update={"date": date}), late)
        said = call("score", late, "--data", edition(3.6, 2027, 2028))
        assert said.code == 0
        assert ("No forecast:" in said.out) == bool(words)
        assert f"No forecast: {words} figures when it was frozen." in said.out or not words


def test_score_refuses_a_changed_forecast_and_a_faulty_table(call: Call, file: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("iso3,year\nITA,2027\n")
    said = call("score", file, "--data", tmp_path / "bad.csv")
    assert (said.code, said.out) == (3, "")
    assert "missing-column" in said.err
    file.write_text(file.read_text("utf-8").replace("0.01", "0.02", 1), encoding="utf-8")
    said = call("score", file)
    assert (said.code, said.out) == (3, "")
    for words in (str(file), "sha256 = ", "changed or damaged", "remedy: fetch the original file"):
        assert words in said.err


def test_export_of_a_frozen_forecast(call: Call, file: Path, tmp_path: Path) -> None:
    said = call("export", file, "--format", "hubverse", "--out", tmp_path / "hub")
    output = tmp_path / "hub" / "model-output" / "burdenshare-shipped" / f"{DATE}-30-burdenshare-shipped.csv"
    assert (said.code, said.out, said.err) == (0, f"Exported to {output}\n", "")
    with output.open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 2 * (2035 - LAST_YEAR) * (32 * 25 + 32)
    said = call("export", file, "--format", "hubverse", "--out", tmp_path / "hub2", "--date", f"{DATE}-22")
    assert said.code == 2
    assert "has a date of its own" in said.err


def test_export_of_a_saved_run_is_that_of_its_forecast(call: Call, frozen: Frozen, tmp_path: Path) -> None:
    run = tmp_path / "hague_2035"
    sim.simulate(as_shipped(sim.load(HAGUE)), paths=320, seed=7, executor="serial").save(run)
    said = call("export", run, "--format", "hubverse", "--out", tmp_path / "hub", "--date", DATE)
    assert said.code == 0
    of_run = (tmp_path / "hub" / "model-output" / "burdenshare-sim" / f"{DATE}-30-burdenshare-sim.csv").read_text()
    from sim.evaluation.forecasts.hubverse import export

    only = frozen.forecasters[0].model_copy(update={"scenarios": frozen.scenarios[1:]})
    export([only], DATE, tmp_path / "hub2")
    assert of_run == next((tmp_path / "hub2" / "model-output").glob("*/*.csv")).read_text()
    for date, words in {
        "2026-02-30": "--date: 2026-02-30: that month has the days 01 to 28",
        "2090-01-01": "dated before what it forecasts",
        "2001-01-01": "not before what it goes on from",
    }.items():
        said = call("export", run, "--format", "hubverse", "--out", tmp_path / "no", "--date", date)
        assert (said.code, said.out) == (2, "")
        assert words in said.err
    assert (
        f"{LAST_YEAR}-12-31-burdenshare" in call("export", run, "--format", "hubverse", "--out", tmp_path / "hub3").out
    )


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["nowhere", "--format", "hubverse", "--out", "hub"], 5, "not a saved run"),
        (["f.json", "--format", "hubverse", "--out", "f.json"], 5, "choose another place"),
        (["f.json", "--format", "hubverse", "--out", "hub"], 3, "must be a frozen forecast"),
        (["f.json", "--format", "ods", "--out", "hub"], 2, "'ods' is not"),
        (["f.json", "--format", "hubverse"], 2, "Missing option '--out'"),
    ],
)
def test_export_refuses(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[object], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.json").write_text("{}")
    said = call("export", *args)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert os.listdir() == ["f.json"]


@pytest.mark.parametrize("name", ["freeze", "score", "export"])
def test_help_imports_nothing_heavy(name: str) -> None:
    code = "import sys; from sim.cli import app; app.run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, name, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert not set(done.stderr.split()) & {"numpy", "pandas", "scipy", "pydantic", "rich"}

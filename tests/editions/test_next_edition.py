"""When the tables are those of the year after, the product follows by itself: nothing but tables is another."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path

import pytest

from editions.made import IMF, IMF_IN_WORDS, NATO, NATO_IN_WORDS, ROOT, YEAR, Product, next_edition
from sim.data.edition import (
    ESTIMATED_YEARS,
    FIRST_OF_CORE,
    FIRST_YEAR,
    LAST_YEAR,
    full_editions,
    in_words,
    key_of,
    last_actual_growth,
    name_of,
    outlooks,
)
from sim.scenario import shipped

NAMES = set(shipped.files())
BEFORE = {"ceasefire": LAST_YEAR, "us_retrenchment": LAST_YEAR, "us_five_percent_now": LAST_YEAR, "wales_2014": 2014}
"""Shipped scenarios that name their base year, for what they assume comes in the year after it."""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Product:
    return next_edition(tmp_path_factory.mktemp("next"))


@pytest.fixture(scope="module")
def run(product: Product) -> Path:
    """The main scenario, run and saved with its report."""
    product.sim("run", "rutte_2032", "--paths", 64, "--no-half", "--out", "run")
    return product.folder / "run"


def told_edition(text: str) -> set[str]:
    """The editions of July that a text names in words, but for the break of the series, which stays where it was."""
    broken = f"(core definition of|all outlays before) {in_words(FIRST_OF_CORE)}"
    return set(re.findall(r"July 20[2-9]\d", re.sub(broken, "", text)))


def test_what_hangs_on_the_edition(product: Product) -> None:
    facts = [
        "FIRST_YEAR", "LAST_YEAR", "ESTIMATED_YEARS", "name_of()", "key_of()", "name_of('gdp')", "full_editions()",
        "outlooks()", "last_actual_growth()", "has_outlook(2019)", "has_outlook(2020)", "pledges_from()",
        f"[outlook_known_in(year) for year in range(2019, {YEAR + 1})]",
    ]  # fmt: skip
    told = product.python(f"from sim.data.edition import *; import json; print(json.dumps([{', '.join(facts)}]))")
    known = [max(key for key in outlooks() if int(key[:4]) <= year) for year in range(2020, YEAR)]
    assert json.loads(told) == [
        FIRST_YEAR, YEAR, [year + 1 for year in ESTIMATED_YEARS], NATO_IN_WORDS, NATO, IMF_IN_WORDS,
        [*full_editions(), NATO], [*outlooks(), IMF], last_actual_growth() + 1, False, True, 2025,
        [None, *known, None],
    ]  # fmt: skip


def test_the_shipped_scenarios_are_valid_and_run(product: Product) -> None:
    checked = json.loads(product.sim("check", *sorted(NAMES), "--json"))
    assert checked["ok"] is True
    assert {file["file"]: file["base_year"] for file in checked["files"]} == {
        name: BEFORE.get(name, YEAR) for name in NAMES
    }
    years = product.python(
        "import json, sim; from sim.scenario import shipped; "
        "runs = {name: sim.simulate(sim.load(name), paths=16, executor='serial') for name in shipped.files()}; "
        "print(json.dumps({name: run.record.description.years[0] for name, run in runs.items()}))"
    )
    assert json.loads(years) == {name: BEFORE.get(name, YEAR) + 1 for name in NAMES}


def test_the_run_starts_from_the_new_figures(product: Product, run: Path) -> None:
    with (product.data / "tables" / "shares.csv").open(encoding="utf-8") as text:
        shares = {(row["iso3"], row["year"]): float(row["share_pct"]) for row in csv.DictReader(text)}
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    assert manifest["description"]["base_year"] == YEAR
    for ally in manifest["description"]["allies"]:
        assert (ally["base_share_pct"], ally["estimated"]) == (shares[ally["iso3"], str(YEAR)], True)


def test_the_report_names_the_new_edition(run: Path) -> None:
    page = (run / "report.html").read_text("utf-8")
    assert told_edition(page) == {NATO_IN_WORDS}
    assert f"figures of {YEAR - 1} and {YEAR} are estimates" in page
    assert f"database, {IMF_IN_WORDS}, published" in page
    assert name_of("gdp") not in page


@pytest.mark.parametrize("kind", ["fan", "multiples"])
def test_charts_name_the_new_edition(product: Product, run: Path, kind: str) -> None:
    product.sim("chart", kind, run, *(["--ally", "DEU"] if kind == "fan" else []), "--out", f"{kind}.svg")
    picture = (product.folder / f"{kind}.svg").read_text("utf-8")
    assert told_edition(picture) == ({NATO_IN_WORDS} if kind == "fan" else set())
    assert str(YEAR) in picture


def test_the_brief_names_the_new_edition(product: Product, run: Path) -> None:
    product.sim("brief", "DEU", run, "--out", "brief.html")
    page = re.sub(r'src="data:[^"]*"', "", (product.folder / "brief.html").read_text("utf-8"))
    assert told_edition(page) == {NATO_IN_WORDS}
    assert f"the figures of {YEAR - 1} and {YEAR} are estimates" in page


def test_the_data_pages_show_the_new_year(product: Product) -> None:
    page = product.sim("data", "allies", "DEU")
    line = next(line for line in page.splitlines() if line.startswith(f"{YEAR} "))
    assert line.split()[1].endswith("e")
    overview = product.sim("data", "allies", "--csv").splitlines()
    columns = overview[0].split(",")
    assert {f"share_{YEAR}_pct", f"share_{YEAR}_status", f"gdp_{YEAR}_usd_bn", f"debt_{YEAR - 1}_pct"} <= set(columns)
    germany = dict(zip(columns, next(line for line in overview if line.startswith("DEU")).split(","), strict=True))
    assert (float(germany[f"share_{YEAR}_pct"]), germany[f"share_{YEAR}_status"]) == (
        float(line.split()[1][:-1]),
        "estimate",
    )
    assert told_edition(product.sim("data", "allies")) == {NATO_IN_WORDS}


def test_the_backtest_reaches_the_new_year(product: Product) -> None:
    """Also out of sample: where nothing was estimated on the last year yet, what was known before it goes on."""
    told = product.python(
        "from sim.backtest import Mode, backtest; import json; "
        "test = backtest(paths=16, modes=[Mode.OUT_OF_SAMPLE]); (judged,) = test.modes(); "
        "print(json.dumps([test.shares.shape[1], test.origins[-1], judged.title, float(judged.crps[-1, 0].mean())]))"
    )
    years, origin, title, crps = json.loads(told)
    assert (years, origin) == (YEAR - FIRST_YEAR + 1, YEAR - 1)
    assert title.endswith(f", after {LAST_YEAR - 1} those of {LAST_YEAR - 1}")
    assert 0 < crps < 1


def test_a_calibration_is_of_the_new_edition(product: Product) -> None:
    page = product.sim("calibrate", "--help")
    assert f"[default: {NATO}]" in page
    assert f"[{YEAR}]" in page
    refused = product.sim("calibrate", "--cutoff", YEAR + 1, fails=True)
    assert f"cutoff must lie from {FIRST_YEAR + 1} to {YEAR} in edition {NATO}" in refused
    refused = product.sim("calibrate", "--vintage", key_of(), "--cutoff", YEAR, fails=True)
    assert f"cutoff must lie from {FIRST_YEAR + 1} to {LAST_YEAR} in edition {key_of()}" in refused


def test_forecasts_are_frozen_and_scored_on_the_new_edition(product: Product) -> None:
    product.sim("freeze", "rutte_2032", "--date", f"{YEAR}-11", "--paths", 32, "--out", "new.json")
    waiting = product.sim("score", "new.json")
    assert f"Figures: NATO, {NATO_IN_WORDS}." in waiting
    assert f"the figures end with {YEAR}, the forecast begins with {YEAR + 1}" in waiting
    former = json.loads(product.sim("score", ROOT / "forecasts" / "2026-11.json", "--json"))
    assert {(line["year"], line["status"]) for line in former["scores"]} >= {(YEAR, "estimate")}


def test_exports_are_of_the_new_edition(product: Product, run: Path) -> None:
    product.sim("export", run, "--format", "csv", "--out", "csv")
    product.sim("export", run, "--format", "excel", "--out", "run.xlsx")
    readme = (product.folder / "csv" / "readme.txt").read_text("utf-8")
    assert told_edition(readme) == {NATO_IN_WORDS}
    assert re.search(rf"Base year\W+{YEAR}", readme)
    with zipfile.ZipFile(product.folder / "run.xlsx") as book:
        assert f">{NATO}-01T00:00:00Z<" in book.read("docProps/core.xml").decode()

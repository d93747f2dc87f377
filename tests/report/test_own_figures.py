"""Figures of the user's own are called so wherever a share stands; and only what takes them is left out."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

import sim
from report.test_words import words
from sim.cli.reporting import write_report
from sim.data.tables import load_tables
from sim.output.charts.fan import chooser, fan
from sim.output.charts.multiples import multiples
from sim.output.exports.content import content_of
from sim.output.origins import OWN, SET, mark, packaged, shares_sentence
from sim.output.report.brief import brief
from sim.output.report.contents import allies_sheet
from sim.output.terminal.console import Page
from sim.output.terminal.run_document import document
from sim.output.terminal.run_page import show
from sim.results.record import Record
from sim.results.summary import alliance_line, ally_lines

TABLES = Path(sim.data.__file__).parent / "tables"
ROWS = "iso3,year,share_pct,status,outlays_usd_m,equipment_share_pct,first_estimate_pct\n"
LEGEND = "e: an estimate; s: set by the scenario; o: own figures (mine.csv)"


def run(folder: Path, data: str, *, extends: str = "rutte_2032", more: str = "") -> Record:
    (folder / "mine.csv").write_text(f"{ROWS}DEU,2026,4.20,estimate,,,\nFRA,2026,2.22,estimate,,,\n")
    (folder / "gdp.csv").write_text((TABLES / "gdp.csv").read_text().replace("ALB,1995,8.9,", "ALB,1995,8.8,"))
    (folder / "whole.csv").write_text((TABLES / "shares.csv").read_text().replace("PRT,2026,2.1,", "PRT,2026,2.2,"))
    (folder / "own.toml").write_text(f'extends = "{extends}"\n[data]\n{data}\n{more}')
    return sim.simulate(sim.load(folder / "own.toml"), 32, 1, executor="serial").record


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("laid")
    return run(folder, 'shares = { file = "mine.csv", overlay = true }', more="[ally.ITA]\nshare_pct = 3.0\n")


@pytest.fixture(scope="module")
def money(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return run(tmp_path_factory.mktemp("money"), 'gdp = "gdp.csv"')


def printed(record: Record) -> str:
    stream = StringIO()
    show(Page(stream), record, 2032, ally_lines(record, 2032), alliance_line(record, 2032), None)
    return stream.getvalue()


def test_the_page_and_the_report_have_the_same_marks_with_one_legend(laid: Record, tmp_path: Path) -> None:
    page = printed(laid)
    sheet = allies_sheet(laid, 2032)
    rows = dict(sheet.rows)
    for iso3, figure in {"DEU": "4.20o", "ITA": "3.00s", "FRA": "2.22e"}.items():
        assert rows[iso3][1].text == figure
        assert f" {figure} " in next(line for line in page.splitlines() if line.startswith(rows[iso3][0].text))
    assert LEGEND in " ".join(page.split())
    assert sheet.columns[1][1].endswith(LEGEND)
    write_report(laid, tmp_path / "report.html")
    assert LEGEND in words((tmp_path / "report.html").read_text("utf-8"))


def test_nothing_is_called_natos_that_is_not(laid: Record) -> None:
    germany, italy = brief(laid, "DEU"), brief(laid, "ITA")
    assert "Share in 2026, own figures (mine.csv) 4.20 % of GDP" in words(germany)
    assert "Share in 2026, set by the scenario 3.00 % of GDP" in words(italy)
    for drawn in (fan(laid, "DEU"), fan(laid, "ITA"), fan(laid), chooser(laid, "EUC")):
        assert "as NATO counts them" not in json.dumps(drawn.to_dict())
    spec = json.dumps(fan(laid, "DEU").to_dict())
    assert "own figures (mine.csv)" in spec
    assert "published by NATO" not in spec
    assert "Germany is at, by own figures (mine.csv), 4.20 % of GDP in 2026" in spec
    assert "that of 2026 has own figures (mine.csv) in it" in " ".join(fan(laid, "EUC").to_dict()["title"]["subtitle"])
    assert "as NATO counts them" in json.dumps(fan(laid, "FRA").to_dict())
    assert "published (or own figures (mine.csv) or set by the scenario)" in " ".join(
        multiples(laid).to_dict()["title"]["subtitle"]
    )


def test_the_read_me_of_an_export_and_the_document_say_whose_figures_they_are(laid: Record) -> None:
    said = " ".join(content_of(laid, "json").facts["read_me"])
    assert "mine.csv: rows laid over the packaged table shares." in said
    assert "that are not NATO's (o: own figures (mine.csv)), % of GDP: Germany 4.20." in said
    assert "that are not NATO's (s: set by the scenario), % of GDP: Italy 3.00." in said
    told = document(laid, 2032, ally_lines(laid, 2032), alliance_line(laid, 2032), None)["allies"]
    assert isinstance(told, list)
    own = {row["iso3"]: row["base_share_own"] for row in told}
    assert (own["DEU"], own["ITA"], own["FRA"]) == ("own figures (mine.csv)", "set by the scenario", None)


def test_a_whole_table_is_all_ones_own(tmp_path: Path) -> None:
    record = run(tmp_path, 'shares = "whole.csv"')
    assert {mark(record, entry) for entry in record.description.allies} == {OWN}
    assert shares_sentence(record, record.description.allies) == "% of GDP; o: own figures (whole.csv)"
    assert "as NATO reports" not in " ".join(printed(record).split())


def test_natos_figures_stay_natos(record: Record, money: Record) -> None:
    for each in (record, money):
        assert not {mark(each, entry) for entry in each.description.allies} & {OWN, SET}
        assert "as NATO reports core outlays; e: an estimate." in " ".join(printed(each).split())
        assert "as NATO counts them" in json.dumps(fan(each, "DEU").to_dict())
        assert content_of(each, "json").facts["read_me"][-1].startswith("Figures: the packaged edition")


def test_a_brief_keeps_what_takes_no_own_table_and_says_what_it_leaves_out(money: Record, record: Record) -> None:
    whole, told = words(brief(record, "ITA")), words(brief(money, "ITA"))
    for kept in ("Last steps, points", "How often such a rise has been seen", "Step a year needed", "Ticks: earlier"):
        assert kept in whole or kept.startswith("Ticks")
        assert (kept in told) or kept.startswith("Ticks")
    for gone in ("in current dollars of 2031", "At the GDP forecast for 2031", "as a part of all public spending"):
        assert gone in whole
        assert gone not in told
    assert "Left out" not in whole
    why = "figures in current dollars and of public spending, for gdp.csv stands in for the packaged table gdp."
    assert f"Left out: {why}" in told
    assert "Ticks: earlier editions" in json.dumps(fan(money, "ITA").to_dict())


def test_a_brief_of_own_shares_keeps_the_money(laid: Record) -> None:
    told = words(brief(laid, "ITA"))
    assert "in current dollars of 2031, IMF forecast" in told
    assert "Last steps" not in told
    assert (
        "Left out: the last steps, the years before in the picture and how often such a rise has been seen, for "
        in told
    )
    assert "mine.csv changes the packaged table shares." in told


def test_figures_of_another_version_are_nobodys(record: Record) -> None:
    other = replace(record, manifest={**record.manifest, "data_digest": "0" * 64})
    assert packaged(other) is None
    assert "not the figures packaged with this version" in " ".join(printed(other).split())
    assert "for the figures are not those packaged with this version." in words(brief(other, "ITA"))


def test_figures_that_are_known_are_not_called_forecasts() -> None:
    scenario = sim.load(Path(__file__).parents[2] / "scenarios" / "wales_2014.toml")
    record = sim.simulate(scenario, 32, 1, executor="serial").record
    row = load_tables().gdp_row("DEU", 2024)
    assert row is not None
    assert row.status == "actual"
    told = words(brief(record, "DEU"))
    assert "forecast" not in told
    assert "At the GDP of 2024" in told
    assert "The shortfall in current dollars of 2024 USD" in told


def test_figures_that_are_forecasts_are_called_so(record: Record) -> None:
    told = words(brief(record, "DEU"))
    assert "At the GDP forecast for 2031, the last forecast year before 2032" in told
    assert "The shortfall in current dollars of 2031, IMF forecast" in told


@pytest.mark.parametrize("table", [{"data": {"shares": 1}}, {"data": {"shares": {"file": []}}}, {"ally": {"DEU": 1}}])
def test_a_strangers_run_with_other_tables_than_these_is_refused(table: dict[str, object]) -> None:
    from sim.results.record_checks import check_scenario

    with pytest.raises(ValueError, match="its scenario's"):
        check_scenario({"event": [], **table})


def test_the_status_of_gdp_is_that_of_the_table(record: Record, money: Record) -> None:
    from sim.output.report.money import gdp_status

    assert gdp_status(record, "DEU", 2031) == "forecast"
    assert gdp_status(money, "DEU", 2031) == ""

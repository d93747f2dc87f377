"""The pictures show the figures of the tables, all of them and no others."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from charts.drawn import CHARTS, pairs, record
from sim.data.edition import LAST_YEAR, key_of
from sim.data.tables import Replacement, load_tables
from sim.errors import UsageError
from sim.output.charts import frames
from sim.output.charts.differences import differences
from sim.output.charts.fan import chooser, fan
from sim.output.charts.money import shortfall
from sim.output.charts.multiples import multiples
from sim.output.charts.numbers import compliant, first_years
from sim.output.charts.ranking import heat, ranked
from sim.output.origins import not_natos
from sim.results.tables import alliance, compliance, first_year, gap, shares
from sim.scenario.loading.load import reload
from sim.text.figures import money, share
from support import present

RUTTE = Path(__file__).parents[2] / "scenarios" / "rutte_2032.toml"


def share_of(iso3: str) -> float:
    """What an ally spent in the last year with a figure, % of GDP."""
    row = load_tables().share(iso3, LAST_YEAR)
    assert row is not None
    return row.share_pct


def drawn(chart: Any, *columns: str) -> pd.DataFrame:
    """The rows of a chart's data that have these columns, none twice."""
    found = [pd.DataFrame(rows) for rows in chart.to_dict()["datasets"].values()]
    tables = [table[list(columns)] for table in found if set(columns) <= set(table.columns)]
    assert tables, f"no data with {columns}"
    return pd.concat(tables).drop_duplicates().reset_index(drop=True)


def table_of(chart: Any, column: str) -> pd.DataFrame:
    """The one data table that has a column."""
    (found,) = (pd.DataFrame(rows) for rows in chart.to_dict()["datasets"].values() if column in rows[0])
    return found


def test_a_fans_bands_are_the_quantiles_of_shares() -> None:
    for iso3 in ("ITA", "EUC", "NATO"):
        bands = table_of(fan(record(), iso3), "q05").set_index("year")
        core = shares(record()).query("iso3 == @iso3 and pillar == 'core_spent'").set_index("year")
        reported = shares(record()).query("iso3 == @iso3 and pillar == 'core'").set_index("year")
        assert bands.loc[core.index, "reported"].tolist() == reported.q50.tolist()
        for level in ("q05", "q25", "q50", "q75", "q95"):
            assert bands.loc[core.index, level].tolist() == core[level].tolist()
        order = bands[list(frames.LEVELS)].to_numpy()
        assert (np.diff(order, axis=1) >= 0).all()
        assert set(bands.index) == {LAST_YEAR, *core.index}
        assert bands.loc[LAST_YEAR, list(frames.LEVELS)].nunique() == 1  # one figure: what was published


def test_a_fan_goes_on_from_what_was_published() -> None:
    past = drawn(fan(record(), "ESP"), "year", "share_pct", "status")
    known = {row.year: (row.share_pct, row.status) for row in load_tables().shares_of("ESP")}
    assert {row.year: (row.share_pct, row.status) for row in past.itertuples()} == known
    group = drawn(fan(record(), "EUC"), "year", "share_pct", "status").set_index("year").share_pct
    assert group[2024] == present(load_tables().aggregate("Europe and Canada", 2024)).share_pct
    assert group[LAST_YEAR] == present(load_tables().aggregate("Europe and Canada", LAST_YEAR)).share_pct
    assert table_of(fan(record(), "EUC"), "q05").set_index("year").q50[LAST_YEAR] == pytest.approx(
        group[LAST_YEAR], abs=0.06
    )


def test_a_fan_marks_editions_pledges_paths_and_events_where_there_are_any() -> None:
    spain, italy = fan(record(), "ESP"), fan(record(), "ITA")
    assert "own limit 2.1 % by 2035" in drawn(spain, "label").label.tolist()
    assert table_of(spain, "edition").edition.max() < key_of()
    ahead = (point for point in load_tables().announced_path("ITA") if point.year > LAST_YEAR)
    announced = {point.year: point.share_pct for point in ahead}
    path = drawn(italy, "year", "share_pct")
    assert set(announced.items()) <= set(zip(path.year, path.share_pct, strict=True))
    told = drawn(fan(record("us_retrenchment"), "ITA"), "when", "label")
    assert told.to_numpy().tolist() == [[pytest.approx(2027 + 5 / 12), "US withdrawal from Europe"]]
    with pytest.raises(AssertionError, match="no data"):
        drawn(italy, "when", "label")


def test_the_straight_line_ends_at_the_target_in_its_year() -> None:
    line = [rows for rows in fan(record(), "DEU", straight=True).to_dict()["datasets"].values()
            if [row.get("year") for row in rows] == [LAST_YEAR, 2032]]  # fmt: skip
    assert [row["share_pct"] for row in line[-1]] == [share_of("DEU"), pytest.approx(3.5)]


@pytest.mark.parametrize(("by", "drawn"), [(LAST_YEAR - 1, False), (LAST_YEAR, False), (LAST_YEAR + 1, True)])
def test_no_straight_line_leads_to_a_target_that_is_due_already(by: int, drawn: bool) -> None:
    text = f"[horizon]\nlast_year = 2028\n[targets.core]\nshare_pct = 3.5\nby = {by}\n"
    spec = fan(sim.simulate(sim.loads(text), 32, 1).record, "DEU", straight=True).to_dict()
    assert ("strokeDash': [8, 3, 2, 3]" in str(spec)) is drawn
    assert ("Dash-dotted" in " ".join(spec["title"]["subtitle"])) is drawn


def test_a_chooser_has_everybodys_fan() -> None:
    spec = chooser(record(), "ESP").to_dict()
    assert [param["value"] for param in spec["params"]] == ["ESP"]
    bands = table_of(chooser(record(), "ESP"), "q05")
    assert set(bands.iso3) == {entry.iso3 for entry in record().description.allies} | {"EUC", "NATO"}
    assert len(bands) == 33 * (1 + 2032 - LAST_YEAR)


@pytest.mark.parametrize("pillar", ["core", "total"])
def test_the_ranking_is_the_table_of_compliance_in_order(pillar: str) -> None:
    found = table_of(ranked(record(), 2030, pillar=pillar), "text")
    table = compliance(record()).query("year == 2030 and pillar == @pillar").set_index("iso3")
    assert len(found) == 31
    assert found.probability.is_monotonic_decreasing
    for column in ("probability", "ci_low", "ci_high", "without_late_push"):
        assert found.set_index("iso3")[column].to_dict() == table[column].to_dict()


def test_the_heat_map_has_every_year() -> None:
    found = table_of(heat(record()), "text")
    table = compliance(record()).query("pillar == 'core'")
    key = ["iso3", "year", "probability"]
    assert sorted(map(tuple, found[key].to_numpy())) == sorted(map(tuple, table[key].to_numpy()))


def test_no_picture_says_never_or_always() -> None:
    """No cell reads 0 or 100, however sure a run of few paths is."""
    for chart in (ranked(record()), heat(record()), first_years(record(), "BEL")):
        assert not set(table_of(chart, "text").text) & {"0", "100"}


def test_the_numbers_of_allies_are_those_of_the_alliance() -> None:
    found = table_of(compliant(record(), 2032), "without").set_index("allies")
    table = alliance(record()).query("year == 2032").set_index("compliant")
    assert found.probability.to_dict() == table[table.pillar == "core"].probability.loc[found.index].to_dict()
    honest = table[table.pillar == "core_without_late_push"].probability
    assert found.without.to_dict() == honest.loc[found.index].to_dict()
    assert found.probability.sum() > 0.995


def test_first_years_are_those_of_the_table() -> None:
    found = table_of(first_years(record(), "DEU"), "when")
    table = first_year(record()).query("iso3 == 'DEU'")
    assert found.probability.tolist() == table.probability.tolist()
    assert found.when.tolist() == ["already", *map(str, range(LAST_YEAR + 1, 2033)), "not by 2032"]


def test_the_money_is_that_of_the_gap() -> None:
    found = table_of(shortfall(record(), 2032), "text").set_index("iso3").shortfall_usd_bn_mean
    table = gap(record()).query("year == 2032 and iso3 not in ('EUC', 'NATO')").set_index("iso3").shortfall_usd_bn_mean
    assert found.to_dict() == table[table >= 0.05].to_dict()
    assert found.is_monotonic_decreasing


def test_what_a_picture_tells_of_a_figure_is_what_the_page_says_of_it() -> None:
    """Every figure in a tooltip is a text made here; Vega's own rounding would read 2.25 otherwise than the page."""
    for name, draw in CHARTS.items():
        spec = json.dumps(draw("light").to_dict())
        tips = re.findall(r'"tooltip": (\[.*?\])', spec)
        formats = {tip.get("format") for each in tips for tip in json.loads(each)}
        assert formats <= {None, "d"}, name
    bands = table_of(fan(record(), "ITA"), "q05")
    assert bands.q25_text.tolist() == [share(value) for value in bands.q25]
    money_short = table_of(shortfall(record(), 2032), "text")
    assert money_short.text_most.tolist() == [money(value) for value in money_short.shortfall_usd_bn_q95]
    assert (money_short.reported + money_short.on_paper_usd_bn_mean).tolist() == pytest.approx(
        money_short.shortfall_usd_bn_mean.tolist()
    )
    cells = table_of(heat(record()), "figure").query("iso3 == 'BGR' and year == 2032")
    assert cells.figure.item() == f"{cells.text.item()} ({cells.text_without.item()})"


def test_differences_are_drawn_from_half_a_run_of_100_on() -> None:
    found = table_of(differences(pairs(), 2032, "a", "b"), "text")
    assert found[["iso3", "text"]].to_numpy().tolist() == [["ITA", "+20"], ["FRA", "\u22126"]]
    assert "2 allies: less than half a run of 100, or not to be told from 0" in " ".join(
        differences(pairs(), 2032, "a", "b").to_dict()["title"]["subtitle"]
    )


def test_a_run_with_tables_of_its_own_shows_none_of_the_packaged_figures() -> None:
    other = sim.Results(record()).record
    changed = type(other)(other.description, other.counts, {**other.manifest, "data_digest": "another"}, other.scenario)
    past = drawn(fan(changed, "ESP"), "year", "share_pct", "status")
    assert past.to_numpy().tolist() == [[LAST_YEAR, share_of("ESP"), "estimate"]]
    assert frames.pledges(changed, ["ESP"]).empty
    assert frames.vintages(changed, ["ESP"]).empty


def test_what_cannot_be_drawn_is_refused() -> None:
    bare = sim.simulate(sim.loads("[horizon]\nlast_year = 2028"), 32, 1).record
    for draw in (ranked, heat, compliant, shortfall):
        with pytest.raises(ValueError, match="no target for the core pillar"):
            draw(bare)
    assert fan(bare, "ITA").to_dict()["description"].startswith(f"Italy is estimated at {share_of('ITA'):.2f} %")
    with pytest.raises(KeyError):
        fan(record(), "ISL")
    with pytest.raises(KeyError):
        first_years(record(), "EUC")
    with pytest.raises(UsageError, match=f"{LAST_YEAR + 1} to 2032, not 2040"):
        ranked(record(), 2040)
    for draw in CHARTS.values():
        with pytest.raises(ValueError, match="light or dark"):
            draw("sepia")


def test_an_event_of_another_ally_is_not_in_a_fan_and_a_possible_one_says_so() -> None:
    text = "[targets.core]\nshare_pct = 3.5\nby = 2028\n[horizon]\nbase_year = 2026\nlast_year = 2028\n"
    snap = '[[event]]\nname = "snap"\nkind = "election"\nally = "USA"\nwhen = "2027-05"\n'
    maybe = '[[event]]\nname = "maybe"\nkind = "crisis"\nwhen = "2028-02"\nprobability = 0.1\n'
    review = '[[event]]\nname = "review"\nkind = "review"\nwhen = "2027-06"\nprobability = 0.0\n'
    made = sim.simulate(sim.loads(text + snap + maybe + review), 32, 1).record
    common = {"maybe (in 10 of 100 runs)", "review (moves the target in no run)"}
    assert set(drawn(fan(made, "ITA"), "when", "label").label) == common
    assert set(drawn(fan(made, "USA"), "when", "label").label) == {"snap", *common}


def test_a_share_of_the_scenarios_own_is_marked() -> None:
    text = "[targets.core]\nshare_pct = 3.5\nby = 2028\n[horizon]\nlast_year = 2028\n[ally.ITA]\nshare_pct = 1.0\n"
    made = sim.simulate(sim.loads(text), 32, 1).record
    past = drawn(fan(made, "ITA"), "year", "share_pct", "status").set_index("year")
    assert (past.share_pct[LAST_YEAR], past.status[LAST_YEAR]) == (1.0, frames.SET)
    assert past.status[LAST_YEAR - 1] == "estimate"
    assert "set by the scenario" in " ".join(fan(made, "ITA").to_dict()["title"]["subtitle"])


def test_a_published_share_is_never_taken_for_one_that_was_set() -> None:
    """5.33 times GDP and divided by it is another number."""
    made = sim.simulate(sim.load(RUTTE), 16, 1).record
    for entry in made.description.allies:
        assert frames.base_share_pct(made, entry.iso3) == entry.base_share_pct
        assert not not_natos(made, entry)


def test_the_assumption_stands_in_place_of_marks_that_related_has_not() -> None:
    made = sim.simulate(sim.load(RUTTE), 64, 1).record
    for pillar in ("core", "related", "total"):
        below = " ".join(ranked(made, pillar=pillar).to_dict()["title"]["subtitle"])
        assert ("Hollow: " in below) == (pillar != "related")
        assert ("rest on an assumption" in below) == (pillar == "related")


def test_two_allies_of_one_name_are_told_apart() -> None:
    described = record().description
    twins = tuple(replace(entry, name="Twin") if entry.iso3 in ("ITA", "FRA") else entry for entry in described.allies)
    both = replace(record(), description=replace(described, allies=twins))
    names = table_of(ranked(both), "text").ally
    assert {"Twin (ITA)", "Twin (FRA)"} <= set(names)
    assert names.is_unique


def axes(node: Any) -> list[list[float]]:
    """The domains of all axes of years in a chart."""
    if isinstance(node, list):
        return [found for each in node for found in axes(each)]
    if not isinstance(node, dict):
        return []
    domain = node["x"].get("scale", {}).get("domain") if isinstance(node.get("x"), dict) else None
    return ([domain] if domain else []) + [found for each in node.values() for found in axes(each)]


@pytest.mark.parametrize("draw", [lambda record: fan(record, "DEU"), multiples])
def test_a_run_from_before_natos_table_begins_in_its_base_year(draw: Any) -> None:
    codes = [ally.iso3 for ally in load_tables().armed_allies()]
    rows = "".join(f"{iso3},{year},1.5,actual,,,\n" for iso3 in codes for year in range(2004, 2009))
    head = "iso3,year,share_pct,status,outlays_usd_m,equipment_share_pct,first_estimate_pct\n"
    text = "[horizon]\nbase_year = 2008\nlast_year = 2012\n[targets.core]\nshare_pct = 2.0\nby = 2012\n"
    scenario = reload(text, {"shares": Replacement("mine.csv", head + rows)})
    found = axes(draw(sim.simulate(scenario, paths=16, executor="serial").record).to_dict())
    assert found
    assert {domain[0] for domain in found} == {2008}

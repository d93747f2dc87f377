"""What the model takes from the data, and what it misses there."""

from __future__ import annotations

import sim
from sim.engine import inputs
from sim.engine.inputs import ally_inputs, first_growth_missing


def test_growth_that_is_missing_is_seen() -> None:
    whole = dict.fromkeys(range(1995, 2032), 2.0)
    assert first_growth_missing(whole, 2026, 2040) is None
    assert first_growth_missing(whole, 2014, 2024) is None
    assert first_growth_missing({year: 2.0 for year in whole if year != 2028}, 2026, 2032) == "2028"
    assert first_growth_missing({year: 2.0 for year in whole if year >= 2024}, 2026, 2032)
    assert first_growth_missing({year: 2.0 for year in whole if year > 2014}, 2014, 2024)


def test_the_inputs_of_the_main_scenario(rutte: sim.Scenario) -> None:
    inputs = {entry.iso3: entry for entry in ally_inputs(rutte)}
    assert len(inputs) == 31
    assert [entry.code for entry in inputs.values()] == sorted(entry.code for entry in inputs.values())
    germany = inputs["DEU"]
    assert (germany.base_share_pct, germany.estimated) == (2.69, True)
    assert germany.elections == {2029: 3, 2033: 3}
    assert [event.name for event in germany.commitments] == ["deu_pledge", "deu_path"]
    assert [event.name for event in inputs["ESP"].commitments] == ["esp_opt_out"]
    assert inputs["USA"].commitment == 0.3
    assert not inputs["USA"].europe_canada
    assert inputs["BGR"].early_election_rate > inputs["DEU"].early_election_rate > inputs["ROU"].early_election_rate > 0
    assert inputs["ALB"].early_election_rate == 0.08


def test_snap_elections_are_not_foreseen_and_later_pledges_not_known() -> None:
    inputs = {entry.iso3: entry for entry in ally_inputs(sim.loads("[horizon]\nbase_year = 2014\nlast_year = 2026\n"))}
    assert 2024 not in inputs["FRA"].elections
    assert 2022 in inputs["FRA"].elections
    assert all(not entry.commitments for entry in inputs.values())
    assert not inputs["DEU"].estimated


def test_an_ally_of_the_file_has_its_own_figures() -> None:
    text = "[ally.ITA]\nshare_pct = 2.5\nnorm_pct = 1.9\ndebt_pct = 50.0\nexposure = 0.2\ncommitment = 0.5\n"
    inputs = {entry.iso3: entry for entry in ally_inputs(sim.loads(text))}
    italy = inputs["ITA"]
    assert (italy.base_share_pct, italy.norm_pct, italy.debt_pct, italy.exposure, italy.commitment) == (
        2.5, 1.9, 50.0, 0.2, 0.5,
    )  # fmt: skip
    assert not italy.estimated


def test_a_figure_that_is_missing_is_told_with_its_place_and_what_to_do() -> None:
    found = [
        inputs._missing("gdp", "ITA", "nominal_usd_bn", "of 2026"),
        inputs._missing("shares", "ITA", "share_pct", "of 2026", "or set [ally.ITA] share_pct"),
    ]
    assert {(fault.line, fault.value, fault.code) for fault in found} == {(0, "blank", "missing-figure")}
    assert [fault.file for fault in found] == ["data table gdp", "data table shares"]
    assert [fault.field for fault in found] == ["ITA.nominal_usd_bn", "ITA.share_pct"]
    assert {fault.rule for fault in found} == {"the run needs the figure of 2026"}
    assert [fault.remedy for fault in found] == [
        "fill the table, choose another base_year",
        "fill the table, choose another base_year, or set [ally.ITA] share_pct",
    ]

"""What a report and a brief cite: nothing that the run did not use, and nothing of what it used left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.data.catalogue import catalogue
from sim.output.report.brief import brief
from sim.output.report.contents import sources
from sim.output.report.sources import UNKNOWN, citations
from sim.results.record import Record
from sim.scenario.shipped import files

ROW = "iso3,year,share_pct,status,outlays_usd_m,equipment_share_pct,first_estimate_pct\nPRT,2026,2.6,estimate,,,\n"
CITED = {entry.name: f"{entry.citation}." for entry in catalogue()}


def run(folder: Path, data: str) -> Record:
    (folder / "mine.csv").write_text(ROW)
    (folder / "mine.toml").write_text(f'extends = "rutte_2032"\n[data]\n{data}\n')
    return sim.simulate(sim.load(folder / "mine.toml"), 64, 1, executor="serial").record


def test_the_packaged_figures_are_cited_by_their_publishers(record: Record) -> None:
    assert sources(record) == [
        CITED[name] for name in ("shares", "gdp", "elections", "pledges", "announced_paths", "budgets")
    ]


def test_a_row_laid_over_a_table_takes_no_citation_away(tmp_path: Path, record: Record) -> None:
    found = run(tmp_path, 'shares = { file = "mine.csv", overlay = true }')
    assert sources(found) == [*sources(record), "mine.csv: rows laid over the packaged table shares."]
    told = brief(found, "PRT")
    assert "mine.csv: rows laid over the packaged table shares." in told
    assert "Cut-off 2026-04-14" in told


def test_a_table_of_ones_own_is_cited_in_the_place_of_the_packaged_one(tmp_path: Path, record: Record) -> None:
    whole = Path(sim.data.__file__).parent / "tables" / "shares.csv"
    (tmp_path / "whole.csv").write_text(whole.read_text().replace("PRT,2026,2.1,", "PRT,2026,2.2,"))
    found = run(tmp_path, 'shares = "whole.csv"')
    expected = [line for line in sources(record) if line != CITED["shares"]]
    assert sources(found) == [*expected, "whole.csv: a table of the user's own, not the packaged one, for shares."]


@pytest.mark.parametrize("changed", [{"burdenshare": "0.0.9"}, {"data_digest": "0" * 64}])
def test_figures_of_another_version_are_not_cited(tmp_path: Path, record: Record, changed: dict[str, str]) -> None:
    own = run(tmp_path, 'shares = { file = "mine.csv", overlay = true }')
    for each in (record, own) if "data_digest" in changed else (own,):
        other = replace(each, manifest={**each.manifest, "data_digest": "0" * 64, **changed})
        assert (citations(other, ("shares", "gdp")) == [UNKNOWN]) == (each is record or "burdenshare" in changed)


def test_every_shipped_scenario_cites_what_it_uses() -> None:
    for name in files():
        found = sources(sim.simulate(sim.load(name), 16, 1, executor="serial").record)
        assert CITED["shares"] in found
        assert UNKNOWN not in found

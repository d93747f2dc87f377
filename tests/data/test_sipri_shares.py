"""The allies' shares on SIPRI's measure: whom and which years they have, and how far they lie from NATO's."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean, stdev

import pytest

from sim.data.catalogue import catalogue
from sim.data.tables import Replacement, Tables, load_tables
from sim.errors import ScenarioError

YEARS = range(1995, 2019)
HEADER = "iso3,year,milex_pct\n"
MOST_ROWS = 31 * len(YEARS)
"""An extract may be a small part of SIPRI's database only."""


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def test_every_ally_with_armed_forces_has_every_year_but_for_the_holes_that_are_said(tables: Tables) -> None:
    known = {row.key for row in tables.sipri_shares}
    wanted = {(ally.iso3, year) for ally in tables.armed_allies() for year in YEARS}
    holes = {("MNE", year) for year in range(1995, 2005)} | {("MKD", 1995)}
    assert known == wanted - holes
    assert len(known) <= MOST_ROWS


def test_whoever_was_a_member_from_1999_on_has_a_figure(tables: Tables) -> None:
    known = {row.key for row in tables.sipri_shares}
    members = [(ally.iso3, year) for ally in tables.armed_allies() for year in YEARS if ally.joined_nato <= year]
    assert set(members) <= known


def differences(tables: Tables) -> Iterator[float]:
    """SIPRI's figure less NATO's of the same ally and year, percentage points."""
    nato = {row.key: row.share_pct for row in tables.shares}
    return (row.milex_pct - nato[row.key] for row in tables.sipri_shares if row.key in nato)


def test_the_two_measures_differ_as_the_page_says(tables: Tables) -> None:
    apart = list(differences(tables))
    assert len(apart) == 31 * 5
    assert (f"{fmean(apart):.2f}", f"{stdev(apart):.2f}") == ("0.04", "0.13")


def test_the_source_is_named_as_sipri_asks() -> None:
    (info,) = (info for info in catalogue() if info.name == "sipri_shares")
    asked = "Information from the Stockholm International Peace Research Institute (SIPRI), "
    assert info.citation.startswith(f"{asked}https://www.sipri.org/databases/milex")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("DEU,2000,1.4\nDEU,2000,1.4\n", "duplicate"),
        ("ISL,2000,0.1\n", "no-armed-forces"),
        ("DEU,2000,0.0144\n", "implausible"),
        ("DEU,2000,\n", "blank"),
    ],
)
def test_what_cannot_be_is_refused(line: str, code: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_tables({"sipri_shares": Replacement("mine.csv", HEADER + line)})
    assert [fault.code for fault in caught.value.faults] == [code]

"""The tables of the record: earlier targets, counts of the day, growth as once printed, forecasts of others."""

import statistics
from collections import Counter

import pytest

from sim.data.edition import key_of
from sim.data.tables import Replacement, Tables, load_tables
from sim.errors import ScenarioError
from support import present

PROMISES = "iso3,announced,target_pct,target_year,result,trivial,added,source,note\n"
COUNTS = "year,published,reached,members,source\n"
FORECASTS = (
    "made,forecaster,subject,members,target_year,value,low,high,probability_pct,unit,source,verified,note\n"
    "2024-02,A,allies at 2 %,31,2024,"
)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def test_sixty_seven_targets_and_what_became_of_them(tables: Tables) -> None:
    assert Counter(row.result for row in tables.promises) == {
        "met": 31,
        "missed": 24,
        "reached early": 11,
        "open": 1,
    }
    assert {(row.iso3, row.announced) for row in tables.promises if row.added} == {
        ("LVA", "2024"),
        ("ROU", "2025-02-28"),
    }
    assert sum(row.trivial for row in tables.promises) == 4


def test_counts_of_the_day_are_those_the_publishers_gave(tables: Tables) -> None:
    last = {row.year: row.reached for row in tables.published_counts}
    assert last == {2014: 3, 2015: 5, 2016: 5, 2018: 8, 2019: 9, 2022: 7, 2023: 11, 2024: 23, 2025: 31}
    first = {row.year: row.reached for row in reversed(tables.published_counts)}
    assert first == last | {2022: 9}


def test_the_members_of_a_count_are_those_of_its_year(tables: Tables) -> None:
    for row in tables.published_counts:
        assert row.members == sum(ally.joined_nato <= row.year for ally in tables.armed_allies())


EDITIONS = [f"{year}-{month}" for year in range(2020, int(key_of("gdp")[:4]) + 1) for month in ("04", "10")][1:]
EDITIONS = EDITIONS[: EDITIONS.index(key_of("gdp"))]
"""Every outlook of April and October from October 2020 to the one before that of `gdp`."""


def test_each_outlook_has_every_ally_that_is_counted(tables: Tables) -> None:
    spans = {edition: range(int(edition[:4]) - 3, int(edition[:4]) + 6) for edition in EDITIONS}
    spans["2020-10"] = range(2019, 2026)
    have = {(row.iso3, row.year, row.edition) for row in tables.outlook_vintages}
    armed = [ally.iso3 for ally in tables.armed_allies()]
    assert have == {(iso3, year, edition) for iso3 in armed for edition, span in spans.items() for year in span}


def test_only_the_first_year_of_the_first_outlook_has_no_change_of_prices(tables: Tables) -> None:
    for row in tables.outlook_vintages:
        assert None not in (row.growth_pct, row.gov_balance_pct, row.gov_debt_pct)
        assert (row.deflator_pct is None) == ((row.edition, row.year) == ("2020-10", 2019))
        assert int(row.edition[:4]) - 3 <= row.last_actual < int(row.edition[:4])


@pytest.mark.parametrize(("edition", "year", "iso3", "growth"), [
    ("2020-10", 2020, "DEU", -6.0), ("2020-10", 2020, "ESP", -12.8), ("2020-10", 2020, "GBR", -9.8),
    ("2021-10", 2021, "USA", 6.0), ("2022-10", 2023, "DEU", -0.3), ("2022-10", 2023, "ITA", -0.2),
    ("2023-10", 2024, "DEU", 0.9), ("2025-10", 2025, "USA", 2.0), ("2025-10", 2025, "DEU", 0.2),
])  # fmt: skip
def test_growth_is_what_the_text_of_the_outlook_says(
    tables: Tables, edition: str, year: int, iso3: str, growth: float
) -> None:
    """IMF, World Economic Outlook, table 1.1: one decimal."""
    assert round(present(tables.outlook_of(iso3, edition)[year].growth_pct), 1) == growth


@pytest.mark.parametrize(("edition", "mean", "sd"), [("2025-04", -0.20, 0.51), ("2025-10", -0.19, 0.27)])
def test_growth_of_2026_was_revised_by_the_known_amounts(tables: Tables, edition: str, mean: float, sd: float) -> None:
    april = {ally.iso3: tables.outlook_of(ally.iso3, "2026-04") for ally in tables.armed_allies()}
    moves = [
        present((printed.get(2026) or present(tables.gdp_row(iso3, 2026))).growth_pct)
        - present(tables.outlook_of(iso3, edition)[2026].growth_pct)
        for iso3, printed in april.items()
    ]
    assert statistics.fmean(moves) == pytest.approx(mean, abs=0.005)
    assert statistics.stdev(moves) == pytest.approx(sd, abs=0.005)
    assert 2031 not in tables.outlook_of("DEU", "2025-10")


def test_natos_own_expectations_for_2024_are_there(tables: Tables) -> None:
    said = {
        (row.made, row.members, row.value)
        for row in tables.outside_forecasts
        if row.forecaster == "NATO Secretary General" and row.target_year == 2024
    }
    assert said == {("2018-02-13", 29, 15), ("2024-02-14", 31, 18)}


def test_the_crowd_gave_all_its_probability(tables: Tables) -> None:
    ranges = [row for row in tables.outside_forecasts if row.probability_pct is not None]
    assert sum(row.probability_pct for row in ranges) == 100
    assert [(row.low, row.high) for row in ranges] == [(0, 10), (11, 14), (15, None)]


def test_a_forecast_has_a_known_subject_and_was_made_in_time(tables: Tables) -> None:
    groups = {"euro area", "Europe", "European Union", "DEU, FRA, GBR, ITA, ESP"}
    allies = {ally.iso3 for ally in tables.armed_allies()}
    for row in tables.outside_forecasts:
        assert int(row.made[:4]) <= row.target_year
        assert (row.subject == "allies at 2 %") == (row.unit == "allies") == (row.members is not None)
        assert row.unit == "allies" or row.subject in groups | allies
    assert len(tables.outside_forecasts) >= 12


def test_what_was_announced_in_2026_can_be_told_from_what_came_before(tables: Tables) -> None:
    announced = {row.iso3: row.announced for row in tables.announced_paths}
    late = {iso3 for iso3, date in announced.items() if date > "2025-12"}
    assert late == {"CZE", "DNK", "FRA", "GBR", "NLD", "POL", "USA"}
    assert announced["NOR"] == "2025-10"  # the budget for 2026 was tabled in October 2025
    for row in tables.announced_paths:
        assert row.announced[:4] in row.source or row.iso3 == "NOR"


CASES = {
    "before": ("promises", PROMISES + "FRA,2025-02,2,2024,met,0,0,x,\n", "bad-date", "target_year"),
    "no forces": ("promises", PROMISES + "ISL,2025-02,2,2026,met,0,0,x,\n", "no-armed-forces", "iso3"),
    "month 13": ("promises", PROMISES + "FRA,2025-13,2,2026,met,0,0,x,\n", "bad-format", "announced"),
    "too many": ("published_counts", COUNTS + "2024,2024-06,32,31,x\n", "out-of-range", "reached"),
    "nothing": ("outside_forecasts", FORECASTS + ",,,,allies,x,seen,\n", "blank", "value"),
    "low above high": ("outside_forecasts", FORECASTS + ",5,4,,allies,x,seen,\n", "out-of-range", "low"),
    "value outside": ("outside_forecasts", FORECASTS + "3,4,5,,allies,x,seen,\n", "out-of-range", "low"),
    "not checked": ("outside_forecasts", FORECASTS + "3,,,,allies,x,maybe,\n", "unknown-choice", "verified"),
}


@pytest.mark.parametrize(("table", "text", "code", "column"), CASES.values(), ids=CASES)
def test_what_cannot_be_is_refused(table: str, text: str, code: str, column: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_tables({table: Replacement("mine.csv", text)})
    (fault,) = caught.value.faults
    assert (fault.code, fault.field) == (code, column)
    assert fault.remedy

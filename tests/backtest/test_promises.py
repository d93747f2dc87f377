"""Earlier targets: what became of them, and the hit rates by lead time."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sim.data.tables import Replacement, Tables, load_tables
from sim.evaluation.backtest.promises import HitRate, closed, hit_rates, outcome, trivial

HEADER = "iso3,announced,target_pct,target_year,result,trivial,added,source,note\n"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def rates(tables: Tables) -> dict[tuple[str, str], HitRate]:
    return {(rate.lead, rate.sample): rate for rate in hit_rates(tables)}


def test_the_published_rates(tables: Tables) -> None:
    """54 % of 50 closed targets; .47 of 34 one budget ahead, .69 of 16 beyond: without the two rows added later."""
    found = rates(tables)
    assert [(rate.n, round(rate.rate, 2)) for rate in found.values() if rate.sample == "first"] == [
        (34, 0.47),
        (16, 0.69),
        (50, 0.54),
    ]


def test_the_rates_with_every_row(tables: Tables) -> None:
    found = rates(tables)
    assert [(rate.n, rate.met) for rate in found.values() if rate.sample == "all"] == [(35, 16), (17, 12), (52, 28)]


def test_the_documentation_has_these_rates(tables: Tables) -> None:
    lines = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8").splitlines()
    for rate in hit_rates(tables)[:3]:
        name = "all" if rate.lead == "any" else rate.lead
        span = f"{rate.ci_low:.2f} to {rate.ci_high:.2f}"
        assert f"| {name} | {rate.n} | {rate.met} | {rate.rate:.2f} | {span} |" in lines


def test_the_outcomes_are_those_found_by_hand(tables: Tables) -> None:
    for row in tables.promises:
        assert outcome(tables, row) == row.result, row


def test_the_trivial_are_those_of_the_rule(tables: Tables) -> None:
    for row in tables.promises:
        assert trivial(tables, row) == row.trivial, row


def test_intervals_hold_the_rate_and_are_wilsons(tables: Tables) -> None:
    """16 of 34 by the formula: (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n)."""
    z2, n, p = 1.959963984540054**2, 34, 16 / 34
    centre, half = p + z2 / (2 * n), math.sqrt(z2) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    rate = rates(tables)["one budget ahead", "first"]
    assert rate.ci_low == pytest.approx((centre - half) / (1 + z2 / n))
    assert rate.ci_high == pytest.approx((centre + half) / (1 + z2 / n))
    for other in hit_rates(tables):
        assert other.ci_low < other.rate < other.ci_high


def test_leads_and_samples_add_up(tables: Tables) -> None:
    found = rates(tables)
    for sample in ("first", "all"):
        near, far, both = (found[lead, sample] for lead in ("one budget ahead", "longer", "any"))
        assert (near.n + far.n, near.met + far.met) == (both.n, both.met)


def test_closed_targets_by_hand(tables: Tables) -> None:
    rows = {(row.iso3, row.announced, row.target_year): row for row in closed(tables)}
    assert len(rows) == 52
    greatest = rows["POL", "2024-08", 2025]
    assert (greatest.target_pct, greatest.outcome_pct, greatest.met) == (4.7, 4.25, False)
    assert (greatest.announced_year, greatest.lead_years, greatest.estimate) == (2024, 1, True)
    assert rows["BEL", "2025-04", 2025].met  # 2.00 is 2
    assert not rows["CZE", "2023-07", 2024].met  # 1.99 is not
    assert rows["FRA", "2017", 2025].lead_years == 8
    assert ("HRV", "2024-04", 2024) not in rows  # trivial
    assert ("SVN", "2023-03-22", 2030) not in rows  # open
    assert {row.target_year for row in rows.values() if row.estimate} == {2025, 2026}


def test_a_target_closes_with_its_figure_and_is_judged_by_the_tables_in_force() -> None:
    """Two targets for 2026 announced in 2025 and one for 2030, on shares where France has 2.5 in 2026."""
    promises = (
        "FRA,2025-03,2.5,2026,met,0,0,x,\nDEU,2025-03,3.5,2026,missed,0,0,x,\n"
        "FRA,2023,2.4,2030,reached early,0,0,x,\nDEU,2023,3.4,2030,open,0,0,x,\n"
    )
    packaged = "\n".join(
        f"{row.iso3},{row.year},{2.5 if (row.iso3, row.year) == ('FRA', 2026) else row.share_pct},{row.status},,,"
        for row in load_tables().shares
    )
    header = "iso3,year,share_pct,status,outlays_usd_m,equipment_share_pct,first_estimate_pct\n"
    tables = load_tables(
        {"promises": Replacement("p.csv", HEADER + promises), "shares": Replacement("s.csv", header + packaged)}
    )
    assert [outcome(tables, row) for row in tables.promises] == ["open", "missed", "reached early", "met"]
    found = rates(tables)
    assert (found["one budget ahead", "all"].n, found["one budget ahead", "all"].rate) == (2, 0.5)
    assert found["one budget ahead", "all"].mean_gap_pct == pytest.approx((0 + 2.69 - 3.5) / 2)
    empty = found["longer", "all"]
    assert math.isnan(empty.rate)
    assert (empty.n, empty.ci_low, empty.ci_high) == (0, 0.0, 1.0)

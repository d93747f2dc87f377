"""First estimates and what became of them: by hand on a small table, by known counts on the packaged one."""

from __future__ import annotations

from pathlib import Path
from statistics import stdev

import pytest
from scipy.stats import binom, norm, t

from sim.data.tables import Replacement, Tables, load_tables
from sim.distributions.families import Normal, StudentT
from sim.evaluation.backtest.vintages import (
    AssumptionCheck,
    EditionError,
    assumption_checks,
    compliance_changes,
    counts_by_edition,
    estimate_errors,
    published_and_revised,
    restated,
)
from sim.model.parameters import Outturn

DOCS = Path(__file__).parents[2] / "docs" / "data.md"
SMALL = """iso3,year,edition,share_pct,status,basis
DEU,2023,2023-07,2.00,estimate,2 decimals
FRA,2023,2023-07,2.00,estimate,2 decimals
ITA,2023,2023-07,1.00,estimate,2 decimals
SWE,2023,2023-07,2.10,estimate,2 decimals
DEU,2023,2025-08,1.9949,actual,4 decimals
FRA,2023,2025-08,2.0200,actual,4 decimals
DEU,2023,2026-07,1.90,actual,2 decimals
FRA,2023,2026-07,2.10,actual,2 decimals
ITA,2023,2026-07,1.00,actual,2 decimals
"""


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


@pytest.fixture(scope="module")
def small() -> Tables:
    return load_tables({"share_vintages": Replacement("small.csv", SMALL)})


def errors(tables: Tables) -> dict[tuple[str, str, str], EditionError]:
    return {(error.edition, error.against, error.sample): error for error in estimate_errors(tables)}


def test_errors_by_hand(small: Tables) -> None:
    """1.9 / 2 - 1 = -.05, 2.1 / 2 - 1 = .05 and 0; Sweden has no later figure."""
    error = errors(small)["2023-07", "2026-07", "all"]
    assert (error.year, error.n) == (2023, 3)
    assert error.mean == pytest.approx(0, abs=1e-12)
    assert error.sd == pytest.approx(0.05)
    assert error.standard_error == pytest.approx(0.05 / 3**0.5)
    assert error.robust_sd == pytest.approx(1.4826 * 0.05)
    assert (error.mean_pp, error.sd_pp) == (pytest.approx(0, abs=1e-12), pytest.approx(0.1))
    old = errors(small)["2023-07", "2025-08", "all"]
    assert (old.n, old.mean) == (2, pytest.approx(0.0025))  # 1.9949 is printed as 1.99: -.005 and .01


def test_only_germany_is_restated_there(small: Tables) -> None:
    """1.99 and 1.90 differ by .09, 2.02 and 2.10 by .08: neither; 1.9951 prints as 2.00 and would."""
    assert restated(small) == (("LUX", 2023),)
    moved = load_tables({"share_vintages": Replacement("small.csv", SMALL.replace("1.9949", "1.9951"))})
    assert restated(moved) == (("DEU", 2023), ("LUX", 2023))
    same = errors(moved)["2023-07", "2026-07", "same basis"]
    assert (same.n, same.mean, same.left_out) == (2, pytest.approx(0.025), ("DEU 2023",))


def test_counts_by_hand(small: Tables) -> None:
    """Sweden was no member in 2023; 1.9951 is printed, and counts, as 2.00."""
    rows = {(row.edition, row.year): row for row in counts_by_edition(small)}
    first = rows["2023-07", 2023]
    assert (first.members, first.members_reached, first.figures, first.reached) == (3, 2, 4, 3)
    assert (first.estimate_of_own_year, first.decimals) == (True, 2)
    later = rows["2025-08", 2023]
    assert (later.members_reached, later.estimate_of_own_year, later.decimals) == (1, False, 4)
    changed = [(row.iso3, row.met_then, row.met_now) for row in compliance_changes(small)]
    assert changed == [("DEU", True, False)]
    rounded = load_tables({"share_vintages": Replacement("small.csv", SMALL.replace("1.9949", "1.9951"))})
    assert {(row.edition, row.year): row.reached for row in counts_by_edition(rounded)}["2025-08", 2023] == 2


def test_the_errors_are_those_known_from_the_editions(tables: Tables) -> None:
    """Later less estimate in points: means of -.093, -.085, -.018 and sds of .31, .19, .19."""
    found = errors(tables)
    known = {"2023-07": (30, -0.093, 0.31), "2024-06": (31, -0.085, 0.19), "2025-08": (30, -0.018, 0.19)}
    known["2019-06"] = (28, 0.026, 0.31)
    for edition, (n, mean, sd) in known.items():
        error = found[edition, "2026-07", "all"]
        assert error.n == n
        assert error.mean_pp == pytest.approx(mean, abs=0.0006)
        assert error.sd_pp == pytest.approx(sd, abs=0.005)
    assert found["pooled", "2026-07", "all"].n == 119
    assert ("2025-08", "2025-08", "all") not in found


def test_the_restated_are_those_that_the_documentation_names(tables: Tables) -> None:
    by_year: dict[int, set[str]] = {}
    for iso3, year in restated(tables):
        by_year.setdefault(year, set()).add(iso3)
    assert by_year == {
        2023: {"ALB", "NLD", "SVK", "LUX"},
        2024: {"ALB", "FIN", "LUX", "NOR", "SWE"},
        2025: {"ALB", "CZE", "EST", "MKD", "NOR", "POL", "SVN", "SWE"},
    }


def test_counts_are_natos(tables: Tables) -> None:
    """Members of the day at 2 % by year, on two editions; 2024 fell from 23 to 18 and 17."""
    reached = {(row.edition, row.year): row.members_reached for row in counts_by_edition(tables)}
    members = {row.year: row.members for row in counts_by_edition(tables) if row.edition == "2026-07"}
    august = [reached["2025-08", year] for year in range(2014, 2026)]
    newest = [reached["2026-07", year] for year in range(2014, 2027)]
    assert august == [3, 4, 4, 3, 5, 6, 8, 6, 7, 10, 18, 30]
    assert newest == [3, 4, 4, 3, 5, 6, 8, 6, 7, 10, 17, 28, 30]
    assert list(members.values()) == [27, 27, 27, 28, 28, 28, 29, 29, 29, 30, 31, 31, 31]
    assert (reached["2023-07", 2023], reached["2024-06", 2024]) == (11, 23)


@pytest.mark.parametrize(("share_pct", "counts"), [(2.5, [6, 6, 11, 14]), (3.0, [2, 5, 7, 9]), (3.5, [0, 1, 4, 5])])
def test_counts_at_other_shares(tables: Tables, share_pct: float, counts: list[int]) -> None:
    rows = {row.year: row.reached for row in counts_by_edition(tables, share_pct) if row.edition == "2026-07"}
    assert [rows[year] for year in range(2023, 2027)] == counts


def test_as_published_beside_as_revised(tables: Tables) -> None:
    rows = {(row.year, row.published): (row.reached, row.later) for row in published_and_revised(tables)}
    assert rows[2024, "2024-06-17"] == (23, (("2025-08", 18), ("2026-07", 17)))
    assert rows[2025, "2025-08-28"] == (31, (("2026-07", 28),))
    assert all(said >= later[-1][1] for said, later in rows.values())  # no count has risen since


def test_an_estimate_of_the_year_itself_is_the_count_announced(tables: Tables) -> None:
    """But for 2025, when Germany was counted without a figure, and 2019: nine in November, seven in June."""
    announced = {row.published[:7]: row.reached for row in tables.published_counts if row.published}
    announced["2019-06"] = next(row.reached for row in tables.published_counts if row.year == 2019)
    own = {row.edition: row.members_reached for row in counts_by_edition(tables) if row.estimate_of_own_year}
    assert {edition: announced[edition] - count for edition, count in own.items()} == {
        "2019-06": 2,
        "2023-07": 0,
        "2024-06": 0,
        "2025-08": 1,
    }


def test_compliance_that_changed(tables: Tables) -> None:
    changed = {(row.iso3, row.year): (row.met_then, row.restated) for row in compliance_changes(tables)}
    assert changed == {
        ("BGR", 2019): (False, False),
        ("POL", 2019): (True, False),
        ("ROU", 2019): (True, False),
        ("DNK", 2023): (False, False),
        ("ROU", 2023): (True, False),
        ("SVK", 2023): (True, True),
        ("ALB", 2024): (True, True),
        ("BGR", 2024): (True, False),
        ("CZE", 2024): (True, False),
        ("MKD", 2024): (True, False),
        ("MNE", 2024): (True, False),
        ("SVK", 2024): (True, False),
        ("ALB", 2025): (True, True),
        ("CZE", 2025): (True, True),
        ("SVN", 2025): (True, True),
    }


def assumed() -> StudentT:
    distribution = Outturn().base_error
    assert isinstance(distribution, StudentT)
    return distribution


def test_the_documentation_has_these_figures(tables: Tables) -> None:
    names = {
        "2023-07": "July 2023",
        "2024-06": "June 2024",
        "2025-08": "August 2025",
        "2019-06": "June 2019",
        "pooled": "all four",
    }
    against = {"2026-07": "July 2026", "2025-08": "August 2025, old definition"}
    shown = 0
    for error in estimate_errors(tables):
        sample = ", same basis" if error.sample == "same basis" else ""
        line = (
            f"| {names[error.edition]} | {against[error.against]}{sample} | {error.n} | {error.mean:.3f} | "
            f"{error.standard_error:.3f} | {error.sd:.3f} | {error.robust_sd:.3f} | {error.mean_pp:.2f} |"
        )
        shown += line in DOCS.read_text(encoding="utf-8").splitlines()
    assert shown == 9


LEVEL = 0.01


def mean_fits(error: EditionError, mean: float) -> bool:
    """Whether the mean is within what chance allows at 1 %, by the errors' own spread."""
    return bool(abs(error.mean - mean) / error.standard_error < norm.ppf(1 - LEVEL / 2))


def spread_fits(check: AssumptionCheck) -> bool:
    """Whether the central 90 % holds as many errors as chance allows at 1 %, were they independent."""
    return bool(min(binom.cdf(check.inside_90, check.n, 0.9), binom.sf(check.inside_90 - 1, check.n, 0.9)) > LEVEL / 2)


def checks(tables: Tables, distribution: Normal | StudentT) -> dict[tuple[str, str, str], AssumptionCheck]:
    return {(each.edition, each.against, each.sample): each for each in assumption_checks(tables, distribution)}


def test_the_mean_the_model_assumes_is_that_of_the_editions(tables: Tables) -> None:
    mean, _ = assumed().moments()
    found = errors(tables)
    for edition in ("2019-06", "2023-07", "2024-06", "2025-08", "pooled"):
        assert mean_fits(found[edition, "2026-07", "all"], mean)
    assert abs(found["pooled", "2026-07", "all"].mean - mean) < found["pooled", "2026-07", "all"].standard_error


def test_the_spread_the_model_assumes_is_that_of_every_edition(tables: Tables) -> None:
    """Bulk and tails: single editions scatter by .08 to .19, the bulk of all by .06, and the central 90 % holds."""
    assert all(spread_fits(check) for key, check in checks(tables, assumed()).items() if key[2] == "all")
    pooled = errors(tables)["pooled", "2026-07", "all"]
    assert pooled.sd == pytest.approx(0.138, abs=0.001)
    assert pooled.robust_sd == pytest.approx(0.056, abs=0.001)


def test_a_normal_of_the_bulk_is_refused_for_its_tails(tables: Tables) -> None:
    """What was assumed before: 97 of 119 errors in a band that 107 should lie in."""
    found = checks(tables, Normal(mean=-0.02, sd=0.07))
    assert found["pooled", "2026-07", "all"].inside_90 == 97
    assert not spread_fits(found["pooled", "2026-07", "all"])
    assert not spread_fits(found["2023-07", "2026-07", "all"])


def test_the_judges_refuse_what_is_wrong(tables: Tables) -> None:
    """The control: a bias of a tenth, a spread of a third of the assumed one, and one of three times it."""
    key = ("2024-06", "2026-07", "all")
    mean, sd = assumed().moments()
    assert not mean_fits(errors(tables)[key], -0.10)
    assert not spread_fits(checks(tables, StudentT(df=4.0, mean=mean, sd=sd / 3))[key])
    assert not spread_fits(checks(tables, StudentT(df=4.0, mean=mean, sd=3 * sd))["pooled", "2026-07", "all"])


def test_the_checks_count_what_lies_inside(tables: Tables) -> None:
    found = checks(tables, assumed())
    assert found.keys() == errors(tables).keys()
    pooled = found["pooled", "2026-07", "all"]
    assert (pooled.n, pooled.inside_90) == (119, 108)
    assert pooled.sd_ratio == pytest.approx(0.138 / 0.116, abs=0.01)
    assert pooled.mean_in_standard_errors == pytest.approx(0.43, abs=0.01)
    assert 0.1 < pooled.ks_p < 0.2
    wide = checks(tables, Normal(mean=0.0, sd=10.0))
    assert wide["pooled", "2026-07", "all"].inside_90 == 119


@pytest.mark.parametrize("truth", [Normal(mean=-0.02, sd=0.07), StudentT(df=4.0, mean=-0.02, sd=0.116)])
def test_an_assumption_that_is_true_passes_every_check(truth: Normal | StudentT) -> None:
    """Estimates of 20.00 whose later figures lie at the quantiles of the assumption itself."""
    mean, sd = truth.moments()
    allies = [ally.iso3 for ally in load_tables().armed_allies()]
    tails = norm(mean, sd) if isinstance(truth, Normal) else t(4, mean, sd / 2**0.5)
    errors = [float(tails.ppf((index + 0.5) / 31)) for index in range(31)]
    lines = [f"{iso3},2024,2024-06,20.00,estimate,2 decimals" for iso3 in allies]
    lines += [
        f"{iso3},2024,2026-07,{20 * (1 + error):.2f},actual,2 decimals"
        for iso3, error in zip(allies, errors, strict=True)
    ]
    text = "\n".join([SMALL.partition("\n")[0], *lines, ""])
    (check, *_) = assumption_checks(load_tables({"share_vintages": Replacement("x.csv", text)}), truth)
    assert check.mean_in_standard_errors == pytest.approx(0, abs=0.01)
    assert check.sd_ratio == pytest.approx(stdev(errors) / sd, abs=0.005)  # 1, less the ends of the tails
    assert check.inside_90 == 27  # places 2 to 28 of 0 to 30
    assert check.ks_p > 0.99

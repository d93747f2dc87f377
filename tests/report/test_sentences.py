"""The sentences of a run, one by one, of figures made by hand: what each says, and from where on it says another."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import inf
from typing import Any

import numpy as np
import pandas as pd
import pytest

from report.made import CORE, PATHS, RELATED, TOTAL, WIDE, alliance, ally, chance, line, run
from sim.analysis.sensitivity import Sensitivity
from sim.numerics.grid import Grid
from sim.output.report import sentences
from sim.results.counts import CELLS, PILLARS, TALLIES
from sim.results.parameter_range import Range
from sim.results.record import ParameterDescription, Record
from sim.results.summary import Band, Halves
from sim.text.footnotes import (
    BEYOND,
    CLOSED_ON_PAPER,
    CONDITIONAL,
    MONTE_CARLO,
    SPENT,
    independent_runs,
    over_parameters,
)

BAND = Band(3.2, 2.9, 3.5)
TWO = (ally("Aland"), ally("Borduria"))
DRAWN = ParameterDescription("drawn", 1_024, 0.5, "drawn")


def taking(record: Record, parameters: ParameterDescription) -> Record:
    """The run with its parameters from elsewhere."""
    return replace(record, description=replace(record.description, parameters=parameters))


@pytest.mark.parametrize(
    ("band", "said"),
    [
        (Band(3.2, 2.94, 3.46), "between 2.9 and 3.5 %"),
        (Band(9.0, 2.94, inf), "above 2.9 %, and above 20 % in the highest,"),
        (Band(inf, inf, inf), "above 20 %"),
    ],
)
def test_where_90_of_100_runs_lie(band: Band, said: str) -> None:
    assert sentences.between(band) == said


def test_a_mean_with_runs_above_what_is_counted_is_a_lower_bound() -> None:
    assert sentences._mean(Band(3.24, 2.9, 3.5)) == "3.2"
    assert sentences._mean(Band(13.6, 2.9, inf, above=0.1)) == "at least 14"


def test_a_median_above_what_is_counted_is_said_to_be() -> None:
    assert sentences.median("Aland", BAND) == "half of the simulated runs have Aland at 3.2 % or below"
    assert (
        sentences.median("Aland", Band(inf, 2.9, inf)) == "more than half of the simulated runs have Aland above 20 %"
    )


@pytest.mark.parametrize(
    ("reported", "said"),
    [(3.2, ""), (3.32, "; 0.12 points more are closed on paper"), (5.2, "; 2.00 points more are closed on paper")],
)
def test_what_is_closed_on_paper_comes_on_top_of_what_is_spent(reported: float, said: str) -> None:
    assert sentences._besides(alliance(reported=Band(reported, 3.0, 3.6))) == said


@pytest.mark.parametrize(("year", "said"), [(2027, " (the target falls due in 2028)"), (2028, ""), (2029, "")])
def test_only_a_year_before_the_targets_own_is_early(year: int, said: str) -> None:
    assert sentences.early(CORE, year) == said


def test_a_figure_with_a_sign_is_spoken() -> None:
    spoken = [sentences.spoken(figure) for figure in ("<1", ">99", "~80", "12")]
    assert spoken == ["fewer than 1", "more than 99", "about 80", "12"]


def test_a_probability_is_told_in_runs_with_its_range() -> None:
    assert sentences.in_runs(chance(0.12)) == "in 12 of 100 simulated runs"
    assert sentences.in_runs(replace(chance(0.002), ci_high=0.004)) == "in fewer than 1 of 100 simulated runs"
    assert sentences.in_runs(replace(chance(0.83), ci_low=0.7, ci_high=0.9)) == "in about 80 of 100 simulated runs"
    with_range = sentences.in_runs(chance(0.5, over_parameters=WIDE))
    assert with_range == "in 50 of 100 simulated runs (39 to 78 over parameters)"


def test_an_ally_is_told_with_its_odds_and_their_word() -> None:
    usual = line(TWO[0], spent=BAND, core=chance(0.6, 0.4))
    said = (
        "Aland is at 3.5 % or above in 2028 in 60 of 100 simulated runs, given the assumptions (likely); spent only, "
    )
    assert sentences.ally_sentence(usual, CORE, 2028) == f"{said}in 40."
    rare = line(TWO[0], spent=BAND, core=replace(chance(0.6, 0.002), without_low=0.0, without_high=0.004))
    assert sentences.ally_sentence(rare, CORE, 2028) == f"{said}in fewer than 1."
    assert "in 2027 (the target falls due in 2028) in 60 of 100" in sentences.ally_sentence(usual, CORE, 2027)


def test_a_date_that_was_put_off_is_told_where_it_was() -> None:
    waiting = chance(0.6, 0.4, not_yet_due=0.003, not_yet_due_low=0.001, not_yet_due_high=0.006)
    said = sentences.ally_sentence(line(TWO[0], spent=BAND, core=waiting), CORE, 2028)
    assert said.endswith(
        "; spent only, in 40. In fewer than 1 the target is not met, but its date was put off."
    )  # fmt: skip
    waiting = chance(0.6, 0.4, not_yet_due=0.25, not_yet_due_low=0.2, not_yet_due_high=0.35)
    said = sentences.ally_sentence(line(TWO[0], spent=BAND, core=waiting), CORE, 2028)
    assert said.endswith("; spent only, in 40. In about 30 the target is not met, but its date was put off.")


def test_without_a_target_that_binds_it_an_ally_has_no_odds() -> None:
    unbound = line(TWO[0], spent=BAND)
    rest = (
        ", so there are no odds of meeting it; half of the simulated runs have Aland at 3.2 % or below in 2028, given "
        "the assumptions."
    )
    assert sentences.ally_sentence(unbound, None, 2028) == f"The scenario has no core target{rest}"
    assert (
        sentences.ally_sentence(unbound, CORE, 2028)
        == f"The core target of 3.5 % of GDP by 2028 does not bind Aland{rest}"
    )
    other = line(TWO[0], spent=BAND, core=chance(0.6))
    assert sentences.ally_sentence(other, None, 2028) == f"The scenario has no core target{rest}"


def test_the_count_is_of_those_that_the_target_binds() -> None:
    rest = (
        "are expected at 3.5 % of GDP or above in 2028, between 2 and 7 in 90 of 100 simulated runs, given the "
        "assumptions; spent only, "
    )
    assert sentences._count(alliance(), CORE, 2028) == f"4 of 10 allies {rest}3."
    of_all = sentences._count(alliance(allies=31), CORE, 2028)
    assert of_all == f"4 of the 10 allies that the core target binds {rest}3."
    few = alliance(bound={"core": 9, "total": 10})
    assert sentences._count(few, CORE, 2028) == f"4.2 of the 9 allies that the core target binds {rest}3.4."
    early = "3.5 % of GDP or above in 2027 (the target falls due in 2028), between 2 and 7"
    assert early in sentences._count(alliance(), CORE, 2027)


def test_the_count_has_its_range_and_both_kinds_of_runs_where_parameters_are_drawn() -> None:
    said = sentences._count(alliance(over_parameters=Range(2.6, 8.3), halves=Halves(7.1, 2.9)), CORE, 2028)
    assert said.startswith("4 of 10 allies are expected (3 to 8 by the parameters drawn) at 3.5 % of GDP or above")
    kept = "In runs that keep the pledge in earnest 7 are expected, in the others 3."
    assert said.endswith(f"; spent only, 3. {kept}")


def test_allies_are_named_by_the_word_of_their_odds_the_likeliest_first() -> None:
    odds = {"Utopia": 0.99, "Vulgaria": 0.97, "Freedonia": 0.9, "Syldavia": 0.6, "Borduria": 0.7, "Aland": 0.5}
    bound = [line(ally(name), spent=BAND, core=chance(part)) for name, part in [*odds.items()][::-1]]
    rare = [line(ally(name), spent=BAND, core=chance(part)) for name, part in (("Ruritania", 0.44), ("Elbonia", 0.01))]
    free = line(ally("Genovia"), spent=BAND, total=chance(0.99))
    at = "At 3.5 % in 2028, given the assumptions: "
    named = (
        "in 95 or more of 100 simulated runs (almost certain) Utopia and Vulgaria; "
        "in 80 to 95 of 100 simulated runs (very likely) Freedonia; "
        "in 55 to 80 of 100 simulated runs (likely) Borduria and Syldavia; "
        "in 45 to 55 of 100 simulated runs (roughly even) Aland"
    )
    assert sentences._who([free, *bound], CORE, 2028) == f"{at}{named}."
    assert sentences._who([*rare, free, *bound], CORE, 2028) == f"{at}{named}; in fewer than 45 the other 2."
    assert sentences._who(rare, CORE, 2028) == f"{at}in fewer than 45 all 2."
    low = line(ally("Zembla"), spent=BAND, core=chance(0.1))
    assert sentences._who([low, *bound[:1]], CORE, 2028).endswith(" Aland; in fewer than 45 the other 1.")


SEVEN = tuple(
    ally(name, gdp_usd_bn=usd, europe=name != "Utopia")
    for name, usd in (
        ("Aland", 10.0), ("Borduria", 20.0), ("Carpania", 30.0), ("Dalmasca", 40.0), ("Elbonia", 50.0),
        ("Freedonia", 50.0), ("Utopia", 800.0),
    )
)  # fmt: skip
SHORT = dict(zip("ABCDEFU", (4.0, 1.2, 0.5, 0.3, 0.2, None, 23.8), strict=True))


def of_money(monkeypatch: pytest.MonkeyPatch, *, nato: float = 30.0, on_paper: float = 0.6) -> Record:
    """A run of seven allies, one of which the target does not bind; money short in its second year as in SHORT."""
    rows: list[tuple[Any, ...]] = [
        (3 * letter, next(e.name for e in SEVEN if e.iso3[0] == letter), 2028, usd, 0.0)
        for letter, usd in SHORT.items()
    ]
    rows += [("EUC", "Europe and Canada", 2028, 6.2, 0.1), ("NATO", "NATO", 2028, nato, on_paper)]
    rows += [(iso3, name, 2027, 99.0, 99.0) for iso3, name, *_ in rows]
    columns = ["iso3", "ally", "year", "shortfall_usd_bn_mean", "on_paper_usd_bn_mean"]
    table = pd.DataFrame(rows[::-1], columns=columns)
    table["shortfall_pct_mean"] = np.nan  # which groups have not

    def gap(record: Record) -> pd.DataFrame:
        assert record.description.allies == SEVEN
        return table

    monkeypatch.setattr(sentences, "gap", gap)
    cells = np.zeros((2, 2, CELLS), dtype=np.int64)
    cells[0, 1, 100], cells[0, 1, 300], cells[0, 1, 500] = 5, 90, 5  # of 200 bn: a cell is 0.02
    cells[1, 1, 150], cells[1, 1, 300], cells[1, 1, 450] = 5, 90, 5  # of 1,000 bn: 0.1
    cells[:, 0, 700] = PATHS
    return run(SEVEN, CORE, spent_group_shortfall_usd=cells)


def test_the_money_is_that_of_the_year_with_its_band_and_who_holds_most(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sentences._money(of_money(monkeypatch), CORE, 2028) == (
        "On average over the simulated runs, given the assumptions, what is spent is USD 30 bn a year short of 3.5 % "
        "in 2028, 15 to 30 in 90 of 100 (prices and exchange rates of 2026); of Europe and Canada 6.2, 2.0 to 6.0. "
        "The average falls to Utopia 24, Aland 4.0, Borduria 1.2, Carpania 0.5 and Dalmasca 0.3 (USD bn). "
        "Of it, USD 0.6 bn is closed on paper."
    )


def test_money_that_is_hardly_any_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    none = "No money is expected to be short of 3.5 % in 2028."
    assert sentences._money(of_money(monkeypatch, nato=0.049), CORE, 2028) == none
    assert sentences._money(of_money(monkeypatch, nato=0.05), CORE, 2028) != none
    assert sentences._money(of_money(monkeypatch, on_paper=0.0), CORE, 2028).endswith(" 0.3 (USD bn).")
    part = sentences._money(of_money(monkeypatch, nato=60.0), CORE, 2028)
    assert ". About 5 tenths of the average fall to Utopia 24, " in part


def test_a_quantile_of_money_above_what_is_counted_is_more_than_its_end() -> None:
    cells, grid = np.array([50, 0, 45, 5]), Grid(Fraction(3))
    assert [sentences._counted_usd(cells, level, grid) for level in (0.05, 0.95)] == ["<0.1", "6.0"]
    assert sentences._counted_usd(cells, 0.96, grid) == "more than 6.0"


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (1.0, "The average falls"),
        (0.95, "The average falls"),
        (0.94, "About 9 tenths of the average fall"),
        (0.26, "About 3 tenths of the average fall"),
        (0.01, "About 1 tenths of the average fall"),
    ],
)
def test_a_part_of_the_money_is_told_in_tenths(part: float, said: str) -> None:
    assert sentences._part(part) == said


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The sentences of a run whose lines are made by hand."""

    def of(record: Record, **given: Any) -> list[str]:
        def of_alliance(made: Record, year: int) -> Any:
            assert (made, year) == (record, 2028)
            return alliance(**given)

        def of_allies(made: Record, year: int) -> Any:
            assert (made, year) == (record, 2028)
            return [line(SEVEN[0], spent=BAND, core=chance(0.6))]

        monkeypatch.setattr(sentences, "alliance_line", of_alliance)
        monkeypatch.setattr(sentences, "ally_lines", of_allies)
        return sentences.headlines(record, 2028)

    return of


AVERAGE = (
    "Europe and Canada together spend 3.2 % of GDP on average in 2028, between 2.9 and 3.5 % in 90 of 100 simulated "
    "runs"
)


def test_headlines_come_in_their_order(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    record = of_money(monkeypatch)
    found = told(record, reported=Band(3.32, 3.0, 3.6))
    assert found == [
        sentences._count(alliance(), CORE, 2028),
        "At 3.5 % in 2028, given the assumptions: in 55 to 80 of 100 simulated runs (likely) Aland.",
        f"{AVERAGE}; 0.12 points more are closed on paper.",
        sentences._money(record, CORE, 2028),
        "At least 7 allies are there in 12 of 100 simulated runs.",
    ]
    assert len(told(record, bound={"core": 6})) == 5
    assert len(told(record, bound={"core": 5})) == 4


def test_without_a_core_target_the_average_is_told_and_what_is_assumed(told: Any) -> None:
    assert told(run(SEVEN)) == [f"{AVERAGE}."]
    lower = told(run(SEVEN, TOTAL), spent=Band(13.6, 2.94, inf, 0.1), totals=BAND, bound={"total": 7})
    assert lower[0] == (
        "Europe and Canada together spend at least 14 % of GDP on average in 2028, above 2.9 %, and above 20 % in the "
        "highest, in 90 of 100 simulated runs."
    )
    assert len(lower) == 2


def test_what_is_assumed_is_one_sentence_and_the_last(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = of_money(monkeypatch)
    described = replace(made.description, yardsticks=(CORE, TOTAL, RELATED))
    record = replace(made, description=described)
    bands = {"totals": Band(11.2, 6.0, 16.0), "related": Band(0.66, 0.0, 2.0)}
    found = told(record, allies=31, bound={"core": 31, "related": 3, "total": 31}, **bands)
    assert len(found) == 6
    stamp = "An assumption, for NATO publishes no security-related outlays: "
    related = (
        "0.7 of the 3 allies that this target binds are expected at 1.5 % of GDP for security-related items, 0 to 2 in "
        "90 of 100 simulated runs"
    )
    total = "11 of 31 allies are expected at 5 % in total, counting these items, 6 to 16 in 90 of 100 simulated runs"
    assert found[-1] == f"{stamp}{related}; {total}."


def test_what_a_run_is_measured_against_is_told_of_each_pillar() -> None:
    agreed = replace(CORE, agreed="not agreed")
    assert sentences.standing(run(TWO)) == "The scenario has no target to measure against."
    assert sentences.standing(run(TWO, agreed, RELATED)) == (
        "Measured against core 3.5 % of GDP by 2028 (not agreed) and security-related 1.5 % of GDP by 2028 "
        "(binds 1 of 2 allies)."
    )


def test_caveats_are_those_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made = line(TWO[0], spent=BAND, core=chance(0.6))
    drawn = line(TWO[0], spent=BAND, core=chance(0.6, over_parameters=WIDE))

    def of(lines: list[Any], record: Record) -> tuple[str, ...]:
        def of_allies(found: Record, year: int) -> Any:
            assert (found, year) == (record, 2027)
            return lines

        monkeypatch.setattr(sentences, "ally_lines", of_allies)
        return sentences.caveats(record, 2027)

    within, beyond, other = (np.zeros((len(PILLARS), 2, 2, CELLS), dtype=np.int64) for _ in range(3))
    within[..., :-1], other[1:, ..., -1] = 1, 1
    beyond[0, 1, 1, -1] = 1
    wilson = independent_runs(32_768)
    always = (f"{MONTE_CARLO} {wilson}", CLOSED_ON_PAPER, SPENT)
    assert of([made], run(TWO, CORE, shares=within)) == (CONDITIONAL, *always)
    assert of([made], run(TWO, CORE, shares=other)) == (CONDITIONAL, *always)
    assert of([made], run(TWO, CORE, shares=beyond)) == (CONDITIONAL, *always, BEYOND)
    total, related = line(TWO[0], spent=BAND, total=chance(0.6)), line(TWO[0], spent=BAND, related=chance(0.6))
    assert of([related, total], run(TWO, TOTAL, RELATED, shares=within)) == (CONDITIONAL, *always)
    assert of([related], run(TWO, RELATED, shares=within)) == always
    reach = "Monte Carlo error, what another seed would change, is at most 1.0 points (95 %)."
    over = over_parameters(512, halved=True)
    many = (CONDITIONAL, MONTE_CARLO, CLOSED_ON_PAPER, SPENT)
    assert of([made], run(TWO, CORE, shares=within, paths=32_768)) == many
    assert of([drawn], taking(run(TWO, CORE, shares=within), DRAWN)) == (
        CONDITIONAL,
        over,
        f"{reach} {wilson}",
        CLOSED_ON_PAPER,
        SPENT,
    )


def moved(*expected: float) -> list[Sensitivity]:
    return [Sensitivity(f"assumption {index}", value) for index, value in enumerate(expected)]


THIRTY = run([ally(name) for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜÅØ"[:30]], CORE)
FIVE = replace(
    THIRTY, description=replace(THIRTY.description, yardsticks=(replace(CORE, members=("AAA", "BBB", "CCC")),))
)


def test_rows_that_differ_by_a_tenth_read_differently() -> None:
    def rows(*expected: float, of: Record = THIRTY) -> list[str]:
        found = sentences.sensitivity_rows(moved(*expected), of)
        assert [words for words, _ in found] == [f"assumption {index}" for index in range(len(expected))]
        return [told for _, told in found]

    assert rows(12.6, 12.9, 13.1) == ["12.6", "12.9", "13.1"]
    assert rows(12.6, 12.62, 12.64) == ["13", "13", "13"]
    assert rows(12.6, 14.0) == ["13", "14"]
    assert rows(0.0, 0.1) == ["<0.1", "0.1"]  # just a tenth is told
    assert rows(3.0, 3.2, of=FIVE) == ["3.0", "3.2"]
    assert rows(2.98, 2.99, of=FIVE) == [">2.9", ">2.9"]


def test_other_assumptions_are_said_to_move_only_what_they_move(monkeypatch: pytest.MonkeyPatch) -> None:
    def reach(record: Record, year: int) -> float:
        assert (record, year) == (THIRTY, 2028)
        return 0.5

    monkeypatch.setattr(sentences, "expected_reach", reach)
    none = (
        "Other assumptions can move the expected number of allies; one at a time, all else and all random numbers the "
        "same, none of these moves it by a tenth of an ally:"
    )
    some = (
        "Other assumptions move the expected number of allies {}; here one at a time, all else and all random numbers "
        "the same:"
    )
    said = {
        expected: sentences.sensitivities_sentence(moved(*expected), THIRTY, 2028)
        for expected in ((), (3.0, 3.04, 2.95), (0.0, 0.1), (3.0, 3.5), (3.0, 3.2, 2.4), (3.0, 3.3, 3.6))
    }
    assert said == {
        (): none, (3.0, 3.04, 2.95): none, (0.0, 0.1): some.format("too"), (3.0, 3.5): some.format("too"),
        (3.0, 3.2, 2.4): some.format("further"), (3.0, 3.3, 3.6): some.format("further"),
    }  # fmt: skip


def test_other_random_numbers_move_the_expected_number_by_its_monte_carlo_error() -> None:
    number = np.zeros((len(TALLIES), 2, 31), dtype=np.int64)
    number[TALLIES.index("core"), 1, [0, 5]] = PATHS // 2  # 95 % of means of 100 lie within 0.49 of 2.5
    number[:, 0, 2] = PATHS
    wide = replace(THIRTY, counts=replace(THIRTY.counts, arrays={**THIRTY.counts.arrays, "number": number}))
    said = [sentences.sensitivities_sentence(moved(2.5, other), wide, 2028) for other in (2.98, 3.0)]
    assert "move the expected number of allies too;" in said[0]
    assert "move the expected number of allies further;" in said[1]


@pytest.mark.parametrize(
    ("parameters", "held"),
    [
        (DRAWN, "the rows of estimated parameters and whether the pledge is kept in earnest, and no other assumption, "
                "not even how the map is read, which is drawn too."),
        (ParameterDescription("drawn", 2, 0.0, "coasts"),
         "the rows of estimated parameters, and no other assumption."),
        (ParameterDescription("shipped", 2, 0.5, "coasts"),
         "whether the pledge is kept in earnest, and no other assumption."),
    ],
)  # fmt: skip
def test_what_the_ranges_hold_is_said_of_the_run_that_has_them(
    monkeypatch: pytest.MonkeyPatch, parameters: ParameterDescription, held: str
) -> None:
    record, found = taking(THIRTY, parameters), [line(TWO[0], spent=BAND, core=chance(0.6))]

    def of_allies(run_of: Record, year: int) -> Any:
        assert (run_of, year) == (record, 2028)
        return found

    monkeypatch.setattr(sentences, "ally_lines", of_allies)
    assert (
        sentences.ranges_say(record, 2028) == "The intervals on this page say what other random numbers would change."
    )
    found[:] = [line(TWO[0], spent=BAND, core=chance(0.6, over_parameters=WIDE))]
    assert sentences.ranges_say(record, 2028) == f"The ranges over parameters hold {held}"

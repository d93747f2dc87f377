"""What a target costs, and how often such rises were seen: of made tables, and of the published ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from report.made import BASE, CORE, ally, run
from sim.data.rows import AllyRow, GdpRow, Row, ShareRow
from sim.data.tables import Tables, load_tables
from sim.output.report import money
from sim.output.report.money import BaseRate, Needed, base_rate, gdp_status, needed
from sim.results.record import AllyDescription, Record
from support import present

ALAND, UTOPIA = ally("Aland", share_pct=2.1, gdp_usd_bn=200.0), ally("Utopia", share_pct=4.0)
RUN = run([ALAND, UTOPIA], CORE)


def close(value: Any) -> Any:
    """The same but for rounding."""
    return pytest.approx(value)


def gdp(year: int, usd_bn: float | None, growth: float | None, spending: float | None, status: str = "forecast",
        iso3: str = "ITA") -> GdpRow:  # fmt: skip
    return GdpRow.model_validate(
        {"iso3": iso3, "year": year, "growth_pct": growth, "nominal_usd_bn": usd_bn, "gov_spending_pct": spending,
         "status": status}
    )  # fmt: skip


def shares(iso3: str, **by_year: float) -> list[ShareRow]:
    return [
        ShareRow.model_validate({"iso3": iso3, "year": int(year[1:]), "share_pct": pct, "status": "actual"})
        for year, pct in by_year.items()
    ]


GDP = (
    gdp(2025, 180.0, 9.0, 38.0, "estimate"), gdp(2026, 200.0, 7.0, 39.0, "estimate"), gdp(2027, 230.0, 10.0, 50.0),
    gdp(2027, 999.0, 9.0, 99.0, iso3="ESP"), gdp(2029, 999.0, 9.0, 99.0),
)  # fmt: skip
"""Of one ally to the year before the target's, and behind it; prices rise."""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Tables made by hand in the place of the packaged ones, each only where it is asked for by its name."""

    def use(**tables: tuple[Row, ...]) -> None:
        def packaged(record: Record, *names: str) -> Tables | None:
            assert isinstance(record, Record)
            assert names
            return Tables({name: tables[name] for name in names}) if set(names) <= set(tables) else None

        monkeypatch.setattr(money, "packaged", packaged)
        rows = [("ITA", 2027, 9.0, 8.0), ("ITA", 2028, 5.0, 0.7), ("ESP", 2028, 7.0, 6.0)]
        names = ["iso3", "year", "shortfall_usd_bn_mean", "on_paper_usd_bn_mean"]

        def gap(record: Record) -> pd.DataFrame:
            assert record is RUN
            return pd.DataFrame(rows, columns=names)

        monkeypatch.setattr(money, "gap", gap)

    return use


ITALY = replace(ALAND, iso3="ITA")


def of_italy(entry: AllyDescription = ITALY, year: int = 2028, **core: Any) -> Needed:
    return needed(RUN, entry, replace(CORE, **core), year)


def test_what_a_target_takes_is_worked_out_from_the_published_figures(made: Callable[..., None]) -> None:
    made(gdp=GDP, shares=tuple(shares("ITA", y2023=1.4, y2024=1.5, y2025=1.8, y2026=9.9, y2027=9.9)))
    take = of_italy()
    assert [year for year, _ in take.past_steps_pct] == [2024, 2025, 2026]
    assert [step for _, step in take.past_steps_pct] == close([0.1, 0.3, 0.3])  # to the run's own figure
    assert replace(take, past_steps_pct=()) == Needed(
        rise_pct=close(1.4),
        years=2,
        step_pct=close(0.7),
        past_steps_pct=(),
        base_usd_bn=close(2.8),
        expected_usd_bn=5.0,
        on_paper_usd_bn=0.7,
        current_usd_bn=close(5.0 * 230 / 220),  # what grew by 10 % became 15 % more money
        current_year=2027,
        nominal_usd_bn=close(0.014 * 230),
        nominal_year=2027,
        of_spending_pct=close(7.0),
        spending_year=2027,
    )


def test_an_ally_that_is_there_needs_no_rise(made: Callable[..., None]) -> None:
    made(gdp=GDP, shares=())
    take = of_italy(replace(ITALY, base_share_pct=4.0))
    assert (take.rise_pct, take.step_pct, take.base_usd_bn, take.nominal_usd_bn) == (0, 0, 0, 0)
    assert of_italy(replace(ITALY, base_share_pct=3.0)).rise_pct == 0.5


@pytest.mark.parametrize("by", [2021, 2025, 2026, 2027])
def test_a_target_that_is_due_already_takes_its_rise_in_one_year(by: int, made: Callable[..., None]) -> None:
    made(gdp=GDP, shares=())
    take = of_italy(by=by)
    assert (take.years, take.rise_pct) == (1, close(1.4))
    assert take.step_pct == take.rise_pct


def test_money_is_that_of_the_year_shown_and_its_target_that_of_its_own(made: Callable[..., None]) -> None:
    made(gdp=GDP, shares=())
    take = of_italy(year=2027, by=2026)
    assert (take.expected_usd_bn, take.on_paper_usd_bn, take.current_year) == (9.0, 8.0, 2027)
    assert (take.nominal_year, take.spending_year) == (2026, 2026)
    assert take.of_spending_pct == close(350 / 39)
    assert take.nominal_usd_bn == close(0.014 * 200)


def test_where_no_target_binds_only_the_past_is_told(made: Callable[..., None]) -> None:
    made(gdp=GDP, shares=tuple(shares("ITA", y2025=1.8)))
    step = close(0.3)
    assert needed(RUN, ITALY, None, 2028) == Needed(
        0.0, 0, 0.0, ((2026, step),), 0.0, 0.0, 0.0, None, None, None, None, None, None
    )


def test_of_tables_of_ones_own_nothing_is_told_that_takes_them(made: Callable[..., None]) -> None:
    made(gdp=GDP)
    assert of_italy().past_steps_pct == ()
    assert of_italy().current_usd_bn is not None
    made(shares=tuple(shares("ITA", y2025=1.8)))
    take = of_italy()
    assert len(take.past_steps_pct) == 1
    nothing = (None, None, None, None, None, None)
    assert (
        take.current_usd_bn, take.current_year, take.nominal_usd_bn, take.nominal_year, take.of_spending_pct,
        take.spending_year,
    ) == nothing  # fmt: skip
    assert (take.expected_usd_bn, take.base_usd_bn) == (5.0, close(2.8))


def test_a_figure_that_is_missing_is_that_of_the_last_year_which_has_it(made: Callable[..., None]) -> None:
    made(gdp=(gdp(2024, 150.0, 8.0, 41.0), *GDP[:2], gdp(2027, None, 10.0, None)), shares=())
    take = of_italy()
    assert (take.nominal_year, take.spending_year, take.of_spending_pct) == (2026, 2026, close(350 / 39))
    assert take.nominal_usd_bn == close(0.014 * 200)
    made(gdp=(), shares=())
    assert (of_italy().nominal_usd_bn, of_italy().nominal_year, of_italy().of_spending_pct) == (None, None, None)


@pytest.mark.parametrize(
    "rows",
    [
        (),
        GDP[:1],  # nothing of the base year
        GDP[1:3],  # control: as it is
        GDP[:2],  # nothing behind the base year
        (gdp(2026, None, 7.0, 39.0), GDP[2]),
        (GDP[1], gdp(2027, 230.0, None, 50.0)),
        (GDP[1], gdp(2028, 260.0, 9.0, 50.0)),  # no growth of the year between
    ],
)
def test_current_dollars_take_growth_and_prices_of_every_year_between(
    rows: tuple[GdpRow, ...], made: Callable[..., None]
) -> None:
    made(gdp=rows, shares=())
    take = of_italy()
    known = rows == GDP[1:3]
    assert (take.current_usd_bn, take.current_year) == ((close(5 * 230 / 220), 2027) if known else (None, None))


def test_growth_is_that_of_each_year_to_the_one_shown(made: Callable[..., None]) -> None:
    made(
        gdp=(gdp(2025, 100.0, 50.0, 1.0), *GDP[1:3], gdp(2028, 300.0, 20.0, 1.0), gdp(2029, 1.0, 50.0, 1.0)), shares=()
    )
    take = of_italy()
    assert (take.current_usd_bn, take.current_year) == (close(5 * 300 / (200 * 1.1 * 1.2)), 2028)


def test_the_last_steps_end_with_the_base_year_and_leave_gaps_out(made: Callable[..., None]) -> None:
    made(gdp=(), shares=(*shares("ITA", y2022=1.0, y2023=1.4, y2025=1.8), *shares("ESP", y2024=3.0)))
    assert [year for year, _ in of_italy().past_steps_pct] == [2026]
    made(gdp=(), shares=tuple(shares("ITA", y2022=1.0, y2023=1.4, y2024=1.5)))
    assert [year for year, _ in of_italy().past_steps_pct] == [2024]


def test_the_status_of_gdp_is_that_of_its_row(made: Callable[..., None]) -> None:
    made(gdp=GDP)
    assert [gdp_status(RUN, "ITA", year) for year in (2026, 2027, 2028)] == ["estimate", "forecast", ""]
    assert gdp_status(RUN, "FRA", 2027) == ""
    made(shares=())
    assert gdp_status(RUN, "ITA", 2027) == ""


def nation(iso3: str, number: int, armed: bool = True) -> AllyRow:
    return AllyRow.model_validate(
        {"iso3": iso3, "iso_numeric": number, "name": f"the {iso3}", "joined_nato": 1949, "eu_member": False,
         "armed_forces": armed}
    )  # fmt: skip


NATIONS = (nation("ITA", 1), nation("ESP", 2), nation("ISL", 3, armed=False))
SHARES = (
    *shares("ITA", y2019=5.0, y2020=1.0, y2022=1.495, y2024=2.0, y2026=2.4, y2028=9.0),
    *shares("ESP", y2020=1.0, y2022=1.6, y2024=1.7, y2026=2.2),
    *shares("ISL", y2020=1.0, y2022=9.0),
)


def test_rises_are_counted_as_they_are_printed(made: Callable[..., None]) -> None:
    """1.00 to 1.495, printed 1.50, is a rise of half a point; 2.0 to 2.4 is none; from the table, not behind the base
    year, and of those with forces only."""
    made(shares=SHARES, allies=NATIONS)
    assert base_rate(RUN, 0.5, 2) == BaseRate(
        0.5, 2, ((2024, BASE, ("the ESP",), 2), (2022, 2024, ("the ITA",), 2), (2020, 2022, ("the ESP", "the ITA"), 2)),
        seen=4, windows=6, countries=2,
    )  # fmt: skip


def test_spans_are_counted_back_from_the_base_year_to_the_first_window(made: Callable[..., None]) -> None:
    made(shares=SHARES, allies=NATIONS)
    three = present(base_rate(RUN, 0.1, 3))
    assert (three.spans, three.seen, three.windows) == (
        ((2023, 2026, (), 0), (2020, 2023, (), 0)), 0, 1,
    )  # fmt: skip
    assert present(base_rate(RUN, 0.1, 6)).spans == ((2020, 2026, ("the ESP", "the ITA"), 2),)
    assert present(base_rate(RUN, 1.3, 6)).countries == 1
    assert base_rate(RUN, 0.1, 99) is None


def test_a_base_rate_takes_whole_packaged_tables(made: Callable[..., None]) -> None:
    made(shares=SHARES)
    assert base_rate(RUN, 0.5, 2) is None
    made(allies=NATIONS)
    assert base_rate(RUN, 0.5, 2) is None


def test_base_rates_count_windows_of_the_published_table(record: Record) -> None:
    shares = {
        ally.iso3: {row.year: row.share_pct for row in load_tables().shares_of(ally.iso3)}
        for ally in load_tables().armed_allies()
    }
    rises = [
        round(known[year + 9] - known[year], 2) for known in shares.values() for year in known if year + 9 in known
    ]
    rate = base_rate(record, 1.4, 9)
    assert rate is not None
    assert (rate.seen, rate.windows) == (sum(rise >= 1.4 for rise in rises), len(rises))
    assert [(start, end, of) for start, end, _, of in rate.spans] == [(2017, 2026, 31)]
    six = base_rate(record, 1.4, 6)
    assert six is not None
    assert [(start, end, len(names)) for start, end, names, _ in six.spans] == [
        (start, start + 6, sum(round(known[start + 6] - known[start], 2) >= 1.4 for known in shares.values()))
        for start in (2020, 2014)
    ]
    assert base_rate(record, 1.4, 99) is None


def test_base_rates_know_nothing_later_than_the_base_year(record: Record) -> None:
    """A run from 2021 counts the windows that had ended by then; the table goes on to 2026."""
    earlier = replace(record, description=replace(record.description, base_year=2021))
    known = [{row.year: row.share_pct for row in load_tables().shares_of(ally.iso3)}
             for ally in load_tables().armed_allies()]  # fmt: skip
    rises = {
        end: [round(shares[end] - shares[end - 4], 2) for shares in known if {end - 4, end} <= set(shares)]
        for end in range(2014, 2027)
    }
    hits = {end: sum(rise >= 0.5 for rise in found) for end, found in rises.items()}
    rate = base_rate(earlier, 0.5, 4)
    assert rate is not None
    assert rate.seen == sum(seen for end, seen in hits.items() if end <= 2021)
    assert rate.windows == sum(len(found) for end, found in rises.items() if end <= 2021)
    assert rate.seen < sum(hits.values()) / 2
    assert [(start, end) for start, end, *_ in rate.spans] == [(2017, 2021)]

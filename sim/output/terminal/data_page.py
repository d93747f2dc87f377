"""The printed pages of the packaged data."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from sim.data.catalogue import TableInfo, catalogue
from sim.data.rows import Row
from sim.output.terminal.ally_data import HELD, YEARS, AllyData, month_of
from sim.output.terminal.console import Page
from sim.output.terminal.layout import Column, fit, left_out, table, taken
from sim.text.sentences import listed

LONG = 28  # a text longer than this is folded, and left out first on a narrow terminal


YEARLY = (
    ("outlays", "Outlays\nm USD", "{:,.0f}", 3),
    ("equipment", "Equipment\n% of outlays", "{:.1f}", 4),
    ("first estimate", "First\nestimate", "{:.2f}", 5),
    ("growth", "Growth\n% a year", "{:.1f}", 1),
    ("debt", "Debt\n% of GDP", "{:.0f}", 2),
)
"""Name, head, form and rank of the columns of one ally's years, in the order of YEAR_COLUMNS from outlays on."""


def show_list(page: Page, tables: Sequence[TableInfo]) -> None:
    """What is packaged."""
    _print(page, [
        Column("table", "Table", [info.name for info in tables], 0, right=False),
        Column("title", "Title", [info.title for info in tables], 4, right=False, most=30),
        Column("publisher", "Publisher", [info.publisher for info in tables], 3, right=False, most=24),
        Column("edition", "Edition", [info.edition for info in tables], 2, right=False, most=14),
        Column("cut-off", "Cut-off", [info.known_to for info in tables], 1),
        Column("rows", "Rows", [f"{info.rows:,}" for info in tables], 1),
    ])  # fmt: skip
    _say(
        page,
        "Cut-off: the last day whose information a table can hold. `sim data TABLE` prints one with its notes, "
        "`sim data allies` the figures of all allies, `sim data allies italy` those of one.",
    )


def show_table(page: Page, info: TableInfo, rows: Sequence[Row]) -> None:
    """Any table."""
    page.print(Text(f"{info.title}", style="bold"), width=page.text_width)
    until = f"cut-off {info.known_to}; " if info.known_to else ""
    _say(page, f"{info.publisher}, {info.edition}; {until}{len(rows):,} of {info.rows:,} rows")
    page.print()
    key = type(rows[0]).KEY if rows else ()
    columns = []
    for index, column in enumerate(info.columns):
        values = [getattr(row, column.name) for row in rows]
        cells = [cell(value) for value in values]
        wordy = any(isinstance(value, str) for value in values)
        rank = 0 if column.name in key[:2] else index + (100 if max(map(len, cells), default=0) > LONG else 0)
        columns.append(Column(column.name, column.name, cells, rank, right=not wordy, most=LONG if wordy else 0))
    _print(page, columns)
    for column in info.columns:
        _say(page, f"{column.name}: {column.description} [{column.unit}]")
    page.print()
    if info.note:
        _say(page, info.note)
    _say(page, f"Source: {info.citation}")


def show_allies(page: Page, allies: Sequence[AllyData]) -> None:
    """The table of all allies."""
    last = YEARS[-1]
    inputs = [ally.inputs for ally in allies]
    upcoming = [ally.next_election for ally in allies]
    _print(page, [
        Column("code", "Code", [ally.row.iso3 for ally in allies], 0, right=False),
        Column("ally", "Ally", [ally.row.name for ally in allies], 3, right=False),
        *(
            Column(f"share {year}", f"Share\n{year}", [_share(ally, year) for ally in allies], rank)
            for year, rank in zip(YEARS, (9, 8, 1, 0), strict=True)
        ),
        Column("GDP", f"GDP {last}\nbn USD", [cell(a.gdp_usd_bn, "{:,.0f}") for a in allies], 5),
        Column("debt", f"Debt\n{last - 1}", [cell(a.debt_pct, "{:.0f}") for a in allies], 2),
        Column("exposure", "Expo-\nsure", [cell(i.exposure if i else None, "{:.2f}") for i in inputs], 4),
        Column("early elections", "Early\nelections\n% a year", [_percent(a.early_rate) for a in allies], 7),
        Column("next election", "Next\nelection", [month_of(e)[:7] if e else "" for e in upcoming], 6),
        Column("own pledge", "Own\npledge", [ally.own_pledge for ally in allies], 10, right=False, most=19),
    ])  # fmt: skip
    editions = {info.name: info.edition for info in catalogue()}
    _say(
        page,
        f"Shares: core outlays, % of GDP, NATO, {editions['shares']} (e: estimate). GDP and gross public debt (% of "
        f"GDP): IMF, {editions['gdp']}. Exposure to Russia, 0 to 1: from geography{_by_judgement(allies)}; no "
        "statement about any government's policy. Early elections: chance in a year as the model takes it. Next "
        "election: the next that determines who sets the budget. Iceland has no armed forces: listed, never counted. "
        "`sim data allies NAME` shows one ally.",
    )


def show_ally(page: Page, ally: AllyData) -> None:
    """One ally in detail."""
    row, inputs = ally.row, ally.inputs
    page.print(Text(f"{row.name} ({row.iso3})", style="bold"))
    union = "member of the European Union" if row.eu_member else "not in the European Union"
    _say(page, f"In NATO since {row.joined_nato}, {union}.")
    if inputs is None:
        _say(page, "No armed forces: listed, never counted.")
    else:
        _say(page, _geography(ally, inputs.exposure))
        _say(
            page,
            f"Habit: {inputs.norm_pct:.2f} % of GDP, {_norm_basis(ally.norm_years)}. Growth surprises of its own: "
            f"{inputs.growth_sd_pct:.1f} points a year. Early elections: {_percent(ally.early_rate)} % a year.",
        )
    page.print()
    years = ally.years()
    columns = [Column("year", "Year", [str(line[1]) for line in years], 0)]
    columns.append(Column("share", "Share\n% of GDP", [_share(ally, int(str(line[1]))) for line in years], 0))
    for index, (name, head, form, rank) in enumerate(YEARLY, 4):
        columns.append(Column(name, head, [cell(line[index], form) for line in years], rank))
    _print(page, columns)
    _elections(page, ally)
    _statements(page, ally)


def _norm_basis(years: int | None) -> str:
    if years is None:
        return "set by the scenario"
    return f"the mean of {years} years" if years > 1 else "that of the base year"


def _by_judgement(allies: Sequence[AllyData]) -> str:
    names = [a.row.name for a in allies if a.inputs and a.tables.geography_of(a.row.iso3).exposure_override is not None]
    return f", for {listed(names)} by judgement" if names else ""


def _geography(ally: AllyData, exposure: float) -> str:
    row = ally.tables.geography_of(ally.row.iso3)
    by = "set by judgement" if row.exposure_override is not None else "from geography"
    border = "a" if row.land_border_russia else "no"
    coast = "a" if row.near_coast else "no"
    return (
        f"Exposure to Russia {exposure:.2f} of 1, {by}: {row.distance_moscow_km:,.0f} km from the capital to Moscow, "
        f"{border} land border with Russia, {coast} coast on the Baltic, the North Sea or the Black Sea."
    )


def _elections(page: Page, ally: AllyData) -> None:
    rows = ally.tables.elections_of(ally.row.iso3)
    if not rows:
        return
    page.print(Text("Elections", style="bold"))
    _print(page, [
        Column("date", "Date", [month_of(row) for row in rows], 0, right=False),
        Column("kind", "Kind", [row.kind for row in rows], 1, right=False),
        Column("status", "Status", [row.status + (", early" if row.early else "") for row in rows], 0, right=False),
        Column("sets the budget", "Sets the\nbudget", ["yes" if row.executive else "no" for row in rows], 2),
        Column("basis", "Basis", [row.basis or "" for row in rows], 3, right=False, most=46),
    ])  # fmt: skip
    if any(row.status not in (*HELD, "scheduled") for row in rows):
        _say(page, "Projected dates assume full terms; a latest date may be brought forward.")
        page.print()


def _statements(page: Page, ally: AllyData) -> None:
    iso3, tables = ally.row.iso3, ally.tables
    rows = [row for row in tables.pledges if row.iso3 == iso3]
    if rows:
        page.print(Text("Targets and statements on record", style="bold"))
        _print(page, [
            Column("target", "% of GDP", [cell(row.target_pct) for row in rows], 0),
            Column("year", "Year", [cell(row.target_year) for row in rows], 0),
            Column("kind", "Kind", [row.status for row in rows], 0, right=False, most=16),
            Column("model", "In the\nmodel", [(row.role or "").replace("_", "-") for row in rows], 1, right=False),
            Column("measure", "Measure", [row.measure for row in rows], 3, right=False, most=24),
            Column("source", "Source", [row.source or "" for row in rows], 2, right=False, most=40),
        ])  # fmt: skip
    points = tables.announced_path(iso3)
    if points:
        path = ", ".join(f"{point.share_pct:g} % in {point.year}" for point in points)
        _say(page, f"Announced path ({points[0].kind}): {path}. {points[-1].source}.")
    for row in tables.budgets_of(iso3):
        said = " ".join(
            part for part in (f"({row.basis}), converted." if row.reading else f"({row.basis}).", row.note) if part
        )
        _say(page, f"Budget of {row.year} ({row.stage}): {row.share_pct:g} %. {row.source} {said}")


def cell(value: object, form: str = "") -> str:
    """A value as it stands in the file, or in a form; unknown is blank."""
    if value is None:
        return ""
    if form:
        return form.format(value).replace("-0.0", "0.0") if value == 0 or form == "{:.1f}" else form.format(value)
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _share(ally: AllyData, year: int) -> str:
    share = ally.share_pct(year)
    return "" if share is None else f"{share:.2f}{'e' if ally.estimated(year) else ' '}"


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.0f}"


def _print(page: Page, columns: Sequence[Column]) -> None:
    if not page.watched:  # in a pipe nothing is left out
        page.width = max(page.width, taken(columns))
    kept, dropped = fit(columns, page.width)
    page.print(table(kept))
    page.print()
    if dropped:
        _say(page, left_out(dropped))


def _say(page: Page, text: str) -> None:
    page.print(Text(text), width=page.text_width)

"""`sim data`: the packaged figures, with edition and source."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sim.data.catalogue import TableInfo
    from sim.data.rows import Row

LIST_COLUMNS = ("name", "title", "publisher", "edition", "cutoff", "rows", "citation")


@click.command(short_help="Print the packaged figures.")
@click.argument("table", required=False)
@click.argument("allies", nargs=-1, metavar="[ALLY]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def command(table: str | None, allies: tuple[str, ...], as_json: bool, as_csv: bool) -> None:
    """List the packaged tables; or print a TABLE, whole or of some allies.

    `allies` gathers the figures of all allies from the tables, or of one in detail.

    \b
    sim data
    sim data allies
    sim data allies italy
    sim data pledges --csv
    sim data gdp ITA ESP
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    if table is None:
        _list(as_json, as_csv)
    elif table == "allies":
        _allies(allies, as_json, as_csv)
    else:
        _table(table, allies, as_json, as_csv)


def _list(as_json: bool, as_csv: bool) -> None:
    from sim.cli import terminal
    from sim.data.catalogue import catalogue

    rows = [{name: getattr(info, name) for name in LIST_COLUMNS} for info in catalogue()]
    rows = [{**row, "cutoff": row["cutoff"].isoformat()} for row in rows]
    if as_json:
        terminal.write_json({"tables": rows})
    elif as_csv:
        terminal.write_csv(LIST_COLUMNS, [tuple(row.values()) for row in rows])
    else:
        from sim.cli.show.data_page import show_list

        show_list(terminal.page(), catalogue())


def _allies(words: tuple[str, ...], as_json: bool, as_csv: bool) -> None:
    from sim.cli import terminal
    from sim.cli.allies import find
    from sim.cli.show.ally_data import OVERVIEW_COLUMNS, YEAR_COLUMNS, every_ally
    from sim.data.tables import load_tables

    wanted = [row.iso3 for row in find(words, load_tables())]
    everyone = every_ally()
    chosen = [next(ally for ally in everyone if ally.row.iso3 == iso3) for iso3 in wanted]
    if as_json:
        lines = [dict(zip(OVERVIEW_COLUMNS, ally.overview(), strict=True)) for ally in everyone]
        terminal.write_json({"allies": [ally.document() for ally in chosen] if words else lines})
    elif as_csv and words:
        terminal.write_csv(YEAR_COLUMNS, [line for ally in chosen for line in ally.years()])
    elif as_csv:
        terminal.write_csv(OVERVIEW_COLUMNS, [ally.overview() for ally in everyone])
    else:
        from sim.cli.show import data_page

        page = terminal.page()
        if not words:
            data_page.show_allies(page, everyone)
        for ally in chosen:
            data_page.show_ally(page, ally)


def _table(name: str, words: tuple[str, ...], as_json: bool, as_csv: bool) -> None:
    from sim.cli import terminal

    info = _info(name)
    rows = _rows(info, words)
    columns = [column.name for column in info.columns]
    if as_json:
        facts = {**asdict(info), "cutoff": info.cutoff.isoformat()}
        terminal.write_json({**facts, "rows": [row.model_dump(mode="json") for row in rows]})
    elif as_csv:
        values = ([getattr(row, column) for column in columns] for row in rows)
        terminal.write_csv(columns, [[int(v) if isinstance(v, bool) else v for v in line] for line in values])
    else:
        from sim.cli.show.data_page import show_table

        show_table(terminal.page(), info, rows)


def _info(name: str) -> TableInfo:
    from sim.data.catalogue import catalogue
    from sim.words import did_you_mean

    tables = {info.name: info for info in catalogue()}
    if name not in tables:
        hint = did_you_mean(name, tables) or f"There are {', '.join(tables)}."
        raise click.UsageError(f"No table {name[:40]!r}. {hint}")
    return tables[name]


def _rows(info: TableInfo, words: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows of a table, those of some allies if `words` name any."""
    from sim.cli.allies import find
    from sim.data.tables import load_tables

    tables = load_tables()
    rows = tables.table(info.name)
    if not words:
        return rows
    if "iso3" not in (column.name for column in info.columns):
        raise click.UsageError(f"The table {info.name} is not by ally.")
    codes = {row.iso3 for row in find(words, tables)}
    return tuple(row for row in rows if getattr(row, "iso3", None) in codes)

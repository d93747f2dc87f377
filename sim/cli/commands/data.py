"""`sim data`: the packaged figures, with edition and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from sim.cli import inputs

if TYPE_CHECKING:
    from sim.data.catalogue import TableInfo
    from sim.data.rows import Row
    from sim.data.tables import Replacement
    from sim.scenario import Scenario

LIST_COLUMNS = ("name", "title", "publisher", "edition", "cutoff", "rows", "citation")


class WithImport(click.Command):
    """`sim data`, of which `sim data import` is a command of its own: no table is called so."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of one or the other."""
        if args[:1] != ["import"]:
            import shlex
            from difflib import get_close_matches

            if args and get_close_matches(args[0].lower(), ["import"], 1, 0.7):
                meant = shlex.join(["sim", "data", "import", *args[1:]])
                raise click.UsageError(f"No table {args[0][:40]!r}. Did you mean `{meant}`?", parent)
            return super().make_context(info_name, args, parent, **extra)
        from sim.cli.commands.data_import import command as imports

        return imports.make_context(f"{info_name} import", args[1:], parent, **extra)


@click.command(cls=WithImport, short_help="Print the packaged figures.")
@click.argument("table", required=False)
@click.argument("allies", nargs=-1, metavar="[ALLY]...")
@click.option("--scenario", metavar="FILE", help="The tables in force in a scenario, its own rows included.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def command(table: str | None, allies: tuple[str, ...], scenario: str | None, as_json: bool, as_csv: bool) -> None:
    """List the packaged tables; or print a TABLE, whole or of some allies.

    `allies` gathers the figures of all allies from the tables, or of one in detail. `sim data import FILE` makes a
    table for a scenario of a publisher's file: `sim data import --help`.

    \b
    sim data
    sim data allies
    sim data allies italy
    sim data pledges --csv
    sim data gdp ITA ESP
    sim data shares --scenario scenarios/my_figures.toml
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    own = inputs.scenario(scenario) if scenario is not None else None
    given = own.replacements if own else {}
    if table is None:
        _list(given, as_json, as_csv)
    elif table == "allies":
        _allies(allies, own, as_json, as_csv)
    else:
        _table(table, allies, given, as_json, as_csv)


def _in_force(given: Mapping[str, Replacement]) -> list[TableInfo]:
    """The catalogue with what a scenario puts in the place of a table or over it."""
    from sim.data.catalogue import UNKNOWN, catalogue
    from sim.data.tables import load_tables
    from sim.text.escaping import plain

    tables = load_tables(given)
    found = []
    for info in catalogue():
        if info.name in given:
            rows, file = tables.table(info.name), plain(given[info.name].file)
            own = sum(tables.is_own(info.name, row) for row in rows)
            count = f"{own:,} row{'s' if own != 1 else ''} of {file}"
            if given[info.name].overlay:
                edition, citation = f"{count} over {info.edition}", f"{count}, laid over {info.citation}"
                info = replace(info, edition=edition, citation=citation, rows=len(rows))
            else:
                citation = f"{file}, a table of the scenario's own"
                info = replace(
                    info,
                    publisher=file,
                    edition="own table",
                    cutoff=UNKNOWN,
                    citation=citation,
                    note="",
                    rows=len(rows),
                )
        found.append(info)
    return found


def _list(given: Mapping[str, Replacement], as_json: bool, as_csv: bool) -> None:
    from sim.output.terminal import console

    tables = _in_force(given)
    rows = [{name: getattr(info, name) for name in LIST_COLUMNS} for info in tables]
    rows = [{**row, "cutoff": info.known_to} for row, info in zip(rows, tables, strict=True)]
    if as_json:
        console.write_json({"tables": rows})
    elif as_csv:
        console.write_csv(LIST_COLUMNS, [tuple(row.values()) for row in rows])
    else:
        from sim.output.terminal.data_page import show_list

        show_list(console.page(), tables)


def _allies(typed: tuple[str, ...], scenario: Scenario | None, as_json: bool, as_csv: bool) -> None:
    from sim.cli.allies import find
    from sim.data.tables import load_tables
    from sim.output.terminal import console
    from sim.output.terminal.ally_data import OVERVIEW_COLUMNS, YEAR_COLUMNS, every_ally

    wanted = [row.iso3 for row in find(typed, load_tables(scenario.replacements if scenario else {}))]
    everyone = every_ally(scenario)
    chosen = [next(ally for ally in everyone if ally.row.iso3 == iso3) for iso3 in wanted]
    if as_json:
        lines = [dict(zip(OVERVIEW_COLUMNS, ally.overview(), strict=True)) for ally in everyone]
        console.write_json({"allies": [ally.document() for ally in chosen] if typed else lines})
    elif as_csv and typed:
        console.write_csv(YEAR_COLUMNS, [line for ally in chosen for line in ally.years()])
    elif as_csv:
        console.write_csv(OVERVIEW_COLUMNS, [ally.overview() for ally in everyone])
    else:
        from sim.output.terminal import data_page

        page = console.page()
        if not typed:
            data_page.show_allies(page, everyone)
        for ally in chosen:
            data_page.show_ally(page, ally)


def _table(name: str, typed: tuple[str, ...], given: Mapping[str, Replacement], as_json: bool, as_csv: bool) -> None:
    from sim.output.terminal import console

    info = _info(name, given)
    rows = _rows(info, typed, given)
    columns = [column.name for column in info.columns]
    if as_json:
        facts = {**asdict(info), "cutoff": info.known_to}
        console.write_json({**facts, "rows": [row.model_dump(mode="json") for row in rows]})
    elif as_csv:
        values = ([getattr(row, column) for column in columns] for row in rows)
        console.write_csv(columns, [[int(v) if isinstance(v, bool) else v for v in line] for line in values])
    else:
        from sim.output.terminal.data_page import show_table

        show_table(console.page(), info, rows)


def _info(name: str, given: Mapping[str, Replacement]) -> TableInfo:
    from sim.data.countries import look_up
    from sim.text.suggestions import did_you_mean

    tables = {info.name: info for info in _in_force(given)}
    if name not in tables:
        named = look_up(name)
        hint = f"Did you mean `sim data allies {named.code}`?" if named and not named.group else ""
        hint = hint or did_you_mean(name, tables) or f"There are {', '.join(tables)}."
        raise click.UsageError(f"No table {name[:40]!r}. {hint}")
    return tables[name]


def _rows(info: TableInfo, typed: tuple[str, ...], given: Mapping[str, Replacement]) -> tuple[Row, ...]:
    """The rows of a table, those of some allies if what was `typed` names any."""
    from sim.cli.allies import find
    from sim.data.tables import load_tables

    tables = load_tables(given)
    rows = tables.table(info.name)
    if not typed:
        return rows
    if "iso3" not in (column.name for column in info.columns):
        raise click.UsageError(f"The table {info.name} is not by ally.")
    codes = {row.iso3 for row in find(typed, tables)}
    return tuple(row for row in rows if getattr(row, "iso3", None) in codes)

"""The tables in force: the packaged ones, each of which a user may replace whole or lay rows over."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, TypeVar, cast

from sim.data import checks, rows
from sim.data.plausible import plausible_faults
from sim.data.reader import MAX_FAULTS, Parsed, parse, shorten
from sim.errors import Fault, ScenarioError, UsageError

R = TypeVar("R", bound=rows.Row)

ALWAYS: Final = "9999"
"""As a date, after every other."""

STAGES: Final = ("law", "adopted", "draft")
"""Of a budget, the furthest first."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A user's table in place of a packaged one, or over it: the file name for messages, and its text."""

    file: str
    text: str
    overlay: bool = False  # its rows are laid over the packaged ones, which stay in force beside them


_NONE: Mapping[str, Replacement] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Tables:
    """Every table as a tuple of rows, sorted by key; a table is read when it is first asked for."""

    replaced: Mapping[str, tuple[rows.Row, ...]]
    laid: Mapping[str, frozenset[tuple[Any, ...]]] = field(default_factory=dict)
    """Of tables that are the packaged ones with a user's rows laid over them: the keys of those rows."""

    @cached_property
    def allies(self) -> tuple[rows.AllyRow, ...]:
        """The 32 members, by iso3."""
        return self._of(rows.AllyRow)

    @cached_property
    def geography(self) -> tuple[rows.GeographyRow, ...]:
        """Distance (km), borders and coasts, one row an ally."""
        return self._of(rows.GeographyRow)

    @cached_property
    def shares(self) -> tuple[rows.ShareRow, ...]:
        """Core outlays, % of GDP, by ally and year; NATO."""
        return self._of(rows.ShareRow)

    @cached_property
    def aggregates(self) -> tuple[rows.AggregateRow, ...]:
        """NATO's own aggregates, % of GDP; NATO."""
        return self._of(rows.AggregateRow)

    @cached_property
    def share_vintages(self) -> tuple[rows.VintageRow, ...]:
        """Shares as successive editions printed them, % of GDP; NATO."""
        return self._of(rows.VintageRow)

    @cached_property
    def gdp(self) -> tuple[rows.GdpRow, ...]:
        """Growth (%), nominal GDP (bn USD) and public finance (% of GDP); IMF."""
        return self._of(rows.GdpRow)

    @cached_property
    def elections(self) -> tuple[rows.ElectionRow, ...]:
        """Elections held and due, by ally and date."""
        return self._of(rows.ElectionRow)

    @cached_property
    def early_elections(self) -> tuple[rows.EarlyElectionRow, ...]:
        """Early elections and exposure (years), one row an ally; ParlGov, 2024."""
        return self._of(rows.EarlyElectionRow)

    @cached_property
    def pledges(self) -> tuple[rows.PledgeRow, ...]:
        """Documented targets, budgets, ambitions and refusals, % of GDP."""
        return self._of(rows.PledgeRow)

    @cached_property
    def announced_paths(self) -> tuple[rows.AnnouncedPathRow, ...]:
        """Points of announced paths, % of GDP."""
        return self._of(rows.AnnouncedPathRow)

    @cached_property
    def budgets(self) -> tuple[rows.BudgetRow, ...]:
        """Budgets of a year, adopted or drafted, % of GDP."""
        return self._of(rows.BudgetRow)

    @cached_property
    def russia(self) -> tuple[rows.RussiaRow, ...]:
        """Russian military outlays; SIPRI, and the federal budget plan."""
        return self._of(rows.RussiaRow)

    @cached_property
    def sipri_shares(self) -> tuple[rows.SipriShareRow, ...]:
        """Military outlays, % of GDP, by ally and year from 1995; SIPRI. No run reads them."""
        return self._of(rows.SipriShareRow)

    @cached_property
    def promises(self) -> tuple[rows.PromiseRow, ...]:
        """Earlier national targets with a date, % of GDP."""
        return self._of(rows.PromiseRow)

    @cached_property
    def published_counts(self) -> tuple[rows.PublishedCountRow, ...]:
        """Allies at 2 % as they were counted at the time."""
        return self._of(rows.PublishedCountRow)

    @cached_property
    def outlook_vintages(self) -> tuple[rows.OutlookVintageRow, ...]:
        """Growth, prices (% a year) and public finance (% of GDP) as successive outlooks printed them; IMF."""
        return self._of(rows.OutlookVintageRow)

    @cached_property
    def outside_forecasts(self) -> tuple[rows.ForecastRow, ...]:
        """What others forecast, with date and source."""
        return self._of(rows.ForecastRow)

    @cached_property
    def parameter_draws(self) -> tuple[rows.ParameterDrawRow, ...]:
        """The estimate of the parameters, and draws as unsure as it is."""
        return self._of(rows.ParameterDrawRow)

    def table(self, name: str) -> tuple[rows.Row, ...]:
        """The rows of the table called `name`; raises UsageError where there is none."""
        if name not in rows.ROWS:
            raise UsageError(f"no table {shorten(name)!r}; there are {', '.join(rows.ROWS)}")
        return self.replaced[name] if name in self.replaced else _packaged(name)

    def is_replaced(self, name: str) -> bool:
        """Whether the table called `name` is a user's own whole, with none of the packaged rows."""
        return name in self.replaced and name not in self.laid

    def is_own(self, name: str, row: rows.Row) -> bool:
        """Whether a row of the table called `name` is a user's own."""
        return self.is_replaced(name) or row.key in self.laid.get(name, ())

    def ally(self, iso3: str) -> rows.AllyRow:
        """The ally with this alpha-3 code; raises UsageError where there is none."""
        return _one(self._ally_index, iso3)

    def geography_of(self, iso3: str) -> rows.GeographyRow:
        """The ally's place (km); raises UsageError where there is none."""
        return _one(self._geography_index, iso3)

    def armed_allies(self) -> tuple[rows.AllyRow, ...]:
        """The allies with armed forces (31), by ISO numeric code: the ones that are counted."""
        return self._armed

    def share(self, iso3: str, year: int) -> rows.ShareRow | None:
        """Core outlays of one ally and year, % of GDP, or None; NATO."""
        return self._share_index.get((iso3, year))

    def shares_of(self, iso3: str) -> tuple[rows.ShareRow, ...]:
        """All share rows of one ally, by year."""
        return self._shares_by_ally.get(iso3, ())

    def aggregate(self, name: str, year: int) -> rows.AggregateRow | None:
        """NATO's own figure for "Europe and Canada" or "NATO total", % of GDP, or None."""
        return next((row for row in self.aggregates if (row.name, row.year) == (name, year)), None)

    def gdp_row(self, iso3: str, year: int) -> rows.GdpRow | None:
        """Growth, GDP and public finance of one ally and year, or None; IMF."""
        return self._gdp_index.get((iso3, year))

    def gdp_of(self, iso3: str) -> tuple[rows.GdpRow, ...]:
        """Growth, GDP and public finance of one ally, by year; IMF."""
        return self._gdp_by_ally.get(iso3, ())

    def outlook_of(self, iso3: str, edition: str) -> Mapping[int, rows.OutlookVintageRow]:
        """What the outlook of `edition` (YYYY-MM) printed of one ally, by year; empty where it has nothing; IMF."""
        return self._outlook_index.get((iso3, edition), {})

    def debt_pct(self, iso3: str, year: int) -> float | None:
        """Gross general government debt, % of GDP, or None where unknown; IMF."""
        row = self.gdp_row(iso3, year)
        return row.gov_debt_pct if row else None

    def elections_of(self, iso3: str) -> tuple[rows.ElectionRow, ...]:
        """The ally's elections, by date."""
        return self._elections_by_ally.get(iso3, ())

    def early_elections_of(self, iso3: str) -> rows.EarlyElectionRow | None:
        """The ally's record of early elections, or None; its counts are None where ParlGov has none."""
        return next((row for row in self.early_elections if row.iso3 == iso3), None)

    def announced_path(self, iso3: str, known_to: str = ALWAYS) -> tuple[rows.AnnouncedPathRow, ...]:
        """The points of the ally's announced path, % of GDP, by year; empty where none was announced by `known_to`.

        Of a year that was announced twice the later statement counts.
        """
        known = (row for row in self.announced_paths if row.iso3 == iso3 and row.announced <= known_to)
        return tuple({row.year: row for row in known}.values())

    def budgets_of(self, iso3: str, known_to: str = ALWAYS) -> tuple[rows.BudgetRow, ...]:
        """The ally's budgets, % of GDP, by year: of each the furthest stage that was announced by `known_to`."""
        known = [row for row in self.budgets if row.iso3 == iso3 and row.announced <= known_to]
        furthest = sorted(known, key=lambda row: (row.year, -STAGES.index(row.stage)))
        return tuple({row.year: row for row in furthest}.values())

    def pledges_of(self, iso3: str) -> tuple[rows.PledgeRow, ...]:
        """The pledges and opt-outs that the model gives to the ally (rows whose `role` is set)."""
        return tuple(row for row in self.pledges if row.iso3 == iso3 and row.role)

    @cached_property
    def digest(self) -> str:
        """sha256 over the values of all tables; no order of rows or columns and no line ending moves it."""
        whole = hashlib.sha256()
        for name in sorted(rows.ROWS):
            own = self.replaced.get(name)
            lines = _packaged_values(name) if own is None else tuple(sorted(_values(dict(row)) for row in own))
            whole.update("\n".join([f"{name} {len(lines)}", *lines, ""]).encode())
        return whole.hexdigest()

    def __reduce__(self) -> tuple[Any, ...]:
        return Tables, (dict(self.replaced), dict(self.laid))  # what was read is read again, not sent to workers

    def _of(self, model: type[R]) -> tuple[R, ...]:
        return cast("tuple[R, ...]", self.table(model.TABLE))

    @cached_property
    def _ally_index(self) -> dict[str, rows.AllyRow]:
        return {row.iso3: row for row in self.allies}

    @cached_property
    def _geography_index(self) -> dict[str, rows.GeographyRow]:
        return {row.iso3: row for row in self.geography}

    @cached_property
    def _armed(self) -> tuple[rows.AllyRow, ...]:
        return tuple(sorted((row for row in self.allies if row.armed_forces), key=lambda row: row.iso_numeric))

    @cached_property
    def _share_index(self) -> dict[tuple[str, int], rows.ShareRow]:
        return {(row.iso3, row.year): row for row in self.shares}

    @cached_property
    def _shares_by_ally(self) -> dict[str, tuple[rows.ShareRow, ...]]:
        return _by_ally(self.shares)

    @cached_property
    def _gdp_index(self) -> dict[tuple[str, int], rows.GdpRow]:
        return {(row.iso3, row.year): row for row in self.gdp}

    @cached_property
    def _gdp_by_ally(self) -> dict[str, tuple[rows.GdpRow, ...]]:
        return _by_ally(self.gdp)

    @cached_property
    def _outlook_index(self) -> dict[tuple[str, str], dict[int, rows.OutlookVintageRow]]:
        index: dict[tuple[str, str], dict[int, rows.OutlookVintageRow]] = defaultdict(dict)
        for row in self.outlook_vintages:
            index[row.iso3, row.edition][row.year] = row
        return dict(index)

    @cached_property
    def _elections_by_ally(self) -> dict[str, tuple[rows.ElectionRow, ...]]:
        return _by_ally(self.elections)


def load_tables(replacements: Mapping[str, Replacement] = _NONE) -> Tables:
    """The packaged tables, those named in `replacements` exchanged or changed; raises ScenarioError with every fault.

    A replacement is read and checked at once, a packaged table when it is first asked for.
    """
    if not replacements:
        return _packaged_tables()
    parsed = {
        name: parse(replacement.text, replacement.file, rows.ROWS[name])
        for name, replacement in replacements.items()
        if name in rows.ROWS
    }
    allies = _allies_in_force(parsed.get("allies"), "allies" in parsed and replacements["allies"].overlay)
    faults: list[Fault] = []
    for name, replacement in replacements.items():
        if name not in parsed:
            faults.append(checks.unknown_table(name, replacement.file))
            continue
        table = parsed[name]
        found = checks.row_faults(name, table.rows, replacement.file, allies)
        table.faults += islice(found, MAX_FAULTS)
        if not table.faults:
            table.faults += plausible_faults(name, table.rows, replacement.file, _packaged(name))
            whole = _in_force(name, table, replacement)
            table.faults += checks.cover_faults(name, whole, replacement.file, allies)
        faults += sorted(table.faults, key=lambda fault: fault.line)
    if "allies" in parsed and not faults:
        for name in rows.ROWS:
            if name not in parsed or replacements[name].overlay:
                faults += checks.named_faults(_packaged(name), name, replacements["allies"].file, allies)
            if name not in parsed:
                faults += checks.cover_faults(name, _packaged(name), f"{name} (packaged)", allies, own=False)
    if faults:
        raise ScenarioError(tuple(faults))
    in_force = {name: _by_key(_in_force(name, table, replacements[name])) for name, table in parsed.items()}
    laid = {name: frozenset(row.key for _, row in parsed[name].rows) for name in parsed if replacements[name].overlay}
    return Tables(in_force, laid)


@lru_cache(maxsize=1)
def _packaged_tables() -> Tables:
    return Tables({})


@lru_cache(maxsize=len(rows.ROWS))
def _packaged(name: str) -> tuple[rows.Row, ...]:
    """The rows of a packaged table, by key; read once in a process."""
    file = resources.files("sim.data").joinpath("tables", f"{name}.csv")
    parsed = parse(file.read_text(encoding="utf-8"), f"{name}.csv", rows.ROWS[name])
    if parsed.faults:
        raise ScenarioError(tuple(parsed.faults))
    return _by_key(row for _, row in parsed.rows)


@lru_cache(maxsize=len(rows.ROWS))
def _packaged_values(name: str) -> tuple[str, ...]:
    """The values of a packaged table, from its text: most runs read few of the tables, and all stand in the digest."""
    text = resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(sorted(_values(row) for row in csv.DictReader(text.splitlines())))


def _values(row: Mapping[str, Any]) -> str:
    """A row's values by column in one line, the same of its cells as written and of what was read from them."""
    return json.dumps([_value(row[column]) for column in sorted(row)])


def _value(cell: Any) -> Any:
    """A number where the cell holds one: 2 and 2.00 are the same, and so are 1 and a flag that is set."""
    try:
        return None if cell in (None, "") else float(cell)
    except ValueError:
        return cell.strip()


def _by_key(table: Iterable[rows.Row]) -> tuple[rows.Row, ...]:
    """The rows by key, so that no order of a file is ever seen; an unknown part of a key comes first."""
    return tuple(sorted(table, key=lambda row: [(part is not None, part) for part in row.key]))


def _in_force(name: str, parsed: Parsed, replacement: Replacement) -> list[rows.Row]:
    """The user's rows; of an overlay also the packaged ones that none of them takes the place of."""
    own = [row for _, row in parsed.rows]
    if not replacement.overlay:
        return own
    exchanged = {row.exchanges for row in own}
    return own + [row for row in _packaged(name) if row.exchanges not in exchanged]


def _allies_in_force(parsed: Parsed | None, overlay: bool) -> dict[str, rows.AllyRow]:
    """The allies that other tables may name; where their table is faulty, the packaged ones as well."""
    known: dict[str, rows.AllyRow] = {}
    if parsed is None or parsed.faults or overlay:
        known |= {row.iso3: row for row in _packaged_tables().allies}
    if parsed is not None:
        known |= {row.iso3: row for _, row in parsed.rows if isinstance(row, rows.AllyRow)}
    return known


def _one(index: Mapping[str, R], iso3: str) -> R:
    if iso3 not in index:
        raise UsageError(f"no ally {shorten(iso3)!r}; `sim data allies` lists them")
    return index[iso3]


def _by_ally(table: tuple[R, ...]) -> dict[str, tuple[R, ...]]:
    """The rows of each ally, in the order of the table."""
    grouped: dict[str, list[R]] = defaultdict(list)
    for row in table:
        grouped[row.key[0]].append(row)
    return {iso3: tuple(found) for iso3, found in grouped.items()}

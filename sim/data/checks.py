"""What must hold between rows and between tables, for tables that a user replaces."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from sim.data.reader import code_meant, shorten
from sim.data.rows import (
    ROWS,
    AllyRow,
    BudgetRow,
    ElectionRow,
    ForecastRow,
    PledgeRow,
    PromiseRow,
    PublishedCountRow,
    Row,
)
from sim.errors import Fault

ALLIANCE = "ALL"  # stands for an ally in the pledges of the whole alliance
MOST_ALLIES = 255
_ARMED_ONLY = frozenset({"shares", "share_vintages", "sipri_shares", "announced_paths", "budgets", "promises"})
_EACH_ALLY = frozenset({"geography", "shares", "gdp", "elections"})
"""Tables without whose rows an ally with armed forces cannot run, or would never vote."""
_EACH_ALLY_OF_OWN = _EACH_ALLY | {"early_elections"}
"""The same of a user's own table: who is not covered says so with blank counts."""
MOST_NAMED = 8  # allies in one message

Lines = Sequence[tuple[int, Row]]


def row_faults(name: str, lines: Lines, file: str, allies: Mapping[str, AllyRow]) -> Iterator[Fault]:
    """Faults inside one replaced table: repeated keys, unknown allies, impossible dates and pledges."""
    seen: dict[tuple[object, ...], int] = {}
    for line, row in lines:
        if (first := seen.setdefault(row.key, line)) != line:
            key = ", ".join("" if part is None else shorten(part) for part in row.key)
            rule = f"must be there once; line {first} has the same"
            yield Fault(file, line, ", ".join(row.KEY), key, rule, "remove one of the two", "duplicate")
        if name != "allies" and (iso3 := getattr(row, "iso3", None)):
            yield from _ally_faults(name, line, iso3, file, allies)
        if isinstance(row, ElectionRow):
            yield from _date_faults(row, line, file)
        if isinstance(row, PledgeRow):
            yield from _pledge_faults(row, line, file)
        yield from _record_faults(row, line, file)
    if name == "allies":
        yield from _numeric_faults(lines, file)


def cover_faults(
    name: str, rows: Sequence[Row], file: str, allies: Mapping[str, AllyRow], own: bool = True
) -> Iterator[Fault]:
    """What a table lacks as a whole: rows of allies with armed forces where it needs them, or a peer of each."""
    if name == "allies":
        yield from _peer_faults(rows, file)
        yield from _number_faults(rows, file)
    if name == "parameter_draws" and (len(rows) < 2 or min(row.key for row in rows) != (0,)):
        rule, remedy = "must have the draw 0, the estimate, and draws behind it", "write it by `sim calibrate --draws`"
        yield Fault(file, 0, "draw", "", rule, remedy, "missing-draw")
    if name in (_EACH_ALLY_OF_OWN if own else _EACH_ALLY):
        armed = {iso3 for iso3, ally in allies.items() if ally.armed_forces}
        lacking = sorted(armed - {getattr(row, "iso3", "") for row in rows})
        drawn = name == "elections" and not any(isinstance(row, ElectionRow) and row.executive for row in rows)
        if lacking and not drawn:  # where no election counts there is no calendar, and all come at random
            yield _lacking_fault(name, lacking, len(armed), file, allies)


def _lacking_fault(name: str, lacking: Sequence[str], armed: int, file: str, allies: Mapping[str, AllyRow]) -> Fault:
    """Allies without rows, in one fault: thirty would say no more than that the table is of one ally."""
    codes = ", ".join(lacking[:MOST_NAMED]) + (f" and {len(lacking) - MOST_NAMED} more" * (len(lacking) > MOST_NAMED))
    who = f"{shorten(allies[lacking[0]].name)} has" if len(lacking) == 1 else f"{len(lacking)} of {armed} have"
    rule = f"must have a row of every ally with armed forces; {who} none"
    remedy = f"add the rows of {lacking[0]}" if len(lacking) == 1 else "add their rows"
    remedy += f", or lay your rows over the packaged ones: {name} = {{ file = …, overlay = true }} in the scenario"
    if name == "elections":
        remedy += "; an ally that holds none has a row with executive 0"
    return Fault(file, 0, "iso3", codes, rule, remedy, "missing-ally")


def named_faults(rows: Sequence[Row], table: str, file: str, allies: Mapping[str, AllyRow]) -> Iterator[Fault]:
    """An ally that the packaged `table` names and a replaced table of allies leaves out."""
    for iso3 in sorted({getattr(row, "iso3", ALLIANCE) for row in rows} - allies.keys() - {ALLIANCE}):
        rule = f"must have every ally that another table names; {table} has {iso3}"
        yield Fault(file, 0, "iso3", iso3, rule, f"add the row of {iso3}", "missing-ally")


def unknown_table(name: str, file: str) -> Fault:
    """The fault of a replacement for a table that does not exist."""
    from difflib import get_close_matches  # rarely needed, and the start-up must be quick

    near = get_close_matches(name, ROWS, 1)
    remedy = f"did you mean {near[0]}?" if near else f"the tables are {', '.join(ROWS)}"
    return Fault(file, 0, f"data.{shorten(name)}", "", "is not a table of the package", remedy, "unknown-table")


def _ally_faults(name: str, line: int, iso3: str, file: str, allies: Mapping[str, AllyRow]) -> Iterator[Fault]:
    if iso3 == ALLIANCE and name == "pledges":
        return
    if iso3 not in allies:
        meant = code_meant(iso3)
        other = meant if meant and meant[6:9] in allies else "write the alpha-3 code of an ally"
        yield Fault(
            file, line, "iso3", iso3, "must be an ally", f"{other} (`sim data allies` lists them)", "unknown-ally"
        )
    elif name in _ARMED_ONLY and not allies[iso3].armed_forces:
        rule = f"must have armed forces; {shorten(allies[iso3].name)} has none and is never counted"
        yield Fault(file, line, "iso3", iso3, rule, "remove the row", "no-armed-forces")


def _date_faults(row: ElectionRow, line: int, file: str) -> Iterator[Fault]:
    if row.day is not None:
        try:
            datetime.date(row.year, row.month, row.day)
        except ValueError:
            rule = f"must be a day of {row.year}-{row.month:02}"
            remedy = "correct the day, or leave it empty where unknown"
            yield Fault(file, line, "day", str(row.day), rule, remedy, "bad-date")


def _pledge_faults(row: PledgeRow, line: int, file: str) -> Iterator[Fault]:
    if row.role is None:
        return
    for column in ("target_pct", "target_year"):
        if getattr(row, column) is None:
            rule = f"must not be empty where role is {row.role}"
            yield Fault(file, line, column, "", rule, "write the value, or leave role empty", "blank")
    if row.iso3 == ALLIANCE:
        rule = "must be empty for the alliance: its targets are the scenario's"
        yield Fault(file, line, "role", row.role, rule, "leave role empty", "alliance-role")


def _record_faults(row: Row, line: int, file: str) -> Iterator[Fault]:
    """What cannot be in the record of budgets, earlier targets, counts and forecasts."""
    if isinstance(row, BudgetRow) and row.year < int(row.announced[:4]):
        rule, remedy = f"must not lie before the announcement ({row.announced})", "correct one of the two"
        yield Fault(file, line, "year", str(row.year), rule, remedy, "bad-date")
    if isinstance(row, PromiseRow) and row.target_year < int(row.announced[:4]):
        rule, remedy = f"must not lie before the announcement ({row.announced})", "correct one of the two"
        yield Fault(file, line, "target_year", str(row.target_year), rule, remedy, "bad-date")
    if isinstance(row, PublishedCountRow) and row.reached > row.members:
        rule, remedy = f"must be at most the number of members ({row.members})", "correct one of the two"
        yield Fault(file, line, "reached", str(row.reached), rule, remedy, "out-of-range")
    if isinstance(row, ForecastRow):
        bounds = [part for part in (row.low, row.value, row.high) if part is not None]
        if not bounds:
            yield Fault(file, line, "value", "", "must not be empty without low or high", "write one of them", "blank")
        if bounds != sorted(bounds):
            rule, remedy = "must rise from low over value to high", "correct the one that is wrong"
            yield Fault(file, line, "low", str(row.low), rule, remedy, "out-of-range")


def _numeric_faults(lines: Lines, file: str) -> Iterator[Fault]:
    seen: dict[int, str] = {}
    for line, row in lines:
        assert isinstance(row, AllyRow)
        if (first := seen.setdefault(row.iso_numeric, row.iso3)) != row.iso3:
            rule = f"must differ between allies; {first} has the same"
            remedy = "write the ISO 3166 numeric code"
            yield Fault(file, line, "iso_numeric", str(row.iso_numeric), rule, remedy, "duplicate")


def _number_faults(rows: Sequence[Row], file: str) -> Iterator[Fault]:
    """How many comply is counted in a byte a path."""
    armed = sum(isinstance(row, AllyRow) and row.armed_forces for row in rows)
    if armed > MOST_ALLIES:
        rule = f"must have at most {MOST_ALLIES} allies with armed forces"
        yield Fault(file, 0, "armed_forces", str(armed), rule, "keep those that the question is about", "too-many")


def _peer_faults(rows: Sequence[Row], file: str) -> Iterator[Fault]:
    """Each ally looks to the average of the others of Europe and Canada: there must be another one."""
    armed = sorted(row.iso3 for row in rows if isinstance(row, AllyRow) and row.armed_forces and row.iso3 != "USA")
    if len(armed) < 2:
        rule = "must have two allies with armed forces in Europe and Canada: each looks to the average of the others"
        yield Fault(file, 0, "armed_forces", ", ".join(armed), rule, "write 1 for those that have", "missing-ally")

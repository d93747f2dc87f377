"""Figures that cannot be in the unit of their column: fractions for per cent, millions for billions, a sign turned.

A bound of a cell cannot tell 0.0269 % of GDP from 2.69 %. What is known already can: the packaged figure of the ally
nearest in time, or the one before it in the user's own series. In all series packaged here, in SIPRI's of the same
allies since 1988 and in NATO's editions since 2019, no figure differs from its neighbours of five years by more than a
factor of six; Ukraine's rose by 7.5 in 2022. A wrong unit makes ten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import log10
from statistics import median
from typing import Final

from sim.arguments import LEAST_SHARE_PCT
from sim.data.reader import shorten
from sim.data.rows import ElectionRow, GeographyRow, Row
from sim.errors import Fault

FACTOR: Final = 8.0
"""From its nearest known neighbour, at which a figure is taken for one in another unit; 7.5 was the leap into a war."""
NEAR_YEARS: Final = 5

OF_GDP = "% of GDP"
SHARES: Final[dict[str, tuple[str, ...]]] = {
    "shares": ("share_pct", "first_estimate_pct"),
    "share_vintages": ("share_pct",),
    "aggregates": ("share_pct",),
    "sipri_shares": ("milex_pct",),
    "announced_paths": ("share_pct",),
    "budgets": ("share_pct",),
    "pledges": ("target_pct",),
    "promises": ("target_pct",),
}
"""Columns of shares of GDP, each at least LEAST_SHARE_PCT."""

COMPARED: Final[dict[str, dict[str, str]]] = {
    "shares": {"share_pct": OF_GDP, "first_estimate_pct": OF_GDP, "outlays_usd_m": "million USD"},
    "aggregates": {"share_pct": OF_GDP, "outlays_usd_m": "million USD"},
    "sipri_shares": {"milex_pct": OF_GDP},
    "gdp": {"nominal_usd_bn": "billion USD", "gov_debt_pct": OF_GDP, "gov_spending_pct": OF_GDP},
}
"""Columns that move slowly enough to be held against their neighbours, with the words for their unit."""

FRACTIONS: Final[dict[str, dict[str, float]]] = {
    "shares": {"equipment_share_pct": 1.0},
    "gdp": {"growth_pct": 0.2, "deflator_pct": 0.2, "gov_balance_pct": 0.3},
}
"""Columns of per cent that jump or change sign: MANY of them, NEARLY_ALL nearer to 0 than this, are fractions."""

MANY: Final = 8
NEARLY_ALL: Final = 0.95  # a hyperinflation is more than 20 % as a fraction too
INDEX: Final = 50.0
"""A GDP deflator that stays above this and hardly changes is an index and no change of one."""
SAME_UNIT: Final = 0.02


@dataclass(frozen=True, slots=True)
class UserFigure:
    """One cell of a user's own: its line, its value, and the words for what it is about."""

    line: int
    value: float
    about: str


def plausible_faults(
    name: str, lines: Sequence[tuple[int, Row]], file: str, packaged: Sequence[Row]
) -> Iterator[Fault]:
    """Faults of unit among a user's own rows of one table, one a column: the first figure, and how many there are."""
    for column in dict.fromkeys((*SHARES.get(name, ()), *COMPARED.get(name, {}))):
        yield from _scale_faults(name, column, lines, file, packaged)
    for column, least in FRACTIONS.get(name, {}).items():
        figures = [figure for figure in _figures(column, lines) if figure.value]
        near = [figure for figure in figures if abs(figure.value) < least]
        if len(figures) >= MANY and len(near) >= NEARLY_ALL * len(figures):
            first = max(near, key=lambda figure: abs(figure.value))
            rule = f"must be per cent; {len(near)} of {len(figures)} figures lie within {least:g} of 0"
            yield _fault(file, column, first, rule, _times(first.value, 2, True))
    if name == "gdp":
        yield from _index_faults(lines, file)
        yield from _sign_faults(lines, file, packaged)
    if name == "geography":
        yield from _distance_faults(lines, file, packaged)
    if name == "elections":
        yield from _swapped_faults(lines, file, packaged)


def _scale_faults(
    name: str, column: str, lines: Sequence[tuple[int, Row]], file: str, packaged: Sequence[Row]
) -> Iterator[Fault]:
    """Figures a power of ten away from their neighbours, and shares that only a fraction can be."""
    figures = _figures(column, lines)
    known = _neighbours(column, lines, packaged) if column in COMPARED.get(name, {}) else {}
    unit = COMPARED.get(name, {}).get(column, OF_GDP)
    off: list[tuple[UserFigure, int, str]] = []  # the powers of ten that are missing, and the neighbour in words
    for figure in figures:
        value, neighbour = known.get(figure.line, (0.0, ""))
        if shift := places_off(figure.value, value):
            off.append((figure, shift, neighbour))
        elif column in SHARES.get(name, ()) and figure.value < LEAST_SHARE_PCT:
            off.append((figure, 2, ""))
    if not off:
        return
    usual, times = Counter(power for _, power, _ in off).most_common(1)[0]
    alike = len(off) > 1 and 2 * times > len(off)
    figure, shift, neighbour = next(each for each in off if each[1] == usual) if alike else off[0]
    many = f"; {len(off)} of {len(figures)} figures are off like this" if len(off) > 1 else ""
    compared = f" and of the size of its neighbour, {neighbour}" if neighbour else f", at least {LEAST_SHARE_PCT:g}"
    yield _fault(file, column, figure, f"must be {unit}{compared}{many}", _times(figure.value, shift, alike))


def single_fault(
    name: str, column: str, iso3: str, year: int, value: float, packaged: Sequence[Row]
) -> tuple[str, str] | None:
    """Rule and remedy of one figure given in place of that of a packaged row; None where it may be.

    The rule is the one for a column of a user's own.
    """
    rows = [row for row in packaged if _series(row) == iso3]
    known = {getattr(row, "year", 0): figure for row in rows if (figure := getattr(row, column, None))}
    near = _nearest(known, year)
    if near is None or not (shift := places_off(value, known[near])):
        return None
    compared = f"the packaged {known[near]:.10g} of {shorten(iso3)} {near}"
    return f"must be {COMPARED[name][column]} and of the size of {compared}", _times(value, shift, False)


def places_off(value: float, known: float) -> int:
    """The powers of ten by which a figure must be raised to be like the known one; 0 where it is, or one of them is."""
    if known <= 0 or value <= 0 or known < FACTOR * value < FACTOR**2 * known:
        return 0
    return round(log10(known) - log10(value))  # whose quotient may be no float


def _nearest(known: Mapping[int, float], year: int) -> int | None:
    """The known year nearest to another one, of two the earlier; None where none is within NEAR_YEARS."""
    near = min(known, key=lambda other: (abs(other - year), other), default=None)
    return near if near is not None and abs(near - year) <= NEAR_YEARS else None


def _figures(column: str, lines: Sequence[tuple[int, Row]]) -> list[UserFigure]:
    return [
        UserFigure(line, value, _about(row)) for line, row in lines if (value := getattr(row, column, None)) is not None
    ]


def _about(row: Row) -> str:
    parts = (getattr(row, "iso3", None) or getattr(row, "name", ""), getattr(row, "year", ""))
    return " ".join(shorten(part) for part in parts if part)


def _neighbours(column: str, lines: Sequence[tuple[int, Row]], packaged: Sequence[Row]) -> dict[int, tuple[float, str]]:
    """By line: the packaged figure nearest in time, else that of the own row before it; and the words for it."""
    known: dict[str, dict[int, float]] = {}
    for row in packaged:
        if value := getattr(row, column, None):
            known.setdefault(_series(row), {})[getattr(row, "year", 0)] = value
    found: dict[int, tuple[float, str]] = {}
    before: dict[str, tuple[int, float]] = {}
    for line, row in sorted(lines, key=lambda entry: getattr(entry[1], "year", 0)):
        value, year, series = getattr(row, column, None), getattr(row, "year", 0), _series(row)
        if not value:
            continue
        near = _nearest(known.get(series, {}), year)
        if near is not None:
            found[line] = known[series][near], f"the packaged {known[series][near]:.10g} of {shorten(series)} {near}"
        elif series in before and year - before[series][0] <= NEAR_YEARS:
            found[line] = before[series][1], f"{before[series][1]:.10g} of {shorten(series)} {before[series][0]}"
        before[series] = year, value
    return found


def _series(row: Row) -> str:
    return str(getattr(row, "iso3", None) or getattr(row, "name", ""))


def _index_faults(lines: Sequence[tuple[int, Row]], file: str) -> Iterator[Fault]:
    figures = _figures("deflator_pct", lines)
    steady = [b.value / a.value for a, b in pairwise(figures) if a.about[:3] == b.about[:3] and a.value > 0]
    if len(figures) >= MANY and steady and min(figure.value for figure in figures) > INDEX and 0.7 < median(steady) < 2:
        rule = f"must be the change of the deflator, % a year; all {len(figures)} figures lie above {INDEX:g}"
        yield _fault(file, "deflator_pct", figures[0], rule, "write the change of the index on the year before")


def _sign_faults(lines: Sequence[tuple[int, Row]], file: str, packaged: Sequence[Row]) -> Iterator[Fault]:
    """Balances that are the packaged ones with the other sign: deficits written as positive figures."""
    known = {row.key: getattr(row, "gov_balance_pct", None) for row in packaged}
    pairs = [
        (line, row, balance, before)
        for line, row in lines
        if (balance := getattr(row, "gov_balance_pct", None)) and (before := known.get(row.key))
    ]
    turned = sum(abs(own + before) for _, _, own, before in pairs)
    straight = sum(abs(own - before) for _, _, own, before in pairs)
    if len(pairs) >= MANY and turned < straight / 2:
        line, row, balance, before = pairs[0]
        rule = f"must be negative for a deficit; the packaged figure is {before:.10g}"
        figure = UserFigure(line, balance, _about(row))
        yield _fault(file, "gov_balance_pct", figure, rule, "did you write deficits as positive figures? turn the sign")


def _distance_faults(lines: Sequence[tuple[int, Row]], file: str, packaged: Sequence[Row]) -> Iterator[Fault]:
    """Distances that all are the packaged ones times the same factor: miles, metres."""
    known = {row.iso3: row.distance_moscow_km for row in packaged if isinstance(row, GeographyRow)}
    pairs = [
        (line, row, row.distance_moscow_km / known[row.iso3])
        for line, row in lines
        if isinstance(row, GeographyRow) and row.iso3 in known
    ]
    if len(pairs) < 3:
        return
    factor = median(ratio for _, _, ratio in pairs)
    if abs(factor - 1) > 0.1 and all(abs(ratio / factor - 1) < SAME_UNIT for _, _, ratio in pairs):
        line, row, _ = pairs[0]
        rule = f"must be kilometres; all {len(pairs)} are {factor:.2f} times the packaged ones"
        figure = UserFigure(line, row.distance_moscow_km, row.iso3)
        yield _fault(file, "distance_moscow_km", figure, rule, f"did you mean {known[row.iso3]:g}?")


def _swapped_faults(lines: Sequence[tuple[int, Row]], file: str, packaged: Sequence[Row]) -> Iterator[Fault]:
    """A known election whose month and day stand in each other's place."""
    known = {(row.iso3, row.year, row.kind, row.month, row.day) for row in packaged if isinstance(row, ElectionRow)}
    for line, row in lines:
        if isinstance(row, ElectionRow) and row.day is not None and row.day != row.month:
            turned = (row.iso3, row.year, row.kind, row.day, row.month)
            if turned in known and (row.iso3, row.year, row.kind, row.month, row.day) not in known:
                rule = f"must be the month; the packaged election is on {row.year}-{row.day:02}-{row.month:02}"
                remedy = "exchange month and day"
                yield Fault(file, line, "month", str(row.month), rule, remedy, "implausible")


def _times(value: float, shift: int, every: bool) -> str:
    """The remedy of a figure that is a power of ten off."""
    meant = Decimal(repr(value)).scaleb(shift)
    factor = f"multiply by {10**shift:,}" if shift > 0 else f"divide by {10**-shift:,}"
    return f"did you mean {float(meant):.10g}?" + (f" {factor} in every row" if every else "")


def _fault(file: str, column: str, figure: UserFigure, rule: str, remedy: str) -> Fault:
    value = f"{figure.value:.10g} ({figure.about})" if figure.about else f"{figure.value:.10g}"
    return Fault(file, figure.line, column, value, rule, remedy, "implausible")

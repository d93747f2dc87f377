"""The printed page of a comparison: who moves and by how much, the alliance, and in what the scenarios differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.analysis.comparison.facade import Comparison
from sim.analysis.comparison.record import yardstick_in_words
from sim.analysis.comparison.rows import AllianceRow, PairRow, alliance_rows, pair_rows, pillar_of
from sim.data.countries import in_prose
from sim.output.over_parameters import intervals_note
from sim.output.terminal.cells import percent_of
from sim.output.terminal.console import NARROW, Page
from sim.output.terminal.layout import GAP, Column, fit, left_out, table
from sim.results.record import Description
from sim.scenario.edit.compare import Difference
from sim.text.escaping import plain
from sim.text.figures import number, quantity, share
from sim.text.footnotes import ASSUMPTION, CLOSED_ON_PAPER, CONDITIONAL, MONTE_CARLO, SPENT
from sim.text.probabilities import more_of_100, percent, points, points_interval
from sim.text.sentences import among, runs

ORDER = ("core", "total", "related")
"""What allies are ordered by: the first of these that both scenarios measure."""

WORTH_CODES = 2  # rank of a column for which names give way to codes
MOST_LISTED = 40
"""Differences of scenarios that are listed."""


def show(page: Page, comparison: Comparison, year: int, codes: frozenset[str] | None, *, every: bool) -> None:
    """Print the page; `codes` are the allies shown (None: all), `every` shows also those that cannot be told from 0."""
    width = page.text_width
    described = zip(comparison.letters, comparison.scenarios, comparison.based_on, strict=True)
    for letter, description, based_on in described:
        page.print(Text(f"{letter}  {plain(description.title)}", style="bold"), width=width)
        if based_on:
            page.print(Padding(Text(plain(based_on)), (0, 0, 0, len(letter) + GAP), expand=False), width=width)
    page.print(Text(_subtitle(comparison, year)), width=width)
    for note in comparison.notes():
        page.print(Text(note), width=width)
    rows, figures = list(pair_rows(comparison, year)), list(alliance_rows(comparison, year))
    footer: dict[str, None] = {}
    for index, title in enumerate(comparison.titles[1:]):
        pairs = [row for row in rows if row.scenario == title and (codes is None or row.iso3 in codes)]
        view = _View(page, width, comparison, year, comparison.letters[index + 1])
        view.allies(pairs, every, footer)
        view.alliance([row for row in figures if row.scenario == title])
        view.changes(comparison.changes[index])
    page.print()
    for line in footer:
        page.print(Text(line, style="dim"), width=width)


def _subtitle(comparison: Comparison, year: int) -> str:
    first = comparison.scenarios[0]
    counted = f"{runs(comparison.paths)} of each on common random numbers, seed {comparison.manifest['seed']}"
    cores = [description.yardstick("core") for description in comparison.scenarios]
    early = [letter for letter, core in zip(comparison.letters, cores, strict=True) if core and year < core.by]
    due = f", before the core target of {', '.join(early)} falls due" if early else ""
    measured = ""
    if len({core and (core.share_pct, core.by) for core in cores}) == 1:
        agreed = f" ({plain(cores[0].agreed)})" if cores[0] and cores[0].agreed else ""
        measured = f"Measured against {yardstick_in_words(first)}{agreed}. "
    return f"{measured}Year {year}{due}. {counted}."


class _View:
    """The part of the page that compares one scenario, by its letter, with A."""

    def __init__(self, page: Page, width: int, comparison: Comparison, year: int, letter: str) -> None:
        self._page, self._width, self._comparison, self._year, self._letter = page, width, comparison, year, letter

    def allies(self, pairs: Sequence[PairRow], every: bool, footer: dict[str, None]) -> None:
        """The table; allies whose difference cannot be told from 0 in one line, unless every one is wanted."""
        by = {name: [row for row in pairs if row.pillar == name] for name in (*ORDER, "core_without_late_push")}
        main = next((name for name in ORDER if by[name]), None)
        self._head(f"{self._letter} compared with A in {self._year}, given the assumptions")
        if main is None:
            self._say("The two have no target in common that binds these allies.")
            return
        ordered = sorted(by[main], key=lambda row: (-abs(row.difference), row.ally))
        shown = [row for row in ordered if every or row.told_apart]
        if shown:
            kept, dropped = self._fitted(shown, main, by)
            self._page.print(table(kept))
            narrow = left_out(dropped).replace("--csv or --json show", "or --json, shows")
            footer |= dict.fromkeys([narrow] if narrow else [])
        folded = [row for row in ordered if row not in shown]
        if folded:
            names = ", ".join(row.ally for row in folded)
            self._say(f"Cannot be told from 0 ({len(folded)}): {names}.")
        if shown and shown[0].told_apart:
            self._say(_sentence(shown[0], main, self._letter))
        if shown or folded:
            self._say(_flips(ordered, main, self._letter))
        footer |= dict.fromkeys(_footer(main, by, bool(shown), self._comparison.paths))

    def _fitted(
        self, shown: Sequence[PairRow], main: str, by: dict[str, list[PairRow]]
    ) -> tuple[list[Column], list[Column]]:
        columns = _columns(shown, main, by, self._letter)
        kept, dropped = fit(columns, self._page.width)
        if any(column.rank <= WORTH_CODES for column in dropped):
            codes = Column("ally", "Ally", [row.iso3 for row in shown], 0, right=False)
            kept, dropped = fit([codes, *columns[1:]], self._page.width)
        return kept, dropped

    def alliance(self, figures: Sequence[AllianceRow]) -> None:
        """The alliance's expected figures."""
        self._head(f"The alliance in {self._year}, {self._letter} compared with A, given the assumptions")
        other = self._comparison.scenarios[self._comparison.letters.index(self._letter)]
        both = (self._comparison.scenarios[0], other)
        ordered = sorted(figures, key=lambda row: list(_NAMES).index(row.measure))
        self._list((_NAMES[row.measure], _figure(row, both, self._letter)) for row in ordered)

    def changes(self, changes: Sequence[Difference]) -> None:
        """In what the scenario differs from A."""
        self._head(f"In what {self._letter} differs from A")
        if not changes:
            self._say("In nothing that is simulated.")
            return
        self._list((change.path, plain(_change(change, self._letter))) for change in changes[:MOST_LISTED])
        if len(changes) > MOST_LISTED:
            self._say(f"And {len(changes) - MOST_LISTED} more; --json lists all.")

    def _head(self, text: str) -> None:
        self._page.print()
        self._page.print(Text(text, style="bold"), width=self._width)

    def _say(self, text: str) -> None:
        self._page.print(Text(text), width=self._width)

    def _list(self, facts: Iterable[tuple[str, str]]) -> None:
        """Names and what is said of them: side by side where there is room."""
        facts = list(facts)
        if self._width < NARROW or max((len(name) for name, _ in facts), default=0) > self._width // 2:
            for name, text in facts:
                self._say(name)
                self._page.print(Padding(Text(text), (0, 0, 0, GAP), expand=False), width=self._width)
            return
        grid = Table.grid(padding=(0, GAP, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for name, text in facts:
            grid.add_row(Text(name), Text(text))
        self._page.print(Padding(grid, (0, 0, 0, GAP), expand=False), width=self._width)


_NAMES = {
    "allies_core": "Allies at their core target",
    "allies_core_without_late_push": "the same, spent only",
    "allies_total": "Allies at their total target",
    "allies_related": "Allies at their related target",
    "euc_spent": "Europe and Canada spend",
    "euc_shortfall": "Short of core, Europe and Canada",
    "nato_shortfall": "Short of core, all",
}


_FINEST = {"allies": 0.01, "% of GDP": 0.01, "USD billion": 0.1}
"""Last place that is shown of a difference: shares are counted in hundredths."""


def _columns(shown: Sequence[PairRow], main: str, by: dict[str, list[PairRow]], letter: str) -> list[Column]:
    """All columns; a higher rank is left out earlier."""
    assumed = "" if main == "core" else "\nassumption"
    columns = [
        Column("ally", "Ally", [row.ally for row in shown], 0, right=False),
        Column("P in A", f"P {main}\nA{assumed}", [percent(r.probability_a, r.low_a, r.high_a) for r in shown], 1),
        Column(f"P in {letter}", f"P {main}\n{letter}{assumed}",
               [percent(row.probability_b, row.low_b, row.high_b) for row in shown], 1),
        Column("difference", f"{letter} less A", [_points(row) for row in shown], 0),
        Column("95 % interval", "95 %\ninterval", [points_interval(row.ci_low, row.ci_high) for row in shown], 2),
        Column("only in A", "Only\nin A", [percent_of(row.only_a / row.paths, row.paths) for row in shown], 6),
        Column(f"only in {letter}", f"Only\nin {letter}",
               [percent_of(row.only_b / row.paths, row.paths) for row in shown], 6),
    ]  # fmt: skip
    further = (
        ("core_without_late_push", "spent only", "spent only", 4),
        ("total", "total", "total\nassumption", 7),
        ("related", "related", "related\nassumption", 8),
    )
    for name, title, head, rank in further:
        if by[name] and name != main and (main == "core" or name != "core_without_late_push"):
            found = {row.iso3: _points(row) for row in by[name]}
            cells = [found.get(row.iso3, "–") for row in shown]
            columns.append(Column(title, f"{letter} less A\n{head}", cells, rank, dim="assumption" in head))
    return columns


def _points(row: PairRow) -> str:
    return points(row.difference, row.ci_low, row.ci_high)


def _sentence(row: PairRow, main: str, letter: str) -> str:
    often = more_of_100(row.difference, row.ci_low, row.ci_high)
    assumed = "" if main == "core" else "; an assumption"
    meets = f"{in_prose(row.ally)} meets its {main} target {often} than in A"
    return f"Most moved: in {letter}, {meets}, given the assumptions{assumed}."


def _flips(rows: Sequence[PairRow], main: str, letter: str) -> str:
    """Who crosses one half."""
    only_a = ", ".join(row.ally for row in rows if row.crosses_half == "down")
    only_b = ", ".join(row.ally for row in rows if row.crosses_half == "up")
    if not only_a and not only_b:
        return f"Nobody is likelier than not to meet the {main} target in one of the two only."
    where = f"only in A: {only_a or 'none'}; only in {letter}: {only_b or 'none'}"
    return f"Likelier than not to meet the {main} target {where}."


def _figure(row: AllianceRow, both: tuple[Description, Description], letter: str) -> str:
    """A level in each of the two, and the difference; a count is of the allies that the target binds there."""
    pillar = pillar_of(row.measure)
    if row.unit == "allies" and pillar:
        bound = [len(described.bound(pillar)) for described in both]
        of = [f" of {among(count, len(both[0].allies))}" for count in bound]
        first, other = (number(value, of) for value, of in zip((row.expected_a, row.expected_b), bound, strict=True))
        levels = f"{first}{of[0]} expected in A, {other}{of[1] if of[1] != of[0] else ''} in {letter}"
    else:
        formatted: Callable[[float], str] = share if row.unit == "% of GDP" else _money
        unit = " % of GDP on average" if row.unit == "% of GDP" else " billion USD a year"
        levels = f"{formatted(row.expected_a)}{unit} in A, {formatted(row.expected_b)} in {letter}"
    assumed = "; an assumption" if row.measure in ("allies_related", "allies_total") else ""
    return f"{levels}: {_moved(row)}{assumed}"


def _moved(row: AllianceRow) -> str:
    """ "1.7 fewer (1.6 to 1.8)"."""
    if not row.told_apart:
        return "cannot be told apart"
    ends = sorted((abs(row.ci_low), abs(row.ci_high)))
    figure, low, high = quantity(abs(row.difference), *ends, least=_FINEST[row.unit])
    down, up = {"allies": ("fewer", "more"), "% of GDP": ("points less", "points more")}.get(row.unit, ("less", "more"))
    return f"{figure} {down if row.difference < 0 else up} ({low} to {high})"


def _money(value: float) -> str:
    return "<1" if value < 0.5 else quantity(value, value, value, least=1)[0] if value >= 10 else f"{value:.0f}"


def _change(change: Difference, letter: str) -> str:
    whole = isinstance(change.before or change.after, dict) and ("event[" in change.path or "targets." in change.path)
    if whole and change.before is None:
        return f"only in {letter}: {change.value_after}"
    if whole and change.after is None:
        return f"only in A: {change.value_before}"
    return f"{change.value_before} -> {change.value_after}"


def _footer(main: str, by: dict[str, list[PairRow]], table_shown: bool, paths: int) -> list[str]:
    notes = []
    if table_shown:
        notes.append(
            "P: in how many of 100 simulated runs the target is met, given the assumptions; differences in runs of "
            "100; only in: runs that meet it in that scenario and not in the other, counted."
        )
        if main != "related":
            notes.append(CONDITIONAL)
    notes.append(
        "Differences are taken run by run on common random numbers, not taken from the rounded figures beside them. "
        f"{MONTE_CARLO}{intervals_note(paths)}"
    )
    if by["core"]:
        notes.append(f"{CLOSED_ON_PAPER} {SPENT}")
    if main != "core" or by["related"] or by["total"]:
        notes.append(ASSUMPTION)
    return notes

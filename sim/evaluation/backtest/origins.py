"""Scenarios that start in the past, with what was known then.

The share of the origin is that of the edition in use: a figure revised later stands there as revised, but in the mode
`first-estimates`. Elections before
2021 come by hazard. From 2020 on growth to come, debt and deficit are those of the IMF's outlook of that October;
before, growth is expected to be the mean of the ten years before. Its spread is measured to the origin; national
pledges and announced paths are known from the month they were made.
"""

from __future__ import annotations

import csv
import io
from enum import StrEnum
from functools import lru_cache

from sim.data.edition import FIRST_YEAR, LAST_YEAR
from sim.data.rows import ShareRow, VintageRow
from sim.data.tables import Replacement, load_tables
from sim.evaluation.backtest.baselines import TARGETS, target_in_force
from sim.model.equations.urgency import HISTORY
from sim.scenario.loading.load import loads
from sim.scenario.schema import Scenario

FIRST, LAST = FIRST_YEAR, LAST_YEAR
"""The years with a figure in NATO's table."""

ORIGINS = range(FIRST, LAST)
"""The Decembers a forecast can be made in and scored by at least one later figure."""

COMPARED_FROM = 2015
"""The first origin with a yearly change for baselines to go on; one that needs two begins later: its rows say so."""


class Mode(StrEnum):
    """What a forecast of the past may know. Scores of different modes are never mixed in one figure.

    >>> import sim.backtest
    >>> [mode.value for mode in sim.backtest.Mode]
    ['out-of-sample', 'as-shipped', 'events-given', 'first-estimates']
    """

    OUT_OF_SAMPLE = "out-of-sample"
    AS_SHIPPED = "as-shipped"
    EVENTS_GIVEN = "events-given"
    FIRST_ESTIMATES = "first-estimates"

    @property
    def in_words(self) -> str:
        """In words.

        >>> import sim.backtest
        >>> sim.backtest.Mode.EVENTS_GIVEN.in_words
        'parameters as shipped, and the events after the origin given'
        """
        return {
            Mode.OUT_OF_SAMPLE: "parameters estimated on figures up to the origin, events after it random",
            Mode.AS_SHIPPED: "parameters as shipped, which have seen the whole history; events random",
            Mode.EVENTS_GIVEN: "parameters as shipped, and the events after the origin given",
            Mode.FIRST_ESTIMATES: "parameters as out of sample, shares as NATO first published them",
        }[self]


@lru_cache(maxsize=64)
def past_scenario(
    origin: int, last_year: int, *, events_given: bool = False, first_estimates: bool = False
) -> Scenario:
    """The model as shipped from December of `origin` to `last_year`.

    With `first_estimates` the shares to the origin are those that NATO first published, and err as estimates do
    (`outturn.base_error`); else they are those of the edition that the outcomes are of, and do not.
    With `events_given` nothing happens to the alliance but what did, in its month: the jumps of urgency that are in the
    model's history, and the alliance's new targets.
    """
    share, due = target_in_force(origin)
    lines = [
        f'title = "From December {origin}"',
        f"[horizon]\nbase_year = {origin}\nlast_year = {last_year}",
        f"[targets.core]\nshare_pct = {share}\nby = {due}",
        '[parameters]\nuse = "shipped"',
    ]
    if not first_estimates:
        lines.append("[outturn]\nbase_error = 0.0 # origin and outcome are of one edition")
    if events_given:
        lines += [f'[[event]]\nname = "{name}"\nrate = 0.0' for name in ("crisis", "us_retrenchment", "detente")]
        for year, month, size, title in HISTORY:
            if origin < year <= last_year:
                lines.append(
                    f'[[event]]\nname = "given_{year}"\nkind = "past_jump"\ntitle = "{title.capitalize()}"\n'
                    f'when = "{year}-{month:02}"\njump = "{size}"'
                )
        for agreed, new_share, by in TARGETS:
            if origin < agreed <= last_year:
                lines.append(
                    f'[[event]]\nname = "target_{agreed}"\nkind = "summit"\nwhen = "{agreed}-06"\n'
                    f"share_pct = {new_share}\nby = {by}"
                )
    scenario = loads("\n".join(lines), f"the past from {origin}")
    return seen_in(scenario, first_published(origin) if first_estimates else None)


@lru_cache(maxsize=1)
def first_estimate_origins() -> tuple[int, ...]:
    """The origins whose shares an edition of that year or of the next printed: as first published, or nearly so."""
    printed = {(row.year, row.edition) for row in load_tables().share_vintages}
    return tuple(
        origin for origin in ORIGINS
        if any(year == origin and edition[:4] in (str(origin), str(origin + 1)) for year, edition in printed)
    )  # fmt: skip


def first_published(origin: int) -> Replacement:
    """The table of shares to `origin` as first published: of each figure the first edition of that year or later.

    So the origin's own figure is NATO's estimate of the time, and the years before it stand as the same edition has
    them, or where it does not, as the next that does. An ally that was no member then comes from a later edition.
    """
    rows: dict[tuple[str, int], VintageRow] = {}
    for row in sorted(load_tables().share_vintages, key=lambda row: row.edition, reverse=True):
        if FIRST <= row.year <= origin and row.edition >= str(origin):
            rows[row.iso3, row.year] = row
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ShareRow.model_fields), restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows.values():
        writer.writerow({"iso3": row.iso3, "year": row.year, "share_pct": row.share_pct, "status": row.status})
    return Replacement(f"shares first published of {origin}", text.getvalue())


def seen_in(scenario: Scenario, shares: Replacement | None) -> Scenario:
    """The same with the shares of another edition; None: the packaged one."""
    return scenario if shares is None else scenario.model_copy(update={"replacements": {"shares": shares}})

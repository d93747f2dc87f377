"""Scenarios that start in the past, with what was known then.

The share of the origin is that of the edition in use: a figure revised later stands there as revised. Elections before
2021 come by hazard. From 2020 on growth to come, debt and deficit are those of the IMF's outlook of that October;
before, growth is expected to be the mean of the ten years before. Its spread is measured to the origin; national
pledges and announced paths are known from the month they were made.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from sim.data.edition import FIRST_YEAR, LAST_YEAR
from sim.data.tables import Replacement
from sim.evaluation.backtest.baselines import TARGETS, target_in_force
from sim.model.equations.urgency import HISTORY
from sim.scenario.loading.load import loads
from sim.scenario.schema import Scenario

FIRST, LAST = FIRST_YEAR, LAST_YEAR
"""The years with a figure in NATO's table."""

ORIGINS = range(FIRST, LAST)
"""The Decembers a forecast can be made in and scored by at least one later figure."""


class Mode(StrEnum):
    """What a forecast of the past may know. Scores of different modes are never mixed in one figure.

    >>> import sim.backtest
    >>> [mode.value for mode in sim.backtest.Mode]
    ['out-of-sample', 'as-shipped', 'events-given']
    """

    OUT_OF_SAMPLE = "out-of-sample"
    AS_SHIPPED = "as-shipped"
    EVENTS_GIVEN = "events-given"

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
        }[self]


@lru_cache(maxsize=64)
def past_scenario(origin: int, last_year: int, *, events_given: bool = False) -> Scenario:
    """The model as shipped from December of `origin` to `last_year`.

    With `events_given` nothing happens to the alliance but what did, in its month: the jumps of urgency that are in the
    model's history, and the alliance's new targets.
    """
    share, due = target_in_force(origin)
    lines = [
        f'title = "From December {origin}"',
        f"[horizon]\nbase_year = {origin}\nlast_year = {last_year}",
        f"[targets.core]\nshare_pct = {share}\nby = {due}",
        '[parameters]\nuse = "shipped"',
        "[outturn]\nbase_error = 0.0 # origin and outcome are of one edition",
    ]
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
    return loads("\n".join(lines), f"the past from {origin}")


def seen_in(scenario: Scenario, shares: Replacement | None) -> Scenario:
    """The same with the shares of another edition; None: the packaged one."""
    return scenario if shares is None else scenario.model_copy(update={"replacements": {"shares": shares}})

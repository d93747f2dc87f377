"""The charts of a run by name. A chart that is not in this list is on no page and in no command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.errors import UsageError
from sim.output.charts import frames
from sim.output.charts.fan import fan
from sim.output.charts.look import Chart
from sim.output.charts.money import shortfall
from sim.output.charts.multiples import multiples
from sim.output.charts.numbers import compliant, first_years
from sim.output.charts.ranking import heat, ranked
from sim.results.record import Record
from sim.text.sentences import listed


@dataclass(frozen=True)
class Kind:
    """A chart: how it is drawn, and which choices it has of "ally", "allies", "year" and "pillar"."""

    draw: Callable[..., Chart]
    choices: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "fan": Kind(fan, ("ally",)),
    "multiples": Kind(multiples, ("year", "allies")),
    "ranked": Kind(ranked, ("year", "pillar")),
    "heat": Kind(heat, ("pillar",)),
    "compliant": Kind(compliant, ("year",)),
    "first-years": Kind(first_years, ("ally",)),
    "shortfall": Kind(shortfall, ("year",)),
}


def draw(kind: str, record: Record, *, theme: str = "light", **choices: Any) -> Chart:
    """A chart of a run by name; of the choices ally (a code; "EUC" and "NATO" too), allies, year and pillar those it
    has.

    A choice that is None is not made.

    Raises:
        UsageError: an unknown kind, a choice it does not have or needs, an ally or year the run has not, a pillar
            without a target.
        ValueError: a theme other than "light" and "dark".

    >>> import sim, sim.charts
    >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
    >>> chart = sim.charts.draw("fan", results.record, ally="POL")
    >>> chart.to_dict()["description"][:42]
    'Poland is estimated at 4.68 % of GDP in 20'
    """
    if kind not in KINDS:
        raise UsageError(f"there is no chart {kind!r}; there are {', '.join(KINDS)}")
    made = {name: value for name, value in choices.items() if value is not None}
    for name in made:
        if name not in KINDS[kind].choices:
            raise UsageError(f"the chart {kind} has no choice of {name}")
    ally = made.pop("ally", None)
    if "ally" in KINDS[kind].choices:
        ally = ally or (frames.EUROPE if kind == "fan" else None)
        if ally is None:
            raise UsageError(f"the chart {kind} is of one ally: name it")
        made["iso3"] = ally
    described = record.description
    if "pillar" in KINDS[kind].choices:
        made.setdefault("pillar", described.main_pillar or "core")
    pillar = made.get("pillar", "core")
    if kind not in ("fan", "multiples") and described.yardstick(pillar) is None:
        there = [aim.pillar for aim in described.yardsticks]
        raise UsageError(
            f"the run has no target for the pillar {pillar}"
            + (f"; ranked and heat show {listed(there)}" if there else ": it has no target at all")
        )
    known = {*frames.NAMES, *(entry.iso3 for entry in described.allies)}
    for each in [*made.get("allies", ()), *([ally] if ally else [])]:
        if each not in known:
            raise UsageError(f"the run has no ally {each}")
    core = described.yardstick("core")
    if kind == "first-years" and (ally in frames.NAMES or not (core and core.binds(ally))):
        raise UsageError(f"the core target does not bind {ally}")
    return KINDS[kind].draw(record, theme=theme, **made)

"""Parameters of a block: every number or distribution of the scenario, drawn as often as its scope says.

A block may hold several variants of one scenario side by side (see `sim.engine.variants`). What they agree on is a
number or a distribution as before; where they differ stands one distribution a variant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from sim.distributions.draws import Distributions, Draws, Value
from sim.distributions.families import Family
from sim.distributions.quantile_tables import table_of
from sim.model.events.base import FrozenModel
from sim.model.parameters import Budget, Growth, Outturn, Related, Will
from sim.numerics.exact import Function, monthly_factor, yearly_probability
from sim.scenario.schema import Scenario

Section = TypeVar("Section", bound=FrozenModel)

DRAWN_ONCE = ("path", "ally")


class Parameters:
    """The values of one block, drawn under `param/<section>.<name>`: once a path, or once an ally and path.

    A section comes back with numbers or arrays (paths,) in the place of what is drawn once, and with a number or the
    distribution's table where it is drawn later.
    """

    def __init__(self, variants: Sequence[Scenario], draws: Draws) -> None:
        """`variants` differ in numbers and distributions only; a run of one scenario has one."""
        self._variants, self._draws = variants, draws
        self._of_all: dict[type[FrozenModel], dict[str, Value]] = {}

    def growth(self, iso3: str | None = None, code: int = 0) -> Growth:
        """Section [growth] of the alliance or of one ally."""
        return self._section([variant.growth for variant in self._variants], iso3, code)

    def will(self, iso3: str, code: int) -> Will:
        """Section [will] of one ally."""
        return self._section([variant.will for variant in self._variants], iso3, code)

    def budget(self, iso3: str, code: int) -> Budget:
        """Section [budget] of one ally."""
        return self._section([variant.budget for variant in self._variants], iso3, code)

    def outturn(self, iso3: str, code: int) -> Outturn:
        """Section [outturn] of one ally."""
        return self._section([variant.outturn for variant in self._variants], iso3, code)

    def related(self, iso3: str, code: int) -> Related:
        """Section [related] of one ally."""
        return self._section([variant.related for variant in self._variants], iso3, code)

    def urgency_level(self) -> Value:
        """Factor on the urgency of the start."""
        return self._draws.value("param/urgency.level", _agreed([v.urgency.level for v in self._variants]))

    def urgency_monthly(self) -> Value:
        """What a month leaves of urgency."""
        distribution = _agreed([variant.urgency.decay for variant in self._variants])
        return self._draws.value("param/urgency.decay", distribution, of=monthly_factor)

    def _section(self, commons: Sequence[Section], iso3: str | None, code: int) -> Section:
        """A section with values: those of all allies, and for one ally besides what is its own."""
        sections = (
            commons
            if iso3 is None
            else [variant.of_ally(iso3, common) for variant, common in zip(self._variants, commons, strict=True)]
        )
        kind = type(commons[0])
        # what all allies share stands at one address: each would draw the same values again
        if kind not in self._of_all:
            self._of_all[kind] = {
                parameter.name: self._value(parameter, commons, 0) for parameter in _random(kind) if not parameter.own
            }
        values = dict(self._of_all[kind])
        overridden = () if iso3 is None else self._variants[0].overridden(iso3, commons[0])
        for parameter in _random(kind):
            if parameter.own or parameter.name in overridden:
                values[parameter.name] = self._value(parameter, sections, code)
        return sections[0].model_copy(update=values)

    def _value(self, parameter: Parameter, sections: Sequence[FrozenModel], code: int) -> Value:
        """A value drawn once, a table of what is drawn later, or None: the ally's own from the data."""
        distribution = _agreed([getattr(section, parameter.name) for section in sections])
        if distribution is None:
            return None
        if not parameter.once:
            return table_of(distribution) if isinstance(distribution, Family) else distribution
        return self._draws.value(parameter.stream, distribution, ally=code, of=parameter.of)


@dataclass(frozen=True)
class Parameter:
    """A field of a section that may be random."""

    name: str
    stream: str
    own: bool  # drawn for each ally, not for all together
    once: bool  # drawn at the start, not each time
    of: Function | None  # what is applied to the value


@lru_cache(maxsize=16)
def _random(section: type[FrozenModel]) -> tuple[Parameter, ...]:
    """The parameters of a section that may be random."""
    found = []
    for name, field in section.model_fields.items():
        facts = field.json_schema_extra
        if isinstance(facts, dict) and facts.get("scope", "fixed") != "fixed":
            scope, of = facts["scope"], yearly_probability if facts.get("yearly_rate") else None
            stream = f"param/{section.__name__.lower()}.{name}"
            found.append(Parameter(name, stream, scope == "ally", scope in DRAWN_ONCE, of))
    return tuple(found)


def _agreed(distributions: list[Any]) -> Any:
    """The distribution of all variants, or each variant's own."""
    return (
        distributions[0]
        if all(distribution is distributions[0] or distribution == distributions[0] for distribution in distributions)
        else Distributions(tuple(distributions))
    )

"""Parameters of a block: every number or distribution of the scenario, drawn as often as its scope says.

A block may hold several variants of one scenario side by side (see `sim.engine.variants`). What they agree on is a
number or a distribution as before; where they differ stands one distribution a variant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

import numpy as np

from sim.distributions.draws import Distribution, Distributions, Draws, LocationScale, Prepared
from sim.distributions.families import Family
from sim.distributions.quantile_tables import standardised, table_of
from sim.engine.inputs import AllyInputs
from sim.engine.parameter_rows import ParameterRows
from sim.model.declaring import FrozenModel
from sim.model.estimated import BY_NAME
from sim.model.parameters import DrawnAs, InBlock
from sim.model.sections import Section, section_of
from sim.numerics.arrays import Value
from sim.numerics.exact import Function, monthly_factor, yearly_probability
from sim.scenario.schema import Scenario

DRAWN_ONCE = ("path", "ally")
FUNCTIONS: Final = {"yearly probability": yearly_probability, "monthly factor": monthly_factor}


class Parameters:
    """The values of one block, drawn under `param/<section>.<name>`: once a path, or once an ally and path.

    A section comes back with numbers or arrays (paths,) in the place of what is drawn once, and with a number or the
    distribution's table where it is drawn later.
    """

    def __init__(self, variants: Sequence[Scenario], draws: Draws) -> None:
        """`variants` differ in numbers and distributions only; a run of one scenario has one."""
        self._variants, self._draws = variants, draws
        self._left_to_rows = variants[0].left_to_rows
        self.rows = ParameterRows(variants[0], draws)
        self._of_all: dict[Section, dict[str, Value | Prepared | None]] = {}

    def of(self, model: type[DrawnAs[InBlock]], ally: AllyInputs | None = None) -> InBlock:
        """A section of the alliance, or of one ally with what is its own: `of(Budget, ally).speed`.

        Raises:
            KeyError: the section is not registered in `sim.model.sections`.
        """
        section = section_of(model)
        commons: list[FrozenModel] = [getattr(variant, section.name) for variant in self._variants]
        sections, code, overridden = commons, 0, frozenset[str]()
        if ally is not None:
            pairs = zip(self._variants, commons, strict=True)
            sections, code = [variant.of_ally(ally.iso3, common) for variant, common in pairs], ally.code
            overridden = frozenset(self._variants[0].overridden(ally.iso3, commons[0]))
        # what all allies share stands at one address: each would draw the same values again
        if section not in self._of_all:
            shared = (parameter for parameter in _random(section) if not parameter.own)
            self._of_all[section] = {each.name: self._value(section, each, commons, 0) for each in shared}
        values = dict(self._of_all[section])
        for parameter in _random(section):
            if parameter.name in overridden:
                values[parameter.name] = self._as_written(parameter, sections, code)
            elif parameter.own:
                values[parameter.name] = self._value(section, parameter, sections, code)
        # The type checker cannot say that one class stands for the section of a file and for that of a block.
        return cast(InBlock, sections[0].model_copy(update=values))

    def _value(
        self, section: Section, parameter: Parameter, sections: Sequence[FrozenModel], code: int
    ) -> Value | Prepared | None:
        """Of the estimate where no file says it, else as written."""
        if (section.name, parameter.name) in self._left_to_rows:
            return self._of_rows(f"{section.name}.{parameter.name}", parameter, sections[0], code)
        return self._as_written(parameter, sections, code)

    def _of_rows(self, name: str, parameter: Parameter, shipped: FrozenModel, code: int) -> Value | Prepared:
        """What each path's row of the table of parameters says: the value, or mean and sd of what it is drawn from."""
        default = getattr(shipped, parameter.name)
        if not isinstance(default, Family):
            return self.rows.value(name, default, parameter.of)
        moments = {}
        for moment in ("mean", "sd"):
            inner, number = f"{name}.{moment}", getattr(default, moment)
            moments[moment] = self.rows.value(inner, number) if inner in BY_NAME else number
        if not any(isinstance(moment, np.ndarray) for moment in moments.values()):
            return self._prepared(parameter, default.model_copy(update=moments), code)
        return self._prepared(parameter, LocationScale(standardised(default.shape), **moments), code)

    def _as_written(self, parameter: Parameter, sections: Sequence[FrozenModel], code: int) -> Value | Prepared | None:
        """A value drawn once, a table of what is drawn later, or None: the ally's own from the data."""
        distribution = _agreed([getattr(section, parameter.name) for section in sections])
        return None if distribution is None else self._prepared(parameter, distribution, code)

    def _prepared(self, parameter: Parameter, distribution: Distribution, code: int) -> Value | Prepared:
        """Drawn now where it is drawn once, else ready to be drawn."""
        if parameter.once:
            return self._draws.value(parameter.stream, distribution, ally=code, of=parameter.of)
        return table_of(distribution) if isinstance(distribution, Family) else distribution


@dataclass(frozen=True)
class Parameter:
    """A field of a section that may be random."""

    name: str
    stream: str
    own: bool  # drawn for each ally, not for all together
    once: bool  # drawn at the start, not each time
    of: Function | None  # what is applied to the value


@lru_cache(maxsize=64)
def _random(section: Section) -> tuple[Parameter, ...]:
    """The parameters of a section that may be random."""
    found = []
    for name, field in section.model.model_fields.items():
        facts = field.json_schema_extra
        if isinstance(facts, dict) and facts.get("scope", "fixed") != "fixed":
            scope, of = facts["scope"], FUNCTIONS.get(str(facts.get("used_as")))
            found.append(Parameter(name, f"param/{section.name}.{name}", scope == "ally", scope in DRAWN_ONCE, of))
    return tuple(found)


def _agreed(distributions: Sequence[Any]) -> Distribution | None:
    """The distribution of all variants, or each variant's own."""
    return (
        distributions[0]
        if all(distribution is distributions[0] or distribution == distributions[0] for distribution in distributions)
        else Distributions(tuple(distributions))
    )

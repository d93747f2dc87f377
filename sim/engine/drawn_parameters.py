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
        self._common: dict[Section, FrozenModel] = {}
        self._agreed: dict[str, Distribution | None] = {}

    def of(self, model: type[DrawnAs[InBlock]], ally: AllyInputs | None = None) -> InBlock:
        """A section of the alliance, or of one ally with what is its own: `of(Budget, ally).speed`.

        Raises:
            KeyError: the section is not registered in `sim.model.sections`.
        """
        section = section_of(model)
        written = getattr(self._variants[0], section.name)
        # what all allies share stands at one address: each would draw the same values again
        if section not in self._common:
            values = {each.name: self._value(section, each, 0) for each in _random(section)}
            self._common[section] = written.model_copy(update=values)
        found = self._common[section]
        if ally is not None:
            own = self._variants[0].overridden(ally.iso3, written)  # variants do not differ in it
            for each in _random(section):
                if each.name in own:
                    own[each.name] = self._prepared(each, own[each.name], ally.code)
                elif each.own:
                    own[each.name] = self._value(section, each, ally.code)
            if any(value is not getattr(found, name) for name, value in own.items()):
                found = found.model_copy(update=own)
        # The type checker cannot say that one class stands for the section of a file and for that of a block.
        return cast(InBlock, found)

    def _value(self, section: Section, parameter: Parameter, code: int) -> Value | Prepared | None:
        """Of the estimate where no file says it, else as written."""
        if (section.name, parameter.name) in self._left_to_rows:
            shipped = getattr(self._variants[0], section.name)
            return self._of_rows(f"{section.name}.{parameter.name}", parameter, shipped, code)
        if parameter.stream not in self._agreed:
            written = [getattr(getattr(variant, section.name), parameter.name) for variant in self._variants]
            self._agreed[parameter.stream] = _agreed(written)
        return self._prepared(parameter, self._agreed[parameter.stream], code)

    def _of_rows(self, name: str, parameter: Parameter, shipped: FrozenModel, code: int) -> Value | Prepared | None:
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

    def _prepared(self, parameter: Parameter, distribution: Distribution | None, code: int) -> Value | Prepared | None:
        """Drawn now where it is drawn once, else ready to be drawn; None: the ally's own from the data."""
        if distribution is None:
            return None
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

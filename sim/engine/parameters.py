"""Parameters of a block: every number or distribution of the scenario, drawn as often as its scope says."""

from __future__ import annotations

from typing import Any, TypeVar

from sim.distributions.draws import Draws, Value
from sim.events.base import Facts
from sim.exact import Function, monthly_factor, yearly_probability
from sim.scenario.schema import Scenario
from sim.scenario.sections import Budget, Growth, Outturn, Related, Will

Section = TypeVar("Section", bound=Facts)

DRAWN_ONCE = ("path", "ally")


class Parameters:
    """The values of one block, drawn under `param/<section>.<name>`: once a path, or once an ally and path.

    A section comes back with numbers or arrays (paths,) in the place of what is drawn once, and with the distribution
    itself where it is drawn later.
    """

    def __init__(self, scenario: Scenario, draws: Draws) -> None:
        self._scenario, self._draws = scenario, draws
        self._shared: dict[str, Value] = {}

    def growth(self, iso3: str | None = None, code: int = 0) -> Growth:
        """Section [growth] of the alliance or of one ally."""
        return self._section(self._scenario.growth, iso3, code)

    def will(self, iso3: str, code: int) -> Will:
        """Section [will] of one ally."""
        return self._section(self._scenario.will, iso3, code)

    def budget(self, iso3: str, code: int) -> Budget:
        """Section [budget] of one ally."""
        return self._section(self._scenario.budget, iso3, code)

    def outturn(self, iso3: str, code: int) -> Outturn:
        """Section [outturn] of one ally."""
        return self._section(self._scenario.outturn, iso3, code)

    def related(self, iso3: str, code: int) -> Related:
        """Section [related] of one ally."""
        return self._section(self._scenario.related, iso3, code)

    def urgency_level(self) -> Value:
        """Factor on the urgency of the start."""
        return self._draws.value("param/urgency.level", self._scenario.urgency.level)

    def urgency_monthly(self) -> Value:
        """What a month leaves of urgency."""
        return self._draws.value("param/urgency.decay", self._scenario.urgency.decay, of=monthly_factor)

    def _section(self, common: Section, iso3: str | None, code: int) -> Section:
        section = common if iso3 is None else self._scenario.of_ally(iso3, common)
        values: dict[str, Value] = {}
        for name, field in type(section).model_fields.items():
            law, facts = getattr(section, name), field.json_schema_extra
            if law is None or not isinstance(facts, dict) or facts.get("scope") not in DRAWN_ONCE:
                continue
            own = facts["scope"] == "ally" or law is not getattr(common, name)
            of = yearly_probability if facts.get("yearly_rate") else None
            values[name] = self._value(f"{type(section).__name__.lower()}.{name}", law, code if own else 0, of)
        return section.model_copy(update=values)

    def _value(self, name: str, law: Any, code: int, of: Function | None) -> Value:
        if code:
            return self._draws.value(f"param/{name}", law, ally=code, of=of)
        if name not in self._shared:
            self._shared[name] = self._draws.value(f"param/{name}", law, of=of)
        return self._shared[name]

"""Parameters of a block: every number or distribution of the scenario, drawn as often as its scope says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sim.distributions.draws import Draws, Value
from sim.exact import Function, monthly_factor, yearly_probability
from sim.scenario.schema import Scenario
from sim.scenario.sections import Budget, Growth, Outturn, Related, Will

DRAWN_ONCE = ("path", "ally")

RATES = ("early_election_rate", "change_between_elections")
"""A rate a year becomes the probability of at least one event in a year."""


class Parameters:
    """The values of one block, drawn under `param/<section>.<name>`: once a path, or once an ally and path."""

    def __init__(self, scenario: Scenario, draws: Draws) -> None:
        self._scenario, self._draws = scenario, draws
        self._shared: dict[str, Value] = {}

    def growth(self, iso3: str | None = None, code: int = 0) -> Any:
        """Section [growth] of the alliance or of one ally."""
        return self._section(self._scenario.growth, iso3, code)

    def will(self, iso3: str, code: int) -> Any:
        """Section [will] of one ally."""
        return self._section(self._scenario.will, iso3, code)

    def budget(self, iso3: str, code: int) -> Any:
        """Section [budget] of one ally."""
        return self._section(self._scenario.budget, iso3, code)

    def outturn(self, iso3: str, code: int) -> Any:
        """Section [outturn] of one ally."""
        return self._section(self._scenario.outturn, iso3, code)

    def related(self, iso3: str, code: int) -> Any:
        """Section [related] of one ally."""
        return self._section(self._scenario.related, iso3, code)

    def urgency_level(self) -> Value:
        """Factor on the urgency of the start."""
        return self._draws.value("param/urgency.level", self._scenario.urgency.level)

    def urgency_monthly(self) -> Value:
        """What a month leaves of urgency."""
        return self._draws.value("param/urgency.decay", self._scenario.urgency.decay, of=monthly_factor)

    def _section(self, common: Growth | Will | Budget | Outturn | Related, iso3: str | None, code: int) -> Any:
        section = common if iso3 is None else self._scenario.of_ally(iso3, common)
        values: dict[str, Any] = {}
        for name, field in type(section).model_fields.items():
            law = getattr(section, name)
            extra = field.json_schema_extra
            scope = extra.get("scope") if isinstance(extra, dict) else "fixed"
            if scope not in DRAWN_ONCE or law is None:
                values[name] = law
                continue
            of = yearly_probability if name in RATES else None
            own = scope == "ally" or law is not getattr(common, name)
            values[name] = self._value(f"{type(section).__name__.lower()}.{name}", law, code if own else 0, of)
        return SimpleNamespace(**values)

    def _value(self, name: str, law: Any, code: int, of: Function | None) -> Value:
        if code:
            return self._draws.value(f"param/{name}", law, ally=code, of=of)
        if name not in self._shared:
            self._shared[name] = self._draws.value(f"param/{name}", law, of=of)
        return self._shared[name]

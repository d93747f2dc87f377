"""What several tests need."""

from __future__ import annotations

from typing import Any

import sim


def changed(scenario: sim.Scenario, **sections: dict[str, Any]) -> sim.Scenario:
    """A scenario with some parameters of its sections replaced."""
    update = {name: getattr(scenario, name).model_copy(update=values) for name, values in sections.items()}
    return scenario.model_copy(update=update)

"""exposure_i of equation 5: how near an ally lies to Russia, from geography alone."""

from __future__ import annotations

from enum import StrEnum

from sim.numerics.exact import log

SHELTERED = 0.4
"""What is left of exposure without a border or a coast near Russia (judgement)."""


class Rule(StrEnum):
    """Who counts as sheltered among those that have no land border with Russia. The scores cannot tell them apart."""

    COASTS = "coasts"
    """Who has no coast on the Baltic, the North Sea or the Black Sea."""
    DISTANCE = "distance"
    """Nobody."""
    SHELTERED_BLACK_SEA = "sheltered_black_sea"
    """Who has no coast on the Baltic or the North Sea."""


def exposure(
    distance_km: float, land_border: bool, near_coast: bool, black_sea_only: bool, override: float | None = None,
    rule: Rule = Rule.COASTS,
) -> float:  # fmt: skip
    """From 0 (far) to 1 (near): ln(2200 km / distance of the capitals), cut to that range.

    A land border with Russia makes it 0.9 or more; of who is sheltered by the rule, SHELTERED is left. `override`
    replaces all of it by a stated judgement (Norway, Finland).
    """
    if override is not None:
        return override
    near = min(max(log(2200 / distance_km), 0.0), 1.0)
    if land_border:
        return max(near, 0.9)
    open_to_russia = near_coast and not (black_sea_only and rule is Rule.SHELTERED_BLACK_SEA)
    return near if open_to_russia or rule is Rule.DISTANCE else SHELTERED * near

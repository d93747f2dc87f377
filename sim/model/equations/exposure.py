"""exposure_i of equation 5: how near an ally lies to Russia, from geography alone."""

from __future__ import annotations

from sim.numerics.exact import log


def exposure(distance_km: float, land_border: bool, near_coast: bool, override: float | None = None) -> float:
    """From 0 (far) to 1 (near): ln(2200 km / distance of the capitals), cut to that range.

    A land border with Russia makes it 0.9 or more. Who has neither that nor a coast on the Baltic, the North Sea or the
    Black Sea lies sheltered: 0.4 of it is left. `override` replaces the rule by a stated judgement (Norway, Finland).
    """
    if override is not None:
        return override
    near = min(max(log(2200 / distance_km), 0.0), 1.0)
    if land_border:
        return max(near, 0.9)
    return near if near_coast else 0.4 * near

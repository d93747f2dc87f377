"""The parameters that are estimated: their ranges before any figure is seen, and which of them a kept pledge raises.

A range is what a reader in 2014 could have defended without the figures: from no effect at all to about twice what the
model ships with. Its middle is where an estimate stands as long as the figures say nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Estimated:
    """A parameter and its range."""

    name: str  # as in a scenario file: "budget.speed", "will.mean.sd"
    low: float
    high: float
    title: str
    in_earnest: bool = False
    """Whether it stands at the top of its range where the pledge is kept in earnest."""

    @property
    def section(self) -> str:
        """Of the scenario file: "will"."""
        return self.name.split(".")[0]

    @property
    def field(self) -> str:
        """The key in that section: "mean"."""
        return self.name.split(".")[1]

    @property
    def inner(self) -> str | None:
        """The parameter of the distribution that stands there: "sd"; None where a number does."""
        return ([*self.name.split("."), None])[2]

    @property
    def column(self) -> str:
        """Of the table `parameter_draws`: "will_mean_sd"."""
        return self.name.replace(".", "_")

    @property
    def middle(self) -> float:
        """Where it stands before any figure is seen."""
        return (self.low + self.high) / 2


ESTIMATED: Final = (
    Estimated("budget.speed", 0.0, 0.3, "speed of adjustment without urgency"),
    Estimated("budget.speed_urgency", 0.0, 0.5, "speed that a unit of urgency adds"),
    Estimated("budget.speed_down", 0.0, 0.5, "speed of adjustment downward"),
    Estimated("budget.threat_weight", 0.0, 12.0, "weight of the threat, by exposure"),
    Estimated("budget.threat_urgency", 0.0, 1.5, "weight of urgency beside will in it"),
    Estimated("budget.norm_learning", 0.0, 0.5, "how fast the norm follows what is spent"),
    Estimated("budget.pledge_weight", 0.0, 1.0, "weight of the pledge in the desired share", in_earnest=True),
    Estimated("budget.deadline_weight", 0.0, 1.0, "weight of the pledge's date", in_earnest=True),
    Estimated("budget.headroom_pct", 2.5, 4.5, "level at which increases end, far from Russia"),
    Estimated("will.mean.mean", -1.5, 1.5, "mean of will", in_earnest=True),
    Estimated("will.mean.sd", 0.1, 2.0, "spread of will between allies"),
    Estimated("urgency.decay", 0.0, 0.3, "decay of urgency in a year"),
    Estimated("outturn.noise.sd", 0.02, 0.2, "noise of outlays"),
    Estimated(
        "outturn.late_push_weight", 0.0, 1.0, "probability of closing on paper at full willingness", in_earnest=True
    ),
)

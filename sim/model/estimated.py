"""The parameters that are estimated: their ranges before any figure is seen, and which of them a kept pledge raises.

A range is what a reader in 2014 could have defended without the figures: from no effect at all to about twice what the
model ships with, so that it was set by people who knew the shipped value, which is the middle of three of them. The
middle is where an estimate stands as long as the figures say nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.numerics.exact import exp, log


@dataclass(frozen=True)
class Estimated:
    """A parameter and its range."""

    name: str  # as in a scenario file: "budget.speed", "will.mean.sd"
    low: float
    high: float
    title: str
    prior_mean: float | None = None
    """Of an exponential prior from 0, in the place of an even one, cut where its last twentieth begins: at `high`."""
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
        return self.at(0.5)

    def at(self, part: float) -> float:
        """The value below which this part of its prior lies, 0 to 1."""
        if self.prior_mean is None:
            return self.low + part * (self.high - self.low)
        return -self.prior_mean * log(1 - CUT * part)

    def part(self, value: float) -> float:
        """The part of its prior that lies below a value."""
        if self.prior_mean is None:
            return (value - self.low) / (self.high - self.low)
        return (1 - exp(-value / self.prior_mean)) / CUT


CUT: Final = 0.95
"""Where an exponential prior is cut: a range has to end somewhere."""

JUMP_MEAN: Final = 0.7
"""Mean of the jumps of urgency before any figure is seen: that of the crises to come."""


def _jump(name: str, title: str) -> Estimated:
    high = float(f"{-JUMP_MEAN * log(1 - CUT):.6g}")
    return Estimated(f"urgency.{name}", 0.0, high, title, prior_mean=JUMP_MEAN)


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
    _jump("crimea_jump", "jump of urgency in March 2014"),
    _jump("invasion_jump", "jump of urgency in February 2022"),
    _jump("us_warning_jump", "jump of urgency in February 2025"),
    Estimated("outturn.noise.sd", 0.02, 0.2, "noise of outlays"),
    Estimated(
        "outturn.late_push_weight", 0.0, 1.0, "probability of closing on paper at full willingness", in_earnest=True
    ),
)

BY_NAME: Final = {each.name: each for each in ESTIMATED}

"""What stands below tables and charts, word for word the same everywhere."""

from __future__ import annotations

from sim.arguments import COUNTED_PCT

MONTE_CARLO = (
    "The 95 % intervals are Monte Carlo error only: what another seed would change, not what other assumptions would."
)


def over_parameters(draws: int, *, halved: bool) -> str:
    """What the range over parameters of a run is: over so many rows of them, and over both ways to keep the pledge.

    >>> over_parameters(1, halved=True)
    'Over parameters: the central 90 % of the probability over whether the pledge is kept in earnest.'
    """
    values = ["over the values of the model's parameters that the figures allow"] if draws > 1 else []
    kept = ["over whether the pledge is kept in earnest"] if halved else []
    return f"Over parameters: the central 90 % of the probability {', and '.join([*values, *kept])}."


def too_few_to_tell(paths: int) -> str:
    """What stands beside MONTE_CARLO where parameters are drawn and no range is shown: how many paths would tell it."""
    return (
        "Parameters differ from run to run, which moves a probability further than that; how far takes about "
        f"{paths:,} runs to tell."
    )


def monte_carlo_error(reach: float) -> str:
    """What stands in the place of MONTE_CARLO where the range over parameters is shown: how far an interval reaches."""
    return f"Monte Carlo error, what another seed would change, is at most {100 * reach:.1f} points (95 %)."


CONDITIONAL = (
    "Probabilities of core and total are means over the runs of the probability given all but the year's outlay noise "
    "and closing on paper, which another seed moves less than a count of runs."
)


def independent_runs(enough: int) -> str:
    """What stands beside the intervals of runs of fewer than `enough` paths."""
    return f"With fewer than {enough:,} runs they are Wilson's, as if each run were drawn by itself: rather too wide."


P_MEANS = "P: in how many of 100 simulated runs the target is met, given the assumptions."
CLOSED_ON_PAPER = "Closed on paper: the last distance to a target closed by reclassification when it is due."
SPENT = "Spent only: without what was closed on paper that year; medians, averages and money are of what is spent."
NOT_BOUND = "\u2013"
"""What stands where a target does not bind an ally."""
UNBOUND = f"{NOT_BOUND}: the target does not bind this ally."
ASSUMPTION = "Related and total rest on an assumption throughout: NATO publishes no ally's security-related outlays."

BEYOND = (
    f"Shares are counted to {COUNTED_PCT} % of GDP: >{COUNTED_PCT:.0f} stands for what lies above, of which no more is "
    "known, and a mean with such runs in it (≥) is a lower bound."
)

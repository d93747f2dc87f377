"""Probabilities as text: never more digits than a run of that size carries, never a certainty."""

from __future__ import annotations

from decimal import Decimal

from sim.text.rounding import ceil_to, decimal, floor_to, nearest

HALF = Decimal("0.5")
COARSE = 0.10
"""An interval wider than this shows tens of percent only."""


def percent(probability: float, low: float, high: float) -> str:
    """A probability as whole percent, given its 95 % interval: "83", "<1", ">99"; "~80" where runs are few."""
    step = 1 if high - low <= COARSE else 10
    rounded = nearest(100 * decimal(probability), step)
    if rounded <= 0 or high < 0.01:
        return f"<{max(1, ceil_to(100 * decimal(high) - HALF))}"
    if rounded >= 100 or low > 0.99:
        return f">{min(99, nearest(100 * decimal(low)))}"
    return str(rounded) if step == 1 else f"~{rounded}"


def of_100(probability: float, low: float, high: float) -> str:
    """The same in a sentence: "in 83 of 100 simulated runs", "in fewer than 1 of 100 simulated runs"."""
    figure = percent(probability, low, high)
    for sign, spoken in (("<", "fewer than "), (">", "more than "), ("~", "about ")):
        figure = figure.replace(sign, spoken)
    return f"in {figure} of 100 simulated runs"


def outward(low: float, high: float, to: str = "–") -> str:
    """From one probability to another in whole percent, rounded outward: "39–78", "0–64"."""
    return f"{int(floor_to(100 * decimal(low)))}{to}{int(ceil_to(100 * decimal(high)))}"


def interval(low: float, high: float) -> str:
    """A 95 % interval in whole percent, rounded outward: "82–84", "<2", ">98"."""
    lowest, highest = int(floor_to(100 * decimal(low))), int(ceil_to(100 * decimal(high)))
    if lowest <= 0 and highest >= 100:
        return "any"
    if lowest <= 0:
        return f"<{max(1, highest)}"
    if highest >= 100:
        return f">{min(99, lowest)}"
    return f"{lowest}–{highest}"


NEAR_0, UNCLEAR = "about 0", "unclear"
"""Differences whose interval holds 0: a narrow one, a wide one."""


def points(difference: float, low: float, high: float) -> str:
    """A difference of probabilities in runs of 100, given its 95 % interval: "+12", "<1 lower", "about +20".

    "about 0": it lies near 0; "unclear": so few runs that they tell neither that nor which way it goes.
    """
    if low <= 0 <= high:
        return NEAR_0 if max(-low, high) <= COARSE / 2 else UNCLEAR
    sign, way = ("-", "lower") if difference < 0 else ("+", "higher")
    *about, size = _size(difference, low, high).split()
    return f"{size} {way}" if size[0] in "<>" else " ".join([*about, f"{sign}{size}"])


def _size(difference: float, low: float, high: float) -> str:
    """How large a difference is in runs of 100, without its sign: "12", "<1", ">99", "about 20"."""
    step = 1 if high - low <= COARSE else 10
    rounded, (least, most) = nearest(100 * decimal(abs(difference)), step), sorted((abs(low), abs(high)))
    if rounded <= 0:
        return f"<{max(1, ceil_to(100 * decimal(most))) if step > 1 else 1}"
    if rounded >= 100:
        return f">{min(99, floor_to(100 * decimal(least)))}"
    return str(rounded) if step == 1 else f"about {rounded}"


def more_of_100(difference: float, low: float, high: float) -> str:
    """The same in a sentence: "in 12 more of 100 simulated runs", "in less than 1 fewer of 100 simulated runs"."""
    if low <= 0 <= high:
        near = points(difference, low, high) == NEAR_0
        return "in about as many simulated runs" if near else "in more or in fewer simulated runs"
    size = _size(difference, low, high).replace("<", "less than ").replace(">", "over ")
    return f"in {size} {'fewer' if difference < 0 else 'more'} of 100 simulated runs"


def points_interval(low: float, high: float) -> str:
    """The 95 % interval of a difference in runs of 100, rounded outward: "+11 to +13", "-2 to below 0"."""
    lowest, highest = int(floor_to(100 * decimal(low))), int(ceil_to(100 * decimal(high)))
    if lowest <= -100 and highest >= 100:
        return "any"
    if lowest <= -100:
        return f"below {_signed(highest)}"
    return f"above {_signed(lowest)}" if highest >= 100 else f"{_end(lowest, low)} to {_end(highest, high)}"


def _end(rounded: int, exact: float) -> str:
    """An end of an interval; one that is not 0 is not rounded to it."""
    if rounded or exact == 0:
        return _signed(rounded)
    return "below 0" if exact < 0 else "above 0"


def _signed(whole: int) -> str:
    return f"{whole:+d}" if whole else "0"


SCALE = (
    (0.05, "almost no chance"), (0.20, "very unlikely"), (0.45, "unlikely"), (0.55, "roughly even"), (0.80, "likely"),
    (0.95, "very likely"), (1.01, "almost certain"),
)  # fmt: skip
"""Words for probabilities, each up to its bound: those of US Intelligence Community Directive 203 (2015)."""


def likelihood(probability: float) -> str:
    """The word of the one fixed scale for a probability, by its whole runs of 100, which stand beside it."""
    return next(word for bound, word in SCALE if nearest(100 * decimal(probability)) < 100 * decimal(bound))


def scale_in_words() -> list[tuple[str, str]]:
    """The scale for readers: each word with its runs of 100, "5 to 20"."""
    bounds = [0.0, *(bound for bound, _ in SCALE)]
    rows = []
    for low, (high, word) in zip(bounds, SCALE, strict=False):
        span = (
            f"below {high * 100:.0f}"
            if low == 0
            else f"{low * 100:.0f} or more"
            if high > 1
            else f"{low * 100:.0f} to {high * 100:.0f}"
        )
        rows.append((word, span))
    return rows

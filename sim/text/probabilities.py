"""Figures in words: never more digits than a run of that size carries, never a certainty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import inf
from typing import Any

from sim.arguments import COUNTED_PCT
from sim.text.rounding import ceil_to, decimal, floor_to, nearest
from sim.text.rounding import text as rounded_text

MONTE_CARLO = (
    "The 95 % intervals are Monte Carlo error only: what another seed would change, not what other assumptions would."
)
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


def runs(count: int) -> str:
    """A number of simulated runs: "1 simulated run", "100,000 simulated runs"."""
    return f"{count:,} simulated run{'' if count == 1 else 's'}"


def of_100(probability: float, low: float, high: float) -> str:
    """The same in a sentence: "in 83 of 100 simulated runs", "in fewer than 1 of 100 simulated runs"."""
    figure = percent(probability, low, high)
    for sign, spoken in (("<", "fewer than "), (">", "more than "), ("~", "about ")):
        figure = figure.replace(sign, spoken)
    return f"in {figure} of 100 simulated runs"


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


def quantity(value: float, low: float, high: float, *, least: float) -> tuple[str, str, str]:
    """A size of 0 or more and its 95 % interval, rounded outward: two digits, fewer where it is wide; `least`, a
    power of ten, is the last place shown.

    ("1.7", "1.6", "1.8"), ("40", "30", "50"), ("<0.01", "0.00", "0.01").
    """
    wide = _magnitude((decimal(high) - decimal(low)) / 10)
    digit = max(decimal(value).adjusted() - 1 if value > 0 else -99, wide, decimal(least).adjusted())
    step, decimals = Decimal(1).scaleb(digit), max(0, -digit)
    ends = nearest(value, step), floor_to(low, step), ceil_to(high, step)
    whole, lowest, highest = (f"{end:.{decimals}f}" for end in ends)
    return f"<{step:.{decimals}f}" if ends[0] == 0 else whole, lowest, highest


def _magnitude(width: Decimal) -> int:
    """The place of the smallest power of ten that is no smaller."""
    return -99 if width <= 0 else width.adjusted() + (width != Decimal(1).scaleb(width.adjusted()))


def share(pct: float) -> str:
    """A simulated share, % of GDP, with two digits: "3.2", "12"; ">20" where it lies above what is counted."""
    return f">{COUNTED_PCT:.0f}" if pct == inf else rounded_text(pct, 1 if pct < 9.95 else 0)


def published_share(pct: float) -> str:
    """A published share, % of GDP, as NATO prints it: "2.05"."""
    return rounded_text(pct, 2)


def added(pct: float) -> str:
    """What comes on top of a share, percentage points: "0.12", "<0.01", "0"."""
    return rounded_text(pct, 2) if pct >= 0.005 else "<0.01" if pct > 0 else "0"


def mean_share(pct: float, above: float) -> str:
    """A mean of simulated shares; "≥14" where a part of the runs lies above what is counted."""
    return f"{'≥' if above else ''}{share(pct)}"


def span(low: float, high: float, to: str = "–") -> str:
    """From one simulated share to another: "4.7–7.2"; ">20" where both lie above what is counted."""
    return share(low) if low == inf else f"{share(low)}{to}{share(high)}"


TENTHS_BELOW = 10
"""Of fewer allies an expected number has a tenth: as a whole number it would say nothing of one or two of them."""


def number(expected: float, of: int, *, tenths: bool = False) -> str:
    """An expected number of allies: "13", "<1"; with a tenth of few allies, or where `tenths` asks for it: "0.4"."""
    step = Decimal("0.1") if tenths or of < TENTHS_BELOW else Decimal(1)
    rounded = nearest(expected, step)
    if rounded <= 0:
        return f"<{step}"
    if rounded >= of and expected < of:
        return f">{of - step}"
    return f"{rounded:.{1 if step < 1 else 0}f}"


def whole(count: float) -> str:
    """A quantile of a number of allies, which is a number that some run has: "0", "13"."""
    return f"{count:.0f}"


def allies(count: int) -> str:
    """A number of allies: "1 ally", "20 allies"."""
    return f"{count} {'ally' if count == 1 else 'allies'}"


def target(pct: float) -> str:
    """A target, % of GDP, as agreed: "3.5", "2"."""
    return f"{pct:g}"


def standing(agreed: str, bound: int, of: int) -> str:
    """What must be known of a target, in brackets: " (not agreed: proposed in June 2025; binds 7 of 31 allies)"."""
    parts = [agreed] if agreed else []
    parts += [f"binds {bound} of {of} allies"] if bound < of else []
    return f" ({'; '.join(parts)})" if parts else ""


def among(bound: int, of: int) -> str:
    """Of how many allies so many are: "31", "the 7 bound" where a target does not bind all."""
    return str(of) if bound == of else f"the {bound} bound"


MOST_CHANGES, MOST_VALUE = 5, 40
"""Changes that a sentence names, and the letters it gives a value."""
UNSET = "not set"
"""The value, in words, of a parameter or event that a scenario does not have."""


def based_on(facts: Mapping[str, Any], most: int = MOST_CHANGES) -> str:
    """On which file a scenario builds, and what it sets otherwise, as `sim.scenario.edit.compare.builds_on` found it.

    "Based on hague_2035, changed: targets.core.share_pct from 3.5 to 4; event[ceasefire] added."; "" where it extends
    none.
    """
    name, changes = str(facts.get("name", "")), facts.get("changes", ())
    if not name:
        return ""
    if not changes:
        return f"Based on {name}."
    texts = [_changed(*change) for change in changes[:most]]
    rest = len(changes) - len(texts)
    more = f"; and {rest} more" if rest else ""
    return f"Based on {name}, changed: {'; '.join(texts)}{more}."


def _changed(path: str, before: str, after: str) -> str:
    old, new = (value if len(value) <= MOST_VALUE else f"{value[: MOST_VALUE - 1]}…" for value in (before, after))
    whole = (path.startswith("event[") and "." not in path.rpartition("]")[2]) or (
        path.startswith("targets.") and path.count(".") == 1
    )
    if before == UNSET:
        return f"{path} added" if whole else f"{path} = {new}"
    if after == UNSET:
        return f"{path} removed"
    return f"{path} from {old} to {new}"


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """A question that offers the nearest of the known words; empty where none is near (`likeness`: 1 is the same)."""
    from difflib import get_close_matches  # only in case of an error

    near = get_close_matches(word.lower()[:60], list(known), 1, likeness)
    return f"Did you mean {near[0]!r}?" if near else ""


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


def money(usd_bn: float) -> str:
    """An amount of USD billion with two digits: "1.4", "38", "310", "<0.1"."""
    if usd_bn < 0.05:
        return "<0.1"
    if usd_bn < 9.95:
        return rounded_text(usd_bn, 1)
    return rounded_text(nearest(usd_bn, Decimal(1).scaleb(nearest(usd_bn).adjusted() - 1)), 0)


def listed(names: Iterable[str], most: int | None = None) -> str:
    """Names in a sentence: "A, B and C"; after `most` of them "A, B and 5 others"."""
    names = list(names)
    if most is not None and len(names) > most:
        rest = len(names) - most
        return f"{', '.join(names[:most])} and {rest} other{'s' if rest > 1 else ''}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"

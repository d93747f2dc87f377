"""Every event process through the engine, as checks: rates, times, sizes, elections, governments, late pushes.

One scenario holds every kind of event in its random and its dated form: draws at different addresses are independent,
so that one run serves all checks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import sim
from judge.judge import Check, binomial, cells, correlation, trials
from judge.laws import law_of
from judge.ledger import Ledger
from judge.values import moment_checks, part_of_words, sums_of_powers
from sim.distributions import families as f
from sim.distributions.draws import Draws
from sim.engine.block import run_block

SEED = 2032
PATHS = 1 << 13
YEARS = range(2027, 2039)

RANDOM = {
    "crisis": (0.07, ""),
    "us_retrenchment": (0.07, ""),
    "detente": (0.1, "factor = { beta = { a = 2.0, b = 2.0 } }"),
    "storm": (0.5, 'kind = "crisis"\nsize = { gamma = { shape = 2.0, mean = 0.3 } }'),
    "moods": (0.3, 'kind = "shock"\nstate = "will"\nally = "ITA"\namount = { normal = { mean = -0.1, sd = 0.2 } }'),
    "slump": (0.2, 'kind = "recession"\nsize_pct = { uniform = { low = 2.0, high = 8.0 } }'),
    "slump_deu": (0.15, 'kind = "recession"\nally = "DEU"\nsize_pct = 3.0'),
    "snap": (0.2, 'kind = "election"\nally = "FRA"\nchange_probability = 0.8'),
    "meeting": (0.1, 'kind = "summit"\ncommitment = 0.9'),
    "look": (0.08, 'kind = "review"\nyears_later = 1'),
    "echo": (0.12, 'kind = "past_jump"\njump = "crimea_jump"'),
    "vow": (0.05, 'kind = "pledge"\nally = "NLD"\nshare_pct = 3.5\nby = 2034'),
    "road": (0.06, 'kind = "announced_path"\nally = "BEL"\npoints = [{ year = 2038, share_pct = 3.0 }]'),
}
"""Each kind of event at random: rate a year, and what else stands in its table."""

DATED = {
    "d_crisis": (0.5, "2029-05", 'kind = "crisis"'),
    "d_us": (0.3, "2030-01", 'kind = "us_retrenchment"'),
    "d_detente": (0.2, "2030-12", 'kind = "detente"'),
    "d_shock": (0.01, "2029-03", 'kind = "shock"\nstate = "norm_pct"\namount = 0.1\nally = "PRT"'),
    "d_slump": (0.4, "2031-09", 'kind = "recession"\nsize_pct = 1.0'),
    "d_vote": (0.6, "2028-02", 'kind = "election"\nally = "GRC"'),
    "d_summit": (0.7, "2028-07", 'kind = "summit"\nshare_pct = 3.4'),
    "d_review": (0.25, "2033-06", 'kind = "review"\nchange_pct = -0.1'),
    "d_echo": (0.45, "2032-04", 'kind = "past_jump"\njump = "us_warning_jump"'),
    "d_vow": (0.9, "2030-04", 'kind = "pledge"\nally = "PRT"\nshare_pct = 3.0\nby = 2036'),
    "d_road": (0.35, "2030-06", 'kind = "announced_path"\nally = "PRT"\npoints = [{ year = 2036, share_pct = 3.0 }]'),
    "d_start": (0.3, "", 'kind = "pledge"\nally = "ITA"\nshare_pct = 3.0\nby = 2036'),
}
"""Each kind on a part of the paths: the part, the month ("" for a fact of the start), and the rest of its table."""

SIZES = {
    ("crisis", "urgency"): f.Exponential(mean=0.7), ("us_retrenchment", "urgency"): f.Exponential(mean=0.4),
    ("storm", "urgency"): f.Gamma(shape=2.0, mean=0.3), ("moods", "will"): f.Normal(mean=-0.1, sd=0.2),
    ("slump", "growth_loss"): f.Uniform(low=2.0, high=8.0), ("detente", "urgency"): f.Beta(a=2.0, b=2.0),
}  # fmt: skip
PAST_JUMPS = {"echo": ("crimea_jump", 0.35), "d_echo": ("us_warning_jump", 0.7)}
"""What has happened once and happens again: its parameter, and the size it has here."""
STEPS = 2e-5
"""What the distribution of a change may be off at most: the tables here lie 1.4e-5 from their laws (judge.exact), and a
change is read off a state in float32, which moves it by up to 2e-6, at densities up to 2.5."""
RATE_LAW = f.Beta(a=2.0, b=5.0)
PART_LAW = f.Beta(a=2.0, b=5.0)
RECESSION = {
    "recession_probability": f.Uniform(low=0.02, high=0.3),
    "recession_depth_pct": f.Uniform(low=2.0, high=8.0),
}
HEAD = f"""
[parameters]
use = "shipped"
[horizon]
last_year = {YEARS[-1]}
[targets.core]
share_pct = 3.5
by = 2028
[growth]
factor = 0.0
recession_probability = {{ uniform = {{ low = 0.02, high = 0.3 }} }}
recession_depth_pct = {{ uniform = {{ low = 2.0, high = 8.0 }} }}
[urgency]
{"".join(f"{parameter} = {size}" + chr(10) for parameter, size in PAST_JUMPS.values())}[ally.GRC]
share_pct = 2.85
[ally.DEU.growth]
sd_pct = 0.0
[[event]]
name = "drawn_rate"
kind = "crisis"
size = 0.01
rate = {{ beta = {{ a = 2.0, b = 5.0 }} }}
[[event]]
name = "drawn_part"
kind = "crisis"
size = 0.01
when = "2030-05"
probability = {{ beta = {{ a = 2.0, b = 5.0 }} }}
"""


@dataclass
class Found:
    """The checks, and what must not happen on any path."""

    checks: list[Check] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def text() -> str:
    """The scenario with everything in it."""
    events = [f'[[event]]\nname = "{name}"\nrate = {rate}\n{rest}\n' for name, (rate, rest) in RANDOM.items()]
    for name, (part, when, rest) in DATED.items():
        date = f'when = "{when}"\n' if when else ""
        events.append(f'[[event]]\nname = "{name}"\nprobability = {part}\n{date}{rest}\n')
    return HEAD + "".join(events)


def live(paths: int = PATHS, scenario: str = "") -> Ledger:
    """The scenario, or another, run with an onlooker."""
    ledger = Ledger()
    run_block(sim.loads(scenario or text()), SEED, 0, paths, observer=ledger)
    return ledger


def yearly(rate: float) -> float:
    """The probability that belongs to a rate, by Python's own exponential."""
    return 1 - math.exp(-rate)


def random_checks(ledger: Ledger, found: Found) -> None:
    """Random events: numbers, waiting times, dispersion, months, independence of years and of kinds."""
    happened = {}
    for name, (rate, _) in RANDOM.items():
        p, months = yearly(rate), ledger.occurred(f"event/{name}", YEARS)
        struck = happened[name] = months > 0
        found.checks += [
            binomial(f"{name}: events", int(struck.sum()), struck.size, p),
            cells(f"{name}: first year", *_waiting(struck, p)),
            cells(f"{name}: number a path", np.bincount(struck.sum(axis=0), minlength=len(YEARS) + 1),
                  stats.binom(len(YEARS), p).pmf(np.arange(len(YEARS) + 1))),
            binomial(f"{name}: two years running", int((struck[::2] & struck[1::2]).sum()), struck[::2].size, p * p),
        ]  # fmt: skip
        if "recession" in RANDOM[name][1]:
            found.faults += [f"{name} not in January"] * int((months[struck] != 1).any())
        else:
            found.checks.append(
                cells(f"{name}: months", np.bincount(months[struck], minlength=13)[1:], part_of_words(12))
            )
    for one, two in combinations(RANDOM, 2):
        both = int((happened[one] & happened[two]).sum())
        p = yearly(RANDOM[one][0]) * yearly(RANDOM[two][0])
        found.checks.append(binomial(f"{one} and {two}", both, len(YEARS) * ledger.paths, p))
    number = (ledger.occurred("event/drawn_rate", YEARS) > 0).sum(axis=0)
    found.checks.append(cells("drawn rate: number a path", np.bincount(number, minlength=len(YEARS) + 1), _mixed()))


def _waiting(struck: NDArray[np.bool_], p: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The year of the first event, the last cell for none; geometric."""
    first = np.where(struck.any(axis=0), struck.argmax(axis=0), len(struck))
    law = [p * (1 - p) ** year for year in range(len(struck))]
    return np.bincount(first, minlength=len(struck) + 1), np.array([*law, (1 - p) ** len(struck)])


def _mixed() -> NDArray[np.float64]:
    """Number of events a path where the rate itself is drawn once a path: a mixture of binomials."""
    rates = law_of(RATE_LAW).ppf((np.arange(4096) + 0.5) / 4096)
    return stats.binom.pmf(np.arange(len(YEARS) + 1)[:, None], len(YEARS), -np.expm1(-rates)).mean(axis=1)


def law_checks(name: str, family: f.Family, sample: NDArray[np.floating], off: float) -> list[Check]:
    """Values that a run has shown: cells over the law, mean and variance."""
    counts = np.bincount(np.searchsorted(law_of(family).ppf(np.arange(1, 32) / 32), sample), minlength=32)
    moments = moment_checks(name, family, sums_of_powers(family, sample), len(sample), (1, 2))
    return [cells(name, counts, np.full(32, 1 / 32), off), *moments]


def size_checks(ledger: Ledger, found: Found) -> None:
    """What an event does, read from the state it moved: its law, and that a size is drawn anew each time."""
    for (name, state), family in SIZES.items():
        stream = f"event/{name}"
        size = ledger.sizes(stream, state)
        if name == "detente":
            before = np.concatenate([entry.before for entry in ledger.entries[stream]])
            size = 1 + size[before > 0.05] / before[before > 0.05]  # below it rounding would show
        found.checks += law_checks(f"{name}: size", family, size, STEPS)
    for name, (_, expected) in PAST_JUMPS.items():
        if np.abs(ledger.sizes(f"event/{name}", "urgency") - expected).max() > STEPS:
            found.faults.append(f"{name}: urgency jumps by another size than {expected}")
    drawn = np.full((len(YEARS), ledger.paths), np.nan)
    for entry in ledger.entries["event/storm"]:
        drawn[entry.year - YEARS.start, entry.paths] = entry.moved["urgency"]
    scores = stats.norm.ppf(law_of(SIZES["storm", "urgency"]).cdf(drawn))
    one, two = scores[:-1].ravel(), scores[1:].ravel()
    both = np.isfinite(one) & np.isfinite(two)
    r = np.corrcoef(one[both], two[both])[0, 1]
    found.checks.append(correlation("storm: sizes of two years running", r, int(both.sum())))


def dated_checks(ledger: Ledger, found: Found) -> None:
    """Dated events: their part of the paths, in their month, each kind for itself."""
    hit = {}
    for name, (part, when, _) in DATED.items():
        entries = ledger.entries[f"event/{name}"]
        hit[name] = np.zeros(ledger.paths, dtype=np.bool_)
        hit[name][entries[0].paths] = True
        date = "2026-01" if not when else f"{when[:4]}-01" if name == "d_slump" else when
        if [f"{entry.year}-{entry.month:02}" for entry in entries] != [date]:
            found.faults.append(f"{name} not once in {date}")
        found.checks.append(binomial(f"{name}: part", int(hit[name].sum()), ledger.paths, part))
    for one, two in combinations(DATED, 2):
        both = int((hit[one] & hit[two]).sum())
        found.checks.append(binomial(f"{one} and {two}", both, ledger.paths, DATED[one][0] * DATED[two][0]))
    part = Draws(SEED, 0, ledger.paths).value("param/event.drawn_part.probability", PART_LAW)
    struck = np.zeros(ledger.paths, dtype=np.bool_)
    struck[ledger.entries["event/drawn_part"][0].paths] = True
    found.checks.append(binomial("drawn part", int(struck.sum()), ledger.paths, float(law_of(PART_LAW).mean())))
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 1.0)):
        some = (part >= low) & (part < high)
        found.checks.append(trials(f"drawn part, {low:g} to {high:g}", int(struck[some].sum()), part[some]))

"""What a call may ask for: whole numbers within their limits."""

from __future__ import annotations

from operator import index

from sim.errors import UsageError

MOST_PATHS = 1_000_000_000
"""Paths of a run at most, whether its scenario or its call says how many."""

PATHS = range(1, MOST_PATHS + 1)
LEAST_SHARE_PCT = 0.1
"""Of a share of GDP in per cent: no ally with armed forces ever spent less, and what lies below is a fraction."""
COUNTED_PCT = 20.46
"""The largest share of GDP that a run counts as itself. Of what lies above it knows that it does."""

MOST_SHARE_PCT = 50.0
"""The largest share of GDP, spent or promised, that is taken as one. Ukraine spent 39.6 % in 2025 (SIPRI, April 2026);
a larger number is likelier money, or per cent of something else."""

LEAST_YEAR = 1950
"""No figure of a table and no year of a scenario lies before it."""

SEEDS = range(2**63)
WORKERS = range(1, 1_025)

MOST_SHAPES, MOST_SCIPY_SHAPES = 256, 32
"""Distributions of different shape in a scenario at most, and those of scipy.stats among them: each takes a table of
0.3 MB, and one of SciPy's up to two seconds."""

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
"""Variable of the environment, to be set before NumPy is imported: nothing here needs linear algebra. OpenBLAS takes
memory for a thread a processor in every worker, and sends itself a SIGINT, as if somebody had pressed Ctrl-C, where it
cannot start them."""


def whole(name: str, value: object, allowed: range, limits: str = "") -> int:
    """A whole number as Python's own: NumPy's are taken too, truth values and 2.0 are not.

    `limits` are the words for what is allowed, where its first and last number do not say it well.

    Raises:
        UsageError: anything else, or a number that is not allowed.
    """
    try:
        number = None if isinstance(value, bool) else index(value)  # type: ignore[arg-type]  # tried here
    except TypeError:
        number = None
    if number is None or number not in allowed:
        limits = limits or f"from {allowed[0]:,} to {allowed[-1]:,}"
        given = value if number is None else number
        raise UsageError(f"{name} must be a whole number {limits}, not {given!r:.40}")
    return number


def seed(value: object) -> int:
    """A seed."""
    return whole("seed", value, SEEDS, "from 0 to 2**63 - 1")


def workers(value: object) -> int | None:
    """A number of worker processes, or None: as many as there are processors."""
    return None if value is None else whole("workers", value, WORKERS)

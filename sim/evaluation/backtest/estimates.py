"""The parameters estimated at each cutoff, as `sim calibrate --every` left them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from sim.errors import Fault, ScenarioError

FILE = "estimates.toml"

Numbers = Mapping[str, Sequence[float]]
"""Values of parameters by name, equally likely; the values at one place belong together."""

REMEDY = "estimate them with `sim calibrate --every`, or leave out the mode out-of-sample"


@lru_cache(maxsize=1)
def packaged() -> dict[int, Numbers]:
    """Numbers of the scenario by name, for each cutoff: the last year whose figures were seen.

    Raises:
        ScenarioError: the package holds no estimates.
    """
    file = files("sim.evaluation.backtest").joinpath(FILE)
    if not file.is_file():
        rule = "the mode out-of-sample needs the parameters estimated at each cutoff, and the file is not there"
        raise ScenarioError((Fault(f"sim/evaluation/backtest/{FILE}", 0, "", "", rule, REMEDY, "no-estimates"),))
    found = tomllib.loads(file.read_text("utf-8"))["cutoff"]
    return {int(cutoff): numbers for cutoff, numbers in found.items()}


def carried_on(known: Mapping[int, Numbers], origins: Sequence[int]) -> dict[int, Numbers]:
    """The numbers at each cutoff; at the last origin those of the year before, where nothing was estimated at it yet.

    So a new edition of the shares can be looked at at once, with what was known a year earlier. What is further behind
    stays incomplete.
    """
    last = max(known)
    return {**known, origins[-1]: known[last]} if origins[-1] == last + 1 else dict(known)


def check_cutoffs(known: Mapping[int, Numbers], origins: Sequence[int]) -> None:
    """Refuse estimates that lack an origin: without numbers of its own it would silently run as shipped.

    Raises:
        ScenarioError: naming every origin without a number.
    """
    missing = [str(origin) for origin in origins if not known.get(origin) or not all(map(len, known[origin].values()))]
    if missing:
        rule = "the mode out-of-sample needs parameters estimated at every origin"
        raise ScenarioError((Fault(FILE, 0, "cutoff", f"none for {', '.join(missing)}", rule, REMEDY, "no-estimates"),))

"""The parameters estimated at each cutoff, as `sim calibrate --every` left them."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from statistics import fmean

from sim.data.rows import ParameterDrawRow
from sim.data.tables import Replacement
from sim.errors import Fault, ScenarioError, UsageError
from sim.model.estimated import ESTIMATED
from sim.model.parameters import ParameterSource
from sim.scenario.edit.change import number
from sim.scenario.schema import Scenario
from sim.text.suggestions import did_you_mean

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


def drawn_from(scenario: Scenario, numbers: Numbers) -> Scenario:
    """The scenario with its parameters drawn from these values; what has none is as shipped on every path.

    Raises:
        UsageError: a name that is none of the estimated parameters.
    """
    known = [each.name for each in ESTIMATED]
    if unknown := numbers.keys() - set(known):
        wrong = min(unknown)
        meant = did_you_mean(wrong, known) or f"There are {', '.join(known)}."
        raise UsageError(f"no estimated parameter {wrong!r}. {meant}")
    count = len(next(iter(numbers.values())))
    columns = [numbers.get(each.name) or [number(scenario, each.name)] * count for each in ESTIMATED]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["draw", *(each.column for each in ESTIMATED)])
    rows.writerow([0, *(fmean(column) for column in columns)])  # the draw that stands for the estimate is not taken
    rows.writerows([draw, *values] for draw, values in enumerate(zip(*columns, strict=True), start=1))
    table = Replacement("estimates of one cutoff", text.getvalue())
    return scenario.model_copy(update={
        "parameters": ParameterSource(use="drawn"),
        "replacements": {**scenario.replacements, ParameterDrawRow.TABLE: table},
    })  # fmt: skip

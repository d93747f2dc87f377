"""What pages and pictures say where parameters are drawn: how far they move a result, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.numerics.streams import STRETCH
from sim.results.intervals import LEAST_STRETCHES, method
from sim.results.parameter_range import LEAST_PATHS
from sim.results.record import ParameterDescription, Record
from sim.results.summary import AllianceSummary, AllySummary, Chance, monte_carlo_reach, ranges_over_parameters
from sim.text.figures import number
from sim.text.footnotes import MONTE_CARLO, independent_runs, monte_carlo_error, over_parameters, too_few_to_tell
from sim.text.probabilities import of_100, outward

SOURCES: Final = {
    "shipped": "Parameters that the scenario does not set are the shipped ones.",
    "estimated": "Parameters that the scenario does not set are those of the estimate, the first row of the table "
    "parameter_draws, where they are estimated, and else the shipped ones.",
    "drawn": "Parameters that the scenario does not set are as unsure as their estimate: each run takes one of "
    "{rows:,} draws of the table parameter_draws, for all of them at once. Those that are not estimated are the "
    "shipped ones.",
}
"""By where parameters come from."""

GEOGRAPHY: Final = {
    "drawn": "How exposure to Russia follows from geography is drawn, one of three readings a run.",
    "coasts": "Exposure to Russia follows from distance and coasts.",
    "distance": "Exposure to Russia follows from distance alone.",
    "sheltered_black_sea": "Exposure to Russia follows from distance and coasts, one on the Black Sea counted as "
    "sheltered.",
}
"""By the rule of exposure."""


def ranges_notes(lines: Sequence[AllySummary], record: Record) -> tuple[str, ...]:
    """What the ranges or intervals beside the probabilities of these allies are, and what they are not."""
    parameters, wilson = record.description.parameters, intervals_note(record.counts.paths)
    if ranges_over_parameters(lines):
        return range_note(parameters), f"{monte_carlo_error(monte_carlo_reach(lines))}{wilson}"
    if parameters.told_apart > 1 and any(line.chances for line in lines):
        return f"{MONTE_CARLO}{wilson}", too_few_to_tell(LEAST_PATHS * parameters.told_apart)
    return (f"{MONTE_CARLO}{wilson}",)


def intervals_note(paths: int) -> str:
    """What the intervals of so few paths are, in a sentence with a blank before; "" where they come from stretches."""
    return f" {independent_runs(LEAST_STRETCHES * STRETCH)}" if method(paths) == "wilson" else ""


def range_note(parameters: ParameterDescription) -> str:
    """What a run's range over parameters is over."""
    return over_parameters(parameters.draws, halved=parameters.halved)


def in_brackets(chance: Chance) -> str:
    """A probability's range, for a sentence: " (39 to 78 over parameters)"; "" where it has none."""
    return f" ({outward(*chance.over_parameters, ' to ')} over parameters)" if chance.over_parameters else ""


def span_of_number(line: AllianceSummary) -> str:
    """The range of the expected number of allies at the core target: "9 to 20"; "" where it has none."""
    if line.over_parameters is None:
        return ""
    low, high = (number(each, line.bound["core"]) for each in line.over_parameters)
    return f"{low} to {high}"


def halves_sentence(line: AllianceSummary) -> str:
    """What keeping the pledge in earnest does to the expected number; "" where all runs keep it in one way."""
    if line.halves is None:
        return ""
    kept, not_kept = (number(each, line.bound["core"]) for each in (line.halves.in_earnest, line.halves.otherwise))
    return f"In runs that keep the pledge in earnest {kept} are expected, in the others {not_kept}."


def source_sentences(parameters: ParameterDescription) -> str:
    """Where a run's parameters come from, as far as its scenario does not say them."""
    part = parameters.in_earnest
    how = "in all runs" if part == 1 else of_100(part, part, part)
    earnest = (
        f" The pledge is kept in earnest {how}: will and the weights of the pledge, of its date and of closing on "
        "paper, as far as the scenario does not set them, then stand at the top of their ranges."
    )
    source = SOURCES[parameters.use].format(rows=parameters.draws)
    return f"{source}{earnest if part > 0 else ''} {GEOGRAPHY[parameters.geography]}"

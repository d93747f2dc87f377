"""Prints and keeps how far each property has been tried, and how often more of something leaves less on a path.

`python tests/verification/properties/report.py`, or some sections of it, named: `... reasons peers`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["HYPOTHESIS_PROFILE"] = "long"
sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]

from hypothesis.stateful import run_state_machine_as_test  # noqa: E402

import evidence  # noqa: E402
import sim  # noqa: E402
from properties import monotone as mono  # noqa: E402
from properties import test_adding_up as adding  # noqa: E402
from properties import test_engines as engines  # noqa: E402
from properties import test_kept as kept  # noqa: E402
from properties import test_lesser_pledges as lesser  # noqa: E402
from properties import test_machine as machine  # noqa: E402
from properties import test_monotone as monotone  # noqa: E402
from properties import test_paths as paths  # noqa: E402
from properties import test_relabelling as relabelling  # noqa: E402
from properties import test_tables as tables  # noqa: E402
from properties.making import SHIPPED, TALLY, Table, everywhere, loaded, shipped, tables_of  # noqa: E402

Row = dict[str, Any]
PATHS, SEED = 1_000, 2_032
SOME = ("rutte_2032", "us_five_percent_now", "hague_2035")

BITS, EXACT, ROUNDED = "path by path, to the bit", "exactly, in every count and table", "path by path, but for rounding"
PROPERTIES: tuple[tuple[str, str, Callable[[], None]], ...] = (
    ("calm world: the share never falls with will, urgency, commitment, target or an earlier date", ROUNDED,
     monotone.test_in_a_calm_world_the_share_never_falls_on_any_path),
    ("calm world: the share relative to the target never rises with the target", ROUNDED,
     monotone.test_in_a_calm_world_a_higher_target_is_nearer_to_nobody),
    ("the order of tables, keys and events moves nothing", BITS,
     relabelling.test_the_order_of_a_file_changes_neither_digest_nor_bit),
    ("restated defaults, an event of rate 0, a target of commitment 0 move nothing", BITS,
     relabelling.test_saying_again_what_holds_anyway_changes_no_number),
    ("a pledge no higher, due no earlier and bound no more than a target in force moves nothing", BITS,
     lesser.test_a_pledge_that_is_nowhere_above_a_target_in_force_moves_no_bit),
    ("without peers an ally's own parameters move no other ally", BITS,
     relabelling.test_without_peers_an_allys_own_parameters_move_no_bit_of_any_other),
    ("with peers they move others from the second year only, those of the United States never", BITS,
     relabelling.test_with_peers_they_move_others_from_the_second_year_on),
    ("every path counted once; sums over allies, groups, first years, money", EXACT,
     adding.test_the_counts_of_a_made_scenario_add_up),
    ("parts of a run merge to the run in any grouping and order", BITS,
     adding.test_parts_of_a_run_merge_to_the_run_in_any_grouping),
    ("tables agree; quantiles do not cross; intervals hold their probability", EXACT,
     tables.test_the_tables_of_a_made_scenario_agree),
    ("a replayed path has the bits and the sentences the figures of the run", BITS,
     paths.test_a_replayed_path_has_the_bits_and_the_figures_of_the_run),
    ("a path beyond a million has the bits of any block", BITS,
     paths.test_a_path_far_out_has_the_bits_of_any_block_it_stands_in),
    ("compiled loops have the bits of NumPy", BITS, engines.test_the_engines_have_the_same_bits),
    ("a longer run begins with the shorter", BITS, paths.test_a_longer_run_begins_with_the_shorter),
    ("a saved run opens equal in every table", BITS, kept.test_a_saved_run_opens_equal_in_every_table),
    ("a scenario written out and read again is itself; frozen, hashable, picklable", "exactly, digest included",
     kept.test_the_text_of_a_made_scenario_gives_it_back),
    ("scenarios are equal if and only if their digests are", "exactly",
     kept.test_two_scenarios_are_equal_if_their_digests_are),
    ("extended by nothing a scenario is itself", "exactly, digest included",
     kept.test_a_scenario_extended_by_nothing_is_itself),
    ("extending in steps is extending what was resolved", "exactly, digest included",
     kept.test_extending_in_steps_is_extending_what_was_resolved),
    ("a number changed and changed back leaves the scenario", "exactly, digest included",
     kept.test_a_number_changed_and_changed_back_leaves_the_scenario),
    ("runs extended, saved, broken off, damaged, opened, replayed in any order: what a place holds", BITS,
     lambda: run_state_machine_as_test(machine.Runs, settings=machine.TestRuns.settings)),
)  # fmt: skip


def tried() -> Iterator[Row]:
    """Every property on made scenarios, in its long form."""
    for name, form, test in PROPERTIES:
        examples, runs = TALLY.examples, TALLY.runs
        row: Row = {"property": name, "holds": form}
        try:
            test()
        except Exception as error:  # whatever it is, it is a counterexample and goes into the report
            row["holds"] = f"NOT: {type(error).__name__}: {str(error)[:200]}"
        failed = int(row["holds"].startswith("NOT"))
        yield row | {
            "examples": TALLY.examples - examples, "runs": TALLY.runs - runs, "counterexamples": failed,
        }  # fmt: skip


class Sum:
    """Comparisons of two runs, added up."""

    def __init__(self, direction: str) -> None:
        self.direction, self.cells, self.falls, self.lost, self.gained, self.runs = direction, 0, 0, 0, 0, 0
        self.worst_pct, self.years, self.years_down = 0.0, 0, 0

    def add(self, table: Table, paths: int = PATHS) -> None:
        """Run a scenario with less and with more."""
        less, more, core = mono.DIRECTIONS[self.direction](table)
        goals = tuple(each["targets"][core]["share_pct"] for each in (less, more))
        runs = [
            sim.simulate(loaded(each), paths, SEED, executor="serial", keep=["reported_pct"]) for each in (less, more)
        ]
        found = mono.compare(runs[0], runs[1], goals)
        lost, gained = found.lost, found.gained
        if self.direction == "share":  # the other way round: a higher target is kept by fewer
            lost, gained = gained, lost
        change = gained.sum(axis=(0, 2)) - lost.sum(axis=(0, 2))
        self.cells, self.runs = self.cells + found.falls.size, self.runs + 2
        self.falls, self.worst_pct = self.falls + int(found.falls.sum()), max(self.worst_pct, found.worst_pct)
        self.lost, self.gained = self.lost + int(lost.sum()), self.gained + int(gained.sum())
        self.years, self.years_down = self.years + change.size, self.years_down + int((change < 0).sum())

    def row(self, **labels: Any) -> Row:
        """What was found."""
        return {
            "direction": self.direction, **labels, "runs": self.runs, "ally_path_years": self.cells,
            "share_falls": self.falls, "share_falls_per_million": round(self.falls / self.cells * 1e6, 1),
            "largest_fall_pct": round(self.worst_pct, 4), "compliance_wrong_way": self.lost,
            "compliance_right_way": self.gained, "years": self.years,
            "years_expected_number_wrong_way": self.years_down,
        }  # fmt: skip


def over(names: tuple[str, ...], change: Callable[[Table], Table], **labels: Any) -> Iterator[Row]:
    """Every direction over some shipped scenarios, changed alike."""
    for direction in mono.DIRECTIONS:
        total = Sum(direction)
        for name in names:
            total.add(change(tables_of(shipped(name))))
        yield total.row(**labels)


def reasons() -> Iterator[Row]:
    """The reasons taken away one by one, late push off: what is left of the falls."""
    steps: list[tuple[str, tuple[str, str, Any]]] = [
        ("late push off", ("outturn", "late_push", False)), ("and no noise of outlays", ("outturn", "noise", 0.0)),
        ("and no peers", ("will", "peer", 0.0)), ("and norms that learn nothing", ("budget", "norm_learning", 0.0)),
        ("and no own pledges", ("budget", "pledges", False)),
    ]  # fmt: skip
    for count in range(1, len(steps) + 1):

        def put_aside(table: Table, count: int = count) -> Table:
            for _, place in steps[:count]:
                table = everywhere(table, *place)
            return table

        yield from over(SOME, put_aside, put_aside=steps[count - 1][0])
    yield from over(SOME, mono.calm, put_aside="and one target only: calm")


def peers() -> Iterator[Row]:
    """The weight of the peers in a world that is calm but for them."""
    for weight in (-1.0, -0.1, 0.05, 0.2, 1.0):
        yield from over(
            ("rutte_2032",), lambda table, w=weight: everywhere(mono.calm(table), "will", "peer", w), peer=weight
        )


def told(rows: Iterator[Row]) -> list[Row]:
    """Print rows as they come."""
    found = []
    for row in rows:
        print("  " + "  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
        found.append(row)
    return found


SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    "shipped_late_push_off": lambda: over(tuple(SHIPPED), lambda t: everywhere(t, "outturn", "late_push", False)),
    "shipped_as_they_are": lambda: over(tuple(SHIPPED), lambda t: t),
    "reasons": reasons,
    "peers": peers,
    "properties": tried,
}


def main(wanted: list[str]) -> None:
    """Find, print and keep the sections named, or all; those found before on the same code stay."""
    found = evidence.kept("properties") if evidence.current("properties") else None
    figures: dict[str, Any] = dict(found["figures"]) if found else {}
    figures |= {"paths": PATHS, "seed": SEED, "rounding": mono.ROUNDING}
    for title in wanted or SECTIONS:
        print(title, flush=True)
        figures[title] = told(SECTIONS[title]())
        evidence.keep("properties", figures, command="python tests/verification/properties/report.py")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Holds thousands of scenarios to the reference model: `python tests/verification/verify.py reference`.

The first difference that float32 does not explain ends the report with the scenario that shows it.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pandas as pd

from evidence import MODEL, keep
from reference.compare import KEPT, Found
from reference.test_reference import many, most_turned

SEED = 20_000
"""The slow test draws its scenarios from seed 0 on."""


STRETCH = 100
"""Scenarios that a process compares before it is handed others."""


def stretches(number: int) -> list[tuple[int, int]]:
    """So many scenarios in stretches: the first seed and the number of each."""
    return [(SEED + start, min(STRETCH, number - start)) for start in range(0, number, STRETCH)]


def compared(first_seed: int, number: int) -> Found:
    """What some scenarios show."""
    found = Found()
    many(found, number, first_seed=first_seed)
    return found


def main() -> int:
    """Compare, print, keep; 1 if more paths needed a near-tie turned than 1 in 10,000 explains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", type=int, default=4000, help="how many are made; 4000 unless given")
    given = parser.parse_args()
    found = Found()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for stretch in pool.map(compared, *zip(*stretches(given.scenarios), strict=True)):
            found.add(stretch)
    errors = [
        {"variable": name, "largest_error": found.error[name], "largest_bound": found.bound[name],
         "largest_part_of_its_bound": found.part[name]} for name in KEPT
    ]  # fmt: skip
    print(pd.DataFrame(errors).to_string(index=False, float_format="{:.3g}".format))
    kinds = dict(sorted(found.kinds.items()))
    print(pd.Series(kinds, name="events").to_string())
    sources = dict(sorted(found.sources.items()))
    print(pd.Series(sources, name="parameters").to_string())
    figures = {
        "scenarios": found.scenarios, "paths": found.paths, "cells": found.cells, "counts": found.counts,
        "paths_with_near_ties": found.near_paths, "paths_that_turned_one": found.turned_paths,
        "turned_by_chance": found.turned_by_chance, "tied_scenarios": found.tied_scenarios,
        "turned_allowed": most_turned(found.paths),
        "cells_with_a_bound_above_1e_5": found.loose_cells,
        "cells_printed_otherwise": found.doubtful_cells,
        "usd_million_in_doubt": found.doubtful_money, "in_force_in_doubt": found.doubtful_in_force,
        "events": kinds, "parameters": sources, "errors": errors,
    }  # fmt: skip
    print(pd.Series({name: value for name, value in figures.items() if isinstance(value, int)}).to_string())
    keep(
        "reference",
        figures,
        command=f"python tests/verification/reference/report.py --scenarios {given.scenarios}",
        sources=MODEL,
    )
    return 0 if found.turned_by_chance <= most_turned(found.paths) else 1


if __name__ == "__main__":
    raise SystemExit(main())

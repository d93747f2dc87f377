"""What is no fault of a scenario, but may not be what its author meant."""

from __future__ import annotations

from typing import Final

from sim.data.tables import load_tables
from sim.scenario.schema import Scenario

WITHOUT: Final = {"pledges": "have no national pledge", "announced_paths": "have no announced path"}
"""Tables that an ally need not stand in, and what it means if it does not."""
SHOWN: Final = 4


def notes(scenario: Scenario) -> tuple[str, ...]:
    """Sentences on a scenario that is in order: whom a table of the user's own leaves out that the packaged one has."""
    found, packaged = [], load_tables()
    for name, meaning in WITHOUT.items():
        own = scenario.replacements.get(name)
        if own is None or own.overlay:
            continue
        there = {row.key[0] for row in load_tables(scenario.replacements).table(name)}
        lost = sorted({row.key[0] for row in packaged.table(name)} - there)
        if lost:
            who = ", ".join(lost[:SHOWN]) + (f" and {len(lost) - SHOWN} more" if len(lost) > SHOWN else "")
            keep = f'{name} = {{ file = "{own.file}", overlay = true }} keeps theirs'
            found.append(f"{own.file} stands in the place of the whole table {name}: {who} {meaning} in it; {keep}")
    return tuple(found)

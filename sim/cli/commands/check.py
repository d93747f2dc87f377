"""`sim check`: read scenario files, say what is in them or what is wrong, simulate nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sim.errors import ScenarioError
from sim.text.escaping import plain
from sim.text.figures import target

if TYPE_CHECKING:
    from sim.scenario import Scenario

SHORT = 12  # letters of a digest that are shown


@click.command(short_help="Check scenario files.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, faults included.")
def command(files: tuple[str, ...], as_json: bool) -> int:
    """Check each scenario FILE: one line where it is in order, every fault with its remedy where it is not.

    A note is no fault: it says what a table of your own leaves out.

    FILE is a TOML file or the name of a shipped scenario. Exit code 0 if all are in order, 3 if not.

    \b
    sim check scenarios/*.toml
    """
    from sim.output.terminal.console import note, say, write_json
    from sim.scenario import load
    from sim.scenario.notes import notes

    outcome, entries = 0, []
    for file in files:
        try:
            scenario = load(file)
            _suffices(scenario)
        except ScenarioError as error:
            outcome = error.exit_code
            entries.append({"file": file, "ok": False, "faults": [asdict(fault) for fault in error.faults]})
            if not as_json:
                note(f"{plain(file)}: {error}")
        else:
            entries.append({"file": file, "ok": True, **_facts(scenario)})
            if not as_json:
                say(_line(file, scenario))
                for text in notes(scenario):
                    note(f"  note: {plain(text)}.")
    if as_json:
        write_json({"ok": outcome == 0, "files": entries})
    return outcome


def _suffices(scenario: Scenario) -> None:
    """What a run would find wrong at its start.

    A user's own tables hold every figure that it needs from the base year, as the packaged ones do. SciPy's own
    families have a table, as those that the scenario describes by itself do.
    """
    if scenario.replacements:
        from sim.engine.inputs import ally_inputs  # imports NumPy

        ally_inputs(scenario)
    from sim.distributions.families import Scipy
    from sim.scenario.distributions import distributions_of

    if any(isinstance(distribution, Scipy) for _, distribution in distributions_of(scenario)):
        from sim.execution.simulate import tabulate  # imports NumPy

        tabulate(scenario)


def _facts(scenario: Scenario) -> dict[str, object]:
    from sim.scenario.notes import notes

    return {
        "title": scenario.title,
        "base_year": scenario.horizon.base_year,
        "last_year": scenario.horizon.last_year,
        "targets": {name: entry.model_dump(mode="json") for name, entry in scenario.targets.items()},
        "events": [event.name for event in scenario.event],
        "digest": scenario.digest,
        "notes": list(notes(scenario)),
    }


def _line(file: str, scenario: Scenario) -> str:
    targets = ", ".join(
        f"{entry.pillar} {target(entry.share_pct)} % by {entry.by}" for entry in scenario.targets.values()
    )
    years = f"{scenario.horizon.base_year + 1}–{scenario.horizon.last_year}"
    facts = f"{years}; {targets or 'no target, so no probability'}; digest {scenario.digest[:SHORT]}"
    return f"ok  {plain(file)}: {plain(scenario.title)}; {facts}"

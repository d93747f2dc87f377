"""The commands, one file each. This catalogue is the whole list; a file is imported when its command is used."""

from __future__ import annotations

from typing import Final

COMMANDS: Final[dict[str, str]] = {
    "run": "Simulate a scenario and print who keeps the pledge.",
    "compare": "Compare scenarios, run by run on common random numbers.",
    "check": "Check scenario files without running them.",
    "init": "Write a scenario file to start from.",
    "report": "Write a saved run as one page to read.",
    "brief": "Write one page on one ally.",
    "chart": "Draw a picture of a saved run.",
    "replay": "Tell one simulated run with its dates.",
    "freeze": "Freeze a forecast with a date, to be scored later.",
    "score": "Score a frozen forecast against later figures.",
    "calibrate": "Estimate parameters from past shares.",
    "backtest": "Forecast the past, and score it against simple baselines.",
    "export": "Export a run or a frozen forecast for other tools.",
    "data": "List the packaged figures, or print a table or an ally.",
    "schema": "Print the JSON Schema of scenario files, for editors.",
}
"""Name and one line of help; `sim.cli.commands.<name>` holds a click command called `command`."""


def module_of(name: str) -> str:
    """The module of a command."""
    return f"sim.cli.commands.{name}"

"""`sim schema`: the JSON Schema of scenario files."""

from __future__ import annotations

import click


@click.command(short_help="Print the JSON Schema of scenario files.")
def command() -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check them.

    \b
    sim schema > scenario.schema.json
    """
    from sim.output.terminal.console import write_json
    from sim.scenario import json_schema

    write_json(json_schema())

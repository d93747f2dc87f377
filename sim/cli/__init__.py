"""The command line: `sim run`, `check`, `backtest` and the rest. Results go to stdout, everything else to stderr."""

from __future__ import annotations


def main() -> None:
    """The command `sim`; it leaves the process with its exit code.

    Everything is imported here and not above, so that an interrupt while that is done ends as quietly as a later one.
    """
    try:
        from sim.cli.app import main as command

        command()
    except KeyboardInterrupt:  # before the command hears of interrupts itself, or after
        raise SystemExit(128 + 2) from None  # as a shell has it: the number of the signal

"""The command line: `sim run`, `check`, `backtest` and the rest. Results go to stdout, everything else to stderr."""

from __future__ import annotations

from sim.cli.app import main

__all__ = ["main"]

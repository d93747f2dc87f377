"""`python -m sim` is the command `sim`."""

from __future__ import annotations

from sim.cli import main

if __name__ == "__main__":  # worker processes import this file under another name
    main()

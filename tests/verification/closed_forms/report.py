"""Every closed form beside what the engine gives: `python tests/verification/verify.py closed_forms`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from closed_forms.forms import SHARE, STATISTICAL, WITHOUT_CHANCE, standard_errors
from evidence import keep

PATHS = 1 << 18


def main() -> int:
    """Print both tables and keep them; 1 if a form fails."""
    checks = [check for form in STATISTICAL for check in form(PATHS)]
    exact = [comparison for form in WITHOUT_CHANCE for comparison in form()]
    chance = [
        {"form": check.name, **_figures(check.facts), "p": check.p, "holds": check.p >= SHARE} for check in checks
    ]
    certain = [{"form": e.name, "apart": e.apart, "roundings": e.rounding, "holds": e.holds} for e in exact]
    print(pd.DataFrame(chance).to_string(index=False, float_format="{:.6g}".format))
    print(pd.DataFrame(certain).to_string(index=False, float_format="{:.2g}".format))
    print(f"{len(checks)} comparisons with chance, {PATHS:,} paths; allowed: {standard_errors():.2f} standard errors")
    keep("closed_forms", {
        "paths": PATHS, "comparisons": len(checks), "standard_errors_allowed": standard_errors(), "chance": chance,
        "exact": certain,
    }, command="python tests/verification/closed_forms/report.py")  # fmt: skip
    return 0 if all(row["holds"] for row in [*chance, *certain]) else 1


def _figures(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: facts.get(key) for key in ("declared", "seen", "standard_error", "chi_square", "cells")}


if __name__ == "__main__":
    raise SystemExit(main())

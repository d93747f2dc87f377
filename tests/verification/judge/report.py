"""Judges tables, draws, streams and processes at length: `python tests/verification/judge/report.py` keeps the figures.

The same checks as in the tests, on many times as many draws, then every negative control. `--short` makes as many draws
as the tests do and keeps nothing.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

# in the place of this folder, in which a file has the folder's name
sys.path[:1] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from evidence import digest, keep  # noqa: E402
from judge import independence, test_exact, test_independence, test_processes, test_values, values  # noqa: E402
from judge.exact import Held, held  # noqa: E402
from judge.judge import CHECKS, FAMILY_WISE, SHARE, Check, Control, broken  # noqa: E402
from judge.laws import BUILT, LONG_SCIPY, MANY_SCIPY, RANGES, SAMPLED, SHIPPED, TOO_HEAVY, words_of  # noqa: E402
from judge.ledger import Ledger  # noqa: E402
from judge.politics import ALLIES, FALL, early_rates, process_checks  # noqa: E402
from judge.processes import DATED, PATHS, RANDOM, YEARS, Found, live, yearly  # noqa: E402
from sim.errors import ScenarioError  # noqa: E402

Row = dict[str, Any]
SCALES = {"values": 128, "chances": 16, "streams": 8, "processes": 24}
"""How many times as many draws as in the tests; few enough that no part needs more than 3 GB."""
TABLES = {"packaged": SHIPPED, "built": BUILT, "interpolated": (*MANY_SCIPY, *LONG_SCIPY), "at the ranges": RANGES}
CONTROLS = {"tables": test_exact.CONTROLS, "draws": test_values.CONTROLS, "streams": test_independence.CONTROLS,
            "processes": test_processes.CONTROLS}  # fmt: skip


def table_rows() -> tuple[list[Row], list[str]]:
    """Every table against its law, and the families that are refused."""
    rows, refused = [], []
    for made, families in TABLES.items():
        for family in families:
            try:
                rows.append({"table": words_of(family), "made": made, **_exact(held(family))})
            except ScenarioError:  # SciPy's quantiles may take too long
                refused.append(words_of(family))
    return rows, refused + [words_of(family) for family in TOO_HEAVY]


def _exact(found: Held) -> Row:
    figures, most = found.row(), found.allowed
    return {
        "mean_off": figures["mean_off"], "mean_bound": most["mean_off"],
        "variance_off": (1 + found.sd_off) ** 2 - 1, "variance_bound": (1 + most["sd_off"]) ** 2 - 1,
        **{name: figures[name] for name in ("skewness", "skewness_declared", "kurtosis", "kurtosis_declared")},
        "distance": found.distance, "distance_bound": most["distance"], "moved": found.moved,
        "distance_no_move_explains": found.distance_moved, "step": most["distance_moved"],
        "tail_off": figures["tail_off"], "tail_bound": most["tail_off"],
        "on_a_bound": figures["on_a_bound"], "beyond_support": figures["beyond_support"],
        "holds": not found.faults(),
    }  # fmt: skip


def named(checks: Iterable[Check]) -> dict[str, Check]:
    """Checks by name; no two share one."""
    found = list(checks)
    by_name = {check.name: check for check in found}
    assert len(by_name) == len(found), "two checks have one name"
    return by_name


def plain(check: Check, /, **labels: Any) -> Row:
    """A check as a row."""
    return {**labels, **check.facts, "p": check.p, "holds": check.holds}


def family_rows(checks: dict[str, Check]) -> list[Row]:
    """What was drawn of each family: moments, standardised by the law, cells, both ends."""
    rows = []
    for name in map(words_of, SAMPLED):
        row: Row = {"family": name, "draws": checks[f"{name}: cells"].facts["number"]}
        for order, word in ((1, "mean"), (2, "second_moment"), (3, "third_moment")):
            check = checks.get(f"{name}: moment {order}")
            row |= {word: None, f"{word}_declared": None, f"{word}_error": None} if check is None else {
                word: check.facts["seen"], f"{word}_declared": check.facts["declared"],
                f"{word}_error": check.facts["standard_error"],
            }  # fmt: skip
        row |= {"chi_square": checks[f"{name}: cells"].facts["chi_square"],
                "cells": checks[f"{name}: cells"].facts["cells"]}  # fmt: skip
        for end in ("low", "high"):
            outer, inside = checks[f"{name}: {end} end"], checks[f"{name}: inside the {end} end"]
            row |= {
                f"{end}_end_standard_errors": _errors(outer), f"inside_{end}_cells": inside.facts["cells"],
                f"inside_{end}_chi_square": inside.facts["chi_square"],
            }  # fmt: skip
        rows.append(row | {"smallest_p": min(c.p for n, c in checks.items() if n.startswith(f"{name}: "))})
    return rows


def _errors(check: Check) -> float:
    """How many standard errors a figure is off; what is certain has none, and its p says whether it happened."""
    error: float = check.facts["standard_error"]
    return (check.facts["seen"] - check.facts["declared"]) / error if error else 0.0


def correlation_figures(checks: dict[str, Check]) -> Row:
    """The matrix over the streams, and that of their squares."""
    figures: Row = {"streams": independence.ADDRESSES}
    for name, word in (("addresses", "scores"), ("squares of addresses", "squares"),
                       ("addresses, a path further", "a_path_further")):  # fmt: skip
        largest, every = checks[f"{name}: largest"], checks[f"{name}: all"]
        figures[word] = {
            "paths": largest.facts["number"], "correlations": largest.facts["among"],
            "largest": largest.facts["largest"], "bound": largest.facts["bound"], "p": largest.p,
            "sum_of_squares_scaled": every.facts["chi_square"], "p_of_the_sum": every.p,
        }  # fmt: skip
    return figures


def event_rows(ledger: Ledger, checks: dict[str, Check]) -> list[Row]:
    """Random events of every kind: numbers, dispersion, waiting times, months."""
    rows = []
    for name, (rate, rest) in RANDOM.items():
        kind = re.search(r'kind = "(\w+)"', rest)
        struck, p, years = ledger.occurred(f"event/{name}", YEARS) > 0, yearly(rate), np.arange(1, len(YEARS) + 1)
        number, some = struck.sum(axis=0), struck.any(axis=0)
        law = p * (1 - p) ** (years - 1)
        counts, events = checks[f"{name}: number a path"], checks[f"{name}: events"]
        waited, months = checks[f"{name}: first year"], checks.get(f"{name}: months")
        rows.append({
            "event": name, "kind": kind[1] if kind else name, "rate": rate, "path_years": struck.size,
            "events": int(struck.sum()), "probability": p, "seen": events.facts["seen"],
            "standard_error": events.facts["standard_error"], "p": events.p,
            "dispersion_declared": 1 - p, "dispersion": float(number.var() / number.mean()),
            "number_chi_square": counts.facts["chi_square"], "number_cells": counts.facts["cells"],
            "number_p": counts.p, "waiting_declared": float(law @ years / law.sum()),
            "waiting": float(struck.argmax(axis=0)[some].mean() + 1),
            "waiting_chi_square": waited.facts["chi_square"], "waiting_cells": waited.facts["cells"],
            "waiting_p": waited.p, "two_years_running_p": checks[f"{name}: two years running"].p,
            "months_chi_square": months and months.facts["chi_square"],
            "months_cells": months and months.facts["cells"], "months_p": months and months.p,
        })  # fmt: skip
    return rows


def ally_rows(checks: dict[str, Check]) -> list[Row]:
    """Elections and governments of every ally, off in standard errors."""
    rows = []
    for iso3, rate in early_rates().items():
        held_calendar = checks.get(f"{iso3}: calendar's election is held")
        early, late = checks[f"{iso3}: early elections"], checks[f"{iso3}: early, no calendar"]
        fall = checks[f"{iso3}: government falls"]
        rows.append({
            "ally": iso3, "early_rate": rate, "early_declared": early.facts["declared"], "early": early.facts["seen"],
            "early_standard_errors": _errors(early), "without_calendar_standard_errors": _errors(late),
            "calendar_held": held_calendar and held_calendar.facts["seen"],
            "calendar_standard_errors": held_calendar and _errors(held_calendar),
            "falls_declared": FALL, "falls": fall.facts["seen"], "falls_standard_errors": _errors(fall),
            "smallest_p": min(check.p for name, check in checks.items() if name.startswith(f"{iso3}: ")),
        })  # fmt: skip
    return rows


def other_rows(checks: dict[str, Check]) -> list[Row]:
    """What is in no other table: drawn rates and parts, sizes, recessions, changes of government, late pushes."""
    rows = []
    for name, check in checks.items():
        subject, _, kind = name.rpartition(": ")
        shown_above = subject in ALLIES or " and " in name or (subject in {*RANDOM, *DATED} and "size" not in kind)
        if not shown_above:
            rows.append(plain(check, check=name))
    return rows


def kind_of(check: Check) -> str:
    """What a check is about, without of whom."""
    subject, _, kind = check.name.rpartition(": ")
    return kind if subject else "two kinds of event in one year" if " and " in kind else kind


def kind_rows(groups: dict[str, Sequence[Check]]) -> list[Row]:
    """How many checks there are of each kind, and the smallest p among them."""
    rows = []
    for group, checks in groups.items():
        for kind, some in groupby(sorted(checks, key=kind_of), key=kind_of):
            alike = list(some)
            least = min(alike, key=lambda check: check.p)
            rows.append({"group": group, "kind": kind, "checks": len(alike), "smallest_p": least.p, "of": least.name,
                         "p_is": least.facts["by"]})  # fmt: skip
    return rows


def control_rows(controls: dict[str, Sequence[Control]]) -> list[Row]:
    """Every negative control, with the line that caught it."""
    rows = []
    for group, some in controls.items():
        for control in some:
            mine, others = control.told()
            rows.append({"group": group, "wrong": control.wrong, "must_be_caught_by": control.caught,
                         "caught": bool(mine), "line": mine[0][:160] if mine else None,
                         "others_against_it": others})  # fmt: skip
    return rows


def shown(title: str, rows: Sequence[Row], *columns: str) -> None:
    """Print some columns of a table."""
    table = pd.DataFrame(rows)[list(columns) or [*rows[0]]]
    print(f"\n{title}\n{table.to_string(index=False, float_format='{:.4g}'.format)}", flush=True)


def told(figures: Row) -> None:
    """Print the tables."""
    shown("tables against their laws", figures["tables"], "table", "made", "mean_off", "mean_bound", "variance_off",
          "variance_bound", "distance", "distance_bound", "on_a_bound", "holds")  # fmt: skip
    tails = [{"table": row["table"], **row["tail_off"], "bound": row["tail_bound"]} for row in figures["tables"]]
    shown("tails: error of the quantile at a level, relative to its distance from the mean", tails)
    shown("draws of each family, standardised", figures["families"], "family", "draws", "mean", "mean_error",
          "second_moment", "second_moment_error", "chi_square", "cells", "smallest_p")  # fmt: skip
    shown("chances and months", figures["chances"], "check", "declared", "seen", "standard_error", "p")
    shown("streams", figures["serial"], "check", "number", "among", "largest", "bound", "chi_square", "p")
    shown("random events", figures["events"], "event", "events", "probability", "seen", "standard_error",
          "dispersion_declared", "dispersion", "waiting_declared", "waiting", "months_chi_square", "p")  # fmt: skip
    shown("dated events", figures["dated"], "event", "declared", "seen", "standard_error", "p")
    shown("elections and governments, in standard errors", figures["allies"], "ally", "early_rate", "early_declared",
          "early", "early_standard_errors", "without_calendar_standard_errors", "calendar_standard_errors",
          "falls_standard_errors", "smallest_p")  # fmt: skip
    shown("other processes", figures["other_processes"], "check", "number", "trials", "declared", "seen",
          "standard_error", "chi_square", "cells", "p")  # fmt: skip
    shown("kinds of checks", figures["kinds"])
    shown("negative controls", figures["controls"], "wrong", "must_be_caught_by", "caught", "others_against_it")
    print(
        f"\n{figures['checks']} checks, family-wise error {FAMILY_WISE:g}, {figures['share']:.2e} for each; smallest p "
        f"{figures['smallest_p']:.2e}, {figures['smallest_p_of']}; {figures['seconds']:.0f} s"
    )


def processes_of(paths: int) -> tuple[Found, list[Row]]:
    """What the judge finds in a run, and the table of random events; the run itself takes much memory."""
    ledger = live(paths)
    found = process_checks(ledger)
    return found, event_rows(ledger, named(found.checks))


def found_figures(scales: dict[str, int]) -> tuple[Row, list[str]]:
    """All figures, and what is wrong."""
    began = time.monotonic()
    tables, refused = table_rows()
    found, events = processes_of(PATHS * scales["processes"])
    groups: dict[str, Sequence[Check]] = {
        "values": values.value_checks(scales["values"]), "chances": values.chance_checks(scales["chances"]),
        "streams": independence.stream_checks(scales["streams"]), "processes": found.checks,
    }  # fmt: skip
    made, streams, processes = (named(groups[name]) for name in ("values", "streams", "processes"))
    every = [check for checks in groups.values() for check in checks]
    least = min(every, key=lambda check: check.p)
    controls = control_rows(CONTROLS)
    figures = {
        "checks": len(every), "family_wise_error": FAMILY_WISE, "share": SHARE, "smallest_p": least.p,
        "smallest_p_of": least.name, "p_is": {by: sum(check.facts["by"] == by for check in every)
                                              for by in ("exact", "bound", "approximation")},
        "groups": {name: len(checks) for name, checks in groups.items()}, "scales": scales,
        "controls_caught": sum(row["caught"] for row in controls), "controls_made": len(controls),
        "tables": tables, "refused": refused, "families": family_rows(made),
        "chances": [plain(check, check=check.name) for check in groups["chances"]],
        "correlations": correlation_figures(streams),
        "serial": [plain(check, check=check.name) for check in groups["streams"]],
        "paths": PATHS * scales["processes"], "years": [YEARS.start, YEARS.stop - 1], "events": events,
        "dated": [plain(processes[f"{name}: part"], event=name) for name in DATED],
        "allies": ally_rows(processes),
        "other_processes": other_rows(processes),
        "kinds": kind_rows(groups), "controls": controls, "must_not_happen": found.faults,
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    wrong = [
        *(f"{row['table']}: its table" for row in tables if not row["holds"]), *broken(every), *found.faults,
        *(f"{name}: {len(checks)} checks" for name, checks in groups.items() if len(checks) != CHECKS[name]),
        *(f"not caught: {row['wrong']} by {row['must_be_caught_by']}" for row in controls if not row["caught"]),
    ]  # fmt: skip
    return rounded(figures), wrong


PACKAGED = ("table", "mean_off", "variance_off", "distance", "distance_bound", "tail_off", "tail_bound")
SAMPLES = ("family", "draws", "chi_square", "cells", "low_end_standard_errors", "high_end_standard_errors",
           "smallest_p")  # fmt: skip
EVENTS = ("event", "rate", "events", "probability", "seen", "standard_error", "dispersion_declared", "dispersion",
          "waiting_declared", "waiting", "months_chi_square", "months_cells")  # fmt: skip
EXAMPLES = 3
"""Negative controls of each group that the page names."""


def summary(figures: Row) -> Row:
    """What is kept: the figures of the page, and of every group of checks the smallest p; the run prints all."""
    packaged = [row for row in figures["tables"] if row["made"] == "packaged"]
    built = [row for row in figures["tables"] if row["made"] != "packaged"]
    least = min(figures["serial"], key=lambda row: row["p"])
    wrongs: dict[str, list[str]] = {}
    for row in figures["controls"]:
        wrongs.setdefault(row["group"], []).append(row["wrong"])
    listed = ("tables", "chances", "serial", "families", "events", "dated", "allies", "other_processes", "kinds",
              "controls")  # fmt: skip
    return {name: value for name, value in figures.items() if name not in listed} | {
        "tables": {
            "packaged": [{name: row[name] for name in PACKAGED} for row in packaged],
            "built": len(built), "built_mean_off": max(row["mean_off"] for row in built),
            "built_variance_off": max(row["variance_off"] for row in built),
        },
        "families": [{name: row[name] for name in SAMPLES} for row in figures["families"]],
        "serial": {"checks": len(figures["serial"]), "smallest_p": least["p"], "of": least["check"]},
        "events": [{name: row[name] for name in EVENTS} for row in figures["events"]],
        "smallest_p_by_group": {
            group: min(row["smallest_p"] for row in figures["kinds"] if row["group"] == group)
            for group in figures["groups"]
        },
        "dated_events": len(figures["dated"]), "allies": len(figures["allies"]),
        "other_processes": len(figures["other_processes"]),
        "controls": {group: {"made": len(some), "for_example": some[:EXAMPLES]} for group, some in wrongs.items()},
    }  # fmt: skip


def rounded(value: Any) -> Any:
    """Numbers to six digits, all through."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def main() -> int:
    """Find, print, keep; 1 if a check fails, a control is not caught, or the code has changed meanwhile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="as many draws as the tests make; keeps nothing")
    short = parser.parse_args().short
    code = digest()
    figures, wrong = found_figures(dict.fromkeys(SCALES, 1) if short else SCALES)
    page_figures = summary(figures)
    told(figures)
    if code != digest():
        wrong.append("the code is another than at the start: nothing is kept")
    elif not short:
        keep("draws", page_figures | {"wrong": wrong}, command="python tests/verification/judge/report.py")
    print("\n".join(wrong) or "every check holds, every control is caught")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

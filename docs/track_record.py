"""Writes docs/track-record.md and its pictures: `make track-record`.

Every figure on that page is computed here, from the backtest and the calibration of the package.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from track_record_charts import reliability_chart, scores_chart, shares_of_pit

import sim
from sim.backtest import tables
from sim.backtest.backtest import Backtest, backtest, shares_of
from sim.backtest.comparisons import outside_rows, plan_rows, plan_summary
from sim.backtest.estimates import packaged
from sim.backtest.judging import Judged
from sim.backtest.origins import FIRST, LAST, Mode, past_scenario
from sim.backtest.vintages import assumption_checks, counts_by_edition, estimate_errors, published_and_revised
from sim.calibration import calibrate as calibration
from sim.data.tables import load_tables
from sim.engine.variants import reported_shares
from sim.results.summary import expected_number
from sim.scenario.changing import with_numbers
from sim.scores.crps import crps

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "track-record.md"
PICTURES = ROOT / "docs" / "pictures"

BASE_ERROR = (-0.02, 0.07)
"""Mean and sd of `outturn.base_error`."""

PATHS, SEED = 4_096, 2032
IDEA_PATHS = 1_024

IDEAS: dict[str, dict[str, float]] = {
    "as shipped": {},
    "no threat: the premium by nearness to Russia is 0": {"budget.threat_weight": 0.0},
    "no late push": {"outturn.late_push_weight": 0.0},
    "no pledge: neither its level nor its date counts": {"budget.pledge_weight": 0.0, "budget.deadline_weight": 0.0},
    "debt and deficit take no room": {"budget.room_loss": 0.0},
    "speed does not rise with urgency (0.20 throughout)": {"budget.speed": 0.2, "budget.speed_urgency": 0.0},
    "no random events, urgency stays as it is": {"urgency.decay": 0.0},
    "the same will everywhere": {"will.mean.sd": 0.0},
}


def table(rows: Iterable[Sequence[object]], head: Sequence[str]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)])


def score(value: float) -> str:
    """A score in percentage points, three decimals without the leading zero, as in the literature."""
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"


def part(value: float) -> str:
    """A part of one, two decimals without the leading zero."""
    return "1.00" if value >= 0.995 else f"{value:.2f}".replace("0.", ".", 1)


def scores_section(test: Backtest) -> str:
    rows = tables.score_rows(test)
    best = {
        h: min(r["crps_pp"] for r in rows if r["horizon"] == h and r["forecaster"] not in set(Mode))
        for h in tables.SHORT
    }
    lines = []
    for judged in test.judged.values():
        own = [row for row in rows if row["forecaster"] == judged.name]
        cells = [score(r["crps_pp"]) + ("*" if r["crps_pp"] == best[r["horizon"]] else "") for r in own]
        name = f"**{judged.name}**" if judged.name in set(Mode) else judged.name.replace("_", " ")
        lines.append([name, *cells])
    intervals = [
        [
            f"**{mode.name}**",
            *(f"{score(r['ci_low'])} to {score(r['ci_high'])}" for r in rows if r["forecaster"] == mode.name),
        ]
        for mode in test.modes()
    ]
    head = ["forecaster", *(f"{h} year{'s' if h > 1 else ''}" for h in tables.SHORT)]
    return "\n\n".join(
        [
            table(lines, head),
            "`*` the best rival of that horizon. 95 % intervals of the model's figures, taking each target year as one "
            "observation (Student's t):",
            table(intervals, head),
        ]
    )


def contest_section(test: Backtest) -> str:
    lines = []
    for row in tables.contest_rows(test):
        p = row["dm_reason"] or f"{row['dm_p']:.2f}"
        lines.append(
            [
                row["mode"],
                row["horizon"],
                score(row["crps_pp"]),
                f"{row['best_rival'].replace('_', ' ')} {score(row['rival_crps_pp'])}",
                f"{row['ratio']:.2f}",
                f"{row['origins_won']} of {row['origins']}",
                p,
                f"{row['dm_p_bartlett']:.2f}",
            ]
        )
    return table(lines, ["mode", "years ahead", "CRPS", "best rival", "ratio", "origins won", "p", "p (Bartlett)"])


def coverage_section(test: Backtest) -> str:
    rows = [row for row in tables.coverage_rows(test) if row["forecaster"] in set(Mode)]
    lines = [[r["forecaster"], r["horizon"], *(part(r[f"inside_{level}"]) for level in (50, 80, 90))] for r in rows]
    return table(lines, ["mode", "years ahead", "50 % band", "80 % band", "90 % band"])


def event_section(test: Backtest) -> str:
    events, joint = tables.event_rows(test), tables.joint_rows(test)
    lines = []
    for event, whole in zip(events, joint, strict=True):
        if event["horizon"] in (1, 3, 5):
            lines.append(
                [
                    event["forecaster"].replace("_", " "),
                    event["horizon"],
                    score(event["brier"]),
                    score(event["reliability"]),
                    score(event["resolution"]),
                    score(event["log_score"]),
                    f"{whole['rps']:.2f}",
                    f"{whole['energy_pp']:.2f}",
                ]
            )
    lines.sort(key=lambda line: line[1])
    return table(
        lines,
        [
            "forecaster",
            "years ahead",
            "Brier",
            "miscalibration",
            "discrimination",
            "log score",
            "RPS of the number",
            "energy score",
        ],
    )


def origins_section(test: Backtest) -> str:
    """Mode (a) and the best rival of each horizon, origin by origin."""
    rows = {(r["origin"], r["forecaster"]): r for r in tables.origin_rows(test)}
    best = {
        c["horizon"]: c["best_rival"] for c in tables.contest_rows(test, (1, 3, 5)) if c["mode"] == Mode.OUT_OF_SAMPLE
    }
    lines = []
    for origin in test.origins:
        cells = []
        for horizon, rival in best.items():
            ours, theirs = (rows[origin, name][f"h{horizon}"] for name in (Mode.OUT_OF_SAMPLE, rival))
            if np.isnan(ours):
                cells.append("")
            elif np.isnan(theirs):
                cells.append(score(ours))
            else:
                cells.append(f"{score(ours)} / {score(theirs)}" + (" **loses**" if ours > theirs else ""))
        lines.append([origin, *cells])
    return table(lines, ["from December", *(f"{h} ahead / {name.replace('_', ' ')}" for h, name in best.items())])


def numbers_section(test: Backtest) -> str:
    lines = []
    for year in (2018, 2020, 2022, 2024, 2025, 2026):
        for origin in (year - 1, year - 3, year - 5):
            cells: list[str] = []
            for mode in test.modes():
                found = [r for r in tables.number_rows(test, mode) if r["year"] == year and r["origin"] == origin]
                cells += [f"{found[0]['expected']:.1f} [{found[0]['q05']}, {found[0]['q95']}]"] if found else [""]
            seen = int((np.round(test.shares[:, year - FIRST], 2) >= 2).sum())
            if any(cells):
                lines.append([year, origin, *cells, seen])
    return table(lines, ["year", "from December", *(mode.name for mode in test.modes()), "seen"])


def ideas_section() -> str:
    """The score without single mechanisms, everything else as shipped."""
    shares = shares_of(load_tables())
    total: dict[str, list[list[float]]] = {name: [[] for _ in tables.SHORT] for name in IDEAS}
    for origin in range(tables.COMPARED_FROM, LAST):
        scenario = past_scenario(origin, min(origin + max(tables.SHORT), LAST))
        variants = [with_numbers(scenario, numbers) for numbers in IDEAS.values()]
        ensembles = reported_shares(variants, SEED, IDEA_PATHS)
        for step in range(ensembles.shape[2]):
            seen = np.broadcast_to(shares[:, origin + step + 1 - FIRST], ensembles.shape[:2])
            for name, value in zip(IDEAS, crps(ensembles[:, :, step], seen).mean(axis=1), strict=True):
                total[name][step].append(float(value))
    lines = [[name, *(score(float(np.mean(cells))) for cells in columns)] for name, columns in total.items()]
    return table(lines, ["mechanism left out", *(f"{h} ahead" for h in tables.SHORT)])


def estimates_section(found: calibration.Calibration) -> str:
    lines = []
    for row in calibration.table(found):
        rise = row["rise"]
        lines.append(
            [
                f"`{row['parameter']}`",
                f"{row['low']:g} to {row['high']:g}",
                f"{row['shipped']:g}",
                f"{row['estimate']:.3g}",
                f"{row['q05']:.2g} to {row['q95']:.2g}",
                f"{row['by_moments']:.3g}",
                f"{rise[0]:.3f}, {rise[-1]:.3f}",
                row["verdict"],
            ]
        )
    return table(
        lines,
        ["parameter", "range", "shipped", "estimate", "90 % interval", "by moments", "rise at the ends", "verdict"],
    )


def cutoffs_section() -> str:
    known = packaged()
    names = [name for name in next(iter(known.values()))]
    return table(
        [[f"`{name}`", *(f"{known[cutoff][name]:.2g}" for cutoff in sorted(known))] for name in names],
        ["parameter", *(str(cutoff) for cutoff in sorted(known))],
    )


def vintages_section() -> str:
    data = load_tables()
    errors = [
        [
            e.edition,
            e.against,
            e.sample,
            e.n,
            f"{e.mean:+.3f} ± {e.standard_error:.3f}",
            f"{e.sd:.3f}",
            f"{e.robust_sd:.3f}",
        ]
        for e in estimate_errors(data)
        if e.against == "2026-07"
    ]
    counts = [
        [count.year, count.published or "", f"{count.reached} of {count.members}",
         ", ".join(f"{number} ({edition})" for edition, number in count.later)]
        for count in published_and_revised(data)
    ]  # fmt: skip
    checks = [
        [
            c.edition,
            c.sample,
            f"{c.mean_in_standard_errors:+.1f}",
            f"{c.sd_ratio:.2f}",
            f"{c.inside_90} of {c.n}",
            f"{c.ks_p:.2f}",
        ]
        for c in assumption_checks(data, *BASE_ERROR)
        if c.against == "2026-07"
    ]
    return "\n\n".join(
        [
            table(errors, ["edition", "against", "allies", "n", "mean", "sd", "sd of the bulk"]),
            f"The model lets an estimated base year err by a normal of mean {BASE_ERROR[0]} and sd {BASE_ERROR[1]} of itself. Held against "
            "these errors:",
            table(
                checks,
                [
                    "edition",
                    "allies",
                    "mean, in standard errors",
                    "sd found / assumed",
                    "inside its 90 %",
                    "p (Kolmogorov-Smirnov)",
                ],
            ),
            "Allies at 2 % as first published, and as later editions count the same year:",
            table(counts, ["year", "published", "then", "later (edition)"]),
        ]
    )


def outside_section() -> str:
    lines = []
    for row in outside_rows(load_tables(), PATHS, SEED):
        ours = row["ours"]
        said = (
            f"{row['value']:g}"
            if row["value"] is not None
            else f"{row['low'] or 0:g} to {row['high'] if row['high'] is not None else 31:g}"
        )
        if row["probability_pct"] is not None:
            said += f": {row['probability_pct']:.0f} %"
            model = f"{ours['probability_pct']:.0f} %" if ours["probability_pct"] >= 1 else "below 1 %"
        else:
            digits = 0 if row["unit"] == "allies" else 2
            model = f"{ours['median']:.{digits}f} [{ours['q05']:.{digits}f}, {ours['q95']:.{digits}f}]"
        came = "" if ours["came"] is None else f"{ours['came']:g}"
        lines.append([row["made"], row["forecaster"], row["subject"], row["target_year"], said, model, came])
    return table(lines, ["made", "by", "of", "for", "said", "model, December before", "came"])


def plans_section() -> str:
    lines = [
        [r["lead"], r["n"], part(r["hit_rate"]), part(r["probability"]), part(r["without_pledge"]),
         score(r["brier_probability"]), score(r["brier_without_pledge"])]
        for r in plan_summary(plan_rows(load_tables(), PATHS // 4, SEED))
    ]  # fmt: skip
    return table(
        lines, ["plans", "n", "met", "model, the plan as a pledge", "model without it", "Brier", "Brier without"]
    )


def independence_section(test: Backtest) -> str:
    rows = tables.independence_rows(test, test.judged[Mode.AS_SHIPPED])
    return table(
        [[r["horizon"], r["origins"], f"{r['effective']:.1f}", f"{r['directions']:.1f}"] for r in rows],
        ["years ahead", "origins", "independent allies", "directions of the errors"],
    )


def outlook(numbers: dict[str, float]) -> tuple[float, float]:
    """Expected number of allies at 3.5 % in 2032 as shipped, and with other parameters."""
    scenario = sim.load(ROOT / "scenarios" / "rutte_2032.toml")
    runs = (sim.simulate(each, paths=20_000).record for each in (scenario, with_numbers(scenario, numbers)))
    first, second = (expected_number(record, 2032) for record in runs)
    return first, second

"""Writes docs/track-record.md and its pictures: `make track-record`.

Every figure on that page is computed here, from the backtest and the calibration of the package.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pages import ahead, part, score, table
from track_record_charts import reliability_chart, save, scores_chart, shares_of_pit
from track_record_parts import parts_table
from track_record_text import IDEAS_WORDS, PAGE, PLANS_WORDS

import sim
from sim.data.tables import load_tables
from sim.distributions.families import StudentT
from sim.engine.variants import reported_shares
from sim.evaluation.backtest import score_tables
from sim.evaluation.backtest.backtest import Backtest, backtest, shares_of
from sim.evaluation.backtest.comparisons import outside_rows, plan_rows, plan_summary
from sim.evaluation.backtest.estimates import packaged
from sim.evaluation.backtest.origins import COMPARED_FROM, FIRST, LAST, Mode, past_scenario
from sim.evaluation.backtest.vintages import assumption_checks, estimate_errors, published_and_revised
from sim.evaluation.calibration import calibrate as calibration
from sim.evaluation.scores.crps import crps
from sim.model.estimated import ESTIMATED
from sim.model.parameters import Outturn
from sim.results.summary import expected_number
from sim.scenario.edit.change import number_names, with_numbers

ROOT = Path(__file__).parent.parent
PAGE_FILE = ROOT / "docs" / "track-record.md"
WORK = ROOT / "runs" / "calibration" / "track-record.npz"
PICTURES = ROOT / "docs" / "pictures"

PATHS, SEED = 4_096, 2032
IDEA_PATHS = 1_024

MARK = 0.9
"""A ratio of scores that a model worth its trouble stays below."""

LAST_ACTUAL = 2024
"""The last year whose figures are not estimates."""

SHOWN = ("straight_line", "half_kept", "half_kept_own_spread", "random_walk", "bootstrap")
"""Baselines that stand in the tables of other scores; all of them are in what `sim backtest --json` prints."""

CUTOFFS = (2014, 2016, 2018, 2020, 2022, 2023, 2024, 2025)

IDEAS: dict[str, dict[str, float]] = {
    "as shipped": {},
    "no threat: the premium by nearness to Russia is 0": {"budget.threat_weight": 0.0},
    "nothing closed on paper": {"outturn.late_push_weight": 0.0},
    "no pledge: neither its level nor its date counts": {"budget.pledge_weight": 0.0, "budget.deadline_weight": 0.0},
    "debt and deficit take no room": {"budget.room_loss": 0.0},
    "speed does not rise with urgency (0.20 throughout)": {"budget.speed": 0.2, "budget.speed_urgency": 0.0},
    "urgency does not fade": {"urgency.decay": 0.0},
    "the same will everywhere": {"will.mean.sd": 0.0},
}


def scores_section(test: Backtest) -> str:
    """Mean CRPS of all forecasters, and the intervals of the model's."""
    rows = score_tables.score_rows(test)
    best = {
        h: min(r["crps_pp"] for r in rows if r["horizon"] == h and r["forecaster"] not in set(Mode))
        for h in score_tables.SHORT
    }
    lines = []
    for scores in test.scores.values():
        own = [row for row in rows if row["forecaster"] == scores.name]
        cells = [score(r["crps_pp"]) + ("*" if r["crps_pp"] == best[r["horizon"]] else "") for r in own]
        name = f"**{scores.name}**" if scores.name in set(Mode) else scores.name.replace("_", " ")
        lines.append([name, *cells])
    intervals = [
        [
            f"**{mode.name}**",
            *(f"{score(r['ci_low'])} to {score(r['ci_high'])}" for r in rows if r["forecaster"] == mode.name),
        ]
        for mode in test.modes()
    ]
    head = ["forecaster", *(f"{h} year{'s' if h > 1 else ''}" for h in score_tables.SHORT)]
    return "\n\n".join(
        [
            table(lines, head),
            "`*` the best baseline of that horizon. 95 % intervals of the model's figures, taking each target year as "
            "one observation (Student's t):",
            table(intervals, head),
        ]
    )


def contest_section(test: Backtest) -> str:
    """The mode out of sample against the best baseline of each horizon."""
    lines = []
    for row in score_tables.contest_rows(test):
        if row["mode"] != Mode.OUT_OF_SAMPLE:
            continue
        p, cautious = ("" if np.isnan(row[name]) else f"{row[name]:.2f}" for name in ("dm_p", "dm_p_bartlett"))
        lines.append(
            [
                row["horizon"],
                score(row["crps_pp"]),
                f"{row['best_baselines'].replace('_', ' ')} {score(row['baseline_crps_pp'])}",
                f"{row['ratio']:.2f}",
                f"{row['origins_won']} of {row['origins']}",
                p,
                cautious,
            ]
        )
    return table(lines, ["years ahead", "CRPS", "best baseline", "ratio", "origins won", "p", "p (Bartlett)"])


def actual_section(test: Backtest) -> str:
    """Mean CRPS over the target years whose figures are actual, of the modes and the two best baselines."""
    known = test.target_years() <= LAST_ACTUAL
    lines = []
    for scores in test.scores.values():
        if scores.name not in (*Mode, "straight_line", "half_kept", "half_kept_own_spread"):
            continue
        values = np.where(known, scores.crps.mean(axis=-1), np.nan)[test.compared_from - FIRST :]
        cells = [score(float(np.nanmean(values[:, horizon - 1]))) for horizon in score_tables.SHORT]
        lines.append([scores.name.replace("_", " "), *cells])
    return table(lines, ["forecaster", *(f"{h} ahead" for h in score_tables.SHORT)])


def count_bands(test: Backtest) -> str:
    """How often the number of allies at 2 % lay in its 90 % band, from all origins, one to five years ahead."""
    found = []
    for mode in test.modes():
        rows = [
            row
            for row in score_tables.number_rows(test, mode)
            if row["year"] - row["origin"] <= max(score_tables.SHORT)
        ]
        inside = sum(row["q05"] <= row["seen"] <= row["q95"] for row in rows)
        found.append(f"{inside} of {len(rows)} ({mode.name})")
    return (
        f"The number of allies at 2 % lay in its 90 % band in {', '.join(found)} of the forecasts one to five years "
        f"ahead. {held_words(test)}; those for the number of allies hold less, when a shock lifts all: read every band "
        "for a number of allies on these pages as too narrow."
    )


def held_words(test: Backtest) -> str:
    """What the 90 % bands of single allies held out of sample: on the mean of the Decembers, and from the worst."""
    means = [r["inside_90"] for r in score_tables.coverage_rows(test) if r["forecaster"] == Mode.OUT_OF_SAMPLE]
    worst = min(
        (row for row in score_tables.coverage_by_origin_rows(test) if row["forecaster"] == Mode.OUT_OF_SAMPLE),
        key=lambda row: float(row["inside_90"]),
    )
    return (
        f"The bands for single allies held {part(min(means))} to {part(max(means))} of the outcomes out of sample "
        f"where they should hold .90, and no more than {part(worst['inside_90'])} from December {worst['origin']} "
        f"{ahead([worst['horizon']])}"
    )


def coverage_by_origin_section(test: Backtest) -> str:
    """What the 90 % bands held out of sample, December by December."""
    held = {
        (row["origin"], row["horizon"]): part(row["inside_90"])
        for row in score_tables.coverage_by_origin_rows(test)
        if row["forecaster"] == Mode.OUT_OF_SAMPLE
    }
    origins = dict.fromkeys(origin for origin, _ in held)
    lines = [[origin, *(held.get((origin, h), "") for h in score_tables.SHORT)] for origin in origins]
    return table(lines, ["from December", *(f"{h} ahead" for h in score_tables.SHORT)])


def first_estimates_section(test: Backtest) -> str:
    """The mode first-estimates beside out of sample, December by December and all together."""
    lines = [
        [row["horizon"], row["origin"] or "all", score(row["crps_pp"]), score(row["out_of_sample_crps_pp"]),
         f"{row['ratio']:.2f}", part(row["inside_90"]), part(row["out_of_sample_inside_90"])]
        for row in score_tables.first_estimate_rows(test)
    ]  # fmt: skip
    return table(
        lines,
        ["years ahead", "from December", "CRPS", "out of sample", "ratio", "90 % band", "90 % band out of sample"],
    )


def coverage_section(test: Backtest) -> str:
    """How many outcomes lay in the model's bands."""
    rows = [row for row in score_tables.coverage_rows(test) if row["forecaster"] in set(Mode)]
    lines = [[r["forecaster"], r["horizon"], *(part(r[f"inside_{level}"]) for level in (50, 80, 90))] for r in rows]
    return table(lines, ["mode", "years ahead", "50 % band", "80 % band", "90 % band"])


def event_section(test: Backtest) -> str:
    """The event of standing at 2 %, the number of allies, and all shares together."""
    events, joint = score_tables.event_rows(test), score_tables.joint_rows(test)
    lines = []
    for event, whole in zip(events, joint, strict=True):
        if event["horizon"] in (1, 3, 5) and event["forecaster"] in (*Mode, *SHOWN):
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
    """Mode (a) and the best baseline of each horizon, origin by origin."""
    rows = {(r["origin"], r["forecaster"]): r for r in score_tables.origin_rows(test)}
    best = {
        c["horizon"]: c["best_baselines"]
        for c in score_tables.contest_rows(test, (1, 3, 5))
        if c["mode"] == Mode.OUT_OF_SAMPLE
    }
    lines = []
    for origin in test.origins:
        cells = []
        for horizon, baseline in best.items():
            ours, theirs = (rows[origin, name][f"h{horizon}"] for name in (Mode.OUT_OF_SAMPLE, baseline))
            if np.isnan(ours):
                cells.append("")
            elif np.isnan(theirs):
                cells.append(score(ours))
            else:
                cells.append(f"{score(ours)} / {score(theirs)}" + (" **loses**" if ours > theirs else ""))
        lines.append([origin, *cells])
    return table(lines, ["from December", *(f"{h} ahead / {name.replace('_', ' ')}" for h, name in best.items())])


def numbers_section(test: Backtest) -> str:
    """The number of allies at 2 %, from one, three and five years before."""
    lines = []
    for year in (2018, 2020, 2022, 2024, 2025, 2026):
        for origin in (year - 1, year - 3, year - 5):
            cells: list[str] = []
            for mode in test.modes():
                found = [r for r in score_tables.number_rows(test, mode) if r["year"] == year and r["origin"] == origin]
                cells += [f"{found[0]['expected']:.1f} [{found[0]['q05']}, {found[0]['q95']}]"] if found else [""]
            seen = int((np.round(test.shares[:, year - FIRST], 2) >= 2).sum())
            if any(cells):
                lines.append([year, origin, *cells, seen])
    return table(lines, ["year", "from December", *(mode.name for mode in test.modes()), "seen"])


def ideas_section() -> str:
    """The score without single mechanisms, everything else as shipped."""
    shares = shares_of(load_tables())
    total: dict[str, list[list[float]]] = {name: [[] for _ in score_tables.SHORT] for name in IDEAS}
    for origin in range(COMPARED_FROM, LAST):
        scenario = past_scenario(origin, min(origin + max(score_tables.SHORT), LAST))
        variants = [with_numbers(scenario, numbers) for numbers in IDEAS.values()]
        ensembles = reported_shares(variants, SEED, IDEA_PATHS)
        for step in range(ensembles.shape[2]):
            seen = np.broadcast_to(shares[:, origin + step + 1 - FIRST], ensembles.shape[:2])
            for name, value in zip(IDEAS, crps(ensembles[:, :, step], seen).mean(axis=1), strict=True):
                total[name][step].append(float(value))
    lines = [[name, *(score(float(np.mean(cells))) for cells in columns)] for name, columns in total.items()]
    return table(lines, ["mechanism left out", *(f"{h} ahead" for h in score_tables.SHORT)])


def estimates_section(found: calibration.Calibration) -> str:
    """What the figures to 2026 say of each parameter."""
    lines = []
    for row in calibration.table(found):
        rise: Any = row["rise"]
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
    """The median of each parameter's estimate by cutoff, and how wide it is."""
    known = packaged()
    lines = []
    for each in ESTIMATED:
        cells = []
        for cutoff in CUTOFFS:
            values = known[cutoff][each.name]
            cells.append(f"{np.median(values):.2g} ± {np.std(values):.1g}")
        lines.append([f"`{each.name}`", *cells])
    return table(lines, ["parameter", *(str(cutoff) for cutoff in CUTOFFS)])


def vintages_section() -> str:
    """Errors of first estimates, and counts as published and as revised."""
    data, assumed = load_tables(), Outturn().base_error
    assert isinstance(assumed, StudentT)
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
        for c in assumption_checks(data, assumed)
        if c.against == "2026-07"
    ]
    return "\n\n".join(
        [
            table(errors, ["edition", "against", "allies", "n", "mean", "sd", "sd of the bulk"]),
            f"The model lets an estimated base year err by Student's t of {assumed.df:g} degrees of freedom, mean "
            f"{assumed.mean} and sd {assumed.sd}. Held against these errors:",
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
    """What others forecast, the model beside them, and what came."""
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
        if came and row["unit"] == "allies":
            came += f" ({first_published(row['target_year'])})"
        lines.append([row["made"], row["forecaster"], row["subject"], row["target_year"], said, model, came])
    return table(lines, ["made", "by", "of", "for", "said", "model, December before", "came"])


def first_published(year: int) -> int:
    """The number of allies at 2 % that NATO first gave for a year."""
    return next(row.reached for row in published_and_revised(load_tables()) if row.year == year)


def plans_section() -> str:
    """How often national plans were kept, and what the model says of them."""
    lines = [
        [r["lead"], r["n"], part(r["hit_rate"]), part(r["probability"]), part(r["without_pledge"]),
         score(r["brier_probability"]), score(r["brier_without_pledge"])]
        for r in plan_summary(plan_rows(load_tables(), PATHS // 4, SEED))
    ]  # fmt: skip
    return table(
        lines, ["plans", "n", "met", "model, the plan as a pledge", "model without it", "Brier", "Brier without"]
    )


def independence_section(test: Backtest) -> str:
    """How many independent allies 31 are worth."""
    rows = score_tables.independence_rows(test, test.scores[Mode.AS_SHIPPED])
    return table(
        [[r["horizon"], r["origins"], f"{r['effective']:.1f}", f"{r['directions']:.1f}"] for r in rows],
        ["years ahead", "origins", "independent allies", "directions of the errors"],
    )


def outlook() -> dict[str, float]:
    """Expected number of allies at 3.5 % in 2032 by where the parameters come from."""
    scenario = sim.load(ROOT / "scenarios" / "rutte_2032.toml")
    return {
        use: expected_number(sim.simulate(scenario_with(scenario, use), paths=20_000).record, 2032)
        for use in ("drawn", "estimated", "shipped")
    }


def scenario_with(scenario: sim.Scenario, use: str) -> sim.Scenario:
    """The scenario with another source of its parameters."""
    return scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update={"use": use})})


def wide(bands: Sequence[float]) -> str:
    """Whether bands that should hold 90 of 100 are too narrow or too wide at every distance."""
    if max(bands) < 0.9:
        return ": somewhat too narrow"
    return ": somewhat too wide" if min(bands) > 0.9 else ""


def short(test: Backtest) -> str:
    """What the page says, in a few sentences made from the figures."""
    contest = [row for row in score_tables.contest_rows(test) if row["mode"] == Mode.OUT_OF_SAMPLE]
    bands = [r["inside_90"] for r in score_tables.coverage_rows(test) if r["forecaster"] == Mode.OUT_OF_SAMPLE]
    fixed, harder = ratios(test, without=("half_kept_own_spread",)), ratios(test)
    lines = [
        f"**Shares.** Out of sample the model's mean CRPS is {span(fixed)} of that of the best baseline with fixed "
        f"errors of 0.17 points, one to five years ahead ({', '.join(f'{r:.2f}' for r in fixed)}), and "
        f"{span(harder)} of the best when one baseline's errors are as large as past changes were "
        f"({', '.join(f'{r:.2f}' for r in harder)}).",
        f"This project's mark is 0.90 at every distance. Against the fixed errors it is {reached(fixed)}; against all "
        f"baselines {reached(harder)}. A test tells the lead from chance (p below 0.05) "
        f"{ahead([row['horizon'] for row in contest if row['dm_p'] < 0.05])}.",
        f"Its 90 % bands hold {part(min(bands))} to {part(max(bands))} of the shares{wide(bands)} (mark: .82 to .96).",
        lost(test),
        "Where nothing happened the model is hardly better than half of the straight line (2014 to 2018); where "
        "something did, its forecasts from before are far too low (from 2020 and 2021 for 2025 and 2026).",
    ]
    counts = outlook()
    lines.append(
        f"The forecast that `sim run` prints is the one that is scored here out of sample: with parameters drawn, "
        f"{counts['drawn']:.1f} allies are expected at 3.5 % in 2032, given the assumptions of `rutte_2032`; with "
        f"those at their estimate {counts['estimated']:.1f}, with those as shipped {counts['shipped']:.1f}."
    )
    return "\n".join(f"- {line}" for line in lines)


def ratios(test: Backtest, without: Sequence[str] = ()) -> list[float]:
    """The mean CRPS out of sample over that of the best baseline, by distance."""
    rows = score_tables.score_rows(test)
    found = []
    for horizon in score_tables.SHORT:
        here = {row["forecaster"]: row["crps_pp"] for row in rows if row["horizon"] == horizon}
        baselines = [value for name, value in here.items() if name not in (*Mode, *without)]
        found.append(here[Mode.OUT_OF_SAMPLE] / min(baselines))
    return found


def span(values: Sequence[float]) -> str:
    """From the least to the largest, in percent."""
    return f"{100 * min(values):.0f} to {100 * max(values):.0f} %"


def reached(values: Sequence[float]) -> str:
    """Where the mark is reached, and where not."""
    yes = [horizon for horizon, value in zip(score_tables.SHORT, values, strict=True) if value <= MARK]
    no = [horizon for horizon in score_tables.SHORT if horizon not in yes]
    return f"reached {ahead(yes)}" + (f" and missed {ahead(no)}" if no else "")


def reliability_words(test: Backtest) -> str:
    """What came of forecasts of about 15 %, by mode."""
    found = []
    for mode in test.modes():
        row = next(row for row in score_tables.reliability_rows(test, mode) if 0.1 <= row["forecast"] < 0.2)
        found.append(f"{percent(row['seen'])} of {row['cases']} ({mode.name})")
    return f"Of the forecasts between 10 and 20 %, there came true {', '.join(found)}."


def lost(test: Backtest) -> str:
    """By which scores a baseline is better than the model out of sample, and how far ahead."""
    measures = {
        "the Brier score of standing at 2 %": ("brier", score_tables.event_rows(test)),
        "its logarithmic score": ("log_score", score_tables.event_rows(test)),
        "the score of the number of allies at 2 %": ("rps", score_tables.joint_rows(test)),
        "the energy score of all shares together": ("energy_pp", score_tables.joint_rows(test)),
    }
    beaten: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for texts, (column, rows) in measures.items():
        by_baselines: dict[str, tuple[int, ...]] = {}
        for horizon in score_tables.SHORT:
            here = {row["forecaster"]: row[column] for row in rows if row["horizon"] == horizon}
            baseline, theirs = min(((n, v) for n, v in here.items() if n not in set(Mode)), key=lambda pair: pair[1])
            if theirs < here[Mode.OUT_OF_SAMPLE]:
                by_baselines[baseline] = (*by_baselines.get(baseline, ()), horizon)
        for baseline, horizons in by_baselines.items():
            beaten.setdefault((baseline.replace("_", " "), horizons), []).append(texts)
    if not beaten:
        return "By no other score on this page is a baseline better."
    found = [
        f"to the {baseline} {ahead(horizons)} by {', '.join(texts)}" for (baseline, horizons), texts in beaten.items()
    ]
    return "**Who stands at 2 %.** It loses " + "; ".join(found) + ". The shares are closer; the threshold is not."


def percent(value: float) -> str:
    """A part of one as whole percent."""
    return f"{100 * value:.0f} %"


def progress(label: str) -> Callable[[int], None]:
    """A sign of life."""
    done = 0

    def count(new: int) -> None:
        nonlocal done
        done += new
        if done % 100 == 0:
            print(f"{label}: {done} batches", file=sys.stderr, flush=True)

    return count


def main() -> None:
    """Write the page and its pictures."""
    found = calibration.calibrate(LAST, work=WORK, progress=progress("calibrating"))
    test = backtest(paths=PATHS, seed=SEED)
    for name, chart in (("scores", scores_chart), ("reliability", reliability_chart), ("pit", shares_of_pit)):
        save(chart(test), PICTURES / f"track-record-{name}.svg")
    pinned = [row["parameter"] for row in calibration.table(found) if row["verdict"] == "pinned"]
    silent = [row["parameter"] for row in calibration.table(found) if row["verdict"] == "not pinned"]
    text = PAGE.format(
        made=f"{PATHS:,} paths a forecast, seed {SEED}, NATO July 2026, IMF April 2026",
        short=short(test),
        scores=scores_section(test),
        contest=contest_section(test),
        origins=origins_section(test),
        coverage=coverage_section(test),
        coverage_by_origin=coverage_by_origin_section(test),
        first_estimates=first_estimates_section(test),
        count_bands=count_bands(test),
        actual=actual_section(test),
        estimated=len(ESTIMATED),
        numbers_all=len(number_names(past_scenario(LAST - 1, LAST))),
        reliability_words=reliability_words(test),
        event=event_section(test),
        numbers=numbers_section(test),
        ideas=ideas_section(),
        ideas_words=IDEAS_WORDS,
        parts=parts_table(),
        estimates=estimates_section(found),
        estimates_words=(
            f"Score at the middle of the ranges {score(found.middle_score)}, as shipped {score(found.shipped_score)}, "
            f"at the estimate {score(found.score)}, on the {found.cells} pairs of origin and year it was estimated "
            f"from. Pinned: {names(pinned)}. Not pinned, so that the estimate is the range's middle more than the "
            f"figures': {names(silent)}."
        ),
        cutoffs=cutoffs_section(),
        vintages=vintages_section(),
        outside=outside_section(),
        plans=plans_section(),
        plans_words=PLANS_WORDS,
        independence=independence_section(test),
    )
    PAGE_FILE.write_text(text, encoding="utf-8")


def names(found: Sequence[object]) -> str:
    """Parameters in a sentence."""
    return ", ".join(f"`{name}`" for name in found) or "none"


if __name__ == "__main__":
    main()

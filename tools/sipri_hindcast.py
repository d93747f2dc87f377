"""Writes docs/sipri-hindcast.md and its picture: `make sipri-hindcast`. Meant to be run once.

Every figure on that page is computed here, and every sentence that depends on one is chosen by it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pages import ahead, part, score, table
from sipri_hindcast_text import PAGE
from track_record_charts import save, scores_chart

from sim.data.edition import name_of
from sim.data.tables import load_tables
from sim.evaluation.backtest import score_tables
from sim.evaluation.backtest.baselines import TARGETS
from sim.evaluation.backtest.headline import STRAIGHT_LINE, Headline, headline
from sim.evaluation.backtest.sipri import FORECASTER, ORIGINS, SEEN_FROM, Hindcast, hindcast

ROOT = Path(__file__).parent.parent
PAGE_FILE = ROOT / "docs" / "sipri-hindcast.md"
PICTURE = ROOT / "docs" / "pictures" / "sipri-hindcast-scores.svg"

PATHS, SEED = 4_096, 2032

MARK = 0.9
"""A ratio of scores that a model worth its trouble stays below."""

BANDS = (0.82, 0.96)
"""Between these a 90 % band holds what it should."""

PLEDGED = TARGETS[0][0]
"""The first origin with a target."""

HEAD = [f"{horizon} year{'s' if horizon > 1 else ''}" for horizon in score_tables.SHORT]


def short(test: Hindcast) -> str:
    """What leads the page."""
    whole, pledged = (headline(each, each.modes()[0]) for each in (test, test.from_origin(PLEDGED)))
    lines = [
        f"**Shares.** {contest_words(ratios(whole), 'the best of ten simple baselines')} {mark_words(ratios(whole))} "
        f"{test_words(test)}",
        f"**Years that no parameter was estimated on** (to {SEEN_FROM - 1}). {early_words(test)}",
        f"**Too high or too low.** {bias_words(test)}",
        f"**Bands.** {band_words(test)}",
        f"**Standing at 2 %, from {PLEDGED} on.** "
        f"{contest_words([each.brier_ratio for each in pledged.horizons], 'a straight line to the target')} "
        f"{slope_words(pledged.slope)}",
        f"**The number of members at 2 %.** {count_words(whole)}",
        "Nothing was changed because of it.",
    ]
    return "\n".join(f"- {line}" for line in lines)


def ratios(found: Headline) -> list[float]:
    """The mean CRPS over that of the best baseline, by distance."""
    return [each.crps_ratio for each in found.horizons]


def contest_words(values: Sequence[float], rival: str) -> str:
    """Where a score is better than another's, and where not, by the ratios at each distance."""
    won = [horizon for horizon, value in zip(score_tables.SHORT, values, strict=True) if value < 1]
    lost = [horizon for horizon in score_tables.SHORT if horizon not in won]
    listed = ", ".join(f"{value:.2f}" for value in values)
    if not lost:
        said = f"The model beats {rival} at every distance"
    elif not won:
        said = f"The model loses to {rival} at every distance"
    else:
        said = f"The model beats {rival} {ahead(won)} and loses to it {ahead(lost)}"
    return f"{said} (ratios of the scores, one to five years ahead: {listed})."


def mark_words(values: Sequence[float]) -> str:
    """Where this project's mark is reached."""
    reached = [horizon for horizon, value in zip(score_tables.SHORT, values, strict=True) if value <= MARK]
    where = ahead(reached) if reached else "nowhere"
    return f"This project's mark, a ratio of {MARK:.2f}, is reached {where}."


def test_words(test: Hindcast) -> str:
    """Where the difference is told from chance."""
    rows = [row for row in score_tables.contest_rows(test) if row["dm_p"] < 0.05]
    better, worse = ([row["horizon"] for row in rows if (row["ratio"] < 1) is wins] for wins in (True, False))
    told = [f"a lead {ahead(better)}"] * bool(better) + [f"a defeat {ahead(worse)}"] * bool(worse)
    said = f"tells {' and '.join(told)} from chance" if told else "tells the difference from chance nowhere"
    return f"A test, made one to three years ahead, {said} (p below 0.05)."


def early_words(test: Hindcast) -> str:
    """The contest about the years before those that the parameters were estimated on."""
    early = test.to_year(SEEN_FROM - 1)
    return contest_words([row["ratio"] for row in score_tables.contest_rows(early)], "the best baseline")


def bias(test: Hindcast) -> list[float]:
    """By how much the model's medians lie above what came, mean of all forecasts, percentage points, by distance."""
    (model,) = test.modes()
    found = []
    for horizon in score_tables.SHORT:
        columns = [origin + horizon - test.first_year for origin in test.origins]
        found.append(float(np.nanmean(model.median[:, horizon - 1] - test.shares[:, columns].T)))
    return found


def bias_words(test: Hindcast) -> str:
    """Whether the forecasts lay above or below what came."""
    values = bias(test)
    listed = ", ".join(f"{value:+.2f}" for value in values)
    if all(value > 0 for value in values):
        said = "At every distance its medians lie above what came, on average"
    elif all(value < 0 for value in values):
        said = "At every distance its medians lie below what came, on average"
    else:
        said = "Its medians lie above what came at some distances and below it at others, on average"
    return f"{said} (points of GDP, one to five years ahead: {listed})."


def band_words(test: Hindcast) -> str:
    """What the 90 % bands of single members held, and from the worst December."""
    held = {row["horizon"]: row["inside_90"] for row in _of_model(score_tables.coverage_rows(test))}
    worst = min(_of_model(score_tables.coverage_by_origin_rows(test)), key=lambda row: float(row["inside_90"]))
    narrow, wide = [h for h in held if held[h] < BANDS[0]], [h for h in held if held[h] > BANDS[1]]
    verdicts = [f"too narrow {ahead(narrow)}"] * bool(narrow) + [f"too wide {ahead(wide)}"] * bool(wide)
    verdict = f"they are {' and '.join(verdicts)}" if verdicts else "they are as wide as they should be"
    return (
        f"Its 90 % bands hold {part(min(held.values()))} to {part(max(held.values()))} of the shares (mark: "
        f"{part(BANDS[0])} to {part(BANDS[1])}): {verdict}. The fewest lay inside from December {worst['origin']} "
        f"{ahead([worst['horizon']])}: {part(worst['inside_90'])}."
    )


def slope_words(slope: float | None) -> str:
    """Whether the stated odds were too sure."""
    if slope is None:
        return "No slope of what came on the odds that were stated can be fitted."
    verdict = "too sure" if slope < 1 else "too timid" if slope > 1 else "right"
    return f"The slope of what came on the odds that were stated is {slope:.2f}: they were {verdict} (1 is right)."


def count_words(found: Headline) -> str:
    """How often the number of members at 2 % lay in its band."""
    held = found.counts_inside_90 / found.counts
    verdict = (
        "the bands are too narrow" if held < BANDS[0] else "too wide" if held > BANDS[1] else "about as it should be"
    )
    return f"It lay in its 90 % band in {found.counts_inside_90} of {found.counts} forecasts: {verdict}."


def _of_model(rows: score_tables.Rows) -> score_tables.Rows:
    return [row for row in rows if row["forecaster"] == FORECASTER]


def _name(forecaster: str) -> str:
    return "**the model**" if forecaster == FORECASTER else forecaster.replace("_", " ")


def scores_section(test: Hindcast) -> str:
    """Mean CRPS of all forecasters."""
    rows = score_tables.score_rows(test)
    best = {
        h: min(row["crps_pp"] for row in rows if row["horizon"] == h and row["forecaster"] != FORECASTER)
        for h in score_tables.SHORT
    }
    lines = []
    for name in test.scores:
        cells = [
            score(row["crps_pp"]) + ("*" if name != FORECASTER and row["crps_pp"] == best[row["horizon"]] else "")
            for row in rows
            if row["forecaster"] == name
        ]
        lines.append([_name(name), *cells])
    return table(lines, ["forecaster", *HEAD])


def contest_section(test: Hindcast) -> str:
    """The model against the best baseline of each distance."""
    lines = []
    for row in score_tables.contest_rows(test):
        p, cautious = ("" if np.isnan(row[name]) else f"{row[name]:.2f}" for name in ("dm_p", "dm_p_bartlett"))
        rival = f"{_name(row['best_baselines'])} {score(row['baseline_crps_pp'])}"
        lines.append([
            row["horizon"], score(row["crps_pp"]), rival, f"{row['ratio']:.2f}",
            f"{row['origins_won']} of {row['origins']}", p, cautious,
        ])  # fmt: skip
    return table(lines, ["years ahead", "CRPS", "best baseline", "ratio", "origins won", "p", "p (Bartlett)"])


def parts_section(test: Hindcast) -> str:
    """Ratios to the best baseline on parts of the forecasts."""
    parts = {
        "all": test,
        f"years to {SEEN_FROM - 1}": test.to_year(SEEN_FROM - 1),
        f"origins before {PLEDGED}": test.before_origin(PLEDGED),
        f"origins from {PLEDGED} on": test.from_origin(PLEDGED),
    }
    lines = []
    for name, each in parts.items():
        rows = score_tables.contest_rows(each)
        lines.append([
            name, *(f"{row['ratio']:.2f} ({score(row['crps_pp'])} / {score(row['baseline_crps_pp'])})" for row in rows)
        ])  # fmt: skip
    return table(lines, ["forecasts", *HEAD])


def origins_section(test: Hindcast) -> str:
    """The model and the best baseline of each distance, December by December."""
    rows = {(row["origin"], row["forecaster"]): row for row in score_tables.origin_rows(test, score_tables.SHORT)}
    best = {row["horizon"]: row["best_baselines"] for row in score_tables.contest_rows(test)}
    lines = []
    for origin in test.origins:
        cells = []
        for horizon, baseline in best.items():
            ours, theirs = (rows[origin, name][f"h{horizon}"] for name in (FORECASTER, baseline))
            cells.append(f"{score(ours)} / {score(theirs)}" + (" **loses**" if ours > theirs else ""))
        lines.append([origin, *cells])
    return table(lines, ["from December", *(f"{h} ahead / {_name(name)}" for h, name in best.items())])


def coverage_section(test: Hindcast) -> str:
    """How many outcomes lay in the model's bands."""
    rows = _of_model(score_tables.coverage_rows(test))
    lines = [[row["horizon"], *(part(row[f"inside_{level}"]) for level in (50, 80, 90))] for row in rows]
    return table(lines, ["years ahead", "50 % band", "80 % band", "90 % band"])


def coverage_by_origin_section(test: Hindcast) -> str:
    """What the 90 % bands held, December by December."""
    held = {
        (row["origin"], row["horizon"]): part(row["inside_90"])
        for row in _of_model(score_tables.coverage_by_origin_rows(test))
    }
    lines = [[origin, *(held.get((origin, h), "") for h in score_tables.SHORT)] for origin in test.origins]
    return table(lines, ["from December", *(f"{h} ahead" for h in score_tables.SHORT)])


def events_section(test: Hindcast) -> str:
    """The Brier score of standing at 2 %, of the model and the straight line."""
    rows = score_tables.event_rows(test.from_origin(PLEDGED))
    lines = []
    for name in (FORECASTER, STRAIGHT_LINE):
        lines.append([_name(name), *(score(row["brier"]) for row in rows if row["forecaster"] == name)])
    came = [f"{part(row['frequency'])} of {row['cases']}" for row in rows if row["forecaster"] == FORECASTER]
    return table([*lines, ["at 2 %", *came]], ["forecaster", *HEAD])


def numbers_section(test: Hindcast) -> str:
    """The number of members at 2 %, from every December, one, three and five years ahead."""
    rows = {(row["origin"], row["year"]): row for row in score_tables.number_rows(test, test.modes()[0])}
    lines = []
    for origin in test.origins:
        found = [rows[origin, origin + ahead_by] for ahead_by in (1, 3, 5)]
        cells = [f"{row['expected']:.1f} [{row['q05']}, {row['q95']}], {row['seen']} seen" for row in found]
        lines.append([origin, *cells])
    return table(lines, ["from December", "1 ahead", "3 ahead", "5 ahead"])


def page(test: Hindcast) -> str:
    """The whole page."""
    return PAGE.format(
        made=f"{test.paths:,} paths a forecast, seed {test.seed}, {name_of('sipri_shares')}, IMF {name_of('gdp')}",
        short=short(test),
        scores=scores_section(test),
        contest=contest_section(test),
        parts=parts_section(test),
        origins=origins_section(test),
        coverage=coverage_section(test),
        coverage_by_origin=coverage_by_origin_section(test),
        events=events_section(test),
        numbers=numbers_section(test),
    )


def main(arguments: Sequence[str]) -> None:
    """Run it once, and write the page with its picture; a page that is there is left alone unless `--again` is said."""
    if PAGE_FILE.exists() and "--again" not in arguments:
        sys.exit(f"{PAGE_FILE} is there, and this test is run once; --again writes it anew")
    test = hindcast(load_tables().sipri_shares, paths=PATHS, seed=SEED)
    whom = f"Members of the day, forecasts from each December {ORIGINS[0]} to {ORIGINS[-1]}."
    save(scores_chart(test, {FORECASTER: "the model"}, whom), PICTURE)
    PAGE_FILE.write_text(page(test), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

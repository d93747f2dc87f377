"""The printed page of a backtest: what was done, how well it went, and where it did not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from rich.text import Text

from sim.data.catalogue import catalogue
from sim.data.edition import has_outlook
from sim.data.tables import load_tables
from sim.evaluation.backtest import score_tables
from sim.evaluation.backtest.backtest import Backtest
from sim.evaluation.backtest.forecast_scores import LEVELS
from sim.evaluation.backtest.headline import headline
from sim.evaluation.backtest.origins import LAST, Mode
from sim.output.terminal.console import Page
from sim.output.terminal.layout import Column, fit, left_out, table, taken
from sim.text.figures import number
from sim.text.probabilities import percent
from sim.text.sentences import runs

COUNT_YEARS = (LAST - 2, LAST - 1, LAST)
LEVEL = 0.05
FIRST_OUTLOOK = next(year for year in range(LAST) if has_outlook(year))
SCORES = {"crps_pp": "CRPS", "brier": "Brier", "log_score": "log score", "rps": "number", "energy_pp": "energy score"}

SCORE = (
    "CRPS judges a whole distribution by one figure, in percentage points of GDP: 0 is a certain forecast that came "
    "true; for a forecast of one value it is the distance from what came. * the best baseline of that horizon. The "
    "95 % intervals take the allies of one target year as one observation (Student's t); they are wide: years are few."
)
P = (
    "p: how often so large a difference would come by chance if both were equally good (Diebold and Mariano, with the "
    "correction of Harvey and others; Bartlett: with weights that never make the variance negative). Few, overlapping "
    "years cannot tell much. The baseline is the one that proved best, which nobody knew before."
)
INSIDE = (
    "In how many of 100 cases the published share lay inside the band that should hold 50, 80 or 90 of them. Fewer: "
    "the bands were too narrow. The cases of one year share a world."
)
BY_ORIGIN = (
    "The same of the 90 % band from every single December: one world moves all allies, so a band may hold nearly all "
    "in a calm year and few in another, and their mean says of no single December how much it holds."
)
HEADLINES = (
    "Below 1 the model did better than the best baseline, or than the straight line to the target. A slope of 1: odds "
    "mean what they say; above it they are too timid, below it too bold. One world moves all allies, so even where "
    "every forecast is right the slope of a single past lies anywhere in the range given, 9 of 10 times."
)
FIRST = (
    "The mode first-estimates: each December starts from the shares as NATO first published them, with the model's "
    "error of an estimated base year; everything else as out of sample. Beside it out of sample on the same Decembers, "
    "whose shares are as revised since. Ratio below 1: first estimates did better. The outcomes are the same."
)
EVENT = (
    "The event: 2 % of GDP or more. Brier = miscalibration - discrimination + uncertainty: the first is better small, "
    "the second large, the third is the world's. Log score: no probability counts as surer than 1 in 100. Number: "
    "ranked probability score of how many allies stand at 2 %, in allies. Energy: all shares together, in points."
)
INDEPENDENT = (
    "How many independent allies the errors of all are worth, by their mean correlation: a wave that lifts one lifts "
    "the others. Few Decembers measure this, so it is rough."
)


def show(page: Page, test: Backtest, ahead: Sequence[int]) -> None:
    """Print the page for the horizons `ahead`."""
    heading(page, "Forecasts of the past, scored against what came")
    for text in _done(test):
        say(page, text)
    for section in (_headlines, _scores, _contest, _coverage, _coverage_by_origin, _first_estimates, _events):
        section(page, test, ahead)
    _numbers(page, test)
    _independence(page, test, ahead)


def _done(test: Backtest) -> list[str]:
    editions = {info.name: info.edition for info in catalogue()}
    guessed = ", ".join(str(y) for y in sorted({r.year for r in load_tables().shares if r.status == "estimate"}))
    count, origins = len(test.iso3), test.origins
    apart = [test.first_estimates] if test.first_estimates else []
    modes = [f"{mode.name}: {mode.title}." for mode in (*test.modes(), *apart)]
    return [
        f"From each of the {len(origins)} Decembers of {origins[0]} to {origins[-1]} the model forecasts the core "
        f"outlays of {count} allies, % of GDP, up to {test.horizons[-1]} years ahead and to {LAST} at the latest; "
        f"{runs(test.paths)} a forecast, seed {test.seed}. Every share, before a December and after it, is "
        f"of NATO's edition of {editions['shares']} ({guessed} estimated), so no score holds the "
        f"error of first estimates{', but in the mode of that name' if apart else ''}. The baselines know the shares "
        "up to the same December and the target then in force. "
        f"Scores are of the Decembers from {test.compared_from} on, when baselines have a change to go on.",
        f"Modes, never mixed in one figure. {' '.join(modes)}",
        "What every mode knew too early: the equations and the sizes of events were chosen with the whole history in "
        f"view; GDP and growth behind a December stand as revised to {editions['gdp']}, debt and deficits before "
        f"{FIRST_OUTLOOK} as well; how often elections come early is "
        f"measured to 2023, and regular elections from 2021 on stand in the calendar; all {count} count as allies "
        "from the start."
        + (" With the events given there is no forecast at all: it tests how budgets answer to them."
           if Mode.EVENTS_GIVEN in test.scores else ""),
    ]  # fmt: skip


def _headlines(page: Page, test: Backtest, ahead: Sequence[int]) -> None:
    heading(page, "In short")
    found = [(mode, headline(test, mode, ahead)) for mode in test.modes()]
    rows = [(mode.name, row) for mode, one in found for row in one.horizons]
    put(page, [
        Column("mode", "Mode", once(name for name, _ in rows), 0, right=False),
        Column("years ahead", "Years\nahead", [str(row.horizon) for _, row in rows], 0),
        Column("CRPS over the best baseline's", "CRPS over\nthe best", [f"{row.crps_ratio:.2f}" for _, row in rows], 0),
        Column("Brier over the straight line's", "Brier over\nthe line",
               [f"{row.brier_ratio:.2f}" for _, row in rows], 1),
        Column("in 90 % band", "In 90 %\nband", [f"{100 * row.inside_90:.0f}" for _, row in rows], 1),
    ])  # fmt: skip
    for mode, one in found:
        slope = "" if one.slope is None else f"; slope of what came on the odds of standing at 2 %: {one.slope:.2f}"
        if one.slope_if_right is not None:
            slope += " ({:.2f} to {:.2f} were every forecast right)".format(*one.slope_if_right)
        say(page, f"{spoken(mode.name).capitalize()}: the number of allies at 2 % lay inside its 90 % band in "
                  f"{one.counts_inside_90} of {one.counts} forecasts{slope}.")  # fmt: skip
    say(page, HEADLINES, dim=True)


def _scores(page: Page, test: Backtest, ahead: Sequence[int]) -> None:
    heading(page, "Mean CRPS, percentage points of GDP, by years ahead")
    rows = {(row["forecaster"], row["horizon"]): row for row in score_tables.score_rows(test, ahead)}
    best = {(row["best_baselines"], row["horizon"]) for row in score_tables.contest_rows(test, ahead)}
    names, titles, cells = list[str](), list[str](), {horizon: list[str]() for horizon in ahead}
    for scores in test.scores.values():
        lines = [(scores.name, "crps_pp")]
        names.append(spoken(scores.name))
        titles.append("the model" if scores.name in set(Mode) else scores.title)
        if scores.name in set(Mode):
            lines += [(scores.name, "ci_low"), (scores.name, "ci_high")]
            names += ["  95 % from", "  95 % to"]
            titles += ["", ""]
        for name, column in lines:
            for horizon in ahead:
                mark = "*" if (name, horizon) in best else " "
                cells[horizon].append(points(rows[name, horizon][column]) + mark)
    put(page, [
        Column("forecaster", "Forecast", names, 0, right=False),
        *(Column(years([h]), f"{h} ", cells[h], _rank(h, ahead)) for h in ahead),
        Column("what the forecasts are", "What it is", titles, 90, right=False, most=26),
    ])  # fmt: skip
    say(page, SCORE, dim=True)
    first = {name: rows[name, ahead[0]] for name in test.scores}
    most = max(row["origins"] for row in first.values())
    late = [f"{row['title']} ({row['origins']} of {most})" for row in first.values() if row["origins"] < most]
    say(page, f"Not from every December, and so not among the best: {', '.join(late)}." if late else "", dim=True)


def _contest(page: Page, test: Backtest, ahead: Sequence[int]) -> None:
    heading(page, "Each mode against the best baseline")
    rows = score_tables.contest_rows(test, ahead)
    put(page, [
        Column("mode", "Mode", once(row["mode"] for row in rows), 0, right=False),
        Column("years ahead", "Years\nahead", [str(row["horizon"]) for row in rows], 0),
        Column("CRPS", "CRPS", [points(row["crps_pp"]) for row in rows], 3),
        Column("best baseline", "Best baseline", [spoken(row["best_baselines"]) for row in rows], 4, right=False),
        Column("CRPS of the baseline", "CRPS", [points(row["baseline_crps_pp"]) for row in rows], 3),
        Column("ratio", "Ratio", [f"{row['ratio']:.2f}" for row in rows], 0),
        Column("Decembers won", "Decembers\nwon", [f"{row['origins_won']} of {row['origins']}" for row in rows], 1),
        Column("p", "p", [_p(row["dm_p"]) for row in rows], 2),
        Column("p by Bartlett", "p\nBartlett", [_p(row["dm_p_bartlett"]) for row in rows], 9),
    ])  # fmt: skip
    lost, beaten = score_tables.lost_rows(test, ahead), score_tables.beaten_rows(test, ahead)
    for mode in test.modes():
        say(page, verdict(mode.name, rows, lost, beaten))
    say(page, "Ratio below 1: the model is closer. " + P, dim=True)
    reasons = "; ".join(sorted({row["dm_reason"] for row in rows if row["dm_reason"]}))
    say(page, f"No p where it cannot be reckoned: {reasons}." if reasons else "", dim=True)


def verdict(mode: str, contests: score_tables.Rows, lost: score_tables.Rows, beaten: score_tables.Rows) -> str:
    """Where a mode wins and where it loses, in sentences."""
    contests, lost, beaten = ([row for row in rows if row["mode"] == mode] for rows in (contests, lost, beaten))
    behind = _losses([row for row in beaten if row["score"] == "crps_pp"])
    worse = _losses([row for row in beaten if row["score"] != "crps_pp"])
    where: dict[int, list[str]] = {}
    for row in lost:
        where.setdefault(row["horizon"], []).append(str(row["origin"]))
    single = "; ".join(f"{years([horizon])} ahead from {', '.join(origins)}" for horizon, origins in where.items())
    significant = [row["horizon"] for row in contests if row["dm_p"] < LEVEL and row["ratio"] < 1]
    lead = f"is told from chance (p below {LEVEL}) {f'{years(significant)} ahead' if significant else 'nowhere'}"
    sentences = [
        f"{mode} loses by {'; '.join(behind)}" if behind else f"{mode}, by CRPS, is ahead of every baseline throughout",
        f"Single Decembers lost to the best: {single}" if single else "No single December is lost",
        f"Its lead {lead if mode == Mode.OUT_OF_SAMPLE else 'is not tested: it has seen what it forecasts'}",
        *([f"By other scores it loses: {'; '.join(worse)}"] if worse else []),
    ]
    return ". ".join(sentences) + "."


def _losses(beaten: score_tables.Rows) -> list[str]:
    """By what, to whom, how far ahead, and with what scores: those of the first and the last horizon."""
    found: dict[tuple[str, str], score_tables.Rows] = {}
    for row in beaten:
        found.setdefault((SCORES[row["score"]], spoken(row["baseline"])), []).append(row)

    losses = []
    for (score, baseline), rows in found.items():
        ends = (rows[0], rows[-1])[: len(rows)]
        ours, theirs = (" to ".join(points(row[column]) for row in ends) for column in ("value", "baseline_value"))
        losses.append(f"{score} to {baseline}, {years([r['horizon'] for r in rows])} ahead ({ours} against {theirs})")
    return losses


def _coverage(page: Page, test: Backtest, ahead: Sequence[int]) -> None:
    heading(page, "Shares inside the model's bands, of 100")
    rows = [row for row in score_tables.coverage_rows(test, ahead) if row["forecaster"] in set(Mode)]
    cases = {(row["forecaster"], row["horizon"]): row["cases"] for row in score_tables.event_rows(test, ahead)}
    put(page, [
        Column("mode", "Mode", once(row["forecaster"] for row in rows), 0, right=False),
        Column("years ahead", "Years\nahead", [str(row["horizon"]) for row in rows], 0),
        *(Column(f"{n} % band", f"{n} %\nband", [of_100(row[f"inside_{n}"]) for row in rows], 0) for n in LEVELS),
        Column("cases", "Cases", [str(cases[row["forecaster"], row["horizon"]]) for row in rows], 1),
    ])  # fmt: skip
    say(page, INSIDE, dim=True)


def _coverage_by_origin(page: Page, test: Backtest, ahead: Sequence[int]) -> None:
    heading(page, "Shares inside the 90 % band, of 100, by December")
    rows = score_tables.coverage_by_origin_rows(test, ahead)
    held = {(row["forecaster"], row["origin"], row["horizon"]): row["inside_90"] for row in rows}
    lines = list(dict.fromkeys((row["forecaster"], row["origin"]) for row in rows))
    put(page, [
        Column("mode", "Mode", once(mode for mode, _ in lines), 0, right=False),
        Column("December", "From\nDecember", [str(origin) for _, origin in lines], 0),
        *(
            Column(
                f"{years([h])} ahead", f"{h} ahead",
                [of_100(held[*line, h]) if (*line, h) in held else "" for line in lines], _rank(h, ahead),
            )
            for h in ahead
        ),
    ])  # fmt: skip
    say(page, BY_ORIGIN, dim=True)


def _first_estimates(page: Page, test: Backtest, ahead: Sequence[int]) -> None:
    rows = score_tables.first_estimate_rows(test, ahead)
    if not rows:
        return
    heading(page, "From first estimates, beside out of sample on the same Decembers")
    put(page, [
        Column("years ahead", "Years\nahead", once(str(row["horizon"]) for row in rows), 0),
        Column("December", "From\nDecember", [str(row["origin"] or "all") for row in rows], 0),
        Column("CRPS", "CRPS", [points(row["crps_pp"]) for row in rows], 0),
        Column("CRPS out of sample", "CRPS, out\nof sample", [points(row["out_of_sample_crps_pp"]) for row in rows], 0),
        Column("ratio", "Ratio", [f"{row['ratio']:.2f}" for row in rows], 1),
        Column("90 % band", "90 %\nband", [of_100(row["inside_90"]) for row in rows], 2),
        Column(
            "90 % band out of sample", "90 %, out\nof sample",
            [of_100(row["out_of_sample_inside_90"]) for row in rows], 3,
        ),
    ])  # fmt: skip
    say(page, FIRST, dim=True)


def _events(page: Page, test: Backtest, ahead: Sequence[int]) -> None:
    heading(page, "Who stands at 2 %, and the alliance as a whole")
    found = {(row["forecaster"], row["horizon"]): row for row in score_tables.event_rows(test, ahead)}
    modes, wanted = [mode.name for mode in test.modes()], list[tuple[str, int]]()
    for h in ahead:
        baselines = [r.name for r in test.baselines() if found[r.name, h]["cases"] == found[modes[0], h]["cases"]]
        best = min(baselines, key=lambda name: float(found[name, h]["brier"]))
        wanted += [(name, h) for name in (*modes, best)]
    joint = {(row["forecaster"], row["horizon"]): row for row in score_tables.joint_rows(test, ahead)}
    rows: list[dict[str, Any]] = [found[key] | joint[key] for key in wanted]
    put(page, [
        Column("years ahead", "Years\nahead", once(str(row["horizon"]) for row in rows), 0),
        Column("forecast", "Forecast", [spoken(row["forecaster"]) for row in rows], 0, right=False),
        Column("cases", "Cases", [str(row["cases"]) for row in rows], 8),
        Column("how many of 100 came", "Came,\nof 100", [of_100(row["frequency"]) for row in rows], 7),
        Column("Brier", "Brier", [points(row["brier"]) for row in rows], 0),
        Column("miscalibration", "Miscali-\nbration", [points(row["reliability"]) for row in rows], 3),
        Column("discrimination", "Discrimi-\nnation", [points(row["resolution"]) for row in rows], 4),
        Column("uncertainty", "Uncer-\ntainty", [points(row["uncertainty"]) for row in rows], 6),
        Column("log score", "Log\nscore", [points(row["log_score"], 2) for row in rows], 1),
        Column("number", "Number", [points(row["rps"], 1) for row in rows], 2),
        Column("energy", "Energy", [points(row["energy_pp"], 2) for row in rows], 5),
    ])  # fmt: skip
    say(page, EVENT + " Beside the modes stands the baseline with the best Brier score.", dim=True)


def _numbers(page: Page, test: Backtest) -> None:
    heading(page, "Allies at 2 %: expected, and in 90 of 100 simulated runs")
    for mode in test.modes():
        rows = {(row["origin"], row["year"]): row for row in score_tables.number_rows(test, mode)}
        seen = {year: next(row["seen"] for (_, there), row in rows.items() if there == year) for year in COUNT_YEARS}
        cells = [[_count(rows.get((o, year)), len(test.iso3)) for o in test.origins] for year in COUNT_YEARS]
        shown = [row for (_, year), row in rows.items() if year in COUNT_YEARS]
        held = sum(row["q05"] <= row["seen"] <= row["q95"] for row in shown)
        say(page, f"{mode.name}: what came lay in the interval in {held} of these {len(shown)} forecasts.")
        put(page, [
            Column("December", "From\nDecember", [str(origin) for origin in test.origins], 0, right=False),
            *(
                Column(f"{year}", f"{year}\n{seen[year]} seen", column, rank)
                for year, column, rank in zip(COUNT_YEARS, cells, (1, 2, 0), strict=True)
            ),
        ])  # fmt: skip


def _independence(page: Page, test: Backtest, ahead: Sequence[int]) -> None:
    heading(page, f"What {len(test.iso3)} allies are worth, by years ahead")
    found = {mode.name: score_tables.independence_rows(test, mode, ahead) for mode in test.modes()}
    columns = [
        Column(years([h]), str(h), [points(rows[index]["effective"], 0) for rows in found.values()], _rank(h, ahead))
        for index, h in enumerate(ahead)
    ]
    put(page, [Column("mode", "Mode", list(found), 0, right=False), *columns])
    say(page, INDEPENDENT, dim=True)


def heading(page: Page, text: str) -> None:
    """A line in bold, with room above where something stands there."""
    page.print(Text(text, style="bold"), width=page.text_width)
    page.print()


def say(page: Page, text: str, *, dim: bool = False) -> None:
    """A paragraph, with room below; nothing where there are no words."""
    if text:
        page.print(Text(text, style="dim" if dim else ""), width=page.text_width)
        page.print()


def put(page: Page, columns: Sequence[Column]) -> None:
    """A table; in a pipe nothing is left out, on a narrow terminal what is left out is named."""
    width = page.width if page.watched else max(page.width, taken(columns))
    kept, dropped = fit(columns, width)
    page.print(table(kept), width=width)
    page.print()
    say(page, left_out(dropped).replace("--csv or --json show", "--json shows"), dim=True)


def once(texts: Iterable[str]) -> list[str]:
    """Each text where it begins, blanks where it goes on."""
    found, before = list[str](), ""
    for text in texts:
        found.append("" if text == before else str(text))
        before = text
    return found


def spoken(name: str) -> str:
    """A forecaster's name in prose."""
    return name.replace("_", " ")


def points(value: float, digits: int = 3) -> str:
    """A score; a dash where there is none."""
    return f"{value:.{digits}f}" if isfinite(value) else "–"


def years(horizons: Sequence[int]) -> str:
    """So many years: "1 year", "1, 3 and 4 years", "2 to 5 years"."""
    first, last = horizons[0], horizons[-1]
    run = len(horizons) > 2 and last - first == len(horizons) - 1
    text = f"{first} to {last}" if run else ", ".join(map(str, horizons[:-1])) + " and " * (last > first) + str(last)
    return f"{text} year{'s' if last > 1 else ''}"


def _rank(horizon: int, ahead: Sequence[int]) -> int:
    """First and last horizon stay longest."""
    return 0 if horizon == ahead[0] else 1 if horizon == ahead[-1] else 20 - horizon + 10 * (1 - horizon % 2)


def of_100(part: float) -> str:
    """A part of one as so many of 100."""
    return percent(part, part, part)


def _p(value: float) -> str:
    return "–" if not isfinite(value) else "<0.01" if value < 0.005 else f"{value:.2f}"


def _count(row: dict[str, Any] | None, of: int) -> str:
    return "" if row is None else f"{number(row['expected'], of)} ({row['q05']}–{row['q95']})"

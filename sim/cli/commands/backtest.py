"""`sim backtest`: forecasts of the past with what was known then, scored against what came and simple baselines."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from sim.cli import options

if TYPE_CHECKING:
    from sim.evaluation.backtest.backtest import Backtest
    from sim.evaluation.backtest.origins import Mode
    from sim.evaluation.backtest.score_tables import Rows

MOST_HORIZON = 10

UNITS = {
    "horizon": "years after the December of the origin",
    "crps_pp": "continuous ranked probability score, percentage points of GDP, mean over allies and origins",
    "ci_low, ci_high": "95 % interval of that mean, each target year taken as one observation (Student's t)",
    "ratio": "score of the mode over that of the baseline: below 1 the mode is better",
    "dm_statistic, dm_p": "test of equal accuracy of Diebold and Mariano, corrected after Harvey and others; below 0 "
    "the mode is better; dm_p_bartlett: with Bartlett's weights",
    "inside_*": "part of the outcomes inside the central interval of so many percent",
    "first_estimates": "the mode of that name beside out-of-sample on the same origins; origin null: their mean",
    "brier": "of the event 2 % of GDP or more: reliability - resolution + uncertainty",
    "log_score": "-ln of the probability given to what came, no probability taken as surer than 1 in 100",
    "rps": "ranked probability score of the number of allies at 2 %, allies",
    "energy_pp": "energy score of all shares together, percentage points of GDP",
    "h*": "mean CRPS over allies so many years ahead, percentage points of GDP",
    "expected, q05, q95, seen": "number of allies at 2 %; pmf: probability of 0, 1, ... allies",
    "effective": "independent allies that the errors of all are worth, by their mean correlation; directions: by the "
    "participation ratio of its eigenvalues",
    "weight": "least squares: outcome less the model's mean, as part of a national plan's figure less that mean, which "
    "is of the December before the plan's year and knows of no plan",
    "pit": "cases in each tenth of [0, 1] of the probability integral transform",
}


@click.command(short_help="Score forecasts of the past.")
@options.paths(default=4_096, help="Simulated runs of every forecast.  [4096]")
@options.seed(default=2032, help="Seed of every draw.  [2032]")
@click.option(
    "--mode", "names", multiple=True, metavar="MODE",
    help="first-estimates (only beside out-of-sample), out-of-sample, as-shipped or events-given. Repeatable; all four "
    "unless given.",
)  # fmt: skip
@click.option(
    "--horizons", type=options.WholeParam(1, MOST_HORIZON), default=5, help="Years ahead that are scored.  [5]"
)
@click.option("--outside", is_flag=True, help="Also what others forecast, compared with the model and what came.")
@click.option("--plans", is_flag=True, help="Also how often national plans were kept (about a minute more).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document with every table.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the scores of every forecaster as CSV.")
def command(
    paths: int, seed: int, names: tuple[str, ...], horizons: int, outside: bool, plans: bool,
    as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Forecast from every December since 2014 with what was known then, and score it against what came.

    The model runs in up to four modes, which are never mixed: with parameters estimated on figures up to the December
    (out-of-sample), with those it ships with (as-shipped), with these and the events that came (events-given); and, for
    first-estimates, out of sample from the shares as NATO first published them, where these are known. Beside it stand
    simple baselines, such as a straight line to the target.

    \b
    sim backtest
    sim backtest --mode as-shipped --horizons 3 --paths 1024
    sim backtest --outside --plans --json > backtest.json
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    if as_csv and (outside or plans):
        raise click.UsageError("--csv prints the scores alone; --json holds --outside and --plans, too.")
    test = _run(paths, seed, _modes(names))
    ahead = range(1, horizons + 1)
    if as_csv:
        _csv(test, ahead)
        return
    others, kept, weights = _compared(paths, seed, outside, plans)
    if as_json:
        from sim.output.terminal.console import write_json

        write_json(_plain(document(test, ahead, others, kept, weights)))
        return
    from sim.output.terminal import backtest_comparisons, backtest_page
    from sim.output.terminal.console import page

    sheet = page()
    backtest_page.show(sheet, test, ahead)
    if others is not None:
        backtest_comparisons.show_outside(sheet, others)
    if kept is not None and weights is not None:
        backtest_comparisons.show_plans(sheet, kept, weights, paths)


def _modes(names: tuple[str, ...]) -> list[Mode]:
    """The modes asked for, in their own order."""
    from sim.evaluation.backtest.origins import Mode
    from sim.text.suggestions import did_you_mean

    known = [mode.value for mode in Mode]
    for word in names:
        if word not in known:
            hint = did_you_mean(word, known) or f"There are {', '.join(known)}."
            raise click.UsageError(f"--mode: no mode {word[:40]!r}. {hint}")
    return [mode for mode in Mode if not names or mode.value in names]


def _run(paths: int, seed: int, modes: list[Mode]) -> Backtest:
    from sim.evaluation.backtest.backtest import backtest
    from sim.output.terminal.console import progress

    with progress("Forecasting", paths) as advance:
        return backtest(
            paths=paths, seed=seed, modes=modes, progress=lambda done, wanted: advance(done * paths, wanted * paths)
        )


def _compared(paths: int, seed: int, outside: bool, plans: bool) -> tuple[Rows | None, Rows | None, Rows | None]:
    """Outside forecasts, national plans and their best weights, each None unless asked for."""
    from sim.data.tables import load_tables
    from sim.evaluation.backtest import comparisons
    from sim.output.terminal.console import waiting

    others = kept = weights = None
    if outside:
        with waiting("Forecasting what others forecast"):
            others = comparisons.outside_rows(load_tables(), paths, seed)
    if plans:
        with waiting("Forecasting whether national plans are kept"):
            kept = comparisons.plan_rows(load_tables(), paths, seed)
            weights = comparisons.plan_weights(load_tables(), paths, seed)
    return others, kept, weights


def document(
    test: Backtest, ahead: range, outside: Rows | None, plans: Rows | None, weights: Rows | None
) -> dict[str, Any]:
    """Everything the page shows, and more, for machines: unrounded; None where nothing can be said."""
    from importlib.metadata import version

    from sim.data.catalogue import catalogue
    from sim.data.tables import load_tables
    from sim.evaluation.backtest import comparisons, score_tables
    from sim.evaluation.backtest.headline import headline
    from sim.evaluation.scores.calibration import pit_histogram
    from sim.numerics.streams import STREAM_VERSION

    modes, everyone, apart = test.modes(), list(test.scores.values()), test.first_estimates
    return {
        "paths": test.paths,
        "seed": test.seed,
        "burdenshare": version("burdenshare"),
        "stream_version": STREAM_VERSION,
        "data_digest": load_tables().digest,
        "figures": next(f"{info.publisher}, {info.edition}" for info in catalogue() if info.name == "shares"),
        "allies": list(test.iso3),
        "origins": list(test.origins),
        "compared_from": test.compared_from,
        "horizons": list(ahead),
        "modes": {scores.name: scores.title for scores in (*modes, *([apart] if apart else ()))},
        "baselines": {scores.name: scores.title for scores in test.baselines()},
        "in_short": [asdict(headline(test, mode, ahead)) for mode in test.modes()],
        "scores": score_tables.score_rows(test, ahead),
        "contest": score_tables.contest_rows(test, ahead),
        "lost": score_tables.lost_rows(test, ahead),
        "beaten": score_tables.beaten_rows(test, ahead),
        "coverage": score_tables.coverage_rows(test, ahead),
        "coverage_by_origin": score_tables.coverage_by_origin_rows(test, ahead),
        "first_estimates": score_tables.first_estimate_rows(test, ahead),
        "events": score_tables.event_rows(test, ahead),
        "joint": score_tables.joint_rows(test, ahead),
        "by_origin": score_tables.origin_rows(test, ahead),
        "numbers": {scores.name: score_tables.number_rows(test, scores) for scores in modes},
        "independence": [row for scores in modes for row in score_tables.independence_rows(test, scores, ahead)],
        "reliability": {scores.name: score_tables.reliability_rows(test, scores, ahead) for scores in everyone},
        "pit": {scores.name: pit_histogram(score_tables.pit_values(test, scores, ahead)) for scores in everyone},
        "outside": outside,
        "plans": plans,
        "plan_summary": None if plans is None else comparisons.plan_summary(plans),
        "plan_weights": weights,
        "units": UNITS,
    }


def _csv(test: Backtest, ahead: range) -> None:
    """One row a forecaster and horizon: CRPS, coverage, event and joint scores."""
    from sim.evaluation.backtest import score_tables
    from sim.output.terminal.console import write_csv

    parts = (score_tables.score_rows, score_tables.coverage_rows, score_tables.event_rows, score_tables.joint_rows)
    rows: Rows = []
    for lines in zip(*(part(test, ahead) for part in parts), strict=True):
        rows.append({name: value for line in lines for name, value in line.items()})
    write_csv(list(rows[0]), (list(_plain(row).values()) for row in rows))


def _plain(value: Any) -> Any:
    """The same in what JSON knows: lists, plain numbers and text, None for nan."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and value != value:
        return None
    return str(value) if isinstance(value, str) else value

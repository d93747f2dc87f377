"""`sim backtest`: the page, its widths, its document, and what is refused. The model is a fast stand-in."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

from sim.cli.commands.backtest import command
from sim.data.edition import ESTIMATED_YEARS, name_of
from sim.data.tables import load_tables
from sim.evaluation.backtest import backtest as module
from sim.evaluation.backtest import comparisons, forecast_scores, score_tables
from sim.evaluation.backtest.backtest import Backtest, backtest
from sim.evaluation.backtest.baselines import BASELINES
from sim.evaluation.backtest.origins import LAST, ORIGINS, Mode
from sim.output.terminal import backtest_comparisons, backtest_page, console
from sim.output.terminal.console import Page

Call = Callable[..., Any]
WHOLE = [mode for mode in Mode if mode is not Mode.FIRST_ESTIMATES]
PATHS, SEED = 64, 2032
DRIFTS = {Mode.OUT_OF_SAMPLE: 0.02, Mode.AS_SHIPPED: 0.06, Mode.EVENTS_GIVEN: 0.10, Mode.FIRST_ESTIMATES: 0.04}


def stand_in(
    origin: int, last: int, *, mode: Mode, paths: int, seed: int, numbers: object, change: object
) -> np.ndarray:
    """The share of the origin, rising, with an error of its own: (ally, horizon, path)."""
    del numbers, change
    steps = np.arange(1, last - origin + 1)[:, None]
    rng = np.random.default_rng(seed + origin).normal(size=(31, len(steps), paths))
    base = module.shares_of(load_tables())[:, origin - 2014, None, None]
    return np.maximum(base + DRIFTS[mode] * steps + 0.15 * np.sqrt(steps) * rng, 0.2).astype(np.float32)


@pytest.fixture(scope="module")
def whole() -> Backtest:
    """All modes and every baseline, 64 runs a forecast."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "model_forecast", stand_in)
        patch.setattr(forecast_scores, "JOINT_MEMBERS", 16)
        return backtest(paths=PATHS, seed=SEED, estimates={origin: {"budget.speed": [0.1]} for origin in ORIGINS})


OUTSIDE = [
    {**row.model_dump(), "ours": {"origin": 2017, "median": 4.0, "q05": 2.0, "q95": 7.0, "came": None}}
    for row in load_tables().outside_forecasts
]
PLANS = [
    {"iso3": "DNK", "announced": "2025-02-19", "target_pct": 3.0, "target_year": 2025, "met": True, "added": False,
     "lead": "one budget ahead", "probability": 0.53, "without_pledge": 0.0},
    {"iso3": "LVA", "announced": "2024", "target_pct": 3.0, "target_year": 2026, "met": True, "added": True,
     "lead": "longer", "probability": 1.0, "without_pledge": 1.0},
    {"iso3": "ITA", "announced": "2023", "target_pct": 2.15, "target_year": 2026, "met": False, "added": False,
     "lead": "longer", "probability": 0.3, "without_pledge": 0.1},
]  # fmt: skip

WEIGHTS = [
    {"lead": "in the year itself", "n": 1, "weight": 0.9179},
    {"lead": "the year before", "n": 0, "weight": None},
]


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, whole: Backtest) -> list[dict[str, Any]]:
    """The backtest as computed above, at once; what it was asked for."""
    asked: list[dict[str, Any]] = []

    def run(**words: Any) -> Backtest:
        asked.append(words)
        words["progress"](1, 144)
        names = [*words["modes"], *BASELINES]
        kept = {name: whole.scores[name] for name in names if name in whole.scores}
        apart = whole.first_estimates if Mode.FIRST_ESTIMATES in words["modes"] else None
        return Backtest(whole.iso3, whole.shares, kept, whole.paths, whole.seed, apart)

    monkeypatch.setattr(module, "backtest", run)
    monkeypatch.setattr(comparisons, "outside_rows", lambda *args: OUTSIDE)
    monkeypatch.setattr(comparisons, "plan_rows", lambda *args: PLANS)
    monkeypatch.setattr(comparisons, "plan_weights", lambda *args: WEIGHTS)
    return asked


@pytest.fixture(scope="module")
def printed(whole: Backtest) -> str:
    """The page of all modes, one to five years ahead, as a pipe sees it."""
    text = io.StringIO()
    backtest_page.show(Page(text), whole, range(1, 6))
    return "".join(line.rstrip() + "\n" for line in text.getvalue().splitlines())


def flat(text: str) -> str:
    return " ".join(text.split())


def test_help_comes_without_the_model_and_names_every_mode(call: Call) -> None:
    said = call("backtest", "--help")
    assert said.code == 0
    for mode in Mode:
        assert mode.value in said.out
    for option in command.params:
        assert option.opts[-1] in said.out
    code = "import sys; from sim.cli import app; app.run(['backtest', '-h']); print([*sys.modules], file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    for slow in ("numpy", "scipy", "pydantic", "rich.console", "sim.evaluation.backtest"):
        assert f"'{slow}'" not in loaded


def test_what_is_asked_is_what_is_run(call: Call, ready: list[dict[str, Any]], printed: str) -> None:
    said = call("backtest")
    assert (said.code, said.err) == (0, "")
    assert said.out == printed
    call(
        "backtest",
        "--paths",
        32,
        "--seed",
        7,
        "--mode",
        "events-given",
        "--mode",
        "out-of-sample",
        "--mode",
        "events-given",
    )
    asked = [(words["paths"], words["seed"], words["modes"]) for words in ready]
    assert asked == [(4_096, 2032, list(Mode)), (32, 7, [Mode.OUT_OF_SAMPLE, Mode.EVENTS_GIVEN])]


def test_progress_is_told_in_simulated_runs(
    call: Call, ready: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []

    @contextmanager
    def progress(words: str, total: int) -> Iterator[Callable[[int, int], None]]:
        yield lambda done, wanted: told.append((done, wanted))

    monkeypatch.setattr(console, "progress", progress)
    call("backtest", "--paths", 32, "--csv", "--horizons", 1)
    assert told == [(32, 144 * 32)]


def test_the_page_says_what_was_done(call: Call, ready: list[dict[str, Any]], printed: str) -> None:
    text = flat(printed)
    assert f"{LAST - 2014} Decembers of 2014 to {LAST - 1}" in text
    assert "31 allies" in text
    assert f"NATO's edition of {name_of()} ({', '.join(map(str, ESTIMATED_YEARS))} estimated)" in text
    assert "never mixed" in text
    assert "no forecast at all" in text
    for mode in Mode:
        assert f"{mode}: {mode.in_words}." in text
    alone = flat(call("backtest", "--mode", "as-shipped").out)
    assert Mode.OUT_OF_SAMPLE not in alone
    assert "no forecast at all" not in alone


def lines_of(page: str, heading: str) -> list[str]:
    """The lines of one section, from its heading to the next one in the catalogue below."""
    lines = page.split("\n")
    begin = lines.index(heading)
    ends = [index for index, line in enumerate(lines) if line in HEADINGS and index > begin]
    return lines[begin : min(ends, default=len(lines))]


HEADINGS = (
    "Forecasts of the past, scored against what came",
    "Mean CRPS, percentage points of GDP, by years ahead",
    "Each mode against the best baseline",
    "Shares inside the model's bands, of 100",
    "Shares inside the 90 % band, of 100, by December",
    "From first estimates, beside out of sample on the same Decembers",
    "Who stands at 2 %, and the alliance as a whole",
    "Allies at 2 %: expected, and in 90 of 100 simulated runs",
    "What 31 allies are worth, by years ahead",
)


def test_the_sections_stand_in_their_order(printed: str) -> None:
    assert [line for line in printed.split("\n") if line in HEADINGS] == list(HEADINGS)


def test_the_scores_are_those_of_the_tables_and_the_best_rival_is_marked(printed: str, whole: Backtest) -> None:
    section = lines_of(printed, HEADINGS[1])
    rows = {(row["forecaster"], row["horizon"]): row for row in score_tables.score_rows(whole)}
    best = {(row["best_baselines"], row["horizon"]) for row in score_tables.contest_rows(whole)}
    for name in whole.scores:
        (line,) = [line for line in section if line.startswith(f"{name.replace('_', ' ')}  ")]
        found = re.findall(r"\d\.\d{3}\*?", line)
        assert found == [
            f"{rows[name, h]['crps_pp']:.3f}{'*' * ((name, h) in best)}" for h in range(1, 6)
        ], name  # fmt: skip
    ends = [line for line in section if line.startswith("  95 % ")]
    assert len(ends) == 6
    low = [rows[Mode.OUT_OF_SAMPLE, h]["ci_low"] for h in range(1, 6)]
    assert ends[0].split()[3:] == [f"{value:.3f}" for value in low]
    assert "Not from every December, and so not among the best: ARIMA(0,1,1), pooled over allies (10 of 11)" in flat(
        "\n".join(section)
    )


def test_the_contest_says_where_a_mode_loses(printed: str, whole: Backtest) -> None:
    text = flat("\n".join(lines_of(printed, HEADINGS[2])))
    rows = score_tables.contest_rows(whole)
    for row in rows:
        assert f"{row['ratio']:.2f} {row['origins_won']} of {row['origins']}" in text
    for row in score_tables.lost_rows(whole):
        mine = text[text.index(f"{row['mode']} loses") :]
        ahead = "1 year" if row["horizon"] == 1 else f"{row['horizon']} years"
        assert re.search(rf"{ahead} ahead from [0-9, ]*{row['origin']}", mine)
    assert any(row["ratio"] > 1 for row in rows), "the stand-in must lose somewhere"
    for mode in WHOLE:
        lost = [row for row in score_tables.beaten_rows(whole) if (row["mode"], row["score"]) == (mode, "crps_pp")]
        assert lost
        assert f"{mode} loses by CRPS to {lost[0]['baseline'].replace('_', ' ')}, " in text
        assert f"({lost[0]['value']:.3f}" in text


@pytest.mark.parametrize(
    ("horizons", "words"),
    [([1], "1 year"), ([2], "2 years"), ([1, 2], "1 and 2 years"), ([1, 3, 4], "1, 3 and 4 years"),
     ([2, 3, 4], "2 to 4 years")],
)  # fmt: skip
def test_horizons_in_words(horizons: list[int], words: str) -> None:
    assert backtest_page.years(horizons) == words


def test_the_verdict_in_words() -> None:
    def contest(horizon: int, ratio: float, p: float) -> dict[str, Any]:
        return {"mode": "out-of-sample", "horizon": horizon, "ratio": ratio, "dm_p": p, "best_baselines": "good"}

    def beaten(score: str, horizon: int, value: float, baseline: str = "so_good") -> dict[str, Any]:
        return {
            "mode": "out-of-sample",
            "score": score,
            "horizon": horizon,
            "value": value,
            "baseline": baseline,
            "baseline_value": value / 2,
        }

    contests = [contest(1, 0.9, 0.01), contest(2, 0.9, 0.2), contest(3, 0.9, 0.04), contest(4, 1.1, 0.01)]
    lost = [{"mode": "out-of-sample", "horizon": 4, "origin": origin} for origin in (2016, 2019)]
    worse = [
        beaten("crps_pp", 4, 0.5),
        *(beaten("brier", h, h / 10) for h in (1, 2, 3, 4)),
        beaten("rps", 2, 3, "other"),
    ]
    others = [{**row, "mode": "b"} for row in (*contests, *lost, *worse)]
    assert backtest_page.verdict("out-of-sample", contests + others, lost + others, worse + others) == (
        "out-of-sample loses by CRPS to so good, 4 years ahead (0.500 against 0.250). Single Decembers lost to the "
        "best: 4 years ahead from 2016, 2019. Its lead is told from chance (p below 0.05) 1 and 3 years ahead. By "
        "other scores it loses: Brier to so good, 1 to 4 years ahead (0.100 to 0.400 against 0.050 to 0.200); number "
        "to other, 2 years ahead (3.000 against 1.500)."
    )
    assert backtest_page.verdict("out-of-sample", contests[1:2], [], []) == (
        "out-of-sample, by CRPS, is ahead of every baseline throughout. No single December is lost. Its lead is told "
        "from chance (p below 0.05) nowhere."
    )
    seen = backtest_page.verdict("as-shipped", [row | {"mode": "as-shipped"} for row in contests[1:2]], [], [])
    assert seen.endswith("Its lead is not tested: it has seen what it forecasts.")


def test_a_mode_that_never_loses_says_so(whole: Backtest) -> None:
    perfect = forecast_scores.ForecastScores.empty(Mode.AS_SHIPPED, "perfect", 12, 10, 31)
    known = np.isfinite(whole.scores["persistence"].crps)
    for array in (perfect.crps, perfect.probability):
        array[known] = 0.0
    seen = np.stack([np.pad(whole.shares[:, o - 2013 :], ((0, 0), (0, 10)))[:, :10].T for o in ORIGINS])
    perfect.probability[known & (np.round(seen, 2) >= 2)] = 1.0
    perfect.rps[known[..., 0]] = perfect.energy[known[..., 0]] = 0.0
    perfect.number[known[..., 0]] = np.eye(32)[(np.round(seen, 2) >= 2).sum(axis=-1)[known[..., 0]]]
    perfect.median[known] = seen[known] + np.random.default_rng(1).normal(size=known.sum())
    for array in (perfect.pit, *perfect.inside.values()):
        array[known] = 0.5
    test = Backtest(whole.iso3, whole.shares, {**whole.scores, Mode.AS_SHIPPED: perfect}, 64, 1)
    rows = (
        part(test, range(1, 6))
        for part in (score_tables.contest_rows, score_tables.lost_rows, score_tables.beaten_rows)
    )
    words = backtest_page.verdict(Mode.AS_SHIPPED, *rows)
    assert words.startswith("as-shipped, by CRPS, is ahead of every baseline throughout. No single December is lost.")
    assert "loses" not in words
    text = io.StringIO()
    backtest_page.show(Page(text), Backtest(whole.iso3, whole.shares, test.scores, 64, 1), range(1, 6))
    assert "as-shipped: what came lay in the interval in 30 of these 30 forecasts." in text.getvalue()


def test_coverage_is_of_100(printed: str, whole: Backtest) -> None:
    section = lines_of(printed, HEADINGS[3])
    shown = [line.split()[-5:] for line in section if re.search(r"\d  +\d+$", line)]
    rows = [row for row in score_tables.coverage_rows(whole) if row["forecaster"] in set(Mode)]
    for row, cells in zip(rows, shown, strict=True):
        inside = [f"{100 * row[f'inside_{level}']:.0f}" for level in (50, 80, 90)]
        assert cells == [str(row["horizon"]), *inside, str(31 * (12 - row["horizon"]))]
    assert [line.split()[0] for line in section if line.split("  ")[0] in set(Mode)] == WHOLE


def test_coverage_is_told_by_december(printed: str, whole: Backtest) -> None:
    section = lines_of(printed, HEADINGS[4])
    shown = [line.split() for line in section if re.search(r"\b20\d\d  .*\d$", line)]
    rows = score_tables.coverage_by_origin_rows(whole)
    for cells, (mode, origin) in zip(shown, itertools.product(WHOLE, range(2015, LAST)), strict=True):
        held = [row["inside_90"] for row in rows if (row["forecaster"], row["origin"]) == (mode, origin)]
        assert cells[-len(held) - 1 :] == [str(origin), *(backtest_page.of_100(value) for value in held)]


def test_first_estimates_stand_beside_out_of_sample_on_their_own_decembers(
    call: Call, ready: list[dict[str, Any]], printed: str, whole: Backtest
) -> None:
    section = lines_of(printed, HEADINGS[5])
    shown = [line.split() for line in section if re.search(r"\d\.\d{3}  ", line)]
    rows = score_tables.first_estimate_rows(whole)
    assert len(rows) == 5 + 4 + 3 + 2 + 2 + 5
    for cells, row in zip(shown, rows, strict=True):
        wanted = [f"{row['crps_pp']:.3f}", f"{row['out_of_sample_crps_pp']:.3f}", f"{row['ratio']:.2f}"]
        assert cells[-6:-2] == [str(row["origin"] or "all"), *wanted]
        assert cells[-2:] == [backtest_page.of_100(row[name]) for name in ("inside_90", "out_of_sample_inside_90")]
    without = call("backtest", "--mode", "out-of-sample").out
    assert HEADINGS[5] not in without
    assert Mode.FIRST_ESTIMATES not in without


def test_first_estimates_are_not_told_alone(call: Call) -> None:
    said = call("backtest", "--mode", "first-estimates")
    assert (said.code, said.out) == (2, "")
    assert "ask for out-of-sample as well" in flat(said.err)


def test_the_event_and_the_alliance(printed: str, whole: Backtest) -> None:
    section = lines_of(printed, HEADINGS[6])
    shown = [line for line in section if re.search(r"\d\.\d\d$", line)]
    events = {(row["forecaster"], row["horizon"]): row for row in score_tables.event_rows(whole)}
    joint = {(row["forecaster"], row["horizon"]): row for row in score_tables.joint_rows(whole)}
    for index, line in enumerate(shown):
        horizon = 1 + index // 4
        briers = {name: events[name, horizon]["brier"] for name in BASELINES if name != "arima_011"}
        name = [*WHOLE, min(briers, key=lambda name: briers[name]).replace("_", " ")][index % 4]
        row = events[name.replace(" ", "_"), horizon] | joint[name.replace(" ", "_"), horizon]
        parts = [f"{row[key]:.3f}" for key in ("brier", "reliability", "resolution", "uncertainty")]
        whole_alliance = [f"{row['log_score']:.2f}", f"{row['rps']:.1f}", f"{row['energy_pp']:.2f}"]
        assert f" {name} " in line
        assert line.split()[-7:] == [*parts, *whole_alliance]
    assert len(shown) == 20


def test_the_number_of_allies_from_every_december(printed: str, whole: Backtest) -> None:
    section = lines_of(printed, HEADINGS[7])
    rows = {(row["origin"], row["year"]): row for row in score_tables.number_rows(whole, whole.scores[Mode.AS_SHIPPED])}
    assert "17 seen     28 seen     30 seen" in "\n".join(section)
    for origin in ORIGINS:
        _, line, _ = [line for line in section if line.startswith(f"{origin} ")]  # one a mode, in their order
        found = re.findall(r"(\d+) \((\d+)–(\d+)\)", line)
        wanted = [rows[origin, year] for year in (LAST - 2, LAST - 1, LAST) if (origin, year) in rows]
        assert found == [
            (str(math.floor(row["expected"] + 0.5)), str(row["q05"]), str(row["q95"])) for row in wanted
        ]  # fmt: skip
    shown = [row for (_, year), row in rows.items() if year >= 2024]
    held = sum(row["q05"] <= row["seen"] <= row["q95"] for row in shown)
    assert f"as-shipped: what came lay in the interval in {held} of these {len(shown)} forecasts." in flat(
        "\n".join(section)
    )


def test_what_31_allies_are_worth(printed: str, whole: Backtest) -> None:
    section = lines_of(printed, HEADINGS[8])
    for mode in WHOLE:
        (line,) = [line for line in section if line.startswith(mode.value)]
        rows = score_tables.independence_rows(whole, whole.scores[mode])
        assert line.split()[1:] == [f"{row['effective']:.0f}" for row in rows]


def test_the_document_holds_the_tables(call: Call, ready: list[dict[str, Any]], whole: Backtest) -> None:
    said = call("backtest", "--json", "--horizons", 3)
    assert (said.code, said.err) == (0, "")
    document = json.loads(said.out)
    ahead = range(1, 4)
    parts = {
        "scores": score_tables.score_rows, "contest": score_tables.contest_rows, "lost": score_tables.lost_rows,
        "beaten": score_tables.beaten_rows, "coverage": score_tables.coverage_rows, "events": score_tables.event_rows,
        "joint": score_tables.joint_rows, "by_origin": score_tables.origin_rows,
        "coverage_by_origin": score_tables.coverage_by_origin_rows,
        "first_estimates": score_tables.first_estimate_rows,
    }  # fmt: skip
    for name, part in parts.items():
        assert document[name] == [
            {key: None if value != value else value for key, value in row.items()} for row in part(whole, ahead)
        ], name
    assert (document["paths"], document["seed"], document["horizons"]) == (PATHS, SEED, [1, 2, 3])
    assert document["origins"] == list(ORIGINS)
    assert len(document["allies"]) == 31
    assert list(document["modes"]) == list(Mode)
    assert list(document["numbers"]) == WHOLE
    assert list(document["baselines"]) == list(BASELINES)
    first = document["numbers"]["as-shipped"][0]
    assert sum(first["pmf"]) == pytest.approx(1)
    assert first["expected"] == pytest.approx(sum(n * p for n, p in enumerate(first["pmf"])))
    assert sum(document["pit"]["as-shipped"]) == 31 * (11 + 10 + 9)
    assert sum(row["cases"] for row in document["reliability"]["drift"]) == 31 * (11 + 10 + 9)
    assert [row["horizon"] for row in document["independence"]] == [1, 2, 3] * 3
    assert document["outside"] is document["plans"] is document["plan_summary"] is document["plan_weights"] is None
    assert document["figures"] == f"NATO, {name_of()}"


def test_all_ten_horizons_can_be_told(call: Call, ready: list[dict[str, Any]]) -> None:
    document = json.loads(call("backtest", "--horizons", 10, "--json").out)
    last = next(row for row in document["contest"] if row["horizon"] == 10)
    assert (last["dm_p"], last["dm_reason"]) == (
        None,
        "no test more than 3 years ahead, where forecasts overlap too much",
    )
    page = call("backtest", "--horizons", 10)
    assert page.code == 0
    assert "No p where it cannot be reckoned" in flat(page.out)
    assert "nan" not in page.out
    one = call("backtest", "--horizons", 1, "--mode", "out-of-sample")
    assert (one.code, one.err) == (0, "")


def test_csv_has_a_row_a_forecaster_and_horizon(call: Call, ready: list[dict[str, Any]], whole: Backtest) -> None:
    said = call("backtest", "--csv", "--horizons", 2)
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [(row["forecaster"], row["horizon"]) for row in rows] == [(name, h) for name in whole.scores for h in "12"]
    wanted = score_tables.score_rows(whole, [1, 2])[1]
    assert float(rows[1]["crps_pp"]) == wanted["crps_pp"]
    assert {"inside_90", "brier", "rps", "energy_pp"} <= set(rows[0])


def test_outside_forecasts_and_plans_stand_beside(call: Call, ready: list[dict[str, Any]]) -> None:
    usual = call("backtest", "--mode", "as-shipped").out
    assert "What others forecast" not in usual
    assert "National plans kept" not in usual
    page = call("backtest", "--mode", "as-shipped", "--outside", "--plans").out
    assert page.startswith(usual)
    text = flat(page[len(usual) :])
    assert "≤10 15" in text
    assert "11–14 69" in text
    assert "≥15 16" in text
    assert "allies at 2 % 2024 2018-02-13 NATO Secretary General 15 2017 4 2–7 –" in text
    assert "Denmark 2025-02-19 3 2025 one budget ahead 53 <1 yes" in text
    assert "Latvia+ 2024 3 2026 longer >99 >99 yes" in text
    assert "any 2 1 42" in text  # two plans of the first sample, one kept; (53 + 30) / 2
    assert "in the year itself 1 0.918" in text
    assert "the year before 0 –" in text
    document = json.loads(call("backtest", "--outside", "--plans", "--json").out)
    assert document["plan_weights"] == WEIGHTS
    assert document["outside"] == OUTSIDE
    assert document["plans"] == PLANS
    assert [line["n"] for line in document["plan_summary"]] == [1, 1, 2]


def test_the_wording_holds(call: Call, ready: list[dict[str, Any]]) -> None:
    text = flat(call("backtest", "--outside", "--plans", "--horizons", 10).out)
    assert not re.search(r"\b(0|100) %(?! band)", text)
    for words in ("will fail", "free rider", "fails in"):
        assert words not in text
    assert "given the assumptions" in text


class Watched(Page):
    """A page of some width that somebody looks at, kept as text."""

    def __init__(self, columns: int) -> None:
        self.text = io.StringIO()
        super().__init__(self.text)
        self.watched, self.width = True, columns


@pytest.mark.parametrize(("columns", "horizons"), [(40, 1), (40, 10), (60, 5), (80, 10), (118, 5), (200, 10)])
def test_the_page_fits_every_terminal(whole: Backtest, columns: int, horizons: int) -> None:
    page = Watched(columns)
    backtest_page.show(page, whole, range(1, horizons + 1))
    backtest_comparisons.show_outside(page, OUTSIDE)
    backtest_comparisons.show_plans(page, PLANS, WEIGHTS, PATHS)
    lines = page.text.getvalue().split("\n")
    assert max(map(cell_len, lines)) <= columns
    assert "…" not in page.text.getvalue()
    text = flat(page.text.getvalue())
    assert ("Left out for want of width" in text) == (columns < 118)
    assert "--csv" not in text
    for name in ("partial adjustment", "bootstrap of years"):  # one line a forecaster, at any width
        assert sum(line.startswith(name) for line in lines) == 1
    assert sum(line.startswith("United Kingdom") for line in lines) == (1 if columns > 43 else 0)


def test_a_pipe_leaves_nothing_out(call: Call, ready: list[dict[str, Any]]) -> None:
    said = call("backtest", "--horizons", 10, "--outside", "--plans")
    assert "Left out" not in said.out
    assert "\x1b" not in said.out
    assert max(map(len, said.out.split("\n"))) <= 200


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["--mode", "as-shiped"], "Did you mean 'as-shipped'?"),
        (["--mode", "xyzzy"], "There are out-of-sample, as-shipped, events-given, first-estimates."),
        (["--mode", "\x1b[2Jout"], "--mode: no mode '\\x1b[2Jout'"),
        (["--horizons", "0"], "is not a whole number from 1 to 10"),
        (["--horizons", "11"], "is not a whole number from 1 to 10"),
        (["--json", "--csv"], "exclude each other"),
        (["--csv", "--outside"], "--json holds"),
        (["--csv", "--plans"], "--json holds"),
        (["--paths", "0"], "paths must be a whole number from 1 to 100,000"),
        (["--seed", "-1"], "seed must be a whole number"),
    ],
)
def test_what_cannot_be_is_a_usage_error(call: Call, args: list[str], hint: str) -> None:
    said = call("backtest", *args, *([] if "--mode" in args else ["--mode", "as-shipped"]))
    assert (said.code, said.out) == (2, "")
    assert hint in flat(said.err)
    assert "Traceback" not in said.err


def test_missing_estimates_are_invalid_data(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "packaged", lambda: {origin: {"budget.speed": [0.1]} for origin in range(2014, 2024)})
    said = call("backtest", "--paths", 16)
    assert (said.code, said.out) == (3, "")
    assert "estimates.toml: cutoff = none for 2024, 2025" in said.err
    assert "remedy: estimate them with `sim calibrate --every`, or leave out the mode out-of-sample" in said.err


def test_the_real_thing_from_end_to_end(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HORIZONS", 2)
    monkeypatch.setattr(forecast_scores, "JOINT_MEMBERS", 16)
    said = call("backtest", "--mode", "as-shipped", "--paths", 64, "--horizons", 2, "--json")
    document = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    scores = {(row["forecaster"], row["horizon"]): row["crps_pp"] for row in document["scores"]}
    assert 0.08 < scores["as-shipped", 1] < 0.14
    assert all(scores["as-shipped", h] < scores["persistence", h] for h in (1, 2))

"""A run that draws its parameters: how far they move a probability stands wherever the probability does."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import ceil, floor
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import tomli_w

import sim
from report.test_words import words
from sim.analysis.sensitivity import sensitivities
from sim.analysis.stories import scenario_of, three
from sim.model.estimated import ESTIMATED, Estimated
from sim.output.charts.numbers import compliant
from sim.output.charts.ranking import heat, ranked
from sim.output.exports import export
from sim.output.exports.content import content_of
from sim.output.over_parameters import source_sentences
from sim.output.report.brief import brief
from sim.output.report.contents import allies_sheet
from sim.output.report.page import report
from sim.output.report.sentences import headlines, ranges_say
from sim.output.terminal import console
from sim.output.terminal.run_page import show
from sim.results.facade import Results
from sim.results.parameter_range import of_probability
from sim.results.record import ParameterDescription, Record
from sim.results.summary import alliance_line, ally_lines
from support import as_shipped, present

PATHS = 8_192
DRAWN = """title = "drawn"
[targets.core]
share_pct = 3.5
by = 2032
[targets.total]
pillar = "total"
share_pct = 5.0
by = 2032
[parameters]
use = "drawn"
"""


@pytest.fixture(scope="module")
def drawn() -> Record:
    return sim.simulate(sim.loads(DRAWN), PATHS, 2032, executor="serial").record


@pytest.fixture(scope="module")
def chances(drawn: Record) -> pd.DataFrame:
    return Results(drawn).compliance().query("year == 2032 and pillar == 'core'").set_index("iso3")


def ends(row: Any) -> tuple[int, int]:
    """The range in whole runs of 100, rounded outward."""
    return floor(100 * row.over_parameters_low), ceil(100 * row.over_parameters_high)


def subtitle(chart: Any) -> str:
    return " ".join(chart.to_dict()["title"]["subtitle"])


def marks(chart: Any, field: str) -> list[dict[str, Any]]:
    """The layers that show a field on the x axis."""
    layers = chart.to_dict()["layer"]
    return [layer for layer in layers if layer.get("encoding", {}).get("x", {}).get("field") == field]


def test_the_bar_of_a_ranking_is_the_range_over_parameters_and_says_so(drawn: Record, chances: pd.DataFrame) -> None:
    for pillar in ("core", "total"):
        chart = ranked(drawn, pillar=pillar, choose=True)
        (bar,) = marks(chart, "over_parameters_low")
        assert bar["encoding"]["x2"]["field"] == "over_parameters_high"
        assert marks(chart, "ci_low") == marks(chart, "ci_high") == []
        assert "Bar: central 90 % over the parameters drawn" in subtitle(chart)
        assert "Monte Carlo" not in subtitle(chart)
    (rows,) = (rows for rows in ranked(drawn).to_dict()["datasets"].values() if "in_brackets" in rows[0])
    assert {row["iso3"]: row["in_brackets"] for row in rows} == {
        iso3: "({}–{})".format(*ends(row)) for iso3, row in chances.iterrows()
    }
    assert "over parameters" in str(heat(drawn).to_dict())


def test_the_figures_of_a_ranking_stand_beside_the_plot_however_wide_a_page_draws_it(drawn: Record) -> None:
    """A page sets the width anew: a place in points would lie in the middle of the bars."""
    texts = [layer for layer in ranked(drawn).to_dict()["layer"] if layer["mark"]["type"] == "text"]
    assert [layer["encoding"]["x"] for layer in texts] == [{"value": "width"}] * 2


def test_a_run_that_draws_no_parameters_looks_as_before(record: Record) -> None:
    chart = ranked(record)
    assert len(marks(chart, "ci_low")) == 1
    assert marks(chart, "over_parameters_low") == []
    assert "Monte Carlo 95 % interval" in subtitle(chart)
    assert "95 % interval" in [head for head, _ in allies_sheet(record, 2032).columns]
    assert "parameters drawn" not in subtitle(compliant(record))
    assert "over parameters" not in words(brief(record, "DEU"))


def test_the_chart_of_the_number_says_what_a_pledge_kept_in_earnest_gives(drawn: Record) -> None:
    line = alliance_line(drawn, 2032)
    halves, (low, high) = present(line.halves), present(line.over_parameters)
    said = subtitle(compliant(drawn))
    assert f"By the parameters drawn {low:.0f} to {high:.0f} are expected." in said
    kept = f"In runs that keep the pledge in earnest {halves.in_earnest:.0f} are expected, in the others "
    assert f"{kept}{halves.otherwise:.0f}." in said
    assert halves.in_earnest > halves.otherwise + 2


def test_the_first_sentence_has_the_range_of_the_number_and_both_kinds_of_runs(drawn: Record) -> None:
    line = alliance_line(drawn, 2032)
    (low, high), halves = present(line.over_parameters), present(line.halves)
    first = headlines(drawn, 2032)[0]
    assert f"of 31 allies are expected ({low:.0f} to {high:.0f} by the parameters drawn) at 3.5 %" in first
    assert first.endswith(
        f"In runs that keep the pledge in earnest {halves.in_earnest:.0f} are expected, in the others "
        f"{halves.otherwise:.0f}."
    )


def test_that_many_comply_has_a_range_too(drawn: Record) -> None:
    many = present(alliance_line(drawn, 2032).many)
    found = present(many.over_parameters)
    number, paths = (drawn.counts.arrays[name] for name in ("row_number", "row_paths"))
    assert found == of_probability(number[-1, :, 20:].sum(axis=1), paths, many.probability)
    assert found.low < number[-1, :, 20:].sum() / PATHS < found.high
    (said,) = (each for each in headlines(drawn, 2032) if each.startswith("At least 20 allies"))
    assert f"({floor(100 * found.low)} to {ceil(100 * found.high)} over parameters)" in said


def test_the_table_has_the_range_in_the_place_of_the_interval(drawn: Record, chances: pd.DataFrame) -> None:
    sheet = allies_sheet(drawn, 2032)
    heads = [head for head, _ in sheet.columns]
    assert "95 % interval" not in heads
    for iso3, cells in sheet.rows:
        cell = cells[heads.index("Over parameters")]
        assert (cell.text, cell.value) == (
            "{}–{}".format(*ends(chances.loc[iso3])), chances.over_parameters_low[iso3],
        )  # fmt: skip


def test_the_page_says_where_parameters_come_from_and_monte_carlo_error_once(drawn: Record) -> None:
    text = words(report(drawn, year=2032))
    assert "each run takes one of 512 draws of the table parameter_draws" in text
    assert "The pledge is kept in earnest in 50 of 100 simulated runs" in text
    assert "one of three readings a run" in text
    assert text.count("Monte Carlo") == 1
    widest = 100 * 0.98 / PATHS**0.5
    told = re.search(r"Monte Carlo error, what another seed would change, is at most ([\d.]+) points", text)
    assert float(present(told)[1]) == pytest.approx(widest, abs=0.05)


def test_a_brief_has_the_range_beside_the_probability(drawn: Record, chances: pd.DataFrame) -> None:
    text, (low, high) = words(brief(drawn, "DEU")), ends(chances.loc["DEU"])
    figure = f"{100 * chances.probability['DEU']:.0f}"
    assert f"in {figure} of 100 simulated runs ({low} to {high} over parameters)" in text
    assert f"Runs of 100 at 3.5 % or above in 2032 {figure} ({low} to {high} over parameters), " in text
    assert text.count("Monte Carlo") == 1


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (ParameterDescription("shipped", 1, 0.0, "coasts"), "are the shipped ones. Exposure to Russia follows from"),
        (ParameterDescription("estimated", 1, 0.0, "distance"), "are those of the estimate"),
        (ParameterDescription("drawn", 512, 0.0, "drawn"), "one of 512 draws"),
        (ParameterDescription("drawn", 1_024, 0.25, "drawn"), "one of 512 draws"),
        (ParameterDescription("drawn", 1_024, 0.25, "drawn"), "kept in earnest in 25 of 100 simulated runs"),
        (ParameterDescription("shipped", 2, 1.0, "coasts"), "The pledge is kept in earnest in all runs"),
        (ParameterDescription("shipped", 1, 0.0, "sheltered_black_sea"), "one on the Black Sea counted as sheltered"),
    ],
)
def test_where_parameters_come_from_is_told_of_every_run(parameters: ParameterDescription, said: str) -> None:
    text = source_sentences(parameters)
    assert said in text
    assert ("in earnest" in text) == (parameters.in_earnest > 0)


def told(record: Record) -> str:
    """Every page of a run, in words: of the terminal, the report, the brief, the notebook's card, an export's."""
    year = 2032
    lines, line = ally_lines(record, year), alliance_line(record, year)
    page = console.page()
    with page.capture() as caught:
        show(page, record, year, lines, line, None)
    pages = [words(report(record, year=year)), words(brief(record, "DEU")), words(Results(record)._repr_html_())]
    return " ".join([" ".join(caught.get().split()), *pages, ranges_say(record, year), *read_me(record)])


def read_me(record: Record) -> list[str]:
    """The sentences that an export begins with."""
    sentences: list[str] = content_of(record, "json").facts["read_me"]
    return sentences


def a_run(text: str, paths: int = PATHS) -> Record:
    """Of a scenario that says more than DRAWN, or other things."""
    return sim.simulate(sim.loads(DRAWN + text), paths, 2032, executor="serial").record


def said_by_file(chosen: Callable[[Estimated], bool]) -> str:
    """Lines of a file that say the shipped value of some of the estimated parameters."""
    scenario, sections = sim.loads(DRAWN), dict[str, dict[str, Any]]()
    for each in filter(chosen, ESTIMATED):
        dumped = getattr(scenario, each.section).model_dump(mode="json")[each.field]
        sections.setdefault(each.section, {})[each.field] = dumped
    return tomli_w.dumps(sections)


def test_a_file_that_says_every_estimated_parameter_leaves_no_range_no_halves_and_no_draw() -> None:
    record = a_run(said_by_file(lambda each: True), 640)
    assert record.description.parameters == ParameterDescription("shipped", 1, 0.0, "drawn")
    line = alliance_line(record, 2032)
    assert (line.over_parameters, line.halves) == (None, None)
    text = told(record)
    assert "in earnest" not in text
    assert "Over parameters" not in text
    assert "draws of the table" not in text


def test_where_a_file_says_all_that_a_kept_pledge_raises_no_run_keeps_it_in_earnest() -> None:
    record = a_run(said_by_file(lambda each: each.in_earnest))
    assert record.description.parameters == ParameterDescription("drawn", 512, 0.0, "drawn")
    assert alliance_line(record, 2032).halves is None
    text = told(record)
    assert "one of 512 draws" in text
    assert "in earnest" not in text


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_range_is_over_the_pledge_only_where_some_runs_keep_it_and_others_do_not(probability: float) -> None:
    text = told(a_run(f"in_earnest = {probability}"))
    assert "over the values of the model's parameters that the figures allow." in text
    assert "whether the pledge is kept in earnest" not in text


def test_a_range_is_over_values_only_where_rows_are_drawn() -> None:
    text = DRAWN.replace('use = "drawn"', 'use = "shipped"\nin_earnest = 0.5')
    record = sim.simulate(sim.loads(text), 640, 2032, executor="serial").record
    text = told(record)
    assert "the central 90 % of the probability over whether the pledge is kept in earnest." in text
    assert "that the figures allow" not in text
    assert "The ranges over parameters hold whether the pledge is kept in earnest, and no other assumption." in text


def test_so_few_runs_that_no_range_is_shown_say_that_parameters_differ_and_how_many_would_show_it() -> None:
    few = told(a_run("", 640))
    assert "how far takes about 4,096 runs to tell" in few
    assert "The intervals on this page say what other random numbers would change." in few
    assert "The ranges over parameters hold" not in few
    assert "how far takes" not in told(a_run("", 4_096))
    assert "how far takes" not in told(sim.simulate(as_shipped(sim.loads(DRAWN)), 640, 2032).record)


def test_what_is_drawn_but_in_no_range_is_named(drawn: Record) -> None:
    """The map is drawn path by path, not row by row: a range does not hold it."""
    assert "no other assumption, not even how the map is read, which is drawn too." in told(drawn)
    assert "not even how the map" not in told(a_run('geography = "coasts"'))


def test_no_assumption_takes_a_drawn_parameter_for_the_shipped_one(drawn: Record) -> None:
    shipped = sim.simulate(as_shipped(sim.loads(DRAWN)), 320, 2032, executor="serial").record
    ends_of_rises = [
        [each for each in sensitivities(scenario_of(run), run, 2032) if each.assumption.startswith("rises end")]
        for run in (drawn, shipped)
    ]
    assert [len(found) for found in ends_of_rises] == [2, 2]
    levels = [[each.assumption.split(": at ")[1].split(" %")[0] for each in found] for found in ends_of_rises]
    assert levels == [["2.5", "4.5"], ["2", "4"]]  # the ends of the range it is drawn from; around the shipped 3


def test_the_story_of_a_run_says_which_parameters_it_took(drawn: Record) -> None:
    scenario = scenario_of(drawn)
    for story in three(scenario, drawn, 2032):
        taken = sim.replay(scenario, story.path).parameters
        kept = "" if taken.in_earnest else "not "
        assert f"In this run (parameter draw {taken.draw}, the pledge is {kept}kept in earnest) " in story.outcome


def test_a_notebook_shows_the_range_in_brackets(drawn: Record, chances: pd.DataFrame) -> None:
    said = words(Results(drawn)._repr_html_())
    figure = f"{100 * chances.probability['DEU']:.0f}"
    assert "Germany {} ({}–{})".format(figure, *ends(chances.loc["DEU"])) in said
    assert "In brackets: over parameters: the central 90 % of the probability" in said


def test_a_dataset_has_the_range_as_the_table_has(drawn: Record, chances: pd.DataFrame) -> None:
    data = Results(drawn).to_xarray()
    for end in ("low", "high"):
        found = data[f"probability_over_parameters_{end}"].sel(pillar="core", year=2032).to_series()
        expected = chances[f"over_parameters_{end}"]
        pd.testing.assert_series_equal(found[expected.index], expected, check_names=False)
    assert bool(data["probability_over_parameters_low"].sel(pillar="related").isnull().all())


def test_a_workbook_shows_the_range_between_probability_and_median(
    drawn: Record, chances: pd.DataFrame, tmp_path: Path
) -> None:
    sheet = openpyxl.load_workbook(export(drawn, "excel", tmp_path / "drawn.xlsx"))["allies by year"]
    told, header, *rows = sheet.iter_rows(values_only=True)
    years = list(drawn.description.years)
    assert list(header) == ["iso3", "ally", *years, None, *years, None, *years]
    assert told[3 + len(years)] == "Central 90 % of that probability over the parameters drawn, runs of 100"
    last = 2 + 2 * len(years)
    assert {row[0]: row[last] for row in rows if row[0] in chances.index} == {
        iso3: "{}–{}".format(*ends(row)) for iso3, row in chances.iterrows()
    }
    assert all(row[last] is None for row in rows if row[0] in ("EUC", "NATO"))


def test_an_export_says_where_parameters_come_from(drawn: Record, tmp_path: Path) -> None:
    text = " ".join((export(drawn, "csv", tmp_path / "out") / "readme.txt").read_text("utf-8").split())
    assert "Over parameters: the central 90 % of the probability over the values" in text
    assert source_sentences(drawn.description.parameters) in text

"""What the report says: figures of the run, no certainty, no verdicts."""

from __future__ import annotations

import html
import re
import shlex
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.analysis.sensitivity import Sensitivity, sensitivities
from sim.analysis.stories import RANKED_PATHS, scenario_of, three
from sim.cli.commands.report import file_of
from sim.cli.reporting import write_report
from sim.data.tables import load_tables
from sim.errors import UsageError
from sim.numerics.grid import printed, usd_cell
from sim.output.over_parameters import halves_sentence
from sim.output.report.brief import brief
from sim.output.report.contents import allies_sheet, editions_sheet
from sim.output.report.money import needed
from sim.output.report.page import report
from sim.output.report.sentences import TRACK_RECORD, headlines, sensitivity_rows, standing
from sim.results.record import Record
from sim.results.summary import alliance_line, ally_lines, expected_number
from sim.results.tables import compliance, gap
from sim.text.figures import money
from support import present


class Text(HTMLParser):
    """The words of a page that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style", "pre")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "pre")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def words(page: str) -> str:
    reader = Text()
    reader.feed(page)
    return " ".join(" ".join(reader.parts).split())


@pytest.fixture(scope="module")
def text(page: Path) -> str:
    return words(page.read_text("utf-8"))


def test_the_first_sentence_is_the_count_with_its_band(record: Record) -> None:
    line = alliance_line(record, 2032)
    assert line.counted is not None
    assert headlines(record, 2032)[0] == (
        f"{line.counted.middle:.0f} of 31 allies are expected at 3.5 % of GDP or above in 2032, between "
        f"{line.counted.q05:.0f} and {line.counted.q95:.0f} in 90 of 100 simulated runs, given the assumptions; "
        f"spent only, {present(line.counted_without).middle:.0f}. {halves_sentence(line)}"
    )


def test_the_money_stands_beside_the_count_with_its_band(record: Record) -> None:
    table = gap(record).query("year == 2032").set_index("iso3").shortfall_usd_bn_mean
    (sentence,) = (s for s in headlines(record, 2032) if "USD" in s)
    first = table.drop(["EUC", "NATO"]).nlargest(5)
    assert f"About {round(10 * first.sum() / table['NATO'])} tenths of the average fall to " in sentence
    assert f"what is spent is USD {money(table['NATO'])} bn a year short of 3.5 % in 2032" in sentence
    on_paper = gap(record).query("year == 2032").set_index("iso3").on_paper_usd_bn_mean["NATO"]
    assert sentence.endswith(f" Of it, USD {money(on_paper)} bn is closed on paper.")
    kept = sim.simulate(scenario_of(record), 2_000, 2032, keep=["spent_pct", "gdp_usd_bn"])
    short = np.maximum(350 - printed(kept.paths("spent_pct")[:, -1]), 0) * kept.paths("gdp_usd_bn")[:, -1] / 1e4
    told = re.search(r"([\d,]+) to ([\d,]+) in 90 of 100", sentence)
    assert told is not None
    cell = usd_cell(sum(entry.gdp_usd_bn for entry in record.description.allies))  # the histogram knows no less
    for number, value in zip(told.groups(), np.quantile(short.sum(axis=0), (0.05, 0.95)).tolist(), strict=True):
        assert abs(float(number.replace(",", "")) - value) <= cell + 0.5
    for iso3 in first.index:
        assert load_tables().ally(iso3).name in sentence


def test_a_proposal_is_called_one(text: str, record: Record) -> None:
    assert standing(record).count("not agreed: proposed in June 2025") == 3
    assert text.startswith("3.5 + 1.5 by 2032 (proposal of June 2025, not adopted)")


@pytest.mark.parametrize("word", ["will fail", "fails in", "free rider", " 0 of 100", " 100 of 100", "100 %", " 0 %"])
def test_nothing_is_certain_and_nobody_is_judged(text: str, word: str) -> None:
    assert word not in text


def test_the_assumption_is_named_wherever_the_total_is(text: str) -> None:
    assert "An assumption, for NATO publishes no security-related outlays: " in text
    assert "Runs at 5 % total an assumption: NATO publishes no security-related outlays" in text


def test_the_scale_of_words_is_printed_with_its_numbers(text: str) -> None:
    assert (
        "almost no chance below 5, very unlikely 5 to 20, unlikely 20 to 45, roughly even 45 to 55, likely 55 to 80"
        in text
    )


def test_the_table_has_every_ally_with_the_figures_of_the_run(record: Record) -> None:
    sheet = allies_sheet(record, 2032)
    heads = [head for head, _ in sheet.columns]
    table = compliance(record).query("year == 2032 and pillar == 'core'").set_index("iso3")
    order = [iso3 for iso3, _ in sheet.rows]
    assert sorted(order) == sorted(table.index)
    assert table.probability[order].is_monotonic_decreasing
    for iso3, cells in sheet.rows:
        assert len(cells) == len(heads)
        assert cells[heads.index("Runs at 3.5 %")].value == table.probability[iso3]
        assert cells[heads.index("Spent only")].value == table.without_late_push[iso3]


def test_what_changed_between_editions_is_the_difference_of_the_two(record: Record) -> None:
    sheet = editions_sheet(record)
    assert sheet is not None
    figures = {(row.iso3, row.edition): row.share_pct for row in load_tables().share_vintages if row.year == 2025}
    assert sheet.columns[1][0] == "Edition 2025-08"
    for iso3, cells in sheet.rows:
        assert cells[3].value == round(figures[iso3, "2026-07"] - figures[iso3, "2025-08"], 2)
    moves = [abs(cells[3].value) for _, cells in sheet.rows]
    assert moves == sorted(moves, reverse=True)
    assert editions_sheet(replace(record, manifest={**record.manifest, "data_digest": "own"})) is None


def test_three_runs_are_told_that_stand_where_they_say(record: Record) -> None:
    scenario = scenario_of(record)
    assert scenario.digest == record.manifest["scenario_digest"]
    told = three(scenario, record, 2032, "my.toml")
    kept = sim.simulate(scenario, min(record.counts.paths, RANKED_PATHS), 2032, keep=["reported_pct"]).paths(
        "reported_pct"
    )
    numbers = (printed(kept[:, -1]) >= 350).sum(axis=0)
    for story, part in zip(told, (0.05, 0.5, 0.95), strict=True):
        there, took = numbers[story.path], sim.replay(scenario, story.path, seed=2032).parameters
        assert (numbers < there).mean() <= part <= (numbers <= there).mean()
        assert story.outcome.startswith(f"In this run ({took}) {there} of 31 allies are at 3.5 % in 2032: ")
        assert story.command == f"sim replay my.toml --path {story.path} --seed 2032 --full"
        dates = [date for date, _ in story.entries]
        assert dates == sorted(dates)


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("sim run scenarios/rutte_2032.toml --out runs/x", "scenarios/rutte_2032.toml"),
        ("sim run --paths 9 'my own.toml'", "'my own.toml'"),
        ("sim run a.toml --out b.toml", "a.toml"),
        ("sim run --workers 2 rutte_2032 --out rutte_2032", "rutte_2032"),
        ("sim run a.toml --no-such-option", "SCENARIO"),
        ("sim run 'a", "SCENARIO"),
        ("python notebook.toml", "SCENARIO"),
        ("", "SCENARIO"),
    ],
)
def test_a_run_knows_the_file_that_its_command_named(record: Record, command: str, file: str) -> None:
    made = replace(record, manifest={**record.manifest, "command": command})
    assert shlex.quote(file_of(made)) == file


def test_the_command_of_a_run_in_the_report_has_its_file(record: Record, tmp_path: Path) -> None:
    write_report(record, tmp_path / "report.html", file="my own.toml")
    assert "sim replay 'my own.toml' --path " in html.unescape((tmp_path / "report.html").read_text("utf-8"))


def test_runs_of_own_tables_or_of_another_version_are_not_told(record: Record) -> None:
    with pytest.raises(UsageError, match="another version"):
        scenario_of(replace(record, manifest={**record.manifest, "scenario_digest": "0"}))
    with pytest.raises(UsageError, match="holds no scenario"):
        scenario_of(replace(record, scenario=""))


def test_a_year_that_is_not_simulated_is_refused(record: Record) -> None:
    with pytest.raises(UsageError, match="2027 to 2032"):
        report(record, year=2026)


def test_another_year_is_told_as_asked(record: Record) -> None:
    assert "in 2030" in headlines(record, 2030)[0]
    assert "The allies in 2030" in words(report(record, year=2030))
    due = "(the target falls due in 2032)"
    for year, early in ((2030, True), (2032, False)):
        assert (due in headlines(record, year)[0]) == early
        assert (due in words(brief(record, "ITA", year=year))) == early


def test_a_brief_says_what_the_target_takes(record: Record) -> None:
    (line,) = (line for line in ally_lines(record, 2032) if line.entry.iso3 == "ITA")
    core = record.description.yardstick("core")
    assert core is not None
    take, gdp = needed(record, line.entry, core, 2032), load_tables().gdp_row
    assert take.rise_pct == pytest.approx(3.5 - 2.10)
    assert take.step_pct == pytest.approx(1.4 / 6)
    assert take.base_usd_bn == pytest.approx(0.014 * present(gdp("ITA", 2026)).nominal_usd_bn)
    assert (take.nominal_year, take.spending_year) == (2031, 2031)
    assert take.nominal_usd_bn == pytest.approx(0.014 * present(gdp("ITA", 2031)).nominal_usd_bn)
    real = present(gdp("ITA", 2026)).nominal_usd_bn
    for year in range(2027, 2032):
        real *= 1 + present(gdp("ITA", year)).growth_pct / 100
    assert take.current_usd_bn == pytest.approx(take.expected_usd_bn * present(gdp("ITA", 2031)).nominal_usd_bn / real)
    assert take.current_year == 2031
    assert [(year, round(step, 2)) for year, step in take.past_steps_pct] == [(2024, 0.06), (2025, 0.57), (2026, 0.01)]
    assert take.of_spending_pct == pytest.approx(350 / present(gdp("ITA", 2031)).gov_spending_pct)
    told = words(brief(record, "ITA"))
    for part in (
        "+0.23 points, 1.40 in all",
        "USD 38 bn a year",
        "Cut-off 2026-07-03",
        "spent only, in",
    ):
        assert part in told


def test_an_ally_already_there_needs_no_rise(record: Record) -> None:
    told = words(brief(record, "LTU"))
    assert "needed to" not in told
    assert "Expected shortfall of what is spent in 2032" in told
    assert "How often" not in told
    assert "How often such a rise has been seen A rise of 1.40 points or more between years 6 apart" in words(
        brief(record, "ITA")
    )
    assert re.search(r"Lithuania is at 3.5 % or above in 2032 in more than 99 of 100 simulated runs", told)


def test_what_it_says_of_its_record_is_what_the_track_record_found() -> None:
    page = (Path(__file__).parents[2] / "docs" / "track-record.md").read_text("utf-8")
    assert "its 90 % band in 41 of 50 (out-of-sample)" in page
    assert "Its 90 % bands hold .89 to .93 of the shares" in page
    assert "It loses to the straight line 1 year ahead by the score of the number of allies at 2 %." in page
    assert "41 of 50" in TRACK_RECORD[0]
    assert ".89 to .93" in TRACK_RECORD[0]
    assert "no simple baseline did better" in TRACK_RECORD[1]
    assert "on how many do, the straight line did a year ahead" in TRACK_RECORD[1]
    slope = float(re.findall(r"as scored: everything drawn \|.*\| ([\d.]+) \|\n", page)[0])
    decisions = (Path(__file__).parents[2] / "docs" / "model" / "decisions.md").read_text("utf-8")
    low, high = map(float, re.findall(r"would lie between ([\d.]+) and\s+([\d.]+) in 9 of 10 pasts", decisions)[0])
    assert ("look timid" in TRACK_RECORD[1]) == (slope > 1)
    assert ("no more than chance" in TRACK_RECORD[1]) == (low <= slope <= high)
    other = (Path(__file__).parents[2] / "docs" / "sipri-hindcast.md").read_text("utf-8")
    assert "The model loses to the best of ten simple baselines at every distance" in other
    assert "At every distance its medians lie above what came" in other
    assert "it lost to the best simple baseline at every distance" in TRACK_RECORD[2]
    assert "its medians lay too high" in TRACK_RECORD[2]


def test_sensitivities_are_runs_with_one_assumption_otherwise(record: Record) -> None:
    scenario = scenario_of(record)
    found = {each.assumption: each.expected for each in sensitivities(scenario, record, 2032)}
    usual = expected_number(record, 2032)
    assert found.pop("as in this run") == usual
    halved = sim.simulate(scenario.with_urgency(0.5), 2_000, 2032).record
    assert found["if governments felt half as threatened"] == expected_number(halved, 2032)
    assert (
        found["nothing is closed on paper"] == expected_number(record, 2032, "core_without_late_push")
        or found["nothing is closed on paper"] < usual
    )
    ends = {words: value for words, value in found.items() if words.startswith("rises end")}
    sooner, later = ends.values()
    assert sooner < usual < later
    assert sensitivity_rows([Sensitivity("x", 9.94)], record) == [("x", "10")]


def test_a_headroom_that_is_drawn_is_held_at_the_ends_of_its_range() -> None:
    text = '[targets.core]\nshare_pct = 3.5\nby = 2029\n[parameters]\nuse = "drawn"\n'
    scenario = sim.loads(text)
    found = sensitivities(scenario, sim.simulate(scenario, 640, executor="serial").record, 2029)
    usual, _, sooner, later, *_ = (each.expected for each in found)
    assert sooner < usual < later
    assert [each.assumption.split(":")[1].split(" %")[0] for each in found[2:4]] == [" at 2.5", " at 4.5"]
    low = sim.simulate(sim.loads(f"{text}[budget]\nheadroom_pct = 2.5\n"), 640, executor="serial").record
    assert sooner == expected_number(low, 2029)


def test_what_was_closed_on_paper_in_2025_is_read_from_the_scenario() -> None:
    def assumptions(reach: str) -> list[str]:
        scenario = sim.loads(
            f"[targets.core]\nshare_pct = 3.5\nby = 2029\n[outturn]\nlate_push_reach_2025_pct = {reach}\n"
        )
        record = sim.simulate(scenario, 16, executor="serial").record
        return [each.assumption for each in sensitivities(scenario, record, 2029)]

    assert "as much is closed on paper as in 2025: up to 0.5 points" in assumptions("0.5")
    assert "as much is closed on paper as in 2025" in assumptions("{ uniform = { low = 0.1, high = 0.9 } }")
    assert not any("as in 2025" in each for each in assumptions("0.4"))


def test_a_share_set_by_the_scenario_is_not_called_published(record: Record) -> None:
    scenario = sim.loads(
        "[targets.core]\nshare_pct = 3.5\nby = 2028\n[ally.ITA]\nshare_pct = 1.0\n[horizon]\nlast_year = 2028"
    )
    made = sim.simulate(scenario, 64, 1).record
    told = words(brief(made, "ITA"))
    assert "Share in 2026, set by the scenario 1.00 % of GDP" in told
    assert "Italy is set by the scenario at 1.00 % of GDP in 2026" in brief(made, "ITA")
    sheet = dict(allies_sheet(made, 2028).rows)
    assert (sheet["ITA"][1].text, sheet["FRA"][1].text) == ("1.00s", "2.22e")


def test_a_brief_of_nobody_is_refused(record: Record) -> None:
    with pytest.raises(UsageError, match="no ally ISL"):
        brief(record, "ISL")


def test_a_target_that_is_not_yet_due_stands_apart_from_one_that_is_met() -> None:
    scenario = sim.load(Path(__file__).parents[2] / "scenarios" / "hague_2035_review.toml")
    record = sim.simulate(scenario, 400, 2032, executor="serial").record
    chance = next(line for line in ally_lines(record, 2035) if line.entry.iso3 == "ESP").chances["core"]
    sheet = allies_sheet(record, 2035)
    heads = [head for head, _ in sheet.columns]
    assert "As moved" not in heads, "the review moves the date only"
    (cells,) = (cells for iso3, cells in sheet.rows if iso3 == "ESP")
    assert len(cells) == len(heads)
    assert cells[heads.index("Not yet due")].value == chance.not_yet_due > 0.25 > 0.1 > chance.in_force
    said = words(brief(record, "ESP", year=2035))
    told = cells[heads.index("Not yet due")].text
    assert f"Not met, but the date was put off {told} of 100" in said
    assert f" In {told.replace('~', 'about ')} the target is not met, but its date was put off." in said

"""Targets that bind few allies, and those that rest on an assumption: what pages say of their numbers."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

import pytest

import sim
from report.test_words import words
from sim.analysis.sensitivity import sensitivities
from sim.analysis.stories import scenario_of
from sim.output.charts.numbers import compliant
from sim.output.report.brief import brief
from sim.output.report.contents import allies_sheet
from sim.output.report.page import report
from sim.output.report.sentences import headlines
from sim.results.record import Record
from sim.results.summary import alliance_line

HEAD = 'title = "few"\n[horizon]\nlast_year = 2028\n'
FIVE = ("EST", "LVA", "DEU", "FRA", "USA")
QUANTILES = re.compile(r"between (\S+) and (\S+) in 90 of 100|[Bb]etween (\S+) and (\S+) of \d+ all")


def aim(pillar: str, share: float, members: Sequence[str] = ()) -> str:
    whom = f"members = {list(members)}\n" if members else ""
    return f'[targets.{pillar}]\npillar = "{pillar}"\nshare_pct = {share}\nby = 2028\n{whom}'


def run(*aims: str, paths: int = 200) -> Record:
    return sim.simulate(sim.loads(HEAD + "".join(aims)), paths, 1, executor="serial").record


@pytest.fixture(scope="module")
def five() -> Record:
    return run(aim("core", 3.5, FIVE), aim("related", 1.5, ("EST", "ITA", "CAN")), aim("total", 5))


@pytest.mark.parametrize(("members", "share"), [(("DEU",), 3.0), (("BEL",), 6.0), (("POL",), 3.0), ((), 20.0)])
def test_a_quantile_of_a_number_of_allies_is_a_number_of_allies(members: Sequence[str], share: float) -> None:
    record = run(aim("core", share, members), aim("related", 4, members), aim("total", 20, members))
    line = alliance_line(record, 2028)
    assert line.counted is not None
    ends = (f"{line.counted.q05:.0f}", f"{line.counted.q95:.0f}")
    said = " ".join(headlines(record, 2028))
    assert f"between {ends[0]} and {ends[1]} in 90 of 100" in said
    pictured = str(compliant(record).to_dict()["description"])
    assert pictured.startswith(f"Between {ends[0]} and {ends[1]} of ")
    for text in (said, pictured):
        found = [end for ends in QUANTILES.findall(text) for end in ends if end]
        assert found
        assert all(end.isdigit() for end in found if "." not in end or "%" in end), text
    for band in re.findall(r"(\S+) to (\S+) in 90 of 100 simulated runs(?=[;.])", said.split("An assumption")[1]):
        assert all(end.isdigit() for end in band)


def test_an_expected_number_of_few_allies_has_a_tenth(five: Record) -> None:
    one = run(aim("core", 3.5, ("POL",)))
    expected = alliance_line(one, 2028).counted
    assert expected is not None
    said = headlines(one, 2028)[0]
    assert not said.startswith((">0 ", "<1 "))
    assert re.match(r"(>0\.9|\d\.\d) of the 1 ally that the core target binds are expected", said)
    assert re.match(r"\d\.\d of the 5 allies that the core target binds are expected", headlines(five, 2028)[0])


def test_the_report_of_a_target_out_of_reach_claims_no_move() -> None:
    record = run(aim("core", 20))
    page = words(report(record, sensitivities=sensitivities(scenario_of(record), record, 2028)))
    assert "none of these moves it by a tenth of an ally" in page
    assert "move the expected number of allies further" not in page


def test_the_security_related_target_is_shown_wherever_it_is_measured(five: Record) -> None:
    chance = "of 100 simulated runs"
    assert re.search(rf"Security-related 1.5 % \(assumption\) [^–]*?{chance}", words(brief(five, "ITA")))
    assert "Security-related 1.5 % (assumption) –" in words(brief(five, "DEU"))
    assert "Total 5 % (assumption)" in words(brief(five, "DEU"))
    sheet = allies_sheet(five, 2028)
    heads = [head for head, _ in sheet.columns]
    place, rows = heads.index("Runs at 1.5 % security-related"), dict(sheet.rows)
    assert sheet.columns[place][1].startswith("an assumption")
    assert rows["DEU"][place].text == "–" != rows["ITA"][place].text
    assert all(len(cells) == len(heads) for cells in rows.values())
    assumed = headlines(five, 2028)[-1]
    assert assumed.startswith("An assumption, for NATO publishes no security-related outlays: ")
    assert "of the 3 allies that this target binds are expected at 1.5 % of GDP for security-related items" in assumed
    assert "are expected at 5 % in total" in assumed
    page = html.unescape(report(five))
    assert 'data-chart="related"' in page
    assert 'data-chart="total"' in page


def test_headlines_are_at_most_six(record: Record, five: Record) -> None:
    assert max(len(headlines(each, each.description.years[-1])) for each in (record, five)) <= 6

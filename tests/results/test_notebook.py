"""What a notebook shows of a scenario and of a run: only tags of ours, every user's text as text, honest digits."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.results.summary import ally_lines
from sim.text.escaping import printable
from sim.text.markup import text
from sim.text.probabilities import percent

OURS = {"div", "strong", "small", "table", "tbody", "tr", "td"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</div></td></table><style>*{display:none}</style>",
    "&lt;b&gt; & <!-- <b> -->",
    "line\nbreak \x1b[31m \u202e",
]


class Seen(HTMLParser):
    """The tags, attributes and words of a piece of HTML; fails on a tag that is left open or closed twice."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: set[tuple[str, str | None]] = set()
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= set(attrs)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def told(scenario_or_results: object) -> Seen:
    return Seen(scenario_or_results._repr_html_())  # type: ignore[attr-defined]


def named(results: sim.Results, words: str) -> sim.Results:
    """The same run with a user's words wherever a user's words can stand."""
    description = results.record.description
    stated = tuple(replace(each, agreed=words) for each in description.yardsticks)
    allies = tuple(replace(entry, name=words) for entry in description.allies)
    changed = replace(description, title=words, yardsticks=stated, allies=allies)
    return sim.Results(replace(results.record, description=changed))


def test_a_scenario_says_what_it_is_measured_against(rutte: sim.Scenario) -> None:
    words = told(rutte).words
    assert words == [
        "3.5 + 1.5 by 2032 (proposal of June 2025, not adopted)",
        "core 3.5 % of GDP by 2032 (not agreed: proposed in June 2025)",
        "related 1.5 % of GDP by 2032 (not agreed: proposed in June 2025)",
        "total 5 % of GDP by 2032 (not agreed: proposed in June 2025)",
        "2027–2032, 100,000 paths, seed 2032",
    ]


def test_a_run_shows_every_ally_with_the_digits_of_the_printed_table(rutte_results: sim.Results) -> None:
    seen = told(rutte_results)
    shown = dict(zip(seen.words[5:-1:2], seen.words[6:-1:2], strict=True))
    chances = {line.entry.name: line.chances["core"] for line in ally_lines(rutte_results.record, 2032)}
    assert len(shown) == 31
    assert shown == {name: percent(each.probability, each.ci_low, each.ci_high) for name, each in chances.items()}
    assert shown["Estonia"] == ">99"
    assert "4,000 simulated runs" in seen.words[4]


def test_no_probability_is_0_or_100(rutte: sim.Scenario) -> None:
    few = told(sim.simulate(rutte, paths=16, seed=1, executor="serial"))
    assert not {"0", "100", "~0", "~100"} & set(few.words)


def test_a_run_without_a_core_target_says_so() -> None:
    scenario = sim.loads('title = "no target"\n[horizon]\nlast_year = 2028\n')
    seen = told(sim.simulate(scenario, paths=16, executor="serial"))
    assert "No target: nothing to comply with." in seen.words
    assert "table" not in seen.tags


def test_a_target_of_some_shows_those_it_binds_first_and_a_dash_for_the_others() -> None:
    scenario = sim.loads(
        'title = "two"\n[horizon]\nlast_year = 2028\n'
        '[targets.core]\nshare_pct = 2.0\nby = 2028\nmembers = ["ITA", "ESP"]\n'
    )
    seen = told(sim.simulate(scenario, paths=16, executor="serial"))
    assert seen.tags["tr"] == 31
    assert seen.words.count("–") == 29
    assert {"Italy", "Spain"} == set(seen.words[3:7]) & {"Italy", "Spain"}


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(rutte: sim.Scenario, rutte_results: sim.Results, words: str) -> None:
    targets = {name: target.model_copy(update={"agreed": words}) for name, target in rutte.targets.items()}
    scenario = rutte.model_copy(update={"title": words, "targets": targets})
    shown = printable(words)
    for usual, seen in ((rutte, told(scenario)), (rutte_results, told(named(rutte_results, words)))):
        assert seen.tags == told(usual).tags
        assert seen.attributes == told(usual).attributes
        assert shown.strip() in seen.words
        assert any(f"({shown})" in line for line in seen.words)


@given(st.text(st.sampled_from("<>&\"'/!-ab \n\0")) | st.text())
@settings(max_examples=300)
def test_any_text_is_one_text(words: str) -> None:
    seen = Seen(f"<div>{text(words)}</div>")
    assert seen.tags == {"div": 1}
    assert all(char.isprintable() for char in "".join(seen.words))


def test_nothing_is_fetched_and_no_style_leaks(rutte: sim.Scenario, rutte_results: sim.Results) -> None:
    for seen in (told(rutte), told(rutte_results)):
        assert set(seen.tags) <= OURS
        assert {name for name, _ in seen.attributes} == {"style"}
        for _, style in seen.attributes:
            assert style is not None
            assert "url" not in style
            assert "color:" not in style, "the notebook's own colours"


def test_it_is_small(rutte_results: sim.Results) -> None:
    assert len(rutte_results._repr_html_()) < 10_000


def test_the_reader_sees_a_foreign_tag() -> None:
    """The control: words that are not escaped are seen as tags, and so is a tag left open."""
    assert Seen(f"<div>{HOSTILE[0]}</div>").tags["script"] == 1
    with pytest.raises(AssertionError):
        Seen("<div><b></div>")

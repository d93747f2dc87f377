"""In what two scenarios differ: every kind of change once, nothing else, and the same from what a saved run carries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from properties.making import SHIPPED, holds_for, made, shipped
from sim.scenario.edit.compare import Difference, differences, in_words

BASE = """
title = "Base"
[targets.core]
share_pct = 3.5
by = 2032
[targets.total]
pillar = "total"
share_pct = 5.0
by = 2032
[ally.FRA]
debt_pct = 110.0
[[event]]
name = "talks"
kind = "detente"
when = "2028-05"
factor = 0.5
"""
FRA = "[ally.FRA]\ndebt_pct = 110.0\n"
TALKS = '[[event]]\nname = "talks"\nkind = "detente"\nwhen = "2028-05"\nfactor = 0.5\n'
DRAWN = "drawn"
CRISIS = '[[event]]\nname = "alarm"\nkind = "crisis"\nwhen = "2029-01"\nsize = { exponential = { mean = 0.7 } }\n'


def changed(old: str, new: str) -> list[tuple[str, str, str, str]]:
    assert old in BASE
    found = differences(sim.loads(BASE), sim.loads(BASE.replace(old, new)))
    return [(each.path, each.change, each.value_before, each.value_after) for each in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("by = 2032\n[targets.total]", "by = 2031\n[targets.total]", ("targets.core.by", "changed", "2032", "2031")),
        (FRA, FRA + "[will]\nmean = 0.5\n", ("will.mean", "changed", DRAWN, "0.5")),
        (FRA, FRA + "[will]\nmean = { normal = { mean = 1.5, sd = 1.0 } }\n",
         ("will.mean", "changed", DRAWN, "normal(mean = 1.5, sd = 1)")),
        (FRA, FRA + "[outturn]\nlate_push = false\n", ("outturn.late_push", "changed", "yes", "no")),
        (FRA, FRA + "[growth]\nsd_pct = 2.0\n", ("growth.sd_pct", "added", "not set", "2")),
        (FRA, FRA + "[horizon]\nlast_year = 2034\n", ("horizon.last_year", "changed", "2032", "2034")),
        (FRA, "", ("ally.FRA.debt_pct", "removed", "110", "not set")),
        (FRA, FRA + "[ally.ITA.will]\nmean = 1.0\n", ("ally.ITA.will.mean", "added", "not set", "1")),
        (FRA, FRA + "[ally.NOR.will]\nearly_election_rate = 0.1\n",
         ("ally.NOR.will.early_election_rate", "changed", "0", "0.1")),
        (TALKS, "", ("event[talks]", "removed", "kind = detente, when = 2028-05, probability = 1, factor = 0.5",
                     "not set")),
        (TALKS, TALKS + CRISIS, ("event[alarm]", "added", "not set",
                                 "kind = crisis, when = 2029-01, probability = 1, size = exponential(mean = 0.7)")),
        ("factor = 0.5", "factor = 0.7", ("event[talks].factor", "changed", "0.5", "0.7")),
        ('when = "2028-05"', 'when = "2028-06"', ("event[talks].when", "changed", "2028-05", "2028-06")),
        (TALKS, TALKS + '[[event]]\nname = "crisis"\nrate = 0.14\n', ("event[crisis].rate", "changed", "0.07", "0.14")),
        ("[targets.total]\n", '[targets.related]\npillar = "related"\nshare_pct = 1.5\nby = 2032\n[targets.total]\n',
         ("targets.related", "added", "not set", "pillar = related, share_pct = 1.5, by = 2032, commitment = 1")),
        ("share_pct = 3.5\n", 'share_pct = 3.5\nmembers = ["ITA", "FRA"]\n',
         ("targets.core.members", "added", "not set", "ITA, FRA")),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_found_alone(old: str, new: str, expected: tuple[str, ...]) -> None:
    assert changed(old, new) == [expected]


def test_one_distribution_for_another_is_one_change() -> None:
    (found,) = changed(FRA, FRA + "[will]\nmean = { uniform = { low = 0.0, high = 1.0 } }\n")
    assert found == ("will.mean", "changed", DRAWN, "uniform(low = 0, high = 1)")


def test_an_event_of_another_kind_keeps_its_name() -> None:
    found = changed('kind = "detente"\nwhen = "2028-05"\nfactor = 0.5', 'kind = "crisis"\nwhen = "2028-05"\nsize = 0.5')
    assert found == [
        ("event[talks].kind", "changed", "detente", "crisis"),
        ("event[talks].factor", "removed", "0.5", "not set"),
        ("event[talks].size", "added", "not set", "0.5"),
    ]


def test_names_sources_and_the_size_of_a_run_are_no_difference() -> None:
    text = BASE.replace('"Base"', '"Other"\nsource = "x"\ndescription = "y"\nrun = { paths = 7, seed = 7 }')
    assert differences(sim.loads(BASE), sim.loads(text)) == ()


def test_what_a_file_inherits_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(BASE)
    (tmp_path / "on_top.toml").write_text('extends = "base.toml"\n[will]\npeer = 0.1\n')
    (tmp_path / "above.toml").write_text('extends = "on_top.toml"\n[will]\nreversion = 0.2\n')
    base, above = sim.load(tmp_path / "base.toml"), sim.load(tmp_path / "above.toml")
    assert [each.path for each in differences(base, above)] == ["will.reversion", "will.peer"]


def test_tables_of_ones_own_differ_by_name_and_by_contents(tmp_path: Path) -> None:
    table = (Path(sim.__file__).parent / "data" / "tables" / "geography.csv").read_text("utf-8")
    scenarios = []
    for folder, text in (("one", table), ("two", table + "\n")):
        place = tmp_path / folder
        place.mkdir()
        (place / "own.csv").write_text(text, encoding="utf-8")
        (place / "s.toml").write_text(BASE + '[data]\ngeography = "own.csv"\n')
        scenarios.append(sim.load(place / "s.toml"))
    (named,) = differences(sim.loads(BASE), scenarios[0])
    assert (named.path, named.change, named.value_after) == ("data.geography", "added", "own.csv")
    (contents,) = differences(*scenarios)
    assert contents.path == "data.geography"
    assert contents.value_before.startswith("own.csv (sha256 ")
    assert contents.value_before != contents.value_after


@holds_for(30, 500, one=made(), other=made())
def test_none_is_found_exactly_where_nothing_is_otherwise(one: sim.Scenario, other: sim.Scenario) -> None:
    assert differences(one, one) == ()
    assert (differences(one, other) == ()) == (_stated(one.canonical()) == _stated(other.canonical()))


def test_an_empty_table_says_nothing() -> None:
    assert differences(sim.loads(BASE), sim.loads(BASE + "[ally.ITA.will]\n")) == ()


def _stated(value: object) -> object:
    """A dump without what has no value."""
    if isinstance(value, dict):
        return {key: inner for key, inner in ((key, _stated(each)) for key, each in value.items()) if inner is not None
                and inner != {}}  # fmt: skip
    return [_stated(each) for each in value] if isinstance(value, list) else value


@holds_for(30, 500, one=made(), other=made())
def test_exchanging_the_scenarios_exchanges_the_values(one: sim.Scenario, other: sim.Scenario) -> None:
    back = {Difference(each.path, each.after, each.before) for each in _frozen(differences(other, one))}
    assert set(_frozen(differences(one, other))) == back


@holds_for(20, 200, one=made(), other=made())
def test_a_saved_run_says_the_same(one: sim.Scenario, other: sim.Scenario) -> None:
    texts = [json.dumps(each.canonical()) for each in (one, other)]
    assert _frozen(differences(*texts)) == _frozen(differences(one, other))
    assert _frozen(differences(one, texts[1])) == _frozen(differences(one, other))


def test_the_record_of_a_run_carries_what_is_needed(tmp_path: Path) -> None:
    scenario = shipped("russian_offensive")
    sim.simulate(scenario, paths=16, executor="serial").save(tmp_path / "run")
    text = sim.Results.open(tmp_path / "run").record.scenario
    assert differences(scenario, text) == ()
    assert [each.change for each in differences(shipped("rutte_2032"), text)] == ["added"]


@pytest.mark.parametrize("name", SHIPPED)
def test_values_of_the_shipped_scenarios_read_well(name: str) -> None:
    for each in differences(sim.loads(""), shipped(name)):
        for words in (each.value_before, each.value_after):
            assert words
            assert not {"{", "}", "None", "True", "False"} & set(words.replace(",", " ").split())


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.1, "0.1"), (3.0, "3"), (1e-7, "1e-07"), (2032, "2032"), (True, "yes"), (None, "not set"), ([], "none"),
     ({"gamma": {"shape": 2.0, "mean": 0.5}}, "gamma(shape = 2, mean = 0.5)"),
     ({"a": 1, "points": [2.0, {"year": 2030}], "b": None}, "a = 1, points = [2, year = 2030]")],
)  # fmt: skip
def test_values_in_words(value: object, words: str) -> None:
    assert in_words(value) == words


def _frozen(found: tuple[Difference, ...]) -> list[Difference]:
    """Values as text, so that they can stand in a set."""
    return [Difference(each.path, *(v and json.dumps(v) for v in (each.before, each.after))) for each in found]

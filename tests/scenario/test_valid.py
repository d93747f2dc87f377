"""Files that must load, what they must say, and the way back to a text."""

from pathlib import Path
from typing import Any

import pytest

from sim.distributions.families import FAMILIES, Beta, Exponential, Family, Normal, Uniform
from sim.errors import UsageError
from sim.model.events.crisis import Crisis
from sim.model.events.shock import Shock
from sim.scenario import Scenario, dump, load, loads
from sim.scenario.loading.checks.keys import EVENTS
from sim.scenario.loading.load import reload
from support import present

ROOT = Path(__file__).parent.parent.parent
VALID = ROOT / "tests" / "scenarios" / "valid"
SHIPPED = sorted((ROOT / "scenarios").glob("*.toml"))
FILES = sorted(VALID.glob("*.toml")) + SHIPPED


def event(scenario: Scenario, name: str) -> Any:
    (found,) = (event for event in scenario.event if event.name == name)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_text_of_a_scenario_gives_it_back(file: Path) -> None:
    """load and dump are inverse; nothing is left of what the file extends."""
    scenario = load(file)
    again = reload(dump(scenario), scenario.replacements)
    assert again == scenario
    assert again.digest == scenario.digest
    assert dump(again) == dump(scenario)
    assert scenario.extends is None


def test_dump_refuses_what_no_file_describes() -> None:
    with pytest.raises(UsageError, match="no file describes"):
        dump(Scenario())


def test_a_digest_differs_where_the_scenario_does() -> None:
    digests = {load(file).digest for file in FILES}
    assert len(digests) > len(FILES) - 4  # base year and texts alone do not make another
    assert loads("title = 'x'").digest == loads("").digest
    assert loads("will.peer = 0.1").digest != loads("").digest


def test_defaults_are_below_everything() -> None:
    scenario = load(VALID / "nothing.toml")
    assert [event.name for event in scenario.event] == ["us_retrenchment", "crisis", "detente"]
    assert scenario.ally["USA"].commitment == 0.3
    assert scenario.ally["USA"].outturn.late_push is False
    assert scenario.will.mean == Normal(mean=0.3, sd=1.0)


def test_complete() -> None:
    scenario = load(VALID / "complete.toml")
    assert (scenario.horizon.base_year, scenario.horizon.last_year) == (2025, 2034)
    assert (scenario.run.paths, scenario.run.seed) == (1000, 7)
    assert scenario.targets["regional"].members == ("EST", "LVA", "LTU")
    assert scenario.yardstick("core") == scenario.targets["core"]
    assert scenario.urgency.level == 1.0
    assert scenario.ally["DEU"].debt_pct == 65.0
    assert scenario.of_ally("FRA", scenario.budget).speed == 0.02
    assert scenario.of_ally("DEU", scenario.will).peer == -0.05


def test_every_kind_and_every_family_is_there() -> None:
    assert {event.kind for event in load(VALID / "every_event.toml").event} == set(EVENTS)
    families = load(VALID / "every_family.toml")
    found = [value for part in (families.growth, families.urgency, families.will, families.outturn, families.related)
             for _, value in part]  # fmt: skip
    found += [event(families, "crisis").size]
    assert {value.key for value in found if isinstance(value, Family)} == set(FAMILIES)


def test_tables_merge_by_key_and_events_by_name() -> None:
    child = load(VALID / "child.toml")
    assert (child.title, child.description) == ("Child", None)
    assert child.targets["core"].model_dump(include={"share_pct", "by"}) == {"share_pct": 3.0, "by": 2032}
    assert child.will.mean == Uniform(low=-1.0, high=1.0)  # a distribution is replaced, never mixed
    assert child.will.peer == 0.1
    assert child.of_ally("DEU", child.will).mean == 1.0
    assert child.of_ally("DEU", child.will).peer == 0.0
    war = event(child, "war")
    assert (war.kind, war.when, war.size) == ("crisis", "2028-05", 2.0)


def test_extending_goes_on() -> None:
    grandchild = load(VALID / "grandchild.toml")
    assert list(grandchild.targets) == ["core", "related"]
    assert grandchild.ally["DEU"].will.mean == Normal(mean=1.0, sd=0.1)
    assert grandchild.horizon.last_year == 2033
    assert [event.name for event in grandchild.event][3:] == ["war", "peace"]


def test_a_date_takes_the_place_of_a_rate_and_back() -> None:
    dated = event(load(VALID / "dated_default.toml"), "crisis")
    assert (dated.when, dated.rate, dated.probability) == ("2029-03", None, 0.4)
    again = event(load(VALID / "random_again.toml"), "crisis")
    assert (again.when, again.rate, again.probability, again.size) == (None, 0.2, 1.0, 2.0)


def test_another_kind_replaces_the_event_whole() -> None:
    changed = event(load(VALID / "another_kind.toml"), "crisis")
    assert isinstance(changed, Shock)
    assert (changed.title, changed.rate) == (None, None)


@pytest.mark.parametrize("name", ["us_retrenchment", "crisis", "detente"])
def test_a_default_event_that_lost_its_title_is_dumped_without_it(name: str, tmp_path: Path) -> None:
    """Replaced by another kind, then again by its own: the text must not inherit what the scenario has not."""
    between = "shock" if name == "crisis" else "crisis"
    (tmp_path / "a.toml").write_text(f'[[event]]\nname = "{name}"\nkind = "{between}"\n')
    (tmp_path / "b.toml").write_text(f'extends = "a.toml"\n[[event]]\nname = "{name}"\nkind = "{name}"\nrate = 1\n')
    scenario = load(tmp_path / "b.toml")
    assert event(scenario, name).title is None
    assert loads(dump(scenario)) == scenario


def test_an_empty_title_of_an_event_is_none() -> None:
    scenario = loads('[[event]]\nname = "crisis"\ntitle = ""\n')
    assert event(scenario, "crisis").title is None
    assert event(scenario, "crisis").label == "Crisis"
    assert loads(dump(scenario)) == scenario


def test_the_order_of_the_file_does_not_matter_to_the_digest() -> None:
    war = '[[event]]\nname = "war"\nkind = "crisis"\nwhen = "2028-05"\n'
    peace = '[[event]]\nname = "peace"\nkind = "detente"\nrate = 0.1\n'
    ally = "[ally.FRA]\ndebt_pct = 100\n[ally.DEU]\ndebt_pct = 50\n"
    other = "[ally.DEU]\ndebt_pct = 50\n[ally.FRA]\ndebt_pct = 100\n"
    assert loads(war + peace + ally).digest == loads(other + peace + war).digest


def test_spellings() -> None:
    scenario = load(VALID / "spellings.toml")
    assert scenario.title == "single # quotes"
    assert scenario.description == 'three single quotes: """ inside\n'
    assert scenario.source == "three double quotes é # no comment"
    assert scenario.ally["DEU"].will.mean == 1.0
    assert scenario.ally["FRA"].will.mean == 1.0
    assert isinstance(event(scenario, "war"), Crisis)
    assert load(VALID / "windows.toml").will.peer == 0.1


def test_own_tables() -> None:
    scenario = load(VALID / "own_table.toml")
    assert set(scenario.replacements) == {"pledges", "early_elections"}
    assert scenario.replacements["pledges"].file == "own_pledges.csv"
    assert scenario.replacements["pledges"].text.startswith("iso3,target_pct")
    assert scenario.digest != load(VALID / "nothing.toml").digest


def test_distributions_keep_their_numbers() -> None:
    scenario = load(VALID / "every_family.toml")
    assert scenario.outturn.execution == Beta(a=8.0, b=2.0, low=0.2, high=1.1)
    assert scenario.related.start == Exponential(mean=0.9)
    assert scenario.will.mean.shape == ("scipy:skewnorm", (("a", 4.0),))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_scenario_says_what_it_is(file: Path) -> None:
    """Title, source and a paragraph; a comment at least; a yardstick of the core pillar."""
    scenario = load(file)
    assert scenario.title != "untitled"
    assert scenario.source
    assert "//" not in scenario.source
    assert len(scenario.description) > 150
    assert "#" in file.read_text(encoding="utf-8")
    assert scenario.yardstick("core") is not None


def test_shipped_scenarios() -> None:
    """The numbers that their names promise."""
    shipped = {file.stem: load(file) for file in SHIPPED}
    assert set(shipped) == {
        "rutte_2032", "hague_2035", "hague_2035_review", "us_five_percent_now", "no_new_pledge", "russian_offensive",
        "ceasefire", "us_retrenchment", "recession", "wales_2014",
    }  # fmt: skip
    rutte = shipped["rutte_2032"]
    assert "proposal of June 2025, not adopted" in rutte.title
    pillars = {name: (target.pillar, target.share_pct, target.by) for name, target in rutte.targets.items()}
    assert pillars == {"core": ("core", 3.5, 2032), "related": ("related", 1.5, 2032), "total": ("total", 5.0, 2032)}
    assert (rutte.horizon.last_year, rutte.run.paths, rutte.run.seed) == (2032, 100_000, 2032)
    hague, review = shipped["hague_2035"], shipped["hague_2035_review"]
    assert event(hague, "review_2029").probability == 0.0
    assert "probability = 0.0" in (ROOT / "scenarios" / "hague_2035.toml").read_text(encoding="utf-8")
    assert (event(review, "review_2029").probability, event(review, "review_2029").years_later) == (0.35, 3)
    demand = shipped["us_five_percent_now"]
    assert demand.yardstick("core") == demand.targets["demand"]
    assert (demand.targets["demand"].commitment, demand.targets["core"].commitment) == (0.3, 1.0)
    nothing = shipped["no_new_pledge"]
    assert present(nothing.yardstick("core")).commitment == 0.0
    assert not nothing.budget.pledges
    assert not nothing.budget.announced_paths
    offensive = event(shipped["russian_offensive"], "russian_offensive")
    assert (offensive.when, offensive.size) == ("2028-05", 1.5)
    wales = shipped["wales_2014"]
    assert [event(wales, name).rate for name in ("crisis", "us_retrenchment", "detente")] == [0.0, 0.0, 0.0]
    assert event(wales, "invasion_of_ukraine").when == "2022-02"

"""Order and names move no number; what one ally has of its own reaches the others through the peers' average only."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
from hypothesis import strategies as st

import sim
from properties.making import Table, everywhere, holds_for, loaded, made, run, seeds, shipped, tables, tables_of
from reference.scenarios import ALLIES, COMMON, sections
from sim.distributions.families import Family
from sim.engine.inputs import ally_inputs
from sim.model.equations.exposure import Rule

SECTIONS = ("growth", "will", "budget", "outturn", "related")
allies = st.sampled_from(ALLIES)


def shuffled(value: Any, random: Any, at: tuple[str, ...] = ()) -> Any:
    """Tables and lists of events in another order; points of a path and members of a target stay as they are."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random, (*at, key)) for key in keys}
    if isinstance(value, list) and at == ("event",):
        return [shuffled(event, random) for event in random.sample(value, len(value))]
    return value


@holds_for(4, 40, table=tables(), random=st.randoms(use_true_random=False), seed=seeds)
def test_the_order_of_a_file_changes_neither_digest_nor_bit(table: Table, random: Any, seed: int) -> None:
    here, there = loaded(table), loaded(shuffled(table, random))
    assert there.digest == here.digest
    assert run(there, 32, seed).digest() == run(here, 32, seed).digest()


def restated(scenario: sim.Scenario, ally: str, section: str) -> Table:
    """What holds for an ally in a section anyway: numbers, and distributions that are drawn for each ally by itself.

    A distribution drawn once a path is left out: an ally that names it draws its own. So is what no file says and the
    estimate does.
    """
    facts = scenario.of_ally(ally, getattr(scenario, section))
    found: Table = {}
    for name, field in type(facts).model_fields.items():
        value, extra = getattr(facts, name), field.json_schema_extra
        scope = extra.get("scope") if isinstance(extra, dict) else "fixed"
        of_estimate = (section, name) in scenario.left_to_rows
        if name in COMMON or value is None or of_estimate or (isinstance(value, Family) and scope == "path"):
            continue
        found[name] = {value.key: value.model_dump(by_alias=True)} if isinstance(value, Family) else value
    return found


@holds_for(6, 60, scenario=made(), ally=allies, section=st.sampled_from(SECTIONS), seed=seeds)
def test_saying_again_what_holds_anyway_changes_no_number(
    scenario: sim.Scenario, ally: str, section: str, seed: int
) -> None:
    """An ally's table that restates, an event that never comes, a target that binds nobody and is not counted."""
    table = tables_of(scenario)
    (inputs,) = (entry for entry in ally_inputs(scenario) if entry.iso3 == ally)
    own = table.setdefault("ally", {}).setdefault(ally, {})
    own[section] = restated(scenario, ally, section)
    own |= {"debt_pct": inputs.debt_pct, "commitment": inputs.commitment, "norm_pct": inputs.norm_pct}
    if (rule := scenario.parameters.rule_of_exposure) != "drawn":
        own["exposure"] = inputs.exposures[Rule(rule)]
    table["event"].append({"name": "never", "kind": "recession", "rate": 0.0})
    core = [target for target in table["targets"].values() if target["pillar"] == "core"]
    if len(core) == 1:
        core[0]["yardstick"] = True
    table["targets"]["nobodys"] = {"share_pct": 9.0, "by": scenario.horizon.last_year, "commitment": 0.0,
                                   "yardstick": False}  # fmt: skip
    other = loaded(table)
    assert other.digest != scenario.digest
    assert run(other, 32, seed).digest() == run(scenario, 32, seed).digest()


def test_an_ally_that_names_a_distribution_drawn_once_a_path_draws_its_own() -> None:
    """The exception to restating, and the control: the same law, other draws, for this ally and for no other."""
    law = {"uniform": {"low": 0.02, "high": 0.3}}
    plain: Table = {"budget": {"speed": law}, "will": {"peer": 0.0}}
    own = {**plain, "ally": {"ITA": {"budget": {"speed": law}}}}
    moved = differing(run(loaded(plain), 32), run(loaded(own), 32))
    assert moved == {"ITA"}


def differing(one: sim.Results, two: sim.Results, years: slice = slice(None)) -> set[str]:
    """The allies of which any kept number differs."""
    return {
        entry.iso3
        for index, entry in enumerate(one.record.description.allies)
        for name in one.record.counts.kept
        if not np.array_equal(one.paths(name)[index, years], two.paths(name)[index, years])
    }


@st.composite
def overridden(draw: st.DrawFn) -> tuple[Table, Table, str]:
    """A scenario, the same with parameters of its own for one ally, and that ally."""
    table, ally = draw(tables()), draw(allies)
    section = draw(st.sampled_from(SECTIONS))
    own = draw(sections(section, 4, ally=True).filter(bool))
    other = deepcopy(table)
    other.setdefault("ally", {}).setdefault(ally, {}).setdefault(section, {}).update(own)
    return table, other, ally


@holds_for(5, 60, pair=overridden(), seed=seeds)
def test_without_peers_an_allys_own_parameters_move_no_bit_of_any_other(
    pair: tuple[Table, Table, str], seed: int
) -> None:
    table, other, ally = pair
    results = [run(loaded(everywhere(each, "will", "peer", 0.0)), 32, seed) for each in (table, other)]
    assert differing(*results) <= {ally}


@holds_for(4, 60, pair=overridden(), seed=seeds)
def test_with_peers_they_move_others_from_the_second_year_on(pair: tuple[Table, Table, str], seed: int) -> None:
    """Januaries read the peers' shares of the December before, and that of the base year is a fact, with its error.

    The error of the base year is a parameter too, so it is left alone here. The United States are nobody's peer.
    """
    table, other, ally = pair
    other["ally"][ally].get("outturn", {}).pop("base_error", None)
    first = everywhere(table, "will", "peer", 0.2)
    second = everywhere(other, "will", "peer", 0.2)
    for each in (first, second):
        each.get("ally", {}).get(ally, {}).get("outturn", {}).pop("base_error", None)
    results = [run(loaded(each), 32, seed) for each in (first, second)]
    assert differing(*results, years=slice(0, 1)) <= {ally}
    if ally == "USA":
        assert differing(*results) <= {ally}


def test_the_peers_do_carry_on_what_one_ally_does() -> None:
    """The control: from the second year everybody else moves with Germany, and nobody with the United States."""
    rutte = tables_of(shipped("rutte_2032"))
    before = run(loaded(rutte), 32)
    others = set(ALLIES)
    for ally, moved in (("DEU", others), ("USA", {"USA"})):
        table = deepcopy(rutte)
        table.setdefault("ally", {}).setdefault(ally, {})["budget"] = {"max_rise_pct": 0.0, "max_fall": 0.5}
        after = run(loaded(table), 32)
        assert differing(before, after, slice(0, 1)) == {ally}
        assert differing(before, after) == moved
    table = deepcopy(rutte)
    table["ally"]["DEU"] = {"share_pct": 4.0}  # a fact of the base year is seen in the first January
    assert differing(before, run(loaded(table), 32), slice(0, 1)) == others


RECESSION: Table = {
    "name": "slump", "kind": "recession", "ally": "ITA", "rate": 0.5,
    "size_pct": {"uniform": {"low": 1.0, "high": 9.0}},
}  # fmt: skip


def test_a_new_name_changes_an_events_own_draws_and_nothing_else() -> None:
    """What happens to Italy is drawn anew; without peers nobody else moves. An event that is certain draws nothing."""
    table: Table = {"will": {"peer": 0.0}, "targets": {"core": {"share_pct": 3.5, "by": 2030}}, "event": [RECESSION]}
    before = run(loaded(table), 64)
    after = run(loaded(table | {"event": [RECESSION | {"name": "downturn"}]}), 64)
    assert differing(before, after) == {"ITA"}
    sure = {"name": "war", "kind": "crisis", "when": "2028-03", "size": 1.0}
    digests = {run(loaded(table | {"event": [sure | {"name": name}]}), 32).digest() for name in ("war", "a_war", "z")}
    assert len(digests) == 1

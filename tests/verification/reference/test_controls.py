"""Negative controls: a reference model with one thing changed no longer agrees with the product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import tomli_w

import sim
from reference import counts, defaults, random_numbers
from reference import equations as eq
from reference import facts as facts_module
from reference import path as model
from reference.bounded import larger, smaller
from reference.compare import Disagreement, Found, hold

SCENARIO: dict[str, Any] = {
    "horizon": {"base_year": 2025, "last_year": 2029},
    "targets": {
        "core": {"share_pct": 3.5, "by": 2027},
        "related": {"pillar": "related", "share_pct": 1.5, "by": 2027},
        "total": {"pillar": "total", "share_pct": 5.0, "by": 2027},
    },
    "growth": {"recession_probability": 0.3},
    "will": {"change_between_elections": 0.5, "lapse_probability": 0.8},
    "outturn": {"late_push_reach_pct": 1.0, "late_push_excess": {"normal": {"mean": 0.0, "sd": 0.02}}},
    "event": [
        {"name": "crisis", "rate": 2.0},
        {"name": "detente", "rate": 1.0},
        {"name": "review_2026", "kind": "review", "when": "2026-06", "probability": 0.9, "years_later": 2},
        {"name": "slump", "kind": "recession", "when": "2028-05", "size_pct": 6.0, "ally": "POL"},
        {"name": "hit", "kind": "shock", "when": "2027-03", "state": "share_pct", "amount": -0.3, "ally": "GRC"},
        {"name": "vote", "kind": "election", "rate": 1.5, "ally": "FRA", "change_probability": 0.9},
    ],
}
"""Short, and everything in it happens often."""

DRAWN: dict[str, Any] = {
    "horizon": {"base_year": 2025, "last_year": 2028},
    "targets": {"core": {"share_pct": 3.5, "by": 2027}},
    "parameters": {"use": "drawn"},
    "budget": {"speed": 0.05},
    "outturn": {"late_push_reach_pct": 2.0, "late_push_reach": 1.0},
    "ally": {"DEU": {"budget": {"pledge_weight": 0.5}, "will": {"mean": {"normal": {"mean": 0.3, "sd": 1.0}}}}},
    "event": [{"name": "again", "kind": "past_jump", "when": "2026-03", "jump": "crimea_jump"}],
}
"""Of its three paths one keeps the pledge, and each reads the map in its own way; two numbers of the file are those
that are shipped."""

PATHS, PATHS_DRAWN, SEED_DRAWN = 2, 3, 4
Change = Callable[[pytest.MonkeyPatch], None]
CHANGES: dict[str, Change] = {}
CHANGES_DRAWN: dict[str, Change] = {}


def change(made: Change) -> Change:
    """One changed thing."""
    CHANGES[made.__name__] = made
    return made


def change_of_source(made: Change) -> Change:
    """One changed thing about where parameters come from."""
    CHANGES_DRAWN[made.__name__] = made
    return made


def held(paths: int = PATHS) -> None:
    hold(SCENARIO, sim.loads(tomli_w.dumps(SCENARIO)), paths, 5, Found())


def held_drawn() -> None:
    hold(DRAWN, sim.loads(tomli_w.dumps(DRAWN)), PATHS_DRAWN, SEED_DRAWN, Found())


def test_the_unchanged_twin_agrees() -> None:
    held()


def test_the_unchanged_twin_agrees_on_drawn_parameters() -> None:
    held_drawn()


def test_the_paths_differ_in_what_they_draw() -> None:
    world = model.World(DRAWN)
    paths = [model.Path(world, SEED_DRAWN, path) for path in range(PATHS_DRAWN)]
    assert {path.rule for path in paths} == {*defaults.RULES}
    assert {path.row >= len(world.source.rows) for path in paths} == {True, False}


@change
def room_is_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(eq, "fiscal_room", lambda *_: 1.0)


@change
def debt_and_deficit_add_up(patch: pytest.MonkeyPatch) -> None:
    def both(loss: Any, debt: Any, debt_from: Any, debt_span: Any, deficit: Any, deficit_from: Any, span: Any) -> Any:
        burden = larger((debt - debt_from) / debt_span, 0.0) + larger((deficit - deficit_from) / span, 0.0)
        return 1 - loss * smaller(burden, 1.0)

    patch.setattr(eq, "fiscal_room", both)


@change
def the_peers_average_includes_the_ally_itself(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(eq, "peer_average", lambda money, gdp, *_: money / gdp)


@change
def the_united_states_are_a_peer(patch: pytest.MonkeyPatch) -> None:
    own = eq.peer_average
    patch.setattr(eq, "peer_average", lambda money, gdp, share, weight, _: own(money, gdp, share, weight, True))


@change
def months_are_off_by_one(patch: pytest.MonkeyPatch) -> None:
    own = random_numbers.RandomNumbers.month
    patch.setattr(random_numbers.RandomNumbers, "month", lambda *place: own(*place) % 12 + 1)


@change
def urgency_fades_a_month_late(patch: pytest.MonkeyPatch) -> None:
    own = model.power
    patch.setattr(model, "power", lambda x, months: own(x, max(months - 1, 0)))


@change
def the_norm_is_learned_after_use(patch: pytest.MonkeyPatch) -> None:
    own, budget, learned = eq.learned_norm, model.Path.budget, []

    def later(norm: Any, *rest: Any) -> Any:
        learned.append(own(norm, *rest))
        return norm

    def then(self: model.Path, one: model.Government, urgency: Any) -> None:
        budget(self, one, urgency)
        one.norm = learned.pop()

    patch.setattr(eq, "learned_norm", later)
    patch.setattr(model.Path, "budget", then)


@change
def the_premium_becomes_habit(patch: pytest.MonkeyPatch) -> None:
    own = eq.learned_norm
    patch.setattr(eq, "learned_norm", lambda norm, learning, share, _: own(norm, learning, share, 0.0))


@change
def headroom_does_not_hold_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(eq, "held_back", lambda pull, pledged, w, *_: pull + w * larger(pledged - pull, 0.0))


@change
def a_year_less_is_left(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(eq, "years_left", lambda by, year: max(1, by - year))


@change
def growth_below_forecast_leaves_the_share(patch: pytest.MonkeyPatch) -> None:
    own = eq.outturn
    patch.setattr(eq, "outturn", lambda s, plan, x, noise, _, floor: own(s, plan, x, noise, 0.0, floor))


@change
def a_cut_is_executed_in_part(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(eq, "outturn", lambda s, plan, x, noise, surprise, floor: larger(
        (s + x * plan + noise * s) / (1 + surprise / 100), floor))  # fmt: skip


@change
def a_late_push_may_land_below_the_target(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(eq, "pushed", lambda target, excess: target * (1 + excess))


@change
def a_late_push_leaves_the_money_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(eq, "pushed_outlays", lambda share, _: share)


@change
def an_opt_out_is_one_pledge_among_others(patch: pytest.MonkeyPatch) -> None:
    strike = model.Path.strike
    patch.setattr(model.Path, "strike", lambda self, event: strike(self, {**event, "opt_out": False}))


@change
def an_announced_path_survives_a_change_of_government(patch: pytest.MonkeyPatch) -> None:
    own = model.Path.change

    def kept(self: model.Path, one: model.Government, *rest: Any) -> None:
        path = one.path
        own(self, one, *rest)
        one.path = path

    patch.setattr(model.Path, "change", kept)


@change
def an_announced_path_comes_a_year_early(patch: pytest.MonkeyPatch) -> None:
    own = model.share_on
    patch.setattr(model, "share_on", lambda points, year: own(points, year + 1))


@change
def the_words_of_a_draw_change_places(patch: pytest.MonkeyPatch) -> None:
    own = random_numbers.RandomNumbers.word
    patch.setattr(
        random_numbers.RandomNumbers,
        "word",
        lambda self, name, ally, period, word=0: own(self, name, ally, period, 1 - word),
    )


@change
def iceland_is_counted_in_the_mean_growth(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts_module, "armed", lambda: facts_module.rows("allies"))


@change
def a_postponed_date_counts_as_failed(patch: pytest.MonkeyPatch) -> None:
    own = counts.keeps_what_is_in_force
    patch.setattr(
        counts, "keeps_what_is_in_force", lambda world, cell, year: (own(world, cell, year)[0], (False, False))
    )


@change
def a_postponed_date_counts_as_kept(patch: pytest.MonkeyPatch) -> None:
    own = counts.keeps_what_is_in_force

    def kept(world: model.World, cell: counts.Cell, year: int) -> Any:
        met, put_off = own(world, cell, year)
        return tuple(map(max, met, put_off)), put_off

    patch.setattr(counts, "keeps_what_is_in_force", kept)


@change
def what_is_on_paper_is_spent(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(counts.PRINTED, "core_spent", "reported_pct")


@change
def what_is_on_paper_is_no_money_short(patch: pytest.MonkeyPatch) -> None:
    own = counts.money_missing
    patch.setattr(counts, "money_missing", lambda cell, mark, share: own(cell, mark, "reported_pct"))


@change
def the_total_does_without_the_core(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(counts, "members", lambda world, pillar: [] if pillar == "core" else [a.iso3 for a in world.allies])


@change
def halves_are_rounded_down(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(counts, "hundredths", lambda x: int(100 * x))


@change_of_source
def paths_take_the_next_row(patch: pytest.MonkeyPatch) -> None:
    own = model.Path.taken

    def next_row(self: model.Path) -> tuple[int, str]:
        row, rule = own(self)
        return row - 1, rule

    patch.setattr(model.Path, "taken", next_row)


@change_of_source
def every_row_is_the_estimate(patch: pytest.MonkeyPatch) -> None:
    own = facts_module.rows
    patch.setattr(facts_module, "rows", lambda name: own(name)[:1] * 2 if name == "parameter_draws" else own(name))


@change_of_source
def what_is_drawn_is_the_shipped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts_module, "ESTIMATED", {})


@change_of_source
def a_value_of_the_file_yields_to_the_row(patch: pytest.MonkeyPatch) -> None:
    own = facts_module.Source.__init__

    def without(self: facts_module.Source, scenario: dict[str, Any]) -> None:
        own(self, {**scenario, "budget": {}})

    patch.setattr(facts_module.Source, "__init__", without)


@change_of_source
def an_allys_own_value_yields_to_the_row(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        model.Path, "left_to_rows", lambda self, section, name, _: self.world.source.columns.get((section, name), {})
    )


@change_of_source
def nobody_keeps_the_pledge(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts_module, "IN_EARNEST", {})


def kept_without(column: str) -> Change:
    """A kept pledge leaves one parameter where it is."""
    return lambda patch: patch.setattr(
        facts_module, "IN_EARNEST", {name: top for name, top in defaults.IN_EARNEST.items() if name != column}
    )


CHANGES_DRAWN |= {f"a_kept_pledge_leaves_{column}": kept_without(column) for column in defaults.IN_EARNEST}


@change_of_source
def the_half_is_hardly_any(patch: pytest.MonkeyPatch) -> None:
    own = random_numbers.RandomNumbers.chance

    def hardly(self: random_numbers.RandomNumbers, probability: float, name: str, *place: int) -> bool:
        return own(self, 0.001 if name == "parameters/in_earnest" else probability, name, *place)

    patch.setattr(random_numbers.RandomNumbers, "chance", hardly)


@change_of_source
def the_spread_is_not_of_the_row(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(defaults.ESTIMATED, "outturn", {"late_push_weight": ()})


@change_of_source
def everybody_reads_the_map_with_coasts(patch: pytest.MonkeyPatch) -> None:
    own = facts_module.exposure
    patch.setattr(facts_module, "exposure", lambda row, _: own(row, "coasts"))


@change_of_source
def maps_change_places(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(model, "RULES", ("coasts", "sheltered_black_sea", "distance"))


@change_of_source
def history_jumps_as_shipped(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(defaults.ESTIMATED, "urgency", {"decay": ()})


@change_of_source
def a_past_jump_is_another(patch: pytest.MonkeyPatch) -> None:
    own = model.Path.strike
    patch.setattr(model.Path, "strike", lambda self, event: own(self, {**event, "jump": "invasion_jump"}))


@pytest.mark.parametrize("name", CHANGES_DRAWN)
def test_a_twin_that_takes_its_parameters_elsewhere_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHANGES_DRAWN[name](monkeypatch)
    with pytest.raises(Disagreement):
        held_drawn()


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_twin_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHANGES[name](monkeypatch)
    with pytest.raises(Disagreement):
        held()

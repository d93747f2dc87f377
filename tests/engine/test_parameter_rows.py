"""Parameters drawn: what a path takes, what a file's own value does, and what is counted by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.data.tables import Replacement, load_tables
from sim.distributions.draws import Draws, LocationScale
from sim.distributions.quantile_tables import standardised
from sim.engine.drawn_parameters import Parameters
from sim.engine.inputs import ally_inputs
from sim.engine.parameter_rows import ParameterRows, rows_counted
from sim.model.estimated import ESTIMATED
from sim.model.parameters import Budget, Outturn, ParameterSource, Urgency, Will
from sim.numerics.arrays import Value
from sim.numerics.exact import monthly_factor
from sim.scenario.edit.change import number, with_numbers
from sim.scenario.schema import Scenario
from support import present

PATHS = 4_096
DRAWN = '[targets.core]\nshare_pct = 3.5\nby = 2032\n[parameters]\nuse = "drawn"\n'


def scenario(text: str = "", use: str = "drawn") -> Scenario:
    return sim.loads(DRAWN.replace("drawn", use) + text)


def parameters(of: Scenario) -> Parameters:
    return Parameters((of,), Draws(5, 0, PATHS))


def per_path(value: Value) -> np.ndarray:
    assert isinstance(value, np.ndarray)
    return value


def column(name: str) -> np.ndarray:
    return np.array([getattr(row, name) for row in load_tables().parameter_draws[1:]], dtype=np.float32)


def test_the_table_has_every_estimated_parameter_and_no_other() -> None:
    fields = set(type(load_tables().parameter_draws[0]).model_fields)
    assert fields == {"draw", *(each.column for each in ESTIMATED)}


def test_the_values_of_a_path_are_of_one_row() -> None:
    drawn = parameters(scenario("in_earnest = 0.0"))
    budget = drawn.of(Budget)
    columns = per_path(budget.speed).tolist(), per_path(budget.threat_weight).tolist()
    pairs = {*zip(*columns, per_path(drawn.of(Urgency).invasion_jump).tolist(), strict=True)}
    table = zip(column("budget_speed").tolist(), column("budget_threat_weight").tolist(),
                column("urgency_invasion_jump").tolist(), strict=True)  # fmt: skip
    assert pairs == {*table}


def test_every_row_is_taken_about_equally_often() -> None:
    rows = ParameterRows(scenario("in_earnest = 0.0"), Draws(5, 0, PATHS))
    counted = rows.counted()
    assert counted.sum() == PATHS
    expected = PATHS / rows.size
    assert ((counted - expected) ** 2 / expected).sum() < rows.size + 6 * np.sqrt(2 * rows.size)


def test_a_kept_pledge_raises_four_parameters_to_the_top_of_their_ranges_for_all_allies_at_once() -> None:
    drawn = parameters(scenario("in_earnest = 1.0"))
    budget, outturn = drawn.of(Budget), drawn.of(Outturn)
    for weight in (budget.pledge_weight, budget.deadline_weight, outturn.late_push_weight):
        assert np.all(weight == 1.0)
    raised = {each.name: each.high for each in ESTIMATED if each.in_earnest}
    assert raised == {
        "budget.pledge_weight": 1.0, "budget.deadline_weight": 1.0, "outturn.late_push_weight": 1.0,
        "will.mean.mean": 1.5,
    }  # fmt: skip
    half = parameters(scenario("in_earnest = 0.25"))
    unkept = parameters(scenario("in_earnest = 0.0"))
    for section, name in ((Budget, "pledge_weight"), (Budget, "deadline_weight"), (Outturn, "late_push_weight")):
        raised, before = getattr(half.of(section), name), getattr(unkept.of(section), name)
        kept = per_path(raised) != per_path(before)
        assert np.all(per_path(raised)[kept] == 1.0)
        assert kept.mean() == pytest.approx(0.25, abs=0.06)  # on some rows they are at the top anyway
    agreed = np.logical_and(half.of(Budget).pledge_weight == 1.0, half.of(Outturn).late_push_weight == 1.0)
    assert agreed.mean() == pytest.approx(0.25, abs=0.05)


def test_will_and_noise_have_the_mean_and_spread_of_each_path() -> None:
    own = ally_inputs(scenario())[0]
    drawn = parameters(scenario("in_earnest = 0.0"))
    will, noise = drawn.of(Will, own).mean, drawn.of(Outturn, own).noise
    standard = Draws(5, 0, PATHS).table("param/will.mean", standardised(("normal", ())), ally=own.code)
    rows = list(zip(column("budget_headroom_pct").tolist(), column("budget_speed").tolist(), strict=True))
    assert len(set(rows)) == len(rows), "each pair tells its row"
    budget = drawn.of(Budget)
    pairs = zip(per_path(budget.headroom_pct).tolist(), per_path(budget.speed).tolist(), strict=True)
    taken = np.array([rows.index(pair) for pair in pairs])
    np.testing.assert_array_equal(will, standard * column("will_mean_sd")[taken] + column("will_mean_mean")[taken])
    assert isinstance(noise, LocationScale)
    np.testing.assert_array_equal(noise.sd, column("outturn_noise_sd")[taken])


def test_what_all_allies_take_is_read_once_and_cannot_be_written_to() -> None:
    rows = parameters(scenario()).rows
    one = per_path(rows.value("will.mean.sd", 1.0))
    assert rows.value("will.mean.sd", 1.0) is one
    with pytest.raises(ValueError, match="read-only"):
        one[0] = 0.0


def test_the_decay_of_a_path_is_the_exact_function_of_its_row() -> None:
    found = {*per_path(parameters(scenario("in_earnest = 0.0")).of(Urgency).decay).tolist()}
    rates = [row.urgency_decay for row in load_tables().parameter_draws[1:]]
    assert found == {float(np.float32(monthly_factor(rate))) for rate in rates}


def test_a_value_of_the_file_wins_over_the_row_even_where_it_is_the_shipped_one() -> None:
    shipped = sim.loads("").budget.speed
    drawn = parameters(scenario(f"[budget]\nspeed = {shipped}\n[ally.DEU.budget]\npledge_weight = 0.25"))
    germany = next(entry for entry in ally_inputs(scenario()) if entry.iso3 == "DEU")
    assert drawn.of(Budget).speed == shipped
    assert drawn.of(Budget, germany).pledge_weight == 0.25
    assert isinstance(drawn.of(Budget).pledge_weight, np.ndarray)


def test_the_estimate_is_the_run_with_its_numbers() -> None:
    row = load_tables().parameter_draws[0]
    numbers = {each.name: getattr(row, each.column) for each in ESTIMATED}
    named = with_numbers(scenario(use="shipped"), numbers)
    one, other = (sim.simulate(each, paths=320) for each in (scenario(use="estimated"), named))
    assert one.digest() == other.digest()


def test_a_run_as_shipped_takes_no_row() -> None:
    assert scenario(use="shipped").left_to_rows == frozenset()
    assert rows_counted(scenario(use="shipped")) == 1
    plain = sim.loads("")
    said = scenario('in_earnest = 0.0\ngeography = "coasts"')
    with_all = with_numbers(said, {each.name: number(plain, each.name) for each in ESTIMATED})
    assert sim.simulate(scenario(use="shipped"), paths=320).digest() == sim.simulate(with_all, paths=320).digest()


def test_a_scenario_that_says_nothing_draws_its_parameters() -> None:
    plain = sim.loads("[targets.core]\nshare_pct = 3.5\nby = 2032")
    assert plain.parameters == ParameterSource(use="drawn")
    assert sim.simulate(plain, paths=320).digest() == sim.simulate(scenario(use="drawn"), paths=320).digest()


def test_blocks_and_workers_change_no_row() -> None:
    whole, cut = (sim.simulate(scenario(), paths=8_832, block=block) for block in (12_288, 4_096))
    assert whole.digest() == cut.digest()


def test_counts_by_row_add_up() -> None:
    arrays = sim.simulate(scenario(), paths=1_600).record.counts.arrays
    assert arrays["row_paths"].sum() == 1_600
    np.testing.assert_array_equal(arrays["row_compliant"].sum(axis=-1), arrays["compliant"])
    np.testing.assert_array_equal(arrays["row_number"].sum(axis=1), arrays["number"][0])
    np.testing.assert_array_equal(
        arrays["row_number"].sum(axis=-1), np.broadcast_to(arrays["row_paths"], (6, len(arrays["row_paths"])))
    )


def test_geography_is_one_of_three_readings_for_all_allies_of_a_path() -> None:
    rows = ParameterRows(scenario(), Draws(5, 0, PATHS))
    by = {entry.iso3: rows.exposure(entry) for entry in ally_inputs(scenario())}
    hungary, bulgaria = per_path(by["HUN"]), per_path(by["BGR"])
    readings = {*zip(hungary.tolist(), bulgaria.tolist(), strict=True)}
    assert len(readings) == 3
    assert len({high for high, _ in readings}) == len({high for _, high in readings}) == 2
    assert by["POL"] == 0.9
    assert by["FIN"] == 0.5
    for rule, low in (("coasts", True), ("distance", False), ("sheltered_black_sea", True)):
        fixed = ParameterRows(scenario(f'geography = "{rule}"'), Draws(5, 0, PATHS))
        assert (fixed.exposure(next(e for e in ally_inputs(scenario()) if e.iso3 == "HUN")) < 0.2) is low


def test_a_table_of_ones_own_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    row = load_tables().parameter_draws[0]
    header = ",".join(type(row).model_fields)
    lines = [
        ",".join(str(value) for value in row.model_copy(update={"draw": draw}).model_dump().values()) for draw in (0, 1)
    ]
    (tmp_path / "own.csv").write_text("\n".join([header, *lines]) + "\n", "utf-8")
    (tmp_path / "own.toml").write_text(DRAWN + 'in_earnest = 0.0\n[data]\nparameter_draws = "own.csv"\n', "utf-8")
    own = sim.load(tmp_path / "own.toml")
    assert sim.simulate(own, paths=160).compliance().equals(
        sim.simulate(scenario("in_earnest = 0.0\ngeography = 'drawn'", "estimated"), paths=160).compliance()
    )  # fmt: skip


def test_a_table_without_the_estimate_is_refused() -> None:
    row = load_tables().parameter_draws[1]
    text = f"{','.join(type(row).model_fields)}\n{','.join(str(value) for value in row.model_dump().values())}\n"
    with pytest.raises(sim.ScenarioError, match=r"must have the draw 0, the estimate, and draws behind it"):
        load_tables({"parameter_draws": Replacement("own.csv", text)})


def test_a_path_tells_the_row_whose_values_it_has() -> None:
    draws = Draws(5, 0, PATHS)
    drawn = Parameters((scenario(),), draws)
    table = {row.draw: row for row in load_tables().parameter_draws}
    taken = [drawn.rows.of_path(index) for index in range(PATHS)]
    assert {each.draw for each in taken} == {*table} - {0}
    speeds = np.array([table[present(each.draw)].budget_speed for each in taken], dtype=np.float32)
    np.testing.assert_array_equal(per_path(drawn.of(Budget).speed), speeds)
    weights = np.array(
        [1.0 if each.in_earnest else table[present(each.draw)].budget_pledge_weight for each in taken], np.float32
    )
    np.testing.assert_array_equal(per_path(drawn.of(Budget).pledge_weight), weights)


def test_a_path_has_its_row_in_whatever_block_it_lies() -> None:
    whole, part = (ParameterRows(scenario(), Draws(5, first, PATHS)) for first in (0, 1_600))
    assert [whole.of_path(1_600 + index) for index in range(64)] == [part.of_path(index) for index in range(64)]


@pytest.mark.parametrize(
    ("use", "text", "said"),
    [
        ("shipped", "", ""),
        ("shipped", "in_earnest = 1.0", "the pledge is kept in earnest"),
        ("estimated", "", "parameters as estimated"),
        ("estimated", "in_earnest = 1.0", "parameters as estimated, the pledge is kept in earnest"),
    ],
)
def test_what_a_path_took_is_said_in_words(use: str, text: str, said: str) -> None:
    assert str(ParameterRows(scenario(text, use), Draws(5, 0, 16)).of_path(7)) == said


def test_a_story_begins_with_the_draw_of_its_path() -> None:
    taken = ParameterRows(scenario(), Draws(2032, 48_208, 16)).of_path(5)
    story = sim.replay(scenario(), 48_213)
    assert story.parameters == taken
    kept = "kept" if taken.in_earnest else "not kept"
    assert story.standing.startswith(
        f"Path 48,213 of seed 2032 (parameter draw {taken.draw}, the pledge is {kept} in earnest): one of 100,000 "
    )
    assert sim.replay(scenario(use="shipped"), 48_213).standing.startswith("Path 48,213 of seed 2032: one of 100,000 ")


def test_both_sides_of_a_comparison_take_the_same_row_on_the_same_path() -> None:
    one, other = scenario(), scenario('[[event]]\nname = "truce"\nkind = "detente"\nwhen = "2028-03"\n')
    rows = [ParameterRows(side, Draws(5, 320, 64)) for side in (one, other)]
    assert [rows[0].of_path(index) for index in range(64)] == [rows[1].of_path(index) for index in range(64)]
    same = sim.compare(one, one, paths=640).compliance()
    assert (same.only_a == 0).all()
    assert (same.only_b == 0).all()
    moved = sim.compare(one, other, paths=640, seed=5).compliance().query("pillar == 'core'")
    for column, side in (("probability_a", one), ("probability_b", other)):
        alone = sim.simulate(side, paths=640, seed=5).compliance().query("pillar == 'core'")
        assert moved[column].tolist() == alone.probability.tolist()
    assert (moved.only_b == 0).all()  # a truce takes urgency away and nothing else: no path then gains by it
    assert moved.only_a.sum() > 0


@pytest.mark.parametrize(("use", "paths"), [("drawn", 512), ("estimated", 512), ("estimated", 131_072)])
def test_what_is_counted_side_by_side_is_what_each_row_has(use: str, paths: int) -> None:
    rows = ParameterRows(scenario("in_earnest = 0.5", use=use), Draws(5, 0, paths))
    masks = [np.arange(paths) % step == 0 for step in range(1, 12)]  # of the first all, more than a byte counts
    into = np.full((len(masks), rows.size), -1)
    for mask, counts in zip(masks, into, strict=True):
        rows.count(mask, counts)
    rows.finish()
    taken = [rows.of_path(index) for index in range(paths)]
    order = {
        path: index for index, path in enumerate(sorted(set(taken), key=lambda each: (each.in_earnest, each.draw)))
    }
    row = np.array([order[each] for each in taken])
    for mask, counts in zip(masks, into, strict=True):
        found = counts if use == "estimated" else counts[rows.counted() > 0]
        np.testing.assert_array_equal(found, np.bincount(row[mask], minlength=len(order)))

"""Comparisons path by path: the joint counts are those of two runs laid beside one another, however they are cut."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume
from hypothesis import strategies as st

import sim
from properties.making import Table, holds_for, loaded, made, seeds, tables
from sim.analysis.comparison.facade import Comparison
from sim.analysis.comparison.paired_counts import PairedCounts, _square_sums
from sim.analysis.comparison.path_outcomes import MEASURES
from sim.numerics.grid import printed
from sim.results.counts import PILLARS, TALLIES

PATHS = 48
ALLIES = Path(sim.__file__).parent / "data" / "tables" / "allies.csv"


def compared(*scenarios: sim.Scenario, paths: int = PATHS, seed: int = 1, **how: Any) -> Comparison:
    return sim.compare(*scenarios, paths=paths, seed=seed, executor=how.pop("executor", "serial"), **how)


def pair(one: Table, other: Table) -> tuple[sim.Scenario, sim.Scenario]:
    """Two made scenarios, the second moved to the base year of the first."""
    a, other = loaded(one), deepcopy(other)
    other.setdefault("horizon", {})["base_year"] = a.horizon.base_year
    other["horizon"]["last_year"] = a.horizon.base_year + 3
    try:
        return a, loaded(other)
    except sim.ScenarioError:  # its events lie in other years
        assume(False)
        raise


class Kept:
    """One scenario's run with its paths, read in the plainest way."""

    def __init__(self, scenario: sim.Scenario, seed: int) -> None:
        kept = ("reported_pct", "spent_pct", "related_pct", "gdp_usd_bn")
        self.results = sim.simulate(scenario, PATHS, seed, executor="serial", keep=kept)
        self.reported, self.spent, self.related, self.gdp = (self.results.paths(name) for name in kept)
        self.scenario = scenario

    def complies(self, place: int, iso3: str, step: int, pillar: str) -> Any:
        """Where an ally complies; None where nothing is measured, or a random cap leaves it unknown."""
        target = self.scenario.yardstick(pillar)
        if target is None or (target.members is not None and iso3 not in target.members):
            return None
        reported = self.reported[place, step]
        if pillar == "core":
            return printed(reported) >= printed(target.share_pct)
        cap = self.scenario.of_ally(iso3, self.scenario.related).counted_cap_pct
        if not isinstance(cap, float):
            return None
        counted = np.minimum(self.related[place, step], np.float32(cap))
        if pillar == "related":
            return printed(counted) >= printed(target.share_pct)
        whole = printed(reported + counted) >= printed(target.share_pct)
        core = self.complies(place, iso3, step, "core")
        return whole if core is None else whole & core

    def short_usd_m(self, place: int, iso3: str, step: int) -> Any:
        target = self.scenario.yardstick("core")
        if target is None or (target.members is not None and iso3 not in target.members):
            return np.zeros(PATHS)
        short = np.maximum(printed(target.share_pct) - printed(self.spent[place, step]), 0).astype(np.float32)
        return np.floor(short * (self.gdp[place, step] * np.float32(0.1)) + 0.5).astype(np.float64)


@holds_for(8, 120, one=tables(), other=tables(), seed=seeds)
def test_joint_counts_are_those_of_two_runs_laid_beside_one_another(one: Table, other: Table, seed: int) -> None:
    a, b = pair(one, other)
    joint = compared(a, b, seed=seed)
    ours, theirs = Kept(a, seed), Kept(b, seed)
    entries = joint.scenarios[0].allies
    for pillar_place, pillar in enumerate(PILLARS):
        for index, entry in enumerate(entries):
            for step in range(len(joint.years)):
                met = [kept.complies(index, entry.iso3, step, pillar) for kept in (ours, theirs)]
                if met[0] is None or met[1] is None:
                    continue
                assert joint.joint.both[0, pillar_place, index, step] == np.count_nonzero(met[0] & met[1])
                assert joint.joint.met[0, pillar_place, index, step] == np.count_nonzero(met[0])
                assert joint.joint.met[1, pillar_place, index, step] == np.count_nonzero(met[1])
    for step in range(len(joint.years)):
        number, short = (
            [np.sum([amount(kept, index, entry.iso3, step) for index, entry in enumerate(entries)], axis=0)
             for kept in (ours, theirs)]
            for amount in (_core, Kept.short_usd_m)
        )  # fmt: skip
        for measure, (first, second) in (("allies_core", number), ("nato_shortfall", short)):
            found = joint.joint.squares[0, MEASURES.index(measure), step]
            assert found == int(((second - first) ** 2).sum())


def _core(kept: Kept, place: int, iso3: str, step: int) -> Any:
    met = kept.complies(place, iso3, step, "core")
    return np.zeros(PATHS) if met is None else met.astype(np.float64)


@holds_for(8, 120, one=tables(), other=tables(), seed=seeds)
def test_each_side_is_the_run_of_its_own_scenario_exactly(one: Table, other: Table, seed: int) -> None:
    scenarios = pair(one, other)
    comparison = compared(*scenarios, seed=seed)
    runs = [sim.simulate(each, PATHS, seed, executor="serial") for each in scenarios]
    pairs, figures = comparison.compliance(), comparison.alliance()
    for side, results in zip("ab", runs, strict=True):
        table = results.compliance().set_index(["pillar", "iso3", "year"])
        row: Any
        for row in pairs.itertuples():
            plain = row.pillar.removesuffix("_without_late_push")
            expected = table.loc[(plain, row.iso3, row.year)]
            column = "probability" if plain == row.pillar else "without_late_push"
            assert getattr(row, f"probability_{side}") == expected[column]
        for row in figures.itertuples():
            assert getattr(row, f"expected_{side}") == pytest.approx(figure(results, row.measure, row.year), rel=1e-12)

    for table, level in ((pairs, "probability"), (figures, "expected")):
        assert np.allclose(table["difference"], table[f"{level}_b"] - table[f"{level}_a"], rtol=1e-9, atol=1e-12)
        assert ((table["ci_low"] <= table["difference"]) & (table["difference"] <= table["ci_high"])).all()
    assert np.allclose(pairs["difference"], (pairs["only_b"] - pairs["only_a"]) / PATHS)


def figure(results: sim.Results, measure: str, year: int) -> float:
    """The same figure from a run's own tables."""
    if measure.startswith("allies_"):
        number = results.alliance().query(f"year == {year} and pillar == '{measure.removeprefix('allies_')}'")
        return float((number["compliant"] * number["probability"]).sum())
    iso3 = measure.split("_")[0].upper()
    if measure == "euc_spent":
        spent = results.shares().query(f"year == {year} and iso3 == 'EUC' and pillar == 'core_spent'")
        return float(spent["mean"].item())
    return float(results.gap().query(f"year == {year} and iso3 == '{iso3}'")["shortfall_usd_bn_mean"].item())


@holds_for(4, 40, scenario=made(), seed=seeds)
def test_a_scenario_beside_itself_differs_nowhere(scenario: sim.Scenario, seed: int) -> None:
    comparison = compared(scenario, scenario.model_copy(update={"title": "under another name"}), seed=seed)
    pairs, figures = comparison.compliance(), comparison.alliance()
    assert (pairs[["difference", "ci_low", "ci_high", "only_a", "only_b"]] == 0).all(axis=None)
    assert (figures[["difference", "ci_low", "ci_high"]] == 0).all(axis=None)
    assert (comparison.flips()["crosses_half"] == "no").all()
    assert comparison.scenario_differences().empty
    assert comparison.same == (True,)


@holds_for(4, 40, one=tables(), other=tables(), seed=seeds)
def test_exchanging_the_scenarios_turns_everything_over(one: Table, other: Table, seed: int) -> None:
    a, b = pair(one, other)
    there, back = compared(a, b, seed=seed), compared(b, a, seed=seed)
    for name in ("compliance", "alliance"):
        ours, theirs = getattr(there, name)(), getattr(back, name)()
        assert (ours["difference"] == -theirs["difference"]).all()
        assert (ours["ci_low"] == -theirs["ci_high"]).all()
        assert (ours["ci_high"] == -theirs["ci_low"]).all()
    assert (there.compliance()["only_a"] == back.compliance()["only_b"]).all()
    turned = {"up": "down", "down": "up", "no": "no"}
    assert (there.flips()["crosses_half"].map(turned) == back.flips()["crosses_half"]).all()


RUTTE = 'title = "A"\nhorizon = { last_year = 2028 }\n[targets.core]\nshare_pct = 3.5\nby = 2028\n'
WILLING = RUTTE.replace('"A"', '"B"') + "[will]\nmean = 1.5\n"


def same_bits(one: PairedCounts, other: PairedCounts) -> bool:
    return (one.first, one.paths) == (other.first, other.paths) and all(
        (getattr(one, name) == getattr(other, name)).all() for name in ("met", "both", "sums", "squares")
    )


def test_neither_blocks_nor_workers_change_a_number() -> None:
    a, b = sim.loads(RUTTE), sim.loads(WILLING)
    whole = compared(a, b, paths=9000)
    assert same_bits(whole.joint, compared(a, b, paths=9000, block=4_096).joint)
    assert same_bits(whole.joint, compared(a, b, paths=9000, block=8_192, executor="processes", workers=2).joint)
    assert not same_bits(whole.joint, compared(a, b, paths=9000, seed=2).joint)


def test_a_third_scenario_changes_nothing_between_the_first_two() -> None:
    a, b, c = sim.loads(RUTTE), sim.loads(WILLING), sim.loads(RUTTE.replace('"A"', '"C"') + "[urgency]\nlevel = 0.5\n")
    three, two = compared(a, b, c), compared(a, b)
    of_b = three.compliance().query("scenario == 'B'").reset_index(drop=True)
    pd.testing.assert_frame_equal(of_b, two.compliance())
    assert set(three.compliance()["scenario"]) == {"B", "C"}
    assert three.titles == ("A", "B", "C")


def test_progress_counts_the_paths() -> None:
    seen: list[tuple[int, int]] = []
    compared(sim.loads(RUTTE), sim.loads(WILLING), paths=8_200, block=4_096, progress=lambda *now: seen.append(now))
    assert seen == [(4_096, 8_200), (8_192, 8_200), (8_200, 8_200)]


def test_paths_and_seed_are_the_firsts_unless_given() -> None:
    a = sim.loads(RUTTE + "[run]\npaths = 32\nseed = 5\n")
    comparison = sim.compare(a, sim.loads(WILLING), executor="serial")
    assert (comparison.paths, comparison.manifest["seed"]) == (32, 5)
    assert same_bits(comparison.joint, compared(a, sim.loads(WILLING), paths=32, seed=5).joint)


def test_two_of_one_title_are_told_apart() -> None:
    twice = compared(*[sim.loads(text) for text in (RUTTE, WILLING, WILLING + "reversion = 0.3\n")], paths=16)
    assert twice.titles == ("A", "B (B)", "B (C)")
    assert set(twice.compliance()["scenario"]) == {"B (B)", "B (C)"}


def test_joint_counts_that_do_not_join_are_refused() -> None:
    joint = compared(sim.loads(RUTTE), sim.loads(WILLING), paths=16).joint
    with pytest.raises(ValueError, match=r"0\+16 and 0\+16 do not join"):
        joint.merged(joint)


@holds_for(50, 500, values=st.lists(st.integers(-(2**36), 2**36), min_size=1, max_size=20))
def test_squares_of_any_size_are_exact(values: list[int]) -> None:
    assert _square_sums(np.array([values]))[0] == sum(value * value for value in values)


def test_scenarios_of_another_base_year_are_refused() -> None:
    early = sim.loads("[horizon]\nbase_year = 2020\nlast_year = 2028\n")
    with pytest.raises(sim.UsageError, match=r"starts from 2026 .* from 2020: .* one base year"):
        compared(sim.loads(RUTTE), early)


def test_scenarios_of_other_allies_are_refused(tmp_path: Any) -> None:
    lines = ALLIES.read_text(encoding="utf-8").splitlines()
    fewer = [line[:-1] + "0" if line.startswith("MNE,") else line for line in lines]
    assert fewer != lines
    (tmp_path / "fewer.csv").write_text("\n".join(fewer) + "\n", encoding="utf-8")
    (tmp_path / "fewer.toml").write_text(RUTTE + '[data]\nallies = "fewer.csv"\n', encoding="utf-8")
    with pytest.raises(sim.UsageError, match=r"different allies \(MNE in one only\)"):
        compared(sim.loads(RUTTE), sim.load(tmp_path / "fewer.toml"))


@pytest.mark.parametrize("wrong", [{"paths": 0}, {"seed": -1}, {"workers": 0}, {"block": 8}, {"executor": "magic"}])
def test_impossible_numbers_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(sim.UsageError):
        compared(sim.loads(RUTTE), sim.loads(WILLING), **wrong)


def test_other_yardsticks_years_and_members_are_said() -> None:
    later = RUTTE.replace("2028 }", "2029 }").replace("by = 2028", "by = 2029\nmembers = ['ITA', 'FRA']")
    comparison = compared(sim.loads(RUTTE), sim.loads(later), paths=16)
    text = " ".join(comparison.notes())
    assert "A: core 3.5 % of GDP by 2028; B: core 3.5 % of GDP by 2029" in text
    assert "different years (A 2028, B 2029): compared to 2028" in text
    assert "bind different allies" in text
    assert set(comparison.compliance()["iso3"]) == {"ITA", "FRA"}
    assert comparison.year == 2028
    assert compared(sim.loads(RUTTE), sim.loads(WILLING), paths=16).notes() == ()


def test_the_year_is_that_of_the_firsts_target_or_the_last_in_common() -> None:
    far, near = sim.loads(RUTTE.replace("by = 2028", "by = 2035")), sim.loads(RUTTE.replace("by = 2028", "by = 2027"))
    assert compared(far, near, paths=16).year == 2028
    assert compared(near, far, paths=16).year == 2027
    assert compared(sim.loads("[horizon]\nlast_year = 2027\n"), near, paths=16).year == 2027


def test_what_one_does_not_measure_is_left_out() -> None:
    total = RUTTE + '[targets.total]\npillar = "total"\nshare_pct = 5.0\nby = 2028\n'
    comparison = compared(sim.loads(total), sim.loads(RUTTE), paths=16)
    assert set(comparison.compliance()["pillar"]) == {"core", "core_without_late_push"}
    assert not comparison.alliance()["measure"].str.contains("total").any()
    assert "total is not compared" in " ".join(comparison.notes())
    aimless = compared(sim.loads(total), sim.loads("[horizon]\nlast_year = 2028\n"), paths=16)
    assert aimless.compliance().empty
    assert set(aimless.alliance()["measure"]) == {"euc_spent"}


def test_who_crosses_one_half_is_named_only_beyond_doubt() -> None:
    easy = RUTTE.replace("share_pct = 3.5", "share_pct = 2.5")
    flips = compared(sim.loads(RUTTE), sim.loads(easy), paths=2000).flips()
    flips = flips[flips["pillar"] == "core"]
    assert set(flips["crosses_half"]) == {"up", "no"}
    up = flips[flips["crosses_half"] == "up"]
    assert ((up["probability_a"] < 0.48) & (up["probability_b"] > 0.52)).all()
    moved = flips["only_b_part"] - flips["only_a_part"]
    assert np.allclose(moved, flips["probability_b"] - flips["probability_a"])
    assert len(TALLIES) == 4

"""A known budget draws the plan of its year, in place of the announced path; a draft can be dropped, a law not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import sim
from sim.analysis.stories import RANKS, three
from sim.engine.inputs import ally_inputs

Plans = NDArray[np.float32]

HEADER = "iso3,year,share_pct,basis,stage,announced,source,reading,note\n"
FREE = "[budget]\nadopted = false\n"
FALLS = "[will]\nchange_between_elections = 5.0\nlapse_probability = 1.0\nchange_jump = 0.0\n"


def plans(folder: Path, rows: str, more: str = "", ally: str = "ITA") -> Plans:
    """An ally's planned change by year and path; Italy's announced path is 2.25 in 2027 and 2.5 in 2028."""
    (folder / "b.csv").write_text(HEADER + rows)
    text = 'extends = "rutte_2032"\n[data]\nbudgets = "b.csv"\n[horizon]\nlast_year = 2030\n[outturn]\nnoise = 0.0\n'
    (folder / "mine.toml").write_text(text + more)
    scenario = sim.load(folder / "mine.toml")
    results = sim.simulate(scenario, paths=64, seed=3, executor="serial", keep=["plan_pct", "share_pct"])
    row = [entry.iso3 for entry in ally_inputs(scenario)].index(ally)
    found: Plans = results.paths("plan_pct")[row]
    return found


@pytest.mark.parametrize(("stage", "weight"), [("law", "adopted"), ("adopted", "adopted"), ("draft", "draft")])
def test_a_budget_draws_the_plan_by_its_stage_and_the_path_of_the_year_no_more(
    tmp_path: Path, stage: str, weight: str
) -> None:
    row = f"ITA,2027,2.4,NATO,{stage},2026-10,x,0,\n"
    alone = "[ally.ITA.budget]\nannounced_paths = false\n"
    with_path, without = plans(tmp_path, row), plans(tmp_path, row, alone)
    assert (with_path[0] == without[0]).all()
    assert (with_path[1] != without[1]).mean() > 0.5, "the path goes on in the year after, where no government fell"
    full = plans(tmp_path, row, f"[budget]\n{weight}_weight = 1.0\n")[0]
    none = plans(tmp_path, row, alone + FREE)[0]
    part = 0.7 if stage == "draft" else 0.9
    assert with_path[0] == pytest.approx((1 - part) * none + part * full, abs=1e-6)


def test_a_budget_moves_a_plan_no_further_than_a_budget_can(tmp_path: Path) -> None:
    rows = "ITA,2027,9.0,NATO,law,2026-10,x,0,\n"
    certain = "[budget]\nadopted_weight = 1.0\n[ally.ITA]\nshare_pct = 2.0\n"
    assert plans(tmp_path, rows, certain)[0] == pytest.approx(np.full(64, 0.8))
    rows = "ITA,2027,0.5,NATO,law,2026-10,x,0,\n"
    assert plans(tmp_path, rows, certain)[0] == pytest.approx(np.full(64, -0.16))


@pytest.mark.parametrize("ally", ["ITA", "GRC"])
def test_a_new_government_drops_a_draft_and_no_law(tmp_path: Path, ally: str) -> None:
    """Governments fall on nearly all paths by December 2028; Greece has nothing else that could be dropped."""
    other, its = "GBR,2027,2.7,NATO,law,2026-10,x,0,\n", f"{ally},2029,5.0,NATO,{{}},2026-10,x,0,\n"
    kept = FALLS.replace("lapse_probability = 1.0", "lapse_probability = 0.0")
    none, none_kept = (plans(tmp_path, other, text, ally) for text in (FALLS, kept))
    draft, law = (plans(tmp_path, other + its.format(stage), FALLS, ally) for stage in ("draft", "law"))
    assert (none[:2] == draft[:2]).all()
    assert (none[2] == draft[2]).mean() > 0.9
    assert (none[2] < law[2]).all()
    assert (plans(tmp_path, other + its.format("draft"), kept, ally)[2] > none_kept[2]).all()


@pytest.mark.parametrize(("announced", "known"), [("2026-12-31", True), ("2027-01", False)])
def test_what_was_not_announced_by_december_of_the_base_year_is_not_known(
    tmp_path: Path, announced: str, known: bool
) -> None:
    row = f"ITA,2028,4.0,NATO,law,{announced},x,0,\n"
    moved = plans(tmp_path, row)[1] != plans(tmp_path, row, FREE)[1]
    assert moved.all() if known else not moved.any()


@pytest.mark.parametrize(
    ("stage", "said", "follows"),
    [
        ("law", "law", "0.90 of its plan follows it."),
        ("adopted", "adopted", "0.90 of its plan follows it."),
        ("draft", "a draft", "0.70 of its plan follows it, unless a new government drops it."),
    ],
)
def test_a_story_begins_with_the_budgets_that_are_known(tmp_path: Path, stage: str, said: str, follows: str) -> None:
    words = f"The budget of Italy for 2029 is {said}: 2.40 % of GDP on NATO's basis. {follows}"
    (tmp_path / "b.csv").write_text(f"{HEADER}ITA,2029,2.4,NATO,{stage},2026-10,x,0,\n")
    (tmp_path / "mine.toml").write_text('extends = "rutte_2032"\n[data]\nbudgets = "b.csv"\n')
    story = sim.replay(sim.load(tmp_path / "mine.toml"), path=3)
    told = [(entry.year, entry.month, entry.iso3) for entry in story.entries if entry.text == words]
    assert told == [(2026, 12, "ITA")]
    assert not any("The budget of" in entry.text for entry in story.entries if entry.text != words)


def test_no_government_can_drop_the_draft_of_the_first_budget() -> None:
    story = sim.replay(sim.load("rutte_2032"), path=48_213).of("DEU")
    words = "The budget of Germany for 2027 is a draft: 3.26 % of GDP on NATO's basis. 0.70 of its plan follows it."
    assert words in [entry.text for entry in story.entries]


def test_a_story_has_the_weight_of_its_path(tmp_path: Path) -> None:
    scenario = sim.loads("[budget]\ndraft_weight = { uniform = { low = 0.2, high = 0.9 } }")
    weights = set()
    for path in range(6):
        (told,) = (e.text for e in sim.replay(scenario, path).entries if e.text.startswith("The budget of Germany"))
        weights.add(told.split("basis. ")[1].split()[0])
    assert len(weights) >= 3, "a number of its own for most paths"
    assert all(0.2 <= float(weight) <= 0.9 for weight in weights)


def test_a_report_says_of_a_government_that_it_drops_a_draft(tmp_path: Path) -> None:
    """Greece has nothing else that could be dropped, and nothing after the year before the draft's."""
    (tmp_path / "b.csv").write_text(f"{HEADER}GRC,2029,5.0,NATO,draft,2026-10,x,0,\n")
    (tmp_path / "mine.toml").write_text(f'extends = "rutte_2032"\n[data]\nbudgets = "b.csv"\n{FALLS}')
    scenario = sim.load(tmp_path / "mine.toml")
    results = sim.simulate(scenario, paths=64, seed=2032, executor="serial")
    told = [event for one in three(scenario, results.record, 2032) for event in one.entries]
    drops = [(date, text) for date, text in told if "It drops its draft budget for 2029." in text]
    assert len(drops) == len(RANKS)
    assert all(date < "2029" and "Greece" in text for date, text in drops)


def test_budgets_are_switched_off_for_all_or_for_one() -> None:
    def known(text: str) -> set[str]:
        return {entry.iso3 for entry in ally_inputs(sim.loads(text)) if entry.budgets}

    assert known("") == {"DEU", "GBR", "POL"}
    assert known(FREE) == set()
    assert known("[ally.DEU.budget]\nadopted = false\n") == {"GBR", "POL"}
    assert known("[horizon]\nbase_year = 2025\nlast_year = 2030\n") == set(), "announced in 2026"

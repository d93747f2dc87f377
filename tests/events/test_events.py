"""Each kind of event does what it says, to the paths it says, when it says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import sim
from sim.data.tables import load_tables
from sim.distributions.draws import Draws
from sim.distributions.families import Uniform
from sim.engine.block import run_block
from sim.engine.observer import Observer
from sim.model.events import FIRST_IN_A_MONTH, in_order
from sim.model.state import AllyState, Hit, World
from support import as_shipped

FROM = "[horizon]\nbase_year = 2026\n"
QUIET = "".join(f'[[event]]\nname = "{name}"\nrate = 0.0\n' for name in FIRST_IN_A_MONTH)
TARGET = "[targets.core]\nshare_pct = 3.5\nby = 2032\n"
CERTAIN = "[will]\nchange_at_election = 1.0\nlapse_probability = 1.0\nchange_jump = 0.7\nearly_election_rate = 0.0\n"


class Diary(Observer):
    """What happened, with the state before and after."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int, int, dict[str, Any], dict[str, Any]]] = []
        self.paths: dict[str, np.ndarray] = {}
        self.outturns: dict[tuple[str, int], dict[str, Any]] = {}

    def begin(self, world: World) -> None:
        self.world = world

    def state(self, ally: AllyState | None) -> dict[str, np.ndarray]:
        if ally is None:
            return {"urgency": self.world.urgency.level(self.world.calendar.month).copy()}
        names = ("will", "share_pct", "norm_pct", "related_pct", "gdp_usd_bn")
        return {name: getattr(ally, name).copy() for name in names}

    @contextmanager
    def happening(self, words: Callable[[Hit], str], ally: AllyState | None, hit: Hit) -> Iterator[None]:
        before = self.state(ally)
        yield
        month = self.world.calendar.month
        text = words(hit.at(hit.paths[:1])) if hit.paths.size else ""
        self.events.append(
            (text, self.world.calendar.base_year + month // 12, month % 12 + 1, before, self.state(ally))
        )
        self.paths[text] = hit.paths

    def outturn(self, ally: AllyState, year: int) -> None:
        self.outturns[ally.iso3, year] = {
            "share_pct": ally.share_pct.copy(), "target_pct": ally.target_pct, "due": ally.due, "gdp": ally.gdp_usd_bn,
            "surprise": ally.surprise_pct,
        }  # fmt: skip


def loads(text: str) -> sim.Scenario:
    """A scenario from the figures of 2026, unless it says from which."""
    return as_shipped(sim.loads(text if "[horizon]" in text else FROM + text))


def live(text: str, paths: int = 64, seed: int = 1) -> Diary:
    diary = Diary()
    run_block(loads(text), seed, 0, paths, observer=diary)
    return diary


def told(diary: Diary, words: str) -> list[tuple[str, int, int, dict[str, Any], dict[str, Any]]]:
    return [event for event in diary.events if words in event[0]]


def test_a_dated_crisis_hits_its_part_of_the_paths_in_its_month() -> None:
    event = '[[event]]\nname = "storm"\nkind = "crisis"\nwhen = "2028-05"\nprobability = 0.5\nsize = 0.7\n'
    diary = live(QUIET + event, paths=4_096)
    ((text, year, month, before, after),) = told(diary, "Storm")
    assert (year, month) == (2028, 5)
    assert "0.70" in text
    jump = after["urgency"] - before["urgency"]
    np.testing.assert_allclose(jump[diary.paths[text]], 0.7, atol=1e-5)
    assert (np.delete(jump, diary.paths[text]) == 0).all()
    assert abs(len(diary.paths[text]) - 2_048) < 5 * math.sqrt(4_096 / 4)


def test_the_part_of_the_paths_may_be_uncertain_and_is_drawn_for_each_event_apart() -> None:
    law = Uniform(low=0.0, high=1.0)
    event = '[[event]]\nname = "{}"\nkind = "crisis"\nwhen = "2028-05"\n'
    event += "probability = {{ uniform = {{ low = 0.0, high = 1.0 }} }}\n"
    diary = live(QUIET + event.format("storm") + event.format("flood"), paths=512)
    for name in ("storm", "flood"):
        ((text, *_),) = told(diary, name.capitalize())
        draws = Draws(1, 0, 512)
        part = draws.value(f"param/event.{name}.probability", law)
        assert (
            diary.paths[text].tolist()
            == np.flatnonzero(draws.chance(f"event/{name}/occurs", part, period=2028)).tolist()
        )


def test_a_detente_leaves_its_factor() -> None:
    diary = live(QUIET + '[[event]]\nname = "calm"\nkind = "detente"\nwhen = "2027-01"\nfactor = 0.25\n')
    ((_, _, _, before, after),) = told(diary, "Calm")
    np.testing.assert_allclose(after["urgency"], before["urgency"] / 4, rtol=1e-6)


def test_events_of_one_month_have_their_order() -> None:
    names = ["zebra", "detente", "crisis", "alpha", "us_retrenchment"]
    events = "".join(
        f'[[event]]\nname = "{name}"\nwhen = "2028-05"\n'
        + ('kind = "crisis"\nsize = 1.0\n' if name in ("zebra", "alpha") else "")
        for name in names
    )
    diary = live(events)
    order = [event.name for event in in_order(loads(events).event)]
    assert order == ["us_retrenchment", "crisis", "detente", "alpha", "zebra"]
    seen = [text.split(":")[0] for text, year, month, *_ in diary.events if (year, month) == (2028, 5) and ":" in text]
    assert seen == ["US retrenchment", "Security crisis", "Detente", "Alpha", "Zebra"]


@pytest.mark.parametrize(("state", "amount"), [
    ("urgency", 0.5), ("will", -0.4), ("share_pct", 0.3), ("norm_pct", 0.2), ("related_pct", 0.1), ("gdp_pct", -2.0),
])  # fmt: skip
def test_a_shock_adds_its_amount(state: str, amount: float) -> None:
    ally = "" if state == "urgency" else 'ally = "ITA"\n'
    diary = live(
        QUIET
        + f'[[event]]\nname = "jolt"\nkind = "shock"\nwhen = "2029-03"\nstate = "{state}"\namount = {amount}\n{ally}'
    )
    ((_, year, month, before, after),) = told(diary, "Jolt")
    assert (year, month) == (2029, 3)
    if state == "gdp_pct":
        np.testing.assert_allclose(after["gdp_usd_bn"], before["gdp_usd_bn"] * (1 + amount / 100), rtol=1e-6)
    else:
        np.testing.assert_allclose(after[state] - before[state], amount, atol=1e-5)


def test_a_recession_lowers_growth_of_its_year_and_ally_only() -> None:
    event = '[[event]]\nname = "slump"\nkind = "recession"\nwhen = "2028-09"\nsize_pct = 6.0\nally = "DEU"\n'
    with_it, without = live(QUIET + event), live(QUIET)
    for iso3, year, lost in [("DEU", 2028, 6.0), ("DEU", 2027, 0.0), ("DEU", 2029, 0.0), ("FRA", 2028, 0.0)]:
        difference = without.outturns[iso3, year]["surprise"] - with_it.outturns[iso3, year]["surprise"]
        np.testing.assert_allclose(difference, lost, atol=1e-5)


def test_a_recession_of_all_lowers_growth_of_its_year_only() -> None:
    event = '[[event]]\nname = "slump"\nkind = "recession"\nwhen = "2028-01"\nsize_pct = 6.0\n'
    with_it, without = live(QUIET + event), live(QUIET)
    for iso3 in ("DEU", "USA"):
        for year, lost in [(2027, 0.0), (2028, 6.0), (2029, 0.0), (2030, 0.0)]:
            difference = without.outturns[iso3, year]["surprise"] - with_it.outturns[iso3, year]["surprise"]
            np.testing.assert_allclose(difference, lost, atol=1e-5)
    ((text, *_),) = told(with_it, "Slump")
    assert text == "Slump: growth of the alliance is 6.0 points lower this year."


def test_a_summit_sets_and_a_review_moves_the_target_from_the_next_budget_on() -> None:
    events = (
        '[[event]]\nname = "ankara"\nkind = "summit"\nwhen = "2027-06"\nshare_pct = 4.0\nby = 2034\n'
        '[[event]]\nname = "look"\nkind = "review"\nwhen = "2029-06"\nprobability = 1.0\n'
        "years_later = 2\nchange_pct = -0.5\n"
    )
    diary = live(TARGET + QUIET + events)
    followed = {year: diary.outturns["ITA", year] for year in (2027, 2028, 2029, 2030)}
    assert followed[2027]["target_pct"] == 3.5
    for year, share, due in [(2028, 4.0, 2034), (2029, 4.0, 2034), (2030, 3.5, 2036)]:
        assert (followed[year]["target_pct"] == np.float32(share)).all()
        assert (followed[year]["due"] == due).all()


def test_no_review_moves_a_target_below_zero() -> None:
    event = '[[event]]\nname = "look"\nkind = "review"\nrate = 0.7\nchange_pct = -3.0\n'
    diary = live(TARGET + QUIET + event)
    assert set(diary.outturns["ITA", 2030]["target_pct"].tolist()) == {0.0, 0.5, 3.5}


def test_a_review_moves_nothing_unless_given_a_probability() -> None:
    event = '[[event]]\nname = "look"\nkind = "review"\nwhen = "2029-06"\nyears_later = 3\n'
    assert not told(live(TARGET + QUIET + event), "Look")


def test_pledges_of_the_data_hold_and_lapse_with_a_new_government() -> None:
    spain = live(TARGET + QUIET + CERTAIN)
    assert (spain.outturns["ESP", 2027]["target_pct"] == np.float32(2.1)).all()
    assert (spain.outturns["ESP", 2028]["target_pct"] == np.float32(3.5)).all(), (
        "dropped at the election of August 2027"
    )
    off = live("[budget]\npledges = false\n" + TARGET + QUIET)
    assert off.outturns["ESP", 2027]["target_pct"] == 3.5


def test_a_pledge_of_the_file_replaces_that_of_the_data_by_its_name() -> None:
    event = (
        '[[event]]\nname = "esp_opt_out"\nkind = "pledge"\nally = "ESP"\nshare_pct = 2.6\nby = 2033\nopt_out = true\n'
    )
    diary = live(TARGET + QUIET + event)
    assert (diary.outturns["ESP", 2027]["target_pct"] == np.float32(2.6)).all()


def test_an_announced_path_draws_the_plan() -> None:
    event = """
[[event]]
name = "hrv_path"
kind = "announced_path"
ally = "HRV"
firm = true
points = [{ year = 2028, share_pct = 4.5 }]
"""
    quiet = "[outturn]\nnoise = 0.0\nreporting = 0.0\n"
    with_it, without = live(quiet + QUIET + event, paths=256), live(quiet + QUIET, paths=256)
    more = with_it.outturns["HRV", 2028]["share_pct"].mean() - without.outturns["HRV", 2028]["share_pct"].mean()
    assert more > 0.3


def test_an_election_changes_will_and_drops_pledges() -> None:
    event = '[[event]]\nname = "snap"\nkind = "election"\nally = "ESP"\nwhen = "2027-03"\nchange_probability = 1.0\n'
    diary = live(TARGET + QUIET + CERTAIN.replace("change_at_election = 1.0", "change_at_election = 0.0") + event)
    ((text, year, month, before, after),) = told(diary, "Snap")
    assert (year, month) == (2027, 3)
    assert "Spain" in text
    np.testing.assert_allclose(after["will"] - before["will"], 0.7, atol=1e-5)
    assert (diary.outturns["ESP", 2028]["target_pct"] == np.float32(3.5)).all()


def test_a_scheduled_election_is_skipped_within_a_year_of_a_vote() -> None:
    """Spain votes by August 2027; a snap election in March makes that one void on its paths."""
    event = '[[event]]\nname = "snap"\nkind = "election"\nally = "ESP"\nwhen = "2027-03"\nprobability = 0.5\n'
    diary = live(QUIET + "[will]\nearly_election_rate = 0.0\n" + event, paths=1_000)
    snap = [e for e in diary.events if "Snap" in e[0]]
    assert len(snap) == 1
    august = [e for e in diary.events if (e[1], e[2]) == (2027, 8) and "Spain" in e[0]]
    assert len(august) == 1
    voted = august[0][4]["will"] != august[0][3]["will"]
    moved = snap[0][4]["will"] != snap[0][3]["will"]
    assert moved.any()
    assert voted.any()
    assert not (voted & moved).any()


def test_random_events_come_at_their_rate_once_a_year_in_any_month() -> None:
    """P(at least one crisis in ten years at 0.07) = 0.5034; months are uniform."""
    text = FROM + "last_year = 2036\n" + QUIET.replace('name = "crisis"\nrate = 0.0', 'name = "crisis"\nrate = 0.07')
    paths = 8_192
    diary = Diary()
    struck, months, per_year = np.zeros(paths, dtype=int), Counter[int](), Counter[tuple[int, int]]()
    scenario = loads(text)

    class Count(Diary):
        @contextmanager
        def happening(self, words: Callable[[Hit], str], ally: AllyState | None, hit: Hit) -> Iterator[None]:
            yield
            if hit.stream == "event/crisis":
                struck[hit.paths] += 1
                months[self.world.calendar.month % 12] += len(hit.paths)
                per_year.update((self.world.calendar.year, int(path)) for path in hit.paths)

    diary = Count()
    run_block(scenario, 3, 0, paths, observer=diary)
    p = 1 - math.exp(-0.7)
    assert abs((struck > 0).mean() - p) < 4.5 * math.sqrt(p * (1 - p) / paths)
    assert max(per_year.values()) == 1
    assert set(months) == set(range(12))
    expected = sum(months.values()) / 12
    assert sum((count - expected) ** 2 / expected for count in months.values()) < 40
    assert abs((struck > 0).mean() - 0.30) > 4.5 * math.sqrt(0.21 / paths), "the control: another rate is told apart"


def test_recessions_of_one_year_never_take_all_of_gdp() -> None:
    events = "".join(
        f'[[event]]\nname = "slump_{n}"\nkind = "recession"\nwhen = "2028-01"\nsize_pct = 40.0\nally = "DEU"\n'
        for n in range(3)
    )
    diary = live(QUIET + events)
    assert (diary.outturns["DEU", 2028]["surprise"] == -50).all()
    assert (diary.outturns["DEU", 2028]["gdp"] > 0).all()


def test_a_path_announced_later_ends_the_former_where_it_holds_and_nowhere_else() -> None:
    event = """
[[event]]
name = "turn"
kind = "announced_path"
ally = "FRA"
when = "2027-03"
probability = 0.25
points = [{ year = 2032, share_pct = 4.5 }]
"""
    diary = Diary()
    scenario = loads(QUIET + event)

    class Holds(Diary):
        def outturn(self, ally: AllyState, year: int) -> None:
            if (ally.iso3, year) == ("FRA", 2027):
                self.held = [path.holds.copy() for path in ally.announced]

    diary = Holds()
    run_block(scenario, 1, 0, 512, observer=diary)
    former, later = diary.held
    assert 0 < later.sum() < 512
    assert not (former & later).any()
    assert (former & ~later).any()


def test_a_path_that_has_run_out_does_not_end_the_one_after_it() -> None:
    """What is announced on some paths does there what it does where it is announced on all, and nothing elsewhere."""
    early = (
        '[[event]]\nname = "early"\nkind = "announced_path"\nally = "HRV"\n'
        "points = [{ year = 2028, share_pct = 2.5 }]\n"
    )
    late = (
        '[[event]]\nname = "late"\nkind = "announced_path"\nally = "HRV"\nwhen = "2027-03"\n'
        "probability = {}\npoints = [{{ year = 2032, share_pct = 4.5 }}]\n"
    )
    text = QUIET + "[will]\nlapse_probability = 0.0\n" + early
    some, every, none = (
        run_block(loads(text + late.format(part)), 1, 0, 256, ["plan_pct"]).kept["plan_pct"] for part in (0.5, 1.0, 0.0)
    )
    as_everywhere, as_nowhere = ((some == other).all(axis=(0, 1)) for other in (every, none))
    assert 80 < as_everywhere.sum() < 176
    assert (as_everywhere ^ as_nowhere).all()


@pytest.mark.parametrize(("share", "announced", "planned"), [(3.0, 6.0, 1.0), (1.0, 3.0, 0.4), (3.0, 1.0, -0.24)])
def test_no_announcement_moves_a_budget_beyond_its_reach(share: float, announced: float, planned: float) -> None:
    """At most a point and four tenths of the share up, and eight hundredths of it down."""
    text = f"""
[horizon]
base_year = 2026
last_year = 2027
[ally.HRV]
share_pct = {share}
[ally.HRV.budget]
path_weight_first = 1.0
[[event]]
name = "leap"
kind = "announced_path"
ally = "HRV"
points = [{{ year = 2027, share_pct = {announced} }}]
"""
    counts = run_block(loads(QUIET + text), 1, 0, 16, ["plan_pct"])
    croatia = [entry.iso3 for entry in load_tables().armed_allies()].index("HRV")
    assert counts.kept["plan_pct"][croatia] == pytest.approx(np.full((1, 16), planned))


@pytest.mark.parametrize("words", [
    "[ally.FRA]\ncommitment = 0.0\n",
    '[[event]]\nname = "zero"\nkind = "summit"\nwhen = "2027-01"\ncommitment = 0.0\n',
])  # fmt: skip
def test_a_commitment_of_zero_holds_nobody(words: str) -> None:
    """A yardstick must not even forbid cuts: the outlays are those without the target."""
    free = "[budget]\npledges = false\nannounced_paths = false\nadopted = false\n" + QUIET
    bound, unbound = live(TARGET + free + words), live(free)
    if "summit" in words:
        assert np.all(bound.outturns["FRA", 2029]["target_pct"] == 0)
    else:
        same = bound.outturns["FRA", 2032]["share_pct"] - unbound.outturns["FRA", 2032]["share_pct"]
        assert np.abs(same).max() < 0.05, "only the peers differ"


def test_the_later_of_two_opt_outs_wins() -> None:
    event = '[[event]]\nname = "new"\nkind = "pledge"\nally = "ESP"\nshare_pct = 1.5\nby = 2030\n'
    event += 'opt_out = true\nwhen = "2028-02"\n'
    diary = live(TARGET + QUIET + "[will]\nlapse_probability = 0.0\n" + event)
    assert (diary.outturns["ESP", 2028]["target_pct"] == np.float32(2.1)).all()
    assert (diary.outturns["ESP", 2029]["target_pct"] == np.float32(1.5)).all()


def test_without_a_calendar_elections_come_at_random() -> None:
    """The United States has no early elections, and votes in four years of ten before the calendar begins."""
    votes = Counter[Any]()

    class Votes(Diary):
        @contextmanager
        def happening(self, words: Callable[[Hit], str], ally: AllyState | None, hit: Hit) -> Iterator[None]:
            yield
            if ally is not None and ally.iso3 == "USA" and "election" in words(hit):
                votes[self.world.calendar.year] += len(hit.paths)

    run_block(loads("[horizon]\nbase_year = 2014\nlast_year = 2026\n" + QUIET), 1, 0, 2_048, observer=Votes())
    p = 1 - math.exp(-0.25)
    for year in range(2015, 2021):
        assert abs(votes[year] - 2_048 * p) < 5 * math.sqrt(2_048 * p * (1 - p))
    assert votes[2021] == votes[2022] == votes[2023] == 0
    assert votes[2024] > 1_500

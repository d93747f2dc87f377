"""Every event process follows its declared law through the engine; wrong engines are told apart by the same judge."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import sim.distributions.draws
import sim.engine.alliance
import sim.engine.elections
import sim.model.state
from judge import politics, processes, wrong
from judge.judge import CHECKS, Control, broken
from judge.ledger import Ledger
from judge.politics import process_checks
from judge.processes import DATED, PATHS, RANDOM, Found, live
from sim.distributions.draws import Draws
from sim.model.equations import outturn
from sim.model.events import AnyEvent
from sim.model.state import AllyState, Hit
from sim.numerics.streams import Streams

FEW = PATHS // 4
"""Paths of a control; a wrong engine shows on fewer."""
Checks = Callable[[Ledger, Found], None]


def test_every_process_follows_its_law() -> None:
    found = process_checks(live())
    assert found.faults == []
    assert broken(found.checks) == []
    assert len(found.checks) == CHECKS["processes"]


def test_every_kind_of_event_is_there_in_both_forms() -> None:
    known = [kind for kind in AnyEvent.__args__[0].__args__ if not kind.before_the_run]  # that has neither form
    kinds = {kind.model_fields["kind"].annotation.__args__[0] for kind in known}
    three = {"crisis", "us_retrenchment", "detente"}
    for form in (RANDOM, DATED):
        written = " ".join(str(value) for value in form.values())
        named = {kind for kind in kinds if f'kind = "{kind}"' in written}
        assert named | (three if form is RANDOM else set()) == kinds


def engine(words: str, caught: str, *made: Any) -> Control:
    """An engine with something else in the place of a part, before the judge: checks, place, name, what is there."""
    return Control(words, caught, lambda: engine_says(*made))


@cache
def engine_says(checks: Checks, place: Any, what: str, instead: Any) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, what, instead)
        return against(checks, live(FEW))


def against(checks: Checks, ledger: Ledger) -> list[str]:
    """What the judge has against a ledger."""
    found = Found()
    checks(ledger, found)
    return [*broken(found.checks), *found.faults]


@cache
def rates_a_tenth_lower() -> list[str]:
    """The engine as it is, judged by rates a tenth lower: so many paths suffice for those of 0.2 and more."""
    ledger = live()
    with pytest.MonkeyPatch.context() as patch:
        for name in TENTH:
            rate, rest = RANDOM[name]
            patch.setitem(RANDOM, name, (rate / 1.1, rest))
        return against(processes.random_checks, ledger)


def closer_late_push(before: Any, target: Any, due: Any, **reach: Any) -> Any:
    """Late pushes whatever the distance."""
    return np.ones(len(before), dtype=np.bool_) & due


def error_everywhere(share: Any, error: Any) -> Any:
    """The base year's error falls on every ally, and is half a per cent more."""
    return BASE_YEAR(share, error + np.float32(0.005))


TENTH = ("storm", "slump", "moods", "snap")
JUMPS_TOO_LARGE = wrong.value_times(1.1, "/jump")
PUSH_CHANCE, BASE_YEAR = outturn.late_push_probability, outturn.base_year
CONTROLS = [
    *(Control("rates a tenth too high", f"{name}: events", rates_a_tenth_lower) for name in TENTH),
    engine("rates are taken for probabilities", "storm: events", processes.random_checks,
           sim.engine.alliance, "yearly_probability", None),
    engine("no event in the first year", "storm: first year", processes.random_checks,
           Streams, "uint16", wrong.never_at_first),
    engine("a year repeats the one before", "storm: number a path", processes.random_checks,
           sim.distributions.draws, "Streams", wrong.IgnoredPeriod),
    engine("a year mirrors the one before", "storm: two years running", processes.random_checks,
           Streams, "uint16", wrong.turned_every_other_year),
    engine("December never comes", "storm: months", processes.random_checks, Draws, "month", wrong.eleven_months),
    engine("all events are one", "crisis and us_retrenchment", processes.random_checks,
           Streams, "uint16", wrong.one_event),
    engine("a rate that is drawn is its mean", "drawn rate: number a path", processes.random_checks,
           Draws, "value", wrong.mean_value("param/event.drawn_rate.rate")),
    engine("sizes a tenth too large", "storm: size", processes.size_checks,
           Draws, "value", wrong.value_times(1.1, "storm/size")),
    engine("a size is drawn once", "storm: sizes of two years running", processes.size_checks,
           Streams, "uint16", wrong.same_every_year("event/storm/size")),
    engine("a dated event hits all paths", "d_crisis: part", processes.dated_checks,
           Hit, "chosen", lambda hit, name, probability: hit.paths),
    engine("all events of a year are one", "d_us and d_detente", processes.dated_checks,
           Streams, "uint16", wrong.one_event),
    engine("a part that is drawn is its mean", "drawn part, 0 to 0.2", processes.dated_checks,
           Draws, "chance", wrong.mean_chance("event/drawn_part/occurs")),
    engine("dated events come a month late", "d_crisis not once in 2029-05", processes.dated_checks,
           sim.engine.alliance, "split_month", lambda text: (int(text[:4]), int(text[5:]) % 12 + 1)),
    engine("early elections come at the prior's rate", "ITA: early elections", politics.early_checks,
           sim.engine.elections, "yearly_probability", lambda rate: processes.yearly(0.08)),
    engine("the calendar does not end", "DEU: early, no calendar", politics.early_checks,
           sim.engine.elections, "RATE_WITHOUT_CALENDAR", 0.0),
    engine("December never comes", "early elections: months", politics.early_checks,
           Draws, "month", wrong.eleven_months),
    engine("early elections come to all together", "BEL and BGR: early in one year", politics.early_checks,
           Streams, "uint16", wrong.same_for_all("election/early/occurs")),
    engine("who has voted votes again", "votes on other paths", politics.calendar_checks,
           sim.engine.elections, "MONTHS_BETWEEN", -1),
    engine("who has voted votes again", "ITA: calendar's election is held", politics.calendar_checks,
           sim.engine.elections, "MONTHS_BETWEEN", -1),
    engine("governments fall half as often again", "DEU: government falls", politics.government_checks,
           Draws, "_below", wrong.chance_times(1.5, "government/change")),
    engine("governments fall together", "BEL and BGR: fall in one year", politics.government_checks,
           Streams, "uint16", wrong.same_for_all("government/change")),
    engine("elections change a tenth too little", "election/scheduled: changes", politics.government_checks,
           Draws, "_below", wrong.chance_times(0.9, "scheduled/change")),
    *(engine("jumps of will a tenth too large", line, politics.government_checks, Draws, "value",
             JUMPS_TOO_LARGE)
      for line in ("election/scheduled: jump of will", "election/scheduled: jump of will: moment 2")),
    engine("an early election brings the same jump whenever it comes", "election/early: jumps one after another",
           politics.repeat_checks, Streams, "uint16", wrong.same_every_year("election/early/jump")),
    engine("elections of the calendar bring all allies the same jump", "election/scheduled: jumps of two allies",
           politics.repeat_checks, Streams, "uint16", wrong.same_for_all("election/scheduled/jump")),
    engine("jumps of will that lean to one side, by 0.02", "election/scheduled: jump of will: moment 1",
           politics.government_checks, sim.model.state, "after_change",
           lambda will, jump: will + jump + np.float32(0.02)),
    engine("a change never lapses anything", "election/scheduled: pledges and path lapse", politics.government_checks,
           AllyState, "drop_pledges", lambda state, paths: None),
    engine("a change drops the first only", "drops a part", politics.government_checks,
           AllyState, "drop_pledges", wrong.drop_first),
    engine("the mean recession is the default's", "depth * (probability - R)", politics.recession_checks,
           sim.engine.alliance, "common_factor",
           lambda factor, recession, depth, p: factor + depth * (np.float32(0.07) - recession)),
    engine("recessions strike all paths alike", "recessions, rare", politics.recession_checks,
           Draws, "chance", wrong.mean_chance("growth/recession")),
    engine("a recession comes every year or never", "recessions two years running", politics.recession_checks,
           Streams, "uint16", wrong.same_every_year("growth/recession")),
    engine("late pushes a twentieth too rare", "late pushes", politics.push_checks, outturn, "late_push_probability",
           lambda *state, weight: PUSH_CHANCE(*state, weight=weight * np.float32(0.95))),
    engine("late pushes at their mean chance", "late pushes, chance 0.7 to 0.95", politics.push_checks,
           Draws, "chance", wrong.mean_chance("outturn/late_push/chance")),
    engine("late pushes land a tenth too high", "late pushes: excess", politics.push_checks,
           Draws, "value", wrong.value_times(1.1, "late_push/excess")),
    engine("late pushes at any distance", "a late push where none is possible", politics.push_checks,
           outturn, "late_push_in_reach", closer_late_push),
    *(engine("the base year has an error everywhere, half a per cent more", line, politics.start_checks,
             outturn, "base_year", error_everywhere)
      for line in ("base error", "a year without estimates", "a share that the scenario gives")),
    engine("all allies have one base error", "base error: between allies", politics.start_checks,
           Streams, "uint16", wrong.same_for_all("param/outturn.base_error")),
]  # fmt: skip


def test_nothing_is_said_against_the_engine_as_it_is() -> None:
    """On the paths of a control, with nothing put in the place of anything."""
    found = process_checks(live(FEW))
    assert [*broken(found.checks), *found.faults] == []


def test_the_rates_of_a_control_are_not_the_engines() -> None:
    """What is judged by the rate it has still holds."""
    assert not any(line.startswith("vow: ") for line in rates_a_tenth_lower())


@pytest.mark.parametrize("control", CONTROLS, ids=str)
def test_a_wrong_engine_is_told_apart(control: Control) -> None:
    assert control.told()[0]

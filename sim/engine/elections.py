"""Elections and the governments they bring: one process for all allies.

What an election does is the same everywhere, and a month's elections touch few paths of each ally. So they are held
together: January draws the year's early elections and buckets them by month, and one event wakes a month's bucket,
with what the calendar has in that month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, fields

import numpy as np

from sim.distributions.draws import Mask, Paths
from sim.engine.ally import AllyProcess
from sim.engine.clock import Clock, Process
from sim.engine.inputs import RATE_WITHOUT_CALENDAR
from sim.engine.observer import Observer
from sim.model.calendar import ELECTIONS_RANK, Phase, Years
from sim.model.state import AllyState, Electorate, Hit, World
from sim.numerics.arrays import Array, Value, broadcast
from sim.numerics.exact import yearly_probability

MONTHS_BETWEEN = 12
"""The calendar's election is skipped where there was a vote in as many months before."""

GOVERNMENT, EARLY, SCHEDULED = "government", "election/early", "election/scheduled"
WORDS = {
    GOVERNMENT: "The government of {} ends before its term.",
    EARLY: "An early election in {}.",
    SCHEDULED: "A scheduled election in {}.",
}

UNSEEN = nullcontext()
"""Around what nobody looks on at."""


@dataclass(frozen=True)
class Votes:
    """Early elections in all allies: arrays (votes,). A position counts the paths of all allies one after the other."""

    positions: Paths
    changing: Mask  # where the vote brings a new government
    lapsing: Mask  # where that drops what was pledged and announced
    jump: Array  # of will, where the government changes

    def __getitem__(self, chosen: Paths) -> Votes:
        """Some of them."""
        return Votes(*(getattr(self, name)[chosen] for name in COLUMNS))


COLUMNS = tuple(field.name for field in fields(Votes))


class Elections:
    """The process of all elections but those that are events."""

    def __init__(self, world: World, allies: Sequence[AllyProcess], years: Years, observer: Observer) -> None:
        self.world, self.allies, self.years, self.observer = world, allies, years, observer
        # in a usual run nobody looks on; then no words are made of what happens
        self._watched = type(observer).happening is not Observer.happening

    def live(self, clock: Clock) -> Process:
        """Governments fall in January; early and scheduled elections come in their months, early ones first."""
        for year in self.years.simulated:
            yield clock.at(clock.month_of(year, 1), Phase.ELECTION, ELECTIONS_RANK)
            for ally in self.allies:
                self._fall(ally, year)
            early = self._early(year)
            scheduled = {ally.inputs.elections[year] for ally in self.allies if year in ally.inputs.elections}
            for month in sorted({*early, *scheduled}):
                yield clock.at(clock.month_of(year, month), Phase.ELECTION, ELECTIONS_RANK)
                if month in early:
                    self._hold_early(early[month], year)
                for ally in self.allies:
                    if ally.inputs.elections.get(year) == month:
                        self._hold_scheduled(ally, year)

    def _fall(self, ally: AllyProcess, year: int) -> None:
        """The governments of one ally that fall between elections."""
        chance = ally.state.politics.change_between_elections
        fallen, lapsing = self._changes(ally, "government/change", chance, year)
        if not fallen.size:
            return
        with self._seen(GOVERNMENT, year, ally.state, fallen):
            ally.state.change_governments(fallen, self._jump(ally, GOVERNMENT, year, fallen), fallen[lapsing])

    def _early(self, year: int) -> dict[int, Votes]:
        """The year's early elections by month, each equally likely."""
        draws = self.world.draws
        months, votes = [], []
        for ally in self.allies:
            chances = _early_chance(ally, year), ally.state.politics.change_at_election, *self._lapse(ally)
            address = {"ally": ally.inputs.code, "period": year}
            voters, (changing, *lapsing) = draws.stages("election/early/occurs", *chances, **address)
            if not voters.size:
                continue
            months.append(draws.month("election/early/month", on=voters, **address))
            jump = broadcast(self._jump(ally, EARLY, year, voters), voters.size)
            positions = ally.state.row * draws.paths + voters
            votes.append(Votes(positions, changing, lapsing[0] if lapsing else np.zeros_like(changing), jump))
        if not votes:
            return {}
        joined = Votes(*(np.concatenate([getattr(each, name) for each in votes]) for name in COLUMNS))
        month_of = np.concatenate(months)
        in_order = month_of.argsort(kind="stable")  # positions go on rising within a month
        # 13, since months begin at 1: ends[month - 1] is where a month begins
        ends = np.bincount(month_of, minlength=13).cumsum()
        return {
            month: joined[in_order[ends[month - 1] : ends[month]]]
            for month in range(1, 13)
            if ends[month] > ends[month - 1]
        }

    def _hold_early(self, votes: Votes, year: int) -> None:
        """This month's early elections in all allies."""
        month, positions = self.world.calendar.month, votes.positions
        with self._seen(EARLY, year, self.world, positions):
            self.world.vote(month, positions, positions, votes.jump, positions[votes.lapsing], votes.changing)

    def _hold_scheduled(self, ally: AllyProcess, year: int) -> None:
        """The calendar's election of one ally, where it has not voted a short while ago: on most paths."""
        state, month = ally.state, self.world.calendar.month
        asked = state.last_vote < month - MONTHS_BETWEEN
        changing, lapsing = self._changes(ally, "election/scheduled/change", state.politics.change_at_election, year)
        there = asked[changing]
        changing, lapsing = changing[there], lapsing[there]
        held = asked.nonzero()[0] if self._watched else changing  # onlookers alone ask for the paths of every vote
        with self._seen(SCHEDULED, year, state, held):
            state.vote(month, asked, changing, self._jump(ally, SCHEDULED, year, changing), changing[lapsing])

    def _changes(self, ally: AllyProcess, name: str, chance: Value, year: int) -> tuple[Paths, Mask]:
        """Where an ally's government changes, and where of these it drops what was pledged, if anything ever was."""
        chances = chance, *self._lapse(ally)
        changing, lapsing = self.world.draws.stages(name, *chances, ally=ally.inputs.code, period=year)
        return changing, lapsing[0] if lapsing else np.zeros(changing.size, dtype=np.bool_)

    def _lapse(self, ally: AllyProcess) -> tuple[Value, ...]:
        """The chance that a new government drops what was pledged, of an ally that may have pledged something."""
        return (ally.state.politics.lapse_probability,) if ally.ever_bound else ()

    def _jump(self, ally: AllyProcess, stream: str, year: int, on: Paths) -> Value:
        distribution = ally.state.politics.jump
        return self.world.draws.value(f"{stream}/jump", distribution, on=on, ally=ally.inputs.code, period=year)

    def _seen(self, stream: str, year: int, who: Electorate, where: Paths) -> AbstractContextManager[None]:
        """Let the observer, if there is one, see what happens to each ally there."""
        return self._watching(stream, year, who, where) if self._watched else UNSEEN

    @contextmanager
    def _watching(self, stream: str, year: int, who: Electorate, where: Paths) -> Iterator[None]:
        with ExitStack() as seen:
            for ally, paths in who.by_ally(where):
                hit = Hit(self.world.draws, stream, year, paths, ally.code)
                seen.enter_context(self.observer.happening(_sentence(stream, ally), ally, hit))
            yield


def _sentence(stream: str, ally: AllyState) -> Callable[[Hit], str]:
    """What happens to an ally, in a sentence; the same for every path."""
    text = WORDS[stream].format(ally.in_prose)
    return lambda _: text


def _early_chance(ally: AllyProcess, year: int) -> Value:
    """The probability of an early election in a year; where the calendar ends it stands in for scheduled ones too."""
    own = ally.will_parameters.early_election_rate
    chance = yearly_probability(ally.inputs.early_election_rate) if own is None else own
    if year not in ally.inputs.election_years:
        chance = chance + (1 - chance) * yearly_probability(RATE_WITHOUT_CALENDAR)
    return chance

"""Elections and the governments they bring: one process for all allies.

What an election does is the same everywhere, and a month's elections touch few paths of each ally. So they are held
together: January draws the year's early elections and buckets them by month, and one event wakes a month's bucket,
with what the calendar has in that month.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, fields

import numpy as np

from sim.distributions.draws import Mask, Paths
from sim.engine.ally import AllyProcess, Years
from sim.engine.clock import Clock, Process
from sim.engine.inputs import RATE_WITHOUT_CALENDAR
from sim.engine.observer import Observer
from sim.model.calendar import ELECTIONS_RANK, Phase
from sim.model.state import Hit, World
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


@dataclass(frozen=True)
class Votes:
    """Early elections in all allies: arrays (votes,). A place counts the paths of all allies one after the other."""

    places: Paths
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
        self._bound = [ally for ally in allies if ally.ever_bound]
        self._watched = type(observer).happening is not Observer.happening

    def live(self, clock: Clock) -> Process:
        """Governments fall in January; early and scheduled elections come in their months, early ones first."""
        for year in self.years.simulated:
            yield clock.at(clock.month_of(year, 1), Phase.ELECTION, ELECTIONS_RANK)
            for ally in self.allies:
                self._fall(ally, year)
            early = self._early(year)
            calendar = {ally.inputs.elections[year] for ally in self.allies if year in ally.inputs.elections}
            for month in sorted({*early, *calendar}):
                yield clock.at(clock.month_of(year, month), Phase.ELECTION, ELECTIONS_RANK)
                if month in early:
                    self._hold_early(early[month], year)
                for ally in self.allies:
                    if ally.inputs.elections.get(year) == month:
                        self._hold_scheduled(ally, year)

    def _fall(self, ally: AllyProcess, year: int) -> None:
        """The governments of one ally that fall between elections."""
        fallen, lapsing = self._changes(ally, "government/change", ally.state.politics.change_between_elections, year)
        with self._seen(ally, GOVERNMENT, fallen, year):
            self._change(ally, GOVERNMENT, year, fallen, lapsing)

    def _early(self, year: int) -> dict[int, Votes]:
        """The year's early elections by month, each equally likely."""
        draws = self.world.draws
        months, votes = [], []
        for ally in self.allies:
            chances = _early_chance(ally, year), ally.state.politics.change_at_election, *self._lapse(ally)
            place = {"ally": ally.inputs.code, "period": year}
            voters, (changing, *lapsing) = draws.stages("election/early/occurs", *chances, **place)
            months.append(draws.month("election/early/month", on=voters, **place))
            jump = broadcast(self._jump(ally, EARLY, year, voters), voters.size)
            places = ally.state.row * draws.paths + voters
            votes.append(Votes(places, changing, lapsing[0] if lapsing else np.zeros_like(changing), jump))
        joined = Votes(*(np.concatenate([getattr(each, name) for each in votes]) for name in COLUMNS))
        month_of = np.concatenate(months)
        in_order = month_of.argsort(kind="stable")  # places go on rising within a month
        ends = np.bincount(month_of, minlength=13).cumsum()
        return {
            month: joined[in_order[ends[month - 1] : ends[month]]]
            for month in range(1, 13)
            if ends[month] > ends[month - 1]
        }

    def _hold_early(self, votes: Votes, year: int) -> None:
        """This month's early elections in all allies."""
        world = self.world
        with ExitStack() as seen:
            for ally, paths in self._by_ally(votes.places, self.allies if self._watched else ()):
                seen.enter_context(self._seen(ally, EARLY, paths, year))
            world.vote(votes.places, world.calendar.month, votes.changing, votes.jump)
            for ally, paths in self._by_ally(votes.places[votes.lapsing], self._bound):
                ally.state.drop_pledges(paths)

    def _hold_scheduled(self, ally: AllyProcess, year: int) -> None:
        """The calendar's election of one ally, where it has not voted a short while ago: on most paths."""
        state, month = ally.state, self.world.calendar.month
        voting = state.last_vote < month - MONTHS_BETWEEN
        changing, lapsing = self._changes(ally, "election/scheduled/change", state.politics.change_at_election, year)
        asked = voting[changing]
        changing, lapsing = changing[asked], None if lapsing is None else lapsing[asked]
        with self._seen(ally, SCHEDULED, voting.nonzero()[0], year) if self._watched else nullcontext():
            since = np.int16(month) - state.last_vote
            state.last_vote += since * voting.view(np.int8)  # in a tenth of the time of NumPy's where
            self._change(ally, SCHEDULED, year, changing, lapsing)

    def _changes(self, ally: AllyProcess, name: str, chance: Value, year: int) -> tuple[Paths, Mask | None]:
        """Where an ally's government changes, and where it drops what was pledged, if anything ever was."""
        chances = chance, *self._lapse(ally)
        changing, lapsing = self.world.draws.stages(name, *chances, ally=ally.inputs.code, period=year)
        return changing, lapsing[0] if lapsing else None

    def _change(self, ally: AllyProcess, stream: str, year: int, changing: Paths, lapsing: Mask | None) -> None:
        """New governments of one ally; some drop what was pledged."""
        ally.state.change_governments(changing, self._jump(ally, stream, year, changing))
        if lapsing is not None:
            ally.state.drop_pledges(changing[lapsing])

    def _lapse(self, ally: AllyProcess) -> tuple[Value, ...]:
        """The chance that a new government drops what was pledged, of an ally that may have pledged something."""
        return (ally.state.politics.lapse_probability,) if ally.ever_bound else ()

    def _jump(self, ally: AllyProcess, stream: str, year: int, on: Paths) -> Value:
        distribution = ally.state.politics.jump
        return self.world.draws.value(f"{stream}/jump", distribution, on=on, ally=ally.inputs.code, period=year)

    def _seen(self, ally: AllyProcess, stream: str, paths: Paths, year: int) -> AbstractContextManager[None]:
        """Let the observer see what befalls an ally."""
        if not (self._watched and paths.size):
            return nullcontext()
        words = WORDS[stream].format(ally.state.in_prose)
        return self.observer.happening(
            lambda _: words, ally.state, Hit(self.world.draws, stream, year, paths, ally.inputs.code)
        )

    def _by_ally(self, places: Paths, allies: Sequence[AllyProcess]) -> Iterator[tuple[AllyProcess, Paths]]:
        """The paths of some allies among places that rise, where there are any."""
        size = self.world.draws.paths
        ends = places.searchsorted(np.arange(len(self.allies) + 1) * size)
        for ally in allies:
            row = ally.state.row
            if ends[row + 1] > ends[row]:
                yield ally, places[ends[row] : ends[row + 1]] - row * size


def _early_chance(ally: AllyProcess, year: int) -> Value:
    """The probability of an early election in a year; where the calendar ends it stands in for scheduled ones too."""
    own = ally.will.early_election_rate
    chance = yearly_probability(ally.inputs.early_election_rate) if own is None else own
    if year not in ally.inputs.calendar:
        chance = chance + (1 - chance) * yearly_probability(RATE_WITHOUT_CALENDAR)
    return chance

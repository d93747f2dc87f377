"""An onlooker that writes down what happens on each path of a block, for the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.engine.observer import Observer
from sim.model.state import AllyState, Hit, World

Array = NDArray[np.float32]


@dataclass
class Entry:
    """Something that happened in one month, with what moved on the paths it hit."""

    iso3: str
    year: int
    month: int
    paths: NDArray[np.intp]
    moved: dict[str, Array]  # will of an ally or urgency, and growth_loss; after less before
    before: Array | None  # urgency
    held: list[NDArray[np.bool_]]  # its commitments on these paths, before
    kept: list[NDArray[np.bool_]]  # the same after


@dataclass
class Push:
    """The late push of one ally and year, on the paths where the page has it possible."""

    pushed: NDArray[np.bool_]
    willing: Array
    urgency: Array
    excess: Array  # how far a push lands above the target, relative; where it happened
    elsewhere: int  # pushes where none is possible


@dataclass
class Ledger(Observer):
    """Entries by stream, growth of one ally, late pushes of all."""

    watched: str = "DEU"
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    surprises: dict[int, Array] = field(default_factory=dict)
    pushes: dict[tuple[str, int], Push] = field(default_factory=dict)
    start: dict[str, Array] = field(default_factory=dict)

    def begin(self, world: World) -> None:
        self.world = world
        for iso3, ally in world.allies.items():
            self.start[iso3] = ally.share_pct.copy()
        self.last = dict(self.start)

    @contextmanager
    def happening(self, words: Callable[[Hit], str], ally: AllyState | None, hit: Hit) -> Iterator[None]:
        before, held = self._seen(ally, hit)
        yield
        after, kept = self._seen(ally, hit)
        clock = self.world.calendar
        self.entries.setdefault(hit.stream, []).append(Entry(
            ally.iso3 if ally else "", clock.base_year + clock.month // 12, clock.month % 12 + 1, hit.paths,
            {name: after[name] - before[name] for name in after}, before.get("urgency"), held, kept,
        ))  # fmt: skip

    def outturn(self, ally: AllyState, year: int) -> None:
        size = ally.size
        if ally.iso3 == self.watched:
            self.surprises[year] = np.broadcast_to(ally.surprise_pct, size).copy()
        if np.min(ally.due) <= year:
            self.pushes[ally.iso3, year] = self._push(ally, year)
        self.last[ally.iso3] = ally.share_pct.copy()

    @property
    def paths(self) -> int:
        """Paths of the block."""
        return self.world.draws.paths

    def occurred(self, stream: str, years: range, iso3: str = "") -> NDArray[np.int8]:
        """The month in which something happened, 0 where it did not, (years, paths)."""
        found = np.zeros((len(years), self.paths), dtype=np.int8)
        for entry in self.entries.get(stream, []):
            if not iso3 or entry.iso3 == iso3:
                row = found[entry.year - years.start]
                assert not row[entry.paths].any(), f"{stream} twice in {entry.year}"
                row[entry.paths] = entry.month
        return found

    def sizes(self, stream: str, state: str) -> Array:
        """By how much a state moved, over all entries."""
        return np.concatenate([entry.moved[state] for entry in self.entries[stream]])

    def _push(self, ally: AllyState, year: int) -> Push:
        """The conditions of equation 8, written down anew: reach 0.4 points and 0.6 of the share after 2025."""
        target, due, willing = (np.broadcast_to(v, ally.size) for v in (ally.target_pct, ally.due, ally.willing))
        printed = [np.floor(np.float32(100) * share + np.float32(0.5)) for share in (ally.spent_pct, target)]
        before = self.last[ally.iso3]
        near = target - before <= np.minimum(np.float32(0.4), np.float32(0.6) * before)
        possible = (printed[0] < printed[1]) & near & (due <= year)
        pushed = np.isin(np.arange(ally.size), [] if ally.pushed is None else ally.pushed)
        urgency = self.world.urgency.level(self.world.calendar.month)
        return Push(
            pushed[possible], willing[possible], urgency[possible], (ally.reported_pct / target - 1)[pushed],
            int((pushed & ~possible).sum()),
        )  # fmt: skip

    def _seen(self, ally: AllyState | None, hit: Hit) -> tuple[dict[str, Array], list[NDArray[np.bool_]]]:
        holder = self.world if ally is None else ally
        loss = np.zeros(self.paths, np.float32) if holder.growth_loss_pct is None else holder.growth_loss_pct
        states = {"growth_loss": loss[hit.paths]}
        if ally is None:
            return states | {"urgency": self.world.urgency.level(self.world.calendar.month)[hit.paths]}, []
        return (
            states | {"will": ally.will[hit.paths]},
            [holds[hit.paths] for holds in ally.in_force()],
        )

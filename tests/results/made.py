"""A small record made of paths that are known one by one, without the engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.results.counts import CELLS, CERTAIN, EXPECTED, GROUPS, PILLARS, SPENT, TALLIES, Counts
from sim.results.record import AllyDescription, Description, Record, Yardstick

ALLIES = (
    AllyDescription("POL", "Poland", 4.3, False, 1_000.0, True),
    AllyDescription("ITA", "Italy", 2.0, True, 2_500.0, True),
    AllyDescription("USA", "United States", 3.2, True, 30_000.0, False),
    AllyDescription("ESP", "Spain", 2.1, True, 2_000.0, True),
)
YEARS = (2027, 2028, 2029)
PATHS = 40
SHAPE = (len(ALLIES), len(YEARS), PATHS)
TARGETS = {"core": 350, "related": 150, "total": 500}
MEMBERS = ("POL", "USA", "ESP")
"""The allies that the total binds."""


@dataclass(frozen=True)
class Made:
    """What happened on each path, hundredths of a percentage point and cells of money; and the record of it."""

    shares: dict[str, np.ndarray]  # by pillar, int (ally, year, path)
    paper: dict[str, np.ndarray]  # by pillar, bool (ally, year, path): on paper alone
    in_force: np.ndarray  # bool (ally, year, path): met as the target was left
    not_yet_due: np.ndarray  # bool (ally, year, path): not met so, and not yet due
    spent: dict[str, np.ndarray]  # core and total, int (ally, year, path): without what is on paper
    spent_groups: np.ndarray  # int (group, core and total, year, path)
    groups: np.ndarray  # int (group, pillar, year, path)
    usd: np.ndarray  # int (ally, year, path): cells of money short
    spent_usd: np.ndarray
    group_usd: np.ndarray  # int (group, year, path)
    spent_group_usd: np.ndarray
    expected: dict[str, np.ndarray]  # by EXPECTED, int (ally, year, path): conditional probabilities, CERTAIN for one
    record: Record

    def met(self, pillar: str) -> np.ndarray:
        return _met(pillar, self.shares[pillar])

    def probability(self, pillar: str) -> np.ndarray:
        """Float (ally, year, path): the conditional one where there is one, else whether it complies."""
        return self.expected[pillar] / CERTAIN if pillar in self.expected else self.met(pillar).astype(float)

    def without(self, pillar: str) -> np.ndarray:
        """The same, spent only."""
        return self.probability(f"{pillar}_without_late_push" if pillar in SPENT else pillar)

    def as_moved(self, ally: int, step: int) -> np.ndarray:
        """Whether it meets the core target as moved; by as many paths as it does as it is: the probability of that."""
        counted: np.ndarray = self.in_force[ally, step]
        unmoved = counted.sum() == self.met("core")[ally, step].sum()
        return self.probability("core")[ally, step] if unmoved else counted

    def first(self, ally: int, path: int) -> int | None:
        """The first year of compliance, 2026 for the published one."""
        years = [2026] if round(100 * ALLIES[ally].base_share_pct) >= TARGETS["core"] else []
        years += [year for step, year in enumerate(YEARS) if self.met("core")[ally, step, path]]
        return years[0] if years else None

    def stays(self, ally: int, path: int) -> bool:
        """Whether it complies in every year after the first."""
        first = self.first(ally, path)
        steps = [step for step, year in enumerate(YEARS) if first is not None and year > first]
        return first is not None and all(self.met("core")[ally, step, path] for step in steps)


MANIFEST: dict[str, Any] = {
    **dict.fromkeys(("burdenshare", "command", "python", "numpy", "scipy", "simpy"), ""), "scenario_digest": "0" * 64,
    "data_digest": "0" * 64, "stream_version": 2, "seed": 11, "paths": 40, "precision_points": None, "built_tables": {},
    "engine": "numpy",
}  # fmt: skip
"""What every saved run says of itself."""


def made() -> Made:
    """Forty paths of four allies over three years, drawn once."""
    rng = np.random.default_rng(1)
    shares = {
        "core": rng.integers(300, 400, SHAPE), "related": rng.integers(120, 180, SHAPE),
        "total": rng.integers(440, 560, SHAPE),
    }  # fmt: skip
    shares["core"][0] += 60  # Poland always complies, Spain never
    shares["core"][3] -= 60
    met = {pillar: _met(pillar, shares[pillar]) for pillar in TARGETS}
    paper = {pillar: met[pillar] & (rng.random(SHAPE) < 0.3) for pillar in PILLARS}
    paper["related"][:] = False  # a late push closes core outlays only
    in_force = met["core"] ^ (rng.random(SHAPE) < 0.1)
    not_yet_due = ~in_force & (rng.random(SHAPE) < 0.2)
    spent = {
        pillar: np.where(paper[pillar], TARGETS[pillar] - rng.integers(1, 40, SHAPE), shares[pillar])
        for pillar in ("core", "total")
    }
    groups = rng.integers(200, 500, (len(GROUPS), len(PILLARS), len(YEARS), PATHS))
    spent_groups = groups[:, [0, 2]] - rng.integers(0, 20, (len(GROUPS), 2, len(YEARS), PATHS))
    usd, spent_usd = (np.maximum(TARGETS["core"] - core, 0) for core in (shares["core"], spent["core"]))
    europe = [entry.europe_canada for entry in ALLIES]
    group_usd, spent_group_usd = (
        np.stack([cells[europe].sum(axis=0), cells.sum(axis=0)]) for cells in (usd, spent_usd)
    )
    yardsticks = tuple(
        Yardstick(pillar, f"{pillar} target", goal / 100, 2028, MEMBERS if pillar == "total" else None)
        for pillar, goal in TARGETS.items()
    )
    expected = _expected(rng)
    description = Description("made", "", "", 2026, YEARS, ALLIES, yardsticks)
    counts = Counts.empty(0, PATHS, len(ALLIES), len(YEARS))
    whole = Made(
        shares, paper, in_force, not_yet_due, spent, spent_groups, groups, usd, spent_usd, group_usd, spent_group_usd,
        expected, Record(description, counts, MANIFEST),
    )  # fmt: skip
    _count(whole, counts.arrays)
    _count_rows(whole, counts.arrays)
    return whole


def _met(pillar: str, shares: np.ndarray) -> np.ndarray:
    """Bool (ally, year, path): only allies that a target binds can comply with it."""
    bound = [pillar != "total" or entry.iso3 in MEMBERS for entry in ALLIES]
    return (shares >= TARGETS[pillar]) & np.array(bound)[:, None, None]


def _expected(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Of what is more than another thing, more; of an ally that a target does not bind, none."""
    core, total, of_core, of_total = rng.random((4, *SHAPE))
    core = core ** np.array([0.1, 1, 2, 9])[:, None, None]  # Poland nearly always, Spain hardly ever
    total = core * total * np.array([entry.iso3 in MEMBERS for entry in ALLIES])[:, None, None]
    parts = (core, total, core * of_core, total * of_total)
    return {name: np.floor(part * CERTAIN).astype(int) for name, part in zip(EXPECTED, parts, strict=True)}


def without(record: Record, *pillars: str) -> Record:
    """The record where some pillars have no target."""
    left = tuple(entry for entry in record.description.yardsticks if entry.pillar not in pillars)
    return replace(record, description=replace(record.description, yardsticks=left))


def _count(made: Made, arrays: dict[str, np.ndarray]) -> None:
    for index, pillar in enumerate(PILLARS):
        arrays["compliant"][index] = made.met(pillar).sum(axis=-1)
        arrays["on_paper"][index] = made.paper[pillar].sum(axis=-1)
        _fill(arrays["shares"][index], made.shares[pillar])
        _fill(arrays["group_shares"][:, index], made.groups[:, index])
        _fill(arrays["number"][TALLIES.index(pillar)], made.met(pillar).sum(axis=0))
    _fill(
        arrays["number"][TALLIES.index("core_without_late_push")], (made.met("core") & ~made.paper["core"]).sum(axis=0)
    )
    for index, pillar in enumerate(SPENT):
        _fill(arrays["spent_shares"][index], made.spent[pillar])
        _fill(arrays["spent_group_shares"][:, index], made.spent_groups[:, index])
    arrays["in_force"][:] = (made.in_force | made.not_yet_due).sum(axis=-1)
    arrays["not_yet_due"][:] = made.not_yet_due.sum(axis=-1)
    arrays["expected"][:] = [made.expected[name].sum(axis=-1) for name in EXPECTED]
    for name, cells in (
        ("shortfall", made.usd), ("spent_shortfall", made.spent_usd), ("group_shortfall", made.group_usd),
        ("spent_group_shortfall", made.spent_group_usd),
    ):  # fmt: skip
        _fill(arrays[f"{name}_usd"], cells)
        arrays[f"{name}_usd_m"][:] = cells.sum(axis=-1) * 100
    steps = {2026: 0, **{year: step + 1 for step, year in enumerate(YEARS)}, None: len(YEARS) + 1}
    for ally in range(len(ALLIES)):
        for path in range(PATHS):
            arrays["first_year"][ally, steps[made.first(ally, path)]] += 1
            arrays["kept_from"][ally, steps[made.first(ally, path)]] += made.stays(ally, path)


def _count_rows(made: Made, arrays: dict[str, np.ndarray]) -> None:
    """All paths took one row of parameters."""
    arrays["row_paths"][:] = PATHS
    arrays["row_compliant"][..., 0] = arrays["compliant"]
    arrays["row_number"][:, 0] = arrays["number"][TALLIES.index("core")]


def _fill(histogram: np.ndarray, values: np.ndarray) -> None:
    """Count values over their last axis into a histogram's last axis."""
    assert values.max() < histogram.shape[-1] <= CELLS
    for place in np.ndindex(values.shape[:-1]):
        histogram[place] = np.bincount(values[place], minlength=histogram.shape[-1])

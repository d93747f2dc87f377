"""What a run leaves: the counts, what they are counts of, and how they came about. Saved without pickle."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from pydantic import TypeAdapter

from sim.errors import RunError
from sim.files import strict_json
from sim.files.writing import is_written, recover, write_folder
from sim.results import store
from sim.results.counts import Counts, shapes
from sim.results.record_checks import (
    KIND,
    check_counts,
    check_description,
    check_kept,
    check_manifest,
    check_names,
    check_range,
    check_scenario,
    why_not_replaced,
)
from sim.text.sentences import based_on, standing

FORMAT = 4
"""Raised when a saved run's files change their meaning."""
PARTS = ("kind", "format", "manifest", "description", "first", "paths", "kept", "digest", "files")
"""What manifest.json says, and at its end its own sha256."""

AGAIN = 100
"""How often a run that is being replaced is read again, a hundredth of a second apart."""


@dataclass(frozen=True)
class AllyDescription:
    """An ally of the run."""

    iso3: str
    name: str
    base_share_pct: float  # published share of the base year, % of GDP
    estimated: bool  # whether it is an estimate
    gdp_usd_bn: float  # GDP of the base year
    europe_canada: bool  # whether it belongs to Europe and Canada


@dataclass(frozen=True)
class Yardstick:
    """The target that compliance of a pillar is measured against."""

    pillar: str
    name: str
    share_pct: float
    by: int
    members: tuple[str, ...] | None  # None: all allies
    agreed: str = ""  # when and where it was agreed, or that it was not

    def binds(self, iso3: str) -> bool:
        """Whether an ally is measured against it."""
        return self.members is None or iso3 in self.members


@dataclass(frozen=True)
class ParameterDescription:
    """Where the run's parameters come from, as far as its scenario does not say them."""

    use: str  # drawn, estimated or shipped
    rows: int  # of parameters, counted apart; those of paths that keep the pledge in earnest behind the others
    in_earnest: float  # probability that a path keeps the pledge in earnest
    geography: str  # the rule of exposure, or drawn

    @property
    def draws(self) -> int:
        """Rows of the table that paths take in turn: those of paths that keep the pledge in earnest are the same."""
        return self.rows // (2 if self.in_earnest > 0 else 1)

    @property
    def halved(self) -> bool:
        """Whether some paths keep the pledge in earnest and others do not."""
        return 0 < self.in_earnest < 1

    @property
    def told_apart(self) -> int:
        """What a range over parameters compares: rows, each in earnest and not where paths differ in that."""
        return self.draws * (2 if self.halved else 1)


@dataclass(frozen=True)
class Description:
    """What the counts are counts of."""

    title: str
    source: str
    description: str
    base_year: int
    years: tuple[int, ...]
    allies: tuple[AllyDescription, ...]
    yardsticks: tuple[Yardstick, ...]
    parameters: ParameterDescription = ParameterDescription("shipped", 1, 0.0, "coasts")

    def yardstick(self, pillar: str) -> Yardstick | None:
        """The yardstick of a pillar; None where it is not measured."""
        return next((entry for entry in self.yardsticks if entry.pillar == pillar), None)

    @property
    def main_pillar(self) -> str | None:
        """The pillar to look at: core, or what is measured without it; None where nothing is."""
        return next((pillar for pillar in ("core", "total", "related") if self.yardstick(pillar)), None)

    @property
    def assumed(self) -> tuple[Yardstick, ...]:
        """The yardsticks that rest on an assumption: security-related and total, as far as there are any."""
        found = (self.yardstick(pillar) for pillar in ("related", "total"))
        return tuple(target for target in found if target is not None)

    def bound(self, pillar: str) -> tuple[AllyDescription, ...]:
        """The allies that the yardstick of a pillar binds; none where there is none."""
        target = self.yardstick(pillar)
        return tuple(entry for entry in self.allies if target is not None and target.binds(entry.iso3))

    def remarks(self, target: Yardstick) -> str:
        """What must be known of a yardstick, in brackets: whether it was agreed, and that it does not bind all."""
        return standing(target.agreed, len(self.bound(target.pillar)), len(self.allies))


@dataclass(frozen=True, eq=False)
class Record:
    """A run: description, counts, and the manifest (versions, digests, seed, command)."""

    description: Description
    counts: Counts
    manifest: Mapping[str, Any]
    scenario: str = field(default="", repr=False)  # the resolved scenario, JSON

    @property
    def based_on(self) -> str:
        """On which file the scenario builds and what it sets otherwise, in a sentence; "" where it extends none."""
        return based_on(self.manifest.get("builds_on", {}))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the run as a folder: beside its place first, then renamed, so that a failed write loses nothing.

        Raises:
            RunError: the place cannot be written, or holds something that is not a run.
        """
        folder = Path(path)
        check_replaceable(folder)
        write_folder(self._write, folder, why_not_replaced)

    def _write(self, folder: Path) -> None:
        # NumPy's stub takes the names for its own keyword arguments.
        np.savez_compressed(folder / "counts.npz", **self.counts.arrays)  # type: ignore[arg-type]
        for name, kept in self.counts.kept.items():
            np.save(folder / f"{name}.npy", kept, allow_pickle=False)
        (folder / "scenario.json").write_bytes(self.scenario.encode())
        digests = {}
        for file in sorted(folder.iterdir()):
            with file.open("rb") as stream:
                digests[file.name] = store.digest(stream)
        facts = {
            "kind": KIND,
            "format": FORMAT,
            "manifest": dict(self.manifest),
            "description": asdict(self.description),
            "first": self.counts.first,
            "paths": self.counts.paths,
            "kept": sorted(self.counts.kept),
            "digest": self.counts.digest(),
            "files": digests,
        }
        text = store.sealed(facts)
        try:
            for each in filter(None, (text, self.scenario)):
                strict_json.parse(each)
        except ValueError as error:
            raise RunError(f"the run cannot be saved, for it could not be opened again: {error}") from error
        (folder / "manifest.json").write_bytes(text.encode())

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Record:
        """Read a saved run and check it: against the digests of all its files, and whether a run can have left it.

        A run that another process replaces meanwhile is read again.

        Raises:
            RunError: no run there, one of another format, or one that is damaged or was changed.
        """
        folder = Path(path)
        for _ in range(AGAIN):
            before = _identity(folder)
            try:
                return cls._read(folder)
            except RunError:
                actual = Path(os.path.realpath(folder))
                if _identity(folder) == before and (before is not None or not is_written(actual)):
                    raise
                time.sleep(0.01)
                recover(actual)
        return cls._read(folder)

    @classmethod
    def _read(cls, folder: Path) -> Record:
        with store.part(folder / "manifest.json", strict_json.MOST_BYTES) as stream:
            facts = _facts(folder, store.text_of(stream))
            check_range(facts["first"], facts["paths"])
            check_names(facts["kept"])
            check_manifest(facts["manifest"], facts["paths"])
            description = _description(facts["description"])
            check_description(facts["description"])
            digests = {name: facts["files"][name] for name in ("counts.npz", "scenario.json")}
            digests |= {f"{name}.npy": facts["files"][f"{name}.npy"] for name in facts["kept"]}
            if facts["files"] != digests:
                raise ValueError("it must have the digests of the files of a run, and of no others")
        first, paths = facts["first"], facts["paths"]
        allies, years = len(description.allies), len(description.years)
        expected, shape = shapes(allies, years, description.parameters.rows), (allies, years, paths)
        with _checked(folder / "counts.npz", store.most_bytes(expected), digests) as stream:
            arrays = store.read_archive(stream, expected)
            check_counts(arrays, facts["description"], first, paths)
        kept = {}
        for name in facts["kept"]:
            with _checked(folder / f"{name}.npy", 4 * math.prod(shape) + store.HEADER, digests) as stream:
                size = os.fstat(stream.fileno()).st_size
                kept[name] = store.read_array(stream, size, np.float32, shape, name)
                check_kept(name, kept[name])
        with _checked(folder / "scenario.json", strict_json.MOST_BYTES, digests) as stream:
            scenario = store.text_of(stream)
            if scenario:
                check_scenario(strict_json.parse(scenario))  # for those who read it
        counts = Counts(first, paths, arrays, kept)
        if counts.digest() != facts["digest"]:
            raise store.refused(folder, "is damaged: its counts do not match their digest")
        return cls(description, counts, facts["manifest"], scenario)


def _identity(folder: Path) -> tuple[int, int, int] | None:
    """What tells a folder from another one of its name; None where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _facts(folder: Path, text: str) -> dict[str, Any]:
    """What the manifest of a run says; raises RunError where it is of another format or was changed."""
    facts = strict_json.parse(text)
    if not isinstance(facts, dict) or not isinstance(facts.get("format"), int):
        raise ValueError("it must be the manifest of a saved run")
    if facts["format"] != FORMAT:
        why = f"was saved in format {facts['format']}; this version reads format {FORMAT}"
        raise store.refused(folder, why, "open it with the version that saved it, or run the scenario again")
    if facts.get("kind") != KIND or not store.is_sealed(text, facts.get("sha256")):
        raise ValueError("it was changed or damaged since it was saved: its sha256 is another one")
    if facts.keys() != {*PARTS, "sha256"}:
        raise ValueError(f"it must say {', '.join(PARTS)}, and nothing else")
    return facts


@contextmanager
def _checked(file: Path, most: int, digests: Mapping[str, str]) -> Iterator[BinaryIO]:
    """A file that has the digest that the manifest states."""
    with store.part(file, most) as stream:
        if store.digest(stream) != digests[file.name]:
            raise ValueError("it was changed or damaged since the run was saved: its sha256 is another one")
        yield stream


def _description(facts: dict[str, Any]) -> Description:
    """Raises ValueError for texts, numbers and tables that are something else."""
    found = TypeAdapter(Description).validate_json(json.dumps(facts), strict=True)
    if json.loads(json.dumps(asdict(found))) != facts:
        raise ValueError("its description must have all that belongs there, and nothing else")
    return found


def check_replaceable(folder: Path) -> None:
    """Refuse a place that holds something other than a saved run, all of which saving would replace.

    Raises:
        RunError: something else is there, or something beside the run's own files.
    """
    if not folder.exists():
        return
    try:
        reason = why_not_replaced(folder)
    except OSError as error:
        raise RunError(f"cannot write {folder}: {error.strerror or error}") from error
    if reason:
        raise RunError(f"{folder} exists and {reason}; nothing was changed\n  remedy: choose another place")

"""What a run leaves: the counts, what they are counts of, and how they came about. Saved without pickle."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import RunError
from sim.record.counts import Counts

FORMAT = 1
"""Raised when a saved run's files change their meaning."""


@dataclass(frozen=True)
class AllyEntry:
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
class Description:
    """What the counts are counts of."""

    title: str
    source: str
    description: str
    base_year: int
    years: tuple[int, ...]
    allies: tuple[AllyEntry, ...]
    yardsticks: tuple[Yardstick, ...]

    def yardstick(self, pillar: str) -> Yardstick | None:
        """The yardstick of a pillar; None where it is not measured."""
        return next((entry for entry in self.yardsticks if entry.pillar == pillar), None)


@dataclass(frozen=True, eq=False)
class Record:
    """A run: description, counts, and the manifest (versions, digests, seed, command)."""

    description: Description
    counts: Counts
    manifest: Mapping[str, Any]
    scenario: str = field(default="", repr=False)  # the resolved scenario, JSON

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the run as a folder: beside its place first, then renamed, so that a failed write loses nothing.

        Raises:
            RunError: the place cannot be written, or holds something that is not a run.
        """
        place = Path(path)
        if place.exists() and not (place / "manifest.json").is_file():
            raise RunError(f"{place} exists and is not a saved run; choose another place")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            beside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
        except OSError as error:
            raise RunError(f"cannot write to {place.parent}: {error.strerror}") from error
        try:
            self._write(beside)
            _swap(beside, place)
        except OSError as error:
            raise RunError(f"cannot write {place}: {error.strerror}") from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    def _write(self, folder: Path) -> None:
        folder.chmod(0o755)
        # NumPy's stub takes the names for its own keyword arguments.
        np.savez_compressed(folder / "counts.npz", **self.counts.arrays)  # type: ignore[arg-type]
        for name, kept in self.counts.kept.items():
            np.save(folder / f"{name}.npy", kept, allow_pickle=False)
        (folder / "scenario.json").write_text(self.scenario, encoding="utf-8")
        facts = {
            "format": FORMAT,
            "manifest": dict(self.manifest),
            "description": asdict(self.description),
            "first": self.counts.first,
            "paths": self.counts.paths,
            "kept": sorted(self.counts.kept),
            "digest": self.counts.digest(),
        }
        text = json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "manifest.json").write_text(text, encoding="utf-8")

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Record:
        """Read a saved run and check it against its digest.

        Raises:
            RunError: no run there, one of another format, or one that is damaged.
        """
        folder = Path(path)
        try:
            facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            if facts["format"] != FORMAT:
                raise RunError(f"{folder} has format {facts['format']}; this version reads {FORMAT}")
            with np.load(folder / "counts.npz", allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            kept = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in facts["kept"]}
            counts = Counts(facts["first"], facts["paths"], arrays, kept)
            record = cls(
                _description(facts["description"]),
                counts,
                facts["manifest"],
                (folder / "scenario.json").read_text("utf-8"),
            )
        except FileNotFoundError as error:
            raise RunError(f"{folder} is not a saved run: {Path(str(error.filename)).name} is missing") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"{folder} cannot be read as a saved run: {error}") from error
        if counts.digest() != facts["digest"]:
            raise RunError(f"{folder} is damaged: its counts do not match their digest")
        return record


def _description(facts: dict[str, Any]) -> Description:
    yardsticks = tuple(
        Yardstick(**entry | {"members": None if entry["members"] is None else tuple(entry["members"])})
        for entry in facts["yardsticks"]
    )
    allies = tuple(AllyEntry(**entry) for entry in facts["allies"])
    return Description(**facts | {"years": tuple(facts["years"]), "allies": allies, "yardsticks": yardsticks})


def _swap(beside: Path, place: Path) -> None:
    """Put the folder `beside` in `place`; the former one is removed only when the new one stands."""
    if not place.exists():
        beside.rename(place)
        return
    former = beside.with_name(f"{beside.name}.former")
    try:
        place.rename(former)
        beside.rename(place)
    except BaseException:  # an interrupt too must leave a run in its place
        if former.exists() and not place.exists():
            former.rename(place)
        raise
    shutil.rmtree(former, ignore_errors=True)

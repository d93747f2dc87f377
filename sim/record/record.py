"""What a run leaves: the counts, what they are counts of, and how they came about. Saved without pickle."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from sim.errors import RunError
from sim.places import write_folder
from sim.record.checks import check_description, check_manifest, check_names, check_scenario, why_not_replaced
from sim.record.counts import Counts
from sim.words import plain

FORMAT = 1
"""Raised when a saved run's files change their meaning."""
AGAIN = "take an undamaged copy of the run, or run the scenario again"

Number = TypeVar("Number", np.int64, np.float32)


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
        check_place(place)
        write_folder(self._write, place, why_not_replaced)

    def _write(self, folder: Path) -> None:
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
        with _part(folder / "manifest.json") as stream:
            facts = json.load(stream)
            json.dumps(
                facts, ensure_ascii=False, allow_nan=False
            ).encode()  # no half characters, no numbers that are none
            if facts["format"] != FORMAT:
                why = f"has format {facts['format']}; this version reads {FORMAT}"
                raise _refused(folder, why, "open it with the version that saved it, or run the scenario again")
            description, manifest = _description(facts["description"]), facts["manifest"]
            first, paths, names, digest = (facts[key] for key in ("first", "paths", "kept", "digest"))
            check_names(names)
            check_manifest(manifest)
        with _part(folder / "counts.npz") as stream, np.lib.npyio.NpzFile(stream, allow_pickle=False) as stored:
            arrays = {name: _numbers(stored[name], np.int64) for name in stored.files}
        kept = {}
        with _part(folder / "manifest.json"):
            check_description(facts["description"], *arrays["compliant"].shape[1:])
        for name in names:
            with _part(folder / f"{name}.npy") as stream:
                kept[name] = _numbers(np.lib.format.read_array(stream, allow_pickle=False), np.float32)
        with _part(folder / "scenario.json") as stream:
            scenario = stream.read().decode()
            if scenario:
                check_scenario(json.loads(scenario))  # nothing here reads it, but whoever does shall find it whole
        counts = Counts(first, paths, arrays, kept)
        if counts.digest() != digest:
            raise _refused(folder, "is damaged: its counts do not match their digest", AGAIN)
        return cls(description, counts, manifest, scenario)


@contextmanager
def _part(file: Path) -> Iterator[BinaryIO]:
    """A file of a saved run, open; raises RunError with its name for whatever is found wrong with it."""
    try:
        with file.open("rb") as stream:
            yield stream
    except RunError:
        raise
    except (FileNotFoundError, NotADirectoryError) as error:
        why = f"is not a saved run: {file.name} is missing"
        raise _refused(file.parent, why, "name the folder that `sim run --out` or `Results.save` wrote") from error
    except PermissionError as error:
        raise _refused(file, "must be readable (Permission denied)", "check who may read it") from error
    except Exception as error:  # zip, zlib, struct, JSON and NumPy each complain in their own way
        raise _refused(file, f"is damaged, or of no saved run ({type(error).__name__}: {error})", AGAIN) from error


def _refused(place: Path, why: str, remedy: str) -> RunError:
    words = " ".join(plain(why).split())[:200]
    return RunError(f"{place} {words}\n  remedy: {remedy}")


def _numbers(array: NDArray[Any], kind: type[Number]) -> NDArray[Number]:
    """The array in the byte order of this machine; raises TypeError where it holds numbers of another kind."""
    return array.astype(kind, casting="equiv", copy=False)


def _description(facts: dict[str, Any]) -> Description:
    """Raises ValueError for texts, numbers and tables that are something else."""
    return TypeAdapter(Description).validate_python(facts)


def check_place(place: Path) -> None:
    """Refuse a place that holds something other than a saved run, all of which saving would replace.

    Raises:
        RunError: something else is there, or something beside the run's own files.
    """
    if not place.exists():
        return
    try:
        reason = why_not_replaced(place)
    except OSError as error:
        raise RunError(f"cannot write {place}: {error.strerror or error}") from error
    if reason:
        raise RunError(f"{place} exists and {reason}; nothing was changed\n  remedy: choose another place")

"""What is exported, the same in every format: the facts of a run, its tables, and how to read them."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.data.catalogue import catalogue
from sim.files.writing import is_own
from sim.output.exports.units import COLUMNS
from sim.output.origins import OWN, SET, known, mark, meaning, own_cited, own_tables
from sim.output.over_parameters import intervals_note, range_note, source_sentences
from sim.results.facade import Results
from sim.results.record import Record
from sim.text.figures import published_share, target
from sim.text.footnotes import ASSUMPTION, BEYOND, CLOSED_ON_PAPER, CONDITIONAL, MONTE_CARLO, SPENT
from sim.text.sentences import listed

if TYPE_CHECKING:
    import pandas as pd

SCHEMA: Final = 1
"""Raised when an export changes its meaning."""
MARK: Final = "burdenshare_export"
"""Key under which an export says that it is one."""
_BEGINNING = re.compile(rb'\{\s*"%s":\s*\{\s*"schema":\s*\d+,\s*"format":\s*"(\w+)"\s*\}' % MARK.encode())

PROBABILITY: Final = (
    "A probability is in how many of the simulated runs something happens, given the assumptions of the scenario. "
    "0 and 1 mean in none and in all of the runs simulated, never impossible or certain."
)
UNROUNDED: Final = "Figures are not rounded: print no more digits of a probability than its interval allows."
FIGURES: Final = ("shares", "gdp")
"""The packaged tables that carry the figures, named with their editions."""

CellValue = str | int | float | None


@dataclass(frozen=True, eq=False)
class Content:
    """A run as it is exported."""

    form: str
    results: Results
    facts: dict[str, Any]  # plain JSON; no text that UTF-8 cannot carry, no number that JSON cannot
    tables: dict[str, pd.DataFrame]  # those of `Results`, in the order of `COLUMNS`

    def head(self) -> dict[str, Any]:
        """The facts under the mark of an export."""
        return {MARK: {"schema": SCHEMA, "format": self.form}, **self.facts}

    def rows(self, name: str) -> list[tuple[CellValue, ...]]:
        """A table row by row in plain values; None where a value is missing."""
        columns = [[jsonable(value) for value in self.tables[name][column].tolist()] for column in COLUMNS[name]]
        return list(zip(*columns, strict=True))


def content_of(record: Record, form: str) -> Content:
    """Everything that the format `form` shall say of a run."""
    allies = tuple(replace(entry, **jsonable(asdict(entry))) for entry in record.description.allies)
    results = Results(
        replace(record, description=replace(record.description, allies=allies))
    )  # names that UTF-8 carries
    tables = {name: getattr(results, name)() for name in COLUMNS}
    return Content(form, results, _facts(results.record), tables)


def is_marked(file: Path, form: str) -> bool:
    """Whether a file begins as the head of an export of that format; nothing but its beginning is read."""
    try:
        if not file.is_file() or file.is_symlink():
            return False
        with file.open("rb") as stream:
            found = _BEGINNING.match(stream.read(1_000))
    except OSError:
        return False
    return found is not None and found[1] == form.encode()


def is_marked_folder(destination: Path, form: str, files: set[str]) -> bool:
    """Whether a folder is an export of that format with nothing beside its own files."""
    try:
        entries = [entry for entry in os.scandir(destination) if not is_own(entry.name)]
    except OSError:
        return False
    ours = all(entry.name in files and entry.is_file(follow_symlinks=False) for entry in entries)
    return ours and is_marked(destination / "manifest.json", form)


def jsonable(value: Any) -> Any:
    """A value as JSON and UTF-8 can carry it.

    Numbers that are none or not finite become None; half a surrogate pair becomes the replacement character.
    """
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {jsonable(str(key)): jsonable(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(entry) for entry in value]
    return None  # pandas' NA


def yardstick_line(entry: Mapping[str, Any]) -> str:
    """A yardstick in words: "core, 3.5 % of GDP by 2032; not agreed: proposed in June 2025"."""
    bound = "" if entry["members"] is None else f" (binds {', '.join(entry['members'])})"
    agreed = entry["agreed"] or "the scenario does not say whether it was agreed"
    assumed = "; an assumption" if entry["assumption"] else ""
    return f"{entry['name']}, {target(entry['share_pct'])} % of GDP by {entry['by']}{bound}; {agreed}{assumed}"


def _facts(record: Record) -> dict[str, Any]:
    description, manifest = record.description, dict(record.manifest)
    facts = {
        "title": description.title,
        "source": description.source,
        "description": description.description,
        "based_on": record.based_on,
        "yardsticks": [
            {**asdict(entry), "assumption": entry.pillar != "core"} for entry in description.yardsticks
        ],
        "base_year": description.base_year,
        "years": description.years,
        "paths": record.counts.paths,
        "seed": manifest.get("seed"),
        "parameters": asdict(description.parameters),
        "read_me": [
            PROBABILITY, CONDITIONAL, f"{MONTE_CARLO}{intervals_note(record.counts.paths)}", *_parameters(record),
            ASSUMPTION, CLOSED_ON_PAPER, SPENT, UNROUNDED, BEYOND, *_figures(record),
        ],
        "units": {name: {key: asdict(column) for key, column in table.items()} for name, table in COLUMNS.items()},
        "allies": [asdict(entry) for entry in description.allies],
        "digest": record.counts.digest(),
        "manifest": manifest,
    }  # fmt: skip
    found: dict[str, Any] = jsonable(facts)
    return found


def _parameters(record: Record) -> list[str]:
    """Where the run's parameters come from, and what their range is where it has one."""
    described = record.description.parameters
    return [*([range_note(described)] if described.told_apart > 1 else []), source_sentences(described)]


def _figures(record: Record) -> list[str]:
    """Which edition of the figures a run starts from, as far as this version can know, and which are a user's own."""
    editions = {entry.name: f"{entry.publisher}, {entry.edition}" for entry in catalogue()}
    packaged = "; ".join(f"{name}: {editions[name]}" for name in FIGURES)
    if known(record):
        own = "".join(f" {own_cited(name, table)}" for name, table in own_tables(record).items())
        return [f"Figures: the packaged edition ({packaged}).{own}", *_not_natos(record)]
    return [
        "Figures: not those packaged with the version that wrote this export, but tables of the user's own or of "
        f"another version, by the data_digest of the manifest (packaged: {packaged})."
    ]


def _not_natos(record: Record) -> list[str]:
    """Which shares of the base year are not NATO's, by their marks on the pages of a run."""
    lines = []
    for sign in (SET, OWN):
        names = [f"{entry.name} {published_share(entry.base_share_pct)}" for entry in record.description.allies
                 if mark(record, entry) == sign]  # fmt: skip
        if names:
            lines.append(f"Shares of {record.description.base_year} that are not NATO's ({sign}: "
                         f"{meaning(record, sign)}), % of GDP: {listed(names)}.")  # fmt: skip
    return lines

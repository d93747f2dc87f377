"""From a scenario file to a scenario: parse, resolve, validate. Nothing that a file says is ever executed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from sim.arguments import MOST_SCIPY_SHAPES, MOST_SHAPES
from sim.data.tables import Replacement, Tables, load_tables
from sim.distributions.families import Family, Scipy, Shape
from sim.errors import Fault, ScenarioError
from sim.scenario.distributions import distributions_of
from sim.scenario.loading.checks.messages import faults_of
from sim.scenario.loading.checks.quoting import at, dotted, shown
from sim.scenario.loading.checks.together import together
from sim.scenario.loading.merging import Merged, merge
from sim.scenario.loading.reading import (
    DEFAULTS,
    MAX_BYTES,
    MAX_FAULTS,
    MAX_TABLE_BYTES,
    Source,
    chain,
    decoded,
    defaults,
    first_faults,
    located,
    next_to,
    parsed,
    text_of,
)
from sim.scenario.loading.source_map import Path as Keys
from sim.scenario.schema import Base, Data, Scenario

MOST_TITLE = 100
_NONE: Mapping[str, Replacement] = {}

OF_WHAT_IS_INHERITED = frozenset({
    "missing-key", "no-time", "unknown-target", "yardstick", "bad-horizon", "before-the-run", "after-the-run",
    "after-the-start", "implausible-year", "duplicate-pledge", "due-before-event",
})  # fmt: skip
"""Faults that a file may have only because what it extends could not be read."""


def load(path: str | os.PathLike[str]) -> Scenario:
    """The scenario of a TOML file, or of the name of a shipped one, laid over what it extends and the defaults.

    Tables of the user's own that stand under [data] are read from the file's folder and checked. The scenario is
    resolved: it extends nothing any more, and `base` is what it extended. Without a title it is called as its file.
    Raises ScenarioError with every fault found, by file and line.

    >>> import sim
    >>> scenario = sim.load("rutte_2032")
    >>> scenario.targets["core"].share_pct, scenario.targets["core"].by
    (3.5, 2032)
    """
    file, sources = located(path).path, chain(path)
    scenario = _resolved(sources, file.parent, title=_called(file))
    if len(sources) > 1:
        scenario.__dict__["base"] = _base(sources[:-1], file.parent)
    return scenario


def _base(sources: tuple[Source, ...], folder: Path) -> Base:
    """What a file extends; its scenario is None where it is a part only, which cannot stand alone."""
    file = Path(sources[-1].name)
    try:
        scenario = _resolved(sources, folder, title=_called(file))
    except ScenarioError:
        scenario = None
    return Base(file.stem, scenario)


def _called(file: Path) -> str:
    """A title made of a file's name: "Germany suspends" of germany_suspends.toml."""
    title = " ".join(os.fsencode(file.stem).decode("utf-8", "replace").replace("_", " ").replace("-", " ").split())
    return f"{title[:1].upper()}{title[1:]}"[:MOST_TITLE]


def loads(text: str, name: str = "<text>") -> Scenario:
    """The scenario of a TOML text, which can name no other files; `name` stands for it in messages.

    Raises ScenarioError with every fault found.

    >>> import sim
    >>> scenario = sim.loads('''
    ... title = "3 % of GDP by 2030"
    ... [targets.core]
    ... share_pct = 3.0
    ... by = 2030
    ... ''')
    >>> scenario.title, scenario.horizon.last_year
    ('3 % of GDP by 2030', 2032)
    """
    text = decoded(text.encode("utf-8", "surrogatepass"), name, MAX_BYTES)
    return _resolved((parsed(text, name),), None)


def reload(text: str, replacements: Mapping[str, Replacement]) -> Scenario:
    """The scenario of a text whose [data] tables have been read already. Raises ScenarioError."""
    return _resolved((parsed(text, "<text>"),), None, replacements)


def _resolved(
    sources: tuple[Source, ...], folder: Path | None, given: Mapping[str, Replacement] = _NONE, title: str = ""
) -> Scenario:
    """Resolve and validate; `folder` is where [data] tables lie, None where `given` holds them.

    `title` is that of a scenario without one.
    """
    merged = merge((defaults(), *sources))
    if title:
        merged.raw.setdefault("title", title)
    faults = [*merged.faults, *(fault for source in sources for fault in source.faults)]
    if "extends" in merged.raw and folder is None:
        remedy = "save the text as a file, or write out what it extends"
        faults.append(_fault(merged, ("extends",), "a text without a folder cannot extend a file", remedy, "no-folder"))
    if isinstance(merged.raw.get("extends"), str):
        del merged.raw["extends"]
    if given:
        replacements, tables = dict(given), load_tables(given)
    else:
        replacements, tables = _replacements(merged, folder, faults)
    if "replacements" in merged.raw:  # a field of the scenario, but no key of the file
        remedy = "write the file names under [data]"
        faults.append(_fault(merged, ("replacements",), "is not a key of this table", remedy, "unknown-key"))
    _leave_out_uncounted(merged, tables)
    scenario = None
    try:
        scenario = Scenario.model_validate(merged.raw | {"replacements": replacements})
    except ValidationError as error:
        faults += faults_of(error, merged, MAX_FAULTS + 1)
    found = {(fault.file, fault.line, fault.field) for fault in faults}
    for path, code, rule, remedy in islice(together(merged.raw, tables), MAX_FAULTS + 1):
        fault = _fault(merged, path, rule, remedy, code)
        if (fault.file, fault.line, fault.field) not in found:
            faults.append(fault)
    if any(source.alone for source in sources):
        faults = [fault for fault in faults if fault.code not in OF_WHAT_IS_INHERITED]
    if faults or scenario is None:
        raise ScenarioError(first_faults(faults))
    scenario.__dict__["locations"] = {dotted(path, merged.raw): merged.location(path) for path in _tables(merged.raw)}
    if crowd := _of_too_many_shapes(scenario):
        raise ScenarioError(crowd)
    return scenario


def _of_too_many_shapes(scenario: Scenario) -> tuple[Fault, ...]:
    """Where a scenario has more distributions of different shape than there can be tables for."""
    remedy = "give some the same shape: mean, sd, loc, scale and bounds may differ, other parameters may not"
    faults: list[Fault] = []
    for kind, most, whose in ((Family, MOST_SHAPES, ""), (Scipy, MOST_SCIPY_SHAPES, " from scipy.stats")):
        first: dict[Shape, tuple[str, str]] = {}
        for field, distribution in distributions_of(scenario):
            if isinstance(distribution, kind):
                first.setdefault(distribution.shape, (field, distribution.key))
        if len(first) > most:
            field, family = list(first.values())[most]
            rule = f"a scenario may have at most {most} distributions of different shape{whose}, not {len(first)}"
            at = scenario.locations.get(field, (scenario.title, 0))
            faults.append(Fault(*at, field, family, rule, remedy, "too-many-shapes"))
    return tuple(sorted(faults))


def _tables(node: object, path: Keys = ()) -> Iterator[Keys]:
    """The paths of all tables inside tables and lists."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in parts:
        if isinstance(value, dict):
            yield (*path, key)
        yield from _tables(value, (*path, key))


def _leave_out_uncounted(merged: Merged, tables: Tables) -> None:
    """Drop what the packaged defaults alone say of allies that the user's own table of allies does not count."""
    given, packaged = merged.raw.get("ally"), merged.origin.below.get("ally")
    if isinstance(given, dict) and packaged is not None:
        counted = {row.iso3 for row in tables.armed_allies()}
        for code, origin in packaged.below.items():
            if origin.source.name == DEFAULTS and code not in counted:
                del given[code]


def _fault(merged: Merged, path: tuple[str | int, ...], rule: str, remedy: str, code: str) -> Fault:
    value = at(path, merged.raw)
    written = "" if value is None or isinstance(value, dict) else shown(value)
    return Fault(*merged.location(path), dotted(path, merged.raw), written, rule, remedy, code)


def _replacements(merged: Merged, folder: Path | None, faults: list[Fault]) -> tuple[dict[str, Replacement], Tables]:
    """The user's own tables, read and checked; what is wrong with them goes to `faults`."""
    named = merged.raw.get("data")
    replacements: dict[str, Replacement] = {}
    shown_names: dict[str, Replacement] = {}
    for table, value in named.items() if isinstance(named, dict) else ():
        name, overlay = (value.get("file"), value.get("overlay")) if isinstance(value, dict) else (value, False)
        if table not in Data.model_fields or not isinstance(name, str) or overlay not in (True, False, None):
            continue  # validation says so
        keys: Keys = ("data", table, "file") if isinstance(value, dict) else ("data", table)
        file, line = merged.location(keys)
        location = (file, line, ".".join(map(str, keys)))
        try:
            if folder is None:
                rule, remedy = "a text without a folder cannot name a table", "save the text as a file beside the table"
                raise ScenarioError((Fault(*location, shown(name), rule, remedy, "no-folder"),))
            path = next_to(folder, name, location)
            text = text_of(path, str(path), MAX_TABLE_BYTES, location)
        except ScenarioError as error:
            faults += error.faults
        else:
            replacements[table] = Replacement(name, text, overlay is True)
            shown_names[table] = Replacement(str(path), text, overlay is True)
    try:
        return replacements, load_tables(shown_names)
    except ScenarioError as error:
        faults += error.faults
        return replacements, load_tables()

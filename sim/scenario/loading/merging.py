"""The second act: a file laid over those it extends. Tables merge by key, events by name, all else replaces.

What a file says of itself is not inherited: who changes a scenario takes over neither its title nor its source, and a
target that asks for something else is not what was agreed.

Beside the merged tables grows a tree that knows where each of them came from, so that a fault found later still
names its file and line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.errors import Fault
from sim.scenario.loading.checks.quoting import shown
from sim.scenario.loading.reading import Source
from sim.scenario.loading.source_map import Path

ABOUT = ("title", "source", "description")
"""What a file says of itself."""

ASKS: dict[str, Any] = {"pillar": "core", "share_pct": ..., "by": ..., "members": None}
"""What a target asks, and of whom, with what it is unless said: otherwise in a file that extends another, it is not
what was agreed there. What was left open there is only completed."""


@dataclass(slots=True)
class Origin:
    """Where a value of the merged scenario stands: its file, its path there, and the same for what is in it."""

    source: Source
    path: Path
    below: dict[str | int, Origin] = field(default_factory=dict)


@dataclass(slots=True)
class Merged:
    """The tables of a scenario, resolved; `faults` are those that merging itself found."""

    raw: dict[str, Any]
    origin: Origin
    faults: list[Fault] = field(default_factory=list)

    def location(self, path: Path) -> tuple[str, int]:
        """File and line of a value, or of the nearest thing around it that is there."""
        origin = self.origin
        for depth, part in enumerate(path):
            if part not in origin.below:
                return origin.source.name, origin.source.lines.line((*origin.path, *path[depth:]))
            origin = origin.below[part]
        return origin.source.name, origin.source.lines.line(origin.path)


def merge(sources: tuple[Source, ...]) -> Merged:
    """The sources laid over one another, the most general first; at least one."""
    merged = Merged({}, Origin(sources[0], ()))
    for source in sources:
        for key in ABOUT:
            merged.raw.pop(key, None)
            merged.origin.below.pop(key, None)
        _lay(merged, merged.raw, merged.origin, source.raw, Origin(source, ()))
    return merged


def _is_table(path: Path) -> bool:
    """Whether tables at this place merge by key; a table elsewhere is one value, such as a distribution."""
    match path:
        case (_,) | ("targets" | "ally", _) | ("ally", _, _):
            return True
    return False


def _lay(merged: Merged, base: dict[str, Any], origin: Origin, over: Any, stated: Origin, at: Path = ()) -> None:
    """Lay the table `over` (at `stated` in its file) on `base` (at `at` in the merged scenario)."""
    origin.source, origin.path = stated.source, stated.path
    if at[:1] == ("targets",) and len(at) == 2 and base:
        for key, unsaid in ASKS.items():
            before = base.get(key, unsaid)
            if key in over and before is not ... and over[key] != before:
                base.pop("agreed", None)
                origin.below.pop("agreed", None)
    for key, value in over.items():
        here, stands = (*at, key), Origin(stated.source, (*stated.path, key))
        if here == ("event",) and isinstance(value, list):
            _lay_events(merged, base, origin, value, stands)
        elif isinstance(value, dict) and _is_table(here):
            if not isinstance(base.get(key), dict):
                base[key], origin.below[key] = {}, stands
            _lay(merged, base[key], origin.below[key], value, stands, here)
        else:
            base[key], origin.below[key] = value, stands


def _lay_events(merged: Merged, base: dict[str, Any], origin: Origin, over: list[Any], stated: Origin) -> None:
    """Lay a file's events on those inherited: a name that is there already changes that event."""
    if not isinstance(base.get("event"), list):
        base["event"], origin.below["event"] = [], Origin(stated.source, stated.path)
    events, origins = base["event"], origin.below["event"]
    origins.source, origins.path = stated.source, stated.path
    inherited = {name: index for index, event in enumerate(events) if (name := _name(event)) is not None}
    first: dict[str, int] = {}  # the lines of the names of this file
    for index, event in enumerate(over):
        stands = Origin(stated.source, (*stated.path, index))
        line = stated.source.lines.line((*stands.path, "name"))
        name = _name(event)
        if name is not None and name in first:
            rule = f"every event of a file must have a name of its own; line {first[name]} has the same"
            remedy = "rename one; to change an inherited event, name it once"
            subject = ("event.name", shown(name))
            merged.faults.append(Fault(stated.source.name, line, *subject, rule, remedy, "duplicate-name"))
        elif name in inherited and _same_kind(events[inherited[name]], event):
            at = inherited[name]
            _retime(events[at], event)
            _lay(merged, events[at], origins.below[at], event, stands, ("event", at))
        else:
            at = len(events) if name is None else inherited.get(name, len(events))
            events[at : at + 1] = [{} if isinstance(event, dict) else event]
            origins.below[at] = stands
            if isinstance(event, dict):
                _lay(merged, events[at], stands, event, stands, ("event", at))
        if name is not None:
            first.setdefault(name, line)


def _name(event: Any) -> str | None:
    name = event.get("name") if isinstance(event, dict) else None
    return name if isinstance(name, str) else None


def _same_kind(event: dict[str, Any], over: dict[str, Any]) -> bool:
    """Whether `over` changes `event` rather than replacing it: it leaves `kind` out or says the same."""
    return "kind" not in over or over["kind"] == event.get("kind")


def _retime(event: dict[str, Any], over: dict[str, Any]) -> None:
    """Drop the inherited time of an event that the file over it times the other way."""
    if "when" in over and "rate" not in over:
        event.pop("rate", None)
    if "rate" in over and "when" not in over:
        event.pop("when", None)
        event.pop("probability", None)

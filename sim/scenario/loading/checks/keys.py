"""Which keys each place of a scenario file knows, and which one a wrong key may have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel

from sim.distributions.families import FAMILIES
from sim.model import sections
from sim.model.declaring import FrozenModel
from sim.model.events import AnyEvent
from sim.model.events.base import Event
from sim.model.events.pledge import PathPoint
from sim.model.parameters import Target
from sim.scenario.loading.checks.quoting import at
from sim.scenario.loading.source_map import Path
from sim.scenario.schema import OF_ALLY, AllySection, OwnTable, Scenario
from sim.text.escaping import printable

SECTIONS: Final[dict[str, type[FrozenModel]]] = {
    name: field.annotation
    for name, field in Scenario.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, FrozenModel)
}
"""The tables of one model each: horizon, run, growth, ..."""

PARAMETERS: Final = frozenset(section.name for section in sections.SECTIONS)
"""Those of them whose keys are parameters of the model."""

EVENTS: Final[dict[str, type[Event]]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(get_args(AnyEvent)[0])
}
"""Every kind of event."""

NOT_IN_FILES: Final = frozenset({"replacements"})
"""Fields of a scenario that are no keys of its file."""


OTHER_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "sigma": ("sd", "log_sd"), "std": ("sd", "log_sd"), "stdev": ("sd", "log_sd"), "stddev": ("sd", "log_sd"),
    "standard_deviation": ("sd", "log_sd"), "mu": ("mean",), "loc": ("mean",), "average": ("mean",), "min": ("low",),
    "lower": ("low",), "max": ("high",), "upper": ("high",), "alpha": ("a", "shape"), "peak": ("mode",),
    "nu": ("df",), "type": ("kind",), "date": ("when",), "month": ("when",), "time": ("when",), "at": ("when",),
    "year": ("by", "when"), "until": ("by",), "deadline": ("by",), "target_year": ("by",), "target_pct": ("share_pct",),
    "target": ("share_pct",), "pct": ("share_pct",), "share": ("share_pct",), "value": ("share_pct", "amount"),
    "allies": ("ally",), "country": ("ally",), "countries": ("ally",), "iso3": ("ally",), "frequency": ("rate",),
    "prob": ("probability",), "p": ("probability",), "chance": ("probability",), "path": ("points",),
    "end": ("last_year",), "end_year": ("last_year",), "start": ("base_year",), "start_year": ("base_year",),
    "to": ("last_year",), "runs": ("paths",), "simulations": ("paths",), "n": ("paths",), "random_seed": ("seed",),
    "base": ("extends",), "include": ("extends",), "inherits": ("extends",), "name": ("title",),
    "size": ("size_pct", "amount", "factor"), "effect": ("amount", "size"), "debt": ("debt_pct",),
    "deficit": ("deficit_pct",), "growth": ("forecast_shift_pct",),
}  # fmt: skip
"""What keys are called elsewhere, with ours of that meaning; a place knows one of them or none."""


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a table, as the file spells them."""
    return tuple(field.alias or name for name, field in model.model_fields.items() if name not in NOT_IN_FILES)


def model_at(path: Path, raw: Any) -> type[BaseModel] | None:
    """The model of the table at `path`; None where its keys are free or nothing is known of it."""
    match path:
        case ():
            return Scenario
        case (str(section),) if section in SECTIONS:
            return SECTIONS[section]
        case ("targets", _):
            return Target
        case ("ally", _):
            return AllySection
        case ("ally", _, str(section)):
            return OF_ALLY.get(section)
        case ("data", str(table)) if table in SECTIONS["data"].model_fields:
            return OwnTable
        case ("event", int()):
            kind = at((*path, "kind"), raw)
            return EVENTS.get(kind) if isinstance(kind, str) else None
        case ("event", _, "points", _):
            return PathPoint
        case (*around, str(family)) if is_parameter(tuple(around)):
            return FAMILIES.get(family)
    return None


def is_parameter(path: Path) -> bool:
    """Whether numbers and distributions stand at this place."""
    match path:
        case (str(section), str()):
            return section in PARAMETERS
        case ("event", int(), str()) | ("ally", _, _, _):
            return True
    return False


def known_key(key: str, path: Path, raw: Any) -> str | None:
    """The key of the table at `path` that the unknown `key` means; None where none is like it."""
    model = model_at(path, raw)
    known = keys_of(model) if model else ()
    given = at(path, raw)
    if "points" in known and re.fullmatch(r"20\d\d", key):
        return "points"
    others = (other for other in OTHER_KEYS.get(key.lower(), ()) if other in known)
    other = next((each for each in others if not (isinstance(given, dict) and each in given)), None)
    return other or nearest(key, known)


def meant(key: str, path: Path, raw: Any) -> str:
    """The remedy for an unknown `key` of the table at `path`."""
    model = model_at(path, raw)
    known = keys_of(model) if model else ()
    tables = _tables_of_keys(path)
    if near := known_key(key, path, raw):
        return f"did you mean {near}?"
    if key in tables:
        return f"{key} belongs to {tables[key]}"
    if near := nearest(key, tables):
        return f"did you mean {near} of {tables[near]}?"
    return f"remove it; the keys here are {', '.join(known)}" if known else "remove it"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, whatever its capitals; None where none is like it."""
    if len(word) > 64:
        return None
    spelled = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), spelled, 1, 0.7)
    return spelled[near[0]] if near else None


def _tables_of_keys(path: Path) -> dict[str, str]:
    """Every key that stands elsewhere, with words for where; the place nearest to `path` wins."""
    tables: dict[str, str] = {}
    for kind, event in EVENTS.items():
        tables |= dict.fromkeys(keys_of(event), f"an event of kind {kind}")
    tables |= dict.fromkeys(keys_of(Event), "every [[event]]")
    tables |= dict.fromkeys(keys_of(AllySection), "[ally.XXX]")
    tables |= dict.fromkeys(keys_of(Target), "a target, such as [targets.core]")
    tables |= dict.fromkeys(keys_of(Scenario), "the top of the file, before the first [table]")
    tables |= {name: f"the file as a table, [{name}]" for name in ("targets", "ally", *SECTIONS)}
    for section, model in SECTIONS.items():
        tables |= dict.fromkeys(keys_of(model), f"[{section}]")
    if path[:1] == ("ally",) and len(path) > 1:
        for section, model in OF_ALLY.items():
            tables |= dict.fromkeys(keys_of(model), f"[ally.{printable(str(path[1]))}.{section}]")
    if path[:1] == ("event",):
        for kind, event in EVENTS.items():
            tables |= {key: f"an event of kind {kind}" for key in keys_of(event) if key not in keys_of(Event)}
    return tables

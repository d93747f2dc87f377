"""From what pydantic found to faults: the place in the file, the value there, the rule and the remedy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import ValidationError

from sim.data.tables import load_tables
from sim.distributions.families import FAMILIES
from sim.errors import Fault
from sim.limits import LEAST_SHARE_PCT
from sim.scenario.checks.keys import EVENTS, is_parameter, keys_of, meant, model_at, nearest
from sim.scenario.checks.words import ally_meant, at, dotted, shown
from sim.scenario.lines import Path
from sim.scenario.merging import Merged


class Said(NamedTuple):
    """What a fault says."""

    code: str
    rule: str
    remedy: str
    key: str = ""  # of the table concerned, where a rule over several keys is best seen


_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}

# pydantic's type: what the place takes, how to write it
_TYPES = {
    "int_type": ("a whole number", "write digits only, without quotes or a point, such as 2032"),
    "float_type": ("a number", "write digits with a point for decimals and without quotes, such as 3.5"),
    "bool_type": ("true or false", "write true or false, in small letters and without quotes"),
    "string_type": ("a text", "put it in double quotes"),
    "tuple_type": ("a list", "write [ … ] with its entries between the brackets"),
    "model_type": ("a table", "write { … } with its keys between the braces, or a [table] of its own"),
    "model_attributes_type": ("a table", "begin every event with [[event]] on a line of its own"),
    "dict_type": ("a table", "write a [table] of its own"),
}

# the beginning of a rule in the schema: its short name, the remedy, the key where it is best seen
_RULES: dict[str, tuple[str, ...]] = {
    "every value must be": ("out-of-range", "choose a family with bounds, such as uniform, triangular or beta"),
    "must be between": ("out-of-range", "check the unit and the decimal point"),
    "must be at": ("out-of-range", "check the unit and the decimal point"),
    "a month is written": ("bad-month", "write year and month in quotes, the month with two digits"),
    "is either dated": ("two-times", "keep one of when and rate", "rate"),
    "needs a time": ("no-time", "add when or rate"),
    "probability belongs": (
        "probability-of-rate",
        "remove probability, or write when in the place of rate",
        "probability",
    ),
    "last_year must lie": ("bad-horizon", "correct base_year or last_year", "last_year"),
    "the pillar": ("yardstick", "write yardstick = true under one of them, and false or nothing under the others"),
    "urgency is": ("urgency-of-ally", 'remove ally, or write state = "will"', "ally"),
    "the years of the points": ("path-years", "put the points in the order of their years, each year once", "points"),
    "low ": ("bad-bounds", "exchange the two, or correct them"),
    "needs low": ("bad-bounds", "put the three in rising order"),
    "scipy.stats has no": ("unknown-family", "see the list of continuous families in scipy.stats"),
}


def told(error: ValidationError, merged: Merged, most: int) -> Iterator[Fault]:
    """The faults for pydantic's errors; of a flood only those of the first `most` places, for words take time."""
    details = error.errors(include_url=False)
    paths = [path_of(detail["loc"]) or ("targets",) for detail in details]  # the one rule over all is about targets
    order = list(range(len(paths)))
    if len(paths) > most:
        order = sorted(order, key=lambda index: merged.place(paths[index]))[:most]
    for index in order:
        path = paths[index]
        if details[index]["type"] == "too_short" and at(path, merged.raw):
            continue  # pydantic does not count entries that are wrong, which are told by themselves
        said = _said(dict(details[index]), path, merged.raw)
        path = (*path, said.key) if said.key else path
        value = None if said.code in ("missing-key", "yardstick") else at(path, merged.raw)
        written = "" if value is None else shown(value)
        yield Fault(*merged.place(path), dotted(path, merged.raw), written, said.rule, said.remedy, said.code)


def path_of(loc: tuple[int | str, ...]) -> Path:
    """The keys of the file that lead to an error: its location without the tags of unions."""
    path: list[int | str] = []
    tagged = False
    for part in loc:
        here = tuple(path)
        if not tagged and isinstance(part, str) and _is_tagged(here):
            tagged = True  # the tag: the kind of the event, or the family of the distribution
        elif part != "[key]":
            path.append(part)
            tagged = False
    return tuple(path)


def _is_tagged(path: Path) -> bool:
    return (len(path) == 2 and path[0] in ("event", "data")) or is_parameter(path)


def _said(detail: dict[str, Any], path: Path, raw: Any) -> Said:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "value_error":
        return _of_rule(str(context["error"]), value)
    if isinstance(value, float) and not math.isfinite(value):
        return Said("not-finite", "must be a finite number", "write a number; 1e308 is the largest there is")
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        whole = isinstance(value, int) and abs(context[name]) >= 2_000  # a year, a seed, a count
        remedy = "write a whole number within the bounds" if whole else "check the unit and the decimal point"
        if context[name] == LEAST_SHARE_PCT and value > 0:
            remedy = f"did you mean {100 * value:.10g}? Shares are per cent of GDP"
        return Said("out-of-range", f"must be {words} {context[name]:.15g}", remedy)
    if kind in _TYPES:
        return _of_type(kind, path, raw, value)
    match kind:
        case "extra_forbidden":
            return _of_key(path, raw)
        case "missing":
            return _of_missing(path, raw)
        case "union_tag_not_found":
            return _of_kindless(path, raw)
        case "union_tag_invalid":
            return _of_kind(value) if path[0] == "event" and len(path) == 2 else _of_family(value)
        case "literal_error":
            words = context["expected"].replace("'", '"')
            near = nearest(value, words.replace('"', "").replace(" or ", ", ").split(", ")) if _is_text(value) else None
            remedy = f'did you mean "{near}"?' if near else "write one of these words in quotes"
            return Said("unknown-choice", f"must be {words}", remedy)
        case "string_pattern_mismatch":
            return _of_pattern(str(value), path, context["pattern"])
        case "string_too_long":
            return Said("too-long", f"must be at most {context['max_length']} characters", "shorten the text")
        case "too_long":
            rule = f"must have at most {context['max_length']} entries, with those inherited"
            return Said("too-many", rule, "keep what the question needs")
        case "too_short":
            return Said("too-short", "must have at least one entry", "add an entry, or remove the key")
    return Said("invalid-value", detail["msg"], "compare with the description of the format")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 64


def _of_rule(message: str, value: Any) -> Said:
    """A rule that the schema itself states."""
    for begin, (code, remedy, *key) in _RULES.items():
        if message.startswith(begin):
            rule, _, hint = message.partition("; did you mean ")
            return Said(code, rule, f"did you mean {hint}" if hint else remedy, *key)
    if " takes the shape parameters " in message:
        return Said("shape-parameters", message, "write each of them as a key beside name, loc and scale")
    if "choose a family of finite variance" in message:
        return Said(
            "refused-family", message.partition(";")[0], "choose a family of finite variance, such as student_t"
        )
    return Said("invalid-value", message, "compare with the description of the format")


def _of_type(kind: str, path: Path, raw: Any, value: Any) -> Said:
    what, remedy = _TYPES[kind]
    if is_parameter(path) and kind == "float_type":
        what = "a number or a distribution"
        if isinstance(value, str | bool):
            remedy = "write a number without quotes, or a table such as { normal = { mean = 0.3, sd = 1.0 } }"
    elif isinstance(value, dict) and kind in ("int_type", "float_type"):
        remedy = "write one number; this cannot be random"
    elif isinstance(value, float) and kind == "int_type" and value.is_integer():
        remedy = f"write {value:.0f}"
    elif path == ("event",):
        what, remedy = "a list of tables", "begin every event with [[event]], in double brackets"
    elif kind == "string_type" and path[-1] == "when":
        remedy = 'write year and month in quotes, such as "2028-05"'
    found = {bool: "not true or false", str: "not a text", dict: "not a table", list: "not a list"}.get(type(value), "")
    return Said("wrong-type", f"must be {what}" + (f", {found}" if found and found[4:] not in what else ""), remedy)


def _of_key(path: Path, raw: Any) -> Said:
    *around, key = path
    if is_parameter(tuple(around)):
        rule = "a distribution must be of one family"
        return Said("two-families", rule, "keep one family, with its parameters in braces of their own")
    return Said("unknown-key", "is not a key of this table", meant(str(key), tuple(around), raw))


def _of_missing(path: Path, raw: Any) -> Said:
    *around, key = path
    model = model_at(tuple(around), raw)
    field = next((f for n, f in model.model_fields.items() if (f.alias or n) == key), None) if model else None
    meaning = f": {field.description}" if field and field.description else ""
    return Said("missing-key", "must be given", f"add {key} = …{meaning}")


def _of_kindless(path: Path, raw: Any) -> Said:
    names = {event["name"] for event in raw["event"] if isinstance(event, dict) and _is_text(event.get("name"))}
    own = at((*path, "name"), raw)
    near = nearest(own, names - {own}) if _is_text(own) else None
    remedy = f"add kind = …, one of {', '.join(EVENTS)}"
    hint = f"; or did you mean the inherited event {shown(near)}?" if near else ""
    return Said("missing-key", "an event must have a kind, unless it changes an inherited one", remedy + hint)


def _of_kind(value: Any) -> Said:
    kind = value.get("kind") if isinstance(value, dict) else None
    near = nearest(kind, EVENTS) if isinstance(kind, str) else None
    remedy = f'did you mean "{near}"?' if near else f"the kinds are {', '.join(EVENTS)}"
    return Said("unknown-kind", "is not a kind of event", remedy, "kind")


def _of_family(value: Any) -> Said:
    keys = [str(key) for key in value] if isinstance(value, dict) else []
    for key in keys:
        if near := nearest(key, FAMILIES):
            return Said("unknown-family", f"{shown(key)} is not a family of distributions", f"did you mean {near}?")
    for name, family in FAMILIES.items():
        if keys and set(keys) <= set(keys_of(family)):
            rule, remedy = "a distribution must name its family", f"write {{ {name} = {shown(value)} }}"
            return Said("unknown-family", rule, remedy)
    rule = f"{shown(keys[0])} is not a family of distributions" if keys else "a distribution must name its family"
    return Said("unknown-family", rule, f"the families are {', '.join(FAMILIES)}")


def _of_pattern(value: str, path: Path, pattern: str) -> Said:
    if pattern == "^[A-Z]{3}$":
        remedy = ally_meant(value, {row.iso3: row.name for row in load_tables().allies})
        return Said("bad-code", "must be the ISO 3166 code of an ally, three capitals", remedy)
    if path[-1:] == ("name",) and is_parameter(path[:-2]):
        return Said("unknown-family", "must be the name of a family in scipy.stats", "write a name such as skewnorm")
    rule = "a name must begin with a small letter and have only small letters, digits and underscores, 63 at most"
    return Said("bad-name", rule, "write a name such as recession_2028")

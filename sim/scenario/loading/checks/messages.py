"""From what pydantic found to faults: the place in the file, the value there, the rule and the remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import ValidationError

from sim.arguments import LEAST_SHARE_PCT, LEAST_YEAR
from sim.data.countries import look_up
from sim.data.tables import load_tables
from sim.distributions.families import FAMILIES
from sim.errors import Fault
from sim.model.parameters import Target
from sim.scenario.loading.checks.keys import EVENTS, is_parameter, keys_of, known_key, meant, model_at, nearest
from sim.scenario.loading.checks.phrases import (
    OTHER_FAMILIES,
    distribution_meant,
    month_meant,
    name_meant,
    number_meant,
    parameters_meant,
    points_meant,
    year_meant,
)
from sim.scenario.loading.checks.quoting import ally_meant, at, dotted, shown
from sim.scenario.loading.checks.syntax import COUNTS
from sim.scenario.loading.merging import Merged
from sim.scenario.loading.source_map import Path
from sim.scenario.schema import Scenario

OTHER_KINDS: dict[str, str] = {
    "war": "crisis", "attack": "crisis", "invasion": "crisis", "threat": "crisis", "escalation": "crisis",
    "peace": "detente", "ceasefire": "detente", "truce": "detente", "vote": "election", "downturn": "recession",
    "slump": "recession", "us_withdrawal": "us_retrenchment", "withdrawal": "us_retrenchment", "target": "summit",
    "path": "announced_path", "plan": "announced_path", "announcement": "announced_path", "opt_out": "pledge",
    "commitment": "pledge",
}  # fmt: skip
"""What kinds of events are called elsewhere."""


MOST_NAMES = 300
"""Events among whose names a meant one is looked for; no scenario has more."""


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
    "the amount must be": ("out-of-range", "check the unit and the decimal point", "amount"),
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


def faults_of(error: ValidationError, merged: Merged, most: int) -> Iterator[Fault]:
    """The faults for pydantic's errors; of a flood only those of the first `most` places, for words take time."""
    details = error.errors(include_url=False)
    paths = [path_of(detail["loc"]) or ("targets",) for detail in details]  # the one rule over all is about targets
    order = list(range(len(paths)))
    if len(paths) > most:
        order = sorted(order, key=lambda index: merged.location(paths[index]))[:most]
    renamed = {
        (*path[:-1], known_key(str(path[-1]), path[:-1], merged.raw))
        for path, detail in zip(paths, details, strict=True)
        if detail["type"] == "extra_forbidden" and path
    }
    for index in order:
        path = paths[index]
        if details[index]["type"] == "too_short" and at(path, merged.raw):
            continue  # pydantic does not count entries that are wrong, which are told by themselves
        if details[index]["type"] == "missing" and path in renamed:
            continue  # it is there under another name, which is told
        said = _said(dict(details[index]), path, merged.raw)
        path = (*path, said.key) if said.key else path
        value = None if said.code in ("missing-key", "yardstick") else at(path, merged.raw)
        written = "" if value is None else shown(value)
        yield Fault(*merged.location(path), dotted(path, merged.raw), written, said.rule, said.remedy, said.code)


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
        name, phrase = _BOUNDS[kind]
        whole = isinstance(value, int) and abs(context[name]) >= 2_000  # a year, a seed, a count
        remedy = "write a whole number within the bounds" if whole else "check the unit and the decimal point"
        if context[name] == LEAST_SHARE_PCT and value > 0:
            remedy = f"did you mean {100 * value:.10g}? Shares are per cent of GDP"
        if context[name] == LEAST_YEAR and (year := year_meant(value)):
            remedy = f"write {year}, with four digits"
        return Said("out-of-range", f"must be {phrase} {context[name]:.15g}", remedy)
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
            known = context["expected"].replace("'", '"')
            near = nearest(value, known.replace('"', "").replace(" or ", ", ").split(", ")) if _is_text(value) else None
            remedy = f'did you mean "{near}"?' if near else "write one of these words in quotes"
            return Said("unknown-choice", f"must be {known}", remedy)
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
    if message.startswith("a month is") and (month := month_meant(value)):
        return Said("bad-month", message, _write_month(value, month))
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


def _write_month(value: Any, month: str) -> str:
    if re.fullmatch(r"20\d\d", str(value)):
        return f'write a month of it in quotes, "{month}" to "{month[:4]}-12"'
    return f'write when = "{month}"'


def _of_type(kind: str, path: Path, raw: Any, value: Any) -> Said:
    what, remedy = _TYPES[kind]
    random = is_parameter(path) and kind == "float_type"
    if random:
        what = "a number or a distribution"
    found = {bool: "not true or false", str: "not a text", dict: "not a table", list: "not a list"}.get(type(value), "")
    rule = f"must be {what}" + (f", {found}" if found and found[4:] not in what else "")
    return Said("wrong-type", rule, _right_form(kind, path, value, random) or remedy)


def _right_form(kind: str, path: Path, value: Any, random: bool) -> str | None:
    """The remedy for a value of a wrong type, where it can be told from what stands there; None elsewhere."""
    key = str(path[-1])
    match kind:
        case "float_type" | "int_type":
            return _number_form(kind, key, value, random)
        case "bool_type" if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return f"write {value.strip().lower()}, without quotes"
        case "string_type" if key == "when":
            month = month_meant(value)
            return _write_month(value, month) if month else 'write year and month in quotes, such as "2028-05"'
        case "string_type" if key == "ally" and isinstance(value, list):
            return "name one ally; write an [[event]] for each, with a name of its own"
        case "string_type" if type(value) in (int, float):
            return f'write "{value}", in double quotes'
        case "tuple_type" if path == ("event",):
            tables = value.items() if isinstance(value, dict) else ()
            name = next((name for name, each in tables if isinstance(each, dict)), "")
            inside = f', with name = "{name}" on the next line' if name_meant(name) == name else ""
            return f"begin every event with [[event]], in double brackets{inside}"
        case "tuple_type" if key == "points":
            right = points_meant(value)
            return f"write {right}" if right else "write points = [{ year = 2028, share_pct = 2.5 }]"
        case "tuple_type" if isinstance(value, str) and value.isprintable() and not set(value) & set('"\\'):
            entries = ", ".join(f'"{word.strip()}"' for word in value[:60].split(","))
            return f"write {key} = [{entries}]"
        case "model_type" if path[:1] == ("event",) and "points" in path:
            whole = points_meant([value])
            return f"write {whole[10:-1]}" if whole else "write points = [{ year = 2028, share_pct = 2.5 }]"
        case "model_type" | "dict_type":
            return _table_form(path, value)
    return None


def _number_form(kind: str, key: str, value: Any, random: bool) -> str | None:
    if random and (right := distribution_meant(value)):
        return f"write {key} = {right}"
    if isinstance(value, str):
        year = year_meant(value) if kind == "int_type" else None
        number = str(year) if year else number_meant(value[:40], key)
        if number and (kind == "float_type" or number.isdecimal()):
            return f"write {key} = {number}, without quotes"
    if random and isinstance(value, str | bool):
        return "write a number without quotes, or a table such as { normal = { mean = 0.3, sd = 1.0 } }"
    if isinstance(value, dict | list):
        return "write one number; this cannot be random" if not random else None
    if isinstance(value, float) and kind == "int_type" and value.is_integer():
        thousands = (
            f"; {value * 1000:.0f} if the point stood between thousands" if key in COUNTS and value < 1000 else ""
        )
        return f"write {value:.0f}{thousands}"
    return None


def _table_form(path: Path, value: Any) -> str | None:
    """A section, a target or an ally that is written otherwise than as a table."""
    name = dotted(path, {})
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return f"write [{name}], in single brackets, once"
    if is_parameter(path[:-1]):
        right = parameters_meant(str(path[-1]), value)
        return f"write {path[-2]} = {right}" if right else None
    if path[:1] == ("targets",) and path[-1] in keys_of(Target):
        return f"write it below [targets.core]: a target has a name, and {path[-1]} belongs to it"
    if path[:1] == ("ally",) and len(path) == 2 and type(value) in (int, float):
        return f"write share_pct = {value} below [{name}]"
    return f"write [{name}] on a line of its own, and its keys below it" if len(path) < 3 else None


def _of_key(path: Path, raw: Any) -> Said:
    *around, key = path
    if is_parameter(tuple(around)):
        rule = "a distribution must be of one family"
        return Said("two-families", rule, "keep one family, with its parameters in braces of their own")
    rule = "is not a key of this table"
    if len(around) == 2 and around[0] == "event" and key in ("ally", "allies", "country"):
        kind = at((*around, "kind"), raw)
        if kind in EVENTS and "ally" not in EVENTS[kind].model_fields:
            return Said("unknown-key", f"{rule}: a {kind} concerns the whole alliance", _of_one_ally(kind))
    if not around and (inside := _section_meant(str(key), raw)):
        return Said("unknown-key", rule, f"write [{inside}]")
    if len(around) == 2 and around[0] == "event" and re.fullmatch(r"20\d\d", str(key)):
        return Said("unknown-key", rule, f"write {points_meant({key: 2.5})}, with the share in its place")
    return Said("unknown-key", rule, meant(str(key), tuple(around), raw))


def _of_one_ally(kind: str) -> str:
    """What to write for one ally in place of an event that concerns all."""
    if kind in ("summit", "review"):
        return 'remove it; for one ally write kind = "pledge" with ally, share_pct and by'
    return 'remove it; for one ally write kind = "shock" with ally, state = "will" and amount'


def _section_meant(key: str, raw: Any) -> str | None:
    """The table that one at the top of the file, known by another name there, should be; None where none is."""
    inside = raw.get(key)
    if not isinstance(inside, dict):
        return None
    named = look_up(key)
    if named and not named.group and key.lower() not in keys_of(Scenario):
        return f"ally.{named.code}"
    if "share_pct" in inside and "by" in inside:
        return f"targets.{key}" if re.fullmatch(r"[a-z][a-z0-9_]*", key) else "targets.core"
    codes = [f"ally.{code}" for code in inside if re.fullmatch(r"[A-Za-z]+", code)]
    return codes[0] if codes and key.lower() in ("allies", "country", "countries") else None


def _of_missing(path: Path, raw: Any) -> Said:
    *around, key = path
    model = model_at(tuple(around), raw)
    field = next((f for n, f in model.model_fields.items() if (f.alias or n) == key), None) if model else None
    meaning = f": {field.description}" if field and field.description else ""
    return Said("missing-key", "must be given", f"add {key} = …{meaning}")


def _of_kindless(path: Path, raw: Any) -> Said:
    own = at((*path, "name"), raw)
    some = raw["event"][:MOST_NAMES]
    names = {event["name"] for event in some if isinstance(event, dict) and _is_text(event.get("name"))}
    near = nearest(own, names - {own}) if _is_text(own) else None
    remedy = f"add kind = …, one of {', '.join(EVENTS)}"
    kind = at((*path, "type"), raw)
    if isinstance(kind, str) and kind in EVENTS:
        return Said("missing-key", "an event must have a kind", f"write kind in place of type: kind = {shown(kind)}")
    hint = f"; or did you mean the inherited event {shown(near)}?" if near else ""
    return Said("missing-key", "an event must have a kind, unless it changes an inherited one", remedy + hint)


def _of_kind(value: Any) -> Said:
    kind = value.get("kind") if isinstance(value, dict) else None
    near = (OTHER_KINDS.get(kind.lower()) or nearest(kind, EVENTS)) if isinstance(kind, str) else None
    remedy = f'did you mean "{near}"?' if near else f"the kinds are {', '.join(EVENTS)}"
    return Said("unknown-kind", "is not a kind of event", remedy, "kind")


def _of_family(value: Any) -> Said:
    keys = [str(key) for key in value] if isinstance(value, dict) else []
    for key in keys:
        if near := OTHER_FAMILIES.get(key.lower()) or nearest(key, FAMILIES):
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
    return Said("bad-name", rule, f"write {name_meant(value) or 'a name such as recession_2028'}")

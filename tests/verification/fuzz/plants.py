"""Faults planted in a sound scenario: each must be told on the line where it stands, and nothing else with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from fuzz.grammar import Document, Entry, Table, is_random, properties, span


@dataclass(frozen=True)
class Sown:
    """What was planted, and where: an entry or a table."""

    place: Entry | Table
    codes: frozenset[str]
    also: tuple[Entry | Table, ...] = ()
    name: str = ""  # which of several forms of the fault


Plant = Callable[[Random, Document], Sown | None]
PLANTS: dict[str, Plant] = {}
ALONE: dict[str, Plant] = {}
"""Those that hide others: what a parser stops at, and rules that are only looked at when all else is right."""


def plant(into: dict[str, Plant]) -> Callable[[Plant], Plant]:
    def add(function: Plant) -> Plant:
        into[function.__name__] = function
        return function

    return add


def sown(place: Entry | Table, *codes: str, also: tuple[Entry | Table, ...] = ()) -> Sown:
    return Sown(place, frozenset(codes), also)


def _table(random: Random, document: Document, *definitions: str) -> Table | None:
    """A table not yet touched, of these models or of any but the top and the years."""
    fit = [table for table in document.tables if not table.touched and table.definition not in ("Scenario", "Horizon")]
    fit = [table for table in fit if not definitions or table.definition in definitions]
    if not fit:
        return None
    table = random.choice(fit)
    table.touched = True
    return table


def _event(random: Random, document: Document) -> Table | None:
    kinds = {table.definition for table in document.tables if table.header == "[[event]]"}
    return _table(random, document, *kinds) if kinds else None


def _new_entry(random: Random, table: Table, key: str, value: str) -> Entry:
    entry = Entry(key, value)
    table.entries.insert(random.randint(0, len(table.entries)), entry)
    return entry


def _some(random: Random, document: Document, fits: Callable[[Entry], bool]) -> Entry | None:
    """An entry of an untouched table that fits."""
    found = [
        (table, entry)
        for table in document.tables
        if not table.touched and table.definition not in ("Scenario", "Horizon")
        for entry in table.entries
        if fits(entry)
    ]
    if not found:
        return None
    table, entry = random.choice(found)
    table.touched = True
    return entry


def _is_number(entry: Entry) -> bool:
    return is_random(entry.schema) or entry.schema.get("type") in ("number", "integer")


@plant(PLANTS)
def unknown_key(random: Random, document: Document) -> Sown | None:
    """A key that no table knows, or one spelt almost right."""
    table = _table(random, document)
    if table is None:
        return None
    known = properties(table.definition)
    key = random.choice(sorted(known))
    at = random.randrange(len(key))
    key = random.choice((key[:at] + key[at + 1 :], key[:at] + "z" + key[at:], key.upper(), "zz", "cor\\u0435"))
    key = f'"{key}"' if "\\" in key or not key else key
    if key in known or table.entry(key) or key == "__":
        return None
    return sown(_new_entry(random, table, key, random.choice(("1", '"x"', "true", "[1]", "{ a = 1 }"))), "unknown-key")


@plant(PLANTS)
def unknown_table(random: Random, document: Document) -> Sown | None:
    name = random.choice(("wil", "target", "events", "Growth", "data.x", "replacements", "horizon.x", "ally.DEU.wil"))
    if any(table.header == f"[{name}]" for table in document.tables):
        return None
    table = Table(f"[{name}]", [], touched=True)
    document.tables.append(table)
    return sown(table, "unknown-key", also=tuple(_head(document, name)))


def _head(document: Document, name: str) -> list[Table]:
    """A table of the same beginning that stands earlier has the line."""
    return [table for table in document.tables if table.header in ("[horizon]", "[ally.DEU]") and "." in name]


@plant(PLANTS)
def wrong_type(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, _is_number)
    if entry is None:
        return None
    entry.value = random.choice(('"3.5"', "true", "[]", "[1, 2]", "2028-05-01", "07:30:00", "'x'"))
    return sown(entry, "wrong-type")


@plant(PLANTS)
def a_table_for_a_number(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, _is_number)
    if entry is None:
        return None
    entry.value = random.choice(("{}", "{ mean = 1 }", "{ a = { b = 1 } }"))
    return sown(entry, "unknown-family" if is_random(entry.schema) else "wrong-type")


@plant(PLANTS)
def a_number_for_something_else(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: entry.schema.get("type") in ("boolean", "array") or (
        "maxLength" in entry.schema))  # fmt: skip
    if entry is None:
        return None
    entry.value = random.choice(("3", "0.5", "1979-05-27"))
    return sown(entry, "wrong-type")


@plant(PLANTS)
def not_finite(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, _is_number)
    if entry is None:
        return None
    entry.value = random.choice(("nan", "-nan", "inf", "-inf", "+inf", "1e400", "-1e999"))
    return sown(entry, "not-finite")


@plant(PLANTS)
def not_finite_within(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: is_random(entry.schema))
    if entry is None:
        return None
    bad = random.choice(("nan", "inf", "-inf", "1e400"))
    entry.value = (
        f"{{ {random.choice((f'normal = {{ mean = {bad}, sd = 1 }}', f'uniform = {{ low = 0, high = {bad} }}'))} }}"
    )
    return sown(entry, "not-finite")


@plant(PLANTS)
def out_of_range(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, _is_number)
    if entry is None:
        return None
    low, high = span(entry.schema)
    if entry.schema.get("type") == "integer":
        entry.value = random.choice((str(int(low) - 1), str(int(high) + 1), str(2**63), str(-(10**18))))
    else:
        entry.value = random.choice((repr(low - 0.001 - abs(low) / 1e9), repr(high * 1.001 + 0.001), "1e300", "-1e300"))
    return sown(entry, "out-of-range", *(("implausible-year",) if entry.key == "by" else ()))


@plant(PLANTS)
def implausible_year(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: entry.key == "by")
    if entry is None:
        return None
    entry.value = "2100" if document.base + 60 < 2100 else "2101"
    return sown(entry, "implausible-year", "out-of-range")


@plant(PLANTS)
def leaves_the_bounds(random: Random, document: Document) -> Sown | None:
    """A distribution that reaches beyond the bounds of its parameter."""
    entry = _some(random, document, lambda entry: is_random(entry.schema) and "minimum" in entry.schema["anyOf"][0])
    if entry is None:
        return None
    low, _ = span(entry.schema)
    entry.value = random.choice((
        "{ normal = { mean = 0.5, sd = 0.1 } }", "{ student_t = { df = 5, sd = 0.01 } }",
        f"{{ uniform = {{ low = {low - 0.1!r}, high = {low + 0.1!r} }} }}",
        f"{{ triangular = {{ low = {low - 1!r}, mode = {low!r}, high = {low + 0.1!r} }} }}",
        f"{{ beta = {{ a = 1, b = 1, low = {low - 0.1!r}, high = {low + 0.1!r} }} }}",
    ))  # fmt: skip
    return sown(entry, "out-of-range")


LAWS = {
    "{ normale = { mean = 0.0, sd = 1.0 } }": "unknown-family",
    "{ Normal = { mean = 0.0, sd = 1.0 } }": "unknown-family",
    "{ low = 0.0, high = 1.0 }": "unknown-family",
    "{ normal = { mean = 0.0 } }": "missing-key",
    "{ uniform = {} }": "missing-key",
    "{ normal = { mean = 0.0, sd = 1.0, df = 3 } }": "unknown-key",
    "{ normal = { mean = 0.0, sd = -1.0 } }": "out-of-range",
    "{ normal = { mean = '0', sd = 1.0 } }": "wrong-type",
    "{ normal = 1.0 }": "wrong-type",
    "{ student_t = { df = 2, sd = 1.0 } }": "out-of-range",
    "{ lognormal = { mean = 1.0, log_sd = 3.0 } }": "out-of-range",
    "{ exponential = { mean = 0.0 } }": "out-of-range",
    "{ beta = { a = 0.0, b = 1.0 } }": "out-of-range",
    "{ gamma = { shape = 1e9, mean = 1.0 } }": "out-of-range",
    "{ uniform = { low = 1.0, high = 0.5 } }": "bad-bounds",
    "{ uniform = { low = 0.5, high = 0.5 } }": "bad-bounds",
    "{ triangular = { low = 0.0, mode = 2.0, high = 1.0 } }": "bad-bounds",
    "{ normal = { mean = 0.0, sd = 1.0 }, uniform = { low = 0.0, high = 1.0 } }": "two-families",
    "{ scipy = { name = 'cauchy' } }": "refused-family",
    "{ scipy = { name = 'levy_stable', alpha = 1.5, beta = 0.0 } }": "refused-family",
    "{ scipy = { name = 'skewnrom', a = 1.0 } }": "unknown-family",
    "{ scipy = { name = 'Norm; import os' } }": "unknown-family",
    "{ scipy = { name = 'skewnorm' } }": "shape-parameters",
    "{ scipy = { name = 'norm', a = 1.0 } }": "shape-parameters",
    "{ scipy = { name = 'norm', scale = 0.0 } }": "out-of-range",
}


@plant(PLANTS)
def wrong_law(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: is_random(entry.schema))
    if entry is None:
        return None
    entry.value = random.choice(sorted(LAWS))
    return sown(entry, LAWS[entry.value])


@plant(PLANTS)
def unknown_choice(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: "enum" in entry.schema)
    if entry is None:
        return None
    entry.value = random.choice(('"cor"', '"CORE"', '"cor\u0435"', '""', '"core "', '"{0.__class__}"', '"\\u202ecore"'))
    return sown(entry, "unknown-choice")


@plant(PLANTS)
def too_long(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: entry.schema.get("maxLength") == 2000)
    if entry is None:
        return None
    entry.value = '"' + random.choice(("x", "\u0301", "\U0001f4a3")) * 2001 + '"'
    return sown(entry, "too-long")


@plant(PLANTS)
def missing_key(random: Random, document: Document) -> Sown | None:
    needs = {
        "Target": ("share_pct", "by"), "Shock": ("state", "amount"), "Pledge": ("ally", "share_pct", "by"),
        "AnnouncedPath": ("ally", "points"), "Election": ("ally",),
    }  # fmt: skip
    table = _table(random, document, *needs)
    if table is None:
        return None
    entry = table.entry(random.choice(needs[table.definition]))
    assert entry is not None
    table.entries.remove(entry)
    return sown(table, "missing-key")


@plant(PLANTS)
def bad_month(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: entry.key == "when")
    if entry is None:
        return None
    entry.value = random.choice((
        '"2028-13"', '"2028-00"', '"2028-5"', '"28-05"', '"2028/05"', '"2028-05-01"', '"May 2028"', '"2101-01"', '""',
        '"2028-05 "', '"2028-05\\n"', '"2028\u201005"', '"\u0968028-05"',
    ))  # fmt: skip
    return sown(entry, "bad-month")


@plant(PLANTS)
def month_in_other_digits(random: Random, document: Document) -> Sown | None:
    """Digits of other scripts, which look like digits to many a library."""
    entry = _some(random, document, lambda entry: entry.key == "when")
    if entry is None:
        return None
    entry.value = random.choice(('"20\u0662\u0668-05"', '"20\uff12\uff18-05"', '"20\u0967\u0966-05"'))
    return sown(entry, "bad-month")


@plant(PLANTS)
def outside_the_run(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: entry.key == "when")
    if entry is None:
        return None
    if any(entry is own for table in document.tables if table.definition == "PastCrisis" for own in table.entries):
        entry.value = f'"{document.base + 1}-01"'
        return sown(entry, "after-the-start")
    early = random.random() < 0.5
    entry.value = f'"{document.base if early else document.last + 1}-12"'
    return sown(entry, "before-the-run" if early else "after-the-run")

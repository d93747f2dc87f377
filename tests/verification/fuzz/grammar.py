"""Sound scenario files made from the JSON Schema: any section, any key, any way to write it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

from sim.data.tables import load_tables
from sim.model.sections import SECTIONS
from sim.scenario.jsonschema import json_schema
from sim.scenario.schema import OF_ALLY

LARGEST = 1e6  # of a parameter, as the checks have it
AMOUNTS = {
    '"urgency"': (-100.0, 100.0), '"will"': (-100.0, 100.0), '"share_pct"': (-50.0, 50.0), '"norm_pct"': (-50.0, 50.0),
    '"related_pct"': (-50.0, 50.0), '"gdp_pct"': (-99.0, 100.0),
}  # fmt: skip
"""What a shock may add to each state."""

WORDS = ("war", "peace", "slump", "talks", "vote", "push", "storm", "calm", "pact", "jolt", "turn", "crisis", "detente")
TEXTS = ('"a title"', "'single # quotes'", '"Größe, \\"quoted\\" and \\u00e9"', '"""\nthree lines\n\n"""', '""')


@dataclass(eq=False)
class Entry:
    """`key = value` on lines of its own."""

    key: str
    value: str
    schema: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Table:
    """A header and its entries; without a header it is the top of the file."""

    header: str
    entries: list[Entry] = field(default_factory=list)
    definition: str = ""  # its name in the schema
    touched: bool = False  # whether a fault was planted in it

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)


@dataclass(eq=False)
class Document:
    """A scenario as tables, and what its parts must agree on."""

    tables: list[Table]
    base: int
    last: int
    targets: list[str]
    names: list[str]

    def of(self, *definitions: str) -> list[Table]:
        """The tables of these models."""
        return [table for table in self.tables if table.definition in definitions]


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    return json_schema()


@lru_cache(maxsize=1)
def events() -> dict[str, str]:
    """The definition of each kind of event."""
    kinds = (choice["$ref"].rpartition("/")[2] for choice in schema()["properties"]["event"]["items"]["then"]["oneOf"])
    return {properties(name)["kind"]["const"]: name for name in kinds}


@lru_cache(maxsize=1)
def armed() -> tuple[str, ...]:
    return tuple(sorted(ally.iso3 for ally in load_tables().armed_allies()))


def properties(definition: str) -> dict[str, Any]:
    found: dict[str, Any] = schema()["$defs"][definition]["properties"]
    return found


def is_random(part: dict[str, Any]) -> bool:
    """Whether numbers and distributions may stand there."""
    return any("$ref" in choice for choice in part.get("anyOf", ()))


def span(part: dict[str, Any]) -> tuple[float, float]:
    """The bounds of a number, those without one far out."""
    number = part["anyOf"][0] if is_random(part) else part
    whole = part.get("type") == "integer"
    low = number.get("minimum", number.get("exclusiveMinimum", -LARGEST))
    high = number.get("maximum", number.get("exclusiveMaximum", LARGEST))
    if "exclusiveMaximum" in number:
        high = high - 1 if whole else high - 1e-6
    return (low + 1e-6 if "exclusiveMinimum" in number else low), high


def number(random: Random, low: float, high: float) -> str:
    """A decimal number from low to high, in one of TOML's ways to write it."""
    near = max(low, -10.0), min(high, 10.0)
    choices = [low, high, random.uniform(low, high), random.uniform(*near), random.uniform(*near)]
    if low <= 0 <= high:
        choices += [0.0, 0.0]
    value = float(min(max(round(random.choice(choices), random.choice((0, 1, 2, 6))), low), high))
    if value.is_integer() and random.random() < 0.4:
        return f"{int(value)}"
    return random.choice((repr(value), repr(value), f"{value:.17e}", f"+{value!r}" if value > 0 else "0.0"))


def whole(random: Random, low: float, high: float) -> str:
    value = random.choice((int(low), int(high), random.randint(int(low), int(high))))
    return random.choice((str(value), str(value), f"{value:_}", hex(value) if value >= 0 else str(value)))


def law(random: Random, low: float, high: float) -> str:
    """A distribution within these bounds."""
    bounded = ["uniform", "triangular", "beta"]
    above = ["exponential", "gamma", "lognormal", "expon"] if low <= 0 and high >= LARGEST else []
    free = ["normal", "student_t", "scipy"] if low <= -LARGEST and high >= LARGEST else []
    floor, ceiling = max(low, -20.0), min(high, 20.0)
    first, second = sorted(round(random.uniform(floor, ceiling), 3) for _ in range(2))
    first, second = (first, second) if first < second else (floor, ceiling)
    mean, size = round(random.uniform(-3, 3), 2), round(random.uniform(0.01, 3), 2)
    written = {
        "uniform": f"uniform = {{ low = {first}, high = {second} }}",
        "triangular": f"triangular = {{ low = {first}, mode = {random.choice((first, second))}, high = {second} }}",
        "beta": f"beta = {{ a = {size + 0.1}, b = 2, low = {first}, high = {second} }}",
        "exponential": f"exponential = {{ mean = {size} }}",
        "gamma": f"gamma = {{ shape = {size + 0.1}, mean = {size} }}",
        "lognormal": f"lognormal = {{ mean = {size}, log_sd = {random.choice((0.3, 0.5, 2))} }}",
        "expon": f"scipy = {{ name = 'expon', scale = {size} }}",
        "normal": f"normal = {{ mean = {mean}, sd = {random.choice((0, size))} }}",
        "student_t": f"student_t = {{ df = {random.choice((4, 5.0, 8))}, sd = {size} }}",
        "scipy": f"scipy = {{ name = 'skewnorm', a = {mean}, loc = {mean}, scale = {size} }}",
    }
    return f"{{ {written[random.choice(bounded + above + free)]} }}"


def value(random: Random, part: dict[str, Any]) -> str:
    """A value that the schema of a key allows; what must agree with other parts is put in by the caller."""
    if is_random(part):
        low, high = span(part)
        return law(random, low, high) if random.random() < 0.4 else number(random, low, high)
    match part:
        case {"enum": choices}:
            return f'"{random.choice(choices)}"'
        case {"type": "integer"}:
            return whole(random, *span(part))
        case {"type": "number"}:
            return number(random, *span(part))
        case {"type": "boolean"}:
            return random.choice(("true", "false"))
        case {"type": "string"}:
            return random.choice(TEXTS)
    raise ValueError(f"no way to make {part}")


def _chosen(random: Random, definition: str, most: int, without: tuple[str, ...] = ()) -> list[Entry]:
    """Entries for some keys of a table."""
    known = {key: part for key, part in properties(definition).items() if key not in without and "$ref" not in part}
    keys = random.sample(sorted(known), min(len(known), random.randint(0, most)))
    return [Entry(key, value(random, known[key]), known[key]) for key in keys]


def made(random: Random) -> Document:
    """A sound scenario."""
    base = random.choice((2026, 2026, 2026, 2024, 2020, 2014))
    last = base + random.choice((1, 4, 6, 10, 40))
    top = Table("", [Entry("title", random.choice(TEXTS), properties("Target")["agreed"])], "Scenario")
    horizon = Table("[horizon]", [Entry("base_year", str(base), properties("Horizon")["base_year"])], "Horizon")
    horizon.entries.append(Entry("last_year", str(last), properties("Horizon")["last_year"]))
    document = Document([horizon], base, last, [], [])
    if random.random() < 0.5:
        document.tables.append(Table("[run]", _chosen(random, "Run", 2), "Run"))
    if random.random() < 0.4:
        document.tables.append(Table("[parameters]", _chosen(random, "ParameterSource", 3), "ParameterSource"))
    for pillar in ("core", "related", "total"):
        if random.random() < (0.8 if pillar == "core" else 0.3):
            document.tables.append(_target(random, document, pillar, pillar))
    for section in random.sample(SECTIONS, random.randint(0, 3)):
        definition = section.model.__name__
        document.tables.append(Table(f"[{section.name}]", _chosen(random, definition, 5), definition))
    for code in random.sample(armed(), random.randint(0, 3)):
        document.tables += _ally(random, code)
    for word in random.sample(WORDS, random.randint(0, 4)):
        document.tables.append(_event(random, document, word, random.choice(sorted(events()))))
    _settle_reviews(random, document)
    random.shuffle(document.tables)
    document.tables.insert(0, top)
    return document


def _settle_reviews(random: Random, document: Document) -> None:
    """Reviews that leave each target a share and a date it may have, whichever of its summits and reviews hit."""
    for name in document.targets:
        named = [table for table in document.of("Summit", "Review") if _target_of(table) == name]
        reviews = [table for table in named if table.definition == "Review"]
        targets = [table for table in document.tables if table.header == f"[targets.{name}]"]
        setting = [table for table in named if table.definition == "Summit"] + targets
        shares, dates = (
            [float(entry.value) for table in setting if (entry := table.entry(key))] for key in ("share_pct", "by")
        )
        years = [int(when.value[1:5]) if (when := table.entry("when")) else document.base + 1 for table in reviews]
        for table in reviews:
            if change := table.entry("change_pct"):
                low, high = ((0.1 - min(shares)) / len(reviews), (20 - max(shares)) / len(reviews))
                change.value = number(random, max(low, -10.0), min(high, 10.0))
            if later := table.entry("years_later"):
                back = min(max(int(min(dates)) - max(years), 0) // len(reviews), 20)
                on = min((min(document.base + 60, 2100) - int(max(dates))) // len(reviews), 20)
                later.value = whole(random, -back, on) if min(dates) >= max(years) else "0"


def _target_of(table: Table) -> str:
    entry = table.entry("target")
    return entry.value.strip('"') if entry else "core"


def _target(random: Random, document: Document, name: str, pillar: str) -> Table:
    entries = _chosen(random, "Target", 3, ("pillar", "share_pct", "by", "yardstick", "members"))
    entries.append(Entry("share_pct", number(random, 0.1, 20), properties("Target")["share_pct"]))
    entries.append(Entry("by", str(_due(random, document)), properties("Target")["by"]))
    if pillar != "core" or random.random() < 0.3:
        entries.append(Entry("pillar", f'"{pillar}"', properties("Target")["pillar"]))
    if random.random() < 0.3:
        codes = ", ".join(f'"{code}"' for code in random.sample(armed(), random.randint(1, 4)))
        entries.append(Entry("members", f"[{codes}]", properties("Target")["members"]))
    random.shuffle(entries)
    document.targets.append(name)
    return Table(f"[targets.{name}]", entries, "Target")


def _due(random: Random, document: Document) -> int:
    return min(random.randint(max(document.base - 12, 2014), document.base + 20), 2086)


def _ally(random: Random, code: str) -> list[Table]:
    tables = [Table(f"[ally.{code}]", _chosen(random, "AllySection", 3), "AllySection")]
    for entry in tables[0].entries:
        if entry.key == "debt_pct" and float(entry.value):
            entry.value = repr(round(random.uniform(27, 68), 1))  # near the packaged figure of every ally
        if entry.key in ("share_pct", "norm_pct"):
            entry.value = number(random, 0.7, 2.9)
    for section, model in random.sample(list(OF_ALLY.items()), random.randint(0, 2)):
        definition = model.__name__
        tables.append(Table(f"[ally.{code}.{section}]", _chosen(random, definition, 3), definition))
    return tables


def _event(random: Random, document: Document, name: str, kind: str) -> Table:
    """An event that fits its scenario; a pledge's date is its own, so that no ally has two at a time."""
    if kind in ("summit", "review") and not document.targets:
        kind = "crisis"
    definition = events()[kind]
    known = properties(definition)
    made = {"name": f'"{name}"', "kind": f'"{kind}"'}
    when = f'"{random.randint(document.base + 1, document.last)}-{random.randint(1, 12):02}"'
    if kind == "past_crisis":
        when = f'"{random.randint(document.base - 12, document.base)}-{random.randint(1, 12):02}"'
    if random.random() < 0.5 or kind in ("pledge", "past_crisis"):
        made["when"] = when if kind != "pledge" else f'"{document.base + 1}-{1 + len(document.names) % 12:02}"'
        if random.random() < 0.5:
            made["probability"] = value(random, known["probability"])
    else:
        made["rate"] = value(random, known["rate"])
    for key, part in known.items():
        needed = key in ("ally", "state", "amount", "share_pct", "by", "points", "jump") and kind not in (
            "summit",
            "recession",
        )
        if key in made or key in ("when", "rate", "probability") or not (needed or random.random() < 0.4):
            continue
        if key == "ally":
            if kind == "shock" and random.random() < 0.5:
                continue
            made[key] = f'"{random.choice(armed())}"'
        elif key == "points":
            years = sorted(random.sample(range(document.base, document.base + 15), random.randint(1, 4)))
            made[key] = ", ".join(f"{{ year = {year}, share_pct = {number(random, 0.1, 20)} }}" for year in years)
            made[key] = f"[{made[key]}]"
        elif key == "target":
            made[key] = f'"{random.choice(document.targets)}"'
        elif key == "by":
            year = int(made["when"][1:5]) if "when" in made else document.base + 1
            made[key] = str(max(_due(random, document), year))
        elif key == "amount":
            made[key] = (
                law(random, -LARGEST, LARGEST) if random.random() < 0.4 else number(random, *AMOUNTS[made["state"]])
            )
        else:
            made[key] = value(random, part)
    if kind in ("summit", "review") and "target" not in made and "core" not in document.targets:
        made["target"] = f'"{document.targets[0]}"'
    if kind == "shock" and "ally" in made and made["state"] == '"urgency"':
        made["state"] = '"will"'
    entries = [Entry(key, text, known[key]) for key, text in made.items()]
    random.shuffle(entries)
    document.names.append(name)
    return Table("[[event]]", entries, definition)


def rendered(random: Random, document: Document) -> tuple[str, dict[int, int]]:
    """The text, and the line of each table and entry by its `id`."""
    lines: list[str] = []
    places: dict[int, int] = {}
    for table in document.tables:
        if random.random() < 0.2:
            lines += ["", "# a remark = [1] with 'signs'"]
        places[id(table)] = len(lines) + 1
        if table.header:
            lines.append(table.header + random.choice(("", "", " # the header")))
        for entry in table.entries:
            places[id(entry)] = len(lines) + 1
            equals = random.choice((" = ", " = ", "=", "  =\t"))
            bare = random.random() < 0.9 or '"' in entry.key or "." in entry.key
            key = entry.key if bare else f'"{entry.key}"'
            lines += f"{key}{equals}{entry.value}{random.choice(('', '', '', ' # why'))}".split("\n")
    return random.choice(("\n", "\n", "\n", "\r\n")).join(lines) + random.choice(("", "\n")), places

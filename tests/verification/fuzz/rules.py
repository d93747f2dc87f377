"""More faults to plant: allies, names and times that do not fit, and what the parser itself stops at."""

from __future__ import annotations

from random import Random

from fuzz.grammar import Document, Entry, Table, armed, properties
from fuzz.plants import ALONE, PLANTS, Sown, _event, _new_entry, _some, _table, plant, sown

CODES = {'"GER"': "unknown-ally", '"UKR"': "unknown-ally", '"XXX"': "unknown-ally", '"ISL"': "no-armed-forces",
         '"deu"': "bad-code", '"D\u0415U"': "bad-code", '"\uff24\uff25\uff35"': "bad-code", '"DEUT"': "bad-code",
         '"DEU\\n"': "bad-code", '""': "bad-code"}  # fmt: skip


@plant(PLANTS)
def unknown_ally(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: entry.key in ("ally", "members"))
    if entry is None:
        return None
    code = random.choice(sorted(CODES))
    entry.value = code if entry.key == "ally" else f'["FRA", {code}, "ITA"]'
    return sown(entry, CODES[code])


@plant(PLANTS)
def unknown_ally_table(random: Random, document: Document) -> Sown | None:
    code, told = random.choice((("GER", "unknown-ally"), ("ISL", "no-armed-forces"), ("deu", "bad-code")))
    table = Table(f"[ally.{code}]", [Entry("debt_pct", "50.0", properties("AllySection")["debt_pct"])], touched=True)
    if any(other.header == table.header for other in document.tables):
        return None
    document.tables.append(table)
    return sown(table, told)


@plant(PLANTS)
def twice_a_member(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: entry.key == "members")
    if entry is None:
        return None
    entry.value, code = random.choice((('["EST", "LVA", "EST"]', "repeated"), ("[]", "no-members")))
    return sown(entry, code)


@plant(PLANTS)
def bad_name(random: Random, document: Document) -> Sown | None:
    name = random.choice(("Core", '"cor e"', "9th", "_x", '"caf\u00e9"', '""', "x" * 64, "a-b"))
    table = Table(f"[targets.{name}]", [], "Target", touched=True)
    if any(other.header == table.header for other in document.tables):
        return None
    table.entries = [Entry("share_pct", "2.0"), Entry("by", str(document.base + 1)), Entry("commitment", "0.0")]
    document.tables.append(table)
    return sown(table, "bad-name")


@plant(PLANTS)
def bad_name_of_event(random: Random, document: Document) -> Sown | None:
    table = Table("[[event]]", touched=True)
    name = Entry("name", random.choice(('"War"', '"a b"', '""', '"war\\n"', '"\u0455torm"', '"-x"')))
    table.entries = [Entry("kind", '"crisis"'), name, Entry("rate", "0.1")]
    if any(entry.value == name.value for other in document.tables for entry in other.entries if entry.key == "name"):
        return None
    document.tables.append(table)
    return sown(name, "bad-name")


@plant(PLANTS)
def duplicate_name(random: Random, document: Document) -> Sown | None:
    if not document.names:
        return None
    table = Table("[[event]]", touched=True)
    name = Entry("name", f'"{random.choice(document.names)}"')
    table.entries = [Entry("kind", '"crisis"'), name, Entry("rate", "0.1")]
    document.tables.append(table)
    return sown(name, "duplicate-name")


@plant(PLANTS)
def unknown_kind(random: Random, document: Document) -> Sown | None:
    table = Table("[[event]]", touched=True)
    kind = Entry("kind", random.choice(('"crises"', '"Crisis"', '""', '"earthquake"', '"cr\u0131sis"')))
    table.entries = [Entry("name", '"of_no_kind"'), kind]
    if "of_no_kind" in document.names:
        return None
    document.names.append("of_no_kind")
    document.tables.append(table)
    return sown(kind, "unknown-kind")


@plant(PLANTS)
def unknown_target(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: entry.key == "target")
    if entry is None:
        return None
    entry.value = random.choice(('"cores"', '"nothing"', '"c\u043ere"'))
    return sown(entry, "unknown-target", "bad-name")


@plant(PLANTS)
def dated_and_random(random: Random, document: Document) -> Sown | None:
    table = _event(random, document)
    if table is None:
        return None
    if (when := table.entry("when")) is not None:
        if (probability := table.entry("probability")) is not None:
            table.entries.remove(probability)
        return sown(_new_entry(random, table, "rate", "0.1"), "two-times", also=(when,))
    _new_entry(random, table, "when", f'"{document.last}-06"')
    rate, moved = table.entry("rate"), table.entry("years_later")  # a date makes a review move a target too far back
    return sown(rate, "two-times", also=(moved,) if moved else ()) if rate is not None else None


@plant(PLANTS)
def no_time(random: Random, document: Document) -> Sown | None:
    table = _event(random, document)
    name = table.entry("name") if table else None
    if table is None or name is None:
        return None
    if table.definition in ("Pledge", "AnnouncedPath") or name.value in ('"crisis"', '"detente"'):
        return sown(_new_entry(random, table, "timeless", "1"), "unknown-key")  # these need no time, or inherit one
    table.entries = [entry for entry in table.entries if entry.key not in ("when", "rate", "probability")]
    return sown(table, "no-time")


@plant(PLANTS)
def probability_of_a_rate(random: Random, document: Document) -> Sown | None:
    table = _event(random, document)
    if table is None:
        return None
    table.entries = [entry for entry in table.entries if entry.key not in ("when", "rate", "probability")]
    _new_entry(random, table, "rate", "0.1")
    return sown(_new_entry(random, table, "probability", "0.5"), "probability-of-rate")


@plant(PLANTS)
def path_that_goes_back(random: Random, document: Document) -> Sown | None:
    entry = _some(random, document, lambda entry: entry.key == "points")
    if entry is None:
        return None
    entry.value, code = random.choice((
        ("[{ year = 2030, share_pct = 2.0 }, { year = 2029, share_pct = 2.0 }]", "path-years"),
        ("[{ year = 2030, share_pct = 2.0 }, { year = 2030, share_pct = 2.5 }]", "path-years"),
        ("[]", "too-short"), ("[{ year = 2030 }]", "missing-key"), ("[1]", "wrong-type"),
        ("[{ year = 2030, share_pct = 2.0, x = 1 }]", "unknown-key"), ("[{ year = 2030, share_pct = 0 }]",
        "out-of-range"),
    ))  # fmt: skip
    return sown(entry, code)


@plant(PLANTS)
def urgency_of_one_ally(random: Random, document: Document) -> Sown | None:
    table = _table(random, document, "Shock")
    if table is None:
        return None
    table.entries = [entry for entry in table.entries if entry.key not in ("state", "ally")]
    _new_entry(random, table, "state", '"urgency"')
    return sown(_new_entry(random, table, "ally", f'"{random.choice(armed())}"'), "urgency-of-ally")


@plant(PLANTS)
def two_pledges(random: Random, document: Document) -> Sown | None:
    table = _table(random, document, "Pledge")
    if table is None or "again" in document.names:
        return None
    document.names.append("again")
    again = [Entry(entry.key, entry.value) for entry in table.entries if entry.key != "name"]
    second = Table("[[event]]", [Entry("name", '"again"'), *again], touched=True)
    document.tables.append(second)
    return sown(second, "duplicate-pledge")


@plant(ALONE)
def two_yardsticks(random: Random, document: Document) -> Sown | None:
    """Told at the first line that names targets."""
    if not document.targets:
        return None
    first = document.of("Target")[0]
    pillar = first.entry("pillar")
    second = Table("[targets.another]", [Entry("share_pct", "2.0"), Entry("by", str(document.base + 1))], "Target")
    if pillar is not None:
        second.entries.append(Entry("pillar", pillar.value))
    document.tables.append(second)
    return sown(document.of("Target")[0], "yardstick")


@plant(ALONE)
def bad_horizon(random: Random, document: Document) -> Sown | None:
    """Years that run backwards; dates are then told as well."""
    (table,) = document.of("Horizon")
    last = table.entry("last_year")
    assert last is not None
    last.value = random.choice((str(document.base), str(max(document.base - 1, 2014)), str(document.base + 41)))
    dates = [entry for other in document.tables for entry in other.entries if entry.key in ("when", "by")]
    return sown(last, "bad-horizon", also=tuple(dates))


@plant(ALONE)
def names_files(random: Random, document: Document) -> Sown | None:
    top = document.tables[0]
    key = random.choice(("extends", "data.shares", "data.gdp"))
    name, code = random.choice((
        ('"../x.toml"', "bad-file-name"), ('"/etc/passwd"', "bad-file-name"), ('""', "bad-file-name"),
        ('"a/b"', "bad-file-name"), ('"a\\\\b"', "bad-file-name"), ('"C:x"', "bad-file-name"), ('"a\\u0000"',
        "bad-file-name"),
        ('"nowhere.toml"', "no-such-file"), ('"."', "bad-file-name"), ('".."', "bad-file-name"), ("3", "wrong-type"),
        ("[]", "wrong-type"), ("nan", "not-finite"), (f'"{"x" * 256}"', "bad-file-name"), ('"\\u202e.toml"',
        "no-such-file"),
    ))  # fmt: skip
    if key != "extends" and any(table.header == "[data]" for table in document.tables):
        return None
    return sown(_new_entry(random, top, key, name), code, *(("too-long",) if len(name) > 255 else ()))


BROKEN = {
    "no_value": ("x =", "bad-toml"), "no_key": ("= 1", "bad-toml"), "words": ("this is no toml", "bad-toml"),
    "open_text": ('x = "open', "bad-toml"), "open_literal": ("x = 'open", "bad-toml"), "bad_escape": (r'x = "\q"',
    "bad-toml"),
    "surrogate": (r'x = "\ud800"', "bad-toml"), "two_values": ("x = 1 2", "bad-toml"), "bare": ("x = abc", "bad-toml"),
    "leading_zero": ("x = 01", "bad-toml"), "underscores": ("x = 1__0", "bad-toml"), "point": ("x = .5", "bad-toml"),
    "comma": ("x = 3,5", "bad-toml"), "control": ('x = "\x01"', "bad-toml"), "nul": ('x = "\x00"', "bad-toml"),
    "delete": ('x = "\x7f"', "bad-toml"), "capital": ("x = True", "bad-toml"), "february": ("x = 2028-02-30",
    "bad-toml"),
    "semicolon": ("x = 1;", "bad-toml"), "colon": ("x: 1", "bad-toml"), "open_header": ("[zz", "bad-toml"),
    "empty_header": ("[]", "bad-toml"), "key_twice": ("zz = 1\nzz = 2", "duplicate-key"), "closed": ("x = { a = 1 ]",
    "bad-toml"),
    "digits": ("x = " + "1" * 21, "too-many-digits"), "deep": ("a" + ".a" * 16 + " = 1", "too-deep"),
    "nested": ("x = " + "[" * 33 + "]" * 33, "too-nested"), "lookalike": ("x \uff1d 1", "bad-toml"),
    "bom_within": ("\ufeffx = 1", "bad-toml"), "space": ("\u00a0x = 1", "bad-toml"),
}  # fmt: skip


@plant(ALONE)
def no_toml(random: Random, document: Document) -> Sown | None:
    """A line at which the parser stops; in the top or in any table, and alone on its line."""
    name = random.choice(sorted(BROKEN))
    text, code = BROKEN[name]
    place = Table(text.split("\n")[-1], touched=True)
    at = random.randrange(1, len(document.tables) + 1)
    document.tables.insert(at, place)
    if "\n" in text:
        document.tables.insert(at, Table(text.split("\n")[0]))
    return Sown(place, frozenset({code}), name=name)


@plant(ALONE)
def table_twice(random: Random, document: Document) -> Sown | None:
    headers = [table.header for table in document.tables if table.header.startswith("[") and "[[" not in table.header]
    again = Table(random.choice(headers))
    document.tables.append(again)
    return sown(again, "duplicate-key")

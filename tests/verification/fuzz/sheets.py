"""Users' tables that are wrong as a whole: separators, encodings, headers, sizes; and damage without a plan."""

from __future__ import annotations

from random import Random

from fuzz.contract import Case, Planted
from fuzz.damage import by_bytes
from fuzz.tables import NAMES, PLANTS, odd_sheet, packaged, sheet, written

CELLS = (
    "nan", "inf", "-0", "-0.0", "+1", "1e5", "1e-400", "007", "2,35", '"2,35"', "1.234,5", '""', '"', "'", "=1+1",
    "@SUM(A1)",
    "\u202e", "\u200b", "\ufeff", "\x00", "\x1b[31m", "\x85", "\u2028", "DEU", "ISL", "ALL", "deu", "", " ", ",",
    ",,,", ";",
    "\t", "\n", "\r", "true", "1", "0", "2", "-1", "2026", "2026.0", "9" * 30, "x" * 700, "\U0001f4a3", "\u0662",
    "law", "actual",
    "parliamentary", "2027-13", "2027-02", "NULL", "None", "1/2", "31", '"a\nb"', '"a"b', "\\N",
)  # fmt: skip


def main(name: str) -> bytes:
    return f'[data]\n{name} = "{name}.csv"\n'.encode()


def sound(random: Random) -> Case:
    """A table that is right, in any form."""
    name = random.choice(NAMES)
    content, _ = written(random, odd_sheet(random, name))
    return Case("table made", {"case.toml": main(name), f"{name}.csv": content}, sound=True)


def planted(random: Random) -> Case:
    """One to four faults in rows of their own."""
    name = random.choice(NAMES)
    made = odd_sheet(random, name)
    wanted, done = random.choice((1, 1, 2, 4)), 0
    while done < wanted:
        done += PLANTS[random.choice(sorted(PLANTS))](random, made)
    content, faults = written(random, made)
    return Case("table planted", {"case.toml": main(name), f"{name}.csv": content}, tuple(faults))


def whole(random: Random) -> Case:
    """A fault of the whole file."""
    name = random.choice([name for name in NAMES if name != "gdp"])
    file = f"{name}.csv"
    made = sheet(random, name)
    kind = random.choice(WHOLE)
    content, _ = written(random, made)
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")
    at = random.randrange(1, len(lines))
    everywhere = frozenset(range(2 * len(lines) + 2))  # written anew it may have more empty lines
    one = Planted(kind, file, 1, frozenset({"missing-column"}), everywhere)
    match kind:
        case "semicolons" | "tabs" | "bars":
            content, _ = written(random, made, {"semicolons": ";", "tabs": "\t", "bars": "|"}[kind])
            one = Planted(kind, file, 1, frozenset({"wrong-separator"}))
        case "column missing":
            made.columns.remove(random.choice(made.columns))
            content, _ = written(random, made)
        case "column misspelt":
            lines[0] = lines[0].replace(random.choice(made.columns).encode(), b"colour", 1)
            content = b"\n".join(lines)
        case "column twice" | "column more":
            more = made.columns[0] if kind == "column twice" else "colour"
            lines = [line + b"," + (b"DEU" if index else more.encode()) for index, line in enumerate(lines) if line]
            content = b"\n".join(lines)
            codes = frozenset({"repeated-column" if kind == "column twice" else "extra-column"})
            one = Planted(kind, file, 1, codes, everywhere)
        case "utf-16" | "utf-32":
            content = content.decode("utf-8-sig").encode(kind)
            one = Planted(kind, file, 1, frozenset({"not-utf8"}))
        case "latin-1":
            lines[at] += b"\xe9"
            content = b"\n".join(lines)
            one = Planted(kind, file, at + 1, frozenset({"not-utf8"}))
        case "nul" | "escape":
            lines[at] += b"\x00" if kind == "nul" else b"\x1b[2J"
            content = b"\n".join(lines)
            one = Planted(kind, file, at + 1, frozenset({"nul-byte" if kind == "nul" else "control-character"}))
        case "open quote":
            lines[at] = b'"' + lines[at].replace(b'"', b"")
            content = b"\n".join(lines[: at + 1])
            one = Planted(kind, file, at + 1, frozenset({"bad-csv"}), everywhere)
        case "empty" | "header only" | "blank":
            content = {"empty": b"", "header only": lines[0], "blank": b"\n\n \n"}[kind]
            one = Planted(kind, file, 1, frozenset({"empty-table"}))
        case "too long":
            content = b"\n".join([lines[0], *[lines[at] or lines[1]] * 20_001])  # each a duplicate of the first
            one = Planted(kind, file, 0, frozenset({"too-many-faults", "too-large"}), frozenset(range(20_003)))
        case "too large":
            content += b"," * (4 * 1024 * 1024)
            one = Planted(kind, file, 0, frozenset({"too-large"}))
    return Case("table whole", {"case.toml": main(name), file: content}, (one,))


WHOLE = (
    "semicolons", "tabs", "bars", "column missing", "column misspelt", "column twice", "column more", "utf-16",
    "utf-32",
    "latin-1", "nul", "escape", "open quote", "empty", "header only", "blank", "too long", "too large",
)  # fmt: skip


def damaged(random: Random) -> Case:
    """Bytes or cells of a table replaced without a plan."""
    name = random.choice(NAMES)
    text = packaged(name) if name != "gdp" else written(random, sheet(random, name))[0].decode("utf-8-sig")
    if random.random() < 0.4:
        content = by_bytes(random, text.encode())
    else:
        lines = text.split("\n")
        for _ in range(random.choice((1, 1, 2, 5))):
            at = random.randrange(len(lines))
            match random.randrange(4):
                case 0 | 1:
                    cells = lines[at].split(",")
                    cells[random.randrange(len(cells))] = random.choice(CELLS)
                    lines[at] = ",".join(cells)
                case 2:
                    lines.insert(random.randrange(len(lines)), lines[at])
                case 3 if len(lines) > 1:
                    del lines[at]
        content = "\n".join(lines).encode()
    return Case("table damaged", {"case.toml": main(name), f"{name}.csv": content})

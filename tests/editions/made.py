"""A made edition of the year after the packaged one: the package with other tables, and nothing else changed.

Every figure of the new year is the last one moved by a few hundredths, so that nothing in it is news; what NATO and the
IMF do every year is done: the year before last becomes actual, the outlook reaches a year further.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sim.data.edition import LAST_YEAR, in_words, key_of, name_of, outlooks

ROOT = Path(__file__).parents[2]
YEAR = LAST_YEAR + 1
NATO, IMF = f"{YEAR}-07", f"{YEAR}-04"
NATO_IN_WORDS, IMF_IN_WORDS = f"July {YEAR}", f"April {YEAR}"

Cells = dict[str, str]


@dataclass(frozen=True)
class Product:
    """A copy of the package; its commands and its code run in processes that import it and not the one under test."""

    folder: Path

    @property
    def data(self) -> Path:
        """The folder of the tables' descriptions."""
        return self.folder / "sim" / "data"

    def sim(self, *args: object, fails: bool = False) -> str:
        """What a command prints."""
        return self._run([sys.executable, "-W", "error", "-m", "sim", *map(str, args)], fails)

    def python(self, code: str) -> str:
        """What a program prints."""
        return self._run([sys.executable, "-W", "error", "-c", code], fails=False)

    def _run(self, command: list[str], fails: bool) -> str:
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr


def next_edition(folder: Path) -> Product:
    """A copy of the package and its scenarios in `folder`, on the tables of the year after."""
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    renew(folder / "sim" / "data")
    return Product(folder)


def renew(data: Path) -> None:
    """Put the next edition in the place of the tables in `data`."""
    tables = data / "tables"
    shares = changed(tables / "shares.csv", _shares)
    changed(tables / "aggregates.csv", lambda rows: _a_year_on(rows, "name"))
    changed(tables / "share_vintages.csv", lambda rows: [*rows, *map(_vintage, shares)])
    changed(tables / "outlook_vintages.csv", lambda rows: [*rows, *_former(tables / "gdp.csv", rows)])
    changed(tables / "gdp.csv", _outlook)
    changed(tables / "elections.csv", lambda rows: [_held(row) for row in rows])
    file = data / "tables.toml"
    file.write_text(described(file.read_text("utf-8")), "utf-8")


def changed(file: Path, change: Callable[[list[Cells]], list[Cells]]) -> list[Cells]:
    """A table rewritten; its rows as they are now."""
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        rows, columns = change(list(reader)), reader.fieldnames
    assert columns
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return rows


def _shares(rows: list[Cells]) -> list[Cells]:
    """The last year's figure was its first estimate."""
    first = [{"first_estimate_pct": row["share_pct"]} if int(row["year"]) == LAST_YEAR else {} for row in rows]
    return _a_year_on([row | more for row, more in zip(rows, first, strict=True)], "iso3")


def _a_year_on(rows: list[Cells], who: str) -> list[Cells]:
    """Rows of shares with one year more, each name's in place; the year before last is actual now."""
    found = []
    for place, row in enumerate(rows):
        found.append(row | ({"status": "actual"} if int(row["year"]) == LAST_YEAR - 1 else {}))
        if place + 1 == len(rows) or rows[place + 1][who] != row[who]:
            assert int(row["year"]) == LAST_YEAR
            move = (sum(map(ord, row[who])) % 8 - 2) / 100
            found.append(row | ({"first_estimate_pct": ""} if "first_estimate_pct" in row else {}) | {
                "year": str(YEAR), "share_pct": f"{float(row['share_pct']) + move:g}",
                "outlays_usd_m": f"{1.04 * float(row['outlays_usd_m']):.0f}",
            })  # fmt: skip
    return found


def _vintage(row: Cells) -> Cells:
    """A row of the new edition as the record of editions has it."""
    kept = {column: row[column] for column in ("iso3", "year", "share_pct", "status")}
    return kept | {"edition": NATO, "basis": "core defence, 2 decimals"}


def _outlook(rows: list[Cells]) -> list[Cells]:
    """The outlook with one year more; last year is an estimate, the one before actual."""
    status = {LAST_YEAR - 1: "actual", LAST_YEAR: "estimate"}
    last, found = max(int(row["year"]) for row in rows), []
    for row in rows:
        found.append(row | ({"status": status[int(row["year"])]} if int(row["year"]) in status else {}))
        if int(row["year"]) == last:
            gdp = row["nominal_usd_bn"] and f"{1.04 * float(row['nominal_usd_bn']):.3f}"
            found.append(row | {"year": str(last + 1), "nominal_usd_bn": gdp})
    return found


def _former(file: Path, record: list[Cells]) -> list[Cells]:
    """The outlook that is no longer the newest, as the record of outlooks has it: what every edition of it has."""
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    counted, former = {row["iso3"] for row in record}, key_of("gdp")
    actual = max(row["year"] for row in rows if row["status"] == "actual")
    return [
        {column: row.get(column, "") for column in record[0]} | {"edition": former, "last_actual": actual}
        for row in rows if row["iso3"] in counted and int(row["year"]) >= int(former[:4]) - 3
    ]  # fmt: skip


def _held(row: Cells) -> Cells:
    """Elections of the year before are over, and came when they were due."""
    over = int(row["year"]) <= LAST_YEAR and row["status"] not in ("held", "presumed held")
    return row | ({"status": "presumed held", "early": "0"} if over else {})


def described(text: str) -> str:
    """The text of tables.toml for the new edition; a table that keeps editions has the new one beside the old."""
    nato, imf = (name_of(), NATO_IN_WORDS), (name_of("gdp"), IMF_IN_WORDS)
    former = (in_words(outlooks()[-2]), name_of("gdp"))  # it joins the record once it is no longer the newest
    publishers = {"shares": nato, "aggregates": nato, "share_vintages": nato, "gdp": imf, "outlook_vintages": former}
    for table, (old, new) in publishers.items():
        before, head, entry, columns, after = re.split(rf"(?s)(\[{table}\]\n)(.*?)(\n\[{table}\.columns\])", text)
        lines = dict(line.split(" = ", 1) for line in entry.strip().splitlines())
        lines["edition"] = lines["edition"].replace(f'{old}"', f'{new}"')
        lines["cutoff"] = f"{int(lines['cutoff'][:4]) + 1}{lines['cutoff'][4:]}"
        if table.endswith("_vintages"):
            lines["citation"] = lines["citation"].removesuffix('"') + f'; {new}"'
        else:
            lines["citation"] = lines["citation"].replace(old, new).replace(f"-{LAST_YEAR})", f"-{YEAR})")
            lines["note"] = lines["note"].replace(f"{LAST_YEAR - 1} and {LAST_YEAR} are", f"{LAST_YEAR} and {YEAR} are")
        text = before + head + "\n".join(f"{key} = {value}" for key, value in lines.items()) + columns + after
    return text

"""Allies as people write them: codes in any case, names with or without accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

import click

from sim.data.rows import AllyRow
from sim.data.tables import Tables
from sim.record.record import Record
from sim.words import did_you_mean, plain

ALSO: Final[dict[str, str]] = {
    "america": "USA",
    "britain": "GBR",
    "czech republic": "CZE",
    "great britain": "GBR",
    "holland": "NLD",
    "macedonia": "MKD",
    "turkey": "TUR",
    "uk": "GBR",
    "united states of america": "USA",
    "us": "USA",
}
"""Other names in use."""

LIKENESS: Final = 0.7
"""Of a word that is taken for a misspelt ally; at less, Atlantis is Albania."""

GROUPS: Final = frozenset({"euc", "europe and canada", "nato"})


def find(words: Sequence[str], tables: Tables, *, counted: bool = False) -> tuple[AllyRow, ...]:
    """The allies that `words` name, each once, in that order; `counted` refuses an ally without armed forces.

    Raises:
        click.UsageError: a word that names no ally.
    """
    known = {plainly(row.iso3): row for row in tables.allies} | {plainly(row.name): row for row in tables.allies}
    known |= {name: known[iso3.lower()] for name, iso3 in ALSO.items() if iso3.lower() in known}
    found: dict[str, AllyRow] = {}
    for word in words:
        row = known.get(plainly(word))
        if plainly(word) in GROUPS:
            raise click.UsageError(f"{plain(word)[:40]} is a group, no ally; here only allies can be chosen.")
        if row is None:
            hint = did_you_mean(plainly(word), [name for name in known if len(name) > 2], LIKENESS)
            raise click.UsageError(f"No ally {plain(word)[:40]!r}. {hint or '`sim data allies` lists them.'}")
        if counted and not row.armed_forces:
            raise click.UsageError(f"{row.name} has no armed forces and is never counted.")
        found[row.iso3] = row
    return tuple(found.values())


def find_in(word: str, record: Record) -> str:
    """The code of the ally of a run that `word` names, code or name.

    Raises:
        click.UsageError: a word that names none of them.
    """
    known = {plainly(entry.iso3): entry.iso3 for entry in record.description.allies}
    known |= {name: iso3 for name, iso3 in ALSO.items() if iso3 in known.values()}
    known |= {plainly(entry.name): entry.iso3 for entry in record.description.allies}
    if plainly(word) in known:
        return known[plainly(word)]
    if plainly(word) in ("iceland", "isl"):
        raise click.UsageError("Iceland has no armed forces and is never counted.")
    hint = did_you_mean(plainly(word), [name for name in known if len(name) > 2], LIKENESS)
    raise click.UsageError(f"No ally {plain(word)[:40]!r} in the run. {hint}".rstrip())


def plainly(word: str) -> str:
    """Lower case, no accents, single spaces."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return " ".join("".join(char for char in letters if not unicodedata.combining(char)).replace("_", " ").split())

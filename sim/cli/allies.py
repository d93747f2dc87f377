"""Allies as users choose them: any name or code that `sim.data.countries` knows, several with commas between."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import click

from sim.data import countries
from sim.data.countries import plainly
from sim.data.rows import AllyRow
from sim.data.tables import Tables
from sim.results.record import Record

DRAWN_GROUPS: Final = ("EUC", "NATO")
"""Groups whose average every run holds."""


def find(typed: Sequence[str], tables: Tables, *, counted: bool = False) -> tuple[AllyRow, ...]:
    """The allies that what was `typed` names, each once, in that order; `counted` refuses an ally without armed forces.

    Raises:
        click.UsageError: words that name no ally, all of them at once.
    """
    rows = {row.iso3: row for row in tables.allies}
    uncounted = {row.iso3 for row in tables.allies if counted and not row.armed_forces}
    codes = _codes(typed, {iso3: row.name for iso3, row in rows.items()}, uncounted)
    return tuple(rows[iso3] for iso3 in codes)


def find_in(typed: Sequence[str], record: Record, *, groups: bool = False) -> tuple[str, ...]:
    """The codes of the allies of a run that what was `typed` names, each once; with `groups` also EUC and NATO.

    Raises:
        click.UsageError: words that name none of them, all of them at once.
    """
    names = {entry.iso3: entry.name for entry in record.description.allies}
    return _codes(typed, names, groups=DRAWN_GROUPS if groups else (), run=True)


def _codes(
    typed: Sequence[str], names: Mapping[str, str], uncounted: Collection[str] = (), groups: Collection[str] = (),
    run: bool = False,
) -> tuple[str, ...]:  # fmt: skip
    codes: dict[str, None] = {}
    wrong: list[str] = []
    for word in _single(typed, names):
        code = _code(word, names)
        if code in uncounted:
            wrong.append(_WITHOUT_FORCES.format(names[code]))
        elif code in names or code in groups:
            codes[code] = None
        else:
            wrong.append(_refusal(word, names, groups, run))
    if wrong:
        raise click.UsageError(" ".join(dict.fromkeys(wrong)))
    return tuple(codes)


def _single(typed: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Each word, split at its commas unless it is a name as it stands ("Macedonia, Republic of")."""
    parts: list[str] = []
    for word in typed:
        parts += [word] if _code(word, names) else re.split(r"[,;]", word.strip(" ,;"))
    return parts


def _code(word: str, names: Mapping[str, str]) -> str:
    """What `word` names, by the names in force first; empty where nothing is known by it."""
    key = plainly(word)
    for code, name in names.items():
        if key in (code.lower(), plainly(name)):
            return code
    named = countries.look_up(word)
    return named.code if named else ""


_WITHOUT_FORCES = "{} has no armed forces and is never counted."


def _refusal(word: str, names: Mapping[str, str], groups: Collection[str], run: bool) -> str:
    """Why `word` cannot be chosen, and what can."""
    named, where = countries.look_up(word), " in the run" if run else ""
    if named is None:
        near = countries.nearest(word, names)
        hint = f"Did you mean {near.label}?" if near else "`sim data allies` lists them."
        return f"No ally {word[:40]!r}{where}. {hint}"
    if named.group and groups:
        return f"{named.name} is a group that no run sums up; those it does are {' and '.join(groups)}."
    if named.group:
        drawn = " `sim chart fan` draws it." if named.code in DRAWN_GROUPS else ""
        return f"{named.name} is a group, no ally; here only allies can be chosen.{drawn}"
    if named.code == "ISL":
        return _WITHOUT_FORCES.format(named.name)
    if named.code in countries.ALLIES:
        return f"{named.label} is not among the allies{where or ' of the tables in force'}."
    return f"{named.name} is not a member of NATO; `sim data allies` lists the allies."

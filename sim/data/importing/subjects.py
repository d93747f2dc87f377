"""What the lines above a block of figures say that these are: shares of GDP, money, or something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sim.data.importing.grids import CellGrid
from sim.data.importing.layouts import NOTES, SheetBlock

_GDP: Final = re.compile(
    r"\b(?:gdp|bip|pib|pil|bbp|bnp|hdp|pkb|gross domestic product|bruttoinlandsprodukt|produit intérieur brut|"
    r"producto (?:interior|interno) bruto|prodotto interno lordo|gsyh|αεπ|бвп)\b"
)
_SHARE: Final = re.compile(
    r"%|per ?cent|prozent|procent|pour ?cent|por ?ciento|\b(?:shares?|anteil|ratio|part|quota|pct)\b"
)
_DEFENCE: Final = re.compile(r"defen[cs]|milit|verteidigung|défense|difesa|forsvar|försvar|obron|savunma|\bnato\b")
_MONEY: Final = re.compile(
    r"[$€£¥]|\b(?:usd|eur|gbp|dollars?|euros?|pounds?|dólares|dollari|dolar\w*|currenc(?:y|ies)|währung\w*|monnaies?|"
    r"moneda|mrd|mio|mln|mld|bn|[mb]illi(?:on|ón)\w*|mill?iard\w*|millones|milioni|thousands?|tausend|"
    r"purchasing power)\b"
)
_PART: Final = re.compile(
    r"\b(?:equipment|personnel|infrastructure|research and development|ausrüstung|équipements?)\b"
)
_OTHER: Final = re.compile(
    r"per (?:capita|head)|pro kopf|par habitant|\b(?:population|troops|soldiers|growth|wachstum|croissance|inflation|"
    r"deflator|debt|schulden\w*|dette|deficit|revenues?|tax(?:es)?|education|health|unemployment|index|"
    r"(?:annual|real) change|government (?:spending|expenditure|outlays))\b"
)
"""Of a line in small letters."""

_UNIT_HEADS: Final = re.compile(r"\b(?:units?|indicators?|measures?|subjects?|series|einheit|unité|unidad|unità)\b")
_LONGEST: Final = 200  # characters of a line that is a title and no paragraph


def another_subject(text: str) -> str | None:
    """The words of a line that name money, another unit or another subject than shares of GDP.

    Empty where it says that they are shares of GDP; None where it says neither.
    """
    line = text.casefold()
    share = bool(_GDP.search(line) and _SHARE.search(line))
    if found := _PART.search(line):
        return found.group()
    if share and _DEFENCE.search(line):
        return ""
    if found := _OTHER.search(line):
        return found.group()
    if share:
        return ""
    return found.group() if (found := _MONEY.search(line)) else None


def refused_for(grid: CellGrid, block: SheetBlock, turned: bool) -> tuple[int, str, str] | None:
    """The line, the text and the words in it that say that the figures of a block are no shares; None where none does.

    The nearest line that says anything decides. `turned` says that the rows of the grid are the columns of the file.
    """
    for line, text in (*_above(grid, block, turned), *_units(grid, block, turned)):
        if (words := another_subject(text)) is not None:
            return (line, text, words) if words else None
    return None


def _above(grid: CellGrid, block: SheetBlock, turned: bool) -> Iterator[tuple[int, str]]:
    """What stands beside the years and above them, the nearest first."""
    for index in range(block.header, -1, -1):
        cells = [
            (column, cell.text)
            for column, cell in enumerate(grid.rows[index])
            if cell.text and not (index == block.header and column in block.years)
        ]
        if any(isinstance(grid.rows[index][column].value, float) for column, _ in cells):
            continue  # a row of the block above
        joined = " ".join(text for _, text in cells)
        lines = [(grid.first_line + column, text) for column, text in cells] if turned else [
            (grid.first_line + index, joined)
        ]  # fmt: skip
        for line, text in lines:
            if text and len(text) <= _LONGEST and not text.casefold().startswith(NOTES):
                yield line, text


def _units(grid: CellGrid, block: SheetBlock, turned: bool) -> Iterator[tuple[int, str]]:
    """What a column of units says, row by row."""
    heads = [c for c, cell in enumerate(grid.rows[block.header]) if _UNIT_HEADS.search(cell.text.casefold())]
    for index in block.rows:
        row = grid.rows[index]
        text = " ".join(row[column].text for column in heads if column < len(row) and row[column].text)
        if text:
            yield 0 if turned else grid.first_line + index, text

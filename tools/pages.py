"""Markdown that the scripts of this folder write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(rows: Iterable[Sequence[object]], head: Sequence[str]) -> str:
    """A table; a bar or a line's end in a cell would end it."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    cells = (" | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in row) for row in rows)
    return "\n".join([*lines, *(f"| {row} |" for row in cells)])

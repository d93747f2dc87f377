"""Markdown that the scripts of this folder write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path


def table(rows: Iterable[Sequence[object]], head: Sequence[str]) -> str:
    """A table; a bar or a line's end in a cell would end it."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    cells = (" | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in row) for row in rows)
    return "\n".join([*lines, *(f"| {row} |" for row in cells)])


def between(text: str, start: str, end: str, new: str) -> str:
    """`text` with what stands between two marks replaced."""
    head, rest = text.split(start, 1)
    return f"{head}{start}\n{new}\n{end}{rest.split(end, 1)[1]}"


def rewrite(page: Path, start: str, end: str, new: str) -> None:
    """Replace a marked part of a page."""
    page.write_text(between(page.read_text(encoding="utf-8"), start, end, new), encoding="utf-8")

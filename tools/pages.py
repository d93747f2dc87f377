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


def score(value: float) -> str:
    """A score in percentage points, three decimals without the leading zero, as in the literature."""
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"


def part(value: float) -> str:
    """A part of one, two decimals without the leading zero."""
    return "1.00" if value >= 0.995 else f"{value:.2f}".replace("0.", ".", 1)


def ahead(horizons: Sequence[int]) -> str:
    """1, 2 and 3 years ahead."""
    texts = [str(horizon) for horizon in horizons]
    joined = texts[0] if len(texts) == 1 else " and ".join([", ".join(texts[:-1]), texts[-1]]) if texts else "nowhere,"
    return f"{joined} year{'s' if texts != ['1'] else ''} ahead"

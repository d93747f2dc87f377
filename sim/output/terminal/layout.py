"""Tables that fit: on a narrow terminal the least important columns are left out, and named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.table import Table

GAP = 2  # between two columns


@dataclass(frozen=True)
class Column:
    """A column: its name in prose, the lines of its head, its cells, and how dispensable it is (0: never left out)."""

    name: str
    head: str
    cells: Sequence[str]
    rank: int
    right: bool = True
    most: int = 0  # cells wider than this are folded; 0: never
    dim: bool = False

    @property
    def width(self) -> int:
        """Columns of the terminal it takes."""
        widest = max((cell_len(cell) for cell in self.cells), default=0)
        head = max(cell_len(line) for line in self.head.split("\n"))
        return max(head, min(widest, self.most) if self.most else widest)


def fit(columns: Sequence[Column], width: int) -> tuple[list[Column], list[Column]]:
    """The columns that fit in `width`, and those left out, the most dispensable first."""
    kept, dropped = list(columns), list[Column]()
    while taken(kept) > width and any(column.rank for column in kept):
        last = max(kept, key=lambda column: column.rank)
        kept.remove(last)
        dropped.append(last)
    return kept, dropped


def taken(columns: Sequence[Column]) -> int:
    """The width of a table of these columns."""
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def table(columns: Sequence[Column]) -> Table:
    """A rich table without lines but the one below its head."""
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))
    for column in columns:
        grid.add_column(
            column.head,
            justify="right" if column.right else "left",
            no_wrap=not column.most,
            overflow="fold",
            width=column.width,
            style="dim" if column.dim else "",
            header_style="bold dim" if column.dim else "bold",
            vertical="top",
        )
    for cells in zip(*(column.cells for column in columns), strict=True):
        grid.add_row(*cells)
    return grid


def left_out(dropped: Sequence[Column]) -> str:
    """What to say of columns that did not fit; empty where all did."""
    if not dropped:
        return ""
    names = ", ".join(column.name for column in dropped)
    return f"Left out for want of width: {names}. A wider terminal, --csv or --json show everything."

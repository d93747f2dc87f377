"""Tables fit: the most dispensable column goes first, and none goes that need not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.output.terminal.layout import Column, fit, left_out, taken

NAMES = ("ally", "share", "median", "band")
COLUMNS = [Column(name, name, ["12345", "1"], rank) for rank, name in enumerate(NAMES)]


@given(st.integers(1, 60))
def test_what_is_kept_fits_unless_nothing_more_can_go(width: int) -> None:
    kept, dropped = fit(COLUMNS, width)
    assert taken(kept) <= width or [column.rank for column in kept] == [0]
    assert all(out.rank > column.rank for out in dropped for column in kept)
    assert not dropped or taken([*kept, dropped[-1]]) > width


def test_what_is_left_out_is_named() -> None:
    _, dropped = fit(COLUMNS, 14)
    assert left_out(dropped).startswith("Left out for want of width: band, median.")
    assert left_out([]) == ""

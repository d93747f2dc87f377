"""Saving a run: the place is tried before a long run and not after it, and no interrupt falls into the exchange."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import RunError
from sim.record.record import Record


def check_place(out: str) -> None:
    """Refuse a place that cannot become a saved run; leaves nothing behind.

    Raises:
        RunError: it holds something else, or cannot be written.
    """
    place = Path(out)
    if place.exists() and not (place / "manifest.json").is_file():
        raise RunError(f"{out} exists and is not a saved run; choose another place")
    parent = place.parent
    while not parent.exists() and parent != parent.parent:
        parent = parent.parent
    try:
        with tempfile.TemporaryDirectory(prefix=".sim-", dir=parent):
            pass
    except OSError as error:
        raise RunError(f"cannot write to {parent}: {error.strerror or error}") from error


def save(record: Record, out: str) -> None:
    """Save the run; raises RunError where that fails. An interrupt waits until the run stands."""
    with _held_back():
        record.save(out)


@contextmanager
def _held_back() -> Iterator[None]:
    """Deliver SIGINT and SIGTERM only after the block."""
    came: list[int] = []
    try:
        before = {
            number: signal.signal(number, lambda number, _: came.append(number))
            for number in (signal.SIGINT, signal.SIGTERM)
        }
    except ValueError:  # not the main thread: nothing is delivered here
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            os.kill(os.getpid(), came[0])

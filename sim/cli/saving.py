"""Saving a run: the place is tried before a long run and not after it, and no interrupt falls into the exchange."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import RunError
from sim.files import strict_json
from sim.files.writing import try_write
from sim.results import store
from sim.results.record import Record, check_replaceable
from sim.text.escaping import plain


def check_destination(out: str) -> None:
    """Refuse a place that cannot become a saved run; leaves nothing behind.

    Raises:
        RunError: it holds something else, or cannot be written.
    """
    check_replaceable(Path(out))
    try_write(out)


def save(record: Record, out: str) -> str:
    """Save the run: the title and runs of a former one that it replaces, or nothing.

    An interrupt waits until the run stands. Raises RunError where saving fails.
    """
    former = _former(out)
    with _held_back():
        record.save(out)
    return former


def stands(record: Record, out: str) -> bool:
    """Whether the run still stands where it was saved: another one may have been saved there meanwhile."""
    return bool(_manifest(out).get("digest") == record.counts.digest())


def _former(out: str) -> str:
    """From the manifest alone: kept paths may be larger than memory, and no fault of a former run may stop this one."""
    try:
        facts = _manifest(out)
        title, paths, seed = facts["description"]["title"], facts["paths"], facts["manifest"]["seed"]
        return f"{plain(str(title))}, {int(paths):,} runs, seed {int(seed)}"
    except (LookupError, TypeError, ValueError):
        return ""


def _manifest(out: str) -> dict[str, Any]:
    """What the manifest there says; nothing where it cannot be read."""
    try:
        with store.part(Path(out) / "manifest.json", strict_json.MOST_BYTES) as stream:
            facts = strict_json.parse(store.text_of(stream))
    except RunError:
        return {}
    return facts if isinstance(facts, dict) else {}


@contextmanager
def _held_back() -> Iterator[None]:
    """Deliver SIGINT, SIGTERM and SIGHUP only after the block."""
    came: list[int] = []
    try:
        before = {
            number: signal.signal(number, lambda number, _: came.append(number))
            for name in ("SIGINT", "SIGTERM", "SIGHUP")
            if (number := getattr(signal, name, None)) is not None and signal.getsignal(number) is not signal.SIG_IGN
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

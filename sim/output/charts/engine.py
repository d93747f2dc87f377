"""Vega's pictures and scripts by vl-convert, in a process of its own.

Its JavaScript engine reserves tens of gigabytes of addresses; where a limit (`ulimit -v`) forbids that, it ends its
process on the spot. Here that ends a worker, and the caller is told what happened.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sim.errors import RunError
from sim.worker import Worker, can_have_workers

SCALE = 2.0
"""Points of a PNG per unit of the chart."""

Made = TypeVar("Made")


def picture(spec: dict[str, Any], form: str) -> bytes:
    """A Vega-Lite specification as "svg", "png" or "pdf".

    Raises:
        RunError: vl-convert cannot work here.
    """
    return _made(_picture, (spec, form))


def bundle(script: str) -> str:
    """A script with all of Vega, Vega-Lite and their embedding that it uses.

    Raises:
        RunError: vl-convert cannot work here.
    """
    return _made(_bundle, script)


@contextmanager
def kept() -> Iterator[None]:
    """Keep the process for all pictures drawn inside: starting it and its engine takes a second."""
    with _Engine.lock:
        _Engine.wanted += 1
    try:
        yield
    finally:
        with _Engine.lock:
            _Engine.wanted -= 1
            if not _Engine.wanted and _Engine.worker is not None:
                _Engine.worker.kill()  # it holds nothing
                _Engine.worker = None


class _Engine:
    """The one process, while somebody wants it."""

    lock = threading.RLock()
    wanted = 0
    worker: Worker | None = None


def _made(make: Callable[[Any], Made], of: object) -> Made:
    """What `make` makes, in the process where there can be one."""
    if not can_have_workers():
        return make(of)
    with kept(), _Engine.lock:
        worker = _Engine.worker or Worker()
        _Engine.worker = None  # until it has answered
        try:
            worker.give(_quietly, (make, of))
            while (answer := worker.answer()) is None:
                pass
        except RunError as error:
            raise _unable(worker.ended or "it ended") from error
        except BaseException:  # an interrupt: what it would answer is of no use for the next
            worker.kill()
            raise
        _Engine.worker = worker
    succeeded, outcome = answer
    if isinstance(outcome, ImportError | MemoryError):
        raise _unable(str(outcome) or "too little memory") from outcome
    if not succeeded:
        raise outcome
    return outcome  # type: ignore[no-any-return]  # what `make` returns


def _unable(why: str) -> RunError:
    return RunError(
        f"no picture can be drawn: the chart engine (vl-convert) could not work here ({why}). It needs tens of GB of "
        "addresses, though little memory: raise the limit (`ulimit -v unlimited`), or do without pictures "
        "(`sim run --no-report`)"
    )


def _quietly(asked: tuple[Callable[[Any], Made], Any]) -> Made:
    """Make something in a process of its own, where nobody reads what the engine says when it ends."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    make, of = asked
    return make(of)


def _picture(asked: tuple[dict[str, Any], str]) -> bytes:
    import vl_convert

    spec, form = asked
    if form == "svg":
        text: str = vl_convert.vegalite_to_svg(spec)
        return text.encode()
    made: bytes = vl_convert.vegalite_to_pdf(spec) if form == "pdf" else vl_convert.vegalite_to_png(spec, scale=SCALE)
    return made


def _bundle(script: str) -> str:
    import vl_convert

    made: str = vl_convert.javascript_bundle(script)
    return made

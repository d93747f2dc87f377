"""SciPy's own families evaluated in a process of its own, which can be ended.

With some shape parameters one call of SciPy takes minutes, and as long as it does Python hears neither Ctrl-C nor a
clock. So a family that somebody's file names is never evaluated in the process that has to answer.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from math import inf
from multiprocessing.connection import wait

from sim.distributions.families import Shape
from sim.distributions.quantile_tables import SECONDS_ALLOWED, Evaluated, evaluate, kept, unfit_for_time
from sim.errors import RunError, ScenarioError
from sim.worker import BEAT, Worker, can_have_workers

MOST_SECONDS = 60.0 if sys.platform == "win32" else inf
"""Seconds of the clock for one shape, where the system does not limit processor time."""

MOST_KEPT = 256
"""Shapes from which all are forgotten before others come: each takes 0.6 MB."""


def evaluate_all(shapes: Iterable[Shape]) -> dict[Shape, ScenarioError]:
    """Evaluate shapes of SciPy's and keep what they give; those that give no table, with the reason.

    Raises:
        RunError: no process could be started, or it ended for another reason than time.
    """
    failed: dict[Shape, ScenarioError] = {}
    worker: Worker | None = None
    if len(kept()) > MOST_KEPT:
        kept().clear()
    try:
        for shape in sorted(set(shapes) - kept().keys()):
            try:
                if can_have_workers():
                    worker = worker or Worker()
                    kept()[shape] = _evaluated_by(worker, shape)
                else:  # there is no other process; what takes long is noticed between two calls
                    kept()[shape] = evaluate(shape)
            except ScenarioError as error:
                failed[shape] = error
                if worker is not None and worker.ended:
                    worker = None
    finally:
        if worker is not None:
            worker.kill()
    return failed


def _evaluated_by(worker: Worker, shape: Shape) -> Evaluated:
    """What a worker makes of a shape; it is ended where that takes too long."""
    worker.give(_within_seconds, shape)
    began = time.monotonic()
    while time.monotonic() - began < MOST_SECONDS:
        if not wait([worker.pipe], BEAT):
            continue
        try:
            answer = worker.answer()
        except RunError:
            if worker.ended == "SIGXCPU":
                break
            raise
        if answer is not None:
            succeeded, outcome = answer
            if not succeeded:
                raise outcome
            return outcome  # type: ignore[no-any-return]  # what _within_seconds returns
    worker.kill()
    raise unfit_for_time(shape)


def _within_seconds(shape: Shape) -> Evaluated:
    """Evaluate a shape; the system ends the process where one call takes more than it may."""
    from scipy import stats  # noqa: F401  (its import is not the shape's fault)

    if sys.platform != "win32":
        import resource

        spent, (_, most) = int(time.process_time()), resource.getrlimit(resource.RLIMIT_CPU)
        # later than SciPy's quantiles are refused between two calls: that tells why, a killed process cannot
        resource.setrlimit(resource.RLIMIT_CPU, (spent + int(SECONDS_ALLOWED) + 2, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    return evaluate(shape)

"""A worker: a process of its own that computes one job after the other, and never outlives the process it works for.

It is spawned, never forked, and starts from plain data alone: of the program that uses it, it imports and runs nothing.
So a script needs no guard around its main part, and may as well come from standard input, a notebook or an archive.
`concurrent.futures` can leave the caller waiting for ever where memory is short (its threads end, its futures do not)
or where a worker is stopped; and it does not tell how a worker ended.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import current_process, get_context, parent_process, spawn
from multiprocessing.connection import Connection
from typing import Any

from sim.arguments import ONE_THREAD
from sim.errors import RunError

BEAT = 1.0
"""Seconds between two signs of life."""

LEAVING = 5.0
"""Seconds that a worker without work has to leave by itself."""

REMEDY = 'one process alone takes the least: --workers 1, or executor="serial" in Python'

_starting = threading.Lock()


def can_have_workers() -> bool:
    """Whether this process may start others: a daemon, such as a worker of multiprocessing.Pool, may not."""
    return not current_process().daemon


class Worker:
    """One process. Whoever has it reads `pipe` where `multiprocessing.connection.wait` finds something to read."""

    def __init__(self) -> None:
        """Start it.

        Raises:
            RunError: the system, or a caller that is a daemon, cannot have one.
        """
        if not can_have_workers():
            raise RunError(
                "this process is a daemon, such as a worker of multiprocessing.Pool, and can start no workers of its "
                f"own: leave their number out; {REMEDY}"
            )
        context = get_context("spawn")
        self.pipe, other = context.Pipe()
        self._process = context.Process(target=_work, args=(other,), daemon=True)
        self.heard = time.monotonic()
        self.warned = False
        try:
            with _starting, _without_main(), _no_interrupt():
                self._process.start()
        except (OSError, RuntimeError) as error:  # RuntimeError: a thread that cannot be started
            self.pipe.close()
            how = f": it ended at once, {self._how()}" if isinstance(error, BrokenPipeError) else f" ({error})"
            raise RunError(f"a worker process could not be started{how}; {REMEDY}") from error
        finally:
            other.close()

    @property
    def pid(self) -> int | None:
        """Its number, by which the system knows it."""
        return self._process.pid

    def give(self, function: Callable[[Any], Any], job: object) -> None:
        """Hand it a job; it must have none.

        Raises:
            RunError: it has ended.
        """
        self.heard = time.monotonic()  # nobody listened meanwhile
        try:
            self.pipe.send((function, job))
        except OSError as error:
            raise self._ended() from error

    def answer(self) -> tuple[bool, Any] | None:
        """What the pipe holds: whether the job went well with its result or exception, or None for a sign of life.

        Raises:
            RunError: it has ended.
        """
        try:
            answer: tuple[bool, Any] | None = self.pipe.recv()
        except (EOFError, OSError) as error:
            raise self._ended() from error
        self.heard, self.warned = time.monotonic(), False
        return answer

    @property
    def ended(self) -> str:
        """How it ended: a signal's name, "exited" or ""."""
        code = self._process.exitcode
        return "" if code is None else "exited" if code >= 0 else _signal(-code)

    def let_go(self) -> None:
        """No more jobs will come."""
        self.pipe.close()

    def join(self) -> None:
        """Wait until it has left, or end it."""
        self._process.join(LEAVING)
        self.kill()

    def kill(self) -> None:
        """End it now, whatever it does; one that is stopped as well."""
        self.pipe.close()
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()

    def _ended(self) -> RunError:
        return RunError(f"a worker process ended before its work was done: {self._how()}; {REMEDY}")

    def _how(self) -> str:
        """In what way the process ended."""
        if self._process.pid is None:
            return "nothing is known of why"
        self._process.join(LEAVING)
        code = self._process.exitcode
        if code is None:
            return "it closed its pipe"
        if code >= 0:
            return f"exit code {code}; it often means too little memory, and what it said last stands above"
        if _signal(-code) == "SIGKILL":
            return "killed (SIGKILL), by the system where memory is short, or by somebody"
        return f"ended by {_signal(-code)}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@contextmanager
def _without_main() -> Iterator[None]:
    """Let multiprocessing prepare a process without the main module of the program, which it would run again there.

    Only for the thread that asks; `_starting` is held.
    """
    usual, asking = spawn.get_preparation_data, threading.get_ident()

    def prepared(name: str) -> dict[str, object]:
        data = usual(name)
        if threading.get_ident() == asking:
            data.pop("init_main_from_name", None)
            data.pop("init_main_from_path", None)
        return data

    spawn.get_preparation_data = prepared
    try:
        yield
    finally:
        spawn.get_preparation_data = usual


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold back Ctrl-C, and let the process that starts meanwhile never hear it: it is for the one who started it."""
    if sys.platform == "win32":  # there a worker ignores it from when it works
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # starting it would unblock signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection) -> None:
    """Answer one job after the other until no more come; this is the whole life of a worker."""
    os.environ.setdefault(*ONE_THREAD)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    writing = threading.Lock()
    threading.Thread(target=_show_life, args=(pipe, writing), daemon=True).start()
    while True:
        try:
            function, job = pipe.recv()
        except (EOFError, OSError):
            return
        answer = _computed(function, job)
        del job
        with writing:
            pipe.send_bytes(answer)
        del answer


def _show_life(pipe: Connection, writing: threading.Lock) -> None:
    """Send a sign of life every second, and leave with the process one works for, also where that was killed."""
    parent = parent_process()
    assert parent is not None
    sign = pickle.dumps(None)
    while parent.is_alive():
        parent.join(BEAT)
        if writing.acquire(blocking=False):  # else an answer is on its way, which is as good
            try:
                pipe.send_bytes(sign)
            except OSError:  # nobody wants anything of it any more
                break
            finally:
                writing.release()
    if not parent.is_alive():
        os._exit(1)


def _computed(function: Callable[[Any], Any], job: object) -> bytes:
    """The pickled answer: (True, result) or (False, exception), which tells where it was raised."""
    try:
        return pickle.dumps((True, function(job)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raised: BaseException = error
        try:
            error.add_note(f"in a worker process:\n{traceback.format_exc()}")
            return _whole((False, error))
        except Exception:  # not every exception can be sent
            return pickle.dumps((False, RuntimeError(f"{type(raised).__name__} in a worker process: {raised}")))


def _whole(answer: object) -> bytes:
    """The pickled answer; raises where it cannot be read again."""
    pickled = pickle.dumps(answer)
    pickle.loads(pickled)
    return pickled

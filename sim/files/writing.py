"""Where files and folders are put: tried before the work, written under another name, then put there in one step.

Whoever reads a destination finds the former content or the new one, whole, also while several write there, and after a
writer was killed. What such a writer leaves has a name that nobody else gives; the next to write there removes it.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from sim.errors import RunError
from sim.files.system import exchange, hold, synced

OWN = re.compile(r"\.sim-[0-9a-f]{16}-[0-9a-f]{16}\.(part|former)")
"""What we call what is being written and, where a system cannot exchange folders, what is being replaced."""

ATTEMPTS = 200
"""How often a step is tried that another writer can spoil; all of it takes some seconds."""

TAKEN = frozenset({errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR})
DEAD_AFTER = 86_400
"""Seconds after which what was being written counts as left behind, where the system has no locks."""

Done = TypeVar("Done")

WhyNot = Callable[[Path], str]
"""Why what stands at a destination must not be replaced: "is not a saved run"; "" where it may be."""


def never(target: Path) -> str:
    """Nothing is replaced but an empty folder."""
    return "is not an empty folder" if not target.is_dir() or any(target.iterdir()) else ""


def try_write(out: str | os.PathLike[str]) -> None:
    """Refuse a destination where nothing can be written, before the work; leaves nothing behind.

    Raises:
        RunError: its folder, or the nearest one above that exists, cannot be written.
    """
    parent = Path(out).parent
    while not parent.exists() and parent != parent.parent:
        parent = parent.parent
    try:
        with _temporary(parent / "x"):
            pass
    except OSError as error:
        raise RunError(f"cannot write to {parent}: {error.strerror or error}") from error


def write_text(text: str, out: str | os.PathLike[str]) -> None:
    """Write a file in UTF-8: see `write_bytes`."""
    write_bytes(text.encode(), out)


def write_bytes(content: bytes, out: str | os.PathLike[str]) -> None:
    """Write a file: see `write_file`."""
    write_file(lambda temporary: temporary.write_bytes(content), out)


def anything(target: Path) -> str:
    """A file that the user names is replaced, as other tools do."""
    return ""


def write_file(fill: Callable[[Path], object], out: str | os.PathLike[str], why_not: WhyNot = anything) -> None:
    """Put a file that `fill` writes in its place; whatever happens, the former one or the new one stands there whole.

    Raises:
        RunError: it cannot be written, or something stands there that is no file, write-protected or not to be
            replaced.
    """
    target = Path(os.path.realpath(out))  # a link stays one: written is where it leads

    def write() -> None:
        _check_file(target, out, why_not)
        with _temporary(target) as temporary:
            temporary.touch()
            fill(temporary)
            os.chmod(temporary, 0o644)
            synced(temporary)
            _check_file(target, out, why_not)
            os.replace(temporary, target)
        synced(target.parent)

    with _os_errors_explained(out):
        _made(target.parent)
        _again_where_it_moved(write)
        sweep(target.parent)


def write_new(content: bytes, out: str | os.PathLike[str]) -> bool:
    """Put a file where nothing stands, whole and at once: of several writers the first alone. False: something does.

    Raises:
        RunError: it cannot be written.
    """
    target = Path(os.path.realpath(out))

    def write() -> bool:
        with _temporary(target) as temporary:
            temporary.write_bytes(content)
            os.chmod(temporary, 0o644)
            synced(temporary)
            try:
                _put_new(temporary, target)
            except FileExistsError:
                return False
        synced(target.parent)
        return True

    with _os_errors_explained(out):
        _made(target.parent)
        written = _again_where_it_moved(write)
        sweep(target.parent)
    return written


def write_folder(fill: Callable[[Path], object], out: str | os.PathLike[str], why_not: WhyNot = never) -> None:
    """Put a folder that `fill` writes in its place; a former one is removed only when the new one stands.

    `why_not` is asked of what stands there, and again of what was taken away before it is removed.

    Raises:
        RunError: it cannot be written, or what stands there must not be replaced.
    """
    target = Path(os.path.realpath(out))  # as above
    with _os_errors_explained(out):
        _made(target.parent)
        recover(target)
        with _temporary(target) as temporary:
            temporary.mkdir()
            temporary.chmod(0o755)
            fill(temporary)
            for folder, _, names in os.walk(temporary, topdown=False):
                for name in names:
                    synced(Path(folder, name))
                synced(Path(folder))
            _put_folder(temporary, target, out, why_not)
            synced(target.parent)
        sweep(target.parent)


def recover(target: Path) -> None:
    """Put back what a writer took away who died before it put the new one there; only where folders are not exchanged.

    Raises nothing: whoever looks for the place says best that it is not there.
    """
    with suppress(OSError):
        if not os.path.lexists(target):
            formers = sorted(target.parent.glob(f".sim-{_digest(target.name)}-*.former"), key=os.path.getmtime)
            if formers:
                formers[-1].rename(target)


def is_written(target: Path) -> bool:
    """Whether a writer is at work on a destination, or has died there."""
    return any(target.parent.glob(f".sim-{_digest(target.name)}-*"))


def sweep(folder: Path) -> None:
    """Remove what writers left who died while they wrote; nothing of one that lives, nothing that is not ours."""
    with suppress(OSError):
        names = os.listdir(folder)
        stems = {_digest(name) for name in names}
        for name in names:
            if not is_own(name):
                continue
            if not name.endswith(".former"):
                _remove_if_dead(folder / name)
            elif name.split("-")[1] in stems:  # the place has something again
                _removed(folder / name)


def is_own(name: str) -> bool:
    """Whether a file is one that is being written, or what was left of one."""
    return OWN.fullmatch(name) is not None


def is_protected(target: Path) -> bool:
    """Whether nobody may write a file or folder: by its mode, since the superuser may write everything."""
    return not target.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


@contextmanager
def _os_errors_explained(out: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(f"cannot write {out}: {error.strerror or error}") from error


def _made(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def _check_file(target: Path, out: str | os.PathLike[str], why_not: WhyNot) -> None:
    if not os.path.lexists(target):
        return
    reason = "it is not a file" if not target.is_file() else "it is write-protected" if is_protected(target) else ""
    if reason:
        raise RunError(f"cannot write {out}: {reason}")
    if reason := why_not(target):
        raise RunError(f"{out} exists and {reason}; nothing was changed\n  remedy: choose another place")


def _again_where_it_moved(write: Callable[[], Done]) -> Done:
    """What `write` does; again where the folder it wrote into was replaced by another writer meanwhile."""
    for _ in range(ATTEMPTS // 10):
        with suppress(FileNotFoundError):
            return write()
        time.sleep(0.01)
    return write()


def _digest(name: str) -> str:
    """What stands for the name of a place: a name may be as long as the system allows, and ours no longer."""
    return blake2b(os.fsencode(name), digest_size=8).hexdigest()


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """A temporary name in a folder of its own next to `target`; what lies there at the end is removed.

    The folder is locked while its writer lives: not the file inside, for HDF5 locks what it writes and would find it
    taken.
    """
    while True:
        folder = target.with_name(f".sim-{_digest(target.name)}-{secrets.token_hex(8)}.part")
        folder.mkdir()
        with suppress(FileNotFoundError, BlockingIOError):  # swept between its making and its lock
            lock = hold(folder)
            if folder.exists():
                break
            if lock is not None:
                os.close(lock)
    try:
        yield folder / "new"
    finally:
        _removed(folder)
        if lock is not None:
            os.close(lock)


def _remove_if_dead(left: Path) -> None:
    with suppress(OSError):  # BlockingIOError: its writer lives
        lock = hold(left)
        if lock is not None:
            _removed(left)
            os.close(lock)
        elif time.time() - left.stat().st_mtime > DEAD_AFTER:
            _removed(left)


def _removed(left: Path) -> None:
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left, ignore_errors=True)
    else:
        with suppress(OSError):
            left.unlink()


def _put_new(temporary: Path, target: Path) -> None:
    """Raises FileExistsError where something stands in the place."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        with target.open("xb") as stream:  # no links there; at least nobody else can have the name
            stream.write(temporary.read_bytes())
        synced(target)


def _put_folder(temporary: Path, target: Path, out: str | os.PathLike[str], why_not: WhyNot) -> None:
    """Put a folder there and what stood there into `temporary`, unless `why_not` says something against it."""
    for _ in range(ATTEMPTS):
        try:
            if not os.path.lexists(target):
                temporary.rename(target)
                return
            _check_folder(target, out, why_not)
            if not exchange(temporary, target):
                _exchange_by_renames(temporary, target)
        except OSError as error:  # another writer was faster: somebody's stands there now, or nothing any longer
            if not temporary.exists() or not (isinstance(error, FileNotFoundError) or error.errno in TAKEN):
                raise
            time.sleep(0.01)
            continue
        try:
            if temporary.exists():
                _check_folder(temporary, out, why_not)  # what came out may have been changed since it was looked at
        except RunError:
            if not exchange(temporary, target):
                _exchange_by_renames(temporary, target)
            raise
        return
    raise RunError(f"cannot write {out}: others keep writing there\n  remedy: try again, or choose another place")


def _check_folder(folder: Path, out: str | os.PathLike[str], why_not: WhyNot) -> None:
    if reason := why_not(folder):
        raise RunError(f"{out} exists and {reason}; nothing was changed\n  remedy: choose another place")


def _exchange_by_renames(temporary: Path, target: Path) -> None:
    """The same in three steps; what dies between them leaves the former one where `recover` finds it."""
    former = target.with_name(f".sim-{_digest(target.name)}-{secrets.token_hex(8)}.former")
    target.rename(former)
    try:
        temporary.rename(target)
    except BaseException:  # an interrupt too must leave a folder in its place
        if not os.path.lexists(target):
            former.rename(target)
        raise
    with suppress(FileNotFoundError):  # swept: the place has something again
        former.rename(temporary)

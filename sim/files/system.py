"""What a file system does in one step, where Python's `os` stops: exchanging two places, and who holds a name.

And where the system has what may be lost.

The system's calls are reached through `ctypes`; no maintained library offers them for folders.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})
"""How a kernel or a file system says that it knows no exchange."""

Call = Callable[[bytes, bytes], int]


def exchange(one: Path, other: Path) -> bool:
    """Exchange what stands in two places, so that both exist at every moment; False where the system cannot.

    Raises:
        OSError: one of them is not there, or may not be moved.
    """
    import ctypes

    call = _system_call()
    if call is None:
        return False
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    number = ctypes.get_errno()
    if number in CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


@lru_cache(maxsize=1)
def _system_call() -> Call | None:
    """Linux: renameat2 with RENAME_EXCHANGE, since 3.15; macOS: renamex_np with RENAME_SWAP, since 10.12."""
    import ctypes

    if sys.platform not in ("linux", "darwin"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    path, flags, here = ctypes.c_char_p, ctypes.c_uint(2), ctypes.c_int(-100)  # RENAME_EXCHANGE, _SWAP; AT_FDCWD
    try:
        if sys.platform == "darwin":
            return lambda one, other: int(library.renamex_np(path(one), path(other), flags))
        library.renameat2  # noqa: B018  # asked for here, or an old C library would fail in the call
        return lambda one, other: int(library.renameat2(here, path(one), here, path(other), flags))
    except AttributeError:
        return None


def hold(path: Path) -> int | None:
    """A handle that holds a folder until it is closed or its process ends; None where there are no such locks.

    Raises:
        BlockingIOError: another holds it.
        OSError: it is not there.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return handle
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:  # some network file systems have none
        os.close(handle)
        return None


def synced(path: Path) -> None:
    """Wait until a file, or the names in a folder, would outlive a power cut.

    Raises:
        OSError: the disk refused what had been written. A system that cannot do it for folders is let off.
    """
    folder = path.is_dir()
    try:
        handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)  # Windows syncs what is open for writing only
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if not folder or error.errno not in CANNOT | {errno.EACCES, errno.EBADF}:
            raise


def cache_folder() -> Path:
    """The user's folder for what can be made again, of this program; it need not exist.

    `XDG_CACHE_HOME` names the folder above it; otherwise it is the system's own.
    """
    own = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None)
    usual = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return (Path(own) if own else usual) / "burdenshare"


def is_own(folder: Path) -> bool:
    """Whether a folder is the user's, and nobody else may write to it."""
    if not hasattr(os, "getuid"):
        return True  # Windows gives everybody a profile of his own
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)

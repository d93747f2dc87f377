"""Where files are put: tried before the work, written beside their place and then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from sim.errors import RunError


def try_place(out: str | os.PathLike[str]) -> None:
    """Refuse a place where nothing can be written, before the work; leaves nothing behind.

    Raises:
        RunError: its folder, or the nearest one above that exists, cannot be written.
    """
    parent = Path(out).parent
    while not parent.exists() and parent != parent.parent:
        parent = parent.parent
    try:
        with tempfile.TemporaryDirectory(prefix=".sim-", dir=parent):
            pass
    except OSError as error:
        raise RunError(f"cannot write to {parent}: {error.strerror or error}") from error


def write_text(text: str, out: str | os.PathLike[str]) -> None:
    """Write a file in UTF-8: see `write_bytes`."""
    write_bytes(text.encode(), out)


def write_bytes(content: bytes, out: str | os.PathLike[str]) -> None:
    """Write a file: see `write_file`."""
    write_file(lambda beside: beside.write_bytes(content), out)


def write_file(fill: Callable[[Path], object], out: str | os.PathLike[str]) -> None:
    """Put a file that `fill` writes in its place; whatever happens, the former one or the new one stands there whole.

    Raises:
        RunError: it cannot be written, or something other than a file is there.
    """
    place = Path(os.path.realpath(out))  # a link stays one: written is where it leads
    if place.exists() and not place.is_file():
        raise RunError(f"cannot write {out}: it is not a file")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        try:
            os.close(handle)
            fill(Path(beside))
            os.chmod(beside, 0o644)
            os.replace(beside, place)
        finally:
            Path(beside).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"cannot write {out}: {error.strerror or error}") from error


def write_folder(fill: Callable[[Path], object], out: str | os.PathLike[str]) -> None:
    """Put a folder that `fill` writes in its place; a former one is removed only when the new one stands.

    Raises:
        RunError: it cannot be written.
    """
    place = Path(os.path.realpath(out))  # as above
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
        try:
            beside.chmod(0o755)
            fill(beside)
            _exchange(beside, place)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise RunError(f"cannot write {out}: {error.strerror or error}") from error


def _exchange(beside: Path, place: Path) -> None:
    if not place.exists():
        beside.rename(place)
        return
    former = beside.with_name(f"{beside.name}.former")
    try:
        place.rename(former)
        beside.rename(place)
    except BaseException:  # an interrupt too must leave a folder in its place
        if former.exists() and not place.exists():
            former.rename(place)
        raise
    shutil.rmtree(former, ignore_errors=True)

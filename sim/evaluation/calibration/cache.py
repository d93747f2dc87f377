"""What has been computed, kept on disk: an estimation that was interrupted goes on where it stood.

The search is deterministic, so asking the same questions again and finding most answers here is resuming.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import numpy as np

from sim.errors import RunError
from sim.evaluation.calibration.parameters import Floats
from sim.files.writing import write_file
from sim.results.store import opened, read_array
from sim.text.escaping import plain

EVERY = 50
"""New answers after which the file is written."""


ABOVE = frozenset({"__main__", "analysis", "cli", "output", "py"})
"""Layers and files of the package that an answer cannot depend on, since nothing it is made with may import them."""

RESULTS = frozenset({"parameter_draws.csv", "estimates.toml"})
"""What estimations leave: an answer is of parameters that it was asked with, never of these."""

MOST_BYTES = 4 * 1024**3
"""Of a file of answers; a long estimation leaves a tenth of it."""

LIBRARIES = ("numpy", "scipy", "simpy")


@lru_cache(maxsize=1)
def code_digest() -> str:
    """sha256 over what answers are made with: versions of libraries, all code but that of ABOVE, all packaged data."""
    whole = sha256(repr([(name, version(name)) for name in LIBRARIES]).encode())
    root = Path(str(files("sim")))
    for file in sorted(root.rglob("*")):
        part = file.relative_to(root)
        if (
            part.parts[0].partition(".")[0] not in ABOVE
            and "__pycache__" not in part.parts
            and file.is_file()
            and part.name not in RESULTS
        ):
            whole.update(part.as_posix().encode() + b"\0" + sha256(file.read_bytes()).digest())
    return whole.hexdigest()


class Cache:
    """Answers by their key; `path` None keeps them in memory only."""

    def __init__(self, path: Path | None = None) -> None:
        """Read what the file holds, if it is there.

        Raises:
            RunError: it holds something else, or was damaged.
        """
        self._path, self._new = path, 0
        self._known: dict[str, Floats] = {} if path is None or not path.exists() else _read(path)

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def __getitem__(self, key: str) -> Floats:
        return self._known[key]

    def __setitem__(self, key: str, found: Floats) -> None:
        self._known[key] = found
        self._new += 1
        if self._new >= EVERY:
            self.save()

    def __len__(self) -> int:
        return len(self._known)

    def save(self) -> None:
        """Write the file: an interruption leaves the former one whole, and no other.

        Raises:
            RunError: it cannot be written.
        """
        if self._path is None or not self._new:
            return
        write_file(self._write, self._path)
        self._new = 0

    def _write(self, temporary: Path) -> None:
        with temporary.open("wb") as stream:
            np.savez(stream, **self._known)  # type: ignore[arg-type]  # the stub takes the first name for an option


def _read(path: Path) -> dict[str, Floats]:
    """The answers of a file, by key; nothing of a file that claims more than it holds is made."""
    try:
        with opened(path, MOST_BYTES) as stream, ZipFile(stream) as archive:
            known = {}
            for member in archive.infolist():
                name = member.filename.removesuffix(".npy")
                if member.compress_type != ZIP_STORED or name in known:
                    raise ValueError("it holds something else")
                with archive.open(member) as file:
                    known[name] = read_array(file, member.file_size, np.float64, None, name[:8])
    except PermissionError:
        raise
    except MemoryError as error:
        raise _damaged(path, "it takes more memory than there is") from error
    except Exception as error:  # zip, zlib, struct and NumPy each complain in their own way
        raise _damaged(path, str(error)) from error
    if any(found.ndim != 3 or not np.isfinite(found).all() for found in known.values()):
        raise _damaged(path, "it holds something else")
    return known


def _damaged(path: Path, why: str) -> RunError:
    reason = " ".join(plain(why).split())[:100] or "unreadable"
    return RunError(
        f"{path} must hold the answers of an estimation, and cannot be used ({reason}).\n"
        "  remedy: remove it and start anew, or name another folder"
    )

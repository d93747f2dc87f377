"""What has been computed, kept on disk: an estimation that was interrupted goes on where it stood.

The search is deterministic, so asking the same questions again and finding most answers here is resuming.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np

from sim.calibration.parameters import Floats
from sim.errors import RunError
from sim.words import plain

EVERY = 50
"""New answers after which the file is written."""


ROOMS = ("data", "distributions", "engine", "events", "model", "scenario", "scores")
"""What an answer depends on: changed code or data is another question."""


@lru_cache(maxsize=1)
def code_digest() -> str:
    """sha256 over the code and the tables that answers are made with."""
    whole = sha256()
    for room in ROOMS:
        folder = Path(str(files("sim").joinpath(room)))
        for file in sorted([*folder.rglob("*.py"), *folder.rglob("defaults.toml"), *folder.rglob("*.csv")]):
            whole.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    for file in (Path(str(files("sim").joinpath("calibration", name))) for name in ("evidence.py", "moments.py")):
        whole.update(file.name.encode() + file.read_bytes())
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
        """Write beside and rename: an interruption leaves the former file whole, and no other."""
        if self._path is None or not self._new:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{self._path.stem}-", suffix=".npz", dir=self._path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                np.savez(stream, **self._known)  # type: ignore[arg-type]  # the stub takes the first name for an option
            os.chmod(beside, 0o644)
            os.replace(beside, self._path)
        finally:
            Path(beside).unlink(missing_ok=True)
        self._new = 0


def _read(path: Path) -> dict[str, Floats]:
    """The answers of a file, by key."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            known = {key: file[key] for key in file.files}
    except (PermissionError, MemoryError):
        raise
    except Exception as error:  # zip, zlib, struct and NumPy each complain in their own way
        raise _damaged(path, str(error)) from error
    if any(found.dtype != np.float64 or found.ndim != 3 for found in known.values()):
        raise _damaged(path, "it holds something else")
    return known


def _damaged(path: Path, why: str) -> RunError:
    words = " ".join(plain(why).split())[:100] or "unreadable"
    return RunError(
        f"{path} must hold the answers of an estimation, and cannot be used ({words}).\n"
        "  remedy: remove it and start anew, or name another folder"
    )

"""What has been computed, kept on disk: an estimation that was interrupted goes on where it stood.

The search is deterministic, so asking the same questions again and finding most answers here is resuming.
"""

from __future__ import annotations

import os
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np

from sim.calibration.parameters import Floats

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
    return whole.hexdigest()


class Cache:
    """Answers by their key; `path` None keeps them in memory only."""

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._new = path, 0
        self._known: dict[str, Floats] = {}
        if path is not None and path.exists():
            with np.load(path, allow_pickle=False) as file:
                self._known = {key: file[key] for key in file.files}

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
        """Write beside and rename: an interruption leaves the former file whole."""
        if self._path is None or not self._new:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".partial.npz")
        np.savez(beside, **self._known)  # type: ignore[arg-type]  # the stub takes the first name for an option
        os.replace(beside, self._path)
        self._new = 0

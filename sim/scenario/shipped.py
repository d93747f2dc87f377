"""The scenarios that come with the package, known by name: `sim run rutte_2032`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

ENDING = ".toml"


@lru_cache(maxsize=1)
def files() -> dict[str, Path]:
    """The shipped scenarios by name, in order.

    A name is looked up here and never made a path. In a wheel they lie beside this file; in the project's own tree,
    which an editable installation reads, in the folder `scenarios` at its top.
    """
    here = Path(__file__).resolve().parent
    folder = here / "shipped"
    if not folder.is_dir():
        folder = here.parents[1] / "scenarios"
    return {file.name.removesuffix(ENDING): file for file in sorted(folder.glob(f"*{ENDING}"))}


def listed() -> str:
    """A sentence with all their names."""
    return f"Shipped scenarios are {', '.join(files())}."

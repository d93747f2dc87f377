"""A scenario file to start from: one shipped scenario, and what can be said otherwise in comments."""

from __future__ import annotations

import re
from importlib import resources

BASE, FILE = "rutte_2032", "my.toml"
"""What the text names where nothing else is given."""

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def start(base: str = BASE, file: str = FILE) -> str:
    """The text of a file called `file` that builds on the shipped scenario `base`."""
    text = resources.files("sim.scenario").joinpath("start.toml").read_text(encoding="utf-8")
    name = file if _PLAIN_NAME.fullmatch(file) else FILE  # stands in a comment, which a line end would leave
    return text.replace(BASE, base).replace(FILE, name)

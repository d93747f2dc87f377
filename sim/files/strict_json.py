"""JSON that a stranger may have written: read within limits, and nothing in it left to how a reader takes it."""

from __future__ import annotations

import json
import math
from typing import Any

from sim.text.escaping import plain

MOST_BYTES = 32 * 1024 * 1024
MOST_ENTRIES = 1_000_000
"""Tables, lists and entries of them: each takes some 100 bytes of memory, whatever little it takes in the file."""
MOST_NESTING = 32
MOST_DIGITS = 20
"""Of a whole number: as many as one of 64 bits has."""


def parse(text: str) -> Any:
    """What a text says in JSON.

    Raises:
        json.JSONDecodeError: it is no JSON.
        ValueError: a key stands twice in a table, a number is not finite or too long, a text has half a character, or
            there is too much of something.
    """
    if len(text) > MOST_BYTES or sum(map(text.count, ",[{")) > MOST_ENTRIES:
        raise ValueError("it is longer than any file of ours")
    try:
        found = json.loads(
            text, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite, parse_int=_whole
        )  # fmt: skip
    except RecursionError:
        raise ValueError(f"it has more than {MOST_NESTING} brackets inside one another") from None
    level = [found]
    for _ in range(MOST_NESTING):
        level = [part for each in level for part in _parts(each)]
    if level:
        raise ValueError(f"it has more than {MOST_NESTING} brackets inside one another")
    return found


def _parts(value: Any) -> Any:
    if isinstance(value, str):
        value.encode()  # raises UnicodeEncodeError, a ValueError
        return ()
    return (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    facts = dict(pairs)
    if len(facts) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {_short(next(name for name in names if names.count(name) > 1))} stands twice")
    return facts


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{_short(number)} is no finite number")
    return value


def _whole(number: str) -> int:
    if len(number) > MOST_DIGITS:
        raise ValueError(f"{_short(number)} has more than {MOST_DIGITS} digits")
    return int(number)


def _short(text: str) -> str:
    return plain(text if len(text) <= 40 else f"{text[:39]}…")

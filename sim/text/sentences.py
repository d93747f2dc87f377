"""Parts of sentences: so many runs or allies, names in a row, on which file a scenario builds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def runs(count: int) -> str:
    """A number of simulated runs: "1 simulated run", "100,000 simulated runs"."""
    return f"{count:,} simulated run{'' if count == 1 else 's'}"


def allies(count: int) -> str:
    """A number of allies: "1 ally", "20 allies"."""
    return f"{count} {'ally' if count == 1 else 'allies'}"


def standing(agreed: str, bound: int, of: int) -> str:
    """What must be known of a target, in brackets: " (not agreed: proposed in June 2025; binds 7 of 31 allies)"."""
    parts = [agreed] if agreed else []
    parts += [f"binds {bound} of {of} allies"] if bound < of else []
    return f" ({'; '.join(parts)})" if parts else ""


def among(bound: int, of: int) -> str:
    """Of how many allies so many are: "31", "the 7 bound" where a target does not bind all."""
    return str(of) if bound == of else f"the {bound} bound"


MOST_CHANGES, MOST_VALUE = 5, 40
"""Changes that a sentence names, and the letters it gives a value."""
UNSET = "not set"
"""The value, in words, of a parameter or event that a scenario does not have."""


def based_on(facts: Mapping[str, Any], most: int = MOST_CHANGES) -> str:
    """On which file a scenario builds, and what it sets otherwise, as `sim.scenario.edit.compare.builds_on` found it.

    "Based on hague_2035, changed: targets.core.share_pct from 3.5 to 4; event[ceasefire] added."; "" where it extends
    none.
    """
    name, changes = str(facts.get("name", "")), facts.get("changes", ())
    if not name:
        return ""
    if not changes:
        return f"Based on {name}."
    texts = [_changed(*change) for change in changes[:most]]
    rest = len(changes) - len(texts)
    more = f"; and {rest} more" if rest else ""
    return f"Based on {name}, changed: {'; '.join(texts)}{more}."


def _changed(path: str, before: str, after: str) -> str:
    old, new = (value if len(value) <= MOST_VALUE else f"{value[: MOST_VALUE - 1]}…" for value in (before, after))
    whole = (path.startswith("event[") and "." not in path.rpartition("]")[2]) or (
        path.startswith("targets.") and path.count(".") == 1
    )
    if before == UNSET:
        return f"{path} added" if whole else f"{path} = {new}"
    if after == UNSET:
        return f"{path} removed"
    return f"{path} from {old} to {new}"


def listed(names: Iterable[str], most: int | None = None) -> str:
    """Names in a sentence: "A, B and C"; after `most` of them "A, B and 5 others"."""
    names = list(names)
    if most is not None and len(names) > most:
        rest = len(names) - most
        return f"{', '.join(names[:most])} and {rest} other{'s' if rest > 1 else ''}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"

"""What somebody may have meant by a word that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """A question that offers the nearest of the known words; empty where none is near (`likeness`: 1 is the same)."""
    from difflib import get_close_matches  # only in case of an error

    near = get_close_matches(word.lower()[:60], list(known), 1, likeness)
    return f"Did you mean {near[0]!r}?" if near else ""

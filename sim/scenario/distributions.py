"""The distributions of a scenario, with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from sim.distributions.families import Family


def distributions_of(node: object, path: str = "") -> Iterator[tuple[str, Family]]:
    """Every distribution of a scenario and where it stands: "ally.ITA.will.mean", "event[crisis].size"."""
    parts: Iterable[tuple[str, object]] = ()
    if isinstance(node, Family):
        yield path, node
    elif isinstance(node, BaseModel):
        parts = ((name, getattr(node, name)) for name in type(node).model_fields)
    elif isinstance(node, dict):
        parts = node.items()
    elif isinstance(node, tuple):
        parts = ((f"[{getattr(value, 'name', number)}]", value) for number, value in enumerate(node))
    for name, value in parts:
        yield from distributions_of(value, f"{path}.{name}".replace(".[", "[") if path else name)

"""How a value and its place are written in a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sim.data import countries
from sim.scenario.loading.source_map import Path
from sim.text.escaping import printable

WIDTH = 40  # characters of a value that a message shows
_BARE = re.compile(r"[A-Za-z0-9_-]{1,60}")


def shown(value: Any) -> str:
    """`value` as it stands in the file, on one short line."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if abs(value) < 10**WIDTH else "a number of more than 40 digits"
        case float():
            return repr(value)
        case str():
            return f'"{_short(value)}"'
        case dict():
            keys = ", ".join(f"{_short(str(key))} = …" for key in list(value)[:3])
            return f"{{ {keys} }}" if value else "{}"
        case list() | tuple():
            return f"a list of {len(value)}"
    return _short(str(value))


def ally_meant(word: str, names: Mapping[str, str]) -> str:
    """The remedy for a word that is no code of an ally; `names` are those of the allies, by code."""
    named = countries.look_up(word)
    if named and named.code == "ISL":
        return "remove it: Iceland has no armed forces and is never counted"
    if named and named.code in names:
        return f"write {named.code} ({names[named.code]})"
    if named and named.group:
        return f"name allies one by one: {named.name} is a group"
    if named and named.code not in countries.ALLIES:
        return f"remove it: {named.name} is not a member of NATO"
    near = countries.nearest(word, names)
    return f"did you mean {near.label}?" if near else "write a code such as DEU; `sim data allies` lists them"


def dotted(path: Path, raw: Any) -> str:
    """The place of a value with dots: "will.mean.normal.sd", "event[crisis].size"."""
    parts: list[str] = []
    node = raw
    for depth, part in enumerate(path):
        node = _inside(node, part)
        if isinstance(part, int):
            name = node.get("name") if depth == 1 and path[0] == "event" and isinstance(node, dict) else None
            if isinstance(name, str) and name:
                parts[-1] += f"[{_short(name)}]"
            elif depth > 1:  # of an event without a name the line must do
                parts[-1] += f"[{part + 1}]"
        else:
            parts.append(part if _BARE.fullmatch(part) else f'"{_short(part)}"')
    return ".".join(parts)


def at(path: Path, raw: Any) -> Any:
    """The value at `path` of the tables `raw`, or None."""
    node = raw
    for part in path:
        node = _inside(node, part)
    return node


def _inside(node: Any, part: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return None


def _short(text: str) -> str:
    head = printable(text[: WIDTH + 1])
    return head if len(head) <= WIDTH else head[: WIDTH - 1] + "…"

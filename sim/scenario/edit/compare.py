"""In what two scenarios differ: parameter by parameter, events by name, the user's own tables.

Works on resolved scenarios, so what a file inherits counts as its own, and on the JSON that a saved run carries
(`Record.scenario`). What is simulated is compared, not how it is called, what is said of it or how many paths it is
given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sim.distributions.families import FAMILIES
from sim.model.estimated import ESTIMATED
from sim.model.sections import BY_NAME
from sim.scenario.loading.merging import ASKS
from sim.scenario.schema import Scenario
from sim.text.sentences import UNSET

SHORT = 8
"""Letters of a digest that tell two tables of one name apart."""

Facts = Mapping[str, Any]

SHIPPED = "shipped"
_AS_SHIPPED = {
    f"{each.section}.{each.field}": BY_NAME[each.section].model().model_dump(mode="json", by_alias=True)[each.field]
    for each in ESTIMATED
}
"""The estimated parameters as shipped, as JSON has them."""


@dataclass(frozen=True)
class Difference:
    """One parameter, event or table in which two scenarios differ."""

    path: str  # dotted, as in the messages of `sim check`: "will.mean", "ally.ITA.will.mean", "event[crisis].rate"
    before: Any  # the value in the first, as JSON has it; None where it has none
    after: Any  # the same of the second

    @property
    def change(self) -> str:
        """What happened to it on the way from the first to the second: added, removed or changed."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def value_before(self) -> str:
        """The value in the first in words: "normal(mean = 0.3, sd = 1)", "not set"."""
        return in_words(self.before)

    @property
    def value_after(self) -> str:
        """The value in the second in words."""
        return in_words(self.after)


def differences(before: Scenario | str, after: Scenario | str) -> tuple[Difference, ...]:
    """What is otherwise in `after` than in `before`, in the order of a scenario file; empty where nothing is.

    Each is a scenario or the JSON text of a saved run. That text names the user's own tables and does not hold them:
    the contents of tables of one name are compared between two scenarios only.

    Raises:
        ValueError: a text that is not JSON.
    """
    facts = [_facts(each) for each in (before, after)]
    found = [each for each in _walk("", *facts) if not _is_of_the_choice(each, *facts)]
    if isinstance(before, Scenario) and isinstance(after, Scenario):
        found += _contents(before, after)
    return tuple(found)


def in_words(value: Any) -> str:
    """A value of a scenario, readable: a distribution by its family and parameters, a table by its keys."""
    if value is None:
        return UNSET
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, Mapping):
        distribution = next(iter(value), None)
        if len(value) == 1 and distribution in FAMILIES:
            return f"{distribution}({_listed(value[distribution])})"
        return _listed(value)
    if isinstance(value, list | tuple):
        return ", ".join(in_words(entry) for entry in value) or "none"
    return str(value)


def _listed(table: Facts) -> str:
    """The keys of a table that have a value; a table or list among them in brackets."""
    return ", ".join(
        f"{key} = {f'[{in_words(value)}]' if _nested(value) else in_words(value)}"
        for key, value in table.items()
        if value is not None
    )


def _nested(value: Any) -> bool:
    return isinstance(value, list | tuple) or (isinstance(value, Mapping) and next(iter(value), None) not in FAMILIES)


def _facts(scenario: Scenario | str) -> dict[str, Any]:
    """What is simulated; events by name, so that they are found again."""
    facts: dict[str, Any] = scenario.canonical() if isinstance(scenario, Scenario) else json.loads(scenario)
    events = {
        f"event[{event['name']}]": {key: value for key, value in event.items() if key != "name"}
        for event in facts["event"]
    }
    targets = {
        name: {key: value for key, value in target.items() if key != "agreed"}
        for name, target in facts["targets"].items()
    }
    use = facts.get("parameters", {}).get("use", SHIPPED)
    for each in ESTIMATED:  # what no file says, and is not as shipped
        facts[each.section].setdefault(each.field, use)
    return {name: facts[name] for name in facts if name != "event"} | {"targets": targets} | events


def _is_of_the_choice(difference: Difference, before: Facts, after: Facts) -> bool:
    """Whether a parameter differs only because the parameters come from elsewhere, which is a difference of its own."""
    uses = [facts.get("parameters", {}).get("use", SHIPPED) for facts in (before, after)]
    if uses[0] == uses[1] or difference.path not in _AS_SHIPPED:
        return False
    values = zip((difference.before, difference.after), uses, strict=True)
    return all(value == (_AS_SHIPPED[difference.path] if use == SHIPPED else use) for value, use in values)


def builds_on(scenario: Scenario) -> dict[str, Any]:
    """What a scenario builds on and what it sets otherwise, for the manifest of a run, which is of one scenario.

    name: the file that its own extends, without its ending, "" where it extends none and `title` says what stands for
    it; title; changes: parameter, value there and value here, in words; what was agreed is among them, which is shown
    though nothing of it is simulated. Nothing is known of a file that is a part only.
    """
    base = scenario.base
    if base is not None and base.scenario is None:
        return {"name": base.name, "title": base.name, "changes": []}
    before = _defaults() if base is None or base.scenario is None else base.scenario
    found = list(differences(before, scenario))
    prefix = next((at for at, each in enumerate(found) if not each.path.startswith(("horizon", "targets"))), len(found))
    found[prefix:prefix] = _agreed(before, scenario)
    changes = [[change.path, change.value_before, change.value_after] for change in found]
    name, title = ("", "the defaults of the model") if base is None else (base.name, before.title)
    return {"name": name, "title": title, "changes": changes}


def _agreed(before: Scenario, after: Scenario) -> Iterator[Difference]:
    """What is said to have been agreed of a target; not that it fell away with what it was about, which is told."""
    for name, target in after.targets.items():
        base = before.targets.get(name)
        if base is None or (base.agreed or None) == (target.agreed or None):
            continue
        if target.agreed or all(getattr(base, key) == getattr(target, key) for key in ASKS):
            yield Difference(f"targets.{name}.agreed", base.agreed or None, target.agreed or None)


@lru_cache(maxsize=1)
def _defaults() -> Scenario:
    from sim.scenario.loading.load import loads

    return loads("")


def _walk(prefix: str, before: Facts, after: Facts) -> Iterator[Difference]:
    """The differences of two tables at a place; a key without a value is a key that is not there."""
    for key in [*before, *(key for key in after if key not in before)]:
        one, other = before.get(key), after.get(key)
        if one == other:
            continue
        path = f"{prefix}.{key}" if prefix else key
        if _is_table(path, one, other):
            yield from _walk(path, one or {}, other or {})
        else:
            yield Difference(path, one, other)


def _is_table(path: str, one: Any, other: Any) -> bool:
    """Whether to look inside; a distribution is one value, and a target or event that only one has is whole."""
    tables = [value for value in (one, other) if value is not None]
    if not all(isinstance(value, Mapping) for value in tables):
        return False
    if any(len(value) == 1 and next(iter(value)) in FAMILIES for value in tables):
        return False
    whole = path.startswith("event[") or (path.startswith("targets.") and path.count(".") == 1)
    return len(tables) == 2 or not whole


def _contents(before: Scenario, after: Scenario) -> Iterator[Difference]:
    """The user's own tables that have one name and different contents."""
    for table in sorted(before.replacements.keys() & after.replacements.keys()):
        one, other = before.replacements[table], after.replacements[table]
        if one.file == other.file and one.text != other.text:
            yield Difference(f"data.{table}", *(f"{each.file} ({_digest(each.text)})" for each in (one, other)))


def _digest(text: str) -> str:
    return f"sha256 {sha256(text.encode()).hexdigest()[:SHORT]}"

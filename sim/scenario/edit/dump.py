"""From a scenario back to a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sim.data.tables import load_tables
from sim.errors import UsageError
from sim.scenario.loading.load import reload
from sim.scenario.loading.reading import defaults
from sim.scenario.schema import Scenario


def dump(scenario: Scenario) -> str:
    """The scenario as TOML: reading it, or a file that extends it, gives what the scenario's own file gives.

    The text extends nothing, so it stays what it is when a file changes. Everything is written out but the estimated
    parameters that no file says: those stay left to [parameters], and remarks have their values. The user's own tables
    under [data] are named, not included. Raises UsageError for a scenario that no file can describe: one built in
    Python without the events that every file inherits, for example.

    >>> import sim
    >>> scenario = sim.load("hague_2035").with_urgency(0.5)
    >>> sim.loads(sim.dump(scenario)) == scenario
    True
    """
    import tomli_w  # here, since reading needs no writer

    facts = scenario.model_dump(mode="python", by_alias=True, exclude_none=True, exclude={"extends"})
    inherited = {(event["name"], event["kind"]) for event in defaults().raw["event"]}
    for section, field in {(each.section, each.field) for each in scenario.unsaid}:
        del facts[section][field]
    for event in facts["event"]:
        if "rate" in event:
            del event["probability"]  # that of a dated event
        if (event["name"], event["kind"]) in inherited:
            event.setdefault("title", "")  # none, in the place of the inherited one
    text = f"{_remarks(scenario)}{tomli_w.dumps(facts)}"
    if reload(text, scenario.replacements) != scenario:
        raise UsageError("no file describes this scenario; build on one that was loaded, or on `loads('')`")
    return text


def _remarks(scenario: Scenario) -> str:
    """What each use of [parameters] makes of what no file says; "" where a file says everything."""
    if not scenario.unsaid:
        return ""
    estimate, *drawn = load_tables(scenario.replacements).parameter_draws
    lines = ["What no file says is left to [parameters]: as shipped, as estimated, and lowest to highest as drawn."]
    for each in scenario.unsaid:
        value = getattr(getattr(scenario, each.section), each.field)
        shipped = getattr(value, each.inner) if each.inner else value
        column = [getattr(row, each.column) for row in drawn]
        numbers = [f"{number + 0.0:.4g}" for number in (shipped, getattr(estimate, each.column), min(column))]  # no -0
        earnest = f", {each.high:g} in earnest" if each.in_earnest else ""
        lines.append(f"{each.name:<24} {'  '.join(f'{number:>7}' for number in numbers)} to {max(column):.4g}{earnest}")
    return "".join(f"# {line}\n" for line in lines)


def restored(canonical: Mapping[str, Any], **about: Any) -> Scenario:
    """The scenario that `Scenario.canonical` wrote down; `about` holds what that leaves out: title, source, run ...

    Raises:
        UsageError: it reads otherwise in this version, or had data tables of the user's own, which it only names.
    """
    facts = _said({**canonical, **about})
    facts.setdefault("parameters", {"use": "shipped"})  # written before there was a choice
    if any((canonical.get("data") or {}).values()):
        raise UsageError("the scenario has data tables of the user's own, which stand in files of their own")
    facts["event"] = [
        {key: value for key, value in event.items() if not (key == "probability" and event.get("rate") is not None)}
        for event in facts.get("event", ())
    ]  # a random event has no probability
    try:
        return Scenario.model_validate(facts)
    except ValidationError as error:
        raise UsageError("the scenario was written by a version that reads it otherwise") from error


def _said(value: Any) -> Any:
    """A tree without its nulls, which stand for what was not said."""
    if isinstance(value, Mapping):
        return {key: _said(part) for key, part in value.items() if part is not None}
    return [_said(part) for part in value] if isinstance(value, list) else value

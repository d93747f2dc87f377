"""From a scenario back to a text."""

from __future__ import annotations

from sim.errors import UsageError
from sim.scenario.loading import reload
from sim.scenario.reading import defaults
from sim.scenario.schema import Scenario


def dump(scenario: Scenario) -> str:
    """The scenario as TOML, everything written out: reading it gives an equal scenario.

    The text extends nothing, so it stays what it is when a file or a default changes; the user's own tables under
    [data] are named, not included. Raises UsageError for a scenario that no file can describe: one built in Python
    without the events that every file inherits, for example.
    """
    import tomli_w  # here, since reading needs no writer

    facts = scenario.model_dump(mode="python", by_alias=True, exclude_none=True, exclude={"extends"})
    inherited = {(event["name"], event["kind"]) for event in defaults().raw["event"]}
    for event in facts["event"]:
        if "rate" in event:
            del event["probability"]  # that of a dated event
        if (event["name"], event["kind"]) in inherited:
            event.setdefault("title", "")  # none, in the place of the inherited one
    text = tomli_w.dumps(facts)
    if reload(text, scenario.replacements) != scenario:
        raise UsageError("no file describes this scenario; build on one that was loaded, or on `loads('')`")
    return text

"""The page that goes with an export: what the run is, and how to read its figures."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sim.output.exports.content import Content, yardstick_line

PageSection = tuple[str, list[tuple[str, str]]]
"""A heading, and rows of a label and its text."""


def sections(content: Content) -> Iterator[PageSection]:
    """The page, section by section; the columns of the tables are not on it."""
    facts = content.facts
    years = facts["years"]
    yield (
        facts["title"],
        [
            ("Source", facts["source"] or "not stated"),
            ("Description", facts["description"] or "none"),
            *([("Based on", facts["based_on"].removeprefix("Based on "))] if facts["based_on"] else []),
            *[(f"Yardstick of {entry['pillar']}", yardstick_line(entry)) for entry in facts["yardsticks"]],
            ("Base year", str(facts["base_year"])),
            ("Years", f"{years[0]} to {years[-1]}"),
            ("Simulated runs", str(facts["paths"])),
            ("Seed", str(facts["seed"])),
        ],
    )
    yield "How to read it", [("", sentence) for sentence in facts["read_me"]]
    manifest = [(str(key), _text(value)) for key, value in facts["manifest"].items()]
    yield "How it came about", [("digest of the counts", facts["digest"]), *manifest]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

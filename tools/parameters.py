"""Writes the tables of parameters of docs/model/equations.md from the code: `python tools/parameters.py`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pages import rewrite, table

from sim.distributions.scalar import written
from sim.model.declaring import FrozenModel
from sim.model.estimated import ESTIMATED
from sim.model.parameters import Budget, Growth, Outturn, Related, Urgency, Will
from sim.scenario.reference import as_toml

PAGE = Path(__file__).parents[1] / "docs" / "model" / "equations.md"
MARKS = "<!-- parameters -->", "<!-- end of parameters -->"
SECTIONS: dict[str, type[FrozenModel]] = {
    model.__name__.lower(): model for model in (Growth, Urgency, Will, Budget, Outturn, Related)
}
"""In the order of the equations."""


def rows(section: type[FrozenModel]) -> Iterator[Sequence[str]]:
    """Of each parameter name, default, unit, how often it is drawn, evidence and meaning."""
    for name, field in section.model_fields.items():
        facts = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        default = "from the data" if field.default is None else f"`{as_toml(written(field.default))}`"
        unit, drawn, evidence = (str(facts.get(*fact)) for fact in FACTS)
        yield f"`{name}`", default, unit, drawn, evidence, field.description or ""


FACTS = ("unit", "-"), ("scope", "fixed"), ("evidence", "a switch")
"""What a field says of itself, and what holds of those that say nothing: the switches."""


def tables() -> str:
    """The tables of all sections, each under its heading."""
    head = ("name", "default", "unit", "drawn", "evidence", "what it is")
    parts = (f"### `[{name}]`\n\n{table(rows(section), head)}" for name, section in SECTIONS.items())
    return "\n" + "\n\n".join(parts) + "\n"


def estimated() -> str:
    """What is estimated: the range of each before any figure is seen, and where it stands with a pledge in earnest."""
    lines = (
        (f"`{each.name}`", f"{each.low:g}", f"{each.high:g}", f"{each.high:g}" if each.in_earnest else "")
        for each in ESTIMATED
    )
    return f"\n{table(lines, ('parameter', 'lowest', 'highest', 'in earnest'))}\n"


if __name__ == "__main__":
    rewrite(PAGE, *MARKS, tables())
    rewrite(PAGE, "<!-- estimated -->", "<!-- end of estimated -->", estimated())

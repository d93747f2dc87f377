"""The sections that hold the model's parameters: whoever goes through them, or asks where one stands, asks here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sim.model import parameters
from sim.model.declaring import FrozenModel


@dataclass(frozen=True)
class Section:
    """A section of parameters, and what of it one ally may have otherwise."""

    name: str
    """Of its table in a file, of its field in a scenario, and in the names of its streams."""
    model: type[FrozenModel]
    of_ally: bool = True
    """Whether [ally.XXX.name] may stand in a file."""
    shared: tuple[str, ...] = ()
    """Parameters that all allies have in common even so."""


SECTIONS: Final = (
    Section("growth", parameters.Growth, shared=("factor", "recession_probability", "recession_depth_pct")),
    Section("urgency", parameters.Urgency, of_ally=False),
    Section("will", parameters.Will),
    Section("budget", parameters.Budget),
    Section("outturn", parameters.Outturn),
    Section("related", parameters.Related),
)
"""In the order in which pages and messages name them."""

BY_NAME: Final = {section.name: section for section in SECTIONS}

_BY_MODEL: Final[dict[type[Any], Section]] = {section.model: section for section in SECTIONS}


def section_of(model: type[Any]) -> Section:
    """The section of a model.

    Raises:
        KeyError: it is not registered.
    """
    return _BY_MODEL[model]
